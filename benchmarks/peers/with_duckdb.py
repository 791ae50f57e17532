"""National sales to five indicators at every level, with bare DuckDB queries: no contract, no lineage, no editions.

``python -m benchmarks.peers.with_duckdb WORKSPACE OUTPUT KEPT MEMORY THREADS``. KEPT says what becomes of the table:
``kept``, a typed Parquet file in the order of arrival; ``ordered``, the same in the order of its key, which is
verified to be unique.
"""

import sys
from pathlib import Path

import duckdb

LEVELS = ("commune", "epci", "arrondissement", "departement", "region", "pays")
BUILT = "kind IN ('house', 'flat')"
SUMS = {
    "transactions": ("count(*) AS a", "sum(a)"),
    "value": ("sum(price_eur) AS a", "sum(a)"),
    "price_per_m2": (
        f"sum(price_eur) FILTER ({BUILT}) AS a, sum(built_area_m2) FILTER ({BUILT}) AS b",
        "sum(a) / sum(b)",
    ),
    "share_of_houses": ("count(*) FILTER (kind = 'house') AS a, count(*) AS b", "100 * sum(a) / sum(b)"),
}
"""By indicator, what is added up by commune, then what is made of it at each level."""


def main(workspace: str, output: str, kept: str, memory: str, threads: str) -> None:
    """Read the CSV into a Parquet file, measure from it, write one Parquet file an indicator."""
    sources, folder = Path(workspace) / "sources/fictif", Path(output)
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{memory}'; SET threads = {threads}; SET enable_progress_bar = false")
    connection.execute(f"SET temp_directory = '{folder / 'spilled'}'; SET preserve_insertion_order = false")
    keep_table(connection, sources / "transactions/transactions.csv", folder / "table.parquet", kept == "ordered")
    columns = {level: level for level in LEVELS} | {"commune": "code", "pays": "'FR'"}
    above = " UNION ALL ".join(
        f"SELECT code AS commune, '{level}' AS level, {column} AS territory FROM places"
        for level, column in columns.items()
    )
    connection.execute(
        f"CREATE VIEW places AS FROM read_csv('{sources / 'communes/communes.csv'}', all_varchar = true);"
        f"CREATE TABLE held AS {above}"
    )
    for name, (by_commune, measure) in SUMS.items():
        added = f"(SELECT commune, year, {by_commune} FROM sales GROUP BY ALL)"
        write(connection, folder / f"{name}.parquet", measure, added)
    write(connection, folder / "median_price.parquet", "median(price_eur)", f"(FROM sales WHERE {BUILT})")


def keep_table(connection: duckdb.DuckDBPyConnection, file: Path, table: Path, ordered: bool) -> None:
    """The sales as a typed Parquet file, and the view ``sales`` on it."""
    types = "{'date': 'DATE', 'price_eur': 'BIGINT', 'built_area_m2': 'BIGINT', 'rooms': 'BIGINT'}"
    order = "ORDER BY id" if ordered else ""
    connection.execute(
        f"COPY (SELECT *, year(date) AS year FROM read_csv('{file}', types = {types}) {order}) "
        f"TO '{table}' (FORMAT parquet, COMPRESSION zstd)"
    )
    connection.execute(f"CREATE VIEW sales AS FROM '{table}'")
    if ordered:
        repeated = connection.execute("SELECT count(*) - count(DISTINCT id) FROM sales").fetchone()
        assert repeated == (0,), repeated


def write(connection: duckdb.DuckDBPyConnection, file: Path, measure: str, rows: str) -> None:
    """One measure at every level."""
    connection.execute(f"""
        COPY (
            SELECT level, territory, year AS period, {measure} AS value FROM {rows} JOIN held USING (commune)
            GROUP BY ALL ORDER BY ALL
        ) TO '{file}' (FORMAT parquet)
    """)


if __name__ == "__main__":
    main(*sys.argv[1:])
