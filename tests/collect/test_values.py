"""Numbers, dates and yes or no as French files write them: converted whole, or refused."""

from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.collect import RawRelation, raw_fault
from beffroi.collect.values import ValueType, convert


def converted(texts: list[str | None], to: ValueType, separators: str = ",") -> list[Any]:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE given (number INTEGER, value VARCHAR)")
        connection.executemany("INSERT INTO given VALUES (?, ?)", list(enumerate(texts)))
        sql = f"SELECT {convert('value', to, separators, 'rows.csv')} FROM given ORDER BY number"
        return [row[0] for row in connection.execute(sql).fetchall()]


def grouped(number: int, space: str) -> str:
    return f"{number:,}".replace(",", space)


spaces = st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009"])
minus = st.sampled_from(["-", "\u2212"])
wholes = st.integers(-(10**15), 10**15)


@settings(max_examples=25)
@given(st.lists(st.tuples(wholes, spaces, minus), min_size=1, max_size=30))
def test_whole_numbers_however_they_are_spaced(cells: list[tuple[int, str, str]]) -> None:
    texts: list[str | None] = [grouped(number, space).replace("-", sign) for number, space, sign in cells]
    assert converted(texts, "integer") == [number for number, _, _ in cells]


@settings(max_examples=25)
@given(st.lists(st.tuples(wholes, st.integers(0, 999_999), spaces), min_size=1, max_size=30))
def test_decimals_are_exact(cells: list[tuple[int, int, str]]) -> None:
    texts: list[str | None] = [f"{grouped(whole, space)},{part:06}" for whole, part, space in cells]
    expected = [Decimal(f"{whole}.{part:06}") for whole, part, _ in cells]
    assert converted(texts, "decimal") == expected


@settings(max_examples=25)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_numbers_come_back_as_they_were_written(numbers: list[float]) -> None:
    texts: list[str | None] = [repr(number).replace(".", ",") for number in numbers]
    assert converted(texts, "number") == numbers


@pytest.mark.parametrize(
    ("to", "text", "expected"),
    [
        ("integer", "5 922", 5922),
        ("integer", "62498,0", 62498),
        ("integer", " 12 ", 12),
        ("integer", "-3", -3),
        ("integer", "007", 7),
        ("number", "3,1", 3.1),
        ("number", ",5", 0.5),
        ("number", "1 234 567,8", 1234567.8),
        ("decimal", "17,0", Decimal("17.000000")),
        ("boolean", "Oui", True),
        ("boolean", "faux", False),
        ("boolean", "0", False),
    ],
)
def test_french_values(to: ValueType, text: str, expected: object) -> None:
    assert converted([text, None], to) == [expected, None]


@pytest.mark.parametrize("text", ["2021-03-01", "01/03/2021", "1/3/2021", "20210301", "2021-03-01T00:00:00"])
def test_dates_of_french_files(text: str) -> None:
    (found,) = converted([text], "date")
    assert found.isoformat() == "2021-03-01"


@pytest.mark.parametrize(
    ("to", "text"),
    [
        ("integer", "12,5"),
        ("integer", "1 2"),
        ("integer", "12 34"),
        ("integer", "99999999999999999999"),
        ("integer", ""),
        ("integer", "s"),
        ("integer", "0x10"),
        ("number", "1.234"),
        ("number", "1,2,3"),
        ("number", "nan"),
        ("number", "Infinity"),
        ("number", ""),
        ("number", "-"),
        ("number", "12 %"),
        ("decimal", "0,1234567"),
        ("decimal", "1e3"),
        ("decimal", "9223372036854775807"),
        ("boolean", "peut-être"),
        ("date", "2021-13-01"),
        ("date", "03/31/2021"),
        ("date", "2021"),
        ("date", "infinity"),
        ("date", "-infinity"),
        ("date", "epoch"),
        ("date", "12345-01-01"),
    ],
)
def test_what_is_not_of_its_type_is_refused_and_named(to: ValueType, text: str) -> None:
    with pytest.raises(duckdb.Error) as refused:
        converted([text], to)
    found = raw_fault(refused.value, [RawRelation("rows", "x", {}, "")])
    assert found is not None
    assert found.code == "value-unreadable"
    assert found.values == {"file": "rows.csv", "column": "value", "type": to, "value": text}


def test_a_workbook_may_mix_points_and_commas() -> None:
    assert converted(["12.5", "12,5"], "number", ".,") == [12.5, 12.5]
