"""A server over the invented release, and a Chromium that looks at it. Nothing here waits a fixed time."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from beffroi.publish.assets import FOLDER
from beffroi.serve import create_app
from tests.observe.invented import build_release

OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the invented observatory is served."""
    if not (FOLDER / "manifest.json").is_file():
        pytest.skip("the front-end is not built: make setup builds it")
    release = build_release()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(lambda reader: release, base_url=base)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield base
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(OPTIONS))
        yield browser
        browser.close()


def _matters(said: ConsoleMessage) -> bool:
    """Whether the console complains; that a page which does not exist is not there is no complaint."""
    return said.type in {"error", "warning"} and "status of 404" not in said.text


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Opens a page: ``visit("/explorer", width=360, scripts=False)``. Whatever the page complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def start(path: str, *, width: int = 1280, scripts: bool = True, dark: bool = False, trusted: bool = False) -> Page:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale="fr-FR",
            color_scheme="dark" if dark else "light", reduced_motion="reduce", bypass_csp=trusted,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _matters(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(address) else complaints.append(asked.url))
        page.goto(path)
        return page

    yield start
    for context in contexts:
        context.close()
    assert not complaints, "the console and the network stay quiet"
