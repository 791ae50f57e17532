"""Measuring the indicators whose tables are good and whose series are stale."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass

from beffroi.lake.objects import LakeObject
from beffroi.measure import Measured
from beffroi.run.geographies import Geographies
from beffroi.run.measuring import Campaigns, make_series, series_key
from beffroi.run.orders import indicator_tables
from beffroi.run.reports import Item
from beffroi.run.stages.groups import groups_of, measure_groups
from beffroi.run.states import BuildState


@dataclass(frozen=True)
class _Stale:
    """An indicator whose series has to be measured again, from these tables, and kept under this key."""

    name: str
    key: str
    tables: Mapping[str, LakeObject]


def measure_indicators(state: BuildState, geographies: Geographies) -> None:
    """Series of every indicator (or of those asked for), in every released vintage."""
    only = state.options.only
    groups = groups_of(state.catalog)
    together = {name for group in groups for name in group.indicators}
    looked: dict[str, Item | _Stale] = dict(measure_groups(state, geographies, groups))
    for name in sorted(set(state.catalog.indicators) - together):
        if not only or name in only:
            looked[name] = _look(state, geographies, name)
        elif before := state.before(f"series:{name}"):
            state.series[name] = before
    stale = [found for found in looked.values() if isinstance(found, _Stale)]
    measured = _measure(state, geographies, stale)
    for name, found in sorted(looked.items()):
        state.note(found if isinstance(found, Item) else measured[name])


def _look(state: BuildState, geographies: Geographies, name: str) -> Item | _Stale:
    started = time.monotonic()
    needed = indicator_tables(name, state.catalog.indicators)
    if blocked := next((table for table in needed if not state.is_good(table)), None):
        return state.fall_back("indicator", name, [state.blocked_by(blocked)], started, blocked)
    tables = {table: state.tables[table] for table in needed}
    key = series_key(state.catalog, geographies, name, tables)
    if found := state.lake.objects.get(key):
        state.series[name] = found
        return Item("indicator", name, "unchanged", 0.0, found.rows)
    return _Stale(name, key, tables)


def _measure(state: BuildState, geographies: Geographies, stale: Sequence[_Stale]) -> dict[str, Item]:
    """Measure what is stale. The series of one is finished and written while the next is measured."""
    items: dict[str, Item] = {}
    finishing: dict[str, Future[Item]] = {}
    awaited = {one.name: one.tables for one in stale}
    with (
        closing(Campaigns(state.catalog, state.lake, geographies, awaited)) as campaigns,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        for one in stale:
            started = time.monotonic()
            state.progress("indicator", one.name, 0, None)
            try:
                unfinished = campaigns.measure(one.name)
            except Exception as error:
                items[one.name] = state.fall_back(
                    "indicator", one.name, state.faults_about("indicators", one.name, error), started
                )
                state.progress("indicator", one.name, 1, 1)
                continue
            # One at a time: what waits to be written is held in memory.
            wait(finishing.values())
            finishing[one.name] = pool.submit(_finish, state, geographies, one, unfinished, started)
    return items | {name: future.result() for name, future in finishing.items()}


def _finish(
    state: BuildState,
    geographies: Geographies,
    one: _Stale,
    unfinished: Iterable[Callable[[], Measured]],
    started: float,
) -> Item:
    try:
        made = make_series(state.catalog, state.lake, geographies, one.name, one.key, one.tables, unfinished)
    except Exception as error:
        return state.fall_back("indicator", one.name, state.faults_about("indicators", one.name, error), started)
    finally:
        state.progress("indicator", one.name, 1, 1)
    state.series[one.name] = made
    return Item("indicator", one.name, "built", time.monotonic() - started, made.rows)
