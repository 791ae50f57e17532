"""Quantiles over single records, level by level.

A record of a commune that has since been split could be in any of its parts: it is taken in at the levels where all
parts are in one territory, and at the others no quantile is given for what it may belong to.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.indicators import Quantile
from beffroi.catalog.workspaces import Level
from beffroi.collect.relations import quote_name, quote_text
from beffroi.lake.series import UNLOCATED
from beffroi.measure.addends import Addend
from beffroi.measure.geographies import iris_periods, shown_territories
from beffroi.measure.records import locate_codes
from beffroi.measure.scans import Coverage, Instruments, Scan, cover_scan, listed_then, place_columns, scan_table


def measure_quantile(
    instruments: Instruments, indicator: Quantile, addend: Addend, levels: Sequence[Level]
) -> tuple[pa.Table, Coverage]:
    """``level, territory, period, value, observations, status, is_empty`` and ``units<k>``; not protected.

    Records without a value are left out; ``observations`` is how many are left. Where none is, or where a split
    makes it unsure which are, status is ``M``: there is no such quantile.
    """
    column = quote_name(indicator.column)
    is_floating = addend.table.columns[indicator.column].type == "number"
    conditions = [addend.condition(), f"isfinite({column})" if is_floating else f"{column} IS NOT NULL"]
    kept = " AND ".join(condition for condition in conditions if condition)
    scan = scan_table(instruments, addend.table, {}, kept)
    levels = scan.levels_among(levels) or levels
    places = _numbered(instruments, locate_codes(instruments, scan, levels), scan)
    shown = shown_territories(instruments.geography, levels)
    found = []
    with instruments.query.hold("_records", _records_sql(scan, indicator, addend, kept), {"_places": places}):
        for level in levels:
            # One level at a time: a quantile keeps every value in memory, and all levels together would not fit.
            here = {"_places": places.filter(pc.equal(places["level"], level))}
            here |= {"_shown": shown.filter(pc.equal(shown["level"], level))}
            here |= {"_periods": scan.periods, "_given": scan.given, "_codes": scan.codes}
            found.append(instruments.query(_level_sql(instruments, indicator, addend, level), here))
    return pa.concat_tables(found), cover_scan(instruments, scan, secret=bool(addend.rules))


def _numbered(instruments: Instruments, places: pa.Table, scan: Scan) -> pa.Table:
    """``places`` with a number for each code (``place``) and each territory (``area``): numbers are grouped faster."""
    code = "vintage, code" if scan.made_of_communes else "level, vintage, code"
    return instruments.query(
        f"""
        SELECT *, CAST(dense_rank() OVER (ORDER BY {code}) AS INTEGER) AS place,
            CAST(dense_rank() OVER (ORDER BY level, territory) AS INTEGER) AS area
        FROM _located
        """,
        {"_located": places},
    )


def _records_sql(scan: Scan, indicator: Quantile, addend: Addend, kept: str) -> str:
    """Statement of the records that are kept: ``place, period, value`` and what is counted."""
    keys = "".join(f", {sql} AS _{name}" for name, sql in place_columns(addend.table).items())
    counted = {column for column in _counts(addend).values() if column}
    columns = "".join(f", r.{quote_name(column)}" for column in sorted(counted))
    code, its_level = (
        ("vintage, code", "") if scan.made_of_communes else ("level, vintage, code", "AND p.level = r._level")
    )
    return f"""
        SELECT p.place, r._period AS _period, CAST(r.{quote_name(indicator.column)} AS DOUBLE) AS _value{columns}
        FROM (SELECT *{keys} FROM {quote_name(addend.table.id)} WHERE {kept}) r
        JOIN (SELECT DISTINCT {code}, place FROM _places WHERE sure) p
            ON p.vintage IS NOT DISTINCT FROM r._vintage AND p.code IS NOT DISTINCT FROM r._code {its_level}
    """


def _counts(addend: Addend) -> dict[str, str | None]:
    """What is counted of the records of a quantile, with the column that counts it; rows where there is none."""
    return {"observations": addend.observations} | {f"units{rank}": rule.units for rank, rule in addend.unit_rules()}


def _level_sql(instruments: Instruments, indicator: Quantile, addend: Addend, level: Level) -> str:
    """Statement of the quantiles of one level."""
    counts = _counts(addend)
    sums = "".join(
        f", CAST(coalesce(sum(r.{quote_name(column)}), 0) AS BIGINT) AS {name}" if column else f", count(*) AS {name}"
        for name, column in counts.items()
    )
    zeros = "".join(f", coalesce(m.{name}, 0) AS {name}" for name in counts if name != "observations")
    kept = listed_then(quote_text(level), "p.period")
    if level == "iris":
        kept = f"p.period IN ({iris_periods(instruments.geography)})"
    return f"""
        WITH grouped AS (
            SELECT t.area, r._period, quantile_cont(r._value, {indicator.quantile!r}) AS value{sums}
            FROM _records r JOIN (SELECT place, area FROM _places WHERE sure) t ON t.place = r.place
            GROUP BY t.area, r._period
        ),
        areas AS (SELECT DISTINCT area, territory FROM _places WHERE sure),
        measured AS (
            SELECT a.territory, CAST(g._period AS VARCHAR) AS period, g.* EXCLUDE (area, _period)
            FROM grouped g JOIN areas a ON a.area = g.area
        ),
        unsure AS (
            SELECT DISTINCT t.territory, s.period FROM _places t
            JOIN _codes s ON s.vintage IS NOT DISTINCT FROM t.vintage AND s.code IS NOT DISTINCT FROM t.code
            WHERE NOT t.sure
        ),
        places AS (
            SELECT territory FROM _shown
            UNION SELECT territory FROM areas WHERE territory = '{UNLOCATED}' OR '{level}' = 'iris'
        )
        SELECT '{level}' AS level, g.territory, p.period, CASE WHEN u.territory IS NULL THEN m.value END AS value,
            CASE WHEN u.territory IS NULL THEN coalesce(m.observations, 0) END AS observations,
            CASE WHEN u.territory IS NOT NULL OR m.value IS NULL THEN 'M' ELSE 'A' END AS status,
            m.value IS NULL AS is_empty{zeros}
        FROM places g CROSS JOIN _periods p
        LEFT JOIN measured m ON m.territory = g.territory AND m.period = p.period
        LEFT JOIN unsure u ON u.territory = g.territory AND u.period = p.period
        WHERE {kept}
    """
