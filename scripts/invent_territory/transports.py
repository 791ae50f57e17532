"""Lines of public transport along the main streets, from town to town, and their stops."""

import heapq
import math
import random
from dataclasses import dataclass, field
from itertools import pairwise

from .blocks import Division
from .names import place_name
from .planes import Plane, Ring, Splits, Vertex

_MAIN_RANK = 7
_COMMUNES_BY_LINE = 3
_EVERY_IN_TOWN, _EVERY_OUTSIDE = 320.0, 1800.0

Graph = dict[Vertex, dict[Vertex, float]]


@dataclass(frozen=True)
class Line:
    """A line: its way, and how often one may board on a working day."""

    code: str
    name: str
    kind: str
    departures: int
    way: Ring


@dataclass
class Stop:
    """A stop: where it is, in which commune, the lines that stop there, and how many board there in a day."""

    name: str
    commune: str
    at: Vertex
    lines: list[str] = field(default_factory=list)
    boardings: int = 0


def draw_lines(plane: Plane, divisions: list[Division], splits: Splits, seed: int) -> tuple[list[Line], list[Stop]]:
    """From the largest commune to the others, some at a time, along main streets; none where there is no way."""
    graph = _main_streets(plane, divisions, splits)
    ordered = sorted(divisions, key=lambda division: (-division.commune.population, division.commune.code))
    first, others = ordered[0], ordered[1:]
    around = sorted(others, key=lambda division: _bearing(first, division))
    together = _COMMUNES_BY_LINE if len(others) > _COMMUNES_BY_LINE else 1
    lines: list[Line] = []
    stops: dict[Vertex, Stop] = {}
    for number, start in enumerate(range(0, len(around), together), 1):
        rng = random.Random(f"{seed}:line:{number}")
        served = [first, *around[start : start + together]]
        way = _way(graph, [_nearest(plane, graph, division) for division in served])
        if len(way) < 2:
            continue
        kind = "bus à haut niveau de service" if number == 1 else "bus"
        departures = rng.randrange(48, 90) if number == 1 else rng.randrange(8, 40)
        line = Line(f"L{number}", f"{served[0].commune.name} – {served[-1].commune.name}", kind, departures, way)
        lines.append(line)
        _stop_along(plane, line, divisions, stops, rng)
    return lines, list(stops.values())


def _main_streets(plane: Plane, divisions: list[Division], splits: Splits) -> Graph:
    """Streets that were cut first, and the borders of communes, which tie them together."""
    graph: Graph = {}
    for division in divisions:
        ring = division.commune.ring
        main = [street.line for street in division.streets if street.rank <= _MAIN_RANK]
        for line in [*main, [*ring, ring[0]]]:
            whole = splits.line(line)
            for a, b in pairwise(whole):
                length = plane.length([a, b])
                graph.setdefault(a, {})[b] = length
                graph.setdefault(b, {})[a] = length
    return graph


def _nearest(plane: Plane, graph: Graph, division: Division) -> Vertex:
    centre = division.centres[0]

    def far(vertex: Vertex) -> tuple[float, Vertex]:
        x, y = plane.metres(vertex)
        return math.hypot(x - centre.x, y - centre.y), vertex

    return min(graph, key=far)


def _way(graph: Graph, places: list[Vertex]) -> Ring:
    """The shortest way through the places, in order."""
    out: Ring = [places[0]]
    for goal in places[1:]:
        out += _shortest(graph, out[-1], goal)[1:]
    return out


def _shortest(graph: Graph, start: Vertex, goal: Vertex) -> Ring:
    reached: dict[Vertex, Vertex | None] = {}
    waiting: list[tuple[float, Vertex, Vertex | None]] = [(0.0, start, None)]
    while waiting:
        length, vertex, before = heapq.heappop(waiting)
        if vertex in reached:
            continue
        reached[vertex] = before
        if vertex == goal:
            break
        for following, step in graph[vertex].items():
            if following not in reached:
                heapq.heappush(waiting, (length + step, following, vertex))
    out: Ring = []
    at: Vertex | None = goal if goal in reached else None
    while at is not None:
        out.append(at)
        at = reached[at]
    return out[::-1] or [start]


def _stop_along(
    plane: Plane, line: Line, divisions: list[Division], stops: dict[Vertex, Stop], rng: random.Random
) -> None:
    """A stop at both ends and, between, one each time that enough way was made: closer in towns than outside.

    Where another line stops already, that stop is served.
    """
    served: set[Vertex] = set()
    since = math.inf
    for index, vertex in enumerate(line.way):
        if index:
            since += plane.length([line.way[index - 1], vertex])
        division = min(divisions, key=lambda each: each.away(vertex))
        remoteness = division.remoteness(*plane.metres(vertex))
        last = index == len(line.way) - 1
        enough = _EVERY_IN_TOWN if remoteness < 1.1 else _EVERY_OUTSIDE
        if vertex in served or (not last and since < enough):
            continue
        centre = f"{division.commune.name} Centre"
        free = remoteness < 0.3 and all(stop.name != centre for stop in stops.values())
        name = centre if free else f"{division.commune.name} {place_name(rng)}"
        stop = stops.setdefault(vertex, Stop(name, division.commune.code, vertex))
        stop.lines.append(line.code)
        weight = division.commune.population / 400 / (0.5 + remoteness)
        stop.boardings += max(1, round(line.departures * weight * rng.uniform(0.4, 1.3) / 4))
        served.add(vertex)
        since = 0.0


def _bearing(first: Division, other: Division) -> float:
    here, there = first.centres[0], other.centres[0]
    return math.atan2(there.y - here.y, there.x - here.x)
