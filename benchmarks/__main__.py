"""``python -m benchmarks``: every measure at a small size, within some minutes; ``--full`` at the sizes of the aims.

``python -m benchmarks national explorer`` runs only those.
"""

import argparse
import os
import platform
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    authoring,
    contours,
    explorer,
    export,
    features,
    national,
    pages,
    rebuilds,
    secrecy,
    tiles,
    weights,
)
from benchmarks.processes import HERE

NAMES = (
    "national",
    "contours",
    "rebuilds",
    "explorer",
    "pages",
    "weights",
    "authoring",
    "export",
    "features",
    "tiles",
    "secrecy",
)
_PACKAGES = ("beffroi", "duckdb", "pyarrow", "pandas", "geopandas", "shapely", "uvicorn")


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--full", action="store_true", help="the sizes of the aims: an hour, 10 GB of disk")
    asked = parser.parse_args()
    wanted = asked.names or list(NAMES)
    if unknown := set(wanted) - set(NAMES):
        parser.error(f"{', '.join(sorted(unknown))}: there is {', '.join(NAMES)}")
    print(f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}")
    print(", ".join(f"{name} {_version(name)}" for name in _PACKAGES))
    print(f"Load of the machine when it began: {os.getloadavg()[0]:.1f}. All data are made up (données fictives).")
    if "national" in wanted:
        national.main((3_000_000, 20_000_000) if asked.full else (300_000,))
    if "contours" in wanted:
        contours.main(35_000 if asked.full else 5_000)
    if "rebuilds" in wanted:
        artois = HERE / "workspaces" / "artois"
        rebuilds.main(1_000 if asked.full else 200, workspace=artois if _built(artois) else None)
    if "explorer" in wanted:
        explorer.main(cached=8_000 if asked.full else 2_000, uncached=1_200 if asked.full else 300)
    both = [HERE / "workspaces" / name for name in ("exemple", "artois")]
    there = both[: 2 if _built(both[1]) else 1]
    if "pages" in wanted:
        pages.main(*there, cached=4_000 if asked.full else 2_000, uncached=600 if asked.full else 300)
    if "weights" in wanted:
        weights.main(*there, sample=400 if asked.full else 60)
    if "authoring" in wanted:
        authoring.main(*there)
    if "export" in wanted:
        export.main(10 if asked.full else 2)
    if "features" in wanted:
        features.main(1_000_000 if asked.full else 100_000)
    if "tiles" in wanted:
        tiles.main(1_000_000 if asked.full else 100_000)
    if "secrecy" in wanted:
        secrecy.main(full=asked.full)


def _built(workspace: Path) -> bool:
    return (workspace / ".beffroi" / "current").exists()


def _version(name: str) -> str:
    try:
        return version(name)
    except ModuleNotFoundError:
        return "absent"


if __name__ == "__main__":
    main()
