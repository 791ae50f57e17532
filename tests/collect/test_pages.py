"""Paged APIs: every page, in one document, or a fault; never half a dataset."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from beffroi.catalog.sources import DataGouv
from beffroi.collect.locations import Fetched, data_gouv
from beffroi.collect.locations.data_gouv import choose_resource
from beffroi.errors import BeffroiError
from tests.collect.invented import codes
from tests.collect.servers import Asked, Reply, reply_json, serve

Fetch = Callable[..., Fetched]


def features(numbers: range) -> list[dict[str, Any]]:
    return [{"type": "Feature", "properties": {"code": f"{n:05}"}, "geometry": None} for n in numbers]


def document_of(fetched: Fetched) -> Any:
    assert fetched.file is not None
    return json.loads(fetched.file.read_bytes())


def codes_in(fetched: Fetched) -> list[str]:
    document = document_of(fetched)
    assert document["type"] == "FeatureCollection"
    return [feature["properties"]["code"] for feature in document["features"]]


def ogc(url: str, **more: object) -> dict[str, object]:
    return {"ogc_features": {"url": url, "collection": "sites", "limit": 2, **more}, "allow_private": True}


def ogc_page(asked: Asked, url: str, count: int = 5, matched: int | None = 5) -> Reply:
    start = int(asked.query.get("offset", 0))
    page: dict[str, Any] = {"type": "FeatureCollection", "features": features(range(start, min(start + 2, count)))}
    if matched is not None:
        page["numberMatched"] = matched
    if start + 2 < count:
        page["links"] = [
            {"rel": "self", "href": "."},
            {"rel": "next", "href": f"{url}{asked.path}?limit=2&offset={start + 2}"},
        ]
    return reply_json(page)


def test_ogc_features_follow_the_next_links(fetch: Fetch) -> None:
    with serve(lambda asked: ogc_page(asked, "")) as site:
        fetched = fetch(ogc(f"{site.url}/ogc/", query={"datetime": "2021-01-01/.."}))
    assert codes_in(fetched) == ["00000", "00001", "00002", "00003", "00004"]
    assert site.asked[0].path == "/ogc/collections/sites/items"
    assert site.asked[0].query == {"datetime": "2021-01-01/..", "limit": "2"}
    assert len(site.asked) == 3


def test_ogc_features_without_a_total_stop_at_the_last_link(fetch: Fetch) -> None:
    with serve(lambda asked: ogc_page(asked, "", matched=None)) as site:
        assert len(codes_in(fetch(ogc(site.url)))) == 5


def test_fewer_rows_than_announced_are_refused(fetch: Fetch) -> None:
    with serve(lambda asked: ogc_page(asked, "", matched=9)) as site, pytest.raises(BeffroiError) as refused:
        fetch(ogc(site.url))
    assert codes(refused.value) == ["pages-incomplete"]
    assert (refused.value.faults[0].values["got"], refused.value.faults[0].values["expected"]) == (5, 9)


def test_pages_that_go_round_in_circles_are_refused(fetch: Fetch) -> None:
    circle = reply_json({"features": features(range(2)), "links": [{"rel": "next", "href": "?limit=2"}]})
    with serve(lambda asked: circle) as site, pytest.raises(BeffroiError) as refused:
        fetch(ogc(site.url))
    assert codes(refused.value) == ["pages-endless"]


@pytest.mark.parametrize("body", [b"<html>Maintenance</html>", b"[1, 2]", b'{"code": "NotFound"}'])
def test_an_answer_that_is_no_page_is_refused(fetch: Fetch, body: bytes) -> None:
    with serve(lambda asked: Reply(body)) as site, pytest.raises(BeffroiError) as refused:
        fetch(ogc(site.url))
    assert codes(refused.value) == ["answer-unreadable"]


def test_a_size_holds_for_all_the_pages_together(fetch: Fetch) -> None:
    with serve(lambda asked: ogc_page(asked, "")) as site, pytest.raises(BeffroiError) as refused:
        fetch(ogc(site.url) | {"max_bytes": 400})
    assert codes(refused.value) == ["download-too-large"]


@pytest.mark.parametrize("matched", [5, "unknown"])
def test_wfs_goes_on_by_start_index(fetch: Fetch, matched: object) -> None:
    """The service gives two features a page whatever is asked; its CRS is kept."""

    def answer(asked: Asked) -> Reply:
        start = int(asked.query["startIndex"])
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
        return reply_json({"features": features(range(start, min(start + 2, 5))), "numberMatched": matched, "crs": crs})

    with serve(answer) as site:
        declared = {"url": f"{site.url}/wfs?map=x", "type_name": "ms:sites", "limit": 100, "query": {"sortBy": "code"}}
        fetched = fetch({"wfs": declared, "allow_private": True})
    assert codes_in(fetched) == [f"{n:05}" for n in range(5)]
    assert document_of(fetched)["crs"]["properties"]["name"].endswith("2154")
    first = dict(site.asked[0].query)
    assert first == {
        "map": "x", "service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": "ms:sites",
        "outputFormat": "application/json", "sortBy": "code", "count": "100", "startIndex": "0",
    }  # fmt: skip


def test_a_wfs_that_answers_in_xml_is_quoted(fetch: Fetch) -> None:
    said = b"<ows:ExceptionReport><ows:ExceptionText>Unknown type</ows:ExceptionText></ows:ExceptionReport>"
    with serve(lambda asked: Reply(said)) as site, pytest.raises(BeffroiError) as refused:
        fetch({"wfs": {"url": site.url, "type_name": "x"}, "allow_private": True})
    assert "Unknown type" in refused.value.faults[0].message("en")


def test_data_fair_lines_follow_next(fetch: Fetch) -> None:
    def answer(asked: Asked) -> Reply:
        if "after" not in asked.query:
            following = f"{site.url}{asked.path}?size=2&after=2"
            return reply_json({"total": 3, "results": [{"dpe": "A"}, {"dpe": "B"}], "next": following})
        return reply_json({"total": 3, "results": [{"dpe": "é"}]})

    with serve(answer) as site:
        declared = {"url": f"{site.url}/data-fair/api/v1", "dataset": "dpe", "limit": 2, "query": {"qs": "dep:62"}}
        fetched = fetch({"data_fair": declared, "allow_private": True})
    assert document_of(fetched) == [{"dpe": "A"}, {"dpe": "B"}, {"dpe": "é"}]
    assert site.asked[0].path == "/data-fair/api/v1/datasets/dpe/lines"
    assert site.asked[0].query == {"qs": "dep:62", "size": "2"}


def ods(url: str, **query: str) -> dict[str, object]:
    return {"opendatasoft": {"url": url, "dataset": "arbres", "query": query}, "allow_private": True}


def answer_ods(asked: Asked, total: int) -> Reply:
    if asked.path.endswith("/records"):
        return reply_json({"total_count": total, "results": [{}]})
    rows: Any = [{"id": "1"}, {"id": "2"}]
    return reply_json({"features": rows} if asked.path.endswith("geojson") else rows)


def test_opendatasoft_exports_and_counts(fetch: Fetch) -> None:
    with serve(lambda asked: answer_ods(asked, 2)) as site:
        assert document_of(fetch(ods(site.url, where="code='62'"))) == [{"id": "1"}, {"id": "2"}]
        assert fetch(ods(f"{site.url}/api/explore/v2.1", format="geojson")).file
    base = "/api/explore/v2.1/catalog/datasets/arbres"
    assert site.paths == [f"{base}/records", f"{base}/exports/json", f"{base}/records", f"{base}/exports/geojson"]
    assert site.asked[0].query == {"where": "code='62'", "limit": "1"}
    assert site.asked[1].query == {"where": "code='62'"}


def test_a_short_export_is_refused(fetch: Fetch) -> None:
    with serve(lambda asked: answer_ods(asked, 3)) as site, pytest.raises(BeffroiError) as refused:
        fetch(ods(site.url))
    assert codes(refused.value) == ["pages-incomplete"]


RESOURCES = [
    {"id": "a1", "title": "Base 2020.csv", "url": "/2020", "last_modified": "2021-05-01"},
    {"id": "b2", "title": "Base 2021.csv", "url": "/2021", "last_modified": "2022-05-01"},
    {"id": "c3", "title": "Notice.pdf", "url": "/notice", "last_modified": "2025-01-01"},
]


@pytest.mark.parametrize(("asked", "found"), [({"resource": "a1"}, "a1"), ({"title": "base*.csv"}, "b2"), ({}, "c3")])
def test_a_resource_is_pinned_or_the_newest_that_fits(asked: dict[str, str], found: str) -> None:
    assert choose_resource(DataGouv(dataset="base", **asked), RESOURCES)["id"] == found


def test_a_resource_that_is_not_there_is_named_with_what_there_is() -> None:
    with pytest.raises(BeffroiError) as refused:
        choose_resource(DataGouv(dataset="base", title="Base 2022.csv"), RESOURCES)
    assert codes(refused.value) == ["resource-not-found"]
    assert refused.value.faults[0].nearest in {"Base 2020.csv", "Base 2021.csv"}


def test_data_gouv_asks_for_the_dataset_then_for_the_resource(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/datasets/"):
            return reply_json({"resources": [{"id": "a1", "title": "Base", "url": f"{site.url}/file.csv"}]})
        return Reply(b"code\n62001\n")

    with serve(answer) as site:
        monkeypatch.setattr(data_gouv, "API", site.url)
        fetched = fetch({"data_gouv": {"dataset": "base-x", "resource": "a1"}, "allow_private": True})
    assert fetched.file is not None
    assert fetched.file.read_bytes() == b"code\n62001\n"
    assert site.paths == ["/datasets/base-x/", "/file.csv"]
