"""Putting together the catalogue that goes with an edition."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from beffroi.errors import fault
from beffroi.run.cataloguing import (
    describe_indicator,
    describe_source,
    describe_table,
    describe_workspace,
    is_synthetic,
    keep_entry,
)
from beffroi.run.orders import indicator_tables
from beffroi.run.reports import Item, Stage
from beffroi.run.states import BuildState


def make_catalogue(state: BuildState) -> dict[str, Any]:
    """What was declared, what became of it, and for what could not be made the entry of the last good edition."""
    catalog = state.catalog

    def table(name: str, item: Item) -> dict[str, Any]:
        declared = catalog.tables[name]
        return describe_table(declared, item, state.tables.get(name), declared.inputs)

    def indicator(name: str, item: Item) -> dict[str, Any]:
        synthetic = is_synthetic(catalog, indicator_tables(name, catalog.indicators))
        return describe_indicator(catalog, name, item, state.series.get(name), synthetic)

    return {
        **describe_workspace(catalog),
        "sources": _sources(state),
        "tables": _entries(state, "table", catalog.tables, table),
        "indicators": _entries(state, "indicator", catalog.indicators, indicator),
    }


def _sources(state: BuildState) -> dict[str, Any]:
    previous: Mapping[str, Any] = state.previous_catalogue.get("sources", {})
    entries = {}
    for name in state.catalog.sources:
        item, collected = state.items.get(("source", name)), state.collected.get(name)
        reasons = item.reasons if item else ()
        snapshots = collected.snapshots if collected else ()
        entries[name] = describe_source(state.catalog, name, snapshots, reasons, collected is not None)
        if collected is None and name in previous and previous[name]["snapshots"]:
            entries[name] = keep_entry(previous[name], item) if item else previous[name]
    return entries


def _entries(
    state: BuildState, stage: Stage, declared: Mapping[str, object], describe: Callable[[str, Item], dict[str, Any]]
) -> dict[str, Any]:
    """Entries of one kind: as made now, as kept from before, or kept because the text is at fault now."""
    previous: Mapping[str, Any] = state.previous_catalogue.get(f"{stage}s", {})
    entries: dict[str, Any] = {}
    for name in sorted({*declared, *previous}):
        item = state.items.get((stage, name))
        if name in declared and item is not None and item.state != "kept":
            # Whether a thing was made now or found as it was is of the build, not of the edition.
            entries[name] = describe(name, replace(item, state="built") if item.state == "unchanged" else item)
        elif name in declared and name in previous:
            entries[name] = keep_entry(previous[name], item) if item else previous[name]
        elif name not in declared and _text_at_fault(state, stage, name):
            kept = state.note(state.fall_back(stage, name, [fault("declaration-faulty")], time.monotonic(), "texte"))
            entries[name] = keep_entry(previous[name], kept)
    return entries


def _text_at_fault(state: BuildState, stage: Stage, name: str) -> bool:
    """Whether a thing that is no longer declared is still in the text, but wrong there."""
    where = (f"indicators/{name}.yaml",) if stage == "indicator" else (f"sources/{name}/", f"tables/{name}/")
    return any(file.startswith(where) for file in state.faulty)
