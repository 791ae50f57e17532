"""Putting together the catalogue that goes with an edition."""

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from beffroi.catalog.intentions import DOUBTFUL
from beffroi.errors import fault
from beffroi.run.cataloguing import (
    audience_of,
    describe_indicator,
    describe_source,
    describe_table,
    describe_workspace,
    is_synthetic,
    keep_entry,
    tell_reasons,
)
from beffroi.run.layer_entries import describe_layer, describe_map
from beffroi.run.orders import indicator_tables, layer_tables
from beffroi.run.raster_entries import describe_raster
from beffroi.run.reports import Item, Stage
from beffroi.run.states import BuildState


def make_catalogue(state: BuildState) -> dict[str, Any]:
    """What was declared, what became of it, and for what could not be made the entry of the last good edition."""
    catalog = state.catalog

    def table(name: str, item: Item) -> dict[str, Any]:
        return describe_table(catalog, name, item, state.tables.get(name))

    def indicator(name: str, item: Item) -> dict[str, Any]:
        synthetic = is_synthetic(catalog, indicator_tables(name, catalog.indicators))
        return describe_indicator(catalog, name, item, state.series.get(name), synthetic)

    def layer(name: str, item: Item) -> dict[str, Any]:
        if name in catalog.rasters:
            return describe_raster(catalog, name, item, state.rasters.get(name), state.tiles.get(name))
        return describe_layer(catalog, name, item, state.layers.get(name), state.tiles.get(name))

    shelves = {
        "sources": _sources(state),
        "tables": _entries(state, "table", catalog.tables, table),
        "indicators": _entries(state, "indicator", catalog.indicators, indicator),
        "layers": _entries(state, "layer", {**catalog.layers, **catalog.rasters}, layer),
    }
    shelves["maps"] = _maps(state, {name for name, entry in shelves["layers"].items() if entry["object"]})
    return {**_with_words_of_kept(describe_workspace(catalog), state), **shelves}


def _with_words_of_kept(described: dict[str, Any], state: BuildState) -> dict[str, Any]:
    """The workspace with the themes and units of before that its text has no more: what is kept still names them."""
    before = state.previous_catalogue
    return described | {kind: {**before.get(kind, {}), **described[kind]} for kind in ("themes", "units")}


def _sources(state: BuildState) -> dict[str, Any]:
    previous: Mapping[str, Any] = state.previous_catalogue.get("sources", {})
    entries = {}
    for name in sorted({*state.catalog.sources, *previous}):
        if name in state.catalog.sources:
            item, collected = state.items.get(("source", name)), state.collected.get(name)
            reasons = item.reasons if item else ()
            snapshots = collected.snapshots if collected else ()
            entries[name] = describe_source(state.catalog, name, snapshots, reasons, collected is not None)
            if collected is not None or name not in previous or not previous[name]["snapshots"]:
                continue
            kept = keep_entry(previous[name], _tell(state, "source", name, item)) if item else previous[name]
        elif f"sources/{name}" in state.intentions:
            kept = keep_entry(previous[name], [fault("declaration-faulty").to_json()])
        else:
            continue
        told = state.intention(f"source:{name}")
        if told != DOUBTFUL:
            entries[name] = {**kept, "audience": told or kept["audience"]}
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
            entries[name]["reasons"] = _tell(state, stage, name, item)
        elif name not in previous or not state.may_be_kept(f"{stage}:{name}", previous[name]["audience"]):
            continue
        elif name in declared:
            entries[name] = keep_entry(previous[name], _tell(state, stage, name, item)) if item else previous[name]
        elif _is_still_written(state, stage, name):
            kept = state.note(state.fall_back(stage, name, [fault("declaration-faulty")], time.monotonic(), "texte"))
            entries[name] = keep_entry(previous[name], _tell(state, stage, name, kept))
    return entries


def _tell(state: BuildState, stage: Stage, name: str, item: Item) -> list[dict[str, Any]]:
    """Why a thing could not be made, in the words of those who read it."""
    catalog = state.catalog
    if stage == "indicator" and name in catalog.indicators:
        audience, tables = audience_of(catalog, name), indicator_tables(name, catalog.indicators)
    elif stage == "layer" and name in catalog.layers:
        audience, tables = catalog.layers[name].audience, layer_tables(catalog.layers[name], catalog)
    else:
        audience, tables = "public", (name,)
        if name in catalog.tables:
            audience = catalog.tables[name].contract.audience
    return tell_reasons(catalog, item.reasons, audience, tables)


def _maps(state: BuildState, available: Collection[str]) -> dict[str, Any]:
    """Maps as they are written, those whose text is at fault as they were."""
    previous: Mapping[str, Any] = state.previous_catalogue.get("maps", {})
    entries = {}
    for name, declared in sorted(state.catalog.maps.items()):
        entries[name] = describe_map(declared, available)
        # A catalogue is kept as JSON: what was is compared with what would be read again.
        same = json.loads(json.dumps(entries[name])) == previous.get(name)
        state.note(Item("map", name, "unchanged" if same else "built"))
    for name, entry in previous.items():
        written = name not in entries and f"maps/{name}" in state.intentions
        if written and state.may_be_kept(f"map:{name}", entry["audience"]):
            item = state.note(Item("map", name, "kept", 0.0, None, (fault("declaration-faulty"),), "texte"))
            entries[name] = keep_entry(entry, [reason.to_json() for reason in item.reasons])
    return entries


def _is_still_written(state: BuildState, stage: Stage, name: str) -> bool:
    """Whether a thing that cannot be built any more is still in the text: it, or what it needs, is at fault there."""
    folders = ("sources", "tables") if stage == "table" else (f"{stage}s",)
    return any(f"{folder}/{name}" in state.intentions for folder in folders)
