"""What is exported, where each address leads among files, what machines are told of it."""

import json
from pathlib import Path

import pytest

from beffroi.observe import VIEWS, Atlas
from beffroi.publish import Assets
from beffroi.publish.exports import Press, Sheet, list_sheets
from beffroi.publish.exports.inventories import Readings
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


def test_what_is_listed_is_what_pages_say(press: Press) -> None:
    release = build_paged_release()
    source = release.catalogue["indicators"]["housing/vacancy_rate"]["sources"][0]
    release.catalogue["sources"][source]["legal"] = {"indexing": "refused"}
    refusing = Press(Atlas(release), press.site.assets, BASE, press.export)
    told = set()
    for kind in ("page", "portrait", "explorer", "source", "table", "indicator", "home"):
        for sheet in [sheet for sheet in refusing.sheets if sheet.kind == kind and sheet.listed][:12]:
            drawn = refusing.draw(sheet, "fr")
            page = drawn.leaves[0][1].decode()
            assert drawn.listed is ('<meta name="robots" content="noindex">' not in page), sheet.path
            told.add((kind, drawn.listed))
    assert {("page", False), ("portrait", False), ("explorer", False), ("explorer", True), ("home", True)} <= told


def test_the_page_of_lost_addresses_leads_from_anywhere(press: Press) -> None:
    path, body = press.draw_lost("en")
    page = body.decode()
    assert path == "en/404.html"
    assert "There is no page at this address" in page
    assert 'href="/agence/en/"' in page
    assert 'href="/agence/assets/main.css"' in page
    assert 'data-source="/agence/en/recherche/index.json"' in page
    assert '<meta name="robots" content="noindex">' in page
    rootless = Press(press.atlas, press.site.assets, "", press.export)
    assert 'href="/catalogue/"' in rootless.draw_lost("fr")[1].decode(), "at the root of a host unless told otherwise"
