"""Maps of pages as files: one for all territories, named by the pages that show it, whole by themselves."""

import posixpath
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site
from beffroi.publish.block_files import write_block_file
from beffroi.publish.exports import Press
from beffroi.publish.observatories import look_at, render_page
from beffroi.publish.pages import Export, Visit
from tests.observe.paged import build_paged_release

PAGE, PLACES = "housing/index", ("commune:99002", "commune:99003")
MAPS = ("carte", "croisee")
SVG = "{http://www.w3.org/2000/svg}"
ASSETS = Assets("main.js", "main.css", "face.woff2", {}, "test", Path("fonts"))


@pytest.fixture(scope="module")
def paged() -> Site:
    return Site(Atlas(build_paged_release()), ASSETS, "https://observatoire.exemple")


def shared_file(site: Site, place: str | None, name: str, extension: str) -> bytes:
    return write_block_file(site, look_at(site, PAGE, "fr", place), name, extension, "fr", shared=True)


def map_of(html: str, name: str) -> str:
    start = html.index(f'id="figure-{name}"')
    return html[html.index("<bf-map", start) : html.index("</bf-map>", start)]


@pytest.mark.parametrize("name", MAPS)
def test_a_map_is_the_same_file_for_every_territory(paged: Site, name: str) -> None:
    one, other = (shared_file(paged, place, name, "map.svg") for place in PLACES)
    assert one == other
    areas = ElementTree.fromstring(one).findall(f"{SVG}g[@data-code]")
    codes = {area.get("data-code") for area in areas}
    assert {"99002", "99003"} <= codes
    assert all(" : " in (area.findtext(f"{SVG}title") or "") for area in areas)
    assert all(area.find(f"{SVG}path") is not None for area in areas)


@pytest.mark.parametrize("name", MAPS)
def test_a_page_shows_the_file_and_marks_its_own_territory_alone(paged: Site, name: str) -> None:
    for place in PLACES:
        shown = map_of(render_page(paged, Visit("fr", f"/observatoires/{PAGE}"), PAGE, place), name)
        assert f'<image href="/observatoires/{PAGE}/figures/{name}.map.svg"' in shown
        assert len(re.findall(r"<path ", shown)) == 2, "the contour of the territory in hand, and what is under it"
        code = place.partition(":")[2]
        assert f'data-lead="/observatoires/{PAGE}/commune/{code}" data-sample="{code}"' in shown


@pytest.mark.parametrize("name", MAPS)
def test_fills_of_the_legend_are_in_the_page(paged: Site, name: str) -> None:
    html = render_page(paged, Visit("fr", f"/observatoires/{PAGE}"), PAGE, PLACES[0])
    used = set(re.findall(r"url\(#([^)]+)\)", html))
    assert used <= set(re.findall(r'<pattern id="([^"]+)"', html))


def test_values_of_a_map_are_one_file(paged: Site) -> None:
    one, other = (shared_file(paged, place, "carte", "csv") for place in PLACES)
    assert one == other
    assert b"99002" in one
    assert b"99003" in one


def test_the_drawing_that_all_share_marks_no_territory(paged: Site) -> None:
    held = write_block_file(paged, look_at(paged, PAGE, "fr", PLACES[0]), "carte", "svg", "fr").decode()
    for name in MAPS:
        assert 'class="in-hand"' not in shared_file(paged, PLACES[0], name, "svg").decode()
    assert 'class="in-hand"' in held


def test_a_figure_that_is_about_its_territory_has_no_file_for_all(paged: Site) -> None:
    with pytest.raises(BeffroiError) as raised:
        shared_file(paged, PLACES[0], "cles", "csv")
    assert [each.code for each in raised.value.faults] == ["file-format-unknown"]


def test_an_export_holds_each_map_once() -> None:
    press = Press(Atlas(build_paged_release()), ASSETS, "", Export(languages=("fr",)))
    drawn = {
        sheet.path: dict(press.draw(sheet, "fr").leaves)
        for sheet in press.sheets
        if sheet.kind == "page" and sheet.name == PAGE
    }
    file = f"observatoires/{PAGE}/figures/carte.map.svg"
    assert [path for path, leaves in drawn.items() if file in leaves] == [f"/observatoires/{PAGE}"]
    page = f"observatoires/{PAGE}/commune/99002/index.html"
    shown = map_of(drawn[f"/observatoires/{PAGE}/commune/99002"][page].decode(), "carte")
    picture, lead = re.search(r'<image href="([^"]+)"', shown), re.search(r'data-lead="([^"]+)"', shown)
    assert picture
    assert lead
    assert posixpath.normpath(posixpath.join(posixpath.dirname(page), picture[1])) == file
    assert posixpath.normpath(posixpath.join(posixpath.dirname(page), lead[1])) == posixpath.dirname(page)
