"""The geography of one vintage as measuring needs it: what is made of what, and how older codes lead to it.

This module holds Arrow tables and prepares the relations that the statements join; it decides nothing about
territories, which ``geo`` has already established, and reads no file.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.indicators import IndicatorBase
from beffroi.catalog.tables import TerritoryColumn
from beffroi.catalog.workspaces import LEVELS, PIECES, Level, Workspace
from beffroi.collect.relations import quote_text
from beffroi.errors import BeffroiError, Place, fault
from beffroi.lake.series import UNLOCATED

CROSSWALK = pa.schema(
    [
        ("from_vintage", pa.int32()),
        ("from_code", pa.string()),
        ("to_code", pa.string()),
        ("low", pa.int64()),
        ("high", pa.int64()),
        ("total", pa.int64()),
        ("estimated", pa.bool_()),
        ("kind", pa.string()),
    ]
)

QUARTERS = pa.schema([("level", pa.string()), ("code", pa.string())])


@dataclass(frozen=True)
class Geography:
    """Territories at ``vintage``, and the way to them.

    - ``crosswalks``, by the vintage that codes are in (``geo.crosswalks.CROSSWALK_SCHEMA``): the share of ``v`` that
      goes to ``to_code`` is ``floor(v*high/total) - floor(v*low/total)``. Without a column ``kind``, all codes are
      communes. The vintage itself may be left out when its tables have no code but those of communes.
    - ``membership``: ``commune, level, territory``, every commune of the country in each larger territory.
    - ``names``: ``level, code, name``, the territories to show; no other is given.
    - ``iris``: ``code, commune, vintage``, each IRIS with its commune at that vintage. May be empty: an IRIS whose
      code is not listed belongs to the commune that its first five characters name.
    - ``quarters``: ``level, code``, every QPV of every list, whether it is shown or not.
    - ``perimeter``: communes whose IRIS are shown.
    - ``memberships``: as ``membership``, at other vintages; where one is given, a figure that a producer gave for a
      territory whose communes have changed since is not carried to ``vintage``.
    """

    vintage: int
    crosswalks: Mapping[int, pa.Table]
    membership: pa.Table
    names: pa.Table
    iris: pa.Table
    perimeter: frozenset[str]
    memberships: Mapping[int, pa.Table] = field(default_factory=dict)
    quarters: pa.Table = field(default_factory=QUARTERS.empty_table)
    _prepared: dict[Hashable, pa.Table] = field(default_factory=dict, init=False, repr=False, compare=False)

    def prepared(self, key: Hashable, prepare: Callable[[], pa.Table]) -> pa.Table:
        """A relation that statements join, prepared once: the same object each time."""
        if key not in self._prepared:
            self._prepared[key] = prepare()
        return self._prepared[key]


def possible_levels(territory: TerritoryColumn, *, aggregated: bool) -> frozenset[Level]:
    """Levels that a table can give: its own, and those made of communes when its values may be added up."""
    if territory.level_column is not None:
        return frozenset(LEVELS)
    if territory.level is None:
        return frozenset()
    if not aggregated or territory.level not in ("iris", "commune"):
        return frozenset({territory.level})
    return frozenset(LEVELS) - set(PIECES) | {territory.level}


def wanted_levels(
    indicator: IndicatorBase, workspace: Workspace, possible: frozenset[Level], name: str, place: Place | None
) -> tuple[Level, ...]:
    """Levels at which the indicator is given, smallest first.

    Raises ``level-not-available`` when one is declared that its tables cannot give, or when there is none at all.
    """
    beyond = [level for level in indicator.levels or () if level not in possible]
    if beyond:
        raise BeffroiError(
            fault("level-not-available", place, indicator=name, levels=", ".join(beyond), available=possible)
        )
    wanted = indicator.levels or workspace.levels
    found = tuple(level for level in LEVELS if level in wanted and level in possible)
    if not found:
        levels = ", ".join(wanted)
        raise BeffroiError(fault("level-not-available", place, indicator=name, levels=levels, available=possible))
    return found


def crosswalk_from(geography: Geography, vintages: Iterable[int]) -> pa.Table:
    """Crosswalks from these vintages in one relation (``CROSSWALK``).

    Raises ``vintage-not-convertible`` for every vintage from which there is no way.
    """
    wanted = tuple(sorted(vintages))
    return geography.prepared(("crosswalk", wanted), lambda: _stack_crosswalks(geography, wanted))


def _stack_crosswalks(geography: Geography, vintages: Iterable[int]) -> pa.Table:
    tables, faults = [CROSSWALK.empty_table()], []
    for vintage in vintages:
        if vintage in geography.crosswalks:
            found = geography.crosswalks[vintage]
        elif vintage == geography.vintage:
            found = _identity(geography)
        else:
            known = [str(year) for year in (*geography.crosswalks, geography.vintage)]
            faults.append(fault("vintage-not-convertible", vintage=vintage, target=geography.vintage, available=known))
            continue
        if "kind" not in found.column_names:
            found = found.append_column("kind", pa.array(["COM"] * len(found), pa.string()))
        years = pa.array([vintage] * len(found), pa.int32())
        tables.append(found.append_column("from_vintage", years).select(CROSSWALK.names).cast(CROSSWALK))
    if faults:
        raise BeffroiError(faults)
    return pa.concat_tables(tables)


def membership_of(geography: Geography, levels: Iterable[str]) -> pa.Table:
    """``commune, level, territory`` of the shown territories larger than a commune.

    What is not located is nowhere in particular, hence counted in the country alone.
    """
    larger = tuple(level for level in levels if level not in ("commune", *PIECES))
    return geography.prepared(("membership", larger), lambda: _membership_in(geography, larger))


def _membership_in(geography: Geography, larger: Sequence[str]) -> pa.Table:
    shown = geography.names.filter(pc.is_in(geography.names["level"], pa.array(larger, pa.string())))
    rows = geography.membership.select(["commune", "level", "territory"])
    # Level by level rather than as a join: the first join of Arrow reads in a third of a second of machinery.
    held = []
    for level in larger:
        codes = shown.filter(pc.equal(shown["level"], level))["code"].combine_chunks()
        of_level = rows.filter(pc.equal(rows["level"], level))
        held.append(of_level.filter(pc.is_in(of_level["territory"], codes)))
    countries = shown.filter(pc.equal(shown["level"], "pays"))["code"].to_pylist()
    nowhere = pa.table(
        {
            "commune": pa.array([UNLOCATED] * len(countries), pa.string()),
            "level": pa.array(["pays"] * len(countries), pa.string()),
            "territory": pa.array(countries, pa.string()),
        }
    )
    return pa.concat_tables([*(each.cast(nowhere.schema) for each in held), nowhere])


def shown_territories(geography: Geography, levels: Iterable[str]) -> pa.Table:
    """``level, territory`` of all that is shown at these levels; IRIS of the perimeter at the vintage itself."""
    wanted = tuple(levels)
    return geography.prepared(("shown", wanted), lambda: _shown_at(geography, wanted))


def _shown_at(geography: Geography, levels: Sequence[str]) -> pa.Table:
    wanted = pa.array([level for level in levels if level != "iris"], pa.string())
    names = geography.names.filter(pc.is_in(geography.names["level"], wanted))
    shown = pa.table({"level": names["level"].cast(pa.string()), "territory": names["code"].cast(pa.string())})
    if "iris" not in levels:
        return shown
    iris = geography.iris
    here = pc.and_(
        pc.equal(iris["vintage"], pa.scalar(geography.vintage, iris["vintage"].type)),
        pc.is_in(iris["commune"], pa.array(sorted(geography.perimeter), pa.string())),
    )
    codes = iris.filter(here)["code"].cast(pa.string())
    return pa.concat_tables(
        [shown, pa.table({"level": pa.array(["iris"] * len(codes), pa.string()), "territory": codes})]
    )


def shown_iris(geography: Geography) -> str:
    """Condition on ``placed`` codes, beside ``_iris``: the IRIS that are shown.

    One that the target vintage lists is the same IRIS, whatever year the table speaks of: none is ever converted.
    Where no IRIS is listed, those of the perimeter are shown at their own vintage only.
    """
    perimeter = ", ".join(quote_text(code) for code in sorted(geography.perimeter)) or "NULL"
    if lists_iris(geography):
        listed = f"SELECT code FROM _iris WHERE vintage = {geography.vintage} AND commune IN ({perimeter})"
        return f"level = 'iris' AND code IN ({listed})"
    return f"level = 'iris' AND vintage = {geography.vintage} AND source IN ({perimeter})"


def iris_periods(geography: Geography) -> str:
    """The periods, out of ``_codes``, in which IRIS are shown."""
    kept = "level = 'iris'" if lists_iris(geography) else f"vintage = {geography.vintage}"
    return f"SELECT period FROM _codes WHERE {kept}"


def lists_iris(geography: Geography) -> bool:
    """Whether there is a list of IRIS at the target vintage."""
    vintages = geography.iris["vintage"]
    return bool(pc.any(pc.equal(vintages, pa.scalar(geography.vintage, vintages.type))).as_py())


def iris_of(geography: Geography, codes: pa.Table) -> pa.Table:
    """``code, commune, vintage`` of the IRIS listed at the vintages of ``codes`` and of ``geography``; none when no
    code is one.

    Only what a statement needs: the whole list weighs more than most tables.
    """
    is_iris = "iris" in pc.unique(codes["level"]).to_pylist()
    spoken = {geography.vintage, *pc.unique(codes["vintage"]).to_pylist()} if is_iris else set[int | None]()
    return geography.prepared(("iris", frozenset(spoken)), lambda: _iris_at(geography, spoken))


def _iris_at(geography: Geography, vintages: Iterable[int | None]) -> pa.Table:
    schema = pa.schema([("code", pa.string()), ("commune", pa.string()), ("vintage", pa.int32())])
    listed = geography.iris.select(schema.names)
    years = listed["vintage"].cast(pa.int32())
    return listed.filter(pc.is_in(years, pa.array(list(vintages), pa.int32()))).cast(schema)


def _identity(geography: Geography) -> pa.Table:
    named = geography.names.filter(pc.equal(geography.names["level"], "commune"))["code"].to_pylist()
    codes = sorted({*geography.membership["commune"].to_pylist(), *named} - {UNLOCATED})
    count = len(codes)
    return pa.table(
        {
            "from_code": pa.array(codes, pa.string()),
            "to_code": pa.array(codes, pa.string()),
            "low": pa.array([0] * count, pa.int64()),
            "high": pa.array([1] * count, pa.int64()),
            "total": pa.array([1] * count, pa.int64()),
            "estimated": pa.array([False] * count, pa.bool_()),
        }
    )
