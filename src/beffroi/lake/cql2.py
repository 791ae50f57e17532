"""CQL2 as a tree: what a condition on features says, whichever way it was written, and CQL2 JSON read into it.

A reader is bounded: length, depth, terms, items of a list and vertices of shapes, each with its fault. Nothing here
knows of layers nor of the engine; types are checked by ``lake.filters``.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import shapely
from shapely.errors import ShapelyError

from beffroi.errors import BeffroiError, fault

LONGEST = 60_000
"""Letters of a filter: what fits in an address that servers and proxies accept."""
DEEPEST = 64
"""Levels of brackets, negations and calculations inside one another."""
MOST_TERMS = 2_000
MOST_LISTED = 1_000
MOST_VERTICES = 10_000

COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
CALCULATIONS = ("+", "-", "*", "/", "%", "div", "^")
SPATIAL = (
    "s_intersects", "s_disjoint", "s_within", "s_contains", "s_touches", "s_crosses", "s_overlaps", "s_equals",
)  # fmt: skip
TEMPORAL = (
    "t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedby", "t_finishes",
    "t_intersects", "t_meets", "t_metby", "t_overlappedby", "t_overlaps", "t_startedby", "t_starts",
)  # fmt: skip
LETTERS = ("casei", "accenti")
FUNCTIONS = (*LETTERS, *SPATIAL, *TEMPORAL)

ARITY: Mapping[str, tuple[int, int]] = {
    "and": (2, MOST_TERMS), "or": (2, MOST_TERMS), "not": (1, 1), "like": (2, 2), "between": (3, 3), "isNull": (1, 1),
    **dict.fromkeys((*COMPARISONS, *CALCULATIONS, *SPATIAL, *TEMPORAL), (2, 2)), **dict.fromkeys(LETTERS, (1, 1)),
}  # fmt: skip
"""How many arguments each operation takes, ``in`` apart: a value, then the items of its list."""

SHAPES = (
    "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection",
)  # fmt: skip

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?")


@dataclass(frozen=True)
class Property:
    """The value of an attribute, or the shape of a feature."""

    name: str


@dataclass(frozen=True)
class Value:
    """A text, a number or a boolean."""

    value: str | int | float | bool


@dataclass(frozen=True)
class Instant:
    """A day, or a moment in UTC without its time zone."""

    value: date


@dataclass(frozen=True)
class Interval:
    """From one instant to another, both in it; None where it has no end."""

    start: Property | Instant | None
    end: Property | Instant | None


@dataclass(frozen=True)
class Shape:
    """A shape, in the system and order of axes that the asker said."""

    geometry: shapely.Geometry


@dataclass(frozen=True)
class Box:
    """Two corners, in the system and order of axes that the asker said."""

    corners: tuple[float, float, float, float]


@dataclass(frozen=True)
class Operation:
    """An operation by its name in CQL2 JSON. ``in`` has the value first, then the items of its list."""

    op: str
    args: tuple["Expression", ...]


Expression = Property | Value | Instant | Interval | Shape | Box | Operation


class Budget:
    """What is left of what a filter may hold; each method counts, and raises ``filter-too-large`` at the end of it."""

    def __init__(self) -> None:
        self.depth = self._terms = self._vertices = 0

    def enter(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise too_large(f"plus de {DEEPEST} niveaux imbriqués", f"more than {DEEPEST} nested levels")

    def leave(self) -> None:
        self.depth -= 1

    def term(self) -> None:
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise too_large(f"plus de {MOST_TERMS} termes", f"more than {MOST_TERMS} terms")

    def item(self, count: int) -> None:
        """One more item of a list that has ``count``."""
        if count > MOST_LISTED:
            raise too_large(
                f"plus de {MOST_LISTED} valeurs dans une liste", f"more than {MOST_LISTED} values in a list"
            )

    def vertex(self) -> None:
        self._vertices += 1
        if self._vertices > MOST_VERTICES:
            raise too_large(f"plus de {MOST_VERTICES} sommets", f"more than {MOST_VERTICES} vertices")


def too_large(fr: str, en: str) -> BeffroiError:
    return BeffroiError(fault("filter-too-large", what={"fr": fr, "en": en}))


def not_understood(found: str, expected: str) -> BeffroiError:
    """``expected`` is written as in the grammar, the same in every language."""
    shown = found if len(found) <= 60 else f"{found[:60]}…"
    return BeffroiError(fault("filter-not-understood", found=shown, expected=expected))


def check_length(said: str) -> None:
    if len(said) > LONGEST:
        raise too_large(f"{len(said)} caractères sur {LONGEST}", f"{len(said)} characters of {LONGEST}")


def read_instant(said: str, kind: str = "") -> Instant:
    """A day or a moment as RFC 3339 writes them; ``kind`` is date, timestamp, or empty for either."""
    try:
        if kind != "timestamp" and _DATE.fullmatch(said):
            return Instant(date.fromisoformat(said))
        if kind != "date" and _TIME.fullmatch(said):
            moment = datetime.fromisoformat(said)
            return Instant(moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment)
    except (ValueError, OverflowError):
        pass
    raise BeffroiError(fault("filter-date-unknown", value=said[:60]))


def read_end(said: str) -> Instant | None:
    """One end of an interval; ``..`` and nothing at all have no end."""
    return None if said in ("..", "") else read_instant(said)


def make_shape(kind: str, coordinates: Any, budget: Budget) -> Shape:
    """A shape from coordinates nested as in GeoJSON; ``filter-shape-refused`` where they make none."""
    depth = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
    if kind not in depth:
        raise not_understood(kind, " | ".join(SHAPES))
    flat = _positions(coordinates, depth[kind], budget)
    try:
        return Shape(shapely.geometry.shape({"type": kind, "coordinates": flat}))
    except (ValueError, TypeError, IndexError, ShapelyError) as error:
        raise BeffroiError(fault("filter-shape-refused", kind=kind)) from error


def _positions(nested: Any, depth: int, budget: Budget) -> Any:
    """The same coordinates, checked to be as deep and made of numbers, without heights."""
    if not isinstance(nested, Sequence) or isinstance(nested, str) or not nested:
        raise not_understood(json.dumps(nested, default=str), "coordinates")
    if depth:
        return [_positions(each, depth - 1, budget) for each in nested]
    budget.vertex()
    if len(nested) not in (2, 3):
        raise not_understood(json.dumps(nested, default=str), "[x, y]")
    return [read_number(each) for each in nested[:2]]


def read_number(said: Any) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        raise not_understood(json.dumps(said, default=str), "number")
    return float(said)


def make_box(numbers: Sequence[Any]) -> Box:
    """A box from its corners, without the heights that it may have."""
    if len(numbers) not in (4, 6):
        raise not_understood(f"BBOX: {len(numbers)}", "4 | 6")
    sides = [read_number(each) for each in numbers]
    flat = sides if len(sides) == 4 else [*sides[:2], *sides[3:5]]
    return Box((flat[0], flat[1], flat[2], flat[3]))


def make_value(value: str | int | float | bool) -> Value:
    """A value that the engine can hold: whole numbers beyond its own become floating ones."""
    if isinstance(value, str):
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise not_understood(ascii(value), "text")
        return Value(value)
    if isinstance(value, bool):
        return Value(value)
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return Value(value)
    try:
        return Value(read_number(float(value)))
    except OverflowError:
        raise not_understood("9…9", "number") from None


def read_json(said: str) -> Expression:
    """The tree of a CQL2 JSON text; faults ``filter-not-understood``, ``filter-too-large``, ``filter-date-unknown``,
    ``filter-shape-refused``, ``filter-function-unknown``."""
    check_length(said)
    try:
        found = json.loads(said, parse_constant=_refuse_constant)
    except RecursionError:
        raise too_large(f"plus de {DEEPEST} niveaux imbriqués", f"more than {DEEPEST} nested levels") from None
    except ValueError as error:
        raise not_understood(said, "JSON") from error
    return _JsonReader().read(found)


def _refuse_constant(name: str) -> None:
    raise not_understood(name, "number")


class _JsonReader:
    def __init__(self) -> None:
        self._budget = Budget()

    def read(self, node: Any) -> Expression:
        self._budget.term()
        if isinstance(node, str | int | float):
            return make_value(node)
        if not isinstance(node, Mapping):
            raise not_understood(json.dumps(node), "{op, args} | {property} | text | number | true | false")
        self._budget.enter()
        try:
            return self._read_object(node)
        finally:
            self._budget.leave()

    def _read_object(self, node: Mapping[str, Any]) -> Expression:
        if "op" in node:
            return self._operation(node.get("op"), node.get("args"))
        if "property" in node:
            return Property(_text(node["property"]))
        if "date" in node:
            return read_instant(_text(node["date"]), "date")
        if "timestamp" in node:
            return read_instant(_text(node["timestamp"]), "timestamp")
        if "interval" in node:
            return self._interval(node["interval"])
        if "bbox" in node and "type" not in node:
            return make_box(node["bbox"] if isinstance(node["bbox"], list) else [])
        if "type" in node:
            return self._shape(node)
        raise not_understood(json.dumps(node), "{op, args} | {property} | {date} | {timestamp} | {interval} | {type}")

    def _operation(self, op: Any, args: Any) -> Operation:
        name = _text(op)
        # The standard writes t_metBy in JSON and T_METBY in text: functions have no case.
        name = name.lower() if name.lower() in FUNCTIONS else name
        if not isinstance(args, list):
            raise not_understood(json.dumps(args), "args: […]")
        if name == "in":
            if len(args) != 2 or not isinstance(args[1], list) or not args[1]:
                raise not_understood("in", "[value, [item, …]]")
            self._budget.item(len(args[1]))
            return Operation(name, (self.read(args[0]), *map(self.read, args[1])))
        least, most = ARITY.get(name, (0, 0))
        if name == "-" and len(args) == 1:
            return Operation("-", (Value(0), self.read(args[0])))
        if not most:
            raise unknown_function(name, (*ARITY, "in"))
        if not least <= len(args) <= most:
            raise not_understood(f"{name}: {len(args)}", f"{least} args")
        return Operation(name, tuple(map(self.read, args)))

    def _interval(self, ends: Any) -> Interval:
        if not isinstance(ends, list) or len(ends) != 2:
            raise not_understood(json.dumps(ends), "[start, end]")
        return Interval(*(self._end(each) for each in ends))

    def _end(self, said: Any) -> Property | Instant | None:
        if isinstance(said, str):
            return read_end(said)
        found = self.read(said)
        if not isinstance(found, Property | Instant):
            raise not_understood(json.dumps(said), "date | timestamp | property | '..'")
        return found

    def _shape(self, node: Mapping[str, Any]) -> Shape:
        kind = _text(node["type"])
        if kind != "GeometryCollection":
            return make_shape(kind, node.get("coordinates"), self._budget)
        parts = node.get("geometries")
        if not isinstance(parts, list) or not parts:
            raise not_understood(json.dumps(parts), "geometries: […]")
        shapes = [self.read(each) for each in parts]
        if not all(isinstance(each, Shape) for each in shapes):
            raise not_understood(json.dumps(parts), "geometries: […]")
        return Shape(shapely.GeometryCollection([each.geometry for each in shapes if isinstance(each, Shape)]))


def unknown_function(name: str, known: Sequence[str]) -> BeffroiError:
    return BeffroiError(fault("filter-function-unknown", name=name[:60], instead_of=name[:60], available=known))


def _text(said: Any) -> str:
    if not isinstance(said, str):
        raise not_understood(json.dumps(said), "text")
    return said


__all__ = [
    "ARITY", "CALCULATIONS", "COMPARISONS", "DEEPEST", "FUNCTIONS", "LETTERS", "LONGEST", "MOST_LISTED", "MOST_TERMS",
    "MOST_VERTICES", "SHAPES", "SPATIAL", "TEMPORAL", "Box", "Budget", "Expression", "Instant", "Interval", "Operation",
    "Property", "Shape", "Value", "check_length", "make_box", "make_shape", "make_value", "not_understood", "read_end",
    "read_instant", "read_json", "too_large", "unknown_function",
]  # fmt: skip
