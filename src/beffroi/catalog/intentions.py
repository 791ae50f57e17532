"""For whom each thing of a workspace is meant, as far as its text says so: good or not, built or not.

A build keeps the last good edition of what it cannot make again; these say whether it still may be shown to those who
saw it. A reason to narrow an audience does not wait until the rest of a text is mended.
"""

from typing import Any

from beffroi.catalog.layers import RasterLayer, RowLayer, TerritoryLayer
from beffroi.catalog.reading.layouts import Layout
from beffroi.catalog.reading.shapes import UNREAD, unread
from beffroi.catalog.rules.drafts import Draft, Drafts, TableDraft
from beffroi.catalog.rules.indicators import tables_of
from beffroi.catalog.rules.pages import known_measure
from beffroi.catalog.rules.rasters import list_images, raster_source
from beffroi.catalog.rules.tables import input_tables, known_audience

DOUBTFUL = "?"
"""The audience of what names one that the workspace has not: it may be shown to nobody."""


def read_intentions(layout: Layout, drafts: Drafts) -> dict[str, str | None]:
    """Audience by name (``indicators/housing/dwellings``, ``sources/insee/rp``) of everything whose text is there.

    None where nothing can be told: the text cannot be read, or that of what it inherits its audience from.
    """
    told: dict[str, str | None] = {f"indicators/{name}": None for name in layout.indicators}
    told |= {f"observatories/{name}": None for name in layout.pages}
    told |= {f"layers/{name}": None for name in layout.layers} | {f"maps/{name}": None for name in layout.maps}
    told |= {f"sources/{name}": None for name in layout.sources} | {f"tables/{name}": None for name in layout.tables}
    for source in drafts.sources.known.values():
        if source.value.table is None and list_images(source.value):
            told[source.name] = _of_images(source, drafts)
    for table in drafts.tables.known.values():
        told[table.name] = _of_table(table, drafts, frozenset())
    for indicator in drafts.indicators.known.values():
        told[indicator.name] = _of_indicator(indicator, drafts)
    for breakdown in drafts.breakdowns.known.values():
        parent = drafts.indicators.find(breakdown.value.of)
        of = _of_indicator(parent, drafts) if isinstance(parent, Draft) else None
        told |= {f"{breakdown.name}/{name}": of for name in breakdown.value.categories}
    for layer in drafts.layers.known.values():
        told[layer.name] = _of_layer(layer, drafts)
    for declared in drafts.maps.known.values():
        told[declared.name] = _named(declared.head.value.audience, drafts)
    for page in drafts.pages.known.values():
        observatory = drafts.observatories.find(page.observatory)
        told[page.name] = _named(observatory.value.audience, drafts) if isinstance(observatory, Draft) else None
    return told


def _of_table(table: TableDraft, drafts: Drafts, seen: frozenset[str]) -> str | None:
    if unread(table.value):
        return None
    if "audience" in table.value.model_fields_set:
        return _named(table.value.audience, drafts)
    read = [drafts.tables.find(name) for name in input_tables(table, drafts) if name not in seen and name != table.id]
    return _narrowest(_of_table(one, drafts, seen | {table.id}) for one in read if one is not None and not unread(one))


def _of_images(source: Draft[Any], drafts: Drafts) -> str:
    """For whom the images of a source are meant."""
    return "public" if source.value.audience is None else _named(source.value.audience, drafts)


def _of_indicator(draft: Draft[Any], drafts: Drafts) -> str | None:
    if draft.value.audience is not None:
        return _named(draft.value.audience, drafts)
    tables = tables_of(draft, drafts)
    known = [_of_table(table, drafts, frozenset()) for table in tables if not unread(table)]
    return _narrowest([*known, *(None for table in tables if unread(table))])


def _of_layer(draft: Draft[Any], drafts: Drafts) -> str | None:
    layer = draft.value
    if layer.audience is not None:
        return _named(layer.audience, drafts)
    if isinstance(layer, RowLayer):
        table = drafts.tables.find(layer.table)
        return _of_table(table, drafts, frozenset()) if isinstance(table, TableDraft) else None
    if isinstance(layer, RasterLayer):
        source = raster_source(draft, drafts)
        return _of_images(source, drafts) if source is not None else None
    if not isinstance(layer, TerritoryLayer) or unread(layer.indicators):
        return None
    named = [getattr(joined, "indicator", UNREAD) for joined in layer.indicators.values()]
    measures = [UNREAD if unread(name) else known_measure(drafts, name) for name in named]
    return _narrowest(_of_indicator(one, drafts) if isinstance(one, Draft) else None for one in measures)


def _named(audience: Any, drafts: Drafts) -> str:
    known = known_audience(audience, drafts) if not unread(audience) else audience
    return DOUBTFUL if unread(known) else str(known)


def _narrowest(audiences: Any) -> str | None:
    """What is made of several things is for those who may see them all."""
    found = set(audiences)
    narrow = {audience for audience in found if audience not in (None, "public")}
    if narrow:
        return narrow.pop() if len(narrow) == 1 else DOUBTFUL
    return None if None in found else "public"
