"""What models make of YAML: a text field keeps its characters, and what cannot be read does not hide the rest."""

from datetime import date

import pytest

from beffroi.catalog.groupings import Grouping
from beffroi.catalog.indicators import Range, Ratio, Sum
from beffroi.catalog.reading.documents import parse_document
from beffroi.catalog.reading.mismatches import Reading, read_declaration
from beffroi.catalog.reading.shapes import UNREAD
from beffroi.catalog.sources import Legal
from beffroi.catalog.sources import Reading as FileReading
from beffroi.catalog.vocabularies import Column, Theme


def read(model: type, text: str) -> Reading:
    document, faults = parse_document(text, "x.yaml")
    assert document is not None, faults
    return read_declaration(model, document)


def told(reading: Reading) -> list[tuple[str, str | None, int | None]]:
    return [(fault.code, fault.place.key, fault.place.line) for fault in reading.faults if fault.place]


@pytest.mark.parametrize("code", ["01001", "62498", "2A004", "'01001'", "0123"])
def test_a_code_without_quotes_stays_text(code: str) -> None:
    reading = read(Grouping, f"title: x\nmembers:\n  communes:\n    - {code}\n")
    assert not reading.faults
    assert reading.value.members.communes == [code.strip("'")]


def test_texts_that_yaml_would_read_otherwise() -> None:
    reading = read(Theme, "title: 2021\ndescription: true\n")
    assert reading.value.title == {"fr": "2021"}
    assert reading.value.description == {"fr": "true"}


def test_dates_numbers_and_booleans_are_read_where_they_are_wanted() -> None:
    assert read(Legal, "until: 2027-12-31\n").value.until == date(2027, 12, 31)
    assert read(Column, "type: number\nmin: 0\nmax: 1.5\nwhy: une borne connue\n").value.max == 1.5
    assert read(FileReading, "format: xlsx\nsheet: 2\n").value.sheet == 2
    assert read(FileReading, "format: xlsx\nsheet: '2'\n").value.sheet == "2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type: number\nrequired: yes", ("wrong-type", "required", 2)),
        ("type: number\nrequired: 'true'", ("wrong-type", "required", 2)),
        ("type: number\nmin: '1'", ("wrong-type", "min", 2)),
        ("type: numbre", ("unknown-value", "type", 1)),
        ("type:\n", ("empty-value", "type", 1)),
        ("type: text\ntitle: {de: Titel}", ("unknown-key", "title.de", 2)),
        ("type: text\ntitle: ''", ("empty-value", "title.fr", 2)),
        ("type: text\ntitle: [a]", ("wrong-type", "title", 2)),
        ("type: text\nvalues: a", ("wrong-type", "values", 2)),
        ("type: text\nwhy: court", ("missing-why", "why", 2)),
        ("type: [text]", ("wrong-type", "type", 1)),
    ],
)
def test_what_is_not_as_the_model_wants(text: str, expected: tuple[str, str, int]) -> None:
    (found,) = told(read(Column, text))
    # A text in short form has no key of its own to show.
    assert (found[0], found[2]) == (expected[0], expected[2])
    assert str(found[1]).startswith(expected[1].partition(".")[0])


def test_a_source_allows_or_refuses_to_be_listed() -> None:
    assert read(Legal, "basis: une convention\n").value.indexing == "allowed"
    assert read(Legal, "indexing: refused\n").value.indexing == "refused"
    reading = read(Legal, "indexing: refuse\n")
    assert told(reading) == [("unknown-value", "indexing", 1)]
    assert reading.faults[0].nearest == "refused"


def test_a_misspelt_key_is_one_fault() -> None:
    reading = read(Sum, "titel: x\ndefinition: y\ntheme: z\nunit: u\nkind: sum\ntable: a/b\ncolumn: c\n")
    assert told(reading) == [("unknown-key", "titel", 1)]
    assert reading.faults[0].nearest == "title"
    assert reading.value.title is UNREAD
    assert reading.value.column == "c"


def test_the_alternative_that_goes_furthest_is_the_one_meant() -> None:
    text = "title: x\ndefinition: y\ntheme: z\nunit: u\nkind: ratio\ntable: t\nnumerator:\n  somme: a\ndenominator: b\n"
    reading = read(Ratio, text)
    assert told(reading) == [("unknown-key", "numerator.somme", 8)]
    good = read(Ratio, text.replace("somme", "sum").replace("denominator: b", "denominator: 2"))
    assert not good.faults
    assert good.value.denominator == "2"


def test_conditions_keep_their_types() -> None:
    head = "title: x\ndefinition: y\ntheme: z\nunit: u\nkind: sum\ntable: t\ncolumn: c\n"
    text = head + "where:\n  a: 1\n  b: [x, 2]\n  c: {min: 3}\n  d: true\n  e: '1'\n"
    where = read(Sum, text).value.where
    assert where == {"a": 1, "b": ["x", 2], "c": Range(min=3), "d": True, "e": "1"}


def test_what_cannot_be_read_says_nothing_more() -> None:
    assert UNREAD.anything.at_all("x")["y"] is UNREAD
    assert "z" in UNREAD
    assert list(UNREAD) == []
    assert not (UNREAD < 1)
    assert not (UNREAD < 1)
    assert not UNREAD
