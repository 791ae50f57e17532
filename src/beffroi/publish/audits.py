"""The audit of an edition as a PDF, for the partner who lent the data: sober, tagged, the same bytes twice."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from beffroi.language import format_date, pick, text
from beffroi.observe.audit_words import Facts, Grid, Paragraph, Part, say_audit
from beffroi.observe.audits import Audit
from beffroi.publish.typesetters import set_type

_LONG = 40
"""Characters past which a column takes what room is left."""


def name_audit(audit: Audit) -> str:
    """The name of the file: edition, audience, and « donnees-fictives » where they are."""
    parts = ["audit", audit.edition]
    parts += [audit.audience.replace(":", "-")] if audit.audience else []
    parts += ["donnees-fictives"] if audit.synthetic else []
    return f"{'_'.join(parts)}.pdf"


def write_audit(audit: Audit, fonts: Path, language: str, file: Path) -> None:
    """Set an audit in type, to ``file``. Faults: ``print-time``, ``print-not-set``."""
    words = say_audit(audit, language)
    built = datetime.fromisoformat(audit.built)
    said = {
        "language": language, "title": words.title, "publisher": audit.publisher, "lead": list(words.lead),
        "kicker": pick(audit.title, language), "date": [built.year, built.month, built.day],
        "foot": text("audit.foot", language, publisher=audit.publisher, edition=audit.edition,
                     date=format_date(audit.built, language)),
        "page": text("audit.page", language),
        "sections": [
            {"title": section.title, "rank": section.rank, "parts": [_part(part) for part in section.parts]}
            for section in words.sections
        ],
    }  # fmt: skip
    with TemporaryDirectory(prefix="beffroi-audit-") as folder:
        set_type("beffroi.publish", "audits.typ", said, fonts, Path(folder), file.resolve())


def _part(part: Part) -> Mapping[str, Any]:
    if isinstance(part, Paragraph):
        return {"kind": "paragraph", "words": part.words, "small": part.small}
    if isinstance(part, Facts):
        return {"kind": "facts", "pairs": [list(pair) for pair in part.pairs]}
    return {
        "kind": "grid", "names": list(part.names), "rows": list(_rows(part)), "numbers": list(part.numbers),
        "widths": _widths(part),
    }  # fmt: skip


def _rows(grid: Grid) -> Iterator[list[dict[str, Any]]]:
    """Cells with how many rows each spans: what rows that begin alike share is one cell."""
    for _, alike in groupby(grid.rows, key=lambda row: [row[at] for at in grid.shared] or row):
        rows = list(alike)
        for rank, row in enumerate(rows):
            yield [
                {"words": cell, "column": at, "rows": len(rows) if at in grid.shared else 1}
                for at, cell in enumerate(row)
                if rank == 0 or at not in grid.shared
            ]


def _widths(grid: Grid) -> list[str]:
    """What holds numbers or short words is as wide as it needs; the rest shares the room that is left."""
    columns = zip(grid.names, *grid.rows, strict=True)
    long = [max(map(len, column)) > _LONG for column in columns]
    # One at least gives way, or a table of short words could be wider than the page.
    return ["1fr" if each or (rank == 0 and not any(long)) else "auto" for rank, each in enumerate(long)]


__all__ = ["name_audit", "write_audit"]
