"""Reading a whole workspace: every fault at once, and what is good in spite of them.

Three passes: the files by themselves (``declaration_readings`` and ``page_readings``), their rules beside one another
(``rules``), and the catalogue made of what is good (``partial_catalogs``). Nothing is written, fetched or computed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beffroi.catalog.catalogs import Catalog, TableOutline
from beffroi.catalog.declaration_readings import Findings, read_drafts
from beffroi.catalog.intentions import read_intentions
from beffroi.catalog.partial_catalogs import assemble_catalog, outline_tables
from beffroi.catalog.reading.layouts import VOCABULARIES, Layout, read_layout
from beffroi.catalog.reading.shapes import unread
from beffroi.catalog.roles import ROLES
from beffroi.catalog.rules.breakdowns import check_breakdown
from beffroi.catalog.rules.cycles import find_cycles
from beffroi.catalog.rules.drafts import Draft, Drafts, Shelf, TableDraft
from beffroi.catalog.rules.groupings import check_grouping
from beffroi.catalog.rules.indicators import check_indicator, check_measurable, indicators_read
from beffroi.catalog.rules.layers import check_layer
from beffroi.catalog.rules.maps import check_map
from beffroi.catalog.rules.pages import check_fragment, check_observatory, check_page, find_include_circles
from beffroi.catalog.rules.sources import check_source, check_strays, check_themes
from beffroi.catalog.rules.tables import check_inputs, check_table, input_tables
from beffroi.catalog.rules.vocabularies import check_column, check_name
from beffroi.catalog.rules.workspaces import check_role, check_workspace
from beffroi.errors import BeffroiError, Fault, Place, fault


@dataclass(frozen=True)
class CheckResult:
    """What came of reading a workspace.

    ``catalog`` is None as soon as there is a fault; ``partial`` holds what is good all the same, and is None only when
    ``workspace.yaml`` itself is not. Without fault they are one and the same. ``outlines`` are the tables whose SELECT
    can be bound to what it reads, good or not, for ``lake`` to tell what it finds; ``intentions`` say for whom each
    thing is meant whose text is there, good or not.
    """

    catalog: Catalog | None
    faults: tuple[Fault, ...]
    partial: Catalog | None
    outlines: Mapping[str, TableOutline]
    intentions: Mapping[str, str | None]


def check_catalog(root: Path) -> CheckResult:
    """Read the workspace in ``root``. Whatever is written in it gives faults, never an exception."""
    findings = Findings()
    layout = read_layout(root)
    findings.add("layout", layout.faults)
    drafts = read_drafts(root, layout, findings)
    _check_vocabularies(drafts, layout, findings)
    if drafts.workspace is not None:
        findings.add("workspace", check_workspace(drafts.workspace, drafts))
        _check_roles(drafts, findings)
    for grouping in drafts.groupings.known.values():
        findings.add(grouping.name, check_grouping(grouping, drafts))
    _check_sources_and_tables(drafts, layout, findings)
    for indicator in drafts.indicators.known.values():
        findings.add(indicator.name, check_indicator(indicator, drafts))
    for bearer, found in check_measurable(drafts):
        findings.add(bearer.name, [found])
    for breakdown in drafts.breakdowns.known.values():
        findings.add(breakdown.name, check_breakdown(breakdown, drafts))
    for layer in drafts.layers.known.values():
        findings.add(layer.name, check_layer(layer, drafts))
    for declared_map in drafts.maps.known.values():
        findings.add(declared_map.name, check_map(declared_map, drafts))
    _check_pages(drafts, findings)
    _check_cycles(drafts, findings)
    partial = assemble_catalog(root, drafts, findings.by_owner.keys())
    faults = findings.all()
    outlines, intentions = outline_tables(drafts), read_intentions(layout, drafts)
    return CheckResult(None if faults else partial, faults, partial, outlines, intentions)


def load_catalog(root: Path) -> Catalog:
    """The catalogue of a workspace that has no fault; otherwise ``BeffroiError`` with every one of them."""
    result = check_catalog(root)
    if result.catalog is None:
        raise BeffroiError(result.faults)
    return result.catalog


def _check_vocabularies(drafts: Drafts, layout: Layout, findings: Findings) -> None:
    shelves: tuple[Shelf[Any], ...] = (drafts.themes, drafts.units, drafts.columns)
    for name, shelf in zip(VOCABULARIES, shelves, strict=True):
        if name not in layout.vocabularies and shelf.complete and name != "columns" and drafts.indicators.known:
            file = f"vocabulary/{name}.yaml"
            findings.add("layout", [fault("missing-file", Place(file), name=file)])
            shelf.complete = False
        for entry in shelf.known.values():
            findings.add(entry.name, check_name(entry, entry.id))
    for column in drafts.columns.known.values():
        findings.add(column.name, check_column(column, drafts, column.value, column.value))


def _check_roles(drafts: Drafts, findings: Findings) -> None:
    assert drafts.workspace is not None
    territories = drafts.workspace.value.territories
    if unread(territories):
        return
    for role in ROLES:
        name = getattr(territories, role)
        table = drafts.tables.find(name) if name is not None else None
        if isinstance(table, TableDraft):
            findings.add(table.name, check_role(role, table, drafts))


def _check_sources_and_tables(drafts: Drafts, layout: Layout, findings: Findings) -> None:
    for source in drafts.sources.known.values():
        findings.add(source.name, check_source(source, drafts))
        findings.add(source.name, check_strays(source, layout.extras.get(source.id, ())))
        if source.value.table is None and source.name in layout.statements:
            findings.add(source.name, [source.fault("missing-key", "table", name="table")])
    for derived in drafts.derived.known.values():
        findings.add(derived.name, check_themes(derived, drafts))
    for table in drafts.tables.known.values():
        findings.add(table.name, check_table(table, drafts))
        findings.add(table.name, check_inputs(table, drafts))
        if table.name not in layout.statements:
            findings.add(table.name, [fault("missing-file", Place(f"{table.name}/table.sql"), name="table.sql")])


def _check_pages(drafts: Drafts, findings: Findings) -> None:
    for observatory in drafts.observatories.known.values():
        findings.add(observatory.name, check_observatory(observatory, drafts))
    for page in drafts.pages.known.values():
        findings.add(page.name, check_page(page, drafts))
    for name, fragment in drafts.fragments.known.items():
        findings.add(f"observatories/{name}", check_fragment(name, fragment, drafts))
    for names, found in find_include_circles(drafts):
        findings.add(f"observatories/{names[0]}", [found])
        for name in names[1:]:
            findings.taint(f"observatories/{name}")


def _check_cycles(drafts: Drafts, findings: Findings) -> None:
    """One fault a circle, said by its first member; every member bears it, so that none is built."""
    for owners, cycle_fault in _cycles(drafts):
        findings.add(owners[0], [cycle_fault])
        for owner in owners[1:]:
            findings.taint(owner)


def _cycles(drafts: Drafts) -> Iterator[tuple[list[str], Fault]]:
    tables = {name: input_tables(table, drafts) for name, table in drafts.tables.known.items()}
    for cycle in find_cycles(tables):
        first = drafts.tables.known[cycle[0]]
        after = cycle[1 % len(cycle)]
        statement = first.statement
        assert statement is not None
        line = next(found.line for found in statement.relations if found.name.lower() == after)
        place = Place(statement.file, line)
        yield [drafts.tables.known[name].name for name in cycle], _cycle_fault(place, cycle)
    indicators = {name: indicators_read(draft.value) for name, draft in drafts.indicators.known.items()}
    for cycle in find_cycles({name: [other for other, _ in read] for name, read in indicators.items()}):
        after = cycle[1 % len(cycle)]
        path = next(path for other, path in indicators[cycle[0]] if other == after)
        yield [f"indicators/{name}" for name in cycle], _draft_cycle(drafts.indicators.known[cycle[0]], path, cycle)
    groupings = {name: _inner_groupings(draft) for name, draft in drafts.groupings.known.items()}
    for cycle in find_cycles(groupings):
        after = cycle[1 % len(cycle)]
        first_grouping = drafts.groupings.known[cycle[0]]
        path = ("members", "groupings", groupings[cycle[0]].index(after))
        yield [f"territories/{name}" for name in cycle], _draft_cycle(first_grouping, path, cycle)


def _inner_groupings(draft: Draft[Any]) -> list[str]:
    return [getattr(item, "text", "") for item in getattr(draft.node("members", "groupings"), "items", ())]


def _draft_cycle(draft: Draft[Any], path: tuple[str | int, ...], cycle: tuple[str, ...]) -> Fault:
    return _cycle_fault(draft.place(*path), cycle)


def _cycle_fault(place: Place, cycle: tuple[str, ...]) -> Fault:
    return fault("circular-reference", place, circle=" → ".join((*cycle, cycle[0])))
