"""Images for tests, written in a line, and the layers that are made of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin

from beffroi.catalog.layers import Raster, RasterLayer
from beffroi.collect.images import ImageFile
from beffroi.lake.objects import LakeObject, ObjectStore
from beffroi.lake.raster_tallies import Perimeter
from beffroi.lake.rasters import build_raster
from beffroi.lake.releases import Look

WEST, NORTH, PIXEL = 652_000.0, 6_862_000.0, 100.0
"""Where images lie unless told otherwise: in Lambert-93, near its meridian."""

CATEGORIES = {"kind": "categories", "values": {"1": {"title": "Eau"}, "2": {"title": "Forêt"}}}


def write_image(
    path: Path, values: Any, *, crs: str | None = "EPSG:2154", place: Any = "here", kind: str | None = None, **more: Any
) -> Path:
    """A GeoTIFF of one band, or of several where ``values`` has three sides; ``more`` goes to its profile, and
    ``scale`` and ``mask`` are put in it."""
    bands = np.asarray(values)
    bands = bands[None] if bands.ndim == 2 else bands
    scale, mask = more.pop("scale", None), more.pop("mask", None)
    transform = from_origin(WEST, NORTH, PIXEL, PIXEL) if place == "here" else place
    profile = {
        "driver": "GTiff", "count": bands.shape[0], "height": bands.shape[1], "width": bands.shape[2],
        "dtype": kind or bands.dtype.name, **more,
    }  # fmt: skip
    profile |= {"crs": crs} if crs else {}
    profile |= {"transform": transform} if transform is not None else {}
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "w", **profile) as made:
        made.write(bands.astype(profile["dtype"]))
        if scale is not None:
            made.scales = (scale,) * bands.shape[0]
        if mask is not None:
            made.write_mask(np.asarray(mask, bool))
    return path


def declare(style: Mapping[str, Any], **keys: Any) -> Raster:
    """An image as the catalogue settles it."""
    usual = {"categories": "nearest"}.get(str(style["kind"]), "average")
    said = {
        "title": "Sol", "description": "Le sol.", "theme": "land", "kind": "raster", "source": "land/cover",
        "file": "cover", "resampling": usual, "style": style, **keys,
    }  # fmt: skip
    return Raster("land/cover", RasterLayer.model_validate(said), "public", "land/cover", "cover")


def files_of(*paths: Path) -> list[ImageFile]:
    return [ImageFile(path, path.name, path.name) for path in paths]


def make(
    folder: Path, style: Mapping[str, Any], *paths: Path, perimeter: Perimeter | None = None,
    decimals: int | None = None, tags: Mapping[str, str] | None = None, **keys: Any,
) -> LakeObject:  # fmt: skip
    """The object of an image of these files."""
    store = ObjectStore(folder / "objects")
    return build_raster(declare(style, **keys), files_of(*paths), perimeter, "ground", decimals, tags or {}, store)


def square(west: float, south: float, east: float, north: float) -> Perimeter:
    """A perimeter that is a box of degrees."""
    return Perimeter("grouping", "agency", shapely.to_wkb(shapely.box(west, south, east, north)), None)


def look(colours: Sequence[str], **more: Any) -> Look:
    """How categories 1, 2, 3... are painted."""
    values = tuple(range(1, len(colours) + 1))
    return Look(more.pop("kind", "categories"), tuple(colours), more.pop("resampling", "nearest"),
                **({"values": values} | more))  # fmt: skip
