"""What is written and not built yet: declarations that are not those that the edition was made from."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from beffroi.catalog import Catalog
from beffroi.run.cataloguing import describe_page, describe_workspace, mark_indicator, mark_source, mark_table
from beffroi.run.layer_entries import mark_layer, mark_map


def list_pending(catalog: Catalog, catalogue: Mapping[str, Any], written: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the declarations of data that a build would take up: ``indicators/housing/vacancy_rate``, ``workspace``.

    Pages are not among them: their text is enough; nor are the categories of a breakdown that is. ``written`` has the
    name of all that is there, good or not: what is at fault is not told here. An edition that was made before such
    marks were kept tells nothing.
    """
    told = {*_of_workspace(catalog, catalogue), *_of_data(catalog, catalogue, written)}
    return tuple(sorted(name for name in told if name.rpartition("/")[0] not in told))


def list_unpublished(catalog: Catalog, catalogue: Mapping[str, Any], written: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the pages and observatories that are not in the edition as they are written: ``housing/index``.

    Who writes them sees them at once; the others do after a build. Those at fault are not among them: they stay as
    they were.
    """
    described = json.loads(json.dumps(describe_workspace(catalog)["observatories"]))
    known: Mapping[str, Any] = catalogue["observatories"]
    told = {name for name, entry in described.items() if known.get(name) != entry}
    told |= {name for name in known if name not in described and not _is_written(name, written)}
    for name in catalog.pages:
        last = catalogue["pages"].get(name)
        if last is None or describe_page(catalog, name)["texts"] != last["texts"]:
            told.add(name)
    told |= {name for name in catalogue["pages"] if f"observatories/{name}" not in written}
    return tuple(sorted(told))


def _is_written(observatory: str, written: Mapping[str, Any]) -> bool:
    return any(name.startswith(f"observatories/{observatory}/") for name in written)


def _of_workspace(catalog: Catalog, catalogue: Mapping[str, Any]) -> Iterator[str]:
    described = json.loads(json.dumps(describe_workspace(catalog)))
    if described["workspace"] != catalogue["workspace"]:
        yield "workspace"
    names = {"themes": "vocabulary/themes", "units": "vocabulary/units", "groupings": "territories"}
    for kind, name in names.items():
        if any(catalogue[kind].get(key) != entry for key, entry in described[kind].items()):
            yield name
    for name, entry in described["breakdowns"].items():
        if catalogue.get("breakdowns", {}).get(name) != entry:
            yield f"indicators/{name}"


def _of_data(catalog: Catalog, catalogue: Mapping[str, Any], written: Mapping[str, Any]) -> Iterator[str]:
    marks = {
        "sources": {name: mark_source(source) for name, source in catalog.sources.items()},
        "tables": {name: mark_table(table) for name, table in catalog.tables.items()},
        "indicators": {name: mark_indicator(indicator) for name, indicator in catalog.indicators.items()},
        "layers": {
            **{name: mark_layer(layer) for name, layer in catalog.layers.items()},
            **{name: mark_layer(raster) for name, raster in catalog.rasters.items()},
        },
        "maps": {name: mark_map(declared) for name, declared in catalog.maps.items()},
    }
    for kind, known in marks.items():
        entries: Mapping[str, Any] = catalogue.get(kind, {})
        for name, mark in known.items():
            folder = "sources" if kind == "tables" and name in catalog.sources else kind
            if name not in entries or entries[name].get("declared", mark) != mark:
                yield f"{folder}/{name}"
        for name in entries:
            if name not in known and not any(f"{folder}/{name}" in written for folder in marks):
                yield f"{kind}/{name}"


__all__ = ["list_pending", "list_unpublished"]
