"""Servers over the invented release and over the workspace ``exemple``, and a Chromium that looks at them.

Nothing here waits a fixed time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from beffroi.access import Reader
from beffroi.lake.releases import Release
from beffroi.publish.assets import FOLDER
from beffroi.run import Workplace
from tests.observe.corrected import correct
from tests.observe.paged import build_paged_release
from tests.serve.servers import serve_release

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"

OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

Open = Callable[..., Page]


@contextmanager
def serve(open_release: Callable[[Reader], Release]) -> Iterator[str]:
    """Where a release is served."""
    if not (FOLDER / "manifest.json").is_file():
        pytest.skip("the front-end is not built: make setup builds it")
    with serve_release(open_release) as base:
        yield base


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the invented observatory is served."""
    release = correct(build_paged_release())
    with serve(lambda reader: release) as base:
        yield base


@pytest.fixture(scope="session")
def exemple(exemple_built: Workplace) -> Iterator[str]:
    """Where the workspace ``exemple`` is served, built from its own files."""
    with serve(exemple_built.lake.release) as base:
        yield base


@pytest.fixture(scope="session")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(OPTIONS))
        yield browser
        browser.close()


def _matters(said: ConsoleMessage) -> bool:
    """Whether the console complains; that a page which does not exist is not there is no complaint, nor is what the
    drawing of a machine without a graphics card says of itself."""
    told = ("status of 404", "GL Driver Message")
    return said.type in {"error", "warning"} and not any(words in said.text for words in told)


def _complaint(page: Page, said: ConsoleMessage) -> str:
    """What the console says, on which page, and from where in the scripts."""
    where = said.location
    return f"{page.url}: {said.text} ({where['url']}:{where['lineNumber']}:{where['columnNumber']})"


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Opens a page: ``visit("/explorer", width=360, scripts=False)``; ``at`` another server than the invented one.

    Whatever the page complains of fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def start(
        path: str, *, at: str = "", width: int = 1280, scripts: bool = True, dark: bool = False, trusted: bool = False
    ) -> Page:
        context = browser.new_context(
            base_url=at or address, viewport={"width": width, "height": 800}, java_script_enabled=scripts,
            locale="fr-FR", color_scheme="dark" if dark else "light", reduced_motion="reduce", bypass_csp=trusted,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        known = (address, at) if at else (address,)
        page.on("console", lambda said: complaints.append(_complaint(page, said)) if _matters(said) else None)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error.stack or error}"))
        page.on("request", lambda asked: None if asked.url.startswith(known) else complaints.append(asked.url))
        page.goto(path)
        return page

    yield start
    for context in contexts:
        context.close()
    assert not complaints, "the console and the network stay quiet"
