"""From codes to quantities by level, territory and period, added up exactly.

Codes are taken to the commune of the target vintage, shared out exactly where a commune was split, and added up by
level in one statement. What is given here is **not protected**, and stays inside ``measure``.
"""

from collections.abc import Sequence

import pyarrow as pa

from beffroi.catalog.catalogs import DeclaredTable
from beffroi.catalog.tables import Dominance
from beffroi.catalog.workspaces import Level
from beffroi.collect.relations import quote_name
from beffroi.lake.series import UNLOCATED
from beffroi.measure.addends import MILLION, Addend
from beffroi.measure.carried import carried_territories
from beffroi.measure.geographies import iris_of, iris_periods, membership_of, shown_iris, shown_territories
from beffroi.measure.scans import PLACED, Instruments, Scan, listed_then, scan_table

WHOLE = "DECIMAL(38, 0)"
"""Exact whole numbers as statements exchange them."""


def read_quantities(
    instruments: Instruments,
    table: DeclaredTable,
    where: str | None,
    addends: Sequence[Addend],
    levels: Sequence[Level],
    *,
    filtered: bool,
) -> tuple[Scan, list[pa.Table]]:
    """Quantities of the rows ``where`` of one table, read once: what was read, and for each quantity ``level,
    territory, period, amount, value, observations, status, is_empty`` and ``units<k>``, what secrecy rule ``k`` counts.

    There is a row for every territory shown and every period; ``UNLOCATED`` is there, at level ``commune``, where
    rows could not be placed. ``amount`` is exact, null when missing, and then so are ``observations``; ``status`` is
    ``O`` where it is missing (the table owes a row that it does not have, or a row has no value), ``M`` where what the
    territory is made of has changed so that a figure of that time does not hold, ``E`` where a share of a split commune
    entered, ``A`` elsewhere; ``is_empty`` where there is nothing that could be confidential.
    """
    columns: dict[str, str] = {}
    names: dict[str, str] = {}
    same: dict[tuple[str, bool], str] = {}
    for rank, addend in enumerate(addends):
        for name, sql in addend.columns(f"q{rank}", filtered).items():
            # Quantities have much in common, such as the number of rows. What is missing is never shared out.
            names[name] = same.setdefault((sql, name.endswith("_missing")), name)
            columns[names[name]] = sql
    scan = scan_table(instruments, table, columns, where)
    found = scan.levels_among(levels)
    statement, frames = _levels_statement(instruments, scan, list(columns), found, ())
    frames |= {
        "_periods": scan.periods,
        "_given": scan.given,
        "_shown": shown_territories(instruments.geography, found),
    }
    values = ", ".join(f"coalesce(l.{first}, 0) AS {name}" for name, first in names.items())
    unlocated = f"OR territory = '{UNLOCATED}'" if "commune" in found else ""
    sql = f"""
        WITH {statement},
        places AS (
            SELECT level, territory FROM _shown
            UNION SELECT level, territory FROM levels WHERE level = 'iris' {unlocated}
        ),
        wide AS (
            SELECT g.level, g.territory, p.period, {values}, coalesce(l.whole, TRUE) AS whole,
                coalesce(l.estimated, FALSE) AS estimated, coalesce(l.absent, {str(scan.is_keyed).upper()}) AS absent
            FROM places g CROSS JOIN _periods p
            LEFT JOIN levels l ON l.level = g.level AND l.territory = g.territory AND l.period = p.period
            WHERE (g.territory <> '{UNLOCATED}' OR l.period IS NOT NULL)
                AND (g.level <> 'iris' OR p.period IN ({iris_periods(instruments.geography)}))
                AND {listed_then("g.level", "p.period")}
        ),
        told AS (SELECT *, {", ".join(_status(f"q{rank}", addend) for rank, addend in enumerate(addends))} FROM wide)
        SELECT level, territory, period, {", ".join(_figures(f"q{rank}", one) for rank, one in enumerate(addends))}
        FROM told
    """
    together = instruments.query(sql, frames)
    return scan, [_columns_of(together, f"q{rank}_") for rank in range(len(addends))]


def _status(role: str, addend: Addend) -> str:
    left_out = f"{role}_missing > 0 AND {role}_rows = 0" if addend.is_partial else f"{role}_missing > 0"
    status = f"CASE WHEN absent OR ({left_out}) THEN 'O' WHEN NOT whole THEN 'M' WHEN estimated THEN 'E' ELSE 'A' END"
    return f"{status} AS {role}_status"


def _figures(role: str, addend: Addend) -> str:
    observations = f"{role}_observations" if addend.observations else f"{role}_rows"
    units = "".join(f", CAST({role}_units{rank} AS BIGINT) AS {role}_units{rank}" for rank, _ in addend.unit_rules())
    is_told = f"{role}_status IN ('A', 'E')"
    # Dividing the whole number gives the nearest floating number; taking the decimal for one does not always.
    return f"""{role}_status, absent AND {role}_rows = 0 AS {role}_is_empty,
            CASE WHEN {is_told} THEN {from_millionths(f"{role}_amount")} END AS {role}_amount,
            CASE WHEN {is_told} THEN CAST({role}_amount AS DOUBLE) / {MILLION} END AS {role}_value,
            CASE WHEN {is_told} THEN CAST({observations} AS BIGINT) END AS {role}_observations{units}"""


def _columns_of(together: pa.Table, prefix: str) -> pa.Table:
    own = [name for name in together.column_names if name.startswith(prefix)]
    places = ["level", "territory", "period"]
    return together.select([*places, *own]).rename_columns([*places, *(name.removeprefix(prefix) for name in own)])


def _levels_statement(
    instruments: Instruments, scan: Scan, columns: Sequence[str], levels: Sequence[Level], by: Sequence[str]
) -> tuple[str, dict[str, pa.Table]]:
    """Statement of ``levels``, with the relations that it needs: ``level, territory, period``, the columns ``by``,
    ``estimated, absent, whole`` and the columns (whole decimals), where there are rows."""
    geography = instruments.geography
    frames = {"_codes": scan.codes}
    if not scan.made_of_communes:
        frames["_carried"] = carried_territories(instruments, scan, levels)
        return _at_their_level(geography.vintage, columns, by), frames
    frames |= {
        "_crosswalk": scan.crosswalk,
        "_iris": iris_of(geography, scan.codes),
        "_membership": membership_of(geography, levels),
        "_shown": shown_territories(geography, levels),
        **_bundles(instruments, levels),
    }
    return _from_communes(instruments, scan, columns, by, iris="iris" in levels), frames


def add_contributions(
    instruments: Instruments, quantity: pa.Table, addend: Addend, levels: Sequence[Level]
) -> pa.Table:
    """``quantity`` with ``largest_<rule>``, ``next_<rule>`` and ``total_<rule>`` for each rule on contributors: what
    the largest contributors hold (the one largest for p %), what the one after them does, and what all of them do, in
    absolute values: a loss dominates as a gain does. A row without a contributor counts with the others that have none,
    as if they were one.
    """
    for rule, _, declared in addend.contributor_rules():
        columns = {"held_amount": addend.columns("held", filtered=True)["held_amount"]}
        by = {declared.contributor: quote_name(declared.contributor)}
        scan = scan_table(instruments, addend.table, columns, addend.condition(), by)
        statement, frames = _levels_statement(
            instruments, scan, list(columns), scan.levels_among(levels), [declared.contributor]
        )
        held = instruments.query(f"WITH {statement} SELECT * FROM levels", frames)
        largest = declared.largest if isinstance(declared, Dominance) else 1
        quantity = instruments.query(
            f"""
            WITH ranked AS (
                SELECT level, territory, period, abs(held_amount) AS held,
                    row_number() OVER (PARTITION BY level, territory, period ORDER BY abs(held_amount) DESC) AS place
                FROM _held
            ),
            summed AS (
                SELECT level, territory, period, sum(held) AS total,
                    sum(held) FILTER (WHERE place <= {largest}) AS largest,
                    sum(held) FILTER (WHERE place = {largest + 1}) AS next
                FROM ranked GROUP BY ALL
            )
            SELECT q.*, {
                ", ".join(
                    f"coalesce(CAST(s.{name} AS DECIMAL(38, 0)), 0) AS {name}_{rule}"
                    for name in ("largest", "next", "total")
                )
            }
            FROM _quantity q LEFT JOIN summed s
                ON s.level = q.level AND s.territory = q.territory AND s.period = q.period
            """,
            {"_held": held, "_quantity": quantity},
        )
    return quantity


def from_millionths(sql: str) -> str:
    """A whole number of millionths as DECIMAL(24, 6)."""
    return f"CAST(CAST({sql} AS DECIMAL(31, 0)) * CAST(0.000001 AS DECIMAL(7, 6)) AS DECIMAL(24, 6))"


def _at_their_level(vintage: int, columns: Sequence[str], by: Sequence[str]) -> str:
    """Statement of ``levels``, for rows that have their own level and are never added up to another."""
    extra = "".join(f", s.{quote_name(name)}" for name in by)
    return f"""
        levels AS (
            SELECT c.level, c.territory, s.period{extra}, FALSE AS estimated, FALSE AS absent,
                bool_and(c.whole) AS whole, {_sums(columns)}
            FROM _codes s JOIN _carried c
                ON c.level = s.level AND c.vintage = coalesce(s.vintage, {vintage}) AND c.code = s.code
            GROUP BY c.level, c.territory, s.period{extra}
        )
    """


def _from_communes(
    instruments: Instruments, scan: Scan, columns: Sequence[str], by: Sequence[str], *, iris: bool
) -> str:
    """Statement of ``levels``, for rows placed in communes or IRIS."""
    extra = "".join(f", {quote_name(name)}" for name in by)
    shares = ", ".join(f"s.{name}" if name.endswith("_missing") else f"{_share(name)} AS {name}" for name in columns)
    lacking = _LACKING.format(
        unlocated=UNLOCATED,
        unheard=_UNHEARD if scan.is_keyed else "",
        and_unheard="UNION ALL SELECT commune, vintage, period, TRUE FROM unheard" if scan.is_keyed else "",
    )
    nothing = ", 0" * len(columns)
    return f"""
        {PLACED},
        {"" if by else lacking}
        shared AS (
            SELECT coalesce(x.to_code, '{UNLOCATED}') AS commune, s.period{extra}, FALSE AS absent, FALSE AS owed,
                {shares}
            FROM placed s LEFT JOIN _crosswalk x ON x.from_vintage = s.vintage AND x.from_code = s.source
            {"" if by else f"UNION ALL SELECT commune, period, TRUE, owed{nothing} FROM lacking"}
        ),
        communes AS (
            SELECT commune, period{extra}, bool_or(absent) AS absent, bool_or(owed) AS owed, {_sums(columns)}
            FROM shared GROUP BY commune, period{extra}
        ),
        bundled AS (
            SELECT b.bundle, c.period{extra}, bool_or(absent) AS absent, bool_or(owed) AS owed, {_sums(columns)}
            FROM communes c JOIN _bundles b ON b.commune = c.commune GROUP BY b.bundle, c.period{extra}
        ),
        partial AS (
            SELECT vintage, code, level, territory FROM (
                SELECT from_vintage AS vintage, from_code AS code, 'commune' AS level, to_code AS territory,
                    high - low AS part, total FROM _crosswalk WHERE estimated
                UNION ALL
                SELECT x.from_vintage, x.from_code, m.level, m.territory, x.high - x.low, x.total
                FROM _crosswalk x JOIN _membership m ON m.commune = x.to_code WHERE x.estimated
            ) AS pieces GROUP BY ALL HAVING sum(part) < any_value(total)
        ),
        touched AS (
            SELECT DISTINCT p.level, p.territory, s.period
            FROM placed s JOIN partial p ON p.vintage = s.vintage AND p.code = s.source
        ),
        summed AS (
            SELECT 'commune' AS level, commune AS territory, * EXCLUDE (commune, owed) FROM communes
            UNION ALL BY NAME
            -- Rows that lead nowhere are in the country all the same: its total lacks only what the table owes.
            SELECT m.level, m.territory, c.period{extra},
                bool_or(CASE WHEN m.level = 'pays' THEN owed ELSE absent END) AS absent, {_sums(columns)}
            FROM bundled c JOIN _members m ON m.bundle = c.bundle GROUP BY m.level, m.territory, c.period{extra}
            {_iris_rows(instruments, columns, extra) if iris else ""}
        ),
        levels AS (
            SELECT s.*, t.period IS NOT NULL AS estimated, TRUE AS whole FROM summed s
            LEFT JOIN touched t ON t.level = s.level AND t.territory = s.territory AND t.period = s.period
        )
    """


def _bundles(instruments: Instruments, levels: Sequence[Level]) -> dict[str, pa.Table]:
    """``_bundles``: communes with the number of the bundle that they are in, of all those that belong to the same
    territories; ``_members``: those territories. Added up by bundle first, much less is left to add up by level."""
    geography, held = instruments.geography, membership_of(instruments.geography, levels)
    bundles = geography.prepared(
        ("bundles", tuple(levels)),
        lambda: instruments.query(
            """
            SELECT commune, CAST(dense_rank() OVER (ORDER BY held) AS INTEGER) AS bundle FROM (
                SELECT commune, list_sort(list(level || ' ' || territory)) AS held FROM _membership GROUP BY commune
            )
            """,
            {"_membership": held},
        ),
    )
    members = geography.prepared(
        ("members", tuple(levels)),
        lambda: instruments.query(
            "SELECT DISTINCT b.bundle, m.level, m.territory FROM _membership m JOIN _bundles b USING (commune)",
            {"_membership": held, "_bundles": bundles},
        ),
    )
    return {"_bundles": bundles, "_members": members}


def _iris_rows(instruments: Instruments, columns: Sequence[str], extra: str) -> str:
    """IRIS as they are: they are not converted."""
    return f"""
            UNION ALL BY NAME
            SELECT 'iris' AS level, code AS territory, period{extra}, FALSE AS absent, {_sums(columns)}
            FROM placed WHERE {shown_iris(instruments.geography)}
            GROUP BY code, period{extra}"""


def _sums(columns: Sequence[str]) -> str:
    return ", ".join(f"CAST(sum({name}) AS {WHOLE}) AS {name}" for name in columns)


_LACKING = """
        spoken AS (SELECT DISTINCT vintage, period FROM placed WHERE vintage IS NOT NULL),
        spoken_counts AS (SELECT period, count(*) AS count FROM spoken GROUP BY ALL),
        asked AS (
            SELECT territory AS commune FROM _shown WHERE level = 'commune' UNION SELECT commune FROM _membership
        ),
        unreached_communes AS (
            SELECT a.commune, v.vintage FROM asked a CROSS JOIN (SELECT DISTINCT vintage FROM spoken) v
            ANTI JOIN _crosswalk x ON x.from_vintage = v.vintage AND x.to_code = a.commune
            WHERE a.commune <> '{unlocated}'
        ),
        unreached AS (SELECT * FROM unreached_communes JOIN spoken USING (vintage)),
        {unheard}
        lacking AS (
            -- Rows of one period may be in several vintages: a commune is there if one of them tells all of it.
            SELECT u.commune, u.period, bool_or(u.owed) AS owed
            FROM (SELECT commune, vintage, period, FALSE AS owed FROM unreached {and_unheard}) u
            JOIN spoken_counts n ON n.period = u.period
            GROUP BY u.commune, u.period HAVING count(DISTINCT u.vintage) = any_value(n.count)
        ),"""
"""Statement of ``lacking``: communes and periods of which the table cannot tell all, because no code leads there or
because it has not the rows that it owes (``owed``)."""

_UNHEARD = """
        heard AS (
            SELECT vintage, period, code FROM placed UNION ALL SELECT vintage, period, source FROM placed
        ),
        owed AS (
            SELECT x.from_vintage AS vintage, coalesce(i.code, x.from_code) AS code, x.to_code
            FROM _crosswalk x
            LEFT JOIN (SELECT * FROM _iris WHERE EXISTS (SELECT 1 FROM _codes WHERE level = 'iris')) i
                ON i.vintage = x.from_vintage AND i.commune = x.from_code
            WHERE x.kind = 'COM'
        ),
        parts AS (
            SELECT from_vintage AS vintage, from_code AS code, to_code FROM _crosswalk WHERE kind = 'ARM'
        ),
        part_counts AS (SELECT vintage, to_code, count(DISTINCT code) AS count FROM parts GROUP BY ALL),
        by_parts AS (
            SELECT p.to_code, h.vintage, h.period FROM parts p
            JOIN heard h ON h.vintage = p.vintage AND h.code = p.code
            JOIN part_counts n ON n.vintage = p.vintage AND n.to_code = p.to_code
            GROUP BY ALL HAVING count(DISTINCT p.code) = any_value(n.count)
        ),
        unheard AS (
            SELECT DISTINCT o.to_code AS commune, s.vintage, s.period FROM owed o JOIN spoken s ON s.vintage = o.vintage
            ANTI JOIN heard h ON h.vintage = o.vintage AND h.period = s.period AND h.code = o.code
            ANTI JOIN by_parts b ON b.to_code = o.to_code AND b.vintage = o.vintage AND b.period = s.period
        ),"""
"""Statement of ``unheard``: communes of which a table that owes a row for each code has not all rows. Paris, Lyon and
Marseille are there when all their arrondissements are."""


def _share(name: str) -> str:
    """The share of a whole number that goes to one commune; rounded down as ``geo`` says, so that shares add up."""
    # Arrow knows no HUGEINT: what comes back from it is a DECIMAL, which adds up well, but whose products and divisions
    # are not exact. Few communes are split: only they pay for the conversion.
    whole = f"CAST(s.{name} AS HUGEINT)"
    return f"""CASE WHEN x.total IS NULL OR x.high - x.low = x.total THEN CAST(s.{name} AS {WHOLE})
            ELSE CAST({_floor(f"{whole} * x.high")} - {_floor(f"{whole} * x.low")} AS {WHOLE}) END"""


def _floor(product: str) -> str:
    # `//` cuts towards zero, and a negative value has to go down.
    return f"(({product}) // x.total - CASE WHEN ({product}) % x.total < 0 THEN 1 ELSE 0 END)"
