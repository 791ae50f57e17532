"""Images of layers: what leaves the lake of an image, in one file made to be read by parts.

A raster object is a Cloud Optimized GeoTIFF: the declared bands and no other, the values and the coordinate system of
the source, by tiles, with smaller copies of itself. A pixel is never resampled there: what is drawn on a map is made
from it (``lake.raster_tiles``). This module never decides who may read, and never draws.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.shutil import copy
from rasterio.windows import Window

from beffroi.catalog.layers import Raster
from beffroi.catalog.rasters import RasterCategories, RasterColours
from beffroi.collect.images import ImageFile
from beffroi.errors import BeffroiError, fault
from beffroi.geo.tile_grids import DEEPEST, PIXELS
from beffroi.lake.connections import first_line
from beffroi.lake.images import SAFE, Grid, Image, find_bounds, open_image
from beffroi.lake.objects import LakeObject, ObjectStore, staleness_key
from beffroi.lake.raster_tallies import (
    Perimeter,
    ValueTally,
    measure_classes,
    pixel_metres,
    sample_step,
    settle_style,
    sorting_of,
)

RASTER_STAGE = 1
"""Raised when the way images are written changes: every one is then stale."""

RASTER_ENGINE = f"gdal {rasterio.__gdal_version__}"
"""Name and version of what writes them."""

BLOCK = 512
"""Pixels on the side of a tile of the file."""
_EQUATOR = 40_075_016.686
"""Metres around a web map."""


def raster_ingredients(
    raster: Raster, files: Sequence[ImageFile], perimeter: Perimeter | None, ground: str, decimals: int | None,
    tags: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """All that an image's bytes and counts depend on: its declaration without words nor colours, what it reads, what it
    is measured in (``ground`` stands for the contours), the words that the file says of itself."""
    declared = raster.declaration
    style = declared.style.model_dump(mode="json", exclude={"opacity", "why", "rest", "values", "reversed"})
    return {
        "stage": ["raster", RASTER_STAGE, RASTER_ENGINE],
        "id": raster.id,
        "audience": raster.audience,
        "files": [file.mark for file in files],
        "declared": declared.model_dump(mode="json", include={"band", "nodata", "resampling"}),
        "style": {**style, "values": list(getattr(declared.style, "values", ()))},
        "perimeter": [perimeter.level, perimeter.code, ground] if perimeter else None,
        "decimals": decimals,
        "tags": dict(tags),
    }


def raster_key(
    raster: Raster, files: Sequence[ImageFile], perimeter: Perimeter | None, ground: str, decimals: int | None,
    tags: Mapping[str, str],
) -> str:  # fmt: skip
    """Staleness key of an image: same key, same bytes."""
    return staleness_key(raster_ingredients(raster, files, perimeter, ground, decimals, tags))


def build_raster(
    raster: Raster, files: Sequence[ImageFile], perimeter: Perimeter | None, ground: str, decimals: int | None,
    tags: Mapping[str, str], store: ObjectStore,
) -> LakeObject:  # fmt: skip
    """Make the object of an image, or find it already made.

    Its manifest adds ``width height``, ``crs`` (``EPSG:2154``; empty for one that has no name), ``wkt``, ``transform``,
    ``bbox`` (degrees), ``resolution`` (of a pixel, in units of the system), ``pixel_m`` (side of a pixel on the ground
    in the middle), ``type``, ``bands``, ``nodata``, ``overviews``, ``natural_zoom``; ``values`` (ends, mean, quantiles,
    ``nodata_share``) and ``style`` save for colours; ``areas`` (``measure_classes``). ``rows`` counts the pixels that
    have a value. Faults: those of ``open_image``, ``image-empty``, ``image-categories-absent``,
    ``image-nodata-needed``, ``image-not-made``.
    """
    made_from = raster_ingredients(raster, files, perimeter, ground, decimals, tags)
    key = staleness_key(made_from)
    if found := store.get(key):
        return found

    def fill(file: Path) -> Mapping[str, Any]:
        try:
            with rasterio.Env(**SAFE):
                return {**_write(raster, files, perimeter, decimals, tags, file), "made_from": made_from}
        except RasterioError as error:
            raise BeffroiError(fault("image-not-made", detail=first_line(error))) from error

    return store.write(key, kind="raster", name=raster.id, audience=raster.audience, file="image.tif", fill=fill)


def _write(
    raster: Raster, files: Sequence[ImageFile], perimeter: Perimeter | None, decimals: int | None,
    tags: Mapping[str, str], file: Path,
) -> Mapping[str, Any]:  # fmt: skip
    style = raster.declaration.style
    work = file.with_name("work.tif")
    try:
        with open_image(raster, files) as image:
            grid = image.grid
            tally = ValueTally(sample_step(grid))
            nodata = _copy(raster, image, tally, tags, work)
        told: dict[str, Any] = {"values": None, "areas": None, "style": {"kind": style.kind}}
        with rasterio.open(work) as opened:
            if not isinstance(style, RasterColours):
                told["values"] = tally.tell(grid.pixels)
                told["style"] = settle_style(style, tally.sample(), decimals, tally.step > 1)
                if (sorting := sorting_of(style, told["style"])) is not None:
                    told["areas"] = measure_classes(opened, grid, sorting, perimeter)
            _check_categories(raster, told["areas"])
            copy(opened, file, driver="COG", **_cog_options(raster, opened))
    finally:
        work.unlink(missing_ok=True)
    with rasterio.open(file) as made:
        overviews = list(made.overviews(1))
    metres = pixel_metres(grid)
    return {
        "rows": tally.count, "columns": {}, "width": grid.width, "height": grid.height, "crs": grid.name,
        "wkt": grid.crs, "transform": list(grid.transform)[:6], "bbox": list(find_bounds(grid, raster.id)),
        "resolution": [abs(grid.transform.a), abs(grid.transform.e)], "pixel_m": metres,
        "type": str(image.kind), "bands": len(image.bands), "nodata": _plain(nodata), "overviews": overviews,
        "natural_zoom": natural_zoom(grid, metres), **told,
    }  # fmt: skip


def _copy(raster: Raster, image: Image, tally: ValueTally, tags: Mapping[str, str], work: Path) -> float | None:
    """Write the values as they are, those that are none as one value; count them on the way. The value of none."""
    grid, colours = image.grid, isinstance(raster.declaration.style, RasterColours)
    nodata = None if colours else _choose_nodata(raster, image)
    count = len(image.bands) + (1 if colours and image.gaps else 0)
    profile = {
        "driver": "GTiff", "width": grid.width, "height": grid.height, "count": count, "dtype": image.kind.name,
        "crs": grid.crs, "transform": grid.transform, "nodata": nodata, "tiled": True, "blockxsize": BLOCK,
        "blockysize": BLOCK, "BIGTIFF": "IF_SAFER", **({"photometric": "RGB"} if colours else {}),
    }  # fmt: skip
    if colours and image.gaps:
        profile["ALPHA"] = "YES"
    with rasterio.open(work, "w", **profile) as made:
        made.update_tags(**tags)
        for first, values, known in image.strips():
            window = Window(0, first, grid.width, known.shape[0])
            tally.add(first, values[0], known)
            if colours:
                values[:, ~known] = 0
                if image.gaps:
                    made.write(known.astype(np.uint8) * 255, count, window=window)
            elif nodata is not None:
                values[:, ~known] = nodata
            made.write(values, list(range(1, len(image.bands) + 1)), window=window)
    if not tally.count:
        raise BeffroiError(fault("image-empty", name=raster.id))
    return nodata


def _choose_nodata(raster: Raster, image: Image) -> float | None:
    """The value that will mean none: that of the source, or one that no pixel has; None where all have a value."""
    if image.nodata is not None or not image.gaps:
        return image.nodata
    if np.issubdtype(image.kind, np.floating):
        return math.nan
    ends = np.iinfo(image.kind)
    free = [float(ends.max), float(ends.min)] if ends.min == 0 else [float(ends.min), float(ends.max)]
    for _, values, known in image.strips():
        free = [one for one in free if not np.any(values[:, known] == one)]
        if not free:
            raise BeffroiError(fault("image-nodata-needed", name=raster.id, type=image.kind.name))
    return free[0]


def _check_categories(raster: Raster, areas: Mapping[str, Any] | None) -> None:
    """Refuse categories of which the image has none: they are those of another image."""
    style = raster.declaration.style
    if isinstance(style, RasterCategories) and areas is not None:
        *lines, _ = areas["classes"]
        if not any(line["pixels"] for line in lines):
            raise BeffroiError(fault("image-categories-absent", name=raster.id, values=", ".join(style.values)))


_OVERVIEWS = {"nearest": "NEAREST", "mode": "MODE", "average": "AVERAGE", "bilinear": "AVERAGE"}


def _cog_options(raster: Raster, opened: Any) -> dict[str, str]:
    real = np.issubdtype(np.dtype(opened.dtypes[0]), np.floating)
    return {
        "BLOCKSIZE": str(BLOCK), "COMPRESS": "DEFLATE", "LEVEL": "9", "PREDICTOR": "FLOATING_POINT" if real else "YES",
        "OVERVIEWS": "IGNORE_EXISTING", "OVERVIEW_RESAMPLING": _OVERVIEWS[str(raster.declaration.resampling)],
        "NUM_THREADS": "1", "BIGTIFF": "IF_SAFER", "STATISTICS": "NO",
    }  # fmt: skip


def natural_zoom(grid: Grid, metres: float) -> int:
    """The first zoom at which tiles show every pixel of an image."""
    latitude = math.radians(sum(find_bounds(grid, "")[1::2]) / 2)
    world = _EQUATOR * math.cos(latitude)
    return min(DEEPEST, max(0, math.ceil(math.log2(world / (PIXELS * metres)) - 1e-6)))


def _plain(nodata: float | None) -> float | str | None:
    return "nan" if nodata is not None and math.isnan(nodata) else nodata


__all__ = [
    "RASTER_ENGINE", "RASTER_STAGE", "Perimeter", "build_raster", "natural_zoom", "raster_ingredients", "raster_key",
]  # fmt: skip
