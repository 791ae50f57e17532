"""Pages of observatories under fifty connections that ask without rest, and a page whose text changed made anew.

Served: the same closed loop as the explorer's, over copies of ``exemple`` and, when it was built, ``artois``; the pages
are drawn from a fixed seed. Made anew: the time of a build after one sentence was added to one page.
"""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.explorer import CACHED_AIM, HEADS, UNCACHED_AIM, tell
from benchmarks.processes import beffroi_command, must, run_beffroi, run_python
from benchmarks.rebuilds import HEADS as REBUILT
from benchmarks.rebuilds import measure_rebuild, tell_rebuild
from benchmarks.reports import print_table, print_title
from benchmarks.servers import ask, serve
from benchmarks.sites import ServedSite

AIM = "2"
"""Seconds from a page's text to the edition that shows it."""


def main(*workspaces: Path, connections: int = 50, cached: int = 2_000, uncached: int = 300) -> None:
    """Measure on a copy of each workspace: ``uncached`` pages that nobody asked for, ``cached`` requests for some."""
    served, rebuilt = [], []
    for workspace in workspaces:
        with TemporaryDirectory(prefix="beffroi-bench-") as name:
            folder = Path(name)
            copy = folder / "workspace"
            must(run_python("benchmarks.copies", workspace, copy))
            run_beffroi("build", copy, "--offline")  # a source that nobody has is part of the example
            with serve([beffroi_command(), "serve", str(copy), "--port", "0"]) as server:
                pages = ServedSite(server.address).held_pages(uncached)
                first = ask(folder, server, connections, pages)
                served.append(tell(f"{workspace.name}, {len(pages)} pages never asked", first, UNCACHED_AIM))
                again = (pages[:20] * (cached // 20 + 1))[:cached]
                ask(folder, server, connections, pages[:20] * 5)
                found = ask(folder, server, connections, again)
                served.append(tell("same, already asked", found, CACHED_AIM))
            page = _longest(copy)
            said = f"{workspace.name}, {page.parent.name}/{page.stem}"
            rebuilt.append(tell_rebuild(f"{said}: nothing changed", measure_rebuild(copy)))
            rebuilt.append(tell_rebuild("same: one sentence added", measure_rebuild(copy, partial(_add, page)), AIM))
    print_title(f"Pages of observatories, {connections} connections, one worker")
    print_table(HEADS, served)
    print_title("A page whose text changed")
    print_table(REBUILT, rebuilt)


def _longest(workspace: Path) -> Path:
    """The page with the most blocks, which has the most to look at again."""
    pages = [file for file in (workspace / "observatories").glob("*/*.md") if not file.stem.startswith("_")]
    return max(sorted(pages), key=lambda file: file.read_text("utf-8").count("```"))


def _add(page: Path) -> None:
    """Add a sentence at the end."""
    page.write_text(page.read_text("utf-8") + "\nUne phrase de plus.\n", "utf-8")
