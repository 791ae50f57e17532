"""In what order things are made, found from what they read."""

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

from beffroi.catalog import Catalog
from beffroi.catalog.catalogs import DeclaredTable
from beffroi.catalog.indicators import Change, Indicator, Part, Ratio
from beffroi.catalog.layers import Layer, TerritoryLayer
from beffroi.catalog.workspaces import QPV

REQUIRED_ROLES = ("communes", "epci")
"""Roles without which nothing can be counted by territory; a build goes on without the others."""


def table_inputs(table: DeclaredTable, catalog: Catalog) -> tuple[str, ...]:
    """Ids of the tables that a table reads: those of its SELECT, and those its sums are compared with."""
    read = [name for name in table.inputs if name in catalog.tables and name != table.id]
    compared = [check.against for check in table.contract.checks.sums if check.against in catalog.tables]
    return tuple(dict.fromkeys([*read, *compared]))


def order_tables(catalog: Catalog) -> list[str]:
    """Every table after those that it reads, otherwise by name."""
    graph = {name: set(table_inputs(table, catalog)) for name, table in sorted(catalog.tables.items())}
    return list(TopologicalSorter(graph).static_order())


def closure(names: Iterable[str], catalog: Catalog) -> set[str]:
    """The tables named and all that they read, near or far."""
    found: set[str] = set()
    waiting = [name for name in names if name in catalog.tables]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += table_inputs(catalog.tables[name], catalog)
    return found


def sources_read(tables: Iterable[str], catalog: Catalog) -> set[str]:
    """Ids of the sources that tables are made of, themselves."""
    return {source for name in tables if (source := catalog.tables[name].source)}


def indicator_parts(indicator: Indicator) -> tuple[str, ...]:
    """Ids of the other indicators that an indicator is made of."""
    if isinstance(indicator, Change):
        return (indicator.of,)
    if isinstance(indicator, Ratio):
        parts = [part for part in (indicator.numerator, indicator.denominator) if isinstance(part, Part)]
        return tuple(part.indicator for part in parts if part.indicator)
    return ()


def indicator_tables(indicator_id: str, indicators: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Ids of the tables that an indicator reads, itself or through the indicators that it is made of."""
    indicator = indicators[indicator_id]
    tables = [table] if (table := getattr(indicator, "table", None)) else []
    if isinstance(indicator, Ratio):
        parts = [part for part in (indicator.numerator, indicator.denominator) if isinstance(part, Part)]
        tables += [part.table for part in parts if part.table]
    for part in indicator_parts(indicator):
        if part in indicators:
            tables += indicator_tables(part, indicators)
    return tuple(dict.fromkeys(tables))


def layer_tables(layer: Layer, catalog: Catalog) -> tuple[str, ...]:
    """Ids of the tables that a layer comes from: its own, those of its indicators and of its contours."""
    tables = list(layer.tables)
    for name in layer.indicators:
        if name in catalog.indicators:
            tables += indicator_tables(name, catalog.indicators)
    if isinstance(layer.declaration, TerritoryLayer):
        roles = role_tables(catalog)
        level = layer.declaration.level
        tables += [roles[role] for role in (level if level in QPV else "contours",) if role in roles]
    return tuple(dict.fromkeys(tables))


def role_tables(catalog: Catalog) -> dict[str, str]:
    """Table by role (``communes``, ``epci``...), for the roles that the workspace declares."""
    declared = catalog.workspace.territories.model_dump()
    return {role: table for role, table in declared.items() if table is not None}
