"""What a first view weighs: the page, its styles, its script and its typeface, compressed as they are sent.

Nothing is in the reader's cache. For each template, as many pages as there are of it, or some drawn from a fixed seed;
the heaviest is named. ``python -m benchmarks weights`` looks at copies of ``exemple`` and, when built, of ``artois``.
"""

import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.processes import beffroi_command, must, run_beffroi, run_python
from benchmarks.reports import print_table, print_title
from benchmarks.servers import serve
from benchmarks.sites import SEED, ServedSite

AIM = 150
"""Kilobytes (1,000 bytes) of a first view."""

_ASSETS = re.compile(r'(?:href|src)="(/(?:assets/|tokens-)[^"]+)"')
_LEVELS = ("commune", "epci", "grouping", "departement", "iris")
_VIEWS = ("map", "ranking", "evolution", "distribution", "table")


def main(*workspaces: Path, sample: int = 120) -> None:
    """Weigh ``sample`` pages at most of each template of each workspace."""
    for workspace in workspaces:
        with TemporaryDirectory(prefix="beffroi-bench-") as name:
            copy = Path(name) / "workspace"
            must(run_python("benchmarks.copies", workspace, copy))
            if not (copy / ".beffroi/current").exists():
                run_beffroi("build", copy, "--offline")  # a source that nobody has is part of the example
            print_title(f"First views of {workspace.name}, compressed")
            with serve([beffroi_command(), "serve", str(copy), "--port", "0"]) as server:
                _weigh(ServedSite(server.address), sample)


def _weigh(site: ServedSite, sample: int) -> None:
    assets = {path: site.fetch(path)[0] for path in dict.fromkeys(_ASSETS.findall(site.fetch("/")[1]))}
    shared = sum(assets.values())
    rows = []
    for template, paths in _templates(site, sample).items():
        weights = sorted((site.fetch(path)[0] + shared, path) for path in paths)
        beyond = sum(weight > 1_000 * AIM for weight, _ in weights)
        heaviest, path = weights[-1]
        middle = f"{median(weight for weight, _ in weights) / 1_000:.0f}"
        rows.append([template, str(len(paths)), middle, f"{heaviest / 1_000:.0f}", str(AIM), str(beyond or ""), path])
    print(f"Of which {shared / 1_000:.0f} kB are the same for every page: {_tell(assets)}.\n")
    print_table(("template", "pages", "middle kB", "heaviest kB", "aim kB", "beyond", "the heaviest"), rows)


def _tell(assets: Mapping[str, int]) -> str:
    kinds = {"woff2": "typeface", "css": "styles", "js": "script"}
    weights: dict[str, int] = {}
    for path, weight in assets.items():
        kind = kinds.get(path.rpartition(".")[2], "other")
        weights[kind] = weights.get(kind, 0) + weight
    return ", ".join(f"{kind} {weight / 1_000:.0f}" for kind, weight in weights.items())


def _templates(site: ServedSite, sample: int) -> dict[str, Sequence[str]]:
    """Paths by template, those that exist."""
    indicators = re.findall(r'href="/indicateurs/([^"]+)"', site.fetch("/catalogue")[1])
    views = [f"/explorer?indicator={name}&view={view}" for name in dict.fromkeys(indicators) for view in _VIEWS]
    held = site.held_pages(sample)
    found: dict[str, Sequence[str]] = {
        "home": ["/"],
        "observatories": ["/observatoires"],
        "page of an observatory, as it opens": site.pages,
        "page of an observatory, in hand": held,
        "a figure alone": _figures(site, held[:6]),
        **{f"portrait, {level}": _some([f"/territoires/{p}" for p in site.places(level)], sample) for level in _LEVELS},
        "territories": ["/territoires"],
        "explorer": _some(views, sample),
        "catalogue": ["/catalogue"],
        "indicator": _some([f"/indicateurs/{name}" for name in dict.fromkeys(indicators)], sample),
        "search": ["/recherche?q=a"],
        "accessibility": ["/accessibilite"],
    }
    return {template: paths for template, paths in found.items() if paths}


def _some(paths: Sequence[str], count: int) -> Sequence[str]:
    return random.Random(SEED).sample(list(paths), min(count, len(paths)))


def _figures(site: ServedSite, pages: Sequence[str]) -> list[str]:
    links = (re.findall(r'href="([^"]+/figures/[^".]+)\.csv"', site.fetch(page)[1]) for page in pages)
    return list(dict.fromkeys(link for found in links for link in found))
