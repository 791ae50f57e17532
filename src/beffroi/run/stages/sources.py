"""Collecting the sources that the wanted tables need, several at a time."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from beffroi.collect import Collected, Session, collect_source
from beffroi.run.reports import Item
from beffroi.run.states import BuildState

_AT_ONCE = 4


def collect_sources(state: BuildState, tables: Iterable[str]) -> None:
    """Collect what ``tables`` come from. A source that fails is noted and does not stop the others."""
    names = sorted(source for name in tables if (source := state.catalog.tables[name].source))
    session = Session()
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        for item, collected in pool.map(lambda name: _collect(state, name, session), names):
            state.note(item)
            if collected:
                state.collected[item.name] = collected


def _collect(state: BuildState, name: str, session: Session) -> tuple[Item, Collected | None]:
    started = time.monotonic()
    try:
        collected = collect_source(
            name,
            state.catalog.sources[name],
            state.catalog.root / "sources" / name,
            state.workplace.snapshots,
            offline=state.options.offline,
            refresh=state.options.refresh,
            progress=lambda done, total: state.progress("source", name, done, total),
            session=session,
        )
    except Exception as error:
        kept = state.before(f"table:{name}") is not None
        spent = time.monotonic() - started
        return Item("source", name, "kept" if kept else "blocked", spent, None, state.faults_of(error)), None
    finally:
        state.progress("source", name, 1, 1)
    spent = time.monotonic() - started
    notes = tuple(state.on_its_line(note) for note in collected.notes)
    return Item("source", name, "built" if collected.fetched else "unchanged", spent, notes=notes), collected
