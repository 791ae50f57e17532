"""What a build would make again, and why, found without making anything."""

from collections.abc import Iterator, Mapping
from typing import Any

from beffroi.catalog.layers import Layer, Raster
from beffroi.collect import collect_source
from beffroi.errors import BeffroiError
from beffroi.lake.editions import Edition
from beffroi.lake.layers import layer_ingredients
from beffroi.lake.objects import LakeObject, staleness_key
from beffroi.lake.rasters import raster_ingredients
from beffroi.lake.tables import table_ingredients
from beffroi.language import text
from beffroi.run.geographies import Geographies
from beffroi.run.measuring import series_ingredients
from beffroi.run.orders import REQUIRED_ROLES, indicator_tables, order_tables, role_tables, table_inputs
from beffroi.run.stages.groups import group_ingredients, groups_of, member_key, with_memory
from beffroi.run.stages.layers import gather_layer_inputs, layer_vintage
from beffroi.run.stages.rasters import gather_raster_inputs
from beffroi.run.stages.tables import gather_inputs
from beffroi.run.workplaces import Workplace, load_good


def explain_staleness(workplace: Workplace) -> Iterator[tuple[str, str]]:
    """Each table, indicator and layer that a build would make, with what changed since it was last made.

    Only what is already here is looked at: a source that was never fetched is said to be so.
    """
    catalog, _ = load_good(workplace)
    lake, before, language = workplace.lake, workplace.lake.editions.current(), workplace.settings.language
    table_word, indicator_word = text("stale.table", language), text("stale.indicator", language)
    fresh: dict[str, LakeObject] = {}
    for name in order_tables(catalog):
        table = catalog.tables[name]
        if late := next((other for other in table_inputs(table, catalog) if other not in fresh), None):
            yield f"{table_word} {name}", text("stale.reads_late", language, name=late)
            continue
        try:
            collected = {}
            if table.source:
                source, folder = catalog.sources[table.source], catalog.root / "sources" / table.source
                found = collect_source(table.source, source, folder, workplace.snapshots, offline=True)
                collected = {table.source: found}
            inputs = gather_inputs(catalog, lake, name, collected, fresh)
        except BeffroiError as error:
            yield f"{table_word} {name}", error.faults[0].message(language)
            continue
        made_from = table_ingredients(table, inputs)
        if made := lake.objects.get(staleness_key(made_from)):
            fresh[name] = made
        else:
            old = lake.objects.get(before.objects.get(f"table:{name}", "")) if before else None
            yield f"{table_word} {name}", _what_changed(old, made_from, language)
    roles = role_tables(catalog)
    if any(roles[role] not in fresh for role in REQUIRED_ROLES):
        return
    geographies = Geographies(catalog, lake, fresh)
    series: dict[str, LakeObject] = {}
    together = {name: group for group in groups_of(catalog) for name in group.indicators}
    for name in sorted(catalog.indicators):
        needed = together[name].tables if name in together else indicator_tables(name, catalog.indicators)
        if late := next((table for table in needed if table not in fresh), None):
            yield f"{indicator_word} {name}", text("stale.reads_late", language, name=late)
            continue
        made_from = series_ingredients(catalog, geographies, name, {table: fresh[table] for table in needed})
        key = staleness_key(made_from)
        if group := together.get(name):
            key = member_key(with_memory(lake, group, group_ingredients(catalog, geographies, group, fresh)), name)
        if made := lake.objects.get(key):
            series[name] = made
        else:
            old = lake.objects.get(before.objects.get(f"series:{name}", "")) if before else None
            yield f"{indicator_word} {name}", _what_changed(old, made_from, language)
    for name, layer in sorted(catalog.layers.items()):
        if why := _why_layer(workplace, geographies, layer, fresh, series, before):
            yield f"{text('stale.layer', language)} {name}", why
    for name, raster in sorted(catalog.rasters.items()):
        if why := _why_raster(workplace, geographies, raster, before):
            yield f"{text('stale.layer', language)} {name}", why


def _why_layer(
    workplace: Workplace,
    geographies: Geographies,
    layer: Layer,
    tables: Mapping[str, LakeObject],
    series: Mapping[str, LakeObject],
    before: Edition | None,
) -> str | None:
    """Why a layer would be made again; None when it would not."""
    catalog, lake, language = geographies.catalog, workplace.lake, workplace.settings.language
    there = {*tables, *series}
    if late := next((one for one in (*layer.tables, *layer.indicators) if one not in there), None):
        return text("stale.reads_late", language, name=late)
    if not layer.tables and not geographies.is_made(layer_vintage(layer, catalog)):
        return text("stale.reads_late", language, name=text("stale.territories", language))
    inputs = gather_layer_inputs(catalog, geographies, layer, tables, series)
    made_from = layer_ingredients(layer, inputs, catalog.units)
    if lake.objects.get(staleness_key(made_from)):
        return None
    old = lake.objects.get(before.objects.get(f"layer:{layer.id}", "")) if before else None
    return _what_changed(old, made_from, language)


def _why_raster(workplace: Workplace, geographies: Geographies, raster: Raster, before: Edition | None) -> str | None:
    """Why an image would be made again; None when it would not."""
    catalog, lake, language = geographies.catalog, workplace.lake, workplace.settings.language
    if not geographies.is_made(catalog.workspace.reference_vintage):
        return text("stale.reads_late", language, name=text("stale.territories", language))
    try:
        source, folder = catalog.sources[raster.source], catalog.root / "sources" / raster.source
        collected = collect_source(raster.source, source, folder, workplace.snapshots, offline=True)
        inputs = gather_raster_inputs(catalog, geographies, lake, raster, collected)
    except BeffroiError as error:
        return error.faults[0].message(language)
    made_from = raster_ingredients(raster, inputs.files, inputs.perimeter, inputs.ground, inputs.decimals, inputs.tags)
    if lake.objects.get(staleness_key(made_from)):
        return None
    return _what_changed(lake.objects.get(before.objects.get(f"raster:{raster.id}", "")) if before else None,
                         made_from, language)  # fmt: skip


def _what_changed(old: LakeObject | None, made_from: Mapping[str, Any], language: str) -> str:
    if old is None:
        return text("stale.never_built", language)
    were = old.manifest["made_from"]
    names = [name for name in made_from if staleness_key({"": made_from[name]}) != staleness_key({"": were.get(name)})]
    return text("stale.changed", language, names=", ".join(names))
