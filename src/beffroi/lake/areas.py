"""Where features are asked for: a box in degrees or in metres, as what SQL and arrays can be asked.

A feature is in an area when it touches it. Extents are compared first, since they tell which features, and which groups
of rows, need not be looked at; geometry decides for the rest.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from beffroi.errors import BeffroiError, fault
from beffroi.lake.contracts import EXTENTS

STORED_CRS = "EPSG:4326"
OFFERED_CRS = (STORED_CRS, "EPSG:2154", "EPSG:3857")
"""Systems in which features are given, always longitude or easting first. They are stored in the first."""

_EDGE_POINTS = 32
"""Points put on each side of a box of another system: its sides are curves in degrees."""

Extent = tuple[float, float, float, float]
"""West, south, east, north."""

SIDES = ("xmin", "ymin", "xmax", "ymax")
"""Columns of the extent of a feature, in degrees."""

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Part:
    """A piece of an area: its extent in degrees and its shape; ``boxed`` when it is that extent itself."""

    extent: Extent
    shape: Any
    boxed: bool

    def to_sql(self, points: bool) -> tuple[str, list[Any]]:
        """What features that touch it are, and the values of its ``?``; ``points``: the layer has nothing else."""
        west, south, east, north = self.extent
        near = "xmax >= ? AND xmin <= ? AND ymax >= ? AND ymin <= ?"
        values: list[Any] = [west, east, south, north]
        if self.boxed and points:
            return f"({near})", values
        exact = "ST_Intersects(geometry, ST_GeomFromWKB(?))"
        if self.boxed:
            exact = f"((xmin >= ? AND xmax <= ? AND ymin >= ? AND ymax <= ?) OR {exact})"
            values += [west, east, south, north]
        return f"({near} AND {exact})", [*values, shapely.to_wkb(self.shape)]

    def near(self, extents: Numbers) -> Flags:
        """Which extents (rows of west, south, east, north) have something in common with its own."""
        west, south, east, north = self.extent
        found: Flags = (
            (extents[:, 2] >= west) & (extents[:, 0] <= east) & (extents[:, 3] >= south) & (extents[:, 1] <= north)
        )
        return found

    def holds(self, extents: Numbers) -> Flags:
        """Which extents lie wholly in it, for certain."""
        if not self.boxed:
            return np.zeros(len(extents), bool)
        west, south, east, north = self.extent
        found: Flags = (
            (extents[:, 0] >= west) & (extents[:, 2] <= east) & (extents[:, 1] >= south) & (extents[:, 3] <= north)
        )
        return found

    def touching(self, extents: Numbers, points: bool, shapes: Callable[[Flags], Any]) -> Flags:
        """Which features touch it; ``shapes`` gives the geometries of those flagged, and is asked for few of them."""
        found = self.near(extents)
        if self.boxed and points:
            return found
        doubtful = found & ~self.holds(extents)
        if doubtful.any():
            shapely.prepare(self.shape)
            found[doubtful] = shapely.intersects(self.shape, shapes(doubtful))
        return found


@dataclass(frozen=True)
class Area:
    """Pieces that may be one, two on both sides of the antimeridian, or none."""

    parts: tuple[Part, ...]

    def to_sql(self, points: bool) -> tuple[str, list[Any]]:
        """As ``Part.to_sql``, for any of the pieces."""
        found = [part.to_sql(points) for part in self.parts]
        values = [value for _, given in found for value in given]
        return ("(" + " OR ".join(term for term, _ in found) + ")", values) if found else ("FALSE", [])


def area_of(bbox: Extent, crs: str) -> Area:
    """The area of a box; in degrees, a west beyond the east goes round by the antimeridian.

    ``crs-not-offered``; ``bbox-inverted`` when a side is not a number, or is where its opposite should be;
    ``bbox-outside-world`` for degrees that there are not. What metres say beyond the area of their system is cut off.
    """
    if crs not in OFFERED_CRS:
        raise BeffroiError(fault("crs-not-offered", name=crs, instead_of=crs, available=OFFERED_CRS))
    west, south, east, north = bbox
    if not all(map(math.isfinite, bbox)) or south > north or (crs != STORED_CRS and west > east):
        raise BeffroiError(fault("bbox-inverted", bbox=_words(bbox)))
    if crs != STORED_CRS:
        outline = _in_degrees(bbox, crs)
        return Area(() if outline is None else (Part(outline.bounds, outline, False),))
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise BeffroiError(fault("bbox-outside-world", bbox=_words(bbox)))
    boxes = [bbox] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]
    return Area(tuple(Part(box, _box(box), True) for box in boxes))


def project_wkb(geometries: Any, crs: str) -> Any:
    """Geometries (WKB, in degrees) as WKB in another of the systems offered."""
    moved = shapely.transform(shapely.from_wkb(geometries), _conversion(STORED_CRS, crs), interleaved=False)
    return shapely.to_wkb(moved)


@cache
def _conversion(start: str, end: str) -> Callable[..., Any]:
    """Easting or longitude first, on both sides."""
    return Transformer.from_crs(start, end, always_xy=True).transform


def _box(extent: Extent) -> Any:
    """The extent as a shape; one without width, height or both is a line or a point."""
    west, south, east, north = extent
    if west < east and south < north:
        return shapely.box(west, south, east, north)
    return (
        shapely.Point(west, south) if (west, south) == (east, north) else shapely.LineString([extent[:2], extent[2:]])
    )


def _in_degrees(bbox: Extent, crs: str) -> Any:
    """A box of another system as a shape in degrees; None when nothing of it is in the area of that system, beyond
    which its coordinates mean nothing."""
    area = EXTENTS[crs]
    west, south = max(bbox[0], area[0]), max(bbox[1], area[1])
    east, north = min(bbox[2], area[2]), min(bbox[3], area[3])
    if west > east or south > north:
        return None
    box = _box((west, south, east, north))
    step = max(east - west, north - south) / _EDGE_POINTS
    fine = shapely.segmentize(box, step) if step else box
    return shapely.transform(fine, _conversion(crs, STORED_CRS), interleaved=False)


def _words(bbox: Extent) -> str:
    return ", ".join(f"{value:g}" for value in bbox)


__all__ = ["OFFERED_CRS", "STORED_CRS", "Area", "Extent", "Part", "area_of", "project_wkb"]
