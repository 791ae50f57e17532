"""Blocks cut in lots, inside their streets, and the buildings that may stand on them."""

import math
import random
from dataclasses import dataclass

import shapely

from .planes import Plane, Ring, Splits, cut_ring

_NEAREST = 1.2
_SMALLEST_LOT = 140.0
_IN_TOWN = 40_000.0
_HALF_STREET, _HALF_LANE = 4.5, 2.5


@dataclass(frozen=True)
class Lots:
    """A block, settled: parcels and the public way around them cover it, without overlap nor gap.

    ``way`` is its outer ring; ``hole`` the ring inside which the parcels are, none where the block is too small or too
    narrow for a street: it is then one parcel. ``angle`` is the direction of the block.
    """

    parcels: list[Ring]
    way: Ring
    hole: Ring | None
    angle: float
    half_width: float


def cut_block(plane: Plane, ring: Ring, lots: int, rng: random.Random) -> Lots:
    """``lots`` parcels, or fewer where the shape does not allow them: rows along the block, then lots across."""
    angle = _longest_edge(plane, ring)
    half = _HALF_STREET if plane.area(ring) < _IN_TOWN else _HALF_LANE
    hole = _inset(plane, ring, half)
    if hole is None:
        return Lots([ring], ring, None, angle, 0.0)
    lots = max(1, min(lots, int(plane.area(hole) / _SMALLEST_LOT)))
    splits = Splits()
    out: list[Ring] = []
    waiting = [(hole, lots, lots >= 4)]
    while waiting:
        face, count, lengthwise = waiting.pop()
        face = splits.ring(face)
        if count <= 1:
            out.append(face)
            continue
        low = count // 2 if lengthwise or rng.random() < 0.5 else count - count // 2
        cut = None
        for attempt in range(5):
            across = _across(plane, face, angle, lengthwise) + rng.uniform(-0.05, 0.05) * (1 + attempt)
            first, last = _extent(plane, face, across)
            share = low / count + rng.uniform(-0.06, 0.06) / count
            cut = cut_ring(plane, face, across, first + (last - first) * share, _NEAREST)
            if cut is not None:
                break
        if cut is None:
            out.append(face)
            continue
        for edge, vertex in cut.made:
            splits.add(edge, vertex)
        waiting += [(cut.high, count - low, False), (cut.low, low, False)]
    return Lots([splits.ring(face) for face in out], ring, splits.ring(hole), angle, half)


def draw_building(plane: Plane, parcel: Ring, angle: float, rng: random.Random) -> Ring | None:
    """A house, or a larger building on a larger lot, along the street; None where the lot is too narrow for one.

    Whether it stands inside is for the caller to verify, many at a time.
    """
    across = angle + math.pi / 2
    first, second = _extent(plane, parcel, angle), _extent(plane, parcel, across)
    half_wide = min(rng.uniform(0.24, 0.36) * (first[1] - first[0]), rng.uniform(5, 22))
    half_deep = min(rng.uniform(0.14, 0.26) * (second[1] - second[0]), rng.uniform(4, 13))
    if half_wide < 2 or half_deep < 2:
        return None
    corners = [(-half_wide, -half_deep), (half_wide, -half_deep), (half_wide, half_deep), (-half_wide, half_deep)]
    if half_wide > 7 and rng.random() < 0.4:
        wing = half_deep * rng.uniform(0.1, 0.5)
        corners[2:3] = [(half_wide, wing), (half_wide * 0.2, wing), (half_wide * 0.2, half_deep)]
    middle_x, middle_y = plane.centroid(parcel)
    along, aside = (math.cos(angle), math.sin(angle)), (math.cos(across), math.sin(across))
    return [
        plane.vertex(middle_x + a * along[0] + b * aside[0], middle_y + a * along[1] + b * aside[1]) for a, b in corners
    ]


def _longest_edge(plane: Plane, ring: Ring) -> float:
    edges = [((b[0] - a[0]) * plane.x, (b[1] - a[1]) * plane.y) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)]
    x, y = max(edges, key=lambda edge: edge[0] ** 2 + edge[1] ** 2)
    return math.atan2(y, x)


def _inset(plane: Plane, ring: Ring, half: float) -> Ring | None:
    block = shapely.Polygon([plane.metres(vertex) for vertex in ring])
    inner = block.buffer(-half, join_style="mitre", mitre_limit=2).simplify(0.3)
    if inner.geom_type != "Polygon" or inner.is_empty or inner.interiors or inner.area < 0.35 * block.area:
        return None
    vertices = [plane.vertex(x, y) for x, y in inner.exterior.coords[:-1]]
    kept = [vertex for index, vertex in enumerate(vertices) if vertex != vertices[index - 1]]
    if len(kept) < 3 or not shapely.Polygon(kept).is_valid:
        return None
    return kept if shapely.Polygon(ring).contains_properly(shapely.Polygon(kept)) else None


def _extent(plane: Plane, ring: Ring, angle: float) -> tuple[float, float]:
    along_x, along_y = math.cos(angle) * plane.x, math.sin(angle) * plane.y
    places = [vertex[0] * along_x + vertex[1] * along_y for vertex in ring]
    return min(places), max(places)


def _across(plane: Plane, face: Ring, angle: float, lengthwise: bool) -> float:
    """Direction on which the face is cut: its longer side, its shorter one to make two rows."""
    other = angle + math.pi / 2
    first, second = _extent(plane, face, angle), _extent(plane, face, other)
    longer_first = first[1] - first[0] >= second[1] - second[0]
    return angle if longer_first != lengthwise else other
