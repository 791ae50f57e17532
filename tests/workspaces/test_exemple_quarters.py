"""QPV of the invented workspace, from its lists to every output: two levels, and no value that goes from one to the
other; and the observatory that watches over one EPCI."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from beffroi.errors import BeffroiError
from beffroi.lake import Release
from beffroi.observe import Atlas, observe_figure, resolve_question
from beffroi.observe.pages import FigureView, PageView, observe_page, places_of
from beffroi.observe.portraits import observe_portrait
from beffroi.observe.searches import search, search_places
from beffroi.observe.standings import Standing
from beffroi.publish import Assets, Site
from beffroi.publish.exports import Press
from beffroi.publish.exports.letters import index_territories
from beffroi.publish.files import write_data
from beffroi.publish.observatories import render_observatories, render_page
from beffroi.publish.pages import Export, Visit
from beffroi.publish.portraits import render_portrait, render_territories
from beffroi.run.workbooks import Answers, compose_files, survey
from tests.run.sittings import write_workbook

SHARE = "income/low_income_share"
ASTRIDE, ITS_OLD = "qpv_2024:QN02002M", "qpv_2015:QP020002"
ELSEWHERE = "qpv_2024:QN98501M"
ASSETS = Assets("main.js", "main.css", "face.woff2", {"main.css": (b"", "text/css")}, "test", Path("fonts"))


@pytest.fixture(scope="module")
def atlas(released: Mapping[str, Release]) -> Atlas:
    return Atlas(released["public"])


@pytest.fixture(scope="module")
def site(atlas: Atlas) -> Site:
    return Site(atlas, ASSETS, "https://observatoire.exemple")


def standing(atlas: Atlas, key: str) -> Standing:
    return Standing(atlas, "fr", atlas.gazetteer(2024, "fr").places[key], 2024)


def ranked(view: PageView, name: str) -> list[str]:
    part = next(part for part in view.parts if isinstance(part, FigureView) and part.name == name)
    return [line.code for line in part.figure.figure.ranked]  # type: ignore[union-attr]


def test_each_list_has_its_years_and_its_quarters(released: Mapping[str, Release]) -> None:
    for level, years, start in (("qpv_2015", {"2018", "2021"}, "QP"), ("qpv_2024", {"2021", "2024"}, "QN")):
        rows = released["public"].series(SHARE, level=level).to_pylist()
        assert {row["period"] for row in rows} == years
        assert {row["territory"][:2] for row in rows} == {start}
        assert len(rows) == 10
    old = {
        row["label"]: row["value"]
        for row in released["public"].series(SHARE, level="qpv_2015", period="2021").to_pylist()
    }
    new = {
        row["label"]: row["value"]
        for row in released["public"].series(SHARE, level="qpv_2024", period="2021").to_pylist()
    }
    assert old["Les Hauts-Fours"] != new["Les Hauts-Fours"], "one name, two quarters"


def test_a_quarter_lies_in_its_communes_and_in_what_holds_one_of_them(atlas: Atlas) -> None:
    here = standing(atlas, ASTRIDE)
    assert [place.name for place in here.find_all("commune")] == ["Aubrelle", "Fauvelire"]
    assert here.find("commune") is None, "no one of the two is its commune"
    epci = here.find("epci")
    assert epci is not None
    assert epci.name == "CA de l’Aubrelle"
    assert [place.name for place in here.others(["commune", "epci"])] == ["Aubrelle", "Fauvelire", "CA de l’Aubrelle"]
    merged = standing(atlas, "qpv_2015:QP020004").find("commune")
    assert merged is not None
    assert merged.name == "Val-d’Ornelle", "the commune that absorbed the one of the list"


def test_nothing_of_quarters_enters_other_levels(released: Mapping[str, Release]) -> None:
    rows = released["public"].series(SHARE, level="commune", territory="20001", period="2024").to_pylist()
    assert [(row["numerator"], row["denominator"]) for row in rows] == [(1798, 8365)], "as its producer gives it"
    inhabitants = released["public"].series("population/inhabitants").to_pylist()
    assert not {row["level"] for row in inhabitants} & {"qpv_2015", "qpv_2024"}


def test_the_portrait_of_a_quarter(atlas: Atlas, site: Site) -> None:
    place = atlas.gazetteer(2024, "fr").places[ITS_OLD]
    portrait = observe_portrait(atlas, place, "fr")
    assert [held.name for _, each in portrait.parents for held in each][:3] == [
        "Aubrelle",
        "Fauvelire",
        "CA de l’Aubrelle",
    ]
    (fact,) = portrait.facts
    assert fact.period == "2021", "the last year of its own list"
    assert "sur 5" in fact.words
    assert portrait.area_km2 == pytest.approx(3.0, abs=0.1)
    html = render_portrait(site, Visit(path="/territoires/qpv_2015/QP020002"), place)
    for words in ("QPV de 2015", "Se trouve dans", "Aubrelle", "Fauvelire", "Données fictives"):
        assert words in html
    assert html.count('<path class="here"') >= 1, "its contour in its communes"


def test_the_portrait_of_a_commune_names_its_quarters_by_list(atlas: Atlas, site: Site) -> None:
    place = atlas.gazetteer(2024, "fr").places["commune:20001"]
    quarters = {level: [each.code for each in held] for level, held in observe_portrait(atlas, place, "fr").quarters}
    assert quarters == {"qpv_2024": ["QN02002M", "QN02001M"], "qpv_2015": ["QP020002", "QP020001"]}
    html = render_portrait(site, Visit(path="/territoires/commune/20001"), place)
    assert "/territoires/qpv_2024/QN02002M" in html
    assert "/territoires/qpv_2015/QP020001" in render_territories(site, Visit(path="/territoires"))


def test_a_quarter_is_found_by_its_name_and_by_its_code(atlas: Atlas) -> None:
    by_name = search(atlas, "hauts fours", "fr").hits
    assert [(hit.key, hit.detail) for hit in by_name] == [
        ("qpv_2024:QN02001M", "QPV de 2024, Aubrelle"), ("qpv_2015:QP020001", "QPV de 2015, Aubrelle"),
    ]  # fmt: skip
    assert [hit.key for hit in search(atlas, "QP985001", "fr").hits] == ["qpv_2015:QP985001"]
    assert [place.key for place in search_places(atlas, "qn02002", "fr")] == [ASTRIDE]


def test_the_explorer_opens_a_list_on_its_last_year(atlas: Atlas) -> None:
    asked = {"indicator": [SHARE], "level": ["qpv_2015"], "territory": [ITS_OLD]}
    question = resolve_question(atlas, asked, "fr")
    assert (question.period, question.view) == ("2021", "map")
    frame = observe_figure(atlas, question).frame
    assert frame.geography == "Quartiers prioritaires de 2015 à 2023 (décret n°\u00a02014-1750)"
    assert "sur 5" in frame.sentence
    later = resolve_question(atlas, {**asked, "period": ["2024"]}, "fr")
    assert later.period == "2021"
    assert "2024" in later.replaced[0], "said, and never filled with the other list"


def test_files_hold_a_list_at_a_time(atlas: Atlas) -> None:
    measure, series = atlas.measure(SHARE), atlas.release.series(SHARE, level="qpv_2024")
    lines = write_data("csv", atlas, measure, series, "fr").decode().splitlines()
    assert len(lines) == 11
    assert all(",qpv_2024,QN" in line for line in lines[1:])
    drawn = json.loads(write_data("geojson", atlas, measure, series, "fr", "qpv_2024"))
    assert {feature["properties"]["territory"] for feature in drawn["features"]} == {
        "QN02001M", "QN02002M", "QN02003I", "QN02004N", "QN98501M",
    }  # fmt: skip


def test_the_observatory_of_quarters_watches_over_one_epci(atlas: Atlas, site: Site) -> None:
    keys = {place.key for place in places_of(atlas, "quarters/index", "fr")}
    assert {ASTRIDE, ITS_OLD, "commune:20001", "epci:990000011"} <= keys
    assert not keys & {ELSEWHERE, "commune:98502", "epci:990000037", "grouping:pays_de_valombre", "qpv_2015:QP020004"}
    view = observe_page(atlas, "quarters/index", "fr", ASTRIDE)
    assert sorted(ranked(view, "current")) == ["QN02001M", "QN02002M", "QN02003I", "QN02004N"]
    assert sorted(ranked(view, "former")) == ["QP020001", "QP020002", "QP020003"]
    html = render_page(site, Visit(path="/observatoires/quarters/index"), "quarters/index", ASTRIDE)
    assert "Périmètre : CA de l’Aubrelle" in html.replace("\u202f", " ").replace("\xa0", " ")
    assert "CA de l’Aubrelle" in render_observatories(site, Visit(path="/observatoires"))


@pytest.mark.parametrize("key", [ELSEWHERE, "commune:98502", "grouping:pays_de_valombre"])
def test_what_lies_elsewhere_has_no_page_there(atlas: Atlas, key: str) -> None:
    with pytest.raises(BeffroiError) as caught:
        observe_page(atlas, "quarters/index", "fr", key)
    assert caught.value.faults[0].code == "territory-outside-perimeter"


def test_prose_of_a_quarter_is_of_its_own_year(atlas: Atlas) -> None:
    for key, year in ((ASTRIDE, "2024"), (ITS_OLD, "2021")):
        said = observe_page(atlas, "quarters/index", "fr", key).said
        assert said[f"{SHARE}, show: period"].words == year
        assert said[f"{SHARE}, territory: perimeter"].period == year, "what it compares with is of the same year"
        assert said["here.in"].words.startswith("dans le QPV La Levée")


def test_the_export_holds_each_quarter_and_offers_what_is_watched_over(atlas: Atlas) -> None:
    press = Press(atlas, ASSETS, "https://exemple.test", Export(languages=("fr",)))
    paths = {sheet.path for sheet in press.sheets}
    assert {f"/territoires/{key.replace(':', '/')}" for key in (ASTRIDE, ITS_OLD, ELSEWHERE)} <= paths
    assert "/observatoires/quarters/index/qpv_2024/QN02002M" in paths
    assert "/observatoires/quarters/index/qpv_2024/QN98501M" not in paths
    assert "/observatoires/quarters/index/grouping/pays_de_valombre" not in paths, "it opens on what it watches over"
    lines = json.loads(index_territories(press.site, press.sheets, "fr"))
    watched = {line[2]: line[6] for line in lines}
    assert watched[ASTRIDE] == "quarters"
    assert watched[ELSEWHERE] == ""
    assert {line[0][0] for line in lines if line[2] == ASTRIDE} >= {"qn02002m"}


def test_a_workbook_of_quarters_becomes_a_source_without_vintage(released: Mapping[str, Release]) -> None:
    rows: list[list[object]] = [["Quartier", "2018", "2021"], ["QP020001", 1, 2], ["QP985001", 3, 4]]
    book = ("quartiers.xlsx", write_workbook(rows))
    found, vintage = survey(released["public"], book[1])
    assert (found.level, found.known) == ("qpv_2015", 2)
    said = Answers("Écoles", "Essai", "lov2", "housing", "dwellings", "Écoles.", True, vintage)
    files = compose_files(found, said, book, frozenset())
    source = str(files["sources/deposits/ecoles/source.yaml"])
    assert "level: qpv_2015" in source
    assert "vintage" not in source, "its list says which quarters they are"
