"""Workbooks (xlsx, xls, ods): one sheet as text, staged once as Parquet.

A cell comes out as one would type it: a whole number without its ``.0``, a date in ISO form. Nothing is filled in below
a merged cell; merged cells of the header row give their name to each of their columns.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine as calamine

from beffroi.collect.readers.openings import Opened, Rows, name_columns
from beffroi.collect.relations import quote_text
from beffroi.errors import BeffroiError, fault


def read(opened: Opened) -> Rows:
    """The rows of one sheet under its header row, all text; missing codes are NULL, empty lines left out."""
    path = opened.stage(".parquet", lambda file: _stage(opened, file))
    names = pq.read_schema(path).names
    sql = f"read_parquet({quote_text(str(path))})"
    return Rows(sql, dict.fromkeys(names, "VARCHAR"), None, {str(path): opened.label})


def _stage(opened: Opened, target: Path) -> None:
    reading = opened.reading
    sheet = _open_sheet(opened)
    rows = [[cell_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    header = reading.header_row
    if len(rows) < max(header, 1) or not any(any(row) for row in rows):
        raise BeffroiError(fault("file-empty", file=opened.label))
    body = [row for row in rows[header:] if any(row)]
    cells = _header_cells(rows, header - 1, sheet.merged_cell_ranges or []) if header else [""] * len(rows[0])
    used = [number for number, cell in enumerate(cells) if cell or any(row[number] for row in body)]
    names = name_columns([cells[number] for number in used])
    if reading.names is not None:
        if len(reading.names) != len(used):
            raise BeffroiError(
                fault("columns-miscounted", file=opened.label, declared=len(reading.names), found=len(used))
            )
        names = list(reading.names)
    missing = set(reading.missing)
    arrays = [
        pa.array([None if row[number] in missing else row[number] for row in body], pa.string()) for number in used
    ]
    pq.write_table(pa.Table.from_arrays(arrays, names=names), target, compression="zstd")


def _open_sheet(opened: Opened) -> calamine.CalamineSheet:
    try:
        with opened.path.open("rb") as stream:
            workbook = calamine.load_workbook(stream)
            names = workbook.sheet_names
            wanted = opened.reading.sheet
            if wanted is None:
                wanted = 1
            if isinstance(wanted, int) and 1 <= wanted <= len(names):
                return workbook.get_sheet_by_index(wanted - 1)
            if wanted in names:
                return workbook.get_sheet_by_name(str(wanted))
    except (calamine.CalamineError, OSError) as error:
        raise BeffroiError(fault("file-unreadable", file=opened.label, form="xlsx", reason=str(error))) from error
    raise BeffroiError(
        fault("sheet-not-found", file=opened.label, sheet=wanted, instead_of=str(wanted), available=names)
    )


def _header_cells(rows: Sequence[Sequence[str]], header: int, merged: Sequence[Any]) -> list[str]:
    """The header's cells; one that is inside a merged range has the text of the range's first cell."""
    cells = list(rows[header])
    for (top, left), (bottom, right) in merged:
        if top <= header <= bottom:
            for column in range(left, min(right + 1, len(cells))):
                cells[column] = cells[column] or rows[top][left]
    return cells


def cell_text(cell: Any) -> str:
    """A cell as one would type it; fifteen significant digits, which is all that a workbook keeps."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).strip() if cell is not None else ""
