"""Communes cut in blocks by streets: small around the centres, large in the fields.

A point is drawn for each block, most of them around a few centres; faces are cut at the median of their points until
each has one. Vertices are shared through one ``Splits`` for all the communes, so that blocks fit everywhere, borders
of communes among them.
"""

import math
import random
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely

from .planes import Cut, Edge, Plane, Ring, Splits, Vertex, cut_ring

LOTS_BY_BLOCK = 8
_SHARE_IN_TOWN = 0.82
_LOT_IN_TOWN = 1000.0
_SMALLEST_TOWN = 450.0
_NEAREST = 4.0
_WAVY_FROM = 260.0
_GOOD_SHAPE = 0.5

Point = tuple[float, float]


@dataclass(frozen=True)
class Centre:
    """A town or a hamlet: where it is and how far it goes, in metres."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Commune:
    """An invented commune: its contour on the grid, and how many parcels it is to have."""

    code: str
    name: str
    ring: Ring
    parcels: int
    population: int


@dataclass(frozen=True)
class Street:
    """The line that cut a face: the sooner, the more it is a main one (``rank`` 0 first)."""

    line: Ring
    rank: int


@dataclass
class Division:
    """A commune in blocks; ``blocks`` are rings that lack the vertices made later by their neighbours."""

    commune: Commune
    centres: list[Centre]
    blocks: list[tuple[Ring, int]] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)

    @cached_property
    def _ground(self) -> shapely.Polygon:
        return shapely.Polygon(self.commune.ring)

    def away(self, vertex: Vertex) -> float:
        """0 in the commune; a hair for a vertex of its border, which the grid may leave beside it."""
        return float(shapely.distance(self._ground, shapely.Point(vertex)))

    def remoteness(self, x: float, y: float) -> float:
        """0 at a centre, 1 at the edge of its town, more in the fields."""
        return min(math.hypot(x - c.x, y - c.y) / c.radius for c in self.centres)


def divide_commune(plane: Plane, commune: Commune, splits: Splits, rng: random.Random) -> Division:
    """The commune in blocks, each with the number of lots that it is to have; they add up to what was asked."""
    contour = shapely.Polygon([plane.metres(vertex) for vertex in commune.ring])
    wanted = max(1, round(commune.parcels / LOTS_BY_BLOCK))
    division = Division(commune, _place_centres(contour, commune.parcels, rng))
    points = _scatter(contour, division.centres, wanted, rng)
    lots = [commune.parcels // wanted + (index < commune.parcels % wanted) for index in range(wanted)]
    waiting: list[tuple[Ring, list[int], int]] = [(commune.ring, list(range(wanted)), 0)]
    while waiting:
        ring, inside, rank = waiting.pop()
        ring = splits.ring(ring)
        parted = _part(plane, ring, [points[index] for index in inside], rng) if len(inside) > 1 else None
        if parted is None:
            division.blocks.append((ring, sum(lots[index] for index in inside)))
            continue
        cut, angle, at = parted
        line, low, high = _street(plane, cut, rng)
        for edge, vertex in cut.made:
            splits.add(edge, vertex)
        division.streets.append(Street(line, rank))
        under = [index for index in inside if _projection(points[index], angle) < at]
        over = [index for index in inside if _projection(points[index], angle) >= at]
        waiting += [(high, over, rank + 1), (low, under, rank + 1)]
    return division


def _place_centres(contour: shapely.Polygon, parcels: int, rng: random.Random) -> list[Centre]:
    middle = contour.representative_point()
    wide = math.sqrt(contour.area)
    radius = math.sqrt(parcels * _SHARE_IN_TOWN * _LOT_IN_TOWN / math.pi)
    radius = max(_SMALLEST_TOWN, min(radius, 0.42 * wide))
    centres = [
        Centre(middle.x + rng.uniform(-0.08, 0.08) * wide, middle.y + rng.uniform(-0.08, 0.08) * wide, radius * 0.86)
    ]
    for _ in range(200):
        if len(centres) == 3:
            break
        angle, far = rng.uniform(0, 2 * math.pi), rng.uniform(0.24, 0.4) * wide
        x, y = middle.x + far * math.cos(angle), middle.y + far * math.sin(angle)
        if contour.contains(shapely.Point(x, y)) and all(math.hypot(x - c.x, y - c.y) > 0.2 * wide for c in centres):
            centres.append(Centre(x, y, radius * 0.36))
    return centres


def _scatter(contour: shapely.Polygon, centres: list[Centre], count: int, rng: random.Random) -> list[Point]:
    """A point a block, inside the contour: most around the centres, by their area, the others anywhere."""
    weights = [c.radius * c.radius for c in centres]
    west, south, east, north = contour.bounds
    out: list[Point] = []
    while len(out) < count:
        drawn: list[Point] = []
        for _ in range(count - len(out) + 8):
            if rng.random() < _SHARE_IN_TOWN:
                centre = rng.choices(centres, weights)[0]
                angle, far = rng.uniform(0, 2 * math.pi), centre.radius * rng.random() ** 0.55
                drawn.append((centre.x + far * math.cos(angle), centre.y + far * math.sin(angle)))
            else:
                drawn.append((rng.uniform(west, east), rng.uniform(south, north)))
        inside = shapely.contains_xy(contour, np.asarray(drawn))
        out += [point for point, kept in zip(drawn, inside, strict=True) if kept]
    return out[:count]


def _part(plane: Plane, ring: Ring, points: list[Point], rng: random.Random) -> tuple[Cut, float, float] | None:
    """The cut at the median of the points: across the face if that makes good shapes, otherwise the best of a few."""
    axis = plane.axis(ring)
    best: tuple[Cut, float, float] | None = None
    best_shape = 0.0
    for turn in (0.0, 0.5, -0.5, 1.0, -1.0, math.pi / 2):
        angle = axis + turn + rng.uniform(-0.14, 0.14)
        projections = sorted(_projection(point, angle) for point in points)
        middle = len(projections) // 2
        if projections[middle] - projections[middle - 1] < 1e-6:
            continue
        at = (projections[middle - 1] + projections[middle]) / 2
        cut = cut_ring(plane, ring, angle, at, _NEAREST)
        if cut is None:
            continue
        shape = min(plane.compactness(cut.low), plane.compactness(cut.high))
        if shape > best_shape:
            best, best_shape = (cut, angle, at), shape
        if shape > _GOOD_SHAPE:
            break
    return best


def _street(plane: Plane, cut: Cut, rng: random.Random) -> tuple[Ring, Ring, Ring]:
    """The line of the cut and both faces; a long line is bent a little, unless faces would be spoiled."""
    start, end = cut.chord
    between = _bends(plane, start, end, rng)
    if between:
        faces = [_bent(ring, cut.chord, between) for ring in (cut.low, cut.high)]
        if all(shapely.Polygon(face).is_valid for face in faces):
            return [start, *between, end], faces[0], faces[1]
    return [start, end], cut.low, cut.high


def _bends(plane: Plane, start: Vertex, end: Vertex, rng: random.Random) -> list[Vertex]:
    (x1, y1), (x2, y2) = plane.metres(start), plane.metres(end)
    length = math.hypot(x2 - x1, y2 - y1)
    count = min(5, int(length / _WAVY_FROM))
    lean = rng.uniform(-0.05, 0.05)
    out = []
    for step in range(1, count + 1):
        share = step / (count + 1)
        aside = lean * math.sin(math.pi * share) + rng.uniform(-0.012, 0.012)
        out.append(plane.vertex(x1 + (x2 - x1) * share - (y2 - y1) * aside, y1 + (y2 - y1) * share + (x2 - x1) * aside))
    return out


def _bent(ring: Ring, chord: Edge, between: list[Vertex]) -> Ring:
    """A ring of a cut closes on the chord: its last vertex and its first are the chord's two ends."""
    return ring + (between if ring[-1] == chord[0] else between[::-1])


def _projection(point: Point, angle: float) -> float:
    return point[0] * math.cos(angle) + point[1] * math.sin(angle)
