"""Audits and proofs as a person sees them at a terminal, or as JSON for a program."""

import json
import re
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from beffroi.language import format_date, text
from beffroi.observe.audit_words import AuditText, Facts, Grid, Paragraph, Part, say_audit
from beffroi.publish import load_assets
from beffroi.publish.audits import write_audit
from beffroi.run.auditing import audit
from beffroi.run.proving import FigureProof, Origin, Proof, prove_figure, prove_file, prove_file_by
from beffroi.run.workplaces import Workplace

_WIDEST = 110
_LABEL = 30
_NARROW = 34
"""Columns that a cell of words has at most, before it is folded."""
_HASH = re.compile("[0-9a-f]{64}")
"""What is never folded."""


def audit_in_console(
    workplace: Workplace, edition: str | None, audience: str | None, pdf: Path | None, *, as_json: bool
) -> None:
    """Print the audit of an edition, and write it as a PDF where one is asked for."""
    language, found = workplace.settings.language, audit(workplace, edition, audience)
    if pdf is not None:
        write_audit(found, load_assets().fonts, language, pdf)
    if as_json:
        print_json(found.to_json())
    elif pdf is None:
        print("\n".join(draw_text(say_audit(found, language))))
    else:
        print(text("audit.written", language, file=pdf))


def prove_in_console(
    workplace: Workplace, file: Path | None, figure: str | None, edition: str | None, *, as_json: bool
) -> None:
    """Print where a file comes from, or what a figure on paper says."""
    language = workplace.settings.language
    found: Origin | FigureProof
    if file is not None:
        found = prove_file(workplace, file, edition)
        lines = _origin(found, language)
    else:
        found = prove_figure(workplace, str(figure), edition)
        lines = _figure(found, language)
    if as_json:
        print_json(found.to_json())
    else:
        print("\n".join(lines))


def prove_by_manifest(manifest: Path, file: Path, language: str, *, as_json: bool) -> None:
    """Print which leaf of a manifest a file is; no lake is needed."""
    proof = prove_file_by(manifest, file)
    if as_json:
        print_json(Origin(file.name, proof.sha256, "whole", (proof.name,), None, "", "", proof).to_json())
    else:
        print(text("proof.of_manifest", language, file=file.name, name=proof.name))
        print("\n".join(_proof(proof, language)))


def print_json(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=1, default=str))


def draw_text(said: AuditText) -> Iterator[str]:
    """An audit as lines of a terminal."""
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    yield said.title
    yield "=" * len(said.title)
    for words in said.lead:
        yield from textwrap.wrap(words, width)
    for section in said.sections:
        yield ""
        yield section.title
        yield ("-" if section.rank == 1 else "·") * len(section.title)
        for part in section.parts:
            yield from _part(part, width)


def _part(part: Part, width: int) -> Iterator[str]:
    if isinstance(part, Paragraph):
        yield from textwrap.wrap(part.words, width)
    elif isinstance(part, Facts):
        for label, words in part.pairs:
            wrapped = textwrap.wrap(words, width - _LABEL, break_on_hyphens=False, break_long_words=False)
            first, *others = wrapped or [""]
            yield f"  {label:{_LABEL - 2}}{first}"
            yield from (f"{'':{_LABEL}}{each}" for each in others)
    else:
        yield from _grid(part)


def _grid(grid: Grid) -> Iterator[str]:
    """A table in columns, words folded; what rows that begin alike share is said once."""
    folded = [[_fold(cell) for cell in row] for row in grid.rows]
    whole = [*folded, [[name] for name in grid.names]]
    widths = [max(len(line) for row in whole for line in row[at]) for at in range(len(grid.names))]
    yield "  " + _aligned(list(grid.names), widths, grid.numbers)
    last: list[str] = []
    for row, cells in zip(grid.rows, folded, strict=True):
        start = [row[at] for at in grid.shared]
        shown = [[""] if start and start == last and at in grid.shared else cell for at, cell in enumerate(cells)]
        for at in range(max(len(cell) for cell in shown)):
            yield "  " + _aligned([cell[at] if at < len(cell) else "" for cell in shown], widths, grid.numbers)
        last = start


def _fold(cell: str) -> list[str]:
    return [cell] if _HASH.fullmatch(cell) else textwrap.wrap(cell, _NARROW) or [""]


def _aligned(cells: list[str], widths: list[int], numbers: tuple[int, ...]) -> str:
    pairs = enumerate(zip(cells, widths, strict=True))
    return "  ".join(f"{cell:>{width}}" if at in numbers else f"{cell:{width}}" for at, (cell, width) in pairs).rstrip()


def _line(label: str, words: str) -> str:
    return f"  {label:13} {words}"


def _edition(edition: str, built: str, language: str) -> str:
    said = text("proof.edition_words", language, edition=edition, date=format_date(built, language))
    return _line(text("proof.edition", language), said)


def _origin(found: Origin, language: str) -> Iterator[str]:
    of = ", ".join(found.of)
    name = found.proof.name if found.how == "whole" and found.proof else of
    yield text(f"proof.said_{found.how}", language, file=found.file, name=name, of=of, rows=found.rows)
    if found.how == "whole" and name != of:
        yield _line(text("proof.of", language), of)
    if found.notes:
        yield _line(text("proof.notes", language), text(f"proof.notes_{found.notes}", language))
    yield _edition(found.edition, found.built, language)
    yield _line(text("proof.sha256", language), found.sha256)
    if found.proof:
        yield from _proof(found.proof, language)


def _proof(proof: Proof, language: str) -> Iterator[str]:
    words = text("proof.tree_words", language, audience=proof.audience, root=proof.root, count=len(proof.steps))
    yield _line(text("proof.tree", language), words)


def _figure(found: FigureProof, language: str) -> Iterator[str]:
    yield f"{found.reference}  {found.title}".rstrip()
    yield _edition(found.edition, found.built, language)
    if found.absent:
        yield _line(text("proof.absent", language), found.absent)
    for value in found.values:
        number = "–" if value["value"] is None else value["value"]
        whose = f"{value['label']} ({value['level']} {value['territory']})  {value['period']}"
        yield _line(text("terminal.value", language), f"{number}   {whose}   {value['indicator']}")
    for proof in found.proofs:
        yield _line(text("proof.of", language), f"{proof.name}  {text('proof.sha256', language)} {proof.sha256}")
        yield from _proof(proof, language)


__all__ = ["audit_in_console", "draw_text", "print_json", "prove_by_manifest", "prove_in_console"]
