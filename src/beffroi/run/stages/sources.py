"""Collecting the sources that the wanted tables and images need, several at a time."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from beffroi.collect import Collected, Session, collect_source
from beffroi.run.reports import Item
from beffroi.run.states import BuildState

_AT_ONCE = 4


def collect_sources(state: BuildState, wanted: Iterable[str]) -> None:
    """Collect the sources wanted. One that fails is noted and does not stop the others."""
    names = sorted(wanted)
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
        images = [f"raster:{layer}" for layer, raster in state.catalog.rasters.items() if raster.source == name]
        kept = any(state.before(label) is not None for label in (f"table:{name}", *images))
        spent = time.monotonic() - started
        return Item("source", name, "kept" if kept else "blocked", spent, None, state.faults_of(error)), None
    finally:
        state.progress("source", name, 1, 1)
    spent = time.monotonic() - started
    notes = tuple(state.on_its_line(note) for note in collected.notes)
    return Item("source", name, "built" if collected.fetched else "unchanged", spent, notes=notes), collected
