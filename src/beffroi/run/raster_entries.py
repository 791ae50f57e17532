"""Images in the catalogue of an edition: what was declared, what the build measured, what became of it.

The colours of an image are settled here, as they are on paper: a tile is a picture, which no page recolours.
"""

from collections.abc import Mapping
from typing import Any

from beffroi.catalog import Catalog
from beffroi.catalog.layers import Raster
from beffroi.catalog.rasters import RasterCategories, RasterClasses, RasterRamp
from beffroi.lake.objects import LakeObject
from beffroi.observe.classes import Classes
from beffroi.observe.layers import PALETTE, REST
from beffroi.publish.tokens import palette
from beffroi.run.cataloguing import mark_released
from beffroi.run.layer_entries import describe_tiles, mark_layer
from beffroi.run.reports import Item

_MEASURED = (
    "bbox", "width", "height", "crs", "resolution", "pixel_m", "type", "bands", "nodata", "values", "areas",
)  # fmt: skip
_SHADES = 7


def describe_raster(
    catalog: Catalog, name: str, item: Item, made: LakeObject | None, tiles: LakeObject | None
) -> dict[str, Any]:
    """An image as declared and as made; ``kind`` is ``raster``, and what features have is empty.

    What is measured is None where it could not be made: ``lake.rasters.build_raster`` says what there is.
    """
    raster = catalog.rasters[name]
    source = catalog.sources[raster.source]
    measured: Mapping[str, Any] = made.manifest if made else {}
    said = raster.declaration.model_dump(
        mode="json", by_alias=True, exclude_none=True, exclude={"style", "state", "audience", "zoom", "nodata"}
    )
    return {
        **said,
        "declared": mark_layer(raster),
        "declared_state": raster.declaration.state,
        "audience": made.audience if made else raster.audience,
        "state": {"built": "released", "unchanged": "released", "kept": "kept"}.get(item.state, "unavailable"),
        "reasons": [],
        **{key: measured.get(key) for key in _MEASURED},
        "style": paint_style(catalog, raster, measured.get("style", {})),
        "zoom": zoom_range(raster, made),
        "attributes": [],
        "filters": [],
        "indicators": {},
        "geometry_types": [],
        "count": made.rows if made else None,
        "tables": [],
        "sources": [raster.source],
        "cited": [],
        "licences": [str(source.licence)],
        "synthetic": catalog.workspace.synthetic or source.synthetic,
        "bytes": measured.get("bytes"),
        "sha256": measured.get("sha256"),
        "object": mark_released(made),
        "tiles": describe_tiles(tiles) if tiles else None,
    }


def zoom_range(raster: Raster, made: LakeObject | None) -> dict[str, int]:
    """First and last zoom of the tiles: the last is that at which every pixel is seen, unless another one is said."""
    said = raster.declaration.zoom
    natural = int(made.manifest["natural_zoom"]) if made else said.min
    return {"min": said.min, "max": max(said.min, natural if said.max is None else said.max)}


def paint_style(catalog: Catalog, raster: Raster, measured: Mapping[str, Any]) -> dict[str, Any]:
    """The declared style with what the build found, ``resampling`` and ``colours`` (``#rrggbb``): as many as categories
    (and one for the rest, where it is drawn) or classes, or those that a ramp goes through."""
    colours = palette(catalog.workspace.identity.accent)
    declared = raster.declaration.style
    style = declared.model_dump(mode="json", exclude_none=True) | dict(measured)
    style["resampling"] = raster.declaration.resampling
    if isinstance(declared, RasterCategories):
        given = {one.colour for one in declared.values.values() if one.colour}
        free = iter([name for name in PALETTE if name not in given])
        names = [one.colour or next(free) for one in declared.values.values()]
        style["values"] = [{"value": int(value), **said} for value, said in style["values"].items()]
        style["colours"] = [_settle(name, colours) for name in [*names, *([REST] if declared.rest else [])]]
    elif isinstance(declared, RasterClasses) and "limits" in measured:
        found = Classes(tuple(measured["limits"]), measured["lowest"], measured["highest"], measured["decimals"],
                        measured["diverging_at"])  # fmt: skip
        shades = [found.shade(index) if found.count <= _SHADES else index for index in range(found.count)]
        style["colours"] = _turn([colours[f"{_family(declared.ramp)}-{shade}"] for shade in shades], declared.reversed)
    elif isinstance(declared, RasterRamp):
        every = [colours[f"{_family(declared.ramp)}-{shade}"] for shade in range(_SHADES)]
        style["colours"] = _turn(every, declared.reversed)
    else:
        style["colours"] = []
    return style


def _family(ramp: str) -> str:
    return "div" if ramp == "diverging" else "seq"


def _turn(colours: list[str], backwards: bool) -> list[str]:
    return colours[::-1] if backwards else colours


def _settle(colour: str, colours: Mapping[str, str]) -> str:
    return colour if colour.startswith("#") else colours[colour]


__all__ = ["describe_raster", "paint_style", "zoom_range"]
