"""What a workbook of territories by years holds: sheet, header, column of codes, years, and what is refused.

A survey reads and tells; it declares nothing and keeps nothing.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

import python_calamine as calamine

from beffroi.collect.readers.workbooks import cell_text
from beffroi.errors import BeffroiError, fault

Reason = Literal["empty", "total", "malformed", "unknown", "merged", "repeated"]
LEVELS: Mapping[str, re.Pattern[str]] = {
    "commune": re.compile(r"\d{5}|2[AB]\d{3}"),
    "epci": re.compile(r"\d{9}"),
    "iris": re.compile(r"(\d{5}|2[AB]\d{3})\d{4}"),
    "qpv_2024": re.compile(r"QN(0\d\d|02[AB]|9[78]\d)\d\d[A-Z]"),
    "qpv_2015": re.compile(r"QP(0\d\d|02[AB]|9[78]\d)\d{3}"),
    "departement": re.compile(r"\d{2}|2[AB]|97\d"),
    "region": re.compile(r"\d{2}"),
}
"""Levels whose codes are looked for, with their form."""

_LENGTHS = {"commune": 5, "iris": 9}
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_TOTAL = re.compile(r"\b(totaux|total|ensemble|somme|moyenne|total general|sum|mean)\b", re.I)
_UNPACKED = 200_000_000
_ROWS, _COLUMNS, _HEADER_ROWS = 60_000, 400, 30


@dataclass(frozen=True)
class Refused:
    """A row whose code is no territory: its number in the sheet, what stands there, and why. ``detail`` is what it
    became (``merged``), or where it stood before (``repeated``)."""

    row: int
    code: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True)
class Survey:
    """A sheet that was recognised. ``pattern`` is the regular expression of the columns of years; ``texts`` are what
    stands in the place of a number; ``decimals`` the most digits after the mark."""

    sheet: str
    header_row: int
    code_column: str
    level: str
    years: tuple[str, ...]
    pattern: str
    rows: int
    known: int
    zeros: int
    refused: tuple[Refused, ...]
    texts: tuple[str, ...]
    decimals: int

    @property
    def repeats(self) -> tuple[Refused, ...]:
        return tuple(each for each in self.refused if each.reason == "repeated")


def survey_workbook(content: bytes, known: Mapping[str, Set[str]], merged: Mapping[str, str]) -> Survey:
    """The sheet of a workbook with the most territories. ``known`` are the codes of each level, ``merged`` what a
    commune that is no longer became.

    ``workbook-unreadable``; ``workbook-without-territories`` when no sheet has codes in a column and years at the head
    of others.
    """
    found = [survey for name, rows in _sheets(content) if (survey := _survey_sheet(name, rows, known, merged))]
    if not found:
        raise BeffroiError(fault("workbook-without-territories"))
    return max(found, key=lambda survey: survey.known * len(survey.years))


def _sheets(content: bytes) -> list[tuple[str, list[list[str]]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _UNPACKED:
                raise BeffroiError(fault("workbook-unreadable", reason=f"> {_UNPACKED // 1_000_000} Mo"))
        workbook = calamine.load_workbook(io.BytesIO(content))
        return [
            (name, [[cell_text(cell) for cell in row[:_COLUMNS]] for row in sheet.to_python(skip_empty_area=False)])
            for name in workbook.sheet_names
            if (sheet := workbook.get_sheet_by_name(name)).total_height <= _ROWS
        ]
    except (zipfile.BadZipFile, calamine.CalamineError, OSError, ValueError) as error:
        raise BeffroiError(fault("workbook-unreadable", reason=str(error)[:200])) from error


def _survey_sheet(
    name: str, rows: Sequence[Sequence[str]], known: Mapping[str, Set[str]], merged: Mapping[str, str]
) -> Survey | None:
    header = max(range(min(len(rows), _HEADER_ROWS)), key=lambda at: len(_years_of(rows[at])), default=None)
    if header is None or not (years := _years_of(rows[header])):
        return None
    shape = Counter(shape for _, shape in years.values()).most_common(1)[0][0]
    columns = {at: year for at, (year, own) in years.items() if own == shape}
    body = [(number, row) for number, row in enumerate(rows[header + 1 :], header + 2) if any(row)]
    best = _code_column(rows[header], body, set(columns), known)
    if best is None:
        return None
    at, level = best
    refused, good, zeros = _judge(body, at, level, known[level], merged)
    cells = [row[column] for _, row in body for column in columns if row[column]]
    texts = sorted({cell for cell in cells if not _is_number(cell)})
    return Survey(
        sheet=name, header_row=header + 1, code_column=rows[header][at], level=level,
        years=tuple(sorted(set(columns.values()))), pattern=f"^{re.escape(shape[0])}([0-9]{{4}}){re.escape(shape[1])}$",
        rows=len(body), known=sum(1 for _, row in good if _whole(row[at], level) in known[level]), zeros=zeros,
        refused=tuple(refused), texts=tuple(texts), decimals=max((_decimals(cell) for cell in cells), default=0),
    )  # fmt: skip


def _years_of(row: Sequence[str]) -> dict[int, tuple[str, tuple[str, str]]]:
    """By column: the year that its name holds, and what stands before and after."""
    found = {}
    for at, cell in enumerate(row):
        if len(cell) <= 60 and (year := _YEAR.search(cell)):
            found[at] = (year[1], (cell[: year.start()], cell[year.end() :]))
    return found


def _code_column(
    header: Sequence[str], body: Sequence[tuple[int, Sequence[str]]], years: Set[int], known: Mapping[str, Set[str]]
) -> tuple[int, str] | None:
    """The column, with a name, most of whose cells are known codes of a level."""
    best, most = None, 0
    for at, name in enumerate(header):
        if at in years or not name:
            continue
        for level in LEVELS:
            count = len({row[at] for _, row in body if _whole(row[at], level) in known.get(level, ())})
            if count > most:
                best, most = (at, level), count
    return best if most * 5 >= len(body) else None


def _judge(
    body: Sequence[tuple[int, Sequence[str]]], at: int, level: str, known: Set[str], merged: Mapping[str, str]
) -> tuple[list[Refused], list[tuple[int, Sequence[str]]], int]:
    """Rows that are refused, those that are kept, and how many codes lost a zero."""
    refused: list[Refused] = []
    good: list[tuple[int, Sequence[str]]] = []
    seen: dict[str, int] = {}
    zeros = 0
    for number, row in body:
        code = _whole(row[at], level)
        if any(_TOTAL.search(cell) for cell in row[: at + 3]) and code not in known:
            refused.append(Refused(number, row[at], "total"))
        elif not code:
            refused.append(Refused(number, "", "empty"))
        elif not LEVELS[level].fullmatch(code):
            refused.append(Refused(number, row[at], "malformed"))
        elif code in seen:
            refused.append(Refused(number, code, "repeated", str(seen[code])))
        else:
            seen[code] = number
            zeros += code != row[at]
            good.append((number, row))
            if code not in known:
                reason: Reason = "merged" if code in merged else "unknown"
                refused.append(Refused(number, code, reason, merged.get(code, "")))
    return refused, good, zeros


def _whole(code: str, level: str) -> str:
    """A code with the zero that a spreadsheet took for nothing."""
    length = _LENGTHS.get(level, 0)
    return code.zfill(length) if code.isdigit() and len(code) == length - 1 else code


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", "."))
    except ValueError:
        return False
    return True


def _decimals(cell: str) -> int:
    return len(re.split(r"[.,]", cell)[1]) if re.fullmatch(r"-?\d+[.,]\d+", cell) else 0


__all__ = ["LEVELS", "Refused", "Survey", "survey_workbook"]
