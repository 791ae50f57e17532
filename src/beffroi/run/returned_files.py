"""Files that somebody downloaded and brings back: the rows of values in them, whatever their form, as text and numbers;
and what a workbook says beside them.

Nothing is trusted of them: a file that is none of ours has no rows.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine as calamine

from beffroi.lake.objects import read_parquet
from beffroi.lake.series import SHOWN_COLUMNS, list_rows
from beffroi.publish.files import Notes

Row = tuple[str | float | None, ...]
"""The values of ``SHOWN_COLUMNS``, numbers as floats; None where a cell is empty."""

_NUMBERS = frozenset({"value", "numerator", "denominator", "observations"})
_SIGNATURES = {b"PAR1": "parquet", b"PK\x03\x04": "xlsx"}


def read_rows(file: Path) -> list[Row]:
    """The rows of values of a CSV, XLSX, Parquet or GeoJSON file with our columns; none of any other file."""
    with file.open("rb") as stream:
        form = _SIGNATURES.get(stream.read(4), "json" if file.suffix.endswith("json") else "csv")
    readers = {"parquet": _read_parquet, "xlsx": _read_workbook, "json": _read_geojson, "csv": _read_csv}
    with suppress(ValueError, TypeError, KeyError, LookupError, pa.ArrowException, calamine.CalamineError):
        return [_clean(row) for row in readers[form](file)]
    return []


def _clean(row: Sequence[Any]) -> Row:
    if len(row) != len(SHOWN_COLUMNS):
        raise ValueError(len(row))
    return tuple(_cell(name, cell) for name, cell in zip(SHOWN_COLUMNS, row, strict=True))


def clean_rows(rows: Iterable[Sequence[Any]]) -> list[Row]:
    """Released rows as those of a file are read, to be compared."""
    return [_clean(row) for row in rows]


def _cell(name: str, cell: Any) -> str | float | None:
    if cell is None or cell == "":
        return None
    return float(cell) if name in _NUMBERS else str(cell)


def _read_csv(file: Path) -> Iterable[Sequence[Any]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream)
        _check(next(rows, []))
        return list(rows)


def _read_parquet(file: Path) -> Iterable[Sequence[Any]]:
    table = read_parquet(file)
    _check(table.column_names)
    return list(list_rows(table))


def _read_workbook(file: Path) -> Iterable[Sequence[Any]]:
    with file.open("rb") as stream:
        rows = calamine.load_workbook(stream).get_sheet_by_index(0).to_python()
    _check(rows[0])
    return rows[1:]


def read_notes(file: Path) -> Notes | None:
    """What the other sheets of a workbook of values say; None of what is no workbook."""
    with file.open("rb") as stream, suppress(ValueError, TypeError, calamine.CalamineError):
        if _SIGNATURES.get(stream.read(4)) != "xlsx":
            return None
        stream.seek(0)
        book = calamine.load_workbook(stream)
        about, *others = [_read_lines(book.get_sheet_by_index(at)) for at in range(1, len(book.sheet_names))] or [()]
        return Notes(about, tuple(line for lines in others for line in lines))
    return None


def _read_lines(sheet: calamine.CalamineSheet) -> tuple[tuple[str, ...], ...]:
    return trim_lines([str(cell) for cell in row] for row in sheet.to_python())


def trim_lines(lines: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Lines of words without the empty cells at their ends, of which a workbook keeps none, and without empty lines."""
    ends = ((line, max((at for at, cell in enumerate(line, 1) if cell), default=0)) for line in lines)
    return tuple(tuple(line[:end]) for line, end in ends if end)


def _read_geojson(file: Path) -> Iterable[Sequence[Any]]:
    features = json.loads(file.read_text("utf-8"))["features"]
    return [[feature["properties"][name] for name in SHOWN_COLUMNS] for feature in features]


def _check(names: Sequence[Any]) -> None:
    if tuple(names) != SHOWN_COLUMNS:
        raise ValueError(names)


__all__ = ["Row", "clean_rows", "read_notes", "read_rows", "trim_lines"]
