"""Contours of communes to contours of every level, with GeoPandas.

``python -m benchmarks.peers.with_geopandas WORKSPACE OUTPUT METHOD``. METHOD is that of ``dissolve``: ``unary``, its
default, or ``coverage``, faster where borders are known to match.
"""

import sys
from pathlib import Path

import geopandas
import pandas as pd

LEVELS = ("epci", "arrondissement", "departement", "region", "pays")


def main(workspace: str, output: str, method: str) -> None:
    """Read, dissolve level by level, simplify for drawing, measure areas, write one GeoParquet file a level."""
    sources = Path(workspace) / "sources/fictif"
    places = pd.read_csv(sources / "communes/communes.csv", dtype="str").assign(pays="FR")
    communes = geopandas.read_file(sources / "contours/contours.geojson").merge(places, on="code")
    communes["commune"] = communes["code"]
    for level in ("commune", *LEVELS):
        united = communes.dissolve(by=level, method=method) if level != "commune" else communes.set_index("commune")
        metres = united.to_crs(2154)
        simple = metres.simplify_coverage(50) if level == "commune" else metres.simplify(50)
        drawn = geopandas.GeoDataFrame({"area_m2": metres.area}, geometry=simple)
        united[["geometry"]].to_parquet(Path(output) / f"{level}.parquet")
        drawn.to_parquet(Path(output) / f"{level}_drawn.parquet")


if __name__ == "__main__":
    main(*sys.argv[1:])
