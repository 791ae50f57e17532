"""One reading of a table: its rows brought down to one by code, vintage and period.

All that follows works on that small relation. What is given here is **not protected**, and stays inside ``measure``.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.catalogs import Catalog, DeclaredTable
from beffroi.catalog.workspaces import QPV, Level
from beffroi.collect.relations import quote_name, quote_text
from beffroi.measure.geographies import Geography, crosswalk_from, iris_of


class Query(Protocol):
    """The way to ask the lake: statements over its tables (views named by their id) and further relations, by name.

    A relation that is given again as the same object is not copied again.
    """

    def __call__(self, sql: str, frames: Mapping[str, pa.Table], /) -> pa.Table:
        """Rows of a statement."""

    def hold(self, name: str, sql: str, frames: Mapping[str, pa.Table], /) -> AbstractContextManager[None]:
        """Keep the rows of a statement as ``name`` for further ones, without taking them out of the engine."""


def listed_then(level: str, period: str) -> str:
    """Condition over ``_given``: a list of QPV has figures in the periods in which its table speaks of it. In the
    others nothing is missing: it is another list that holds."""
    lists = ", ".join(quote_text(each) for each in QPV)
    return f"({level} NOT IN ({lists}) OR ({level}, {period}) IN (SELECT level, period FROM _given))"


UNKNOWN_SHOWN = 20
"""How many unknown codes a coverage names: enough to find the cause, few enough to be read."""


@dataclass(frozen=True)
class Instruments:
    """What measuring works with: what is declared, the geography, and the way to ask the lake.

    ``periods`` remembers those of each table that was read, with the levels at which it has rows then.
    """

    catalog: Catalog
    geography: Geography
    query: Query
    periods: dict[str, pa.Table] = field(default_factory=dict)


@dataclass(frozen=True)
class Scan:
    """A table brought down to one row by code, vintage and period (and level, where rows have their own).

    ``codes`` has ``code, vintage, period, level, lines`` and the aggregates asked for; ``given`` has the periods of
    the whole table with the level (``level, period``), also those in which no row was kept. ``undated`` counts lines
    without a period, left out.
    """

    table: DeclaredTable
    codes: pa.Table
    given: pa.Table
    crosswalk: pa.Table
    undated: int

    @property
    def is_keyed(self) -> bool:
        """Whether the table owes a row for each territory: no row then means missing. Otherwise rows are events,
        and no row means zero."""
        territory = self.table.contract.territory
        return territory is not None and territory.column in self.table.contract.key

    @property
    def made_of_communes(self) -> bool:
        """Whether rows are placed in communes or IRIS, so that they add up to larger territories."""
        territory = self.table.contract.territory
        return territory is not None and territory.level in ("iris", "commune")

    def levels_among(self, levels: Sequence[Level]) -> tuple[Level, ...]:
        """Those of ``levels`` that the rows lead to: all that communes add up to, or only the rows' own levels."""
        if self.made_of_communes:
            return tuple(levels)
        own = set(pc.unique(self.codes["level"]).to_pylist())
        return tuple(level for level in levels if level in own)

    @property
    def periods(self) -> pa.Table:
        """``period``: those of the whole table."""
        return pa.table({"period": pc.unique(self.given["period"])})

    def vintages(self) -> list[int]:
        """Vintages in which codes are, oldest first."""
        return sorted(vintage for vintage in self.codes["vintage"].unique().to_pylist() if vintage is not None)


@dataclass(frozen=True)
class Coverage:
    """How many lines of a table a measure took in, and which could not be placed.

    ``unlocated`` lines have no code, or one that is unknown at its vintage (``unknown``: code, vintage and lines, the
    most frequent first; an absent code is None): they are in the line « non localisé » and in the total of the
    country. ``undated`` lines have no period and are in nothing. Under secrecy no number of lines is told.
    """

    table: str
    lines: int | None
    unlocated: int | None
    undated: int | None
    unknown: tuple[tuple[str | None, int | None, int | None], ...] = ()


def scan_table(
    instruments: Instruments,
    table: DeclaredTable,
    columns: Mapping[str, str],
    where: str | None = None,
    by: Mapping[str, str] = MappingProxyType({}),
) -> Scan:
    """Read the table once, keeping the rows of ``where``, grouped by place, period and the expressions ``by``.

    Raises ``vintage-not-convertible`` when codes are in a vintage that leads nowhere.
    """
    codes = instruments.query(scan_sql(table, columns, where, by), {})
    dated = codes.filter(pc.is_valid(codes["period"]))
    undated = (pc.sum(codes["lines"]).as_py() or 0) - (pc.sum(dated["lines"]).as_py() or 0)
    if where is None:
        instruments.periods[table.id] = dated.group_by(["level", "period"]).aggregate([])
    elif table.id not in instruments.periods:
        columns = place_columns(table)
        source = f"FROM {quote_name(table.id)} WHERE {columns['period']} IS NOT NULL"
        cells = ", ".join(f"CAST({columns[name]} AS VARCHAR) AS {name}" for name in ("level", "period"))
        instruments.periods[table.id] = instruments.query(f"SELECT DISTINCT {cells} {source}", {})
    scan = Scan(table, dated, instruments.periods[table.id], crosswalk_from(instruments.geography, ()), undated)
    if not _has_communes(table):
        return scan
    return replace(scan, crosswalk=crosswalk_from(instruments.geography, scan.vintages()))


def scan_sql(table: DeclaredTable, columns: Mapping[str, str], where: str | None, by: Mapping[str, str]) -> str:
    """The one statement that reads the table."""
    keys = {**place_columns(table), **by}
    inner = ", ".join([*(f"{sql} AS {quote_name(name)}" for name, sql in keys.items()), "count(*) AS lines"])
    aggregates = "".join(f", {sql} AS {quote_name(name)}" for name, sql in columns.items())
    kept = f" WHERE {where}" if where else ""
    # Casts come after grouping: done on every row, they would cost more than the sums.
    outer = (
        "CAST(code AS VARCHAR) AS code, CAST(vintage AS INTEGER) AS vintage, CAST(period AS VARCHAR) AS period, "
        "CAST(level AS VARCHAR) AS level"
    )
    rest = "".join(f", {quote_name(name)}" for name in [*by, "lines", *columns])
    return f"SELECT {outer}{rest} FROM (SELECT {inner}{aggregates} FROM {quote_name(table.id)}{kept} GROUP BY ALL) AS g"


def place_columns(table: DeclaredTable) -> dict[str, str]:
    """``code, vintage, period, level`` of a row, as SQL over the table."""
    territory = table.contract.territory
    assert territory is not None, "a table without a territory is refused before"
    return {
        "code": quote_name(territory.column),
        "vintage": quote_name(territory.vintage_column)
        if territory.vintage_column
        else str(territory.vintage or "NULL"),
        "period": _period(table),
        "level": quote_name(territory.level_column) if territory.level_column else quote_text(territory.level or ""),
    }


PLACED = """
        placed AS (
            SELECT s.*, CASE WHEN s.level = 'iris' THEN coalesce(i.commune, left(s.code, 5)) ELSE s.code END AS source
            -- On equalities alone: with any other condition the engine compares every pair.
            FROM _codes s LEFT JOIN _iris i
                ON i.vintage = CASE WHEN s.level = 'iris' THEN s.vintage END AND i.code = s.code
        )"""
"""Statement of ``placed``: codes with the commune (``source``) that they are in at their vintage."""


def cover_scan(instruments: Instruments, scan: Scan, *, secret: bool) -> Coverage:
    """What could be placed, and what could not; only which codes are unknown when the table is under secrecy."""
    geography = instruments.geography
    frames = {
        "_codes": scan.codes.select(["code", "vintage", "level", "lines"]),
        "_crosswalk": scan.crosswalk.select(["from_vintage", "from_code"]),
        "_iris": iris_of(geography, scan.codes),
        "_membership": geography.membership.slice(0, 0 if scan.made_of_communes else None),
        "_quarters": geography.quarters,
    }
    unknown = instruments.query(
        f"""
        WITH {PLACED},
        known AS (
            SELECT DISTINCT from_vintage AS vintage, from_code AS code, 'commune' AS level FROM _crosswalk
            UNION ALL SELECT DISTINCT NULL, territory, level FROM _membership WHERE level NOT IN ('iris', 'commune')
            UNION ALL SELECT NULL, code, level FROM _quarters
        )
        -- On equalities alone, here as well.
        SELECT code, vintage, CAST(sum(lines) AS BIGINT) AS lines FROM placed p
        ANTI JOIN known k ON k.level = CASE WHEN p.level = 'iris' THEN 'commune' ELSE p.level END
            AND k.code = p.source
            AND k.vintage IS NOT DISTINCT FROM CASE WHEN p.level IN ('iris', 'commune') THEN p.vintage END
        GROUP BY ALL ORDER BY lines DESC, code, vintage
        """,
        frames,
    )
    shown = unknown.slice(0, UNKNOWN_SHOWN).to_pylist()
    if secret:
        codes = sorted(((row["code"], row["vintage"]) for row in shown), key=str)
        return Coverage(scan.table.id, None, None, None, tuple((code, vintage, None) for code, vintage in codes))
    return Coverage(
        scan.table.id,
        (pc.sum(scan.codes["lines"]).as_py() or 0) + scan.undated,
        pc.sum(unknown["lines"]).as_py() or 0,
        scan.undated,
        tuple((row["code"], row["vintage"], row["lines"]) for row in shown),
    )


def _period(table: DeclaredTable) -> str:
    period = table.contract.period
    assert period is not None, "a table without a period is refused before"
    return quote_name(period.column) if period.column else quote_text(period.value or "")


def _has_communes(table: DeclaredTable) -> bool:
    territory = table.contract.territory
    return territory is not None and (territory.level_column is not None or territory.level in ("iris", "commune"))
