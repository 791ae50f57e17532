"""Series of one indicator: when they are stale, how they are made, and which rows stand behind a value."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.access import BUILDER
from beffroi.catalog import Catalog
from beffroi.lake.lakes import Lake
from beffroi.lake.objects import LakeObject, staleness_key, write_frame
from beffroi.lake.sessions import Session
from beffroi.measure import MEASURE_STAGE, Campaign, Measured, explain_value, measure_indicator
from beffroi.run.cataloguing import audience_of
from beffroi.run.geographies import Geographies
from beffroi.run.orders import indicator_parts, indicator_tables

_WORDS = {"title", "definition", "method", "note", "keywords", "featured", "theme", "corrections"}
"""Keys of an indicator that change what is said of it, never its values."""

_AT_ONCE = 2
_SMALL_ROWS = 1_000_000
"""Rows of all the tables of an indicator under which one statement is far from its limits."""


def series_key(catalog: Catalog, geographies: Geographies, name: str, tables: Mapping[str, LakeObject]) -> str:
    """Staleness key of an indicator's series: same key, same bytes."""
    return staleness_key(series_ingredients(catalog, geographies, name, tables))


def series_ingredients(
    catalog: Catalog, geographies: Geographies, name: str, tables: Mapping[str, LakeObject]
) -> dict[str, Any]:
    """All that a series depends on: its declaration without the words, its tables, the territories."""
    read = {"territory", "period", "secrecy", "key"}
    return {
        "stage": ["series", MEASURE_STAGE],
        "id": name,
        "audience": audience_of(catalog, name),
        "declared": {
            part: [
                catalog.indicators[part].model_dump(mode="json", exclude=_WORDS),
                catalog.units[catalog.indicators[part].unit].factor,
            ]
            for part in _with_parts(catalog, name)
        },
        "tables": {table: item.key for table, item in tables.items()},
        "contracts": {table: catalog.tables[table].contract.model_dump(mode="json", include=read) for table in tables},
        "geography": geographies.key,
    }


def _with_parts(catalog: Catalog, name: str) -> list[str]:
    found = [name]
    for part in indicator_parts(catalog.indicators[name]):
        found += _with_parts(catalog, part)
    return found


class Campaigns:
    """Indicators of a build that are to be measured, in every released vintage.

    ``awaited`` has the tables of each. They are measured one after the other; tables are read once for all.
    """

    def __init__(
        self,
        catalog: Catalog,
        lake: Lake,
        geographies: Geographies,
        awaited: Mapping[str, Mapping[str, LakeObject]],
    ) -> None:
        self._catalog, self._lake, self._geographies = catalog, lake, geographies
        self._awaited = dict(awaited)
        self._opened = ExitStack()
        self._sessions: list[Session] = []
        self._running: dict[frozenset[int], list[Campaign]] = {}

    def measure(self, name: str) -> list[Callable[[], Measured]]:
        """Ask all that an indicator needs, at each released vintage; what is given finishes its series."""
        tables = self._awaited[name]
        # Small tables leave the engine's threads idle: vintages go two at a time. Of large ones, each has all the
        # memory.
        at_once = _AT_ONCE if sum(item.rows for item in tables.values()) <= _SMALL_ROWS else 1
        try:
            campaigns = self._campaigns(frozenset(speaking_vintages(tables)))
            for session in self._sessions:
                session.renew()
            with ThreadPoolExecutor(max_workers=at_once) as pool:
                return list(pool.map(lambda campaign: campaign.measure(name), campaigns))
        except BaseException:
            # The engine may be in no state to go on: what comes next starts afresh.
            self.close()
            raise
        finally:
            del self._awaited[name]

    def close(self) -> None:
        """Leave the engine."""
        self._opened.close()
        self._sessions, self._running = [], {}

    def _campaigns(self, speaking: frozenset[int]) -> list[Campaign]:
        """One campaign for each released vintage, of all the indicators whose tables speak at these vintages."""
        if speaking not in self._running:
            names = [name for name, tables in self._awaited.items() if frozenset(speaking_vintages(tables)) == speaking]
            geographies = [self._geographies.at(vintage, speaking) for vintage in self._geographies.vintages]
            if not self._sessions:
                every = {table: item for tables in self._awaited.values() for table, item in tables.items()}
                opened = (self._lake.session(BUILDER, every) for _ in geographies)
                self._sessions = [self._opened.enter_context(session) for session in opened]
            self._running[speaking] = [
                Campaign(names, self._catalog, geography, session)
                for geography, session in zip(geographies, self._sessions, strict=True)
            ]
        return self._running[speaking]


def make_series(
    catalog: Catalog,
    lake: Lake,
    geographies: Geographies,
    name: str,
    key: str,
    tables: Mapping[str, LakeObject],
    unfinished: Iterable[Callable[[], Measured]],
) -> LakeObject:
    """Finish the series of an indicator, one for every released vintage, and keep them under ``key``."""
    made_from = series_ingredients(catalog, geographies, name, tables)
    return write_series(catalog, lake, geographies, name, key, [finish() for finish in unfinished], made_from)


def write_series(
    catalog: Catalog,
    lake: Lake,
    geographies: Geographies,
    name: str,
    key: str,
    every: Sequence[Measured],
    made_from: Mapping[str, Any],
) -> LakeObject:
    """Keep the protected series of an indicator, one for every released vintage, under ``key``."""
    coverage = {
        str(vintage): [asdict(covered) for covered in measured.coverage]
        for vintage, measured in zip(geographies.vintages, every, strict=True)
    }
    series = pa.concat_tables(measured.series for measured in every)
    levels = set(pc.unique(series["level"]).to_pylist())
    return write_frame(
        lake.objects,
        key,
        kind="series",
        name=name,
        audience=audience_of(catalog, name),
        frame=series,
        more={
            "levels": [level for level in catalog.workspace.levels if level in levels],
            "periods": sorted(pc.unique(series["period"]).to_pylist()),
            "vintages": geographies.vintages,
            "coverage": coverage,
            "made_from": made_from,
        },
    )


def measure_at(catalog: Catalog, lake: Lake, tables: Mapping[str, LakeObject], name: str, vintage: int) -> pa.Table:
    """Protected series of an indicator in the geography of any vintage, from the tables of an edition."""
    needed = {table: tables[table] for table in indicator_tables(name, catalog.indicators)}
    geography = Geographies(catalog, lake, tables).at(vintage, speaking_vintages(needed))
    with lake.session(BUILDER, needed) as query:
        return measure_indicator(name, catalog, geography, query).series


def explain_rows(
    catalog: Catalog,
    lake: Lake,
    tables: Mapping[str, LakeObject],
    name: str,
    values: Iterable[Mapping[str, Any]],
    vintage: int | None = None,
) -> list[list[dict[str, Any]]]:
    """Rows that stand behind each value of the reference vintage or of another, by part: for who builds only."""
    needed = {table: tables[table] for table in indicator_tables(name, catalog.indicators)}
    geographies = Geographies(catalog, lake, tables)
    geography = geographies.at(vintage or catalog.workspace.reference_vintage, speaking_vintages(needed))
    with lake.session(BUILDER, needed) as query:
        every = [
            explain_value(
                name, value["level"], value["territory"], value["period"],
                catalog=catalog, geography=geography, query=query, reader=BUILDER,
            )
            for value in values
        ]  # fmt: skip
    return [
        [
            {"part": one.role, "table": one.table, "period": one.period, "rows": one.rows, "keys": one.keys.to_pylist()}
            for one in found
        ]
        for found in every
    ]


def speaking_vintages(tables: Mapping[str, LakeObject]) -> set[int]:
    """The vintages in which tables have codes."""
    return {vintage for item in tables.values() for vintage in item.manifest["vintages"]}
