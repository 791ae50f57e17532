"""Pages of maps and layers: words of values, one legend for two layers of one, signs, what a still picture shows."""

import json
import re

import pytest

from beffroi.access import PUBLIC
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site
from beffroi.publish.maps import look_at_layer, look_at_map, render_layer, render_map, write_config
from beffroi.publish.marks import MARKS, mark_path
from beffroi.publish.ogc import Shelf
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
