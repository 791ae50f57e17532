"""Writes an invented territory in a folder, and says how many rows, pixels and seconds."""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from .images import draw_images
from .territories import invent_territory

CONTOURS = Path(__file__).parents[2] / "workspaces/exemple/sources/official/contours/data/contours.geojson"
SOURCES = {
    "parcelles": "land/parcels", "voirie": "land/public_ways", "rues": "land/streets", "batiments": "land/buildings",
    "zonage": "land/zoning", "ventes": "land/sales", "sites": "activity/sites", "friches": "activity/brownfields",
    "locaux": "activity/premises", "lignes": "transport/lines", "arrets": "transport/stops",
    "occupation": "land/cover", "chaleur": "land/surface_heat",
}  # fmt: skip
"""Where each file goes in a workspace."""


def main() -> None:
    """Read what is asked for, write, tell."""
    parser = argparse.ArgumentParser(prog="python -m scripts.invent_territory", description=__doc__)
    parser.add_argument("folder", type=Path, help="where files are written")
    parser.add_argument("--workspace", action="store_true", help="the folder is a workspace: each file to its source")
    parser.add_argument("--parcels", type=int, default=900, help="how many parcels, up to some 1,500,000")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another territory")
    parser.add_argument("--communes", type=lambda text: text.split(","), help="codes, all of the contours when absent")
    parser.add_argument("--format", choices=["text", "parquet"], default="text", help="GeoJSON and CSV, or GeoParquet")
    parser.add_argument("--contours", type=Path, default=CONTOURS, help="GeoJSON of communes, with code and nom")
    asked = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if asked.workspace else asked.folder
        written = invent_territory(
            folder,
            asked.contours,
            parcels=asked.parcels,
            seed=asked.seed,
            communes=asked.communes,
            form=asked.format,
        )
        pixels = draw_images(folder, asked.contours, seed=asked.seed)
        for file in sorted(Path(scratch).iterdir()):
            data = asked.folder / "sources" / SOURCES[file.stem] / "data"
            data.mkdir(parents=True, exist_ok=True)
            shutil.move(file, data / file.name)
    for name, rows in {**written.rows, **pixels}.items():
        print(f"{name:<12}{rows:>10}")
    print(f"{time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
