"""Whether a table keeps what its contract promises: each breach with how many rows, and a few of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from beffroi.catalog.catalogs import DeclaredTable
from beffroi.catalog.maps import FRANCE
from beffroi.catalog.tables import SumCheck, list_names
from beffroi.catalog.vocabularies import Column
from beffroi.catalog.workspaces import QPV
from beffroi.errors import Fault, Place, fault
from beffroi.lake.connections import quote_name, quote_text

_SAMPLE = 5

EXTENTS = {
    "EPSG:4326": (-180, -90, 180, 90),
    "EPSG:4258": (-180, -90, 180, 90),
    "EPSG:2154": (-378_305, 6_005_281, 1_320_649, 7_235_612),
    "EPSG:3857": (-20_037_508.4, -20_048_966.2, 20_037_508.4, 20_048_966.2),
    "EPSG:2972": (95_000, 230_000, 480_000, 660_000),
    "EPSG:2975": (310_000, 7_630_000, 390_000, 7_700_000),
    "EPSG:4471": (490_000, 8_550_000, 540_000, 8_610_000),
    "EPSG:5490": (490_000, 1_580_000, 740_000, 2_020_000),
}
"""Where coordinates may lie, by reference system (area of use in the EPSG registry, rounded outwards)."""

_DEGREES = ("EPSG:4326", "EPSG:4258")


@dataclass(frozen=True)
class Expectations:
    """What the contract is compared with, besides the table itself.

    ``known_codes`` has ``level, vintage, code`` for the vintages that are known; ``previous_rows`` is the row count
    of the last good edition, None when there is none or when the change was accepted.
    """

    known_codes: pa.Table | None = None
    previous_rows: int | None = None


def check_contract(
    connection: duckdb.DuckDBPyConnection, table: DeclaredTable, file: Path, expected: Expectations
) -> tuple[int, list[Fault]]:
    """Number of rows of the table written in ``file``, and every breach of its contract.

    The tables that sums are compared with are already views of ``connection``.
    """
    connection.execute(f"CREATE OR REPLACE VIEW checked AS SELECT * FROM read_parquet({quote_text(str(file))})")
    rules = _row_rules(table)
    counts = ", ".join(["count(*)", *(f"count(*) FILTER (WHERE {rule.breach})" for rule in rules)])
    rows, *broken = _one_row(connection, f"SELECT {counts} FROM checked")
    faults = [
        Fault(
            rule.code,
            {**rule.values, "count": count, "sample": _sample(connection, rule.breach, rule.shown)},
            rule.place,
        )
        for rule, count in zip(rules, broken, strict=True)
        if count
    ]
    faults += _check_key(connection, table, rows)
    faults += _check_row_count(table, rows, expected.previous_rows)
    for check in table.contract.checks.sums:
        faults += _check_sum(connection, table, check)
    if table.contract.territory and table.contract.territory.unknown == "refuse" and expected.known_codes is not None:
        faults += _check_codes(connection, table, expected.known_codes)
    return rows, faults


@dataclass(frozen=True)
class _Rule:
    """A condition that no row may meet."""

    code: str
    breach: str
    place: Place
    values: Mapping[str, object]
    shown: Sequence[str]


def _row_rules(table: DeclaredTable) -> list[_Rule]:
    key = table.contract.key
    rules = [
        _Rule("key-missing", " OR ".join(f"{quote_name(column)} IS NULL" for column in key), _place(table, "key"),
              {"key": ", ".join(key)}, list(table.columns)[:4]),
    ]  # fmt: skip
    for name, column in table.columns.items():
        rules += _column_rules(table, name, column)
    return rules


def _column_rules(table: DeclaredTable, name: str, column: Column) -> list[_Rule]:
    place, quoted = _place(table, f"columns.{name}"), quote_name(name)
    shown = list(dict.fromkeys([*table.contract.key, name]))
    rules = []
    if column.required and name not in table.contract.key:
        rules.append(_Rule("value-missing", f"{quoted} IS NULL", place, {"column": name}, shown))
    if column.values is not None:
        accepted = ", ".join(_literal(value) for value in column.values)
        rules.append(_Rule("value-not-accepted", f"{quoted} NOT IN ({accepted})", place, {"column": name}, shown))
    if column.min is not None or column.max is not None:
        bounds = [f"{quoted} < {column.min}"] if column.min is not None else []
        bounds += [f"{quoted} > {column.max}"] if column.max is not None else []
        values = {"column": name, "low": _bound(column.min, "−∞"), "high": _bound(column.max, "+∞")}
        rules.append(_Rule("value-outside-range", " OR ".join(bounds), place, values, shown))
    if column.type == "geometry":
        rules.append(
            _Rule("geometry-invalid", f"NOT ST_IsValid({quoted})", place, {"column": name}, table.contract.key)
        )
        crs = table.contract.crs
        if crs in EXTENTS:
            west, south, east, north = EXTENTS[crs]
            inside = (
                f"ST_XMin({quoted}) >= {west} AND ST_XMax({quoted}) <= {east}"
                f" AND ST_YMin({quoted}) >= {south} AND ST_YMax({quoted}) <= {north}"
            )
            rules.append(
                _Rule(
                    "geometry-outside-crs", f"NOT ({inside})", place, {"column": name, "crs": crs}, table.contract.key
                )
            )
        if crs in _DEGREES:
            ways = [("ST_XMin", "ST_XMax", "ST_YMin", "ST_YMax"), ("ST_YMin", "ST_YMax", "ST_XMin", "ST_XMax")]
            here, swapped = (_in_france(quoted, *way) for way in ways)
            rules.append(
                _Rule("geometry-swapped", f"NOT ({here}) AND ({swapped})", place, {"column": name}, table.contract.key)
            )
    return rules


def _in_france(geometry: str, west: str, east: str, south: str, north: str) -> str:
    """SQL that says whether a geometry in degrees is in France, its sides being those four functions of it."""
    return " OR ".join(
        f"({west}({geometry}) >= {box[0]} AND {south}({geometry}) >= {box[1]}"
        f" AND {east}({geometry}) <= {box[2]} AND {north}({geometry}) <= {box[3]})"
        for box in FRANCE
    )


def _check_key(connection: duckdb.DuckDBPyConnection, table: DeclaredTable, rows: int) -> list[Fault]:
    """Repeated keys. The file is written in the order of the key: where each row's is above the one before, none is
    repeated, and that is seen in one reading that keeps nothing."""
    if _one_row(connection, f"SELECT {_ascents(table.contract.key)}") == (max(rows - 1, 0),):
        return []
    key = ", ".join(quote_name(column) for column in table.contract.key)
    repeated = f"SELECT {key}, count(*) AS times FROM checked GROUP BY ALL HAVING count(*) > 1"
    (count,) = _one_row(connection, f"SELECT count(*) FROM ({repeated})")
    if not count:
        return []
    sample = _words(connection.execute(f"SELECT * FROM ({repeated}) ORDER BY ALL LIMIT {_SAMPLE}").fetchall())
    return [fault("key-repeated", _place(table, "key"), key=", ".join(table.contract.key), count=count, sample=sample)]


def _ascents(key: Sequence[str]) -> str:
    """How many rows of the table have a key above that of the row before, as SQL."""
    above = "FALSE"
    for rank in reversed(range(len(key))):
        above = f"k{rank} > p{rank} OR (k{rank} = p{rank} AND ({above}))"
    pairs = ", ".join(
        f"{quote_name(name)} AS k{rank}, lag({quote_name(name)}) OVER () AS p{rank}" for rank, name in enumerate(key)
    )
    return f"count(*) FILTER (WHERE {above}) FROM (SELECT {pairs} FROM checked)"


def _check_row_count(table: DeclaredTable, rows: int, previous: int | None) -> list[Fault]:
    declared, place = table.contract.checks.rows, _place(table, "checks.rows")
    if rows == 0:
        return [fault("table-empty", _place(table, ""))]
    if declared is None:
        return []
    faults = []
    if (declared.min is not None and rows < declared.min) or (declared.max is not None and rows > declared.max):
        low, high = _bound(declared.min, "0"), _bound(declared.max, "∞")
        faults.append(fault("rows-outside-range", place, rows=rows, low=low, high=high))
    if declared.change is not None and previous and abs(rows - previous) > declared.change * previous:
        share = f"{100 * declared.change:g}"
        faults.append(fault("rows-changed", place, rows=rows, before=previous, share=share, name=table.id))
    return faults


def _check_sum(connection: duckdb.DuckDBPyConnection, table: DeclaredTable, check: SumCheck) -> list[Fault]:
    by, against_by = list_names(check.by), list_names(check.against_by)
    ours = ", ".join(f"{quote_name(name)}::VARCHAR AS k{index}" for index, name in enumerate(by))
    theirs = ", ".join(f"{quote_name(name)}::VARCHAR AS k{index}" for index, name in enumerate(against_by))
    keys = ", ".join(f"k{index}" for index in range(len(by)))
    excepted = ", ".join(quote_text(value) for value in check.except_) or "NULL"
    compared = f"""
        WITH ours AS (SELECT {ours}, sum({quote_name(check.column)}) AS total FROM checked GROUP BY ALL),
             theirs AS (SELECT {theirs}, sum({quote_name(check.against_column)}) AS total
                        FROM {quote_name(check.against)} GROUP BY ALL)
        SELECT {keys}, ours.total AS here, theirs.total AS there FROM ours JOIN theirs USING ({keys})
        WHERE abs(ours.total - theirs.total) > {check.tolerance}
          AND coalesce(concat_ws(':', {keys}) NOT IN ({excepted}), true)
    """
    (count,) = _one_row(connection, f"SELECT count(*) FROM ({compared})")
    if not count:
        return []
    sample = _words(connection.execute(f"SELECT * FROM ({compared}) ORDER BY ALL LIMIT {_SAMPLE}").fetchall())
    return [
        fault("sums-differ", _place(table, "checks.sums"), column=check.column,
              against=f"{check.against}.{check.against_column}", by=", ".join(by), count=count, sample=sample)
    ]  # fmt: skip


def _check_codes(connection: duckdb.DuckDBPyConnection, table: DeclaredTable, known: pa.Table) -> list[Fault]:
    territory = table.contract.territory
    if territory is None:
        return []
    column = quote_name(territory.column)
    level = quote_name(territory.level_column) if territory.level_column else quote_text(territory.level or "commune")
    by_row = territory.vintage_column
    vintage = f"{quote_name(by_row)}::INTEGER" if by_row else str(territory.vintage or "NULL")
    # A QPV is the same whatever the vintage: its level says which list it is of.
    quarters = ", ".join(quote_text(level) for level in QPV)
    connection.register("known_codes", known)
    unknown = f"""
        WITH asked AS (
          SELECT {column} AS code, {level} AS level, {vintage} AS vintage, count(*) AS rows FROM checked GROUP BY ALL)
        SELECT code, vintage, rows FROM asked
        WHERE (level IN ({quarters}) AND level IN (SELECT level FROM known_codes)
            OR level NOT IN ({quarters}) AND vintage IN (SELECT vintage FROM known_codes))
          AND (code IS NULL OR NOT EXISTS (
            SELECT 1 FROM known_codes AS k WHERE k.code = asked.code AND k.level = asked.level
              AND (k.vintage = asked.vintage OR k.level IN ({quarters}))))
    """
    (count,) = _one_row(connection, f"SELECT coalesce(sum(rows), 0)::BIGINT FROM ({unknown})")
    if not count:
        return []
    sample = _words(
        connection.execute(f"SELECT * FROM ({unknown}) ORDER BY rows DESC, code LIMIT {_SAMPLE}").fetchall()
    )
    return [fault("codes-unknown", _place(table, "territory"), column=territory.column, count=count, sample=sample)]


def _sample(connection: duckdb.DuckDBPyConnection, breach: str, shown: Sequence[str]) -> str:
    columns = ", ".join(quote_name(name) for name in shown)
    return _words(
        connection.execute(f"SELECT {columns} FROM checked WHERE {breach} ORDER BY ALL LIMIT {_SAMPLE}").fetchall()
    )


def _words(rows: Sequence[Sequence[object]]) -> str:
    return " ; ".join(", ".join("–" if value is None else str(value) for value in row) for row in rows)


def _one_row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None  # an aggregate without GROUP BY always gives a row
    return tuple(int(value) for value in row)


def _place(table: DeclaredTable, key: str) -> Place:
    """Where the contract that is broken is written: beside the SELECT, under ``table``."""
    declaration = "source.yaml" if table.source else "table.yaml"
    return Place(table.sql_file.removesuffix("table.sql") + declaration, None, f"table.{key}" if key else "table")


def _bound(value: float | None, unbounded: str) -> str:
    return unbounded if value is None else f"{value:g}"


def _literal(value: str | int | bool) -> str:
    return quote_text(value) if isinstance(value, str) else str(value)
