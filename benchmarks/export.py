"""The public edition written as files: ten observatories for every territory, two charts of its own on each page.

The peer is the drawing of the same distinct charts and nothing else: no words, no table, no page, no file.
"""

import os
import re
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import Run, must, run_beffroi, run_python
from benchmarks.reports import print_table, print_title

WHOLE_AIM, CHANGED_AIM, RATIO_AIM = "60", "2", "1.2"


def main(observatories: int = 10) -> None:
    """Export from nothing, again, after one text has changed; then draw the charts alone."""
    with TemporaryDirectory(prefix="beffroi-bench-") as name:
        folder = Path(name)
        workspace, files = folder / "workspace", folder / "files"
        must(run_python("benchmarks.workspaces", "exported", workspace, observatories))
        must(run_beffroi("build", workspace))
        print_title(f"{observatories} observatories written as files, 322 communes, two charts a page, a load of "
                    f"{os.getloadavg()[0]:.1f}")  # fmt: skip
        rows = [_row("from nothing", _export(workspace, files), WHOLE_AIM)]
        rows.append(_row("nothing has changed", _export(workspace, files), ""))
        page = workspace / "observatories/sujet_0/index.md"
        page.write_text(page.read_text("utf-8").replace("Depuis dix ans", "Depuis dix années"), "utf-8")
        must(run_beffroi("build", workspace))
        rows.append(_row("one text has changed: the pages of 330 territories", _export(workspace, files), ""))
        about = workspace / "observatories/sujet_1/observatory.yaml"
        about.write_text(about.read_text("utf-8").replace("- index", "- index\n- methode"), "utf-8")
        method = about.with_name("methode.md")
        method.write_text("---\ntitle: Méthode\n---\nTout est fictif.\n", "utf-8")
        must(run_beffroi("build", workspace))
        _export(workspace, files)
        method.write_text("---\ntitle: Méthode\n---\nTout est fictif, toujours.\n", "utf-8")
        must(run_beffroi("build", workspace))
        rows.append(_row("one page has changed", _export(workspace, files), CHANGED_AIM))
        alone = must(run_python("benchmarks.export", "charts", workspace))
        seconds, charts = alone.output.split()
        rows.append(["drawing the distinct charts alone, one process", f"{float(seconds):.1f}", "", "", "", "", charts])
        heads = ("", "s", "aim s", "processor s", "peak MB", "pages drawn", "distinct charts")
        print_table(heads, rows)


def _export(workspace: Path, files: Path) -> Run:
    return must(run_beffroi("export", files, "--workspace", workspace))


def _row(name: str, run: Run, aim: str) -> list[str]:
    said = re.sub(r"(?<=\d)\s(?=\d)", "", run.messages.replace("\u202f", " "))
    drawn = re.search(r"(\d+) pages dessinées", said)
    charts = re.search(r"(\d+) graphiques", said)
    numbers = [found[1] if found else "?" for found in (drawn, charts)]
    return [name, f"{run.seconds:.1f}", aim, f"{run.processor_seconds:.1f}", f"{run.peak / 1e6:.0f}", *numbers]


def draw_charts(workspace: Path) -> None:
    """Seconds that it takes to draw each distinct chart of the pages once, and how many there are."""
    from beffroi.access import PUBLIC
    from beffroi.observe import Atlas
    from beffroi.observe.pages import FigureView, observe_page, places_of
    from beffroi.publish.drawings.blocks import draw_block
    from beffroi.run import open_workplace
    from beffroi.settings import read_settings

    atlas = Atlas(open_workplace(workspace, read_settings()).lake.release(PUBLIC), values=4_000_000)
    spent, drawings = 0.0, set()
    for page in atlas.catalogue["pages"]:
        for place in places_of(atlas, page, "fr"):
            for part in observe_page(atlas, page, "fr", place.key).parts:
                if isinstance(part, FigureView) and part.figure is not None and part.kind == "line":
                    began = time.perf_counter()
                    drawn = draw_block(part.figure)
                    spent += time.perf_counter() - began
                    drawings.add(str(drawn))
    print(spent, len(drawings))


if __name__ == "__main__":
    draw_charts(Path(sys.argv[2]))
