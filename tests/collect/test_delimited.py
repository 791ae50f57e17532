"""CSV in its French forms: what the producer wrote is what comes out, as text, or a fault on its line."""

import gzip
import string
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beffroi.collect import RawRelation, raw_fault
from beffroi.errors import Fault
from tests.collect.invented import Desk, codes, rows_of

FRENCH = {"format": "csv", "delimiter": ";"}


def fault_of(relation: RawRelation) -> Fault:
    """The fault that reading the relation to its end means."""
    with pytest.raises(duckdb.Error) as refused:
        rows_of(relation)
    found = raw_fault(refused.value, [relation])
    assert found is not None
    return found


def test_everything_is_text_and_codes_keep_their_zeros(desk: Desk) -> None:
    data = b"code;label;dwellings\n01004;Amb\xc3\xa9rieu;5 922\n2A004;Ajaccio;\n"
    relation = desk.relation(data, **FRENCH)
    assert relation.columns == {"code": "VARCHAR", "label": "VARCHAR", "dwellings": "VARCHAR"}
    assert rows_of(relation) == [
        {"code": "01004", "label": "Ambérieu", "dwellings": "5 922"},
        {"code": "2A004", "label": "Ajaccio", "dwellings": None},
    ]


@pytest.mark.parametrize(
    ("data", "read"),
    [
        ("code,label\n1,Bénonces\n".encode(), {"format": "csv"}),
        ("\ufeffcode,label\r\n1,Bénonces\r\n".encode(), {"format": "csv"}),
        ("code,label\r1,Bénonces\r".encode(), {"format": "csv"}),
        ("code;label\n1;Bénonces".encode("latin-1"), {**FRENCH, "encoding": "latin-1"}),
        ("code;label\r\n1;Bénonces\r\n".encode("cp1252"), {**FRENCH, "encoding": "cp1252"}),
        ("code\tlabel\n1\tBénonces\n".encode(), {"format": "csv", "delimiter": "\t"}),
        ("code|label\n'1'|'Bénonces'\n".encode(), {"format": "csv", "delimiter": "|", "quote": "'"}),
        ("Source : INSEE\n\ncode,label\n1,Bénonces\n".encode(), {"format": "csv", "header_row": 3}),
        ("1,Bénonces\n".encode(), {"format": "csv", "header_row": 0, "names": ["code", "label"]}),
        ("CODGEO,LIBGEO\n1,Bénonces\n".encode(), {"format": "csv", "names": ["code", "label"]}),
        ("CODGEO,LIBGEO\n1,Bénonces\n".encode(), {"format": "csv", "rename": {"CODGEO": "code", "LIBGEO": "label"}}),
        (gzip.compress("code,label\n1,Bénonces\n".encode()), {"format": "csv"}),
    ],
)
def test_the_forms_of_the_same_rows(desk: Desk, data: bytes, read: dict[str, Any]) -> None:
    assert desk.rows(data, **read) == [{"code": "1", "label": "Bénonces"}]


def test_characters_of_windows(desk: Desk) -> None:
    data = "label;price\nMorteaux-Coulibœuf;5 €\nl’Abbaye;–\n".encode("cp1252")
    assert desk.rows(data, **FRENCH, encoding="cp1252")[0] == {"label": "Morteaux-Coulibœuf", "price": "5 €"}
    refused = desk.refusal(data, **FRENCH, encoding="latin-1")
    assert codes(refused) == ["line-encoding"]
    assert refused.faults[0].values["line"] == 2
    assert "cp1252" in refused.faults[0].remedy("fr")


def test_an_encoding_that_is_not_the_one_declared(desk: Desk) -> None:
    late = desk.relation("code;label\n1;Lens\n2;Liévin\n".encode("latin-1"), **FRENCH)
    found = fault_of(late)
    assert (found.code, found.values["line"], found.values["file"]) == ("line-encoding", "3", "valbrume/rows")
    assert codes(desk.refusal("code;libellé\n".encode("latin-1"), **FRENCH)) == ["file-encoding"]
    assert codes(desk.refusal(b"a;b\n1;\x81\n", **FRENCH, encoding="cp1252")) == ["file-encoding"]


def test_codes_of_what_is_missing(desk: Desk) -> None:
    data = b'a;b;c\ns;"s";s.o.\n\\N;x;"n;d"\n;"";0\n'
    assert desk.rows(data, **FRENCH, missing=["s", "\\N", "n;d"]) == [
        {"a": None, "b": None, "c": "s.o."},
        {"a": None, "b": "x", "c": None},
        {"a": "", "b": "", "c": "0"},
    ]


def test_lines_that_end_in_two_ways(desk: Desk) -> None:
    data = b'a;b\r\n1;"x\r\ny"\r\n2;z\n3;t\r\n'
    assert [row["b"] for row in desk.rows(data, **FRENCH)] == ["x\ny", "z", "t"]


def test_quotes_hold_delimiters_quotes_and_lines(desk: Desk) -> None:
    assert desk.rows(b'a;b\n1;"say ""a;b""\nthen c"\n', **FRENCH) == [{"a": "1", "b": 'say "a;b"\nthen c'}]


def test_quotes_that_are_letters(desk: Desk) -> None:
    assert desk.rows(b'a;b\n1;12" of rain\n2;"x\n', **FRENCH, quote="") == [
        {"a": "1", "b": '12" of rain'},
        {"a": "2", "b": '"x'},
    ]


def test_headers_that_are_blank_or_come_twice(desk: Desk) -> None:
    relation = desk.relation(b"code;;Code;  Nom  de la  commune \n1;2;3;4\n", **FRENCH)
    assert list(relation.columns) == ["code", "column_2", "Code_2", "Nom de la commune"]
    assert list(desk.relation(b"1;2\n3;4\n", **FRENCH, header_row=0).columns) == ["column_1", "column_2"]


def test_names_with_quotes_are_names(desk: Desk) -> None:
    data = b'l\'an;"say ""x"""\n1;2\n'
    assert desk.rows(data, **FRENCH, missing=["'"]) == [{"l'an": "1", 'say "x"': "2"}]


def test_values_typed_where_it_is_declared(desk: Desk) -> None:
    data = "code;n;x;d\n01;5\u00a0922;3,1;01/03/2021\n02;;;\n".encode()
    types = {"n": "integer", "x": "number", "d": "date"}
    relation = desk.relation(data, **FRENCH, decimal=",", types=types)
    assert relation.columns == {"code": "VARCHAR", "n": "BIGINT", "x": "DOUBLE", "d": "DATE"}
    first, second = rows_of(relation)
    assert (first["code"], first["n"], first["x"], first["d"].isoformat()) == ("01", 5922, 3.1, "2021-03-01")
    assert (second["n"], second["x"], second["d"]) == (None, None, None)


def test_a_value_that_is_not_of_its_type_is_named(desk: Desk) -> None:
    found = fault_of(desk.relation(b"code;n\n01;s\n", **FRENCH, types={"n": "integer"}))
    assert found.code == "value-unreadable"
    assert found.values == {"file": "valbrume/rows", "column": "n", "type": "integer", "value": "s"}


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"a;b\n1;2\n3\n", "line-miscounted", "3"),
        (b"a;b\n1;2;3\n", "line-miscounted", "2"),
        (b'a;b\n1;"open\n2;x\n', "line-quote", "2"),
        (b"a;b\n1;" + b"x" * 2_100_000 + b"\n", "line-too-long", "2"),
    ],
)
def test_a_line_that_does_not_hold_is_named(desk: Desk, data: bytes, code: str, line: str) -> None:
    found = fault_of(desk.relation(data, **FRENCH))
    assert (found.code, found.values["line"], found.values["file"]) == (code, line, "valbrume/rows")


def test_an_engine_error_that_is_none_of_ours() -> None:
    assert raw_fault(duckdb.BinderException("no such column"), [RawRelation("rows", "x", {}, "")]) is None


def test_a_line_damaged_in_a_way_that_has_no_name_yet() -> None:
    error = duckdb.InvalidInputException("CSV Error on Line: 7\nSomething odd\n  file = /lake/x.csv\n")
    found = raw_fault(error, [RawRelation("rows", "x", {}, "", None, {"/lake/x.csv": "valbrume/rows"})])
    assert found is not None
    assert found.code == "line-damaged"
    assert found.values == {"file": "valbrume/rows", "line": "7", "reason": "Something odd"}


@pytest.mark.parametrize("data", [b"", b"\n\n"])
def test_a_file_without_anything(desk: Desk, data: bytes) -> None:
    assert codes(desk.refusal(data, **FRENCH)) == ["file-empty"]


def test_a_header_alone_is_no_row(desk: Desk) -> None:
    assert desk.rows(b"code;label\n", **FRENCH) == []


def test_names_that_are_not_as_many_as_the_columns(desk: Desk) -> None:
    refused = desk.refusal(b"1;2;3\n", **FRENCH, header_row=0, names=["a", "b"])
    assert codes(refused) == ["columns-miscounted"]


def test_a_header_that_python_cannot_split(desk: Desk) -> None:
    assert codes(desk.refusal(b"x" * 200_000 + b";b\n1;2\n", **FRENCH)) == ["file-unreadable"]


cells = st.text(st.sampled_from(string.ascii_letters + "éèœ ;\"'\n0123456789,.-"), min_size=1, max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8))
def test_what_is_written_is_what_is_read(desk: Desk, rows: list[tuple[str, str]]) -> None:
    """Whatever the cells hold: delimiters, quotes, line ends, leading zeros and spaces."""
    lines = ["a;b"] + [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    read = desk.rows("\n".join(lines).encode(), **FRENCH)
    assert sorted((row["a"], row["b"]) for row in read) == sorted(rows)
