"""Journeys over the invented observatory: without a script, by keyboard alone, with a mouse, on a phone, on paper."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.test_accessibility import HELD, PAGES, PORTRAITS

pytestmark = pytest.mark.browser

PAPER = 672
"""Pixels between the margins of an A4 sheet (178 mm at 96 to the inch)."""


@pytest.mark.server_only
def test_without_a_script_everything_is_there(visit: Open) -> None:
    """From a word to a portrait, a figure, its table, its file and the other language; then a page in other hands."""
    page = visit("/", scripts=False)
    page.get_by_label("Ma commune").fill("ecaillon")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name="Écaillon-la-Forêt").click()
    expect(page.locator("h1")).to_have_text("Écaillon-la-Forêt")
    page.get_by_label("Ma commune").fill("vieux-dourlac")
    page.get_by_role("button", name="Voir son portrait").click()
    expect(page.get_by_role("note")).to_contain_text("n’est plus une commune depuis le 1er janvier 2024")
    page.go_back()
    page.get_by_role("link", name="Taux de vacance des logements").first.click()
    expect(page.locator("#sentence")).to_contain_text("pas de valeur, non disponible")
    page.get_by_label("Indicateur").select_option("mobility/accidents")
    page.get_by_label("Territoire", exact=True).fill("Bellefosse")
    page.get_by_role("button", name="Afficher").click()
    expect(page.locator("h1")).to_have_text("Accidents corporels de la route, communes, 2020")
    expect(page.locator("#sentence")).to_contain_text("Bellefosse")
    expect(page.locator("svg.map circle").first).to_be_visible()
    page.get_by_role("link", name="Tableau").click()
    expect(page.get_by_role("row", name="Non localisé")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.click()
    assert download.value.suggested_filename.startswith("mobility-accidents_commune_2020")
    page.get_by_role("link", name="Read this page in English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Road accidents with injuries, communes, 2020")
    page.goto("/observatoires/housing/index/commune/99002")
    page.get_by_label("Changer de territoire").fill("Pontarmé")
    page.get_by_role("button", name="Afficher").click()
    expect(page.locator("h1")).to_have_text("Se loger à Pontarmé")
    assert page.url.endswith("/observatoires/housing/index/commune/99016")
    page.get_by_text("Tableau des valeurs").first.click()
    expect(page.locator("details.data[open] table").first).to_be_visible()


def focused(page: Page) -> str:
    """What has the focus, in words."""
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"))


def tab_to(page: Page, words: str, most: int = 60) -> None:
    """Press Tab until what has the focus begins with some words."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page).strip().startswith(words):
            return
    raise AssertionError(f"Tab never reaches « {words} »")


@pytest.mark.server_only
def test_by_keyboard_alone(visit: Open) -> None:
    """From the search to a portrait, then to the map of the explorer and its ranking."""
    page = visit("/")
    page.keyboard.press("Tab")
    assert focused(page) == "Aller au contenu"
    page.keyboard.press("Enter")
    page.locator("#q").focus()
    page.keyboard.type("rosem")
    expect(page.get_by_role("option").first).to_contain_text("Rosembaut commune")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Rosembaut")
    tab_to(page, "Taux de vacance des logements")
    page.keyboard.press("Enter")
    expect(page.locator("#sentence")).to_contain_text("Rosembaut")
    tab_to(page, "Carte\u00a0:")
    page.keyboard.press("ArrowLeft")
    first = page.get_by_role("status").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("status")).not_to_have_text(first)
    name = page.get_by_role("status").inner_text().split("\u00a0:")[0].split(" :")[0]
    page.keyboard.press("Enter")
    expect(page.locator("#sentence")).to_contain_text(name)
    tab_to(page, "Classement")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table")).to_be_visible()
    assert focused(page).strip() == "Classement", "the focus stays where the reader put it"


@pytest.mark.server_only
def test_with_a_mouse_then_on_a_phone(visit: Open) -> None:
    """A question changed is an address and goes back; a map is pointed at, a table sorted; a phone folds it all."""
    page = visit("/explorer?indicator=mobility/accidents&territory=commune:99002")
    page.evaluate("window.unbroken = true")
    page.get_by_label("Période", exact=True).first.select_option("2015")
    expect(page.locator("h1")).to_contain_text("2015")
    assert "period=2015" in page.url
    page.get_by_label("Maille").select_option("epci")
    expect(page.locator("h1")).to_contain_text("EPCI")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("communes, 2015")
    page.get_by_role("combobox", name="Territoire", exact=True).fill("Pontar")
    page.get_by_role("option", name="Pontarmé").click()
    expect(page.locator("#sentence")).to_contain_text("Pontarmé")
    page.locator('a[data-code="99021"]').hover()
    expect(page.get_by_role("status")).to_contain_text("Les Usselles")
    expect(page.locator(".thumb-mark")).to_have_count(1)
    page.get_by_role("button", name="Agrandir la carte").click()
    expect(page.locator("svg.map.zoomed")).to_be_visible()
    page.get_by_role("button", name="Revoir toute la carte").click()
    expect(page.locator("svg.map.zoomed")).to_have_count(0)
    page.locator('a[data-code="99021"]').click()
    expect(page.locator("#sentence")).to_contain_text("Les Usselles")
    page.get_by_role("link", name="Tableau").click()
    page.get_by_role("button", name="Valeur").click()
    values = [int(words) for words in page.locator("tbody tr:not(.unlocated) td:nth-child(2)").all_inner_texts()]
    assert values == sorted(values, reverse=True)
    expect(page.locator("tbody tr").last).to_contain_text("Non localisé")
    assert page.evaluate("window.unbroken"), "no page was loaded anew"
    page.set_viewport_size({"width": 360, "height": 800})
    page.reload()
    expect(page.locator(".fields")).to_be_hidden()
    page.locator("summary").first.click()
    expect(page.get_by_label("Indicateur")).to_be_visible()


def test_a_commune_is_found_in_one_field_and_a_theme_is_kept(visit: Open) -> None:
    page = visit("/territoires")
    page.get_by_role("combobox", name="Ma commune").fill("pontar")
    page.get_by_role("option", name="Pontarmé").click()
    expect(page.locator("h1")).to_have_text("Pontarmé")
    expect(page.locator(".events")).to_contain_text("Pont-Armé prend le nom de Pontarmé")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_role("button", name="Fond sombre").click()
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert light != dark
    page.locator(".vicinity a").first.dispatch_event("click")
    expect(page.locator("h1")).not_to_have_text("Pontarmé")
    # The next page is there before its style sheet is.
    expect(page.locator("html")).to_have_css("background-color", dark)


def print_page(page: Page, path: str) -> int:
    """Print a page on A4, as wide as what is between its margins; nothing is cut. How many sheets it takes."""
    page.goto(path)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 900})
    found = page.evaluate("""() => [...document.querySelectorAll("main figure, main table, main svg, main p")]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest("details:not([open])"))
        .filter((e) => !e.closest(".visually-hidden"))
        .map((e) => e.outerHTML.slice(0, 200))""")
    assert not found, f"{path}: {found}"
    return len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True)))


@pytest.mark.server_only
def test_on_paper(visit: Open, exemple: str) -> None:
    """A portrait takes two sides; a page keeps its mentions, its sources, its address and its state."""
    page = visit("/", at=exemple)
    for place in PORTRAITS:
        assert print_page(page, f"/territoires/{place}") <= 2, place
    for name in PAGES:
        assert print_page(page, f"/observatoires/{name}/{HELD[0]}") >= 2, name
        expect(page.locator(".figure .source-line").first).to_be_visible()
        expect(page.locator(".page-foot .address").last).to_contain_text(f"/observatoires/{name}")
        assert "données fictives" in page.locator("main").inner_text().lower()
        expect(page.locator(".holding")).to_be_hidden()
    print_page(page, f"/observatoires/mobility/index/{HELD[0]}")
    mark = page.locator(".watermark").evaluate(
        "(e) => { const s = getComputedStyle(e, '::after'); return [s.content, s.position]; }"
    )
    assert mark == ['"Projet"', "fixed"], "what is fixed is on every sheet"


@pytest.mark.server_only
def test_a_file_is_checked_without_leaving(visit: Open, tmp_path: Path) -> None:
    """A file that one has is looked for in the manifest by the browser alone; corrections lead to their indicators."""
    page = visit("/")
    page.get_by_role("link", name="Vérifier").click()
    file = tmp_path / "rien.csv"
    file.write_text("rien")
    page.get_by_label("Fichier à vérifier ici même").set_input_files(file)
    expect(page.locator("bf-check [role=status]")).to_contain_text("n’est pas une feuille du manifeste")
    page.get_by_role("link", name="Corrections").click()
    expect(page.get_by_text("Fichier mal lu. (2021)")).to_be_visible()
    page.get_by_role("link", name="Taux de vacance des logements").first.click()
    expect(page.get_by_role("heading", name="Corrections")).to_be_visible()
