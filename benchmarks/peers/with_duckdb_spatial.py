"""Contours of communes to contours of every level, with bare DuckDB and its spatial extension.

``python -m benchmarks.peers.with_duckdb_spatial WORKSPACE OUTPUT MEMORY THREADS``.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import duckdb

LEVELS = ("commune", "epci", "arrondissement", "departement", "region", "pays")


def main(workspace: str, output: str, memory: str, threads: str) -> None:
    """Read, unite level by level, simplify for drawing, measure areas, write one GeoParquet file a level."""
    sources = Path(workspace) / "sources/fictif"
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{memory}'; SET threads = {threads}; SET enable_progress_bar = false")
    load_spatial(connection)
    connection.execute(f"""
        CREATE TABLE communes AS
        SELECT c.*, c.code AS commune, 'FR' AS pays, s.geom AS contour
        FROM read_csv('{sources / "communes/communes.csv"}', all_varchar = true) c
        JOIN ST_Read('{sources / "contours/contours.geojson"}') s USING (code)
    """)
    for level in LEVELS:
        united = "contour" if level == "commune" else "ST_CoverageUnion_Agg(contour)"
        group = "" if level == "commune" else f"GROUP BY {level}"
        connection.execute(f"""
            COPY (
                SELECT {level} AS code, {united} AS geometry,
                    ST_Simplify(ST_Transform({united}, 'EPSG:4326', 'EPSG:2154', always_xy := true), 50) AS drawn,
                    ST_Area_Spheroid(ST_FlipCoordinates({united})) AS area_m2
                FROM communes {group} ORDER BY code
            ) TO '{Path(output) / f"{level}.parquet"}' (FORMAT parquet)
        """)


def load_spatial(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the extension that is installed as a package."""
    spec = find_spec("duckdb_extension_spatial")
    folder = Path(next(iter(spec.submodule_search_locations or []))) if spec else Path()
    file = next(folder.glob(f"extensions/v{duckdb.__version__}/spatial.duckdb_extension"))
    connection.execute(f"LOAD '{file}'")


if __name__ == "__main__":
    main(*sys.argv[1:])
