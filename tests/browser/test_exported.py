"""The site as files on a plain web server, in a folder of its host: the journeys that ask nothing of a server, those of
``test_journeys`` that are not marked ``server_only`` among them."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from beffroi.observe import Atlas
from beffroi.publish.assets import FOLDER, draw_icon, load_assets
from beffroi.publish.exports import Press
from beffroi.publish.exports.trees import write_leaf
from beffroi.publish.pages import Export
from beffroi.run.exporting import unroot
from tests.browser import test_journeys as journeys
from tests.browser.conftest import AXE, Open
from tests.browser.looks import TURNS, Look, examine_all
from tests.observe.paged import build_paged_release
from tests.publish.links import find_dead_links, find_rooted_links

pytestmark = pytest.mark.browser


def _asks_a_server(journey: Callable[..., None]) -> bool:
    return any(mark.name == "server_only" for mark in getattr(journey, "pytestmark", ()))


globals().update(
    {
        f"{name}_among_files": journey
        for name, journey in vars(journeys).items()
        if name.startswith("test_") and not _asks_a_server(journey)
    }
)

STATES = (
    "", "en/", "observatoires/", "territoires/", "territoires/commune/99002/", "catalogue/", "recherche/",
    "explorer/housing/vacancy_rate/", "explorer/mobility/accidents/table/", "explorer/mobility/accidents/ranking/",
    "en/explorer/mobility/accidents/evolution/", "indicateurs/housing/vacancy_rate/", "sources/insee/census/",
    "tables/insee/census/", "observatoires/housing/index/", "observatoires/housing/index/commune/99005/",
    "observatoires/housing/index/territoires/", "en/observatoires/housing/index/commune/99002/",
)  # fmt: skip


class Quiet(SimpleHTTPRequestHandler):
    """Gives the tree at the root of the host and in a folder of it, and says nothing of it."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path if path.startswith("/agence") else f"/agence{path}")

    def log_message(self, *_: object) -> None:
        """Nothing is said of what goes well."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented observatory written as files, in a folder of what will be served."""
    if not (FOLDER / "manifest.json").is_file():
        pytest.skip("the front-end is not built: make setup builds it")
    root = tmp_path_factory.mktemp("host") / "agence"
    assets = load_assets()
    press = Press(Atlas(build_paged_release()), assets, "", Export(languages=("fr", "en")))
    for sheet in (sheet for sheet in press.sheets if sheet.is_drawn):
        for language in ("fr",) if sheet.once else ("fr", "en"):
            drawn = press.draw(sheet, language)
            assert drawn.error is None, (sheet.path, drawn.error)
            for path, body in drawn.leaves:
                write_leaf(root, path, body)
    for name, (body, kind) in assets.files.items():
        write_leaf(root, f"assets/{name}", unroot(body, kind))
    write_leaf(root, f"tokens-{press.site.tokens_version}.css", press.site.tokens.encode())
    write_leaf(root, "icon.svg", draw_icon(press.site.accent).encode())
    for sheet in (sheet for sheet in press.sheets if not sheet.is_drawn):
        for prefix in ("",) if sheet.once else ("", "en"):
            write_leaf(root / prefix, sheet.path.lstrip("/"), b"<feed/>" if sheet.kind == "feed" else b"{}")
    return root


@pytest.fixture(scope="module")
def address(tree: Path) -> Iterator[str]:
    """Where a server that knows nothing of Beffroi gives the tree."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tree.parent)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def enter(visit: Open) -> Open:
    """Opens a page of the tree where its root is a folder of its host."""
    return lambda path, **how: visit(f"/agence/{path}", **how)


def test_without_a_script_everything_is_reached(enter: Open, tree: Path) -> None:
    assert not find_dead_links(tree)
    assert not find_rooted_links(tree)
    page = enter("", scripts=False)
    page.get_by_role("link", name="Chercher").first.click()
    page.get_by_role("link", name="Pontarmé").first.click()
    expect(page.locator("h1")).to_have_text("Pontarmé")
    page.get_by_role("link", name="Observatoires").first.click()
    page.locator("main h2 a").first.click()
    expect(page.locator("#territory")).to_be_hidden()
    page.get_by_role("link", name="Tous les territoires").click()
    page.get_by_role("link", name="Bellefosse").click()
    expect(page.locator(".held")).to_contain_text("Bellefosse")
    expect(page.locator("figure svg").first).to_be_visible()
    with page.expect_download() as download:
        page.locator("details.more summary").first.click()
        page.get_by_role("link", name="CSV").first.click()
    assert download.value.suggested_filename.endswith(".csv")
    page.get_by_role("link", name="Read this page in English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".held")).to_contain_text("Bellefosse")


def test_words_territories_and_views_are_found_by_scripts_alone(enter: Open) -> None:
    """The index of words, a territory taken in hand by keyboard, each view of an indicator: no server answers."""
    page = enter("recherche/?q=ecaillon")
    page.get_by_role("option", name="Écaillon-la-Forêt").click()
    expect(page.locator("h1")).to_have_text("Écaillon-la-Forêt")
    page.get_by_role("link", name="Read this page in English").click()
    page.get_by_role("link", name="Search").first.click()
    page.locator("#q").fill("vacan")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "en")

    page = enter("observatoires/housing/index/")
    page.locator("#territory").focus()
    page.keyboard.type("bellef")
    expect(page.get_by_role("option").first).to_contain_text("Bellefosse")
    page.keyboard.press("Enter")
    expect(page.locator(".held")).to_contain_text("Bellefosse")
    assert page.url.endswith("/agence/observatoires/housing/index/commune/99002/")

    page = enter("explorer/mobility/accidents/")
    expect(page.get_by_text("demande un serveur").first).to_be_visible()
    page.locator('a[data-code="99021"]').hover()
    expect(page.get_by_role("status")).to_contain_text("Les Usselles")
    page.get_by_role("link", name="Tableau").click()
    page.get_by_role("button", name="Valeur").click()
    values = [int(words) for words in page.locator("tbody tr:not(.unlocated) td:nth-child(2)").all_inner_texts()]
    assert values == sorted(values, reverse=True)
    page.get_by_role("link", name="Carte").first.click()
    page.locator('a[data-code="99021"]').click()
    expect(page.locator("h1")).to_have_text("Les Usselles")


def test_files_have_no_fault_that_a_program_finds(enter: Open, address: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not there: npm ci in web/ brings it")
    pages = [enter("", trusted=True) for _ in range(2)]
    for page in pages:
        page.context.add_init_script(path=AXE)
    looks = [Look(f"{address}/agence/{path}", TURNS[("fr", "en")[number % 2]]) for number, path in enumerate(STATES)]
    found = examine_all(pages, looks)
    assert not found, "\n".join(found)
