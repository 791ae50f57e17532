"""Somebody writes a page from nothing in a browser, and sees it; a text that is saved elsewhere is seen at once."""

import io
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from beffroi.access import PUBLIC
from beffroi.catalog import check_catalog, format_workspace
from beffroi.publish.assets import FOLDER
from beffroi.run import Workplace
from beffroi.serve.running import create_writing_server
from tests.browser.conftest import AXE
from tests.run.sittings import build_sitting, copy_sitting, write_workbook

pytestmark = pytest.mark.browser
KEY = "une-cle-pour-une-fois"


@dataclass
class Sitting:
    """A workspace that is being written, where it is served, and the page of its author."""

    workplace: Workplace
    base: str
    page: Page

    def read(self, file: str) -> str:
        return (self.workplace.root / file).read_text("utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sitting(tmp_path_factory.mktemp("writing"))


@pytest.fixture
def sitting(built: Path, tmp_path: Path, browser: Browser) -> Iterator[Sitting]:
    if not (FOLDER / "manifest.json").is_file():
        pytest.skip("the front-end is not built: make setup builds it")
    workplace = copy_sitting(built, tmp_path)
    complaints: list[str] = []
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        port = listening.getsockname()[1]
        base = f"http://127.0.0.1:{port}"
        server = create_writing_server(workplace, port, key=KEY)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 800}, locale="fr-FR",
                                      reduced_motion="reduce")  # fmt: skip
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(base) else complaints.append(asked.url))
        page.goto(f"/redaction?cle={KEY}")
        yield Sitting(workplace, base, page)
        context.close()
        server.should_exit = True
        thread.join(10)
    assert not complaints, "the console and the network stay quiet"


def press_until(page: Page, words: str, most: int = 60) -> None:
    """Press Tab until what has the focus says some words."""
    for _ in range(most):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "(e => e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent)(document.activeElement)"
        )
        if words in said:
            return
    raise AssertionError(f"Tab never reaches « {words} »")


def save(page: Page) -> None:
    """Read the changes over, then save them."""
    expect(page.get_by_role("heading", name="Relire avant d’enregistrer")).to_be_visible()
    page.get_by_role("button", name="Enregistrer").click()


def put_cursor(page: Page, words: str) -> None:
    """Put the cursor where the text says some words."""
    page.get_by_label("Texte de la page").evaluate(
        "(field, words) => { const at = field.value.indexOf(words); field.focus(); field.setSelectionRange(at, at) }",
        words,
    )


def draw_picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (1800, 900), "#8fb8c9").save(stream, "JPEG")
    return stream.getvalue()


TEXT = """---
title: Vivre {{ here.in }}
levels: [commune]
---
{{ here }} a {{ housing/dwelling }}.

## Les vides

On les compte une fois par an.

## La suite

Le reste viendra plus tard.
"""
PICTURE = """```image
file: une_rue.jpg
alt: Une rue bordée d'arbres
credit: Agence
licence: CC0 1.0
```
"""
FIGURE = """```ranking
indicator: housing/vacancy_rate
level: epci
title: Où l'on trouve à se loger
```
"""


def test_a_page_is_made_without_a_terminal(sitting: Sitting) -> None:
    """By keyboard alone until the text; a fault and its line, a picture and a figure where one writes, English, another
    page put first, and a build that ends on the page."""
    page = sitting.page
    press_until(page, "Nouvel observatoire")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nouvel observatoire")).to_be_visible()
    for words, typed in (("Titre", "Vivre ici"), ("Résumé", "Le parc : un essai."), ("Première page", "Ici")):
        press_until(page, words)
        page.keyboard.type(typed)
    press_until(page, "Relire")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Relire avant d’enregistrer")).to_be_visible()
    assert not (sitting.workplace.root / "observatories/vivre_ici").exists()
    press_until(page, "Enregistrer")
    page.keyboard.press("Enter")
    field = page.get_by_label("Texte de la page")
    field.fill(TEXT)
    expect(page.get_by_text("Fautes : 1")).to_be_visible()
    expect(page.locator(".line-fault")).to_have_text("{{ here }} a {{ housing/dwelling }}.")
    page.get_by_role("link", name="ligne 5").click()
    chosen = field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert chosen.startswith("{{ here }} a")
    field.fill(field.input_value().replace("housing/dwelling ", "housing/dwellings "))
    expect(page.get_by_text("Le texte se lit bien.")).to_be_visible()
    expect(page.frame_locator("iframe").locator("h1")).to_contain_text("Vivre")

    put_cursor(page, "{{ here }} a")
    page.get_by_role("button", name="Insérer une image").click()
    sent = {"name": "Une rue.png", "mimeType": "image/png", "buffer": draw_picture()}
    page.get_by_label("Fichier").set_input_files(sent)  # type: ignore[arg-type]
    for label, typed in (
        ("Ce que l’on y voit", "Une rue bordée d'arbres"),
        ("Auteur", "Agence"),
        ("Licence", "CC0 1.0"),
    ):
        page.get_by_label(label).fill(typed)
    page.get_by_role("button", name="Mettre dans le texte").click()
    expect(page.get_by_text("L’image a été réduite.")).to_be_visible()
    drawn = page.frame_locator("iframe").get_by_alt_text("Une rue bordée d'arbres")
    drawn.scroll_into_view_if_needed()
    expect(drawn).to_have_js_property("naturalWidth", 1600)

    put_cursor(page, "On les compte")
    page.get_by_role("button", name="Insérer une figure").click()
    page.wait_for_url("**/explorer")
    page.goto("/explorer?indicator=housing/vacancy_rate&view=ranking&level=epci")
    page.get_by_role("link", name="Insérer dans une page").click()
    expect(page.get_by_label("Où dans la page").locator(":checked")).to_contain_text("On les compte une fois par an.")
    page.get_by_label("Titre de la figure").fill("Où l'on trouve à se loger")
    page.get_by_role("button", name="Mettre dans le texte").click()
    figures = page.frame_locator("iframe").get_by_role("heading", name="trouve à se loger")
    expect(figures).to_be_attached()

    page.get_by_role("button", name="English").click()
    expect(page.locator(".left > li")).to_have_count(6)
    english = field.input_value()
    for french, said in (
        ("Vivre", "Living"), (" a {{", " has {{"), ("Les vides", "The empty ones"),
        ("On les compte", "They are counted"), ("une fois par an", "once a year"),
        ("Une rue bordée d'arbres", "A street with trees"),
        ("Où l'on trouve à se loger", "Where one finds a home"), ("La suite", "What comes next"),
    ):  # fmt: skip
        english = english.replace(french, said)
    field.fill(english)
    expect(page.locator(".left > li")).to_have_count(1)
    page.get_by_role("button", name="Texte français").click()
    expect(page.locator(".line-left")).to_have_text("Le reste viendra plus tard.")
    page.get_by_role("link", name="ligne").click()
    page.keyboard.type("The rest will come later.")
    expect(page.locator("[aria-current] .tab-note")).to_have_text("traduit")
    field.press("Control+s")
    save(page)
    expect(page.get_by_text("Enregistré : observatories/vivre_ici/index.en.md")).to_be_visible()
    assert sitting.read("observatories/vivre_ici/index.md") == (
        "---\ntitle: Vivre {{ here.in }}\nlevels:\n  - commune\n---\n\n{{ here }} a {{ housing/dwellings }}.\n\n"
        f"{PICTURE}\n## Les vides\n\nOn les compte une fois par an.\n\n{FIGURE}\n## La suite\n\n"
        "Le reste viendra plus tard.\n"
    )

    page.goto("/redaction/pages/nouvelle?observatoire=vivre_ici")
    page.get_by_label("Titre", exact=True).fill("Avant tout")
    page.get_by_role("button", name="Relire").click()
    save(page)
    page.goto("/redaction/observatoires/vivre_ici")
    up = page.get_by_role("button", name="Monter : Avant tout")
    up.press("Enter")
    expect(page.locator("[data-told]")).to_have_text("Avant tout : place 1")
    expect(up).to_be_focused()
    page.get_by_role("button", name="Relire les changements").click()
    save(page)
    assert sitting.read("observatories/vivre_ici/observatory.yaml").endswith("pages:\n  - avant_tout\n  - index\n")
    assert format_workspace(sitting.workplace.root, write=False) == []
    assert not check_catalog(sitting.workplace.root).faults

    address = "/redaction/ventilations/nouvelle?de=housing/dwellings&colonne=year"
    page.goto(address)
    page.get_by_label("Titre (").fill("Par année")
    page.get_by_role("button", name="Relire").click()
    save(page)
    page.goto("/observatoires/vivre_ici/index")
    page.get_by_role("button", name="Construire").click()
    ended = page.get_by_role("heading", name="Publié, édition")
    expect(ended).to_be_visible(timeout=60_000)
    expect(ended).to_be_focused()
    page.get_by_role("link", name="Vivre dans").click()
    expect(page.get_by_role("heading", name="trouve à se loger")).to_be_visible()
    assert "housing/dwellings_par_annee/" in str(sitting.workplace.lake.release(PUBLIC).catalogue["indicators"].keys())


def test_what_is_saved_elsewhere_is_seen_where_one_was(sitting: Sitting) -> None:
    page, file = sitting.page, sitting.workplace.root / "observatories/homes/index.md"
    page.goto("/observatoires/homes/index")
    page.evaluate("scrollTo(0, 200)")
    text = file.read_text("utf-8")
    file.write_text(text + "\nUne fin écrite ailleurs.\n", "utf-8")
    expect(page.get_by_text("Une fin écrite ailleurs.")).to_be_attached()
    assert page.evaluate("scrollY") == 200
    file.write_text(text.replace("```ranking", "```rankin"), "utf-8")
    expect(page.get_by_text("observatories/homes/index.md:11")).to_be_visible()
    expect(page.get_by_text("Une fin écrite ailleurs.")).to_be_attached()
    file.write_text(text, "utf-8")
    expect(page.get_by_text("Une fin écrite ailleurs.")).not_to_be_attached()
    expect(page.get_by_text("observatories/homes/index.md:11")).not_to_be_attached()


def test_everybody_can_read_the_desk(sitting: Sitting) -> None:
    """axe-core on each page of the desk, wide and light, narrow and dark."""
    page = sitting.page
    communes = sitting.workplace.lake.release(PUBLIC).territories().to_pylist()
    codes = [row["code"] for row in communes if row["level"] == "commune"]
    book = write_workbook([["Code", "2022"], *([code, 1] for code in codes), ["00999", 2]])
    page.goto("/redaction/classeurs")
    page.get_by_label("Fichier XLSX").set_input_files(
        {"name": "permis.xlsx", "mimeType": "application/octet-stream", "buffer": book}
    )
    page.get_by_role("button", name="Lire le classeur").click()
    expect(page.get_by_text("Codes refusés : 1")).to_be_visible()
    survey = page.url
    file = sitting.workplace.root / "observatories/homes/index.md"
    file.write_text(file.read_text("utf-8") + "\nUne fin.\n", "utf-8")
    page.goto("/redaction")
    page.get_by_role("button", name="Publier").first.click()
    expect(page.get_by_role("heading", name="Publié, édition")).to_be_visible(timeout=60_000)
    page.goto("/redaction/pages/homes/index")
    page.get_by_label("Texte de la page").fill("Sans tête.")
    page.get_by_label("Texte de la page").press("Control+s")
    expect(page.get_by_role("heading", name="Relire avant d’enregistrer")).to_be_visible()
    review = page.url
    paths = (
        "/redaction", "/redaction/pages/homes/index?langue=en", "/redaction/observatoires/nouveau", survey, review,
        "/redaction/indicateurs/nouveau?genre=ratio&table=census/dwellings", "/observatoires/homes/index",
        "/redaction/observatoires/homes", "/redaction/images/nouvelle?page=homes/index", "/redaction/construction",
        "/redaction/ventilations/nouvelle?de=housing/dwellings&colonne=year", "/redaction/pages/homes/index/renommer",
        "/redaction/inserer?indicator=housing/dwellings&view=ranking",
        "/redaction/textes/indicators/housing/dwellings.yaml",
    )  # fmt: skip
    for dark, width in ((False, 1280), (True, 360)):
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
            page.evaluate(AXE.read_text("utf-8"))
            found = page.evaluate("axe.run(document, {iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa']})")
            wrong = [(one["id"], one["nodes"][0]["html"][:120]) for one in found["violations"]]
            assert not wrong, (path, width, dark)
