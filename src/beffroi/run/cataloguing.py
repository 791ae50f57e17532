"""The catalogue of an edition: what was declared, what it became, and why some of it is not there.

It is what pages and the API read; the workspace's text is never read by a server.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from beffroi.catalog import Catalog
from beffroi.catalog.breakdowns import Breakdown
from beffroi.catalog.catalogs import DeclaredTable
from beffroi.catalog.declarations import Declaration
from beffroi.catalog.sources import Source
from beffroi.catalog.tables import list_names
from beffroi.collect import Snapshot
from beffroi.errors import Fault, fault
from beffroi.lake.objects import LakeObject, staleness_key
from beffroi.run.orders import indicator_tables
from beffroi.run.reports import Item, without_values


def describe_workspace(catalog: Catalog) -> dict[str, Any]:
    """The parts of the catalogue that depend on the text alone."""
    workspace = catalog.workspace.model_dump(mode="json", exclude={"audiences", "limits", "territories"})
    return {
        "workspace": workspace,
        "themes": {name: _plain(theme) for name, theme in catalog.vocabulary.themes.items()},
        "units": {name: _plain(unit) for name, unit in catalog.vocabulary.units.items()},
        "groupings": {code: _plain(grouping) for code, grouping in catalog.groupings.items()},
        "breakdowns": {name: _describe_breakdown(breakdown) for name, breakdown in catalog.breakdowns.items()},
        "observatories": {name: _describe_observatory(catalog, name) for name in catalog.observatories},
    }


def _describe_breakdown(breakdown: Breakdown) -> dict[str, Any]:
    """A breakdown with the order of its categories, which the file of a catalogue does not keep: it sorts its keys."""
    return {**_plain(breakdown), "order": list(breakdown.categories)}


def _describe_observatory(catalog: Catalog, name: str) -> dict[str, Any]:
    """An observatory with the full names of its pages that are good, and of the pictures that they show."""
    pages = [f"{name}/{page}" for page in catalog.observatories[name].pages]
    known = [page for page in pages if page in catalog.pages]
    pictures = sorted({picture for page in known for picture in catalog.pages[page].images})
    return {**_plain(catalog.observatories[name]), "pages": known, "pictures": pictures}


def describe_page(catalog: Catalog, name: str) -> dict[str, Any]:
    """A page as it is written, for the audience of its observatory and about what that watches over."""
    page = catalog.pages[name]
    observatory = catalog.observatories[page.observatory]
    watched = {"perimeter": list_names(observatory.perimeter)} if observatory.perimeter else {}
    return {**page.to_json(), **watched, "audience": observatory.audience, "state": "released", "reasons": []}


def describe_source(
    catalog: Catalog, name: str, snapshots: Sequence[Snapshot], faults: Sequence[Fault], collected: bool
) -> dict[str, Any]:
    """A source with the snapshots that answered. Secrets are not in a declaration, and so not here."""
    source = catalog.sources[name]
    table = catalog.tables.get(name)
    return {
        **source.model_dump(mode="json", by_alias=True, exclude={"files", "table"}, exclude_none=True),
        "declared": mark_source(source),
        "audience": table.contract.audience if table else source.audience or "public",
        "state": "collected" if collected else "unavailable",
        "reasons": tell_reasons(catalog, faults, table.contract.audience if table else "public", [name]),
        "snapshots": [
            {
                "part": dict(snapshot.part),
                "sha256": snapshot.sha256,
                "bytes": snapshot.bytes,
                "fetched": snapshot.fetched,
                "address": snapshot.address,
                "location": snapshot.location,
                "kind": snapshot.kind,
            }
            for snapshot in snapshots
        ],
    }


def describe_table(catalog: Catalog, name: str, item: Item, made: LakeObject | None) -> dict[str, Any]:
    """A table with its contract, its SELECT and what the build made of it; ``secret`` says so of itself, for it may
    outlive in an edition what it is made of."""
    table = catalog.tables[name]
    return {
        "declared": mark_table(table),
        "title": dict(table.title),
        "themes": list(table.themes),
        **table.contract.model_dump(mode="json", by_alias=True, exclude={"columns"}, exclude_none=True),
        "row": dict(table.contract.rows),
        "columns": {name: _plain(column) for name, column in table.columns.items()},
        "sql": table.sql,
        "inputs": list(table.inputs),
        "secret": is_secret(catalog, [name]),
        "source": table.source,
        "rows": made.rows if made else None,
        "sha256": made.manifest["sha256"] if made else None,
        "bytes": made.manifest["bytes"] if made else None,
        "object": made.key if made else None,
        "state": item.state,
        "reasons": [],
    }


def describe_indicator(
    catalog: Catalog, name: str, item: Item, made: LakeObject | None, synthetic: bool
) -> dict[str, Any]:
    """An indicator as declared, with the levels and periods that were released."""
    indicator = catalog.indicators[name]
    tables = [table for table in indicator_tables(name, catalog.indicators) if table in catalog.tables]
    windows = [
        period.window.model_dump(mode="json")
        for table in tables
        if (period := catalog.tables[table].contract.period) and period.window
    ]
    state = {"built": "released", "unchanged": "released", "kept": "kept", "blocked": "unavailable"}[item.state]
    return {
        **indicator.model_dump(mode="json", by_alias=True, exclude_none=True),
        "declared": mark_indicator(indicator),
        "levels": list(made.manifest["levels"]) if made else [],
        "periods": list(made.manifest["periods"]) if made else [],
        "vintages": list(made.manifest["vintages"]) if made else [],
        "coverage": made.manifest["coverage"] if made else None,
        "tables": tables,
        "sources": sources_of(catalog, tables),
        "cited": cite_closed(catalog, tables),
        "audience": made.audience if made else audience_of(catalog, name),
        "state": state,
        "reasons": [],
        "synthetic": synthetic,
        "window": windows[0] if windows else None,
        "object": mark_released(made),
    }


def mark_released(made: LakeObject | None) -> str | None:
    """A mark of what is released of an indicator or a layer: of its own bytes, never of the data that it is made from,
    on which those who read it could try a guess."""
    return None if made is None else str(made.manifest["sha256"])[:40]


def cite_closed(catalog: Catalog, tables: Iterable[str]) -> list[dict[str, Any]]:
    """How to cite the sources that are not public: whoever reads a figure knows whose it is, be the rest of the source
    closed to them."""
    found = []
    for name in sources_of(catalog, tables):
        table, source = catalog.tables.get(name), catalog.sources.get(name)
        if source is not None and table is not None and table.contract.audience != "public":
            words = source.model_dump(mode="json", include={"title": True, "producer": True, "licence": True,
                                                            "legal": {"indexing"}})  # fmt: skip
            found.append({"id": name, **words})
    return found


def tell_reasons(
    catalog: Catalog, reasons: Sequence[Fault], audience: str, tables: Iterable[str]
) -> list[dict[str, Any]]:
    """Why a thing made of ``tables`` could not be made, as those of ``audience`` may know it: nothing of data that are
    not theirs, and nothing that was read in those under secrecy, nor in what is made of them."""
    tables = list(tables)
    contracts = [catalog.tables[name].contract for name in tables if name in catalog.tables]
    if reasons and any(contract.audience not in ("public", audience) for contract in contracts):
        reasons = [one for one in reasons if one.code == "declaration-faulty"] or [fault("behind-closed-data")]
    elif is_secret(catalog, tables):
        reasons = [without_values(one) for one in reasons]
    return [reason.to_json() for reason in reasons]


def mark_source(source: Source) -> str:
    """A mark of what a source's text says; those of tables and indicators likewise. An edition keeps them, so that one
    knows whether what is written now is what it was built from."""
    return staleness_key({"declared": _plain(source)})


def mark_table(table: DeclaredTable) -> str:
    return staleness_key({"declared": _plain(table.contract), "title": dict(table.title), "sql": table.sql})


def mark_indicator(indicator: Declaration) -> str:
    return staleness_key({"declared": _plain(indicator)})


def sources_of(catalog: Catalog, tables: Iterable[str]) -> list[str]:
    """Sources from which tables come, near or far."""
    return list(dict.fromkeys(table.source for table in _list_behind(catalog, tables) if table.source))


def is_secret(catalog: Catalog, tables: Iterable[str]) -> bool:
    """Whether one of these tables, or of those that they are made of, is under secrecy."""
    return any(table.contract.secrecy for table in _list_behind(catalog, tables))


def _list_behind(catalog: Catalog, tables: Iterable[str]) -> Iterator[DeclaredTable]:
    """Tables and those that they are made of, near or far, each once."""
    waiting, seen = list(tables), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name not in seen and name in catalog.tables:
            seen.add(name)
            yield catalog.tables[name]
            waiting += catalog.tables[name].inputs


def audience_of(catalog: Catalog, indicator: str) -> str:
    """The audience of an indicator: its own, or the strictest of its tables."""
    declared = catalog.indicators[indicator].audience
    tables = [name for name in indicator_tables(indicator, catalog.indicators) if name in catalog.tables]
    strict = [
        catalog.tables[name].contract.audience for name in tables if catalog.tables[name].contract.audience != "public"
    ]
    return declared or (strict[0] if strict else "public")


def is_synthetic(catalog: Catalog, tables: Iterable[str]) -> bool:
    """Whether anything made up enters."""
    if catalog.workspace.synthetic:
        return True
    return any(catalog.sources[name].synthetic for name in sources_of(catalog, tables) if name in catalog.sources)


def keep_entry(previous: Mapping[str, Any], reasons: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The entry of the last good edition, said to be kept, with the reasons why it could not be made again."""
    return {**previous, "state": "kept", "reasons": list(reasons)}


def _plain(declaration: Declaration) -> dict[str, Any]:
    return declaration.model_dump(mode="json", by_alias=True, exclude_none=True)
