"""Figures that a producer gave for a territory as such: carried to the target vintage where they still hold.

Nothing is added up here. A figure of a commune that has since been merged or split, or of a larger territory whose
communes have changed, cannot be had at the target vintage.
"""

from collections.abc import Sequence

import pyarrow as pa

from beffroi.catalog.indicators import Published
from beffroi.catalog.workspaces import Level
from beffroi.collect.relations import quote_name
from beffroi.errors import BeffroiError, Place, fault
from beffroi.measure.addends import Addend
from beffroi.measure.geographies import crosswalk_from, iris_of, iris_periods, shown_iris, shown_territories
from beffroi.measure.scans import PLACED, Coverage, Instruments, Scan, cover_scan, listed_then, scan_table

_MEMBERSHIPS = pa.schema(
    [("commune", pa.string()), ("level", pa.string()), ("territory", pa.string()), ("vintage", pa.int32())]
)


def carried_territories(instruments: Instruments, scan: Scan, levels: Sequence[Level]) -> pa.Table:
    """``level, vintage, code, territory, whole``: which territory of the target vintage a code stands for.

    ``whole`` is false where communes were merged or split in between, or where the communes of a larger territory
    have changed: what a producer gave for the one does not hold for the other.
    """
    geography = instruments.geography
    vintages = sorted({*scan.vintages(), geography.vintage})
    older = [
        table.select(["commune", "level", "territory"])
        .append_column("vintage", pa.array([vintage] * len(table), pa.int32()))
        .cast(_MEMBERSHIPS)
        for vintage, table in geography.memberships.items()
        if vintage in vintages and vintage in geography.crosswalks
    ]
    ways = crosswalk_from(geography, [v for v in vintages if v in geography.crosswalks or v == geography.vintage])
    frames = {
        "_codes": scan.codes,
        "_years": pa.table({"vintage": pa.array(vintages, pa.int32())}),
        "_crosswalk": ways,
        "_membership": geography.membership,
        "_memberships": pa.concat_tables([_MEMBERSHIPS.empty_table(), *older]),
        "_shown": shown_territories(geography, levels),
        "_iris": iris_of(geography, scan.codes),
        "_quarters": geography.quarters,
    }
    iris = shown_iris(geography) if "iris" in levels else "FALSE"
    return instruments.query(
        f"""
        WITH {PLACED},
        ways AS (
            SELECT * FROM _crosswalk WHERE kind = 'COM'
        ),
        communes AS (
            SELECT 'commune' AS level, from_vintage AS vintage, from_code AS code, to_code AS territory,
                count(*) OVER (PARTITION BY from_vintage, from_code) = 1
                    AND count(*) OVER (PARTITION BY from_vintage, to_code) = 1 AS whole
            FROM ways
        ),
        older AS (
            SELECT m.level, m.vintage, m.territory, list_sort(list(DISTINCT x.to_code)) AS made_of
            FROM _memberships m JOIN ways x ON x.from_vintage = m.vintage AND x.from_code = m.commune
            GROUP BY ALL
        ),
        newer AS (
            SELECT level, territory, list_sort(list(DISTINCT commune)) AS made_of FROM _membership GROUP BY ALL
        ),
        larger AS (
            SELECT n.level, y.vintage, n.territory AS code, n.territory,
                y.vintage = {geography.vintage} OR o.made_of IS NULL OR o.made_of = n.made_of AS whole
            FROM newer n CROSS JOIN _years y
            LEFT JOIN older o ON o.level = n.level AND o.territory = n.territory AND o.vintage = y.vintage
        ),
        every AS (
            SELECT * FROM communes UNION ALL SELECT * FROM larger WHERE level NOT IN ('iris', 'commune')
            -- A quarter is what its decree drew, whatever became of the communes around it.
            UNION ALL SELECT q.level, y.vintage, q.code, q.code, TRUE FROM _quarters q CROSS JOIN _years y
        )
        SELECT e.* FROM every e SEMI JOIN _shown s ON s.level = e.level AND s.territory = e.territory
        UNION ALL SELECT DISTINCT level, vintage, code, code, TRUE FROM placed WHERE {iris}
        """,
        frames,
    )


def carry_published(
    instruments: Instruments,
    indicator: Published,
    name: str,
    addend: Addend,
    levels: Sequence[Level],
    place: Place | None,
) -> tuple[pa.Table, Coverage]:
    """The figures as their producer gave them: ``level, territory, period, value, observations, status,
    confidentiality, is_empty`` and ``units<k>``.

    A row for every territory shown at a level that the table has, and every period. ``status`` is ``O`` where the
    producer gave none, ``M`` where the territory has changed since. Raises ``published-not-single`` when two rows
    claim the same place.
    """
    value = quote_name(indicator.column)
    columns = {"value": f"any_value(CAST({value} AS DOUBLE))"}
    if indicator.confidentiality:
        columns["code_given"] = f"any_value(CAST({quote_name(indicator.confidentiality)} AS VARCHAR))"
    if addend.observations:
        columns["observations"] = f"any_value(CAST({quote_name(addend.observations)} AS BIGINT))"
    for rank, rule in addend.unit_rules():
        columns[f"units{rank}"] = f"any_value(CAST({quote_name(rule.units) if rule.units else 1} AS BIGINT))"
    scan = scan_table(instruments, addend.table, columns, addend.condition())
    units = "".join(f", coalesce(r.units{rank}, 0) AS units{rank}" for rank, _ in addend.unit_rules())
    at_vintage = iris_periods(instruments.geography)
    sql = f"""
        WITH given AS (
            SELECT c.level, c.territory, s.*  EXCLUDE (level, vintage), c.whole,
                sum(s.lines) OVER (PARTITION BY c.level, c.territory, s.period) AS claims
            FROM _codes s JOIN _carried c
                ON c.level = s.level AND c.vintage = coalesce(s.vintage, {instruments.geography.vintage})
                AND c.code = s.code
        ),
        held AS (
            SELECT * FROM given WHERE whole
            UNION ALL BY NAME
            SELECT DISTINCT level, territory, period, FALSE AS whole, 0 AS claims FROM given g WHERE NOT whole
                AND NOT EXISTS (SELECT 1 FROM given h WHERE h.whole AND h.level = g.level
                    AND h.territory = g.territory AND h.period = g.period)
        ),
        places AS (
            SELECT level, territory FROM _shown WHERE level IN (SELECT level FROM _codes)
            UNION SELECT level, territory FROM _carried WHERE level = 'iris'
        )
        SELECT g.level, g.territory, p.period, coalesce(r.claims, 0) AS claims,
            CASE WHEN isfinite(r.value) THEN r.value END AS value,
            {"r.observations" if addend.observations else "CAST(NULL AS BIGINT)"} AS observations,
            CASE WHEN NOT r.whole THEN 'M' WHEN isfinite(r.value) THEN 'A' ELSE 'O' END AS status,
            {_CONFIDENTIALITY if indicator.confidentiality else "'F'"} AS confidentiality,
            coalesce(r.claims, 0) = 0 AS is_empty{units}
        FROM places g CROSS JOIN _periods p
        LEFT JOIN held r ON r.level = g.level AND r.territory = g.territory AND r.period = p.period
        WHERE (g.level <> 'iris' OR p.period IN ({at_vintage})) AND {listed_then("g.level", "p.period")}
    """
    levels = scan.levels_among(levels)
    frames = {
        "_codes": scan.codes,
        "_periods": scan.periods,
        "_given": scan.given,
        "_carried": carried_territories(instruments, scan, levels),
        "_shown": shown_territories(instruments.geography, levels),
    }
    found = instruments.query(sql, frames)
    twice = instruments.query(
        "SELECT level || ' ' || territory || ', ' || period AS place, claims FROM _found WHERE claims > 1 ORDER BY ALL",
        {"_found": found},
    )
    if len(twice):
        first = twice.slice(0, 1).to_pylist()[0]
        raise BeffroiError(
            fault(
                "published-not-single",
                place,
                indicator=name,
                table=addend.table.id,
                count=int(first["claims"]),
                sample=first["place"],
            )
        )
    return found.drop_columns(["claims"]), cover_scan(instruments, scan, secret=bool(addend.rules))


_CONFIDENTIALITY = """CASE WHEN r.code_given IS NULL OR r.code_given = 'F' THEN 'F'
                WHEN r.code_given IN ('D', 'N') THEN r.code_given ELSE 'C' END"""
"""A code that is not one of SDMX CONF_STATUS is taken as confidential: what is not said to be free is not."""
