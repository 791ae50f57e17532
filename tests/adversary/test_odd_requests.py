"""Whatever one writes in an address is answered by a page or a fault: never by an error of ours, nor by its own words
where they would be obeyed."""

import random
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from beffroi.serve import create_app
from tests.run.conftest import Trial

ODD = (
    "", "abc", "-1", "99999999999999999999", "2021.5", "\0", "é", "../../etc/passwd", "x" * 5000, "%", "' OR 1=1--",
    "<script>alert(1)</script>", "commune:99003", "::", "none", "//", "NaN", "1900", "2021", "\r\nX-Voleur: 1", "🦊",
    "housing/dwellings", "table",
)  # fmt: skip
PATHS = (
    "/", "/explorer", "/en/explorer/", "/integrer", "/catalogue", "/recherche", "/api/series", "/api/indicators",
    "/api/territories", "/api/figure", "/api/search", "/donnees/housing/dwellings.csv",
    "/donnees/housing/dwellings.xlsx",
    "/donnees/housing/dwellings.geojson", "/donnees/housing/dwellings", "/figures/map.svg", "/figures/table.png",
    "/ogc", "/ogc/collections", "/ogc/collections/housing.open/items", "/ogc/api", "/ogc/collections//items",
    "/figures/.svg", "/indicateurs/", "/sources/", "/donnees/.csv", "/assets/", "/%00", "/%ff", "/en%2f", "//", "/en//",
)  # fmt: skip
KEYS = ("indicator", "level", "period", "territory", "vintage", "view", "compare", "held", "q", "theme", "kind")


@pytest.fixture(scope="module")
def client(built: Trial) -> Iterator[TestClient]:
    app = create_app(built.workplace.lake.release)
    with TestClient(app, base_url="http://beffroi.test", raise_server_exceptions=False) as client:
        yield client


def questions() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    draw = random.Random(62)
    for path in PATHS:
        yield path, []
        for key in KEYS:
            given = [("indicator", "housing/dwellings")] if key != "indicator" and draw.random() < 0.7 else []
            yield path, [*given, (key, draw.choice(ODD))]
    for value in ODD:
        for path in ("/explorer", "/donnees/housing/dwellings.csv", "/figures/map.svg", "/api/series"):
            yield path, [("indicator", "housing/dwellings"), (draw.choice(KEYS[1:]), value), (draw.choice(KEYS), value)]


def test_nothing_breaks_and_nothing_is_obeyed(client: TestClient) -> None:
    for path, query in questions():
        answer = client.get(path, params=query, follow_redirects=False)
        where = (path, query, answer.text[-300:])
        assert answer.status_code < 500, where
        assert "x-voleur" not in answer.headers, where
        assert not any("\n" in value or "\r" in value for value in answer.headers.values()), where
        if answer.headers["content-type"].startswith(("text/html", "image/svg")):
            assert "<script>alert(1)" not in answer.text, where


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/donnees/housing/dwellings.csv?vintage=99999999999999999999", "vintage-not-released"),
        ("/donnees/housing/dwellings.csv?vintage=%0d%0aX-Voleur:%201", "vintage-not-released"),
        ("/donnees/housing/dwellings.csv?territory=commune:12345", "unknown-territory"),
        ("/explorer?held=:&vintage=99999999999999999999", "vintage-not-released"),
        ("/api/series?indicator=housing/dwellings&vintage=1900", "vintage-not-released"),
    ],
)
def test_what_is_not_there_is_said(client: TestClient, address: str, code: str) -> None:
    answer = client.get(address, headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["faults"][0]["code"] == code


def test_a_slash_at_the_end_keeps_the_language(client: TestClient) -> None:
    for address in ("/en/explorer", "/en/explorer/", "/en/", "/en"):
        answer = client.get(address, follow_redirects=False)
        assert answer.status_code == 200
        assert '<html lang="en"' in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_but_reading(client: TestClient, method: str) -> None:
    assert client.request(method, "/api/indicators").json()["faults"][0]["code"] == "method-refused"
