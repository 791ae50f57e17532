"""The map that one acts on: both sides of a line, names, a feature that an address holds; served, and as files."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from beffroi.access import partner
from beffroi.publish.assets import FOLDER
from beffroi.run import build
from beffroi.run.exporting import ExportOptions, export
from tests.browser.conftest import Open, serve
from tests.browser.test_exported import Quiet
from tests.run.conftest import Trial
from tests.run.layered import add_layers

pytestmark = pytest.mark.browser


def live(page: Page) -> Page:
    page.locator("bf-atlas.live").wait_for()
    return page


def test_each_side_of_the_line_says_what_it_shows(visit: Open, exemple: str) -> None:
    page = live(visit("/cartes/zonage", at=exemple))
    assert page.locator(".atlas-side").all_inner_texts() == [
        "Zonage du plan de 2015 (données fictives)", "Zonage du plan de 2024 (données fictives)",
    ]  # fmt: skip
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "49 %"
    assert page.locator(".atlas-chart").evaluate("e => e.style.getPropertyValue('--parted')") == "49%"
    second = page.locator("[data-layer='land/zoning_2015']")
    expect(second.locator(".layer-legend")).to_contain_text("Les mêmes couleurs que")
    page.locator("[data-layer='land/zoning_2024'] input.layer-shown").uncheck()
    expect(page.locator("[data-layer='land/zoning_2024'] .layer-legend")).to_be_visible()


def test_a_feature_is_found_by_its_name(visit: Open, exemple: str) -> None:
    page = live(visit("/cartes/activites", at=exemple))
    page.get_by_role("searchbox").fill("ancienne sci")
    expect(page.locator(".atlas-found button").first).to_contain_text("Ancienne scierie")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.includes('46.70861')")


def test_an_address_opens_the_sheet_of_what_is_out_of_sight(visit: Open, exemple: str) -> None:
    """Values are called there as in the legend."""
    page = live(visit("/cartes/activites#objet=activity/brownfields|20014F001", at=exemple))
    sheet = page.locator(".atlas-sheet")
    expect(sheet).to_contain_text("Ancienne gare de marchandises")
    expect(sheet).to_contain_text("En travaux")
    page.keyboard.press("Tab")
    sheet.locator(".sheet-close").click()
    expect(sheet).to_be_hidden()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small edition with a map, exported and served by what knows nothing of it."""
    if not (FOLDER / "manifest.json").is_file():
        pytest.skip("the front-end is not built: make setup builds it")
    folder: Path = tmp_path_factory.mktemp("maps")
    trial = add_layers(Trial(folder / "trial"))
    trial.replace("layers/housing/sites.yaml", "filters:", "name: kind\nfilters:")
    build(trial.workplace)
    assert not export(trial.workplace, folder / "agence", ExportOptions(workers=1)).faults
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join(10)


def test_a_feature_is_found_by_its_name_among_files(visit: Open, files: str) -> None:
    page = live(visit("/cartes/housing/", at=files))
    page.get_by_role("searchbox").fill("Zon")
    expect(page.locator(".atlas-found button")).to_have_count(1)
    page.locator(".atlas-found button").click()
    page.wait_for_function("location.hash.includes('/47.50000/-7.50000')")


@pytest.fixture(scope="module")
def lent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What a partner is served, of whose file a value is hidden."""
    trial = add_layers(Trial(tmp_path_factory.mktemp("lent") / "trial"))
    trial.write("sources/town/owners/owners.csv", "code,empty_homes\n99001,50\n99002,40\n99003,3\n99004,60\n")
    homes = "indicators/housing/empty_homes.yaml"
    rule = "protection: {minimum_units: 11, units: empty_homes, asked_by: Essai, why: Moins de onze unités.}\n"
    trial.write(homes, (trial.root / homes).read_text() + rule)
    assert not build(trial.workplace).own_faults
    with serve(lambda reader: trial.workplace.lake.release(partner("dreal"))) as base:
        yield base


def test_a_hidden_value_says_what_there_is_instead(visit: Open, lent: str) -> None:
    """In the sheet of a feature, and in what is said of the one that is pointed at."""
    page = live(visit("/cartes/lent#objet=housing/owned|99003", at=lent))
    expect(page.locator(".atlas-sheet")).to_contain_text("à la place, CC du Sud : 63 logements")
    chart = page.locator(".atlas-chart")
    frame = chart.bounding_box()
    assert frame is not None
    # Its commune lies in the lower half, at the right: the sheet covers what is above.
    page.mouse.move(frame["x"] + frame["width"] * 0.65, frame["y"] + frame["height"] * 0.75)
    expect(page.locator(".tooltip")).to_contain_text("à la place, CC du Sud : 63 logements")
    page.evaluate("location.hash = '#objet=housing/owned|99001'")
    page.reload()
    expect(page.locator(".atlas-sheet")).to_contain_text("90 logements")
    expect(page.locator(".atlas-sheet")).not_to_contain_text("à la place")
