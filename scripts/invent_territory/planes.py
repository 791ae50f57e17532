"""Rings on a grid, and how they are cut so that neighbours always share their vertices.

A vertex is a pair of whole millionths of a degree (some ten centimetres), longitude then latitude. A ring is open: its
first vertex is not repeated. Nothing here draws at random.
"""

import math
from dataclasses import dataclass, field
from itertools import pairwise

Vertex = tuple[int, int]
Ring = list[Vertex]
Edge = tuple[Vertex, Vertex]

DEGREE = 1_000_000


@dataclass(frozen=True)
class Plane:
    """Metres around a latitude: good to some thousandths over a territory of a hundred kilometres, for shapes alone."""

    latitude: float

    @property
    def x(self) -> float:
        """Metres of a millionth of a degree of longitude."""
        return 0.111320 * math.cos(math.radians(self.latitude))

    @property
    def y(self) -> float:
        """Metres of a millionth of a degree of latitude."""
        return 0.111132

    def metres(self, vertex: Vertex) -> tuple[float, float]:
        return vertex[0] * self.x, vertex[1] * self.y

    def vertex(self, x: float, y: float) -> Vertex:
        return round(x / self.x), round(y / self.y)

    def area(self, ring: Ring) -> float:
        """Square metres, positive whatever the direction of the ring."""
        twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))
        return abs(twice) / 2 * self.x * self.y

    def centroid(self, ring: Ring) -> tuple[float, float]:
        """Metres of the centre of gravity; counted from the first vertex, for precision."""
        x0, y0 = ring[0]
        twice = sum_x = sum_y = 0
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            ax, ay, bx, by = a[0] - x0, a[1] - y0, b[0] - x0, b[1] - y0
            cross = ax * by - bx * ay
            twice += cross
            sum_x += (ax + bx) * cross
            sum_y += (ay + by) * cross
        if not twice:
            return self.metres(ring[0])
        return (x0 + sum_x / (3 * twice)) * self.x, (y0 + sum_y / (3 * twice)) * self.y

    def length(self, line: Ring) -> float:
        """Metres along an open line."""
        return sum(math.hypot((b[0] - a[0]) * self.x, (b[1] - a[1]) * self.y) for a, b in pairwise(line))

    def compactness(self, ring: Ring) -> float:
        """1 for a disc, 0.785 for a square, near 0 for a sliver."""
        around = self.length([*ring, ring[0]])
        return 4 * math.pi * self.area(ring) / (around * around) if around else 0.0

    def axis(self, ring: Ring) -> float:
        """Direction of the greatest spread of the vertices, in radians."""
        points = [self.metres(vertex) for vertex in ring]
        mean_x = sum(x for x, _ in points) / len(points)
        mean_y = sum(y for _, y in points) / len(points)
        xx = sum((x - mean_x) ** 2 for x, _ in points)
        yy = sum((y - mean_y) ** 2 for _, y in points)
        xy = sum((x - mean_x) * (y - mean_y) for x, y in points)
        return 0.5 * math.atan2(2 * xy, xx - yy)


@dataclass
class Splits:
    """Where edges were cut: a face that shares one finds there the vertices that its neighbour made."""

    made: dict[Edge, Vertex] = field(default_factory=dict)

    def add(self, edge: Edge, vertex: Vertex) -> None:
        self.made[_key(*edge)] = vertex

    def line(self, line: Ring) -> Ring:
        """An open line with every vertex that was made on it since."""
        if not line:
            return []
        out = [line[0]]
        for a, b in pairwise(line):
            waiting = [(a, b)]
            while waiting:
                start, end = waiting.pop()
                between = self.made.get(_key(start, end))
                if between is None:
                    out.append(end)
                else:
                    waiting += [(between, end), (start, between)]
        return out

    def ring(self, ring: Ring) -> Ring:
        """A ring with every vertex that was made on it since."""
        return self.line([*ring, ring[0]])[:-1]


@dataclass(frozen=True)
class Cut:
    """A ring cut in two: ``low`` is on the side of small projections; ``made`` are the vertices that edges gained."""

    low: Ring
    high: Ring
    chord: Edge
    made: tuple[tuple[Edge, Vertex], ...]


def cut_ring(plane: Plane, ring: Ring, angle: float, at: float, nearest: float) -> Cut | None:
    """Cut ``ring`` by the line of points whose projection on direction ``angle`` is ``at`` metres.

    A vertex closer than ``nearest`` metres to the line is taken instead of a new one, so that no edge becomes tiny.
    None where the line does not part the ring in exactly two.
    """
    along_x, along_y = math.cos(angle) * plane.x, math.sin(angle) * plane.y
    sides = [vertex[0] * along_x + vertex[1] * along_y - at for vertex in ring]
    sides = [0.0 if abs(side) < nearest else side for side in sides]
    walk: Ring = []
    crossings: list[int] = []
    made: list[tuple[Edge, Vertex]] = []
    count = len(ring)
    for index, (vertex, side) in enumerate(zip(ring, sides, strict=True)):
        following = sides[(index + 1) % count]
        walk.append(vertex)
        if side == 0.0:
            before = sides[index - 1]
            if before * following >= 0.0:
                return None
            crossings.append(len(walk) - 1)
        elif side * following < 0.0:
            other = ring[(index + 1) % count]
            share = side / (side - following)
            between = (
                round(vertex[0] + (other[0] - vertex[0]) * share),
                round(vertex[1] + (other[1] - vertex[1]) * share),
            )
            if between in (vertex, other):
                return None
            made.append(((vertex, other), between))
            crossings.append(len(walk))
            walk.append(between)
    if len(crossings) != 2:
        return None
    first, second = crossings
    inner, outer = walk[first : second + 1], walk[second:] + walk[: first + 1]
    if len(inner) < 3 or len(outer) < 3:
        return None
    chord = (walk[first], walk[second])
    middle = inner[1]
    inner_is_low = middle[0] * along_x + middle[1] * along_y < at
    low, high = (inner, outer) if inner_is_low else (outer, inner)
    return Cut(low, high, chord, tuple(made))


def _key(a: Vertex, b: Vertex) -> Edge:
    return (a, b) if a < b else (b, a)
