"""Measuring the indicators whose tables are good and whose series are stale."""

import time
from dataclasses import replace

from beffroi.errors import BeffroiError, Fault
from beffroi.run.geographies import Geographies
from beffroi.run.measuring import make_series, series_key
from beffroi.run.orders import indicator_tables
from beffroi.run.reports import Item
from beffroi.run.states import BuildState


def measure_indicators(state: BuildState, geographies: Geographies) -> None:
    """Series of every indicator (or of those asked for), in every released vintage."""
    only = state.options.only
    for name in sorted(state.catalog.indicators):
        if only and name not in only:
            if before := state.before(f"series:{name}"):
                state.series[name] = before
            continue
        state.note(_measure(state, geographies, name))


def _measure(state: BuildState, geographies: Geographies, name: str) -> Item:
    started = time.monotonic()
    needed = indicator_tables(name, state.catalog.indicators)
    if blocked := next((table for table in needed if not state.is_good(table)), None):
        return state.fall_back("indicator", name, [state.blocked_by(blocked)], started, blocked)
    tables = {table: state.tables[table] for table in needed}
    key = series_key(state.catalog, geographies, name, tables)
    if found := state.lake.objects.get(key):
        state.series[name] = found
        return Item("indicator", name, "unchanged", 0.0, found.rows)
    state.progress("indicator", name, 0, None)
    try:
        made = make_series(state.catalog, state.lake, geographies, name, key, tables)
    except Exception as error:
        return state.fall_back("indicator", name, _placed(state, name, error), started)
    finally:
        state.progress("indicator", name, 1, 1)
    state.series[name] = made
    return Item("indicator", name, "built", time.monotonic() - started, made.rows)


def _placed(state: BuildState, name: str, error: Exception) -> list[Fault]:
    """The faults of an indicator; limits that are reached know no indicator, and are told at its ``kind``."""
    faults = state.faults_of(error)
    if not isinstance(error, BeffroiError):
        return list(faults)
    place = state.catalog.places[f"indicators/{name}"]["kind"]
    return [replace(one, place=one.place or place) for one in faults]
