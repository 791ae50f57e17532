"""Printing what was measured: one table a question, each line with its ratio and the aim beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.processes import Run

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Line:
    """One thing measured. ``run`` is None where it could not be, and ``note`` then says why."""

    name: str
    run: Run | None
    note: str = ""


def print_title(title: str) -> None:
    """The question that the next table answers."""
    print(f"\n## {title}\n", flush=True)


def print_runs(lines: Sequence[Line], reference: str, *, aims: dict[str, str] | None = None) -> None:
    """Time and peak memory of each line, with the ratio of ``reference`` to it: above 1, the reference costs more."""
    base = next((line.run for line in lines if line.name == reference and line.run and not line.run.failed), None)
    rows = []
    for line in lines:
        run = line.run
        if run is None or run.failed:
            said = line.note or (_last_words(run) if run else "")
            rows.append([line.name, "–", "–", "–", "–", "–", (aims or {}).get(line.name, ""), said])
            continue
        ratios = ["–", "–"]
        if base and line.name != reference:
            ratios = [f"{base.seconds / run.seconds:.2f}", f"{base.peak / run.peak:.2f}"]
        rows.append(
            [
                line.name,
                f"{run.seconds:.2f}",
                f"{run.processor_seconds:.2f}",
                f"{run.peak / MEGABYTE:.0f}",
                *ratios,
                (aims or {}).get(line.name, ""),
                line.note,
            ]
        )
    heads = ["", "s", "processor s", "peak MB", f"time of {reference} / this", "memory / this", "aim", "note"]
    print_table(heads, rows)


def print_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A Markdown table, columns aligned; empty columns are left out."""
    texts = [[str(cell) for cell in row] for row in rows]
    kept = [at for at in range(len(heads)) if at == 0 or any(row[at] for row in texts)]
    table = [[heads[at] for at in kept], *([row[at] for at in kept] for row in texts)]
    widths = [max(len(row[at]) for row in table) for at in range(len(kept))]
    table.insert(1, ["-" * width for width in widths])
    for row in table:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
    print(flush=True)


def _last_words(run: Run) -> str:
    """Exit code and the codes of the faults that were told; else the last line of what was written."""
    said = [line.strip() for line in (run.messages or run.output).splitlines() if line.strip()]
    codes = dict.fromkeys(found[1] for line in said if (found := re.search(r"\(([a-z]+(?:-[a-z]+)+)\)$", line)))
    return f"exit code {run.exit_code}: {', '.join(codes) or (said[-1][:120] if said else '')}"
