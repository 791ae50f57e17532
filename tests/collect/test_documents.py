"""JSON: lists of objects with what is nested in them."""

import json
from typing import Any

import pytest

from tests.collect.invented import Desk, codes, rows_of

EPCI: list[dict[str, Any]] = [
    {"code": "200072460", "nom": "CABBALR", "membres": [{"code": "62119", "population": 10}, {"code": "01001"}]},
    {"code": "246200364", "nom": "CALL", "date": "2021-01-01", "membres": []},
]


def test_objects_keep_their_types_and_what_is_nested(desk: Desk) -> None:
    relation = desk.relation(json.dumps(EPCI).encode(), format="json")
    assert relation.columns == {
        "code": "VARCHAR",
        "nom": "VARCHAR",
        "membres": "STRUCT(code VARCHAR, population BIGINT)[]",
        "date": "VARCHAR",
    }
    assert rows_of(relation)[0]["membres"] == [
        {"code": "62119", "population": 10},
        {"code": "01001", "population": None},
    ]


@pytest.mark.parametrize(
    "text", ["2021-01-01", "12:30:00", "2021-01-01T12:00:00Z", "6f1c1b8e-7a43-4d5c-9e7a-0d4c2b1a9f00", "007"]
)
def test_text_stays_text_whatever_it_looks_like(desk: Desk, text: str) -> None:
    relation = desk.relation(json.dumps([{"x": text, "y": {"z": [text]}}]).encode(), format="json")
    assert relation.columns == {"x": "VARCHAR", "y": "STRUCT(z VARCHAR[])"}
    assert rows_of(relation) == [{"x": text, "y": {"z": [text]}}]


def test_a_type_that_shows_late_is_seen(desk: Desk) -> None:
    rows: list[dict[str, Any]] = [{"n": 1} for _ in range(30_000)] + [{"n": "s", "late": 1}]
    relation = desk.relation(json.dumps(rows).encode(), format="json")
    assert list(relation.columns) == ["n", "late"]
    assert rows_of(relation)[-1]["n"].strip('"') == "s"


def test_a_list_at_a_path(desk: Desk) -> None:
    document = {"data": {"items": [{"code": "01"}, {"code": "02"}]}, "total": 2}
    assert desk.rows(json.dumps(document).encode(), format="json", records="data.items") == [
        {"code": "01"},
        {"code": "02"},
    ]


@pytest.mark.parametrize("path", ["data.item", "rows", "data", "data.items.0"])
def test_a_path_that_leads_nowhere(desk: Desk, path: str) -> None:
    refused = desk.refusal(b'{"data": {"items": []}}', format="json", records=path)
    assert codes(refused) == ["records-not-found"]


def test_one_object_by_line(desk: Desk) -> None:
    assert desk.rows(b'{"code": "01"}\n{"code": "02"}\n', format="json") == [{"code": "01"}, {"code": "02"}]


@pytest.mark.parametrize("data", [b"[]", b'{"items": []}'])
def test_a_list_of_nothing(desk: Desk, data: bytes) -> None:
    records = "items" if data.startswith(b"{") else None
    assert codes(desk.refusal(data, format="json", records=records)) == ["file-empty"]


@pytest.mark.parametrize("records", [None, "data"])
def test_what_is_no_json(desk: Desk, records: str | None) -> None:
    refused = desk.refusal(b'{"data": [', format="json", records=records)
    assert codes(refused) == ["file-unreadable"]
    assert str(desk.folder) not in str(refused)


def test_types_of_json_are_converted_where_it_is_declared(desk: Desk) -> None:
    relation = desk.relation(b'[{"code": "01", "n": "5 922"}]', format="json", types={"n": "integer"})
    assert (relation.columns["n"], rows_of(relation)[0]["n"]) == ("BIGINT", 5922)
