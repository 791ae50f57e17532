"""Pages of maps and layers: words of values, one legend for two layers of one, signs, what a still picture shows."""

import json
import re

import pytest

from beffroi.access import PUBLIC, partner
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site
from beffroi.publish.exports.inventories import list_sheets
from beffroi.publish.maps import look_at_layer, look_at_map, render_layer, render_map, write_config
from beffroi.publish.marks import MARKS, mark_path
from beffroi.publish.ogc import Shelf
from beffroi.publish.ogc.pages import show_item, show_items
from beffroi.publish.pages import Visit
from beffroi.run import build
from tests.run.conftest import Trial
from tests.run.layered import add_layers


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("maps")
    trial = add_layers(Trial(folder / "trial"))
    trial.replace("layers/housing/sites.yaml", "style: {kind:", "style: {symbol: diamond, kind:")
    before = (trial.root / "layers/housing/communes.yaml").read_text()
    trial.write("layers/housing/before.yaml", before.replace("title: Communes", "title: Communes naguère"))
    trial.write(
        "maps/twice.md",
        "---\ntitle: Deux fois\nlayers: [housing/communes, housing/before, housing/sites]\n"
        "swipe: {left: housing/before, right: housing/communes}\n---\n",
    )
    report = build(trial.workplace)
    assert not report.own_faults, [fault.render("en") for fault in report.own_faults]
    (folder / "fonts").mkdir()
    assets = Assets("main.js", "main.css", "face.woff2", {}, "test", folder / "fonts")
    return Site(Atlas(trial.workplace.lake.release(PUBLIC)), assets, "https://observatoire.exemple")


@pytest.fixture(scope="module")
def lent(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Site:
    """What the partner sees, of whose file a value is hidden, and another so that it stays so."""
    trial = add_layers(Trial(tmp_path_factory.mktemp("lent") / "trial"))
    trial.write("sources/town/owners/owners.csv", "code,empty_homes\n99001,50\n99002,40\n99003,3\n99004,60\n")
    homes = "indicators/housing/empty_homes.yaml"
    rule = "protection: {minimum_units: 11, units: empty_homes, asked_by: Essai, why: Moins de onze unités.}\n"
    trial.write(homes, (trial.root / homes).read_text() + rule)
    report = build(trial.workplace)
    assert not report.own_faults, [fault.render("en") for fault in report.own_faults]
    return Site(Atlas(trial.workplace.lake.release(partner("dreal"))), site.assets, "https://observatoire.exemple")


def test_a_value_is_called_in_the_sheet_as_in_the_legend(site: Site) -> None:
    kind = look_at_layer(site, "housing/sites", "fr").attribute("kind")
    assert kind is not None
    assert kind.say("port", "fr") == "Port"
    assert kind.say("zone", "fr") == "zone", "a category without a title is its own"
    told = json.loads(write_config(site, "housing", "fr"))["layers"][0]["attributes"]
    assert next(each for each in told if each["name"] == "kind")["words"] == {"port": "Port"}
    page = render_layer(site, Visit(), "housing/sites")
    assert "<td>Port</td>" in page
    assert "<code>port</code> Port" in page, "the code that files hold is explained"


def test_two_layers_of_the_same_legend_say_it_once(site: Site) -> None:
    page = render_map(site, Visit(), "twice")
    assert page.count("data-layer=") == 3
    legends = re.findall(r'<div class="layer-legend">(.*?)</div>', page, re.DOTALL)
    assert "<ul>" in legends[0]
    assert "<ul>" not in legends[1]
    assert "Les mêmes couleurs que « Communes »" in legends[1].replace("\u00a0", " ")
    assert 'class="atlas-layer keyed" data-layer="housing/communes"' in page, "that legend stays when its layer is off"


def test_a_still_picture_shows_the_upper_of_two_surfaces_that_a_line_parts(site: Site) -> None:
    view = look_at_map(site, "twice", "fr")
    assert [each.layer.id for each in view.opened] == ["housing/communes", "housing/sites"]
    assert "Communes naguère » se compare" in render_map(site, Visit(), "twice").replace("\u00a0", " ")
    # Points over surfaces hide nothing of them: both are shown.
    assert look_at_map(site, "housing", "fr").beneath is None


def test_the_live_map_is_told_the_signs_that_it_needs_and_no_other(site: Site) -> None:
    told = json.loads(write_config(site, "housing", "fr"))
    assert told["marks"] == {"diamond": [list(corner) for corner in MARKS["diamond"]]}


def test_a_hidden_value_of_a_map_says_what_there_is_instead(lent: Site) -> None:
    for language, mention in (("fr", "à la place, CC du Sud : 63 logements"), ("en", "instead, CC du Sud: 63")):
        (layer,) = json.loads(write_config(lent, "lent", language))["layers"]
        told = {each["name"]: each["absences"] for each in layer["attributes"]}
        assert set(told) == {"code", "name", "empty", "empty_status"}
        assert not told["name"], "only a state says it"
        assert not told["empty"]
        absences = {code: words.replace("\u00a0", " ") for code, words in told["empty_status"].items()}
        assert set(absences) == {"99003", "99004"}, "one string for each that is hidden, none for the others"
        assert all(mention in words for words in absences.values())
    state = look_at_layer(lent, "housing/owned", "fr").attribute("empty_status")
    assert state is not None
    assert absences["99003"] == absences["99004"], "one is hidden for the other, and nothing says which"
    shelf = Shelf(lent, "fr")
    one = shelf.collection("housing.owned")
    values = ["99003", "Coudray", None, "confidential"]
    for page, count in (
        (render_layer(lent, Visit(), "housing/owned"), 2),
        (show_item(shelf, Visit(), one, "99003", values, "/json"), 1),
        (show_items(shelf, Visit(), one, [("99003", values), ("99001", ["99001", "Aubel", 90.0, "sure"])], (2, 2),
                    {"json": "/json"}), 1),
    ):  # fmt: skip
        assert page.replace("\u00a0", " ").count("à la place, CC du Sud : 63 logements") == count


def test_nothing_is_told_instead_of_what_has_nothing_instead(site: Site) -> None:
    for layer in json.loads(write_config(site, "twice", "fr"))["layers"]:
        assert not any(each["absences"] for each in layer["attributes"])


def test_a_map_is_written_again_when_what_stands_for_a_hidden_value_changes(lent: Site) -> None:
    sheets = [sheet for sheet in list_sheets(lent.atlas) if sheet.path == "/cartes/lent.json"]
    assert "indicator:housing/empty_homes" in sheets[0].reads


def test_signs_are_as_large_as_the_circle_that_they_stand_for() -> None:
    for name, corners in MARKS.items():
        area = abs(sum(x * b - a * y for (x, y), (a, b) in zip(corners, corners[1:] + corners[:1], strict=True))) / 2
        assert 2 <= area <= 4, name
    assert mark_path("square", 2) == "M-2 -2L2 -2L2 2L-2 2z"
    assert mark_path("circle") is None


def test_a_layer_of_territories_is_of_the_time_of_its_indicators(site: Site) -> None:
    shelf = Shelf(site, "fr")
    ((start, end),) = shelf.describe(shelf.collection("housing.communes"), "json")["extent"]["temporal"]["interval"]
    periods = [one["period"] for one in site.atlas.release.layer("housing/communes")["indicators"].values()]
    assert (start[:4], end[:4]) == (min(periods), max(periods))
    assert "temporal" not in shelf.describe(shelf.collection("housing.sites"), "json")["extent"]


def test_an_identifier_that_is_an_attribute_is_not_listed_twice(site: Site) -> None:
    page = render_layer(site, Visit(), "housing/communes")
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page.split('id="liste"')[1])
    assert heads[:2] == ["Code", "Nom"]
    assert "/ogc/collections/housing.communes/items/99001" in page
