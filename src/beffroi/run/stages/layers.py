"""Making the layers whose tables and series are good, and that are stale."""

import time
from collections.abc import Mapping
from dataclasses import replace

from beffroi.catalog import Catalog
from beffroi.catalog.layers import Layer, TerritoryLayer
from beffroi.errors import Fault, fault
from beffroi.lake.drawings import build_drawing
from beffroi.lake.joined_territories import JoinedTerritories
from beffroi.lake.layers import RowInputs, build_layer, layer_key
from beffroi.lake.objects import LakeObject
from beffroi.lake.tile_archives import build_archive
from beffroi.observe.layers import plan_tiles
from beffroi.run.geographies import Geographies
from beffroi.run.reports import Item
from beffroi.run.states import BuildState


def make_layers(state: BuildState, geographies: Geographies) -> None:
    """Objects of every layer (or of those asked for), each with the tiles that are made of it."""
    only = state.options.only
    for name in sorted(state.catalog.layers):
        if not only or name in only:
            started = time.monotonic()
            item = _make(state, geographies, name)
            notes = (*item.notes, *_make_tiles(state, name))
            state.note(replace(item, notes=notes, seconds=time.monotonic() - started))
        else:
            state.keep_layer(name)


def gather_layer_inputs(
    catalog: Catalog,
    geographies: Geographies,
    layer: Layer,
    tables: Mapping[str, LakeObject],
    series: Mapping[str, LakeObject],
) -> RowInputs | JoinedTerritories:
    """What a layer is made from, its tables and series being there."""
    if not isinstance(layer.declaration, TerritoryLayer):
        (table,) = layer.tables
        return RowInputs(catalog.tables[table], tables[table])
    vintage = layer_vintage(layer, catalog)
    joined = {name: series[name] for name in layer.indicators}
    return JoinedTerritories(vintage, geographies.contours_at(vintage), geographies.names_at(vintage), joined)


def layer_vintage(layer: Layer, catalog: Catalog) -> int:
    """The year of the geography of a layer of territories."""
    declared = layer.declaration.vintage if isinstance(layer.declaration, TerritoryLayer) else None
    return declared or catalog.workspace.reference_vintage


def _make(state: BuildState, geographies: Geographies, name: str) -> Item:
    started = time.monotonic()
    layer, catalog = state.catalog.layers[name], state.catalog
    if blocked := next((table for table in layer.tables if not state.is_good(table)), None):
        return state.fall_back("layer", name, [state.blocked_by(blocked)], started, blocked)
    if blocked := next((one for one in layer.indicators if not state.is_good(one, "indicator")), None):
        return state.fall_back("layer", name, [state.blocked_by(blocked, "indicator")], started, blocked)
    state.progress("layer", name, 0, None)
    try:
        inputs = gather_layer_inputs(catalog, geographies, layer, state.tables, state.series)
        there = state.lake.objects.get(layer_key(layer, inputs, catalog.units))
        made = there or build_layer(layer, inputs, catalog.units, state.lake.objects, state.lake.limits)
    except Exception as error:
        return state.fall_back("layer", name, state.faults_about("layers", name, error), started)
    finally:
        state.progress("layer", name, 1, 1)
    state.layers[name] = made
    notes = () if there else tell_losses(name, made)
    seconds = time.monotonic() - started
    return Item("layer", name, "unchanged" if there else "built", seconds, made.rows, notes=notes)


def _make_tiles(state: BuildState, name: str) -> list[Fault]:
    """The archive of the tiles of a layer, of the features that it has now. Without one, tiles are drawn as they are
    asked for: the map has them all the same, and what went wrong is told beside the layer."""
    made = state.layers.get(name)
    if made is None:
        return []
    said = state.catalog.layers[name].declaration
    entry = {
        "geometry_types": made.manifest["geometry_types"],
        "style": said.style.model_dump(mode="json"),
        "labels": said.labels.model_dump(mode="json") if said.labels else None,
        "filters": [{"attribute": attribute} for attribute in said.filters],
        "zoom": said.zoom.model_dump(mode="json"),
    }
    try:
        plan, store = plan_tiles(entry), state.lake.objects
        state.drawings[name] = drawing = build_drawing(made, plan.points, store)
        state.tiles[name] = build_archive(made, drawing, plan, store, state.lake.limits)
    except Exception as error:
        return state.faults_about("layers", name, error)
    return []


def tell_losses(name: str, made: LakeObject) -> tuple[Fault, ...]:
    """What became of rows that are not on the map, and of shapes that are not as they came."""
    told = made.manifest
    notes = []
    if lost := told["without_geometry"] + told["outside_world"]:
        rows = made.rows + lost
        notes.append(fault("layer-rows-unplaced", name=name, count=lost, rows=rows, outside=told["outside_world"]))
    if told["repaired"]:
        notes.append(fault("layer-shapes-repaired", name=name, count=told["repaired"], rows=made.rows))
    return tuple(notes)
