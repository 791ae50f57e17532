"""What is exported, where each address leads among files, what machines are told of it."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from beffroi.observe import VIEWS, Atlas
from beffroi.publish import Assets
from beffroi.publish.exports import Press, Sheet, list_sheets
from beffroi.publish.exports.cards import Card, draw_card
from beffroi.publish.exports.inventories import Readings
from beffroi.publish.exports.notices import State, compare_editions, narrow, write_robots, write_sitemaps
from beffroi.publish.pages import Export
from tests.observe.paged import build_paged_release

BASE = "https://exemple.test/agence"


@pytest.fixture(scope="module")
def press() -> Press:
    assets = Assets("main.js", "main.css", "face.woff2", {"main.css": (b"", "text/css")}, "test", Path("fonts"))
    return Press(Atlas(build_paged_release()), assets, BASE, Export(languages=("fr", "en")))


def sheet_at(press: Press, path: str) -> Sheet:
    return next(sheet for sheet in press.sheets if sheet.path == path)


def test_each_path_is_that_of_one_sheet(press: Press) -> None:
    paths = [sheet.path for sheet in press.sheets]
    assert len(paths) == len(set(paths))
    files = [file for sheet in press.sheets for file in sheet.files]
    assert len(files) == len(set(files))


def test_an_indicator_is_explored_in_every_way(press: Press) -> None:
    paths = {sheet.path for sheet in press.sheets if sheet.kind == "explorer"}
    for measure in press.atlas.released:
        own = {
            path for path in paths if path == f"/explorer/{measure.id}" or path.startswith(f"/explorer/{measure.id}/")
        }
        assert len(own) == len(VIEWS)


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/", ""),
        ("/en", "en/"),
        ("/catalogue?kind=indicator", "catalogue/"),
        ("/indicateurs/housing/vacancy_rate", "indicateurs/housing/vacancy_rate/"),
        ("/en/indicateurs/housing/vacancy_rate#main", "en/indicateurs/housing/vacancy_rate/#main"),
        ("/donnees/housing/vacancy_rate.csv", "donnees/housing/vacancy_rate.csv"),
        ("/en/donnees/housing/vacancy_rate.csv", "donnees/housing/vacancy_rate.csv"),
        ("/en/donnees/housing/vacancy_rate.xlsx", "en/donnees/housing/vacancy_rate.xlsx"),
        ("/donnees/housing/vacancy_rate.csv?level=commune", None),
        ("/donnees/housing/vacancy_rate.geojson", None),
        ("/explorer?indicator=housing/vacancy_rate", "explorer/housing/vacancy_rate/"),
        ("/explorer?indicator=housing/vacancy_rate&view=table", "explorer/housing/vacancy_rate/table/"),
        ("/explorer?indicator=housing/vacancy_rate&view=map", "explorer/housing/vacancy_rate/"),
        ("/explorer?indicator=housing/vacancy_rate&level=epci", None),
        ("/explorer?territory=commune:99002", "territoires/commune/99002/"),
        ("/api/search", "recherche/index.json"),
        ("/en/api/territories", "en/recherche/territoires.json"),
        ("/api", None),
        ("/integrer?view=map", None),
        ("/nulle-part", None),
    ],
)
def test_where_an_address_leads_among_files(press: Press, address: str, target: str | None) -> None:
    assert press.signposts.find(address) == target


def test_a_page_names_others_from_where_it_stands(press: Press) -> None:
    ways: set[str] = set()
    html = press.signposts.bind(
        '<a href="/catalogue">a</a><a class="x" href="/api">b</a><a href="#main">c</a><a href="//autre.test/">d</a>',
        "en/indicateurs/a/index.html", ways,
    )  # fmt: skip
    assert html == (
        '<a href="../../../catalogue/">a</a><a class="x">b</a><a href="#main">c</a><a href="//autre.test/">d</a>'
    )
    assert ways == {"/catalogue", "/api"}
    before = press.signposts.sign(ways)
    assert press.signposts.sign({"/catalogue"}) != before


def test_a_sheet_is_drawn_again_when_what_it_shows_changes(press: Press) -> None:
    atlas = press.atlas
    page = next(sheet for sheet in list_sheets(atlas) if sheet.kind == "page" and sheet.territory)
    shown = atlas.catalogue["pages"][page.name]["indicators"][0]
    before = Readings(atlas, {}).sign(page.reads)
    release = build_paged_release()
    release.catalogue["indicators"][shown]["object"] = "another"
    assert Readings(Atlas(release), {}).sign(page.reads) != before
    release = build_paged_release()
    release.catalogue["sources"]["autre/source"] = {"title": {"fr": "Autre", "en": "Other"}}
    assert Readings(Atlas(release), {}).sign(page.reads) == before
    assert Readings(atlas, {"contours": "1"}).ground != Readings(atlas, {"contours": "2"}).ground


def test_the_index_of_the_search_leads_to_files(press: Press) -> None:
    search, territories = press.draw(sheet_at(press, "/recherche/index.json"), "en").leaves
    assert search[0] == "en/recherche/index.json"
    lines = json.loads(search[1])
    kinds = {line[2] for line in lines}
    assert {"territory", "indicator", "source", "page"} <= kinds
    assert ["bellefosse"] in [line[0] for line in lines]
    assert all(line[5].startswith("../../en/") for line in lines)
    assert "commune:99002" in {line[2] for line in json.loads(territories[1])}


def test_the_card_of_a_page_says_its_words(press: Press) -> None:
    svg = draw_card(press.site, Card("Se loger", "Une phrase & demie", "Personne"), "fr")
    root = ET.fromstring(svg)
    assert (root.get("width"), root.get("height")) == ("1200", "630")
    said = " ".join(text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "Se loger" in said
    assert "Une phrase & demie" in said
    assert "Données fictives" in said


def test_editions_are_compared_by_what_the_public_sees() -> None:
    def state(edition: str, values: str, text: str, line: int) -> State:
        page = {"indicators": ["a/b"], "texts": {"fr": {"title": text, "parts": [{"line": line, "file": "x.md"}]}}}
        catalogue = {
            "indicators": {"a/b": {"title": {"fr": "B"}}}, "pages": {"o/p": page},
            "observatories": {"o": {"title": {"fr": "O"}, "pages": ["o/p"]}, "q": {"title": {"fr": "Q"}, "pages": []}},
        }  # fmt: skip
        return State(edition, f"2026-11-2{edition[-1]}T06:00:00+00:00", catalogue, {"a/b": values, "secret/x": edition})

    states = [state("000001", "k1", "Un", 1), state("000002", "k1", "Un", 9), state("000003", "k2", "Deux", 9)]
    renewals = compare_editions(states)
    assert [each.edition for each in renewals] == ["000003", "000001"], "a line that moved is no news, nor is a secret"
    assert (renewals[0].new_values, renewals[0].pages) == (("a/b",), ("o/p",))
    assert len(narrow(renewals, states[-1].catalogue, "o")) == 2
    assert [each.first for each in narrow(renewals, states[-1].catalogue, "q")] == [True]


def test_a_site_map_is_split() -> None:
    few = write_sitemaps([("", "2026-11-20T06:30:00Z")], BASE)
    assert list(few) == ["sitemap.xml"]
    assert f"<loc>{BASE}/</loc><lastmod>2026-11-20</lastmod>".encode() in few["sitemap.xml"]
    many = write_sitemaps([(f"{number}/", "2026-11-20") for number in range(50_001)], BASE)
    assert list(many) == ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml"]
    assert many["sitemap-1.xml"].count(b"<loc>") == 50_000
    assert many["sitemap.xml"].count(b"<loc>") == 2


def test_robots_are_told_what_a_source_refuses() -> None:
    assert write_robots("", []) == b"User-agent: *\nAllow: /\n"
    told = write_robots(BASE, ["donnees/a/b."]).decode()
    assert "Disallow: /agence/donnees/a/b." in told
    assert f"Sitemap: {BASE}/sitemap.xml" in told
