"""What protecting costs and loses: 322 communes by age, sex and eight groupings that overlap; then beside τ-ARGUS.

Aims: 10,000 cells within some two minutes on two processors; 100,000 cells come to an end. Nothing that was hidden may
be found again: the attacker tries each protection.
"""

import json
from typing import Any

from benchmarks.processes import Run, run_python
from benchmarks.reports import MEGABYTE, print_table, print_title

_TABLES = (
    (20, 1, "counts", "FREQ(5,20)"),
    (20, 1, "amounts", "P(15,1)"),
    (12, 2, "counts", "FREQ(5,20)"),
    (12, 2, "amounts", "P(15,1)"),
)
_METHODS = ("OPT(1,5)", "MOD(1,5,1,0,0)")
_LARGE = ((60, 2, "counts", "FREQ(5,20)"), (4, 3, "counts", "FREQ(5,20)"))


def main(*, full: bool) -> None:
    """Print both tables; ``full``: 100,000 cells too, and larger tables beside the reference tool."""
    print_title("Secrecy: what else is hidden of made-up counts, and what an attacker finds then")
    sizes = [(1, "quick"), (1, "usual"), *([(5, "quick"), (5, "usual")] if full else [])]
    rows = [_population(years, effort) for years, effort in sizes]
    heads = [
        "cells",
        "effort",
        "secret",
        "found at first",
        "hidden besides",
        "of the weights",
        "processor s",
        "found then",
    ]
    print_table([*heads, "attacker, processor s", "peak MB"], rows)
    print_title("Secrecy beside τ-ARGUS (pytauargus): the same tables, then with groupings that no hierarchy can hold")
    tables = (*_TABLES, *(_LARGE if full else ()))
    rows = [row for table in tables for method in _METHODS for row in _survey(*table, method)]
    heads = [
        "dimensions, cells",
        "rule",
        "method",
        "loss",
        "least, proven",
        "processor s",
        "found",
        "found with 8 groupings",
    ]
    print_table(heads, rows)


def _population(years: int, effort: str) -> list[object]:
    run = run_python("benchmarks.protections", "population", years, effort)
    told = _said(run)
    if told is None:
        return [f"{years} years", effort, f"exit code {run.exit_code}", *[""] * 7]
    return [
        f"{told['cells']:,}",
        effort,
        f"{told['primary']:,}",
        f"{told['before']:,}",
        f"{told['secondary']:,}",
        f"{told['share']:.1%}",
        f"{told['seconds']:.0f}",
        f"{told['after']}" + (f" ({told['untested']} untested)" if told["untested"] else ""),
        f"{told['after_seconds']:.0f}",
        f"{run.peak / MEGABYTE:,.0f}",
    ]


def _survey(communes: int, others: int, kind: str, rules: str, method: str) -> list[list[object]]:
    effort = "usual" if method == _METHODS[-1] else "none"
    told = _said(run_python("benchmarks.protections", "survey", communes, others, kind, rules, method, effort))
    if told is None or told.get("failed"):
        return [[f"{1 + others}", rules, method, "absent, or died", *[""] * 4]]
    theirs, what = told["theirs"], f"{1 + others}, {told['cells']:,}"
    rows: list[list[object]] = [
        [what, rules, method, f"{theirs['loss']:,.0f}", "", f"{theirs['seconds']:.1f}", theirs["after"], theirs["wide"]]
    ]
    if "ours" in told:
        ours, wide = told["ours"], told["wide"]
        figures = f"{ours['loss']:,.0f}", f"{ours['bound']:,.0f}", f"{ours['seconds']:.1f}"
        found = ours["after"], f"{wide['after']} (loss {wide['loss']:,.0f})"
        rows.append([what, rules, "Beffroi", *figures, *found])
    return rows


def _said(run: Run) -> dict[str, Any] | None:
    return None if run.failed else json.loads(run.output.splitlines()[-1])
