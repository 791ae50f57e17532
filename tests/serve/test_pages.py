"""Every address answers, in both languages, safely, from one edition."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.observe import VIEWS
from beffroi.serve import create_app
from tests.observe.invented import build_release
from tests.serve.conftest import Shelf, without_indicators

PAGES = (
    "/", "/explorer", *(f"/explorer?view={view}" for view in VIEWS), "/catalogue", "/sources/insee/census",
    "/tables/insee/census", "/indicateurs/housing/vacancy_rate", "/indicateurs/land/median_price", "/recherche",
    "/recherche?q=bellefosse", "/api", "/integrer?view=map",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_answers_in_both_languages(client: TestClient, path: str) -> None:
    french, english = client.get(path), client.get(f"/en{path}")
    assert french.status_code == english.status_code == 200
    assert '<html lang="fr">' in french.text
    assert '<html lang="en">' in english.text
    assert french.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_allows_nothing_from_elsewhere(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    ancestors = "frame-ancestors *" if path.startswith("/integrer") else "frame-ancestors 'self'"
    assert ancestors in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_what_pages_ask_for_is_there_and_lasts(client: TestClient) -> None:
    import re

    page = client.get("/").text
    found = re.findall(r'(?:href|src)="(/(?:assets/|tokens-|icon)[^"]*)"', page)
    assert len(found) >= 5
    for address in found:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "icon" in address or "immutable" in answer.headers["cache-control"], address


def test_a_territory_typed_in_a_form_becomes_an_address(client: TestClient) -> None:
    form = "indicator=housing/vacancy_rate&territory=Rosembaut&held=grouping:pays&compare=none&level=commune&view=map"
    answer = client.get(f"/explorer?{form}")
    assert answer.status_code == 303
    assert "territory=commune:99018" in answer.headers["location"]
    assert "held" not in answer.headers["location"]
    assert client.get(answer.headers["location"]).status_code == 200


def test_a_form_whose_territory_was_not_touched_keeps_it(client: TestClient) -> None:
    form = "territory=Pays+d%E2%80%99Orve+et+de+Quesnel&held=grouping:pays&indicator=mobility/accidents&period=2015"
    location = client.get(f"/explorer?{form}").headers["location"]
    assert "territory=grouping:pays" in location
    assert "period=2015" in location


def test_an_indicator_that_is_not_released_leads_to_its_page(client: TestClient) -> None:
    answer = client.get("/explorer?indicator=land/median_price")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/indicateurs/land/median_price"
    assert "n’a répondu" in client.get(answer.headers["location"]).text


def test_a_second_visit_costs_nothing_until_the_edition_changes(client: TestClient, shelf: Shelf) -> None:
    first = client.get("/explorer?view=map")
    mark = {"if-none-match": first.headers["etag"]}
    again = client.get("/explorer?view=map", headers=mark)
    assert again.status_code == 304
    assert again.content == b""
    assert client.get("/explorer?view=table", headers=mark).status_code == 200
    shelf.edition = "000002"
    changed = client.get("/explorer?view=map", headers=mark)
    assert changed.status_code == 200
    assert "Édition 000002" in changed.text


def test_an_answer_is_compressed_for_who_can_read_it(client: TestClient) -> None:
    packed = client.get("/explorer", headers={"accept-encoding": "gzip"})
    plain = client.get("/explorer", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2


def test_head_says_as_much_as_get_without_the_body(client: TestClient) -> None:
    answer = client.head("/explorer")
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["content-length"]) > 1000


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nowhere", 404, "page-not-found"),
        ("/assets/none.js", 404, "page-not-found"),
        ("/sources/none", 404, "source-not-declared"),
        ("/tables/none", 404, "table-not-declared"),
        ("/indicateurs/none", 404, "unknown-indicator"),
        ("/explorer?view=globe", 400, "view-unknown"),
        ("/explorer?territory=Atlantide", 404, "unknown-territory"),
        ("/donnees/housing/vacancy_rate.ods", 404, "file-format-unknown"),
        ("/donnees/land/median_price.csv", 404, "indicator-unavailable"),
        ("/donnees/housing/vacancy_rate.csv?level=pays", 400, "unknown-level"),
        ("/donnees/housing/vacancy_rate.csv?period=1802", 404, "unknown-period"),
        ("/figures/map.gif", 404, "file-format-unknown"),
        ("/api/series?indicator=housing/vacancy_rate&vintage=abc", 400, "request-malformed"),
    ],
)
def test_an_error_is_said_in_words_or_in_json(client: TestClient, path: str, status: int, code: str) -> None:
    program = client.get(path, headers={"accept": "application/json"})
    assert program.status_code == status
    assert [fault["code"] for fault in program.json()["faults"]] == [code]
    person = client.get(f"/en{path}", headers={"accept": "text/html"})
    assert person.status_code == status
    assert f"Error code: {code}" in person.text
    assert "etag" not in person.headers
    assert person.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in person.headers["content-security-policy"]


def test_only_reading_is_allowed(client: TestClient) -> None:
    for accept in ("application/json", "text/html"):
        answer = client.post("/explorer", headers={"accept": accept})
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert client.delete("/ogc").headers["allow"] == "GET, HEAD, OPTIONS"
    assert client.put("/api", headers={"accept": "application/json"}).json()["faults"][0]["code"] == "method-refused"


def test_what_was_not_foreseen_is_said_without_its_entrails(shelf: Shelf, assets_folder: Path) -> None:
    def broken(indicator: str) -> object:
        raise RuntimeError("a secret path /srv/x")

    release = build_release()
    damaged = type(release)(**{**vars(release), "load_series": broken})
    with TestClient(create_app(lambda reader: damaged, assets_folder=assets_folder)) as client:
        answer = client.get("/explorer")
    assert answer.status_code == 500
    assert "/srv/x" not in answer.text
    assert "Quelque chose s’est mal passé" in answer.text


def test_an_edition_without_any_indicator_still_has_its_pages(assets_folder: Path) -> None:
    empty = without_indicators(build_release())
    with TestClient(create_app(lambda reader: empty, assets_folder=assets_folder)) as client:
        assert client.get("/").status_code == 200
        assert client.get("/catalogue").status_code == 200
        answer = client.get("/explorer", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["faults"][0]["code"] == "nothing-released"


@pytest.mark.parametrize("extension", ["csv", "xlsx", "parquet", "geojson"])
def test_values_are_downloaded_under_a_name_that_says_what_they_are(client: TestClient, extension: str) -> None:
    answer = client.get(f"/donnees/housing/vacancy_rate.{extension}?level=commune&period=2021")
    assert answer.status_code == 200
    name = f'filename="housing-vacancy_rate_commune_2021_donnees-fictives.{extension}"'
    assert name in answer.headers["content-disposition"]


def test_values_are_joined_to_the_contours_of_their_own_geography_and_of_one_level(client: TestClient) -> None:
    address = "/donnees/housing/vacancy_rate.geojson"
    document = client.get(f"{address}?level=commune&period=2021").json()
    assert "2026" in document["geography"]
    found = document["features"]
    assert len(found) == 24
    alone = client.get(f"{address}?territory=commune:99003&period=2021&vintage=2026").json()["features"]
    assert [each["properties"]["territory"] for each in alone] == ["99003"]
    for query, status, code in (
        ("", 400, "contours-of-which-level"),
        ("?level=commune&vintage=2021", 400, "contours-of-other-vintage"),
    ):
        answer = client.get(f"{address}{query}", headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["faults"][0]["code"]) == (status, code)


def test_a_level_without_contours_has_no_geojson(shelf: Shelf, assets_folder: Path) -> None:
    release = build_release()
    bare = replace(release, load_contours=lambda level: release.contours(level).slice(0, 0))
    with TestClient(create_app(lambda reader: bare, assets_folder=assets_folder)) as client:
        address = "/donnees/housing/vacancy_rate.geojson?level=commune"
        answer = client.get(address, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (404, "contours-absent")


@pytest.mark.parametrize("view", VIEWS)
def test_a_figure_is_downloaded_as_svg(client: TestClient, view: str) -> None:
    answer = client.get(f"/figures/{view}.svg?indicator=mobility/accidents&territory=commune:99002")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "https://observatoire.exemple/explorer?indicator=mobility/accidents" in answer.text


def test_robots_are_told_what_not_to_read(client: TestClient) -> None:
    assert "Disallow: /donnees/" in client.get("/robots.txt").text
