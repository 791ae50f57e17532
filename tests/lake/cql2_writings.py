"""Filters invented, written down as CQL2 text and JSON, and answered by hand: what ``lake.filters`` is held against."""

import datetime
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import shapely
from hypothesis import strategies as st

from beffroi.lake import cql2
from beffroi.lake.cql2 import Box, Expression, Instant, Interval, Operation, Property, Shape, Value
from beffroi.lake.filters import fold_accents, fold_case

LETTERS = "aàbcéEÉ O'\"%_\\-;()ß界"
"""Letters of invented texts: accents, quotes, signs of patterns and of SQL. A backslash before a quote escapes it, so
that those two never follow one another."""

WORDS = st.text(LETTERS, max_size=6).filter(lambda said: "\\'" not in said and not said.endswith("\\"))
NUMBERS = st.one_of(st.integers(-9, 9), st.floats(-20, 20, allow_nan=False).map(lambda x: round(x, 2)))
DAYS = st.dates(datetime.date(1999, 1, 1), datetime.date(2022, 1, 1)).map(Instant)
MOMENTS = st.datetimes(datetime.datetime(1999, 1, 1), datetime.datetime(2022, 1, 1)).map(
    lambda moment: Instant(moment.replace(microsecond=0))
)
PLACES = st.tuples(
    st.floats(2.45, 2.65).map(lambda x: round(x, 3)), st.floats(50.45, 50.6).map(lambda y: round(y, 3))
)  # fmt: skip


def texts(depth: int = 2) -> st.SearchStrategy[Expression]:
    plain = st.one_of(st.just(Property("name")), WORDS.map(Value))
    if not depth:
        return plain
    folded = st.builds(lambda op, inner: Operation(op, (inner,)), st.sampled_from(cql2.LETTERS), texts(depth - 1))
    return st.one_of(plain, folded)


def numbers(depth: int = 2) -> st.SearchStrategy[Expression]:
    plain = st.one_of(st.sampled_from((Property("floors"), Property("height"))), NUMBERS.map(Value))
    if not depth:
        return plain
    counted = st.builds(
        lambda op, left, right: Operation(op, (left, right)),
        st.sampled_from(cql2.CALCULATIONS), numbers(depth - 1), numbers(depth - 1),
    )  # fmt: skip
    return st.one_of(plain, counted)


def _patterns() -> st.SearchStrategy[Expression]:
    plain = WORDS.map(Value)
    return st.one_of(plain, plain.map(lambda said: Operation("casei", (said,))))


def _boxes() -> st.SearchStrategy[Box]:
    return st.builds(lambda one, other: Box((min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]),
                                             max(one[1], other[1]))), PLACES, PLACES)  # fmt: skip


def _shapes() -> st.SearchStrategy[Expression]:
    polygons = st.lists(PLACES, min_size=3, max_size=6, unique=True).map(
        lambda ring: Shape(shapely.Polygon([*ring, ring[0]]))
    )
    lines = st.lists(PLACES, min_size=2, max_size=4, unique=True).map(lambda points: Shape(shapely.LineString(points)))
    return st.one_of(_boxes(), polygons, lines, PLACES.map(lambda place: Shape(shapely.Point(place))))


def _times() -> st.SearchStrategy[Expression]:
    ends = st.one_of(DAYS, MOMENTS, st.none(), st.just(Property("built")))
    return st.one_of(DAYS, MOMENTS, st.builds(Interval, ends, ends))


def conditions(depth: int = 2) -> st.SearchStrategy[Expression]:
    """Conditions on ``name``, ``floors``, ``height``, ``listed``, ``built`` and the geometry."""
    ordered = st.sampled_from(cql2.COMPARISONS)

    def pair(kind: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        return st.builds(lambda op, left, right: Operation(op, (left, right)), ordered, kind, kind)

    def several(op: str, kind: st.SearchStrategy[Expression], least: int, most: int) -> st.SearchStrategy[Expression]:
        return st.lists(kind, min_size=least, max_size=most).map(lambda args: Operation(op, tuple(args)))

    days = st.one_of(st.just(Property("built")), DAYS)
    plain = st.one_of(
        pair(texts()), pair(numbers()), pair(days),
        st.booleans().map(lambda said: Operation("=", (Property("listed"), Value(said)))),
        several("between", numbers(1), 3, 3), several("in", texts(1), 2, 4), several("in", numbers(0), 2, 4),
        st.builds(lambda value, pattern: Operation("like", (value, pattern)), texts(1), _patterns()),
        st.sampled_from(("name", "height", "geometry")).map(lambda said: Operation("isNull", (Property(said),))),
        st.builds(lambda op, it: Operation(op, (Property("geometry"), it)), st.sampled_from(cql2.SPATIAL), _shapes()),
        st.builds(lambda op, time: Operation(op, (Property("built"), time)), st.sampled_from(cql2.TEMPORAL), _times()),
    )  # fmt: skip
    if not depth:
        return plain
    inner = conditions(depth - 1)
    return st.one_of(
        plain,
        several("and", inner, 2, 3),
        several("or", inner, 2, 3),
        inner.map(lambda said: Operation("not", (said,))),
    )


def write_text(node: Expression) -> str:
    """A tree as CQL2 text, brackets around every operation."""
    if isinstance(node, Property):
        return node.name
    if isinstance(node, Value):
        if isinstance(node.value, str):
            return "'" + node.value.replace("'", "''") + "'"
        return str(node.value).upper() if isinstance(node.value, bool) else repr(node.value)
    if isinstance(node, Instant):
        return f"{_kind(node).upper()}('{_moment(node)}')"
    if isinstance(node, Interval):
        return f"INTERVAL({', '.join(_end_text(each) for each in (node.start, node.end))})"
    if isinstance(node, Box):
        return f"BBOX({', '.join(map(repr, node.corners))})"
    if isinstance(node, Shape):
        return shapely.to_wkt(node.geometry, rounding_precision=-1)
    args = [write_text(each) for each in node.args]
    if node.op in cql2.FUNCTIONS:
        return f"{node.op.upper()}({', '.join(args)})"
    return "(" + _WRITTEN.get(node.op, lambda each: f" {node.op} ".join(each))(args) + ")"


_WRITTEN: Mapping[str, Callable[[list[str]], str]] = {
    "not": lambda args: f"NOT {args[0]}",
    "isNull": lambda args: f"{args[0]} IS NULL",
    "like": lambda args: f"{args[0]} LIKE {args[1]}",
    "between": lambda args: f"{args[0]} BETWEEN {args[1]} AND {args[2]}",
    "in": lambda args: f"{args[0]} IN ({', '.join(args[1:])})",
}


def _end_text(end: Property | Instant | None) -> str:
    return "'..'" if end is None else end.name if isinstance(end, Property) else f"'{_moment(end)}'"


def _kind(node: Instant) -> str:
    return "timestamp" if isinstance(node.value, datetime.datetime) else "date"


def _moment(node: Instant) -> str:
    return node.value.isoformat() + ("Z" if isinstance(node.value, datetime.datetime) else "")


def write_json(node: Expression) -> str:
    return json.dumps(_as_json(node), ensure_ascii=False)


def _as_json(node: Expression | None) -> Any:
    if node is None:
        return ".."
    if isinstance(node, Property):
        return {"property": node.name}
    if isinstance(node, Value):
        return node.value
    if isinstance(node, Instant):
        return {_kind(node): _moment(node)}
    if isinstance(node, Interval):
        ends = (node.start, node.end)
        return {"interval": [_moment(each) if isinstance(each, Instant) else _as_json(each) for each in ends]}
    if isinstance(node, Box):
        return {"bbox": list(node.corners)}
    if isinstance(node, Shape):
        return json.loads(shapely.to_geojson(node.geometry))
    args = [_as_json(each) for each in node.args]
    return {"op": node.op, "args": [args[0], args[1:]] if node.op == "in" else args}


def answer(node: Expression, row: Mapping[str, Any]) -> Any:
    """What a tree says of a row, None where it cannot say, as SQL has it."""
    if isinstance(node, Property):
        return row["shape" if node.name == "geometry" else node.name]
    if isinstance(node, Value | Instant):
        return node.value
    if isinstance(node, Box):
        return _box(node)
    if isinstance(node, Shape):
        whole = node.geometry
        return whole if whole.is_valid else shapely.make_valid(whole, method="structure", keep_collapsed=True)
    if isinstance(node, Interval):
        return None
    if node.op in cql2.TEMPORAL:
        return _temporal(node.op, *(_span(each, row) for each in node.args))
    args = [answer(each, row) for each in node.args]
    if node.op in ("and", "or"):
        decisive = node.op == "or"
        return decisive if decisive in args else None if None in args else not decisive
    if node.op == "isNull":
        return args[0] is None
    if node.op == "in":
        found = [None if None in (args[0], each) else args[0] == each for each in args[1:]]
        return True if True in found else None if None in found else False
    if node.op == "between":
        parts = [None if None in (a, b) else a <= b for a, b in ((args[1], args[0]), (args[0], args[2]))]
        return False if False in parts else None if None in parts else True
    return None if None in args else _simple(node.op, args)


def _simple(op: str, args: list[Any]) -> Any:
    if op in cql2.SPATIAL:
        return bool(getattr(shapely, op.removeprefix("s_"))(*args))
    if op in cql2.CALCULATIONS:
        return _calculate(op, float(args[0]), float(args[1]))
    if op in cql2.LETTERS:
        return (fold_case if op == "casei" else fold_accents)(args[0])
    if op == "like":
        return bool(re.fullmatch(_pattern(args[1]), args[0], re.DOTALL))
    if op == "not":
        return not args[0]
    return {
        "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b, ">": lambda a, b: a > b,
        "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,
    }[op](*args)  # fmt: skip


def _calculate(op: str, left: float, right: float) -> float | None:
    if op in ("/", "%", "div") and right == 0:
        return None
    with np.errstate(all="ignore"):
        found = float(
            {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "%": np.fmod, "^": np.power,
             "div": lambda a, b: np.trunc(np.divide(a, b))}[op](np.float64(left), np.float64(right))
        )  # fmt: skip
    return None if np.isnan(found) else found


def _pattern(like: str) -> str:
    found, letters = "", iter(like)
    for letter in letters:
        if letter == "\\":
            found += re.escape(next(letters, "\\"))
        else:
            found += {"%": ".*", "_": "."}.get(letter, re.escape(letter))
    return found


def _box(node: Box) -> Any:
    west, south, east, north = node.corners
    if west == east or south == north:
        return shapely.Point(west, south) if (west, south) == (east, north) else shapely.LineString(
            [(west, south), (east, north)])  # fmt: skip
    return shapely.box(west, south, east, north)


Ends = tuple[Any, Any]


def _span(node: Expression, row: Mapping[str, Any]) -> Ends:
    if isinstance(node, Interval):
        return tuple(  # type: ignore[return-value]
            side if each is None else answer(each, row)
            for side, each in ((datetime.datetime.min, node.start), (datetime.datetime.max, node.end))
        )
    found = answer(node, row)
    return found, found


def _temporal(op: str, one: Ends, other: Ends) -> bool | None:
    ends = (*one, *other)
    forever = (datetime.datetime.min, datetime.datetime.max)
    if any(isinstance(end, datetime.datetime) and end not in forever for end in ends):
        one, other = _as_moments(one), _as_moments(other)
    else:
        one, other = ((_day(start), _day(end)) for start, end in (one, other))
    (s1, e1), (s2, e2) = one, other
    asked = {
        "t_after": [(s1, ">", e2)], "t_before": [(e1, "<", s2)], "t_contains": [(s1, "<", s2), (e1, ">", e2)],
        "t_during": [(s1, ">", s2), (e1, "<", e2)], "t_equals": [(s1, "=", s2), (e1, "=", e2)],
        "t_finishedby": [(s1, "<", s2), (e1, "=", e2)], "t_finishes": [(s1, ">", s2), (e1, "=", e2)],
        "t_intersects": [(s1, "<=", e2), (e1, ">=", s2)], "t_disjoint": [(s1, "<=", e2), (e1, ">=", s2)],
        "t_meets": [(e1, "=", s2)], "t_metby": [(s1, "=", e2)],
        "t_overlappedby": [(s1, ">", s2), (s1, "<", e2), (e1, ">", e2)],
        "t_overlaps": [(s1, "<", s2), (e1, ">", s2), (e1, "<", e2)],
        "t_startedby": [(s1, "=", s2), (e1, ">", e2)], "t_starts": [(s1, "=", s2), (e1, "<", e2)],
    }[op]  # fmt: skip
    parts = [None if None in (a, b) else _simple(sign, [a, b]) for a, sign, b in asked]
    found = False if False in parts else None if None in parts else True
    return found if op != "t_disjoint" or found is None else not found


def _day(end: Any) -> Any:
    return {datetime.datetime.min: datetime.date.min, datetime.datetime.max: datetime.date.max}.get(end, end)


def _as_moments(ends: Ends) -> Ends:
    first, last = ends
    if first is not None and not isinstance(first, datetime.datetime):
        first = datetime.datetime.combine(first, datetime.time.min)
    if last is not None and not isinstance(last, datetime.datetime):
        last = datetime.datetime.combine(last, datetime.time.max)
    return first, last
