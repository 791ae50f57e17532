"""Contours of communes to contours of every level, beside GeoPandas and beside bare DuckDB with its spatial extension.

Peers unite, simplify for drawing and measure; Beffroi also verifies each polygon, mends overlaps, looks for gaps and
measures on the ellipsoid.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import must, run_beffroi, run_python
from benchmarks.reports import Line, print_runs, print_title

AIMS = {
    "bare DuckDB spatial": "time at most 1.5",
    "GeoPandas, dissolve": "time at most 0.2",
    "GeoPandas, coverage": "time at most 0.2",
}


def main(communes: int = 5_000, memory: str = "2GB") -> None:
    """Measure with so many communes."""
    with TemporaryDirectory(prefix="beffroi-bench-") as name:
        folder = Path(name)
        workspace = folder / "workspace"
        must(run_python("benchmarks.workspaces", "contoured", workspace, communes))
        print_title(f"Contours of {communes:,} communes to every level")
        lines = [Line("Beffroi", run_beffroi("build", workspace, environment={"BEFFROI_MEMORY": memory}))]
        peers: dict[str, tuple[object, ...]] = {
            "bare DuckDB spatial": ("with_duckdb_spatial", memory, 2),
            "GeoPandas, dissolve": ("with_geopandas", "unary"),
            "GeoPandas, coverage": ("with_geopandas", "coverage"),
        }
        for peer, (module, *arguments) in peers.items():
            output = folder / str(module) / str(arguments[0])
            output.mkdir(parents=True)
            lines.append(Line(peer, run_python(f"benchmarks.peers.{module}", workspace, output, *arguments)))
        print_runs(lines, "Beffroi", aims=AIMS)
