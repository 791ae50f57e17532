"""Quantiles over single records, level by level.

A record of a commune that has since been split could be in any of its parts: it is taken in at the levels where all
parts are in one territory, and at the others no quantile is given for what it may belong to.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.indicators import Quantile
from beffroi.catalog.workspaces import Level
from beffroi.lake.series import UNLOCATED
from beffroi.measure.addends import Addend
from beffroi.measure.conditions import quote_name, quote_text
from beffroi.measure.geographies import iris_periods, shown_territories
from beffroi.measure.records import locate_codes
from beffroi.measure.scans import Coverage, Instruments, Scan, cover_scan, place_columns, scan_table


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
    frames = {
        "_places": locate_codes(instruments, scan, levels),
        "_shown": shown_territories(instruments.geography, levels),
    }
    found = []
    for level in levels:
        # One level at a time: a quantile keeps every value in memory, and all levels together would not fit.
        here = {name: table.filter(pc.equal(table["level"], level)) for name, table in frames.items()}
        here |= {"_periods": scan.periods, "_codes": scan.codes}
        found.append(instruments.query(_level_sql(instruments, scan, indicator, addend, kept, level), here))
    return pa.concat_tables(found), cover_scan(instruments, scan, secret=bool(addend.rules))


def _level_sql(
    instruments: Instruments, scan: Scan, indicator: Quantile, addend: Addend, kept: str, level: Level
) -> str:
    """Statement of the quantiles of one level."""
    counts = {"observations": addend.observations} | {f"units{rank}": rule.units for rank, rule in addend.unit_rules()}
    sums = "".join(
        f", CAST(coalesce(sum(r.{quote_name(column)}), 0) AS BIGINT) AS {name}" if column else f", count(*) AS {name}"
        for name, column in counts.items()
    )
    zeros = "".join(f", coalesce(m.{name}, 0) AS {name}" for name in counts if name != "observations")
    keys = "".join(f", {sql} AS _{name}" for name, sql in place_columns(addend.table).items())
    its_level = "" if scan.made_of_communes else f"AND r._level = {quote_text(level)}"
    at_vintage = f"WHERE p.period IN ({iris_periods(instruments.geography)})" if level == "iris" else ""
    return f"""
        WITH sure AS (SELECT vintage, code, territory FROM _places WHERE sure),
        grouped AS (
            SELECT t.territory, r._period,
                quantile_cont(CAST(r.{quote_name(indicator.column)} AS DOUBLE), {indicator.quantile!r}) AS value{sums}
            FROM (SELECT *{keys} FROM {quote_name(addend.table.id)} WHERE {kept}) r
            JOIN sure t ON t.vintage IS NOT DISTINCT FROM r._vintage AND t.code IS NOT DISTINCT FROM r._code {its_level}
            GROUP BY t.territory, r._period
        ),
        measured AS (SELECT * EXCLUDE (_period), CAST(_period AS VARCHAR) AS period FROM grouped),
        unsure AS (
            SELECT DISTINCT t.territory, s.period FROM _places t
            JOIN _codes s ON s.vintage IS NOT DISTINCT FROM t.vintage AND s.code IS NOT DISTINCT FROM t.code
            WHERE NOT t.sure
        ),
        places AS (
            SELECT territory FROM _shown
            UNION SELECT territory FROM sure WHERE territory = '{UNLOCATED}' OR '{level}' = 'iris'
        )
        SELECT '{level}' AS level, g.territory, p.period, CASE WHEN u.territory IS NULL THEN m.value END AS value,
            CASE WHEN u.territory IS NULL THEN coalesce(m.observations, 0) END AS observations,
            CASE WHEN u.territory IS NOT NULL OR m.value IS NULL THEN 'M' ELSE 'A' END AS status,
            m.value IS NULL AS is_empty{zeros}
        FROM places g CROSS JOIN _periods p
        LEFT JOIN measured m ON m.territory = g.territory AND m.period = p.period
        LEFT JOIN unsure u ON u.territory = g.territory AND u.period = p.period
        {at_vintage}
    """
