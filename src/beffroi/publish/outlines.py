"""Contours as SVG path data: projected metres to whole drawing units, once for each level and edition.

Neighbours keep sharing their border: simplification is that of a coverage, never polygon by polygon.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

WIDTH = 1000
"""Width of the drawing in its own units; its height follows from the territory."""


@dataclass(frozen=True)
class Ground:
    """How metres become drawing units: the same for every level of a map."""

    west: float
    north: float
    scale: float
    height: int


@dataclass(frozen=True)
class Outline:
    """The path of one territory, a point inside it, and its area in drawing units, for circles and names."""

    path: str
    x: float
    y: float
    area: float


def lay_ground(*contours: pa.Table, margin: float = 0.012) -> Ground | None:
    """The ground that holds every contour of the given levels; None when there is none."""
    shapes = [shapely.from_wkb(table["drawn"].to_numpy(zero_copy_only=False)) for table in contours if table.num_rows]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(np.concatenate(shapes))
    margin *= max(east - west, north - south)
    west, south, east, north = west - margin, south - margin, east + margin, north + margin
    scale = WIDTH / (east - west)
    return Ground(float(west), float(north), float(scale), round((north - south) * scale))


def trace_outlines(contours: pa.Table, ground: Ground, *, tolerance: float = 0.6) -> Mapping[str, Outline]:
    """By code, the outline of each territory of a level; ``tolerance`` is in drawing units."""
    if not contours.num_rows:
        return {}
    shapes = shapely.from_wkb(contours["drawn"].to_numpy(zero_copy_only=False))
    placed = shapely.transform(shapes, lambda xy: (xy - [ground.west, ground.north]) * [ground.scale, -ground.scale])
    thinned = shapely.coverage_simplify(placed, tolerance)
    points = shapely.point_on_surface(placed)
    return {
        code: Outline(draw_path(shape), round(float(point.x), 1), round(float(point.y), 1), float(shapely.area(shape)))
        for code, shape, point in zip(contours["code"].to_pylist(), thinned, points, strict=True)
    }


def draw_path(shape: shapely.Geometry) -> str:
    """The path of polygons in drawing units, to the nearest unit."""
    pieces = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type != "Polygon":
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            pieces.append(_ring(np.rint(shapely.get_coordinates(ring)).astype(int)))
    return "".join(pieces)


def _ring(points: np.ndarray) -> str:
    """One closed ring in relative moves, the shortest way to write it."""
    steps = np.diff(points, axis=0)
    steps = steps[np.any(steps != 0, axis=1)][:-1]
    text = "".join(
        f"{' ' if k and x >= 0 else ''}{x}{'' if y < 0 else ' '}{y}" for k, (x, y) in enumerate(steps.tolist())
    )
    return f"M{points[0][0]} {points[0][1]}l{text}z" if len(steps) else ""


__all__ = ["WIDTH", "Ground", "Outline", "draw_path", "lay_ground", "trace_outlines"]
