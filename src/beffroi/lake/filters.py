"""Conditions on features: what is asked in CQL2, by values of attributes or by dates, as SQL that no asker wrote.

Names of attributes are looked for among those that the layer declares, values become parameters, types are checked
before the engine sees anything. The extent outside which nothing can be kept is worked out on the way.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any

import shapely
from pyproj import Transformer

from beffroi.errors import BeffroiError, fault
from beffroi.lake import cql2
from beffroi.lake.connections import quote_name
from beffroi.lake.contracts import EXTENTS
from beffroi.lake.cql2_texts import read_text
from beffroi.lake.features import OFFERED_CRS, STORED_CRS, Condition, Extent

FORMS = ("cql2-text", "cql2-json")
SHAPE = "geometry"
"""The name of the shape of a feature, in filters as in layers."""

_LONGEST_PATTERN = 500
_TYPES = {
    "text": "text", "integer": "number", "number": "number", "decimal": "number", "boolean": "boolean", "date": "date",
    "timestamp": "timestamp", "geometry": "geometry",
}  # fmt: skip
_TYPE_WORDS = {
    "text": {"fr": "un texte", "en": "a text"},
    "number": {"fr": "un nombre", "en": "a number"},
    "boolean": {"fr": "une condition (vrai ou faux)", "en": "a condition (true or false)"},
    "date": {"fr": "une date", "en": "a date"},
    "timestamp": {"fr": "un instant", "en": "a moment"},
    "interval": {"fr": "un intervalle", "en": "an interval"},
    "geometry": {"fr": "une géométrie", "en": "a geometry"},
}
_NUMBER = re.compile(r"-?(\d{1,40}|\d{0,40}\.\d{1,40})([eE][+-]?\d{1,3})?", re.ASCII)
_ORDERED = ("text", "number", "date", "timestamp")
_TIMES = ("date", "timestamp", "interval")


@dataclass(frozen=True)
class Choice:
    """What features somebody asks for.

    ``said`` is CQL2, in ``form``; its shapes are in ``crs``, latitude or northing first when ``north_first``. ``equal``
    are values of attributes as written in an address. ``moment`` is an instant or ``start/end``, on ``moment_of``.
    """

    said: str = ""
    form: str = "cql2-text"
    crs: str = STORED_CRS
    north_first: bool = False
    equal: Mapping[str, str] = field(default_factory=dict)
    moment: str = ""
    moment_of: str | None = None


def choose(choice: Choice, attributes: Mapping[str, str]) -> Condition | None:
    """The condition of a choice among features that have these attributes (name: type); None when it keeps them all.

    Faults: those of ``cql2.read_text``, ``filter-form-unknown``, ``unknown-attribute-asked``, ``filter-types-differ``,
    ``filter-pattern-refused``, ``filter-shape-nowhere``, ``crs-not-offered``.
    """
    parts: list[cql2.Expression] = []
    if choice.said:
        parts.append(read_filter(choice.said, choice.form))
    parts += [
        cql2.Operation("=", (cql2.Property(name), _typed(name, said, attributes)))
        for name, said in choice.equal.items()
    ]
    when = _read_moment(choice.moment) if choice.moment else None
    if when is not None and choice.moment_of is not None:
        told = cql2.Property(choice.moment_of)
        # What has no date has none that could exclude it: so the standard wants.
        dated = cql2.Operation("t_intersects", (told, when))
        parts.append(cql2.Operation("or", (dated, cql2.Operation("isNull", (told,)))))
    if not parts:
        return None
    whole = parts[0] if len(parts) == 1 else cql2.Operation("and", tuple(parts))
    return make_condition(whole, attributes, choice.crs, north_first=choice.north_first)


def read_filter(said: str, form: str) -> cql2.Expression:
    """The tree of a filter in a language of ``FORMS``."""
    if form not in FORMS:
        raise BeffroiError(fault("filter-form-unknown", name=form[:60], instead_of=form[:60], available=FORMS))
    return read_text(said) if form == "cql2-text" else cql2.read_json(said)


def make_condition(
    expression: cql2.Expression, attributes: Mapping[str, str], crs: str = STORED_CRS, *, north_first: bool = False
) -> Condition:
    """The condition that an expression is, over these attributes (name: type)."""
    if crs not in OFFERED_CRS:
        raise BeffroiError(fault("crs-not-offered", name=crs, instead_of=crs, available=OFFERED_CRS))
    whole = _Writer(attributes, crs, north_first).write(expression, "boolean")
    return Condition(whole.sql, whole.parameters, whole.extent)


def _typed(name: str, said: str, attributes: Mapping[str, str]) -> cql2.Expression:
    """A value of an address, of the type of its attribute."""
    kind = _TYPES.get(attributes.get(name, ""))
    if kind in ("date", "timestamp"):
        return cql2.read_instant(said, kind)
    if kind == "number":
        if not _NUMBER.fullmatch(said):
            raise _mismatch(name, ("number",), cql2.Value(said), "text")
        return cql2.make_value(int(said) if said.lstrip("-").isdecimal() else float(said))
    if kind == "boolean":
        if said.lower() not in ("true", "false"):
            raise _mismatch(name, ("boolean",), cql2.Value(said), "text")
        return cql2.Value(said.lower() == "true")
    return cql2.make_value(said)


def _read_moment(said: str) -> cql2.Instant | cql2.Interval:
    start, slash, end = said.partition("/")
    return cql2.Interval(cql2.read_end(start), cql2.read_end(end)) if slash else cql2.read_instant(start)


@dataclass(frozen=True)
class _Term:
    """A piece of SQL, the values of its ``?`` in order, its type; of a condition, the extent of what it can keep."""

    sql: str
    type: str
    parameters: tuple[Any, ...] = ()
    extent: Extent | None = None


class _Writer:
    def __init__(self, attributes: Mapping[str, str], crs: str, north_first: bool) -> None:
        self._attributes = attributes
        self._crs, self._north_first = crs, north_first
        self._convert = Transformer.from_crs(crs, STORED_CRS, always_xy=True).transform

    def write(self, node: cql2.Expression, *wanted: str, within: str = "AND") -> _Term:
        """A node as SQL; ``filter-types-differ`` when it is of no type that is ``wanted`` by what it stands in."""
        found = self._write(node)
        if found.type not in wanted:
            raise _mismatch(within, wanted, node, found.type)
        return found

    def _write(self, node: cql2.Expression) -> _Term:
        if isinstance(node, cql2.Property):
            return self._property(node.name)
        if isinstance(node, cql2.Value):
            kind = "boolean" if isinstance(node.value, bool) else "text" if isinstance(node.value, str) else "number"
            return _Term("?", kind, (node.value,))
        if isinstance(node, cql2.Instant):
            return _Term("?", "timestamp" if isinstance(node.value, datetime) else "date", (node.value,))
        if isinstance(node, cql2.Interval):
            return _Term("", "interval")
        if isinstance(node, cql2.Shape | cql2.Box):
            return _Term("ST_GeomFromWKB(?)", "geometry", (shapely.to_wkb(self._place(node)),))
        return self._operation(node)

    def _property(self, name: str) -> _Term:
        if name == SHAPE:
            return _Term(SHAPE, "geometry")
        if name not in self._attributes:
            available = [*self._attributes, SHAPE]
            raise BeffroiError(
                fault("unknown-attribute-asked", name=name[:60], instead_of=name[:60], available=available)
            )
        stored, column = self._attributes[name], quote_name(name)
        if stored in ("number", "decimal"):
            # A number that is not finite counts as missing, as everywhere.
            column = f"CASE WHEN isfinite({column}) THEN {column} END"
        return _Term(column, _TYPES[stored])

    def _operation(self, node: cql2.Operation) -> _Term:
        op = node.op
        if op in ("and", "or"):
            terms = [self.write(each, "boolean", within=op.upper()) for each in node.args]
            extent = reduce(_met if op == "and" else _joined, (term.extent for term in terms))
            return _boolean(f" {op.upper()} ".join(f"({term.sql})" for term in terms), terms, extent)
        if op == "not":
            term = self.write(node.args[0], "boolean", within="NOT")
            return _boolean(f"NOT ({term.sql})", [term])
        if op == "isNull":
            term = self._write(node.args[0])
            return _boolean(f"({term.sql}) IS NULL", [term])
        return self._OPERATIONS[op](self, node)

    def _compare(self, node: cql2.Operation) -> _Term:
        told = (*_ORDERED, "boolean") if node.op in ("=", "<>") else _ORDERED
        left, right = self._alike(node.op, node.args, told)
        return _boolean(f"({left.sql}) {node.op} ({right.sql})", [left, right])

    def _between(self, node: cql2.Operation) -> _Term:
        value, low, high = self._alike("BETWEEN", node.args, _ORDERED)
        return _boolean(f"({value.sql}) BETWEEN ({low.sql}) AND ({high.sql})", [value, low, high])

    def _in(self, node: cql2.Operation) -> _Term:
        value, *items = self._alike("IN", node.args, (*_ORDERED, "boolean"))
        return _boolean(f"({value.sql}) IN ({', '.join(item.sql for item in items)})", [value, *items])

    def _alike(self, op: str, nodes: Sequence[cql2.Expression], wanted: Sequence[str]) -> list[_Term]:
        """Terms that are all of the type of the first that is not a plain value."""
        told = next((node for node in nodes if not isinstance(node, cql2.Value | cql2.Instant)), nodes[0])
        kind = self.write(told, *wanted, within=op).type
        return [self.write(node, kind, within=op) for node in nodes]

    def _like(self, node: cql2.Operation) -> _Term:
        value = self.write(node.args[0], "text", within="LIKE")
        pattern = _fold(node.args[1])
        if pattern is None or len(pattern) >= _LONGEST_PATTERN:
            raise BeffroiError(fault("filter-pattern-refused", pattern=_say(node.args[1]), most=_LONGEST_PATTERN))
        # Patterns of the engine's own LIKE may take time without end; these are read in one go whatever they are.
        return _Term(f"regexp_full_match({value.sql}, ?, 's')", "boolean", (*value.parameters, _as_regular(pattern)))

    def _letters(self, node: cql2.Operation) -> _Term:
        value = self.write(node.args[0], "text", within=node.op.upper())
        return _Term(f"{'lower' if node.op == 'casei' else 'strip_accents'}({value.sql})", "text", value.parameters)

    def _calculate(self, node: cql2.Operation) -> _Term:
        left, right = (self.write(each, "number", within=node.op) for each in node.args)
        first, second = f"({left.sql})::DOUBLE", f"({right.sql})::DOUBLE"
        if node.op in ("/", "%", "div"):
            second = f"nullif({second}, 0)"
        sql = {
            "div": f"trunc({first} / {second})",
            "^": f"TRY(pow({first}, {second}))",
        }.get(node.op, f"{first} {node.op} {second}")
        return _Term(f"nullif(({sql}), 'nan'::DOUBLE)", "number", left.parameters + right.parameters)

    def _spatial(self, node: cql2.Operation) -> _Term:
        left, right = (self.write(each, "geometry", within=node.op.upper()) for each in node.args)
        name = node.op.removeprefix("s_")
        shapes = [each for each in node.args if isinstance(each, cql2.Shape | cql2.Box)]
        asked = f"ST_{name.capitalize()}({left.sql}, {right.sql})"
        if name == "disjoint" or len(shapes) != 1:
            return _boolean(asked, [left, right])
        west, south, east, north = extent = _bounds(self._place(shapes[0]))
        near = _Term("(xmax >= ? AND xmin <= ? AND ymax >= ? AND ymin <= ?)", "boolean", (west, east, south, north))
        return _boolean(f"({near.sql} AND {asked})", [near, left, right], extent)

    def _place(self, node: cql2.Shape | cql2.Box) -> shapely.Geometry:
        """The shape in degrees, mended where it crosses itself; ``filter-shape-nowhere`` where it cannot be there."""
        area = EXTENTS[self._crs]
        if isinstance(node, cql2.Box):
            corners = node.corners if not self._north_first else tuple(node.corners[k] for k in (1, 0, 3, 2))
            shape = _lay_box(corners, self._crs)
        else:
            shape = node.geometry
            if self._north_first:
                shape = shapely.transform(shape, lambda xy: xy[:, ::-1])
        west, south, east, north = _bounds(shape)
        if not (area[0] <= west <= east <= area[2] and area[1] <= south <= north <= area[3]):
            raise BeffroiError(fault("filter-shape-nowhere", crs=self._crs))
        if self._crs != STORED_CRS:
            step = max(east - west, north - south) / 32
            whole = shapely.segmentize(shape, step) if isinstance(node, cql2.Box) and step else shape
            shape = shapely.transform(whole, self._convert, interleaved=False)
        if not shapely.is_valid(shape):
            shape = shapely.make_valid(shape, method="structure", keep_collapsed=True)
        return shape

    def _temporal(self, node: cql2.Operation) -> _Term:
        spans = [self._span(each, node.op.upper()) for each in node.args]
        if all(kind in ("date", "") for span in spans for kind in span.kinds):
            first, second = ((span.start, span.end) for span in spans)
        else:
            first, second = (span.as_moments() for span in spans)
        return _relate(node.op, first, second)

    def _span(self, node: cql2.Expression, op: str) -> "_Span":
        if isinstance(node, cql2.Interval):
            ends = [
                _Term(f"'{'-' if side == 'start' else ''}infinity'::TIMESTAMP", "")
                if each is None
                else self.write(each, "date", "timestamp", within=op)
                for side, each in (("start", node.start), ("end", node.end))
            ]
            return _Span(ends[0], ends[1])
        term = self.write(node, "date", "timestamp", within=op)
        return _Span(term, term)

    _OPERATIONS: Mapping[str, Callable[["_Writer", cql2.Operation], _Term]] = {
        **dict.fromkeys(cql2.COMPARISONS, _compare),
        **dict.fromkeys(cql2.CALCULATIONS, _calculate),
        **dict.fromkeys(cql2.SPATIAL, _spatial),
        **dict.fromkeys(cql2.TEMPORAL, _temporal),
        **dict.fromkeys(cql2.LETTERS, _letters),
        "between": _between,
        "in": _in,
        "like": _like,
    }


@dataclass(frozen=True)
class _Span:
    """The first and last instant of a time; a type is empty where there is no end."""

    start: _Term
    end: _Term

    @property
    def kinds(self) -> tuple[str, str]:
        return self.start.type, self.end.type

    def as_moments(self) -> tuple[_Term, _Term]:
        """The same among moments: a day lasts until its last microsecond."""
        last = self.end
        if last.type == "date":
            last = _Term(f"({last.sql})::DATE::TIMESTAMP + to_microseconds(86399999999)", "timestamp", last.parameters)
        start = _Term(f"({self.start.sql})::TIMESTAMP", "timestamp", self.start.parameters)
        return start, last


_RELATIONS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "t_after": (("s1", ">", "e2"),),
    "t_before": (("e1", "<", "s2"),),
    "t_contains": (("s1", "<", "s2"), ("e1", ">", "e2")),
    "t_during": (("s1", ">", "s2"), ("e1", "<", "e2")),
    "t_equals": (("s1", "=", "s2"), ("e1", "=", "e2")),
    "t_finishedby": (("s1", "<", "s2"), ("e1", "=", "e2")),
    "t_finishes": (("s1", ">", "s2"), ("e1", "=", "e2")),
    "t_intersects": (("s1", "<=", "e2"), ("e1", ">=", "s2")),
    "t_meets": (("e1", "=", "s2"),),
    "t_metby": (("s1", "=", "e2"),),
    "t_overlappedby": (("s1", ">", "s2"), ("s1", "<", "e2"), ("e1", ">", "e2")),
    "t_overlaps": (("s1", "<", "s2"), ("e1", ">", "s2"), ("e1", "<", "e2")),
    "t_startedby": (("s1", "=", "s2"), ("e1", ">", "e2")),
    "t_starts": (("s1", "=", "s2"), ("e1", "<", "e2")),
}
"""What each relation asks of the starts and ends of two times; ``t_disjoint`` is the contrary of ``t_intersects``."""


def _relate(op: str, first: tuple[_Term, _Term], second: tuple[_Term, _Term]) -> _Term:
    if op == "t_disjoint":
        met = _relate("t_intersects", first, second)
        return _boolean(f"NOT ({met.sql})", [met])
    ends = {"s1": first[0], "e1": first[1], "s2": second[0], "e2": second[1]}
    used = [(ends[left], sign, ends[right]) for left, sign, right in _RELATIONS[op]]
    sql = " AND ".join(f"({left.sql}) {sign} ({right.sql})" for left, sign, right in used)
    return _boolean(sql, [term for left, _, right in used for term in (left, right)])


def _boolean(sql: str, terms: Iterable[_Term], extent: Extent | None = None) -> _Term:
    return _Term(sql, "boolean", tuple(value for term in terms for value in term.parameters), extent)


def _met(one: Extent | None, other: Extent | None) -> Extent | None:
    """What two extents share; where they share nothing, the second: the condition itself keeps nothing then."""
    if one is None or other is None:
        return one or other
    west, south, east, north = (
        max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]),
    )  # fmt: skip
    return (west, south, east, north) if west <= east and south <= north else other


def _joined(one: Extent | None, other: Extent | None) -> Extent | None:
    if one is None or other is None:
        return None
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _bounds(shape: shapely.Geometry) -> Extent:
    west, south, east, north = (float(side) for side in shapely.bounds(shape))
    return west, south, east, north


def _lay_box(corners: Sequence[float], crs: str) -> shapely.Geometry:
    """A box as a shape; in degrees, one whose west is beyond its east crosses the antimeridian."""
    west, south, east, north = corners
    if south > north or (west > east and crs != STORED_CRS):
        raise BeffroiError(fault("bbox-inverted", bbox=", ".join(f"{side:g}" for side in corners)))
    if west > east:
        return shapely.union_all([shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)])
    if west == east or south == north:
        return (
            shapely.LineString([(west, south), (east, north)])
            if corners[:2] != corners[2:]
            else shapely.Point(west, south)
        )
    return shapely.box(west, south, east, north)


def fold_case(said: str) -> str:
    """Letters as ``CASEI`` compares them."""
    return said.lower()


def fold_accents(said: str) -> str:
    """Letters as ``ACCENTI`` compares them."""
    apart = unicodedata.normalize("NFD", said)
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if unicodedata.category(letter) != "Mn"))


def _fold(node: cql2.Expression) -> str | None:
    """The text of a pattern, its letters folded as it says; None where it is no text."""
    if isinstance(node, cql2.Value) and isinstance(node.value, str):
        return node.value
    if isinstance(node, cql2.Operation) and node.op in cql2.LETTERS:
        inside = _fold(node.args[0])
        return None if inside is None else (fold_case if node.op == "casei" else fold_accents)(inside)
    return None


def _as_regular(pattern: str) -> str:
    """A pattern of LIKE (``%``, ``_``, a backslash before what stands for itself) as a regular expression."""
    found, letters = [], iter(pattern)
    for letter in letters:
        if letter == "\\":
            letter = next(letters, "\\")
        elif letter in "%_":
            found.append(".*" if letter == "%" else ".")
            continue
        found.append(letter if letter.isalnum() or ord(letter) > 127 else f"\\x{{{ord(letter):x}}}")
    return "".join(found)


def _mismatch(op: str, wanted: Sequence[str], node: cql2.Expression, found: str) -> BeffroiError:
    words = {
        language: " / ".join(_TYPE_WORDS[kind][language] for kind in wanted) for language in ("fr", "en")
    }  # fmt: skip
    return BeffroiError(fault("filter-types-differ", op=op, wanted=words, found=_say(node), type=_TYPE_WORDS[found]))


def _say(node: cql2.Expression) -> str:
    """A node as it is named in a fault."""
    if isinstance(node, cql2.Property):
        return node.name[:60]
    if isinstance(node, cql2.Value | cql2.Instant):
        return str(node.value)[:60]
    return node.op.upper() if isinstance(node, cql2.Operation) else type(node).__name__


__all__ = ["FORMS", "SHAPE", "Choice", "choose", "fold_accents", "fold_case", "make_condition", "read_filter"]
