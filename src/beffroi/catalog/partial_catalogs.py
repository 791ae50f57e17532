"""The catalogue made of the drafts that are good, and that depend on nothing that is not."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from beffroi.catalog.blocks import Image, Include
from beffroi.catalog.breakdowns import Breakdown, member_of
from beffroi.catalog.catalogs import Catalog, DeclaredTable, DocumentPlaces, TableOutline
from beffroi.catalog.indicators import IndicatorBase, Ratio
from beffroi.catalog.layers import LayerBase, RasterLayer, RowLayer, TerritoryLayer
from beffroi.catalog.maps import MapDeclared, MapText, Shown
from beffroi.catalog.observatories import Observatory
from beffroi.catalog.pages import SAID, Page, PageText, Placed, Prose
from beffroi.catalog.reading.documents import Document
from beffroi.catalog.reading.pages import WrittenProse
from beffroi.catalog.reading.shapes import unread
from beffroi.catalog.references import find_references
from beffroi.catalog.rules.breakdowns import category_draft
from beffroi.catalog.rules.conditions import settle_conditions, settle_where
from beffroi.catalog.rules.drafts import BlockDraft, Draft, Drafts, MapDraft, PageDraft, TableDraft, TextDraft
from beffroi.catalog.rules.indicators import indicator_audience, indicators_read
from beffroi.catalog.rules.layers import layer_audience, settle_layer
from beffroi.catalog.rules.maps import named_layers
from beffroi.catalog.rules.pages import named_breakdowns, named_indicators
from beffroi.catalog.rules.rasters import settle_raster
from beffroi.catalog.rules.tables import input_tables, table_audience
from beffroi.catalog.tables import list_names
from beffroi.catalog.vocabularies import UnitDeclaration, Vocabulary
from beffroi.units import Unit


def assemble_catalog(root: Path, drafts: Drafts, faulty: Collection[str]) -> Catalog | None:
    """The catalogue without the ``faulty`` drafts (by name) nor what needs them; None without a workspace."""
    if drafts.workspace is None or "workspace" in faulty:
        return None
    good = _good_names(drafts, faulty)
    units = {name: draft.value for name, draft in drafts.units.known.items() if draft.name in good}
    tables = {name: table for name, table in drafts.tables.known.items() if table.name in good}
    indicators = {
        name: _indicator(draft, drafts) for name, draft in drafts.indicators.known.items() if draft.name in good
    }
    breakdowns = {name: draft for name, draft in drafts.breakdowns.known.items() if draft.name in good}
    layers = {name: layer for name, layer in drafts.layers.known.items() if layer.name in good}
    images = [name for name, layer in layers.items() if isinstance(layer.value, RasterLayer)]
    for name, breakdown in breakdowns.items():
        indicators |= _members(name, breakdown, indicators[breakdown.value.of], drafts)
    return Catalog(
        root=root,
        workspace=drafts.workspace.value,
        vocabulary=Vocabulary.model_construct(
            themes={name: draft.value for name, draft in drafts.themes.known.items() if draft.name in good},
            units=units,
            columns={name: draft.value for name, draft in drafts.columns.known.items() if draft.name in good},
        ),
        units={name: _unit(name, unit) for name, unit in units.items()},
        groupings={name: draft.value for name, draft in drafts.groupings.known.items() if draft.name in good},
        sources={name: draft.value for name, draft in drafts.sources.known.items() if draft.name in good},
        tables={name: _declared_table(table, drafts) for name, table in tables.items()},
        indicators=indicators,
        breakdowns={name: draft.value for name, draft in breakdowns.items()},
        observatories={name: draft.value for name, draft in drafts.observatories.known.items() if draft.name in good},
        pages={name: _page(page, drafts) for name, page in drafts.pages.known.items() if page.name in good},
        layers={name: settle_layer(layer, drafts) for name, layer in layers.items() if name not in images},
        rasters={name: settle_raster(layers[name], drafts, layer_audience(layers[name], drafts)) for name in images},
        maps={name: _map(declared, drafts) for name, declared in drafts.maps.known.items() if declared.name in good},
        places=DocumentPlaces(dict(_documents(drafts))),
    )


def outline_tables(drafts: Drafts) -> dict[str, TableOutline]:
    """The tables whose columns could be read, be there faults elsewhere in them or in the workspace."""
    outlines = {}
    for name, table in drafts.tables.known.items():
        statement = table.statement
        if statement is None or unread(table.value, table.columns, table.value.columns):
            continue
        if any(unread(column) or unread(column.type) for column in table.columns.values()):
            continue
        crs = None if unread(table.value.crs) else table.value.crs
        inputs = _inputs(table, drafts)
        sql = None if statement.faults else statement.text
        outlines[name] = TableOutline(name, dict(table.columns), sql, statement.file, inputs, crs, table.place("crs"))
    return outlines


def _good_names(drafts: Drafts, faulty: Collection[str]) -> set[str]:
    """Names of the drafts without fault, all of whose needs are good too."""
    needs = {draft.name: set(_needs(draft, drafts)) for draft in _all_drafts(drafts) if draft.name not in faulty}
    for page in drafts.pages.known.values():
        if page.name not in faulty:
            needs[page.name] = set(_needs_of_page(page, drafts))
    for name, fragment in drafts.fragments.known.items():
        if f"observatories/{name}" not in faulty:
            needs[f"observatories/{name}"] = set(_needs_of_text(fragment, drafts))
    for declared in drafts.maps.known.values():
        if declared.name not in faulty:
            needs[declared.name] = set(_needs_of_map(declared, drafts))
    while dropped := [name for name, needed in needs.items() if not needed <= needs.keys()]:
        for name in dropped:
            del needs[name]
    return set(needs)


def _all_drafts(drafts: Drafts) -> Iterator[Draft[Any]]:
    for shelf in (drafts.themes, drafts.units, drafts.columns, drafts.groupings, drafts.indicators, drafts.layers):
        yield from shelf.known.values()
    yield from drafts.breakdowns.known.values()
    yield from drafts.observatories.known.values()
    tabled = {table.name for table in drafts.tables.known.values()}
    yield from drafts.tables.known.values()
    yield from (draft for draft in drafts.sources.known.values() if draft.name not in tabled)


def _needs(draft: Draft[Any], drafts: Drafts) -> Iterator[str]:
    """Names of the drafts that this one cannot do without."""
    if isinstance(draft, TableDraft):
        yield from _needs_of_table(draft, drafts)
    elif isinstance(draft.value, IndicatorBase):
        yield f"vocabulary/themes/{draft.value.theme}"
        yield f"vocabulary/units/{draft.value.unit}"
        for name, _ in indicators_read(draft.value):
            yield f"indicators/{name}"
        for name in _table_ids(draft.value):
            yield _table_name(name, drafts)
    elif isinstance(draft.value, Breakdown):
        yield f"indicators/{draft.value.of}"
    elif isinstance(draft.value, LayerBase):
        yield from _needs_of_layer(draft.value, drafts)
    elif isinstance(draft.value, Observatory):
        yield from (f"vocabulary/themes/{theme}" for theme in draft.value.themes)
        watched = (each.rpartition(":") for each in list_names(draft.value.perimeter or []))
        yield from (f"territories/{code}" for level, _, code in watched if level in ("", "grouping"))
    elif draft.name.startswith("territories/"):
        yield from (f"territories/{name}" for name in draft.value.members.groupings)
    elif draft.name.startswith("vocabulary/columns/") and draft.value.unit is not None:
        yield f"vocabulary/units/{draft.value.unit}"


def _needs_of_layer(layer: LayerBase, drafts: Drafts) -> Iterator[str]:
    yield f"vocabulary/themes/{layer.theme}"
    if isinstance(layer, RowLayer):
        yield _table_name(layer.table, drafts)
    if isinstance(layer, RowLayer | TerritoryLayer):
        yield from (f"vocabulary/units/{use.unit}" for use in layer.attributes.values() if use and use.unit)
    if isinstance(layer, RasterLayer):
        yield f"sources/{layer.source}"
        yield from (f"vocabulary/units/{unit}" for unit in (layer.unit,) if unit)
    if isinstance(layer, TerritoryLayer):
        yield from (_measure_name(joined.indicator, drafts) for joined in layer.indicators.values())


def _needs_of_map(declared: MapDraft, drafts: Drafts) -> Iterator[str]:
    head = declared.head.value
    yield from (f"vocabulary/themes/{theme}" for theme in head.themes)
    yield from (f"layers/{name}" for name, _ in named_layers(declared.head))
    yield from (_measure_name(name, drafts) for name in _said_beside(declared))
    for view in (head.opens, *head.bookmarks):
        level, _, code = (view.territory or "").partition(":")
        if level == "grouping":
            yield f"territories/{code}"


def _said_beside(declared: MapDraft) -> list[str]:
    """The indicators that the texts of a map refer to."""
    said = [part.markdown for text in declared.texts.values() for part in text.prose]
    for text in declared.texts.values():
        said += [text.head.value.title, text.head.value.summary or ""]
    references = (found for one in said for found in find_references(str(one)))
    return list(dict.fromkeys(found.indicator for found in references if found.indicator is not None))


def _needs_of_page(page: PageDraft, drafts: Drafts) -> Iterator[str]:
    yield f"observatories/{page.observatory}"
    for text in page.texts.values():
        yield from _needs_of_text(text, drafts)


def _needs_of_text(text: TextDraft, drafts: Drafts) -> Iterator[str]:
    yield from (_measure_name(name, drafts) for name in _names_in(text))
    for part in text.parts:
        if isinstance(part, BlockDraft) and isinstance(part.value, Include):
            yield f"observatories/{part.value.text}"


def _measure_name(name: str, drafts: Drafts) -> str:
    """The name of the draft of an indicator, of a breakdown, or of the breakdown that a category is of."""
    breakdown = name if name in drafts.breakdowns.known else name.rpartition("/")[0]
    own = name in drafts.indicators.known or breakdown not in drafts.breakdowns.known
    return f"indicators/{name if own else breakdown}"


def _names_in(text: TextDraft) -> Iterator[str]:
    """The indicators and breakdowns that a text names, in its figures and in its prose."""
    head = [] if text.head is None else [text.head.value.title, text.head.value.summary or ""]
    for part in text.parts:
        if isinstance(part, WrittenProse):
            head.append(part.markdown)
        else:
            yield from (name for name, _ in named_indicators(part.value))
            yield from (name for name, _ in named_breakdowns(part.value))
            head += [getattr(part.value, key, None) or "" for key in SAID]
    for said in head:
        yield from (found.indicator for found in find_references(str(said)) if found.indicator is not None)


def _needs_of_table(table: TableDraft, drafts: Drafts) -> Iterator[str]:
    declared = table.declared_by
    assert declared is not None
    yield from (f"vocabulary/themes/{theme}" for theme in declared.value.themes)
    yield from (_table_name(name, drafts) for name in input_tables(table, drafts))
    yield from (_table_name(check.against, drafts) for check in table.value.checks.sums)
    for name, column in table.columns.items():
        if name in drafts.columns.known or not drafts.columns.complete:
            yield f"vocabulary/columns/{name}"
        if not unread(column) and column.unit is not None:
            yield f"vocabulary/units/{column.unit}"


def _table_ids(indicator: Any) -> Iterator[str]:
    if getattr(indicator, "table", None) is not None:
        yield indicator.table
    if isinstance(indicator, Ratio):
        for part in (indicator.numerator, indicator.denominator):
            if not isinstance(part, str) and part.table is not None:
                yield part.table


def _table_name(table: str, drafts: Drafts) -> str:
    found = drafts.tables.known.get(table)
    return found.name if found is not None else f"sources/{table}"


def _declared_table(table: TableDraft, drafts: Drafts) -> DeclaredTable:
    assert table.declared_by is not None
    assert table.statement is not None
    contract = table.value
    audience = table_audience(table, drafts)
    if audience != contract.audience:
        contract = contract.model_copy(update={"audience": audience})
    declared = table.declared_by.value
    return DeclaredTable(
        id=table.id,
        title=declared.title,
        contract=contract,
        columns=dict(table.columns),
        sql=table.statement.text,
        sql_file=table.statement.file,
        inputs=_inputs(table, drafts),
        source=table.id if table.source is not None else None,
        themes=tuple(declared.themes),
    )


def _inputs(table: TableDraft, drafts: Drafts) -> tuple[str, ...]:
    """Names as they were declared, whatever the case in which the SELECT writes them."""
    assert table.statement is not None
    own = {name.lower(): name for name in table.own_files}
    names = (found.name.lower() for found in table.statement.relations)
    return tuple(dict.fromkeys(own.get(name, name) for name in names))


def _indicator(draft: Draft[IndicatorBase], drafts: Drafts) -> Any:
    """The indicator with its values settled, and its audience said even where it is its tables'."""
    indicator = settle_conditions(draft.value, draft, drafts)
    if indicator.audience is None:
        indicator = indicator.model_copy(update={"audience": indicator_audience(draft, drafts)})
    return indicator


def _members(name: str, draft: Draft[Breakdown], parent: Any, drafts: Drafts) -> dict[str, Any]:
    """One indicator for each category of a breakdown."""
    breakdown = draft.value
    table = drafts.tables.find(parent.table)
    found = {}
    for key, category in breakdown.categories.items():
        where = settle_where(category.where, category_draft(draft, key).node("where"), table)
        settled = category.model_copy(update={"where": where})
        found[f"{name}/{key}"] = member_of(parent, breakdown, settled)
    return found


def _page(page: PageDraft, drafts: Drafts) -> Page:
    texts, indicators, images = {}, dict[str, None](), dict[str, None]()
    for language, text in page.texts.items():
        assert text.head is not None
        parts = tuple(_parts(text, drafts))
        texts[language] = PageText(text.file, text.head.value, parts)
        for draft in (text, *_included(text, drafts)):
            for name in _names_in(draft):
                members = drafts.breakdowns.known.get(name)
                named = [name] if members is None else [f"{name}/{key}" for key in members.value.categories]
                indicators |= dict.fromkeys([*named, *([members.value.of] if members else [])])
        blocks = [part.block for part in parts if isinstance(part, Placed)]
        images |= dict.fromkeys(block.file for block in blocks if isinstance(block, Image))
    return Page(page.id, page.observatory, texts, tuple(indicators), tuple(images))


def _map(declared: MapDraft, drafts: Drafts) -> MapDeclared:
    head = declared.head.value
    texts = {
        language: MapText(
            text.file,
            text.head.value.title,
            text.head.value.summary,
            tuple(Prose(part.markdown, text.file, part.line) for part in text.prose),
        )
        for language, text in declared.texts.items()
    }
    layers = tuple(Shown(layer=each) if isinstance(each, str) else each for each in head.layers)
    return MapDeclared(declared.id, head, layers, texts, tuple(_said_beside(declared)))


def _parts(text: TextDraft, drafts: Drafts) -> Iterator[Prose | Placed]:
    """The parts of a text, those of what it includes in their place."""
    for part in text.parts:
        if isinstance(part, WrittenProse):
            yield Prose(part.markdown, text.file, part.line)
        elif isinstance(part.value, Include):
            yield from _parts(drafts.fragments.known[part.value.text], drafts)
        else:
            yield Placed(part.kind, part.value, text.file, part.line)


def _included(text: TextDraft, drafts: Drafts) -> Iterator[TextDraft]:
    for part in text.parts:
        if isinstance(part, BlockDraft) and isinstance(part.value, Include):
            fragment = drafts.fragments.known[part.value.text]
            yield fragment
            yield from _included(fragment, drafts)


def _unit(name: str, unit: UnitDeclaration) -> Unit:
    return Unit(name, dict(unit.symbol), dict(unit.one), unit.decimals, unit.factor, unit.grouped)


def _documents(drafts: Drafts) -> Iterator[tuple[str, Document]]:
    if drafts.workspace is not None:
        yield "workspace", drafts.workspace.document
    for draft in _all_drafts(drafts):
        name = "/".join(draft.name.split("/")[:2]) if draft.name.startswith("vocabulary/") else draft.name
        yield name, draft.document
    yield from ((declared.name, declared.head.document) for declared in drafts.maps.known.values())
