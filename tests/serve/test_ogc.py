"""OGC API Features as its abstract tests ask (``ogc_abstract_tests``), and as those who mean harm do."""

import asyncio
import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from pyproj import Transformer
from ruamel.yaml import YAML
from starlette.testclient import TestClient

from beffroi.access import PUBLIC
from beffroi.publish.ogc.references import CONFORMANCE, CRS84, QUERYABLES, SYSTEMS
from beffroi.serve import create_app
from tests.serve import ogc_abstract_tests
from tests.serve.ogc_worlds import CANARY, COUNT, PARCELS, SECRETS, World

BASE = "https://observatoire.exemple"
TOKEN = "un-jeton-pour-essayer"
ITEMS = "/ogc/collections/town.parcels/items"
DOCUMENTS = (
    "/ogc", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/ogc/collections/town.parcels",
    "/ogc/collections/town.parcels/queryables", "/ogc/collections/town.parcels/schema", ITEMS, f"{ITEMS}/P001",
    "/ogc/collections/town.stops", "/ogc/collections/town.stops/items", "/ogc/collections/town.parcels/tiles",
    "/ogc/collections/town.parcels/tiles/WebMercatorQuad", "/ogc/tileMatrixSets",
    "/ogc/tileMatrixSets/WebMercatorQuad",
)  # fmt: skip
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
STANDARDS = ogc_abstract_tests.ROOT.parent / "shared" / "standards" / "ogcapi-features"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("ogc"))


@pytest.fixture(scope="module")
def app(world: World, assets_folder: Path) -> Any:
    return create_app(world.open, tokens={"ddtm": TOKEN}, base_url=BASE, assets_folder=assets_folder)


@pytest.fixture(scope="module")
def ogc(app: Any) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client


def ask(client: TestClient, address: str, status: int = 200, **query: Any) -> Any:
    """The document at an address."""
    answer = client.get(address, params=query or None)
    assert answer.status_code == status, answer.text
    return answer.json()


def ids(client: TestClient, **query: Any) -> set[str]:
    return {each["id"] for each in ask(client, ITEMS, limit=1000, **query)["features"]}


def link(document: Any, rel: str, media_type: str = "") -> Any:
    return next(each for each in document["links"] if each["rel"] == rel and media_type in each["type"])


def by_hand(world: World, keep: Any) -> set[str]:
    return {row["id"] for row in world.rows if keep(row)}


# Part 1: core, GeoJSON, HTML, OpenAPI


def test_every_address_answers_get_and_head(ogc: TestClient) -> None:
    for address in DOCUMENTS:
        got, headed = ogc.get(address), ogc.head(address)
        assert (got.status_code, headed.status_code, headed.content) == (200, 200, b"")
        assert headed.headers["content-length"] == got.headers["content-length"]
        assert got.headers["access-control-allow-origin"] == "*"
        assert ogc.get(address, headers={"if-none-match": got.headers["etag"]}).status_code == 304


def test_the_landing_page_leads_everywhere(ogc: TestClient) -> None:
    landing = ask(ogc, "/ogc")
    for rel in ("self", "alternate", "service-desc", "service-doc", "conformance", "data"):
        answer = ogc.get(link(landing, rel)["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(link(landing, rel)["type"].split(";")[0])


def test_what_is_declared_is_listed(ogc: TestClient) -> None:
    assert ask(ogc, "/ogc/conformance")["conformsTo"] == list(CONFORMANCE)
    assert len(set(CONFORMANCE)) == len(CONFORMANCE)


def test_each_document_leads_to_itself_and_to_its_other_form(ogc: TestClient) -> None:
    for address in DOCUMENTS:
        if address.endswith(("/api", "/queryables", "/schema", "Sets/WebMercatorQuad")):
            continue
        found = ask(ogc, address)
        assert ogc.get(link(found, "self")["href"]).json().keys() == found.keys()
        assert "text/html" in ogc.get(link(found, "alternate")["href"]).headers["content-type"]
        assert all(each["rel"] and each["type"] for each in found["links"])


def test_each_document_is_a_page_too(ogc: TestClient) -> None:
    for address in DOCUMENTS:
        page = ogc.get(address, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert page.headers["content-type"].startswith("text/html")
        assert page.text.startswith("<!doctype html>")
        assert "<h1>" in page.text
        assert ogc.get(address, params={"f": "html"}).text.count("<h1>") == 1
        # The same address goes on giving data to those who ask for data.
        assert "json" in ogc.get(address).headers["content-type"]
    assert "O&#39;Hara" in ogc.get(f"{ITEMS}/P001", params={"f": "html"}).text
    assert 'href="https://observatoire.exemple/ogc/collections' in ogc.get("/ogc", params={"f": "html"}).text
    assert "Layers" in ogc.get("/en/ogc", params={"f": "html"}).text


def test_each_layer_is_a_collection(ogc: TestClient) -> None:
    found = ask(ogc, "/ogc/collections")["collections"]
    assert [each["id"] for each in found] == ["town.parcels", "town.stops"]
    for each in found:
        alone = ask(ogc, f"/ogc/collections/{each['id']}")
        assert {key: value for key, value in alone.items() if key not in ("crs", "links")} == {
            key: value for key, value in each.items() if key not in ("crs", "links")
        }
        assert ogc.get(link(alone, "items", "geo+json")["href"]).headers["content-type"] == "application/geo+json"
        assert link(alone, "describedby")["href"].endswith(f"/couches/{each['id'].replace('.', '/')}")


def test_extents_hold_every_feature(ogc: TestClient) -> None:
    for name in ("town.parcels", "town.stops"):
        extent = ask(ogc, f"/ogc/collections/{name}")["extent"]
        features = ask(ogc, f"/ogc/collections/{name}/items", limit=1000)["features"]
        (box,) = extent["spatial"]["bbox"]
        shapes = [shapely.geometry.shape(each["geometry"]) for each in features]
        assert all(shapely.box(*box).buffer(1e-7).covers(shape) for shape in shapes)
        if name == "town.stops":
            assert "temporal" not in extent
            continue
        ((start, end),) = extent["temporal"]["interval"]
        dates = [each["properties"]["built"] for each in features if each["properties"]["built"]]
        assert start[:10] == min(dates)
        assert end[:10] == max(dates)


def test_pages_give_each_feature_once(ogc: TestClient) -> None:
    for limit in (1, 7, 20, 60, 1000):
        address, seen = f"{ITEMS}?limit={limit}", []
        while address:
            page = ask(ogc, address)
            assert page["numberReturned"] == len(page["features"]) <= limit
            assert page["numberMatched"] == COUNT
            seen += [each["id"] for each in page["features"]]
            address = next((each["href"] for each in page["links"] if each["rel"] == "next"), "")
        assert sorted(seen) == [f"P{rank:03}" for rank in range(COUNT)]


@pytest.mark.parametrize("asked", [{}, {"floors": 2}, {"bbox": "2.5,50.5,2.55,50.53"}, {"filter": "floors = 1"}])
def test_one_goes_back_as_one_came(ogc: TestClient, asked: dict) -> None:
    """Whatever is chosen, the page before is the one that led here; the first has none before it."""
    forwards, address = [], f"{ITEMS}?{urlencode({'limit': 5, **asked})}"
    while address:
        page = ask(ogc, address)
        forwards.append([each["id"] for each in page["features"]])
        to = {each["rel"]: each["href"] for each in page["links"]}
        address = to.get("next", "")
    assert len(forwards) > 2
    backwards = [forwards[-1]]
    while "prev" in to:
        page = ask(ogc, to["prev"])
        backwards.append([each["id"] for each in page["features"]])
        to = {each["rel"]: each["href"] for each in page["links"]}
    assert backwards[::-1] == forwards
    assert 'rel="prev"' in ogc.get(f"{ITEMS}?limit=5&after=5&f=html").text


def test_after_all_features_comes_nothing_but_what_was_before(ogc: TestClient) -> None:
    page = ask(ogc, ITEMS, limit=10, after=COUNT + 500)
    assert page["features"] == []
    before = ask(ogc, link(page, "prev")["href"])
    assert len(before["features"]) == 10
    assert "next" not in {each["rel"] for each in before["links"]}
    assert "prev" not in {each["rel"] for each in ask(ogc, ITEMS, floors=99, after=3)["links"]}, "nothing is there"


def test_pages_are_counted_and_dated(ogc: TestClient) -> None:
    page = ask(ogc, ITEMS, limit=5, floors=2)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", page["timeStamp"])
    assert (page["numberReturned"], page["numberMatched"]) == (5, 12)
    assert link(page, "next")["href"].startswith(f"{BASE}{ITEMS}?limit=5&floors=2")


def test_a_box_gives_what_touches_it(ogc: TestClient, world: World) -> None:
    box = shapely.box(2.505, 50.505, 2.535, 50.515)
    touching = by_hand(world, lambda row: shapely.intersects(row["shape"], box))
    assert ids(ogc, bbox="2.505,50.505,2.535,50.515") == touching
    assert ids(ogc, bbox="2.505,50.505,0,2.535,50.515,100") == touching
    assert ids(ogc, bbox="-10,-10,10,10") == set()
    assert ids(ogc, bbox="170,40,-170,60") == set()
    assert ids(ogc, bbox="170,40,3,60") == by_hand(world, lambda row: True)


def test_boxes_that_cannot_be_are_refused(ogc: TestClient) -> None:
    for box in ("1,2,3", "a,b,c,d", "1,2,3,4,5", "", "1,50,2,40", "nan,1,2,3", "-200,0,10,10", "0,0,1e999,1"):
        assert ask(ogc, ITEMS, 400, bbox=box)["code"] in ("parameter-malformed", "bbox-inverted", "bbox-outside-world")


def test_a_moment_gives_what_meets_it(ogc: TestClient, world: World) -> None:
    def kept(first: int, last: int) -> set[str]:
        return by_hand(world, lambda row: row["built"] is None or first <= row["built"].year <= last)

    assert ids(ogc, datetime="2004-01-01T00:00:00Z/2005-12-31T23:59:59Z") == kept(2004, 2005)
    for since in ("2010-01-01/..", "2010-01-01/"):
        assert ids(ogc, datetime=since) == kept(2010, 9999)
    for until in ("../2009-12-31", "/2009-12-31"):
        assert ids(ogc, datetime=until) == kept(0, 2009)
    assert "P001" in ids(ogc, datetime="2000-02-01") & ids(ogc, datetime="2000-02-01T12:00:00Z")
    stops = ask(ogc, "/ogc/collections/town.stops/items", datetime="1900-01-01")
    assert stops["numberMatched"] == 12
    for moment in ("hier", "2020-13-01", "2020", "2020-01-01/2021-01-01/2022-01-01", ""):
        ask(ogc, ITEMS, 400, datetime=moment)
    ask(ogc, "/ogc/collections/town.stops/items", 400, datetime="hier")


def test_what_an_address_does_not_know_is_refused(ogc: TestClient) -> None:
    for address in DOCUMENTS:
        said = ask(ogc, address, 400, lim=3)
        assert said["code"] == "parameter-unknown"
    assert ask(ogc, ITEMS, 400, lim=3)["faults"][0]["nearest"] == "limit"
    assert ogc.get(f"{ITEMS}?limit=1&limit=2").json()["code"] == "parameter-repeated"
    assert ask(ogc, ITEMS, 400, f="xml")["code"] == "parameter-malformed"
    assert ask(ogc, "/ogc/collections/town.nowhere", 404)["code"] == "unknown-layer-asked"
    assert ask(ogc, "/ogc/nowhere", 404)["code"] == "page-not-found"


def test_limits_that_cannot_be_are_refused(ogc: TestClient) -> None:
    for limit in ("0", "-1", "ten", "1.5", "", "٣", "9" * 400):
        assert ask(ogc, ITEMS, 400, limit=limit)["code"] == "parameter-malformed"
    assert ask(ogc, ITEMS, limit=10**9)["numberReturned"] == COUNT
    assert ask(ogc, ITEMS, 400, after="x")["code"] == "parameter-malformed"
    assert ask(ogc, ITEMS, after=10**11)["features"] == []


def test_a_feature_has_its_address(ogc: TestClient, world: World) -> None:
    found = ask(ogc, f"{ITEMS}/P001")
    row = next(row for row in world.rows if row["id"] == "P001")
    assert found["id"] == "P001"
    assert found["properties"] == {
        "name": row["name"], "floors": row["floors"], "height": row["height"], "listed": row["listed"],
        "built": row["built"].isoformat(),
    }  # fmt: skip
    assert shapely.equals(shapely.geometry.shape(found["geometry"]), row["shape"])
    assert link(found, "collection")["href"] == f"{BASE}/ogc/collections/town.parcels"
    assert ogc.get(link(found, "self")["href"]).json() == found
    assert ask(ogc, f"{ITEMS}/P999", 404)["code"] == "feature-unknown"
    assert ask(ogc, f"{ITEMS}/{quote('P001/../x', safe='')}", 404)["code"] == "feature-unknown"


def test_shapes_are_given_in_longitude_and_latitude(ogc: TestClient, world: World) -> None:
    answer = ogc.get(ITEMS, params={"limit": 1000})
    assert answer.headers["content-crs"] == f"<{CRS84}>"
    given = {each["id"]: shapely.geometry.shape(each["geometry"]) for each in answer.json()["features"]}
    for row in world.rows:
        assert shapely.equals_exact(given[row["id"]].normalize(), row["shape"].normalize(), 1e-8)


def test_parameters_are_described_as_the_standard_has_them(ogc: TestClient) -> None:
    said = ask(ogc, "/ogc/api")["components"]["parameters"]
    limit, box, moment = said["limit"]["schema"], said["bbox"], said["datetime"]
    assert (limit["type"], limit["minimum"], limit["maximum"], limit["default"]) == ("integer", 1, 10_000, 100)
    assert (box["schema"]["type"], box["schema"]["items"], box["style"]) == ("array", {"type": "number"}, "form")
    assert [each["minItems"] for each in box["schema"]["oneOf"]] == [4, 6]
    assert (moment["in"], moment["schema"]["type"], moment["explode"]) == ("query", "string", False)
    assert all(each["required"] is False for each in (said["limit"], box, moment))


def test_the_description_is_complete(ogc: TestClient) -> None:
    answer = ogc.get("/ogc/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    said = answer.json()
    assert said["openapi"] == "3.0.3"
    for path in said["paths"]:
        fid = "S1" if "stops" in path else "P001"
        assert ogc.get(f"/ogc{path.replace('{featureId}', fid)}").status_code == 200
    for name in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(said)):
        node = said
        for part in name.split("/"):
            node = node[part]
        assert node
    operations = [each["get"]["operationId"] for each in said["paths"].values()]
    assert len(set(operations)) == len(operations)
    asked = {each.get("name") for each in said["paths"]["/collections/town.parcels/items"]["get"]["parameters"]}
    assert {"name", "floors", "height", "listed", "built"} <= asked


def test_a_robot_finds_no_answer_that_is_not_described(app: Any) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    checks = schemathesis.checks
    schema = schemathesis.openapi.from_asgi("/ogc/api", app)
    kept = [checks.not_a_server_error, *_described()]
    tried = 0
    for each in schema.get_all_operations():
        operation = each.ok()

        @settings(
            max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
        )
        @given(case=operation.as_strategy())
        def one(case: Any) -> None:
            nonlocal tried
            tried += 1
            case.call_and_validate(checks=kept)

        one()
    assert tried > 40


def _described() -> list[Any]:
    from schemathesis.specs.openapi import checks

    return [checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance]


@pytest.mark.real
def test_documents_have_the_shape_of_the_standard(ogc: TestClient) -> None:
    file = STANDARDS / "core_openapi_ogcapi-features-1-oas30.yaml"
    if not file.exists():
        pytest.skip(f"{file} is not beside the checkout")
    schemas = YAML(typ="safe").load(file)["components"]["schemas"]
    said = json.loads(json.dumps(schemas, default=str).replace("#/components/schemas/", "#/$defs/"))
    held = {name: _nullable(schema) for name, schema in said.items()}
    for address, name in (
        ("/ogc", "landingPage"), ("/ogc/conformance", "confClasses"), ("/ogc/collections", "collections"),
        ("/ogc/collections/town.parcels", "collection"), (ITEMS, "featureCollectionGeoJSON"),
        (f"{ITEMS}/P001", "featureGeoJSON"), ("/ogc/collections/town.stops/items", "featureCollectionGeoJSON"),
    ):  # fmt: skip
        jsonschema.validate(ask(ogc, address), {"$ref": f"#/$defs/{name}", "$defs": held})
    jsonschema.validate(ask(ogc, ITEMS, 400, x=1), {"$ref": "#/$defs/exception", "$defs": held})


def _nullable(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema: what may be null says so in its type."""
    if isinstance(schema, list):
        return [_nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _nullable(value) for key, value in schema.items() if key not in ("nullable", "example")}
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") is True else found


def test_faults_have_the_shape_of_exceptions(ogc: TestClient) -> None:
    said = ask(ogc, ITEMS, 400, filter="nam = 'x'")
    assert said["code"] == said["faults"][0]["code"] == "unknown-attribute-asked"
    assert said["faults"][0]["nearest"] == "name"
    assert "nam" in said["description"]
    assert "attribute" in ask(ogc, f"/en{ITEMS}", 400, filter="nam = 'x'")["description"]
    page = ogc.get(ITEMS, params={"filter": "<script>"}, headers={"accept": "text/html"})
    assert (page.status_code, "<script>" in page.text.split("<main")[1]) == (400, False)


# Part 2: coordinate systems


def test_systems_are_named_by_their_addresses(ogc: TestClient) -> None:
    told = ask(ogc, "/ogc/collections")
    assert told["crs"] == list(SYSTEMS)
    for each in told["collections"]:
        assert each["crs"] == ["#/crs"]
        assert each["storageCrs"] in told["crs"]
    alone = ask(ogc, "/ogc/collections/town.parcels")
    assert alone["crs"][0] == CRS84
    assert all(
        re.fullmatch(r"http://www\.opengis\.net/def/crs/(OGC/1\.3/CRS84|EPSG/0/\d+)", uri) for uri in alone["crs"]
    )


def test_shapes_are_given_in_each_system(ogc: TestClient) -> None:
    plain = {each["id"]: each["geometry"] for each in ask(ogc, ITEMS, limit=1000)["features"]}
    for code in (4326, 2154, 3857):
        answer = ogc.get(ITEMS, params={"limit": 1000, "crs": f"{EPSG}{code}"})
        alone = ogc.get(f"{ITEMS}/P001", params={"crs": f"{EPSG}{code}"})
        assert answer.headers["content-crs"] == alone.headers["content-crs"] == f"<{EPSG}{code}>"
        # Without « always_xy », each system has its axes in the order of its authority: that of answers.
        back = Transformer.from_crs(code, "OGC:CRS84")
        for each in (*answer.json()["features"], alone.json()):
            there = np.array(shapely.get_coordinates(shapely.geometry.shape(each["geometry"])))
            here = shapely.get_coordinates(shapely.geometry.shape(plain[each["id"]]))
            assert np.column_stack(back.transform(there[:, 0], there[:, 1])) == pytest.approx(here, abs=2e-8)
    latitudes_first = ask(ogc, f"{ITEMS}/P001", crs=f"{EPSG}4326")["geometry"]["coordinates"][0][0]
    assert latitudes_first[0] > 50 > latitudes_first[1]
    assert ask(ogc, f"{ITEMS}/P001", crs=f"{EPSG}2154".replace("http:", "https:"))


def test_a_box_is_read_in_each_system(ogc: TestClient) -> None:
    inside = ids(ogc, bbox="2.495,50.495,2.523,50.513")
    assert inside == ids(ogc, bbox="2.495,50.495,2.523,50.513", **{"bbox-crs": CRS84})
    assert 0 < len(inside) < COUNT
    assert inside == ids(ogc, bbox="50.495,2.495,50.513,2.523", **{"bbox-crs": f"{EPSG}4326"})
    for code in (2154, 3857):
        west, south, east, north = Transformer.from_crs("OGC:CRS84", code).transform_bounds(
            2.495, 50.495, 2.523, 50.513
        )
        assert inside == ids(ogc, bbox=f"{west},{south},{east},{north}", **{"bbox-crs": f"{EPSG}{code}"})
    assert ids(ogc, bbox="0,0,1,1", **{"bbox-crs": f"{EPSG}2154"}) == set()


def test_systems_that_nobody_knows_are_refused(ogc: TestClient) -> None:
    unknown = "http://www.opengis.net/def/crs/OGC/0/does_not_exist"
    for query in ({"crs": unknown}, {"bbox": "1,2,3,4", "bbox-crs": unknown}, {"crs": f"{EPSG}27572"},
                  {"filter": "floors = 1", "filter-crs": unknown}):  # fmt: skip
        assert ask(ogc, ITEMS, 400, **query)["code"] == "crs-not-offered"
    ask(ogc, f"{ITEMS}/P001", 400, crs=unknown)


# Part 3: queryables and filters


def test_queryables_say_what_one_chooses_by(ogc: TestClient) -> None:
    for name in ("town.parcels", "town.stops"):
        headers = ogc.head(f"/ogc/collections/{name}/items").headers["link"]
        address = re.search(rf'<([^>]+)>; rel="{re.escape(QUERYABLES)}"', headers)
        assert address is not None
        assert address[1] == link(ask(ogc, f"/ogc/collections/{name}"), QUERYABLES)["href"]
        answer = ogc.get(address[1], headers={"accept": "application/schema+json"})
        assert answer.headers["content-type"] == "application/schema+json"
        said = answer.json()
        assert said["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert (said["$id"], said["type"], said["additionalProperties"]) == (address[1], "object", False)
        jsonschema.Draft202012Validator.check_schema(said)
        assert all("type" in each or each["format"].startswith("geometry-") for each in said["properties"].values())
    assert list(ask(ogc, "/ogc/collections/town.parcels/queryables")["properties"]) == [
        "name", "floors", "height", "listed", "built", "geometry",
    ]  # fmt: skip


def test_the_schema_says_what_features_have(ogc: TestClient) -> None:
    said = ask(ogc, "/ogc/collections/town.parcels/schema")
    jsonschema.Draft202012Validator.check_schema(said)
    assert (said["properties"]["floors"]["minimum"], said["properties"]["floors"]["maximum"]) == (0, 4)


def test_values_of_attributes_are_parameters(ogc: TestClient, world: World) -> None:
    assert ids(ogc, name="O'Hara") == by_hand(world, lambda row: row["name"] == "O'Hara")
    assert ids(ogc, floors="2", listed="true") == by_hand(world, lambda row: row["floors"] == 2 and row["listed"])
    assert ids(ogc, built="2000-02-01") == ids(ogc, height="0.25") == {"P001"}
    for name, value in (("floors", "x"), ("listed", "1"), ("built", "hier"), ("height", "")):
        ask(ogc, ITEMS, 400, **{name: value})


def test_a_filter_keeps_what_meets_it(ogc: TestClient, world: World) -> None:
    low = by_hand(world, lambda row: row["height"] is not None and row["height"] < 3)
    assert ids(ogc, filter="height < 3") == low
    assert ids(ogc, **{"filter": "height < 3", "filter-lang": "cql2-text"}) == low
    said = json.dumps({"op": "<", "args": [{"property": "height"}, 3]})
    assert ids(ogc, **{"filter": said, "filter-lang": "cql2-json"}) == low
    assert ids(ogc, filter="height IS NULL") == by_hand(world, lambda row: row["height"] is None)
    assert ids(ogc, filter="height < 3", floors=1) == low & by_hand(world, lambda row: row["floors"] == 1)
    # As the map asks.
    ring = "2.495 50.495, 2.523 50.495, 2.523 50.513, 2.495 50.513, 2.495 50.495"
    asked = f"S_INTERSECTS(geometry, POLYGON(({ring}))) AND name IN ('Été', 'O''Hara') AND floors BETWEEN 0 AND 1"
    assert ids(ogc, filter=asked) == ids(ogc, bbox="2.495,50.495,2.523,50.513") & by_hand(
        world, lambda row: row["name"] in ("Été", "O'Hara") and row["floors"] <= 1
    )
    assert ids(ogc, filter="CASEI(name) LIKE CASEI('ARR%')") == by_hand(world, lambda row: row["name"] == "arras")


def test_filters_that_cannot_be_are_refused(ogc: TestClient) -> None:
    for said, code in (
        ("THIS IS NOT A FILTER", "filter-not-understood"),
        ("this_is_not_a_queryable IS NULL", "unknown-attribute-asked"),
        ("floors = 1; DROP TABLE x", "filter-not-understood"), ("floors = (SELECT 1)", "filter-not-understood"),
        ("S_INTERSECTS(geometry, BBOX(1000000, 1000000, 2000000, 2000000))", "filter-shape-nowhere"),
        ("", "parameter-malformed"),
    ):  # fmt: skip
        assert ask(ogc, ITEMS, 400, filter=said)["code"] == code
    assert ask(ogc, ITEMS, 400, **{"filter": "floors = 1", "filter-lang": "sql"})["code"] == "filter-form-unknown"


def ask_at_length(app: Any, query: str) -> tuple[int, Any]:
    """The status and the document of an address longer than clients accept to write."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": ITEMS, "raw_path": ITEMS.encode(), "headers": [],
             "query_string": query.encode(), "http_version": "1.1", "scheme": "https", "root_path": ""}  # fmt: skip
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], json.loads(b"".join(each.get("body", b"") for each in sent))


def test_a_polygon_of_a_hundred_thousand_vertices_is_refused(app: Any, ogc: TestClient) -> None:
    def ring(count: int) -> str:
        turns = np.linspace(0, 2 * np.pi, count)
        points = ", ".join(f"{2.5 + x:.4f} {50.5 + y:.4f}" for x, y in zip(np.cos(turns), np.sin(turns), strict=True))
        return quote(f"S_INTERSECTS(geometry, POLYGON(({points})))")

    status, said = ask_at_length(app, f"filter={ring(100_000)}")
    assert (status, said["code"]) == (400, "filter-too-large")
    status, said = ask_at_length(app, f"limit=1&filter={ring(3_000)}")
    assert (status, said["numberMatched"]) == (200, COUNT)


def test_shapes_of_filters_are_read_in_each_system(ogc: TestClient, world: World) -> None:
    everything = by_hand(world, lambda row: True)
    west, south, east, north = 2.49, 50.49, 2.61, 50.57
    assert ids(ogc, filter=f"S_INTERSECTS(geometry, BBOX({west}, {south}, {east}, {north}))") == everything
    for uri in SYSTEMS:
        code = "OGC:CRS84" if uri == CRS84 else int(uri.rpartition("/")[2])
        convert = Transformer.from_crs("OGC:CRS84", code)
        (x1, y1), (x2, y2) = convert.transform(west, south), convert.transform(east, north)
        asked = f"S_INTERSECTS(geometry, BBOX({x1}, {y1}, {x2}, {y2}))"
        assert ids(ogc, **{"filter": asked, "filter-crs": uri}) == everything


def test_a_filter_and_a_box_are_both_met(ogc: TestClient) -> None:
    asked = "S_INTERSECTS(geometry, BBOX(2.5, 50.5, 2.6, 50.6))"
    assert len(ids(ogc, filter=asked, bbox="2.5,50.5,2.6,50.6")) == COUNT
    assert ids(ogc, filter=asked, bbox="10,10,11,11") == set()


# Tiles


def test_tilesets_lead_to_the_tiles_of_a_collection(ogc: TestClient) -> None:
    collection = ask(ogc, "/ogc/collections/town.parcels")
    told = ogc.get(link(collection, "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector")["href"]).json()
    (line,) = told["tilesets"]
    assert (line["dataType"], line["crs"]) == ("vector", f"{EPSG}3857")
    tileset = ogc.get(link(line, "self")["href"]).json()
    scheme = ogc.get(link(tileset, "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme")["href"]).json()
    assert scheme["uri"] == tileset["tileMatrixSetURI"]
    assert scheme["tileMatrices"][0]["scaleDenominator"] == pytest.approx(559082264.028717, rel=1e-9)
    assert [each["tileMatrix"] for each in tileset["tileMatrixSetLimits"]] == [str(zoom) for zoom in range(15)]
    item = link(tileset, "item")
    assert item["templated"] is True
    deep = tileset["tileMatrixSetLimits"][14]
    given, empty = 0, 0
    for row in range(deep["minTileRow"], deep["maxTileRow"] + 1):
        for column in range(deep["minTileCol"], deep["maxTileCol"] + 1):
            address = item["href"].replace("{tileMatrix}", "14").replace("{tileRow}", str(row))
            answer = ogc.get(address.replace("{tileCol}", str(column)))
            given, empty = given + (answer.status_code == 200), empty + (answer.status_code == 204)
            assert answer.status_code == 204 or answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert given > empty
    outside = item["href"].replace("{tileMatrix}", "14").replace("{tileRow}", "1").replace("{tileCol}", "1")
    assert ogc.get(outside).status_code == 204


# What nobody should find


def test_a_partner_layer_is_the_partner_s_alone(ogc: TestClient, world: World) -> None:
    secret, mine = "/ogc/collections/fur.zibelines", {"authorization": f"Bearer {TOKEN}"}
    for address in (*DOCUMENTS, secret, f"{secret}/items", f"{secret}/items/zibeline1", f"{secret}/queryables",
                    f"{secret}/schema", "/ogc/collections/fur.zibelinx", f"{ITEMS}?zibelines={CANARY + 1}",
                    f"{ITEMS}?filter=zibelines%20%3D%201"):  # fmt: skip
        given = ogc.get(address, headers=mine)
        assert given.headers["cache-control"] == "private, no-store"
        for form in ("json", "html"):
            answer = ogc.get(address, params=None if "?" in address else {"f": form})
            asked_for = [word for word in re.split(r"[/?=&%]", address) if "zibelin" in word]
            text = answer.text
            for word in asked_for:
                text = text.replace(word, "")
            assert "zibelin" not in text
            assert str(CANARY) not in text
    assert ogc.get(f"{secret}/items").status_code == ogc.get("/ogc/collections/fur.nothing/items").status_code == 404
    given = ogc.get(f"{secret}/items", headers=mine).json()
    assert [each["properties"]["zibelines"] for each in given["features"]] == [CANARY] * 3
    assert SECRETS not in world.open(PUBLIC).catalogue["layers"]
    assert "fur.zibelines" in ogc.get("/ogc/api", headers=mine).text


def test_other_sites_may_read_but_nothing_else(ogc: TestClient) -> None:
    asked = ogc.options(ITEMS, headers={"origin": "https://ailleurs.exemple", "access-control-request-method": "GET"})
    assert (asked.status_code, asked.headers["access-control-allow-headers"]) == (204, "Authorization")
    assert "access-control-allow-credentials" not in asked.headers
    assert ogc.post(ITEMS).status_code == 405
    assert "access-control-allow-origin" not in ogc.get("/catalogue").headers


def test_a_site_without_layers_has_an_empty_shelf(world: World, assets_folder: Path) -> None:
    def bare(reader: Any) -> Any:
        release = world.open(reader)
        unmade = {PARCELS: {**release.catalogue["layers"][PARCELS], "object": None}}
        return dataclasses.replace(release, catalogue={**release.catalogue, "layers": unmade})

    with TestClient(create_app(bare, assets_folder=assets_folder)) as client:
        assert ask(client, "/ogc/collections")["collections"] == []
        assert client.get("/ogc/collections", params={"f": "html"}).status_code == 200
        assert ask(client, ITEMS, 404)["code"] == "unknown-layer-asked"
        assert ask(client, "/ogc/api")["paths"]["/collections"]


# The list itself


def test_the_reference_says_what_is_held() -> None:
    told = {name for tests in ogc_abstract_tests.HELD.values() for name in tests}
    assert told <= ogc_abstract_tests.list_tests()
    assert ogc_abstract_tests.REFERENCE.read_text("utf-8") == ogc_abstract_tests.write_reference()


@pytest.mark.real
def test_every_abstract_test_is_in_the_list() -> None:
    if not STANDARDS.exists():
        pytest.skip(f"{STANDARDS} is not beside the checkout")
    found = set()
    for file in (STANDARDS / "ats").glob("*.adoc"):
        found |= set(re.findall(r"\*/conf/([\w-]+/[\w-]+)\*", file.read_text("utf-8")))
    annex = (STANDARDS / "extensions_filtering_standard_annex_ats.adoc").read_text("utf-8")
    current = ""
    for line in annex.splitlines():
        if said := re.match(r":conf-class: (\S+)", line):
            current = said[1]
        elif said := re.match(r":conf-test: (\S+)", line):
            found.add(f"{current}/{said[1]}")
    offered = {name for name in found if not name.startswith(("gmlsf", "oas31"))}
    assert offered == {*ogc_abstract_tests.HELD, *ogc_abstract_tests.NOT_HELD}
