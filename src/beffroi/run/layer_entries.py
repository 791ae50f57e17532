"""The entries of layers and maps in the catalogue of an edition.

An entry joins what is declared with what the build measured: limits and counts of the style, choices of the filters,
extents. Whoever draws or describes a layer reads this, and never its declaration.
"""

from collections.abc import Collection, Mapping
from typing import Any

from beffroi.catalog import Catalog
from beffroi.catalog.layers import Layer, Raster, TerritoryLayer
from beffroi.catalog.maps import MapDeclared
from beffroi.lake.objects import LakeObject, staleness_key
from beffroi.language import text
from beffroi.run.cataloguing import cite_closed, is_synthetic, mark_released, sources_of
from beffroi.run.orders import indicator_tables, layer_tables
from beffroi.run.reports import Item

_MEASURED = ("bbox", "geometry_types", "crs_source", "without_geometry", "outside_world", "repaired")


def describe_layer(
    catalog: Catalog, name: str, item: Item, made: LakeObject | None, tiles: LakeObject | None
) -> dict[str, Any]:
    """A layer as declared and as made.

    ``state`` is that of the build (``released``, ``kept``, ``unavailable``), ``declared_state`` how far the layer has
    gone (draft, adopted...). ``attributes`` and ``filters`` are lists, in order. What is measured is None where the
    layer could not be made.
    """
    layer = catalog.layers[name]
    tables = [table for table in layer_tables(layer, catalog) if table in catalog.tables]
    sources = sources_of(catalog, tables)
    measured: Mapping[str, Any] = made.manifest if made else {}
    said = layer.declaration.model_dump(
        mode="json", by_alias=True, exclude_none=True,
        exclude={"attributes", "style", "filters", "state", "audience", "indicators", "where"},
    )  # fmt: skip
    return {
        **said,
        "declared": mark_layer(layer),
        "declared_state": layer.declaration.state,
        "audience": made.audience if made else layer.audience,
        "state": {"built": "released", "unchanged": "released", "kept": "kept"}.get(item.state, "unavailable"),
        "reasons": [],
        "attributes": _attributes(layer, measured),
        "style": _style(layer, measured.get("style", {})),
        "filters": [
            {"attribute": one, **measured.get("filters", {}).get(one, {}), "type": layer.attributes[one].type}
            for one in layer.declaration.filters
        ],
        "indicators": _indicators(catalog, layer, measured.get("series", {})),
        "count": made.rows if made else None,
        **{key: measured.get(key) for key in _MEASURED},
        "tables": tables,
        "sources": sources,
        "cited": cite_closed(catalog, tables),
        "licences": sorted({str(catalog.sources[one].licence) for one in sources if one in catalog.sources}),
        "synthetic": is_synthetic(catalog, tables),
        "bytes": measured.get("bytes"),
        "sha256": measured.get("sha256"),
        "object": mark_released(made),
        "tiles": describe_tiles(tiles) if tiles else None,
    }


def describe_tiles(tiles: LakeObject) -> dict[str, Any]:
    """The archive of a layer's tiles: its mark, its ``bytes`` and what its maker said of it."""
    kept = {"version", "kind", "name", "audience", "file", "columns", "made_from", "sha256", "rows"}
    return {"object": mark_released(tiles), **{key: value for key, value in tiles.manifest.items() if key not in kept}}


def describe_map(declared: MapDeclared, available: Collection[str]) -> dict[str, Any]:
    """A map as written, with the layers that there are; ``absent`` names the others. Its states are those of layers."""
    entry = declared.to_json()
    shown = [one for one in entry["layers"] if one["layer"] in available]
    return {
        **entry,
        "declared": mark_map(declared),
        "declared_state": declared.head.state,
        "state": "released",
        "reasons": [],
        "layers": shown,
        "absent": [one["layer"] for one in entry["layers"] if one["layer"] not in available],
    }


def mark_layer(layer: Layer | Raster) -> str:
    """A mark of what a layer's text says, as ``cataloguing.mark_source``; that of a map likewise."""
    return staleness_key({"declared": layer.declaration.model_dump(mode="json", by_alias=True)})


def mark_map(declared: MapDeclared) -> str:
    return staleness_key({"declared": declared.to_json()})


def _attributes(layer: Layer, measured: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each attribute with its words and what it holds; a status is told beside the attribute that it is about."""
    held = {one["name"]: one for one in measured.get("attributes", ())}
    found: list[dict[str, Any]] = []
    for name, attribute in layer.attributes.items():
        words = {
            "name": name,
            "title": dict(attribute.title),
            "definition": dict(attribute.definition) if attribute.definition else None,
            "type": attribute.type,
            "unit": attribute.unit,
            "values": list(attribute.values) if attribute.values else None,
            "indicator": attribute.indicator,
        }
        found.append({key: value for key, value in words.items() if value is not None} | _held(held.get(name, {})))
        if status := held.get(f"{name}_status", {}).get("status_of"):
            title = {each: text("layers.status", each, title=words) for each, words in attribute.title.items()}
            found.append({"name": f"{name}_status", "title": title, "type": "text", "status_of": status, "missing": 0})
    return found


def _held(measured: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in measured.items() if key in ("missing", "low", "high")}


def _style(layer: Layer, measured: Mapping[str, Any]) -> dict[str, Any]:
    """The declared style with its limits and counts; values of categories are a list, in the order of the legend."""
    style = layer.declaration.style.model_dump(mode="json", exclude_none=True) | dict(measured)
    if style["kind"] == "categories":
        counts = {one["value"]: one["count"] for one in measured.get("counts", ())}
        declared = style.pop("values")
        style["values"] = [
            {"value": value, **(said or {}), "count": counts.get(value)} for value, said in declared.items()
        ]
        style["others"] = measured.get("rest")
        rest = getattr(layer.declaration.style, "rest", None)
        style.pop("counts", None)
        style["rest"] = dict(rest) if rest else None
    return style


def _indicators(catalog: Catalog, layer: Layer, measured: Mapping[str, Any]) -> dict[str, Any]:
    """By column: the indicator, the period and vintage of its values, the years that they stand for."""
    if not isinstance(layer.declaration, TerritoryLayer):
        return {}
    found = {}
    for name, attribute in layer.attributes.items():
        if attribute.indicator is None:
            continue
        tables = indicator_tables(attribute.indicator, catalog.indicators)
        periods = (catalog.tables[table].contract.period for table in tables if table in catalog.tables)
        windows = [period.window.model_dump(mode="json") for period in periods if period and period.window]
        given = {"indicator": attribute.indicator, **measured.get(name, {})}
        found[name] = {**given, "window": windows[0] if windows else None}
    return found


__all__ = ["describe_layer", "describe_map", "describe_tiles", "mark_layer", "mark_map"]
