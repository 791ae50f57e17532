"""Workbooks: one sheet, as one would type it."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from tests.collect.invented import Desk, codes


def workbook(rows: list[list[Any]], *, merged: tuple[str, ...] = (), sheet: str = "COM", before: str = "") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = before or sheet
    if before:
        page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    for cells in merged:
        page.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_cells_come_out_as_one_would_type_them(desk: Desk) -> None:
    rows: list[list[Any]] = [
        ["code", "siren", "share", "day", "hour", "flag", "text"],
        ["01004", 62498.0, 12.5, date(2021, 3, 1), datetime(2021, 3, 1, 8, 30), True, " Lens "],
        [None, 246200364, 0.1 + 0.2, None, None, False, "s"],
    ]
    assert desk.rows(workbook(rows), format="xlsx", missing=["", "s"]) == [
        {
            "code": "01004", "siren": "62498", "share": "12.5", "day": "2021-03-01",
            "hour": "2021-03-01 08:30:00", "flag": "true", "text": "Lens",
        },
        {
            "code": None, "siren": "246200364", "share": "0.3", "day": None,
            "hour": None, "flag": "false", "text": None,
        },
    ]  # fmt: skip


def test_a_sheet_by_name_or_by_number_and_its_header_row(desk: Desk) -> None:
    rows: list[list[Any]] = [["Population légale"], ["Source : INSEE"], [], ["code", "n"], ["62498", 3.0], [None, None]]
    data = workbook(rows, before="Notice")
    for sheet in ("COM", 2):
        assert desk.rows(data, format="xlsx", sheet=sheet, header_row=4) == [{"code": "62498", "n": "3"}]


@pytest.mark.parametrize("sheet", ["Com", 3, 0])
def test_a_sheet_that_is_not_there(desk: Desk, sheet: str | int) -> None:
    refused = desk.refusal(workbook([["a"]], before="Notice"), format="xlsx", sheet=sheet)
    assert codes(refused) == ["sheet-not-found"]
    assert refused.faults[0].available == ("COM", "Notice")


def test_headers_that_are_merged_or_blank(desk: Desk) -> None:
    rows: list[list[Any]] = [
        ["Commune", "Logements", None, None, None],
        [None, "2020", "2021", None, None],
        ["62498", 1, 2, "note", None],
    ]
    data = workbook(rows, merged=("A1:A2", "B1:C1"))
    assert list(desk.rows(data, format="xlsx", header_row=2)[0]) == ["Commune", "2020", "2021", "column_4"]
    assert list(desk.rows(data, format="xlsx", header_row=1)[0]) == [
        "Commune", "Logements", "Logements_2", "column_4"
    ]  # fmt: skip


def test_a_table_by_year_made_long(desk: Desk) -> None:
    rows: list[list[Any]] = [["code", "label", "p2020", "p2021"], ["01", "A", 10.0, None], ["02", "B", "5 922,5", 7]]
    wide = {"keep": ["code"], "columns": r"^p(\d{4})$", "period": "year", "value": "population"}
    found = desk.rows(workbook(rows), format="xlsx", wide=wide, types={"population": "number"})
    assert found == [
        {"code": "01", "year": "2020", "population": 10.0},
        {"code": "01", "year": "2021", "population": None},
        {"code": "02", "year": "2020", "population": 5922.5},
        {"code": "02", "year": "2021", "population": 7.0},
    ]


def test_names_given_where_there_is_no_header(desk: Desk) -> None:
    data = workbook([["62498", 3.0]])
    assert desk.rows(data, format="xlsx", header_row=0, names=["code", "n"]) == [{"code": "62498", "n": "3"}]
    assert codes(desk.refusal(data, format="xlsx", header_row=0, names=["code"])) == ["columns-miscounted"]


@pytest.mark.parametrize("header_row", [1, 9])
def test_a_sheet_without_rows(desk: Desk, header_row: int) -> None:
    assert codes(desk.refusal(workbook([]), format="xlsx", header_row=header_row)) == ["file-empty"]


def test_what_is_no_workbook(desk: Desk) -> None:
    assert codes(desk.refusal(b"code;n\n", format="xlsx")) == ["file-unreadable"]
