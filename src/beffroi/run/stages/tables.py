"""Making tables in the order of what they read, two at a time."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache

import pyarrow as pa

from beffroi.catalog import Catalog
from beffroi.collect import Collected, raw_relations
from beffroi.lake.contracts import Expectations
from beffroi.lake.lakes import Lake
from beffroi.lake.objects import LakeObject, read_frame
from beffroi.lake.tables import TableInputs, build_table, table_key
from beffroi.run.orders import order_tables, table_inputs
from beffroi.run.reports import Item
from beffroi.run.states import BuildState

_AT_ONCE = 2


def make_tables(state: BuildState, wanted: set[str], known_codes: LakeObject | None) -> None:
    """Make the tables wanted. One that fails is noted; those that read it are not made.

    ``known_codes`` is what territory columns are checked against; None while the official lists are being made.
    """
    # Read only if a table is made: the codes of all the vintages weigh more than most tables.
    read_codes = cache(lambda: None if known_codes is None else read_frame(known_codes))
    waiting = [name for name in order_tables(state.catalog) if name in wanted]
    running: dict[Future[Item], str] = {}
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        while waiting or running:
            pending = {*waiting, *running.values()}
            ready = [
                name
                for name in waiting
                if not pending.intersection(table_inputs(state.catalog.tables[name], state.catalog))
            ]
            for name in ready[: _AT_ONCE - len(running)]:
                waiting.remove(name)
                running[pool.submit(_make, state, name, read_codes)] = name
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                running.pop(future)
                state.note(future.result())


def _make(state: BuildState, name: str, known_codes: Callable[[], pa.Table | None]) -> Item:
    started = time.monotonic()
    table = state.catalog.tables[name]
    if blocked := _blocked(state, name):
        return state.fall_back("table", name, [state.blocked_by(blocked)], started, blocked)
    state.progress("table", name, 0, None)
    try:
        inputs = gather_inputs(state.catalog, state.lake, name, state.collected, state.tables)
        there = state.lake.objects.get(table_key(table, inputs))
        before = state.before(f"table:{name}")
        previous_rows = before.rows if before and name not in state.options.accept else None
        made = there or build_table(
            table,
            inputs,
            state.lake.objects,
            state.lake.limits,
            Expectations(known_codes(), previous_rows),
            state.lake.root,
        )
    except Exception as error:
        return state.fall_back("table", name, state.faults_of(error), started)
    finally:
        state.progress("table", name, 1, 1)
    state.tables[name] = made
    return Item("table", name, "unchanged" if there else "built", time.monotonic() - started, made.rows)


def _blocked(state: BuildState, name: str) -> str | None:
    """What a table waits for in vain: its source, or a table that it reads."""
    table = state.catalog.tables[name]
    if table.source and table.source not in state.collected:
        return table.source
    return next((other for other in table_inputs(table, state.catalog) if not state.is_good(other)), None)


def gather_inputs(
    catalog: Catalog, lake: Lake, name: str, collected: Mapping[str, Collected], tables: Mapping[str, LakeObject]
) -> TableInputs:
    """What a table is made from: the files of its source that its SELECT reads, and the tables that it needs."""
    table = catalog.tables[name]
    raw = {}
    if table.source:
        snapshots = collected[table.source].snapshots
        raw = raw_relations(catalog.sources[table.source], snapshots, lake.root / "scratch" / "raw")
    return TableInputs(
        {relation: item for relation, item in raw.items() if relation in table.inputs},
        {other: tables[other] for other in table_inputs(table, catalog)},
    )
