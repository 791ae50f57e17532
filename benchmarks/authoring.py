"""From a text that is saved to the page that answers, beside drawing that page alone: ``beffroi serve --watch``.

The server is that of the command, on a socket of this machine; its client waits for the next version as a browser does,
then asks for the page. The peer draws the same page over the same release, with nothing read again.
"""

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from beffroi.access import PUBLIC
from beffroi.publish import load_assets
from beffroi.publish.observatories import render_page
from beffroi.publish.pages import Visit
from beffroi.run import open_workplace
from beffroi.serve.authoring import Studio
from beffroi.serve.running import create_writing_server
from beffroi.settings import Settings
from benchmarks.processes import HERE, run_beffroi
from benchmarks.reports import print_table, print_title

AIM = "1000"
_SAVES = 12


def main(*workspaces: Path) -> None:
    """Measure on a copy of each workspace; one that was built lends its lake, which is only read."""
    print_title("From a text that is saved to the page that answers")
    rows = [row for workspace in workspaces for row in _measure(workspace)]
    print_table(("", "p50 ms", "most ms", "aim ms"), rows)


def _measure(workspace: Path) -> Iterator[list[str]]:
    with TemporaryDirectory(prefix="beffroi-bench-") as folder:
        root = Path(
            shutil.copytree(workspace, Path(folder) / workspace.name, ignore=shutil.ignore_patterns(".beffroi"))
        )
        lake = workspace / ".beffroi"
        if not (lake / "current").exists():
            run_beffroi("build", root, "--offline")  # a source that nobody has is part of the example
            lake = root / ".beffroi"
        workplace = open_workplace(root, Settings(lake=lake, offline=True))
        studio = Studio(workplace, load_assets())
        for page in _pages(studio):
            file = root / "observatories" / f"{page}.md"
            saved, faulty = _save(workplace, page, file)
            alone = [_draw(studio, page) for _ in range(_SAVES)]
            name = f"{workspace.name}, {page}"
            yield [f"{name}: saved", f"{median(saved):.0f}", f"{max(saved):.0f}", AIM]
            yield ["same, a text at fault", f"{median(faulty):.0f}", f"{max(faulty):.0f}", AIM]
            yield ["same, the page drawn alone", f"{median(alone):.0f}", f"{max(alone):.0f}", ""]


def _pages(studio: Studio) -> list[str]:
    """The longest text and the shortest of those that can be shown."""
    sketch = studio.live.sketch()
    good = [page for page in sketch.catalogue["pages"] if page not in sketch.of_pages]
    sizes = sorted(good, key=lambda page: len(json.dumps(sketch.catalogue["pages"][page])))
    return [sizes[-1], sizes[0]]


def _save(workplace: Any, page: str, file: Path) -> tuple[list[float], list[float]]:
    """Milliseconds from each save to the answer that has it: good texts, then texts at fault."""
    written = file.read_text("utf-8")
    found: tuple[list[float], list[float]] = ([], [])
    try:
        with _served(workplace) as base, httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
            address = f"/observatoires/{page}"
            client.get(address)
            for turn in range(_SAVES * 2):
                version = client.get("/redaction/etat").json()["version"]
                mark = f"Ligne {turn}." if turn < _SAVES else f"{{{{ nothing/at_all_{turn} }}}}"
                started = time.perf_counter()
                file.write_text(f"{written}\n{mark}\n", "utf-8")
                client.get(f"/redaction/etat?version={version}")
                answer = client.get(address)
                seconds = time.perf_counter() - started
                assert (mark if turn < _SAVES else f"at_all_{turn}") in answer.text, "the page has what was saved"
                found[turn >= _SAVES].append(seconds * 1000)
    finally:
        file.write_text(written, "utf-8")
    return found


def _draw(studio: Studio, page: str) -> float:
    site = studio.lay(studio.live.release(PUBLIC))
    started = time.perf_counter()
    render_page(site, Visit("fr", f"/observatoires/{page}"), page)
    return (time.perf_counter() - started) * 1000


@contextmanager
def _served(workplace: Any) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        port = listening.getsockname()[1]
        server = create_writing_server(workplace, port, key=None)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(10)


if __name__ == "__main__":
    main(HERE / "workspaces" / "exemple", HERE / "workspaces" / "artois")
