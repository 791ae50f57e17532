"""What layers must be: a geometry that can be told, attributes that exist, nothing shown that may not be.

``rules.styles`` is about how they look. ``settle_layer`` makes a good declaration into what the rooms below read.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from beffroi.catalog.layers import (
    RESERVED_ATTRIBUTES,
    TERRITORY_COLUMNS,
    FeatureLayer,
    Layer,
    LayerAttribute,
    LayerBase,
    RasterLayer,
    RowLayer,
    TerritoryLayer,
)
from beffroi.catalog.reading.documents import MappingNode
from beffroi.catalog.reading.shapes import UNREAD, unread
from beffroi.catalog.rules.conditions import check_where, settle_where
from beffroi.catalog.rules.drafts import Draft, Drafts, TableDraft, check_reference, check_repeats
from beffroi.catalog.rules.indicators import indicator_audience, reachable_levels, tables_of
from beffroi.catalog.rules.pages import known_measure
from beffroi.catalog.rules.rasters import check_raster, licence_read, raster_source, source_audience
from beffroi.catalog.rules.styles import check_shown, check_style
from beffroi.catalog.rules.tables import (
    CLOSED,
    check_audience,
    check_column_named,
    input_tables,
    known_audience,
    table_audience,
    unknown_column,
)
from beffroi.catalog.rules.vocabularies import NUMERIC, check_name, check_range, type_of
from beffroi.catalog.vocabularies import Column
from beffroi.catalog.workspaces import QPV
from beffroi.errors import Fault

REFERENCE = re.compile(r"\{\s*([^{}]*?)\s*\}")
"""An attribute in the words of a popup."""

_DEGREES = ("number", "decimal")
"""Types of columns that hold coordinates."""


def check_layer(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    """The faults of one layer, by itself and beside all that it refers to."""
    layer = draft.value
    yield from check_reference(draft, drafts.themes, layer.theme, "unknown-theme", "theme")
    yield from check_repeats(draft, layer.keywords, "keywords")
    if isinstance(layer, RowLayer):
        yield from _check_rows(draft, drafts)
    elif isinstance(layer, TerritoryLayer):
        yield from _check_territories(draft, drafts)
    elif isinstance(layer, RasterLayer):
        yield from check_raster(draft, drafts)
    if isinstance(layer, FeatureLayer):
        yield from _check_attributes(draft, drafts)
        shown = shown_attributes(draft, drafts)
        yield from _check_words(draft, shown)
        yield from check_style(draft, drafts, shown)
    yield from check_state(draft)
    yield from _check_audience(draft, drafts)


def check_state(draft: Draft[Any]) -> Iterator[Fault]:
    """One fault when what is validated or adopted does not say by which act."""
    if draft.value.state in ("validated", "adopted") and draft.value.act is None:
        yield draft.fault("missing-key", "act", name="act")


def shown_attributes(draft: Draft[Any], drafts: Drafts) -> Any:
    """The columns that leave by name, in order, ``UNREAD`` for one that cannot be known; or UNREAD for them all."""
    layer = draft.value
    if not isinstance(layer, RowLayer | TerritoryLayer) or unread(layer.attributes):
        return UNREAD
    columns = _columns(draft, drafts)
    if isinstance(layer, TerritoryLayer) and not layer.attributes:
        return columns
    return {name: UNREAD if unread(columns) else columns.get(name, UNREAD) for name in layer.attributes}


def layer_audience(draft: Draft[Any], drafts: Drafts) -> Any:
    """Who may see a layer: what it says, or the strictest of what it reads; UNREAD when it cannot be known."""
    said = draft.value.audience
    audiences = set(_audiences_read(draft, drafts).values()) - {"public"}
    if said is None:
        return "public" if not audiences else next(iter(audiences)) if len(audiences) == 1 else UNREAD
    if unread(said) or not {one for one in audiences if not unread(one)} <= {said}:
        return UNREAD
    return known_audience(said, drafts)


def settle_layer(draft: Draft[Any], drafts: Drafts) -> Layer:
    """A layer without fault, with everything said that it leaves to others."""
    layer, columns = draft.value, shown_attributes(draft, drafts)
    audience = layer_audience(draft, drafts)
    changes: dict[str, Any] = {"audience": audience}
    crs = "EPSG:4326"
    if isinstance(layer, RowLayer):
        table = drafts.tables.known[layer.table]
        changes["where"] = settle_where(layer.where, draft.node("where"), table)
        if layer.point is None:
            changes["geometry"] = layer.geometry or _geometries(table)[0]
            crs = str(table.value.crs)
    else:
        if layer.vintage is None and layer.level not in QPV and drafts.workspace is not None:
            changes["vintage"] = drafts.workspace.value.reference_vintage
        if layer.name is None and "name" in columns:
            changes["name"] = "name"
    joined = layer.indicators if isinstance(layer, TerritoryLayer) else {}
    attributes = {}
    for name, column in columns.items():
        use = layer.attributes.get(name)
        series = joined.get(name)
        attributes[name] = LayerAttribute(
            name, column.type,
            title=(use.title if use else None) or column.title or {"fr": name},
            definition=column.definition,
            unit=column.unit or (use.unit if use else None),
            values=None if column.values is None else tuple(column.values),
            indicator=series.indicator if series else None,
            period=series.period if series else None,
        )  # fmt: skip
    return Layer(
        id=draft.id,
        declaration=layer.model_copy(update=changes),
        attributes=attributes,
        audience=audience,
        tables=(layer.table,) if isinstance(layer, RowLayer) else (),
        indicators=tuple(dict.fromkeys(one.indicator for one in attributes.values() if one.indicator is not None)),
        crs=crs,
    )


def _columns(draft: Draft[Any], drafts: Drafts) -> Any:
    """Every column that the layer could show; ``UNREAD`` when they cannot be known."""
    layer = draft.value
    if isinstance(layer, RowLayer):
        table = drafts.tables.find(layer.table)
        known = isinstance(table, TableDraft) and not unread(table.value, table.columns, table.value.columns)
        return table.columns if known else UNREAD
    if unread(layer.indicators):
        return UNREAD
    columns: dict[str, Any] = dict(TERRITORY_COLUMNS)
    for name, joined in layer.indicators.items():
        columns[name] = UNREAD if unread(joined, joined.indicator) else _column_of(joined.indicator, drafts)
    return columns


def _column_of(indicator: str, drafts: Drafts) -> Any:
    """An indicator as the column that its values make; a category of a breakdown has the title of that category."""
    found = known_measure(drafts, indicator)
    if not isinstance(found, Draft):
        return UNREAD
    title = found.value.title
    breakdown, _, category = indicator.rpartition("/")
    if indicator not in drafts.indicators.known and isinstance(parent := drafts.breakdowns.find(breakdown), Draft):
        title = getattr(parent.value.categories[category], "title", title)
    return Column.model_construct(type="number", title=title, definition=found.value.definition, unit=found.value.unit)


def _geometries(table: TableDraft) -> list[str]:
    return [name for name, column in table.columns.items() if type_of(column) == "geometry"]


def _check_rows(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    layer = draft.value
    yield from check_reference(draft, drafts.tables, layer.table, "unknown-table", "table")
    if layer.geometry is not None and layer.point is not None:
        yield draft.fault("exclusive-keys", "point", keys="geometry, point")
    table = drafts.tables.find(layer.table)
    if not isinstance(table, TableDraft) or unread(table.value, table.columns, table.value.columns):
        return
    yield from check_where(draft, table, "where")
    if layer.geometry is not None and not _lacks_its_geometry(table):
        yield from check_column_named(draft, table, layer.geometry, ("geometry",), "geometry")
    elif layer.geometry is None and layer.point is None:
        yield from _check_only_geometry(draft, table)
    if layer.point is not None and not unread(layer.point):
        for key in ("longitude", "latitude"):
            yield from check_column_named(draft, table, getattr(layer.point, key), _DEGREES, "point", key)
        yield from check_repeats(draft, [layer.point.longitude, layer.point.latitude], "point")


def _check_only_geometry(draft: Draft[Any], table: TableDraft) -> Iterator[Fault]:
    there = _geometries(table)
    if len(there) > 1:
        yield draft.fault("several-geometries", "table", table=table.id, available=there)
    doubtful = any(unread(type_of(column)) for column in table.columns.values())
    if not there and not doubtful and not _lacks_its_geometry(table):
        yield draft.fault("no-geometry-column", "table", table=table.id)


def _lacks_its_geometry(table: TableDraft) -> bool:
    """Whether a table gives the coordinate system of geometries that it has not: that is a fault of its own."""
    return table.value.crs is not None and not _geometries(table)


def _check_territories(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    layer = draft.value
    if not unread(layer.level) and layer.level not in drafts.levels:
        yield draft.fault("level-not-kept", "level", name=layer.level, also="", available=drafts.levels)
    yield from _check_vintage(draft, drafts)
    for name, joined in ({} if unread(layer.indicators) else layer.indicators).items():
        yield from check_name(draft, name, "indicators", name)
        if name in TERRITORY_COLUMNS or name.removesuffix("_status") in set(layer.indicators) - {name}:
            yield draft.fault("attribute-reserved", "indicators", name, name=name)
        if not unread(joined, joined.indicator):
            yield from _check_joined(draft, drafts, joined, name)


def _check_vintage(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    layer, workspace = draft.value, drafts.workspace.value if drafts.workspace else UNREAD
    if layer.vintage is None or unread(layer.vintage, layer.level):
        return
    if layer.level not in drafts.levels:
        return
    if layer.level in QPV:
        yield draft.fault("key-without-effect", "vintage", name="vintage", cause=f"level: {layer.level}")
    elif not unread(workspace, workspace.vintages, workspace.reference_vintage):
        there = sorted({workspace.reference_vintage, *workspace.vintages})
        if layer.vintage not in there:
            said = str(layer.vintage)
            yield draft.fault("unknown-value", "vintage", value=said, instead_of=said, available=map(str, there))


def _check_joined(draft: Draft[Any], drafts: Drafts, joined: Any, name: str) -> Iterator[Fault]:
    path = ("indicators", name)
    found = known_measure(drafts, joined.indicator)
    if found is None:
        yield from check_reference(
            draft, drafts.indicators, joined.indicator, "undeclared-indicator", *path, "indicator"
        )
    if not isinstance(found, Draft):
        return
    level, periods = draft.value.level, found.value.periods
    published = getattr(found.value, "kind", None) == "published"
    given = found.value.levels or reachable_levels(tables_of(found, drafts), drafts, published=published)
    if not unread(level, given) and level in drafts.levels and level not in given:
        yield draft.fault(
            "figure-level-missing", *path, "indicator", name=joined.indicator, level=level, available=given
        )
    if periods and not unread(periods, joined.period) and joined.period not in (None, *periods):
        said = joined.period
        yield draft.fault("unknown-value", *path, "period", value=said, instead_of=said, available=periods)


def _check_attributes(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    layer = draft.value
    if not isinstance(layer, RowLayer | TerritoryLayer) or unread(layer.attributes):
        return
    columns = _columns(draft, drafts)
    for name, use in layer.attributes.items():
        path = ("attributes", name)
        column = UNREAD if unread(columns) else columns.get(name)
        if column is None:
            yield from _unknown(draft, drafts, name, columns)
        elif type_of(column) == "geometry":
            yield draft.fault("unsuitable-column", *path, name=name, type="geometry", wanted="text, integer, number")
        elif name in RESERVED_ATTRIBUTES:
            yield draft.fault("attribute-reserved", *path, name=name)
        elif use is not None and not unread(use, use.unit, type_of(column)) and use.unit is not None:
            yield from check_reference(draft, drafts.units, use.unit, "unknown-unit", *path, "unit")
            if column.type not in NUMERIC:
                yield draft.fault("key-without-effect", *path, "unit", name="unit", cause=f"type: {column.type}")
            elif column.unit not in (None, use.unit) and not unread(column.unit) and drafts.units.find(use.unit):
                yield draft.fault("unit-differs", *path, "unit", unit=use.unit, column=name, of=column.unit)


def _unknown(draft: Draft[Any], drafts: Drafts, name: str, columns: Mapping[str, Any]) -> Iterator[Fault]:
    """One fault for an attribute that there is not, unless its table already seeks that column in vain."""
    table = drafts.tables.find(getattr(draft.value, "table", UNREAD))
    if not isinstance(table, TableDraft):
        yield draft.fault("unknown-attribute", "attributes", name, name=name, instead_of=name, available=columns)
    elif table.column_for_others(name) is None:
        yield unknown_column(draft, table, name, "attributes", name)


def _check_words(draft: Draft[Any], shown: Any) -> Iterator[Fault]:
    """What names, labels, popups, sheets and filters refer to is shown."""
    layer = draft.value
    yield from check_shown(draft, shown, layer.name, "name")
    if layer.labels is not None:
        yield from check_shown(draft, shown, layer.labels.attribute, "labels", "attribute")
    if layer.popup is not None and not unread(layer.popup):
        several = isinstance(draft.node("popup"), MappingNode)
        for language, words in layer.popup.items():
            for name in dict.fromkeys(REFERENCE.findall(words) if isinstance(words, str) else ()):
                yield from check_shown(draft, shown, name, *("popup", language) if several else ("popup",))
    for index, part in enumerate(() if unread(layer.sheet) else layer.sheet):
        yield from check_repeats(draft, part.attributes, "sheet", index, "attributes")
        for at, name in enumerate(() if unread(part.attributes) else part.attributes):
            yield from check_shown(draft, shown, name, "sheet", index, "attributes", at)
    yield from check_repeats(draft, layer.filters, "filters")
    for index, name in enumerate(() if unread(layer.filters) else layer.filters):
        yield from check_shown(draft, shown, name, "filters", index)
    if not unread(layer.zoom, layer.zoom.min, layer.zoom.max):
        yield from check_range(draft, layer.zoom, "zoom")


def _audiences_read(draft: Draft[Any], drafts: Drafts) -> dict[str, Any]:
    """The audience of each table, indicator or source that a layer reads; ``UNREAD`` where it cannot be known."""
    layer = draft.value
    found: dict[str, Any] = {}
    if isinstance(layer, RowLayer) and not unread(layer.table):
        table = drafts.tables.find(layer.table)
        found[layer.table] = table_audience(table, drafts) if isinstance(table, TableDraft) else UNREAD
    if isinstance(layer, TerritoryLayer) and not unread(layer.indicators):
        for joined in layer.indicators.values():
            if not unread(joined, joined.indicator):
                measure = known_measure(drafts, joined.indicator)
                found[joined.indicator] = indicator_audience(measure, drafts) if isinstance(measure, Draft) else UNREAD
    if isinstance(layer, RasterLayer) and not unread(layer.source):
        source = raster_source(draft, drafts)
        found[layer.source] = source_audience(source, drafts) if source is not None else UNREAD
    return found


def _check_audience(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    layer: LayerBase = draft.value
    yield from check_audience(draft, drafts, layer.audience, "audience")
    read = {name: one for name, one in _audiences_read(draft, drafts).items() if not unread(one) and one != "public"}
    said = None if unread(layer.audience) else layer.audience
    if said is not None and not unread(known_audience(said, drafts)):
        wider = {name: one for name, one in sorted(read.items()) if one != said}
        secret = next((name for name in wider if said == "public" and _is_secret(name, drafts)), None)
        if secret is not None:
            yield draft.fault("secret-rows-public", "audience", table=secret, audience=wider[secret])
        elif wider:
            tables = ", ".join(f"{name} ({one})" for name, one in wider.items())
            yield draft.fault("audience-too-wide", "audience", audience=said, tables=tables)
    elif said is None and len(set(read.values())) > 1:
        tables = ", ".join(f"{name} ({one})" for name, one in sorted(read.items()))
        yield draft.fault("audiences-apart", "audience", tables=tables)
    yield from _check_download(draft, drafts)


def _is_secret(name: str, drafts: Drafts, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a table, or one that it is made of, is under primary secrecy."""
    table = drafts.tables.find(name)
    if not isinstance(table, TableDraft) or unread(table.value) or name in seen:
        return False
    inputs = (found for found in input_tables(table, drafts) if found != name)
    return bool(table.value.secrecy) or any(_is_secret(found, drafts, seen | {name}) for found in inputs)


def _check_download(draft: Draft[Any], drafts: Drafts) -> Iterator[Fault]:
    """What an agreement or a purchase keeps is not given to everyone as files."""
    layer = draft.value
    if layer.download != "allowed" or layer_audience(draft, drafts) != "public":
        return
    name, licence = "", None
    if isinstance(layer, RowLayer):
        table = drafts.tables.find(layer.table)
        name = layer.table
        licence = table.source.licence if isinstance(table, TableDraft) and table.source is not None else None
    elif isinstance(layer, RasterLayer):
        name, licence = layer.source, licence_read(draft, drafts)
    if licence in CLOSED:
        yield draft.fault("closed-rows-in-files", "download", table=name, licence=licence)
