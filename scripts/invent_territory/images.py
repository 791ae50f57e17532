"""Images of a territory seen from above: what covers the ground, and how warm it is on a summer afternoon.

Towns, woods and a river are smooth functions of the place, those of the parcels where both speak of the same thing
(``zones.Wildness``). Where no commune lies, at sea, a pixel has no value.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from pyproj import Transformer
from rasterio.features import rasterize
from rasterio.transform import from_origin

from .planes import DEGREE, Plane, Ring
from .territories import read_communes
from .zones import Wildness, draw_wildness

Field = npt.NDArray[np.float64]

IMAGES = ("occupation", "chaleur")
"""Files of images: land cover, temperature of the ground."""
LAND_COVER = {
    1: "Eau", 2: "Forêts", 3: "Prairies", 4: "Cultures", 5: "Bâti diffus", 6: "Bâti dense", 7: "Activités",
}  # fmt: skip
_CRS = "EPSG:2154"
_COVER_PIXEL, _HEAT_PIXEL = 40.0, 120.0
_NONE, _COLD = 0, -32_768


@dataclass(frozen=True)
class _Town:
    """A town on the grid: where it is, how far it goes, on which side it works."""

    x: float
    y: float
    radius: float
    side: float


def draw_images(folder: Path, contours: Path, *, seed: int = 1) -> dict[str, int]:
    """Write both images of all the communes, in Lambert-93; pixels that have a value, by file."""
    folder.mkdir(parents=True, exist_ok=True)
    contoured = read_communes(contours)
    wildness = draw_wildness(random.Random(f"{seed}:wildness"))
    to_metres = Transformer.from_crs("EPSG:4326", _CRS, always_xy=True)
    degrees = [shapely.Polygon(np.asarray(ring, float) / DEGREE) for _, _, ring in contoured]
    grounds = shapely.transform(np.array(degrees, dtype=object), lambda xy: np.column_stack(to_metres.transform(*xy.T)))
    plane = Plane(contoured[0][2][0][1] / DEGREE)
    towns = _found_towns(contoured, grounds, seed)
    cover = _Ground(grounds, _COVER_PIXEL, plane, wildness, towns, seed)
    heat = _Ground(grounds, _HEAT_PIXEL, plane, wildness, towns, seed)
    values = np.where(cover.inside, cover.cover(), _NONE).astype(np.uint8)
    tenths = np.where(heat.inside, np.rint(heat.warmth() * 10), _COLD).astype(np.int16)
    cover.write(folder / "occupation.tif", values, nodata=_NONE)
    heat.write(folder / "chaleur.tif", tenths, nodata=_COLD, scale=0.1)
    return {"occupation": int(cover.inside.sum()), "chaleur": int(heat.inside.sum())}


def _found_towns(contoured: Sequence[tuple[str, str, Ring]], grounds: Any, seed: int) -> list[_Town]:
    towns = []
    for rank, ((code, _, _), ground) in enumerate(zip(contoured, grounds, strict=True)):
        rng = random.Random(f"{seed}:{code}:town")
        middle = ground.representative_point()
        radius = 2300.0 if rank == 0 else rng.uniform(420, 1250)
        towns.append(_Town(middle.x, middle.y, radius, rng.uniform(0, 6.28)))
    return towns


class _Ground:
    """The pixels of an image, and what is smooth over them."""

    def __init__(
        self, grounds: Any, pixel: float, plane: Plane, wildness: Wildness, towns: Sequence[_Town], seed: int
    ) -> None:
        west, south, east, north = shapely.total_bounds(grounds)
        self._west, self._north = np.floor(west / 1000) * 1000, np.ceil(north / 1000) * 1000
        self._pixel, self._seed, self._towns = pixel, seed, towns
        width, height = (int(np.ceil(span / pixel)) for span in (east - self._west, self._north - south))
        self._transform = from_origin(self._west, self._north, pixel, pixel)
        shapes = [(ground, 1) for ground in grounds]
        self.inside = rasterize(shapes, out_shape=(height, width), transform=self._transform, dtype="uint8") == 1
        self._x = self._west + (np.arange(width) + 0.5)[None, :] * pixel + np.zeros((height, 1))
        self._y = self._north - (np.arange(height) + 0.5)[:, None] * pixel + np.zeros((1, width))
        back = Transformer.from_crs(_CRS, "EPSG:4326", always_xy=True)
        longitude, latitude = back.transform(self._x, self._y)
        self._wild = _wild(wildness, longitude * DEGREE * plane.x, latitude * DEGREE * plane.y)
        course = self._north - 17_000 + 2600 * np.sin(self._x / 6100 + 1) + 900 * np.sin(self._x / 1900)
        self._river: Field = np.abs(self._y - course)

    def cover(self) -> Field:
        """What covers each pixel, as ``LAND_COVER``: fields in patches, woods, towns over them, water over all."""
        fields, woods = self._patches(340.0), self._noise(900.0, "woods")
        found = np.where(fields + 0.5 * self._near_water() > 0.62, 3.0, 4.0)
        found = np.where(self._wild + 0.5 * (woods - 0.5) > 0.34, 2.0, found)
        grain = self._noise(260.0, "town")
        for town in self._towns:
            away = np.hypot(self._x - town.x, self._y - town.y) / town.radius
            found = np.where(away + 0.9 * (grain - 0.5) < 0.85, 5.0, found)
            found = np.where(away + 0.5 * (grain - 0.5) < 0.36, 6.0, found)
            work_x = town.x + 1.05 * town.radius * np.cos(town.side)
            work_y = town.y + 1.05 * town.radius * np.sin(town.side)
            work = np.maximum(np.abs(self._x - work_x), np.abs(self._y - work_y) * 1.6)
            found = np.where(work < 0.3 * town.radius, 7.0, found)
        ponds = self._noise(2600.0, "ponds") + 0.12 * self._noise(420.0, "shores")
        return np.where((self._river < 70) | ((ponds > 0.99) & (self._wild < 0.2)), 1.0, found)

    def warmth(self) -> Field:
        """Degrees of the surface: towns warm, woods and water cool."""
        found = 29.5 + 1.6 * (self._noise(5200.0, "air") - 0.5) - 3.4 * np.clip(self._wild + 0.15, 0, 1)
        found = found + 1.1 * (self._patches(700.0) - 0.5)
        for town in self._towns:
            away = np.hypot(self._x - town.x, self._y - town.y) / town.radius
            found = found + (3.2 + 1.5 * town.radius / 1000) * np.exp(-((away / 0.85) ** 2))
        return np.asarray(found - 3.6 * self._near_water())

    def write(self, file: Path, values: Any, *, nodata: int, scale: float = 1.0) -> None:
        height, width = values.shape
        profile = {
            "driver": "GTiff", "width": width, "height": height, "count": 1, "dtype": values.dtype.name, "crs": _CRS,
            "transform": self._transform, "nodata": nodata, "compress": "deflate", "zlevel": 9, "predictor": 2,
            "tiled": True, "blockxsize": 512, "blockysize": 512,
        }  # fmt: skip
        with rasterio.open(file, "w", **profile) as made:
            made.write(values, 1)
            made.scales = (scale,)
            made.update_tags(TIFFTAG_IMAGEDESCRIPTION="Données fictives")

    def _near_water(self) -> Field:
        return np.asarray(np.exp(-((self._river / 520) ** 2)))

    def _noise(self, step: float, name: str) -> Field:
        """From 0 to 1, smooth over some metres."""
        at_x, at_y = (self._x - self._west) / step, (self._north - self._y) / step
        lattice = self._lattice(at_x, at_y, name)
        column, row = np.floor(at_x).astype(int), np.floor(at_y).astype(int)
        u, v = (_ease(at - np.floor(at)) for at in (at_x, at_y))
        top = lattice[row, column] * (1 - u) + lattice[row, column + 1] * u
        low = lattice[row + 1, column] * (1 - u) + lattice[row + 1, column + 1] * u
        return np.asarray(top * (1 - v) + low * v)

    def _patches(self, step: float) -> Field:
        """From 0 to 1, one value a patch: the nearest of points strewn one a square."""
        at_x, at_y = (self._x - self._west) / step, (self._north - self._y) / step
        aside, down, value = (self._lattice(at_x, at_y, f"patches {part}") for part in ("x", "y", "value"))
        column, row = np.floor(at_x).astype(int), np.floor(at_y).astype(int)
        best, found = np.full(at_x.shape, np.inf), np.zeros(at_x.shape)
        for shift_x in (-1, 0, 1):
            for shift_y in (-1, 0, 1):
                c, r = np.maximum(column + shift_x, 0), np.maximum(row + shift_y, 0)
                far = np.hypot(at_x - c - aside[r, c], at_y - r - down[r, c])
                found = np.where(far < best, value[r, c], found)
                best = np.minimum(far, best)
        return found

    def _lattice(self, at_x: Field, at_y: Field, name: str) -> Field:
        shape = (int(at_y.max()) + 3, int(at_x.max()) + 3)
        rng = np.random.default_rng(list(f"{self._seed}:{name}".encode()))
        return rng.random(shape)


def _wild(wildness: Wildness, x: Field, y: Field) -> Field:
    first, second, third = wildness.phases
    return np.asarray((np.sin(x / 2100 + first) + np.sin(y / 1700 + second) + np.sin((x - y) / 3100 + third)) / 3)


def _ease(share: Field) -> Field:
    return np.asarray(share * share * (3 - 2 * share))
