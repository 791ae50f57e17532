"""Shapes of many features as runs of whole numbers, ready to be cut and drawn in the tiles of any zoom.

Shapes are flat: neighbours that share an edge have the same points along it, and go on having them at every zoom, for
points are rounded to the grid of the zoom and never left out by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from beffroi.geo.tile_grids import TILE_BITS, TILE_UNITS, WORLD_BITS, Real, Whole, place_on_world, tile_size
from beffroi.geo.tile_messages import LINE, POINT, POLYGON, Strokes, list_spans, sum_runs

MARGIN = 64
"""Units around a tile that are drawn with it, so that edges join."""
_KINDS = {0: POINT, 4: POINT, 1: LINE, 2: LINE, 5: LINE, 3: POLYGON, 6: POLYGON}
"""Kind of a shape by its type in ``shapely``."""


Box = tuple[Whole, Whole, Whole, Whole]
"""West, north, east, south of many things, in units of the world."""


@dataclass(frozen=True)
class Shapes:
    """Shapes of one kind, in units of the world.

    ``points`` (n, 2); ``sizes``: points of each part (a line, a closed ring, all the points of one shape); ``outer``:
    whether a part begins a surface; ``counts``: parts of each shape; ``features``: the row of the feature of each;
    ``known``: what ``firsts`` says, when that was worked out before.
    """

    kind: int
    points: npt.NDArray[np.int32]
    sizes: Whole
    outer: npt.NDArray[np.bool_]
    counts: Whole
    features: Whole
    known: tuple[Whole, Whole, Whole] | None = None

    def __len__(self) -> int:
        return len(self.counts)

    @cached_property
    def firsts(self) -> tuple[Whole, Whole, Whole]:
        """Of each shape: its first part, its first point, how many points."""
        if self.known is not None:
            return self.known
        points = sum_runs(self.sizes, self.counts)
        return np.cumsum(self.counts) - self.counts, np.cumsum(points) - points, points

    @cached_property
    def box(self) -> Box:
        """West, north, east, south of each shape."""
        if not len(self):
            return (np.empty(0, np.int64),) * 4
        starts = self.firsts[1]
        low, high = np.minimum.reduceat(self.points, starts), np.maximum.reduceat(self.points, starts)
        sides = (low[:, 0], low[:, 1], high[:, 0], high[:, 1])
        west, north, east, south = (side.astype(np.int64) for side in sides)
        return west, north, east, south

    @cached_property
    def extent(self) -> Whole:
        """The longer side of the box of each shape."""
        return find_extent(self.box)

    def take(self, rows: Whole) -> "Shapes":
        parts, points, lengths = self.firsts
        kept = list_spans(parts[rows], self.counts[rows])
        drawn = self.points[list_spans(points[rows], lengths[rows])]
        sizes, counts = self.sizes[kept].astype(np.int64), self.counts[rows].astype(np.int64)
        return Shapes(self.kind, drawn, sizes, self.outer[kept], counts, self.features[rows].astype(np.int64))


def find_extent(box: Box) -> Whole:
    """The longer side of each box."""
    west, north, east, south = box
    found: Whole = np.maximum(east - west, south - north)
    return found


def read_shapes(shapes: npt.NDArray[np.object_], features: Whole) -> tuple[Shapes, ...]:
    """Shapes in degrees, flat, of any kinds, those of each kind together; the parts of a collection are shapes of the
    same feature. Empty ones are left out."""
    while (mixed := (shapely.get_type_id(shapes) == 7) | _have_empty_parts(shapes)).any():
        parts, owners = shapely.get_parts(shapes[mixed], return_index=True)
        shapes = np.concatenate([shapes[~mixed], parts])
        features = np.concatenate([features[~mixed], features[mixed][owners]])
    there = ~(shapely.is_empty(shapes) | shapely.is_missing(shapes))
    shapes, features = shapes[there], features[there]
    kinds = np.array([_KINDS[kind] for kind in range(7)])[shapely.get_type_id(shapes)]
    found = []
    for kind in (POLYGON, LINE, POINT):
        rows = np.flatnonzero(kinds == kind)
        rows = rows[np.argsort(features[rows], kind="stable")]
        if len(rows):
            degrees, levels = _unravel(shapes[rows])
            x, y = place_on_world(degrees[:, 0], degrees[:, 1])
            found.append(_settle(kind, np.column_stack([x, y]), levels, features[rows]))
    return tuple(found)


def _have_empty_parts(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    parts, owners = shapely.get_parts(shapes, return_index=True)
    found = np.zeros(len(shapes), np.bool_)
    found[owners[shapely.is_empty(parts)]] = True
    several: npt.NDArray[np.bool_] = shapely.get_num_geometries(shapes) > 1
    return found & several


def read_binary(column: pa.Array | pa.ChunkedArray, features: Whole) -> tuple[Shapes, ...]:
    """``read_shapes`` of a column of shapes as bytes (WKB). Points and surfaces of one ring, which most are, are read
    where they lie."""
    held = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    held = held.cast(pa.large_binary())
    starts = np.frombuffer(held.buffers()[1], np.int64, len(held) + 1, held.offset * 8)
    data = np.frombuffer(held.buffers()[2], np.uint8) if len(held) and held.buffers()[2] else np.empty(0, np.uint8)
    sizes, starts = np.diff(starts), starts[:-1]
    if held.null_count or not len(held) or not (sizes >= _POINT_BYTES).all() or not (data[starts] == 1).all():
        return read_shapes(shapely.from_wkb(held.to_numpy(zero_copy_only=False)), features)
    kinds = _number_at(data, starts + 1)
    # A multiple surface of one part is that part after nine more bytes.
    inner = np.where((kinds == 6) & (_number_at(data, starts + 5) == 1), starts + 9, starts)
    flat = (kinds == 3) | (inner > starts)
    counts = _number_at(data, np.where(flat, inner + 9, starts))
    plain = (
        flat & (_number_at(data, inner + 5) == 1) & (inner + _RING_BYTES + 16 * counts == starts + sizes) & (counts > 3)
    )
    others = ~plain & (kinds != 1)
    found = list(
        read_shapes(shapely.from_wkb(held.filter(pa.array(others)).to_numpy(zero_copy_only=False)), features[others])
    )
    points = np.flatnonzero(kinds == 1)
    for kind, rows, first, each in (
        (POLYGON, np.flatnonzero(plain), inner + _RING_BYTES, counts),
        (POINT, points, starts + 5, np.ones(len(held), np.int64)),
    ):
        if len(rows):
            body = data[list_spans(first[rows], 16 * each[rows])].view("<f8").reshape(-1, 2)
            x, y = place_on_world(body[:, 0], body[:, 1])
            ones = np.ones(len(rows), np.int64)
            levels = [each[rows], ones, ones] if kind == POLYGON else [each[rows]]
            found.append(_settle(kind, np.column_stack([x, y]), levels, features[rows]))
    return tuple(_together(found))


_POINT_BYTES, _RING_BYTES = 21, 13


def _number_at(data: npt.NDArray[np.uint8], places: Whole) -> Whole:
    """Whole numbers of four bytes."""
    found: Whole = data[np.add.outer(places, np.arange(4))].view("<u4").ravel().astype(np.int64)
    return found


def _together(parts: Sequence[Shapes]) -> list[Shapes]:
    """Shapes of each kind together, in the order of features."""
    found = []
    for kind in (POLYGON, LINE, POINT):
        own = [part for part in parts if part.kind == kind]
        if len(own) > 1:
            both = chain_shapes(own)
            own = [both.take(np.argsort(both.features, kind="stable"))]
        found += own
    return found


def chain_shapes(parts: Sequence[Shapes]) -> Shapes:
    """Shapes after other shapes of the same kind."""
    return Shapes(
        parts[0].kind,
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.sizes for part in parts]),
        np.concatenate([part.outer for part in parts]),
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.features for part in parts]),
    )


def _unravel(shapes: npt.NDArray[np.object_]) -> tuple[Real, list[Whole]]:
    """Points of shapes of one kind, then how many of them each part has, how many parts each surface, and so on."""
    held, points, offsets = shapely.to_ragged_array(shapes, include_z=False)
    levels = [np.diff(each) for each in offsets]
    if held.value < 4:
        levels.append(np.ones(len(shapes), np.int64))
    return points, levels


def _settle(kind: int, points: Whole, levels: Sequence[Whole], features: Whole) -> Shapes:
    """Shapes of parts, each ring turned as tiles want it: those of outer edges clockwise as one sees them."""
    if kind == POINT:
        (sizes,) = levels
        outer, counts = np.ones(len(sizes), np.bool_), np.ones(len(sizes), np.int64)
    elif kind == LINE:
        sizes, counts = levels
        outer = np.ones(len(sizes), np.bool_)
    else:
        sizes, rings, surfaces = levels
        outer = np.zeros(len(sizes), np.bool_)
        outer[np.cumsum(rings) - rings] = True
        counts = sum_runs(rings, surfaces)
        points = _turn(points, sizes, outer)
    return Shapes(kind, points.astype(np.int32), sizes, outer, counts, features)


def _turn(points: Whole, sizes: Whole, outer: npt.NDArray[np.bool_]) -> Whole:
    wrong = (turns_of(points, sizes) > 0) != outer
    if not wrong.any():
        return points
    starts = np.cumsum(sizes) - sizes
    places = np.arange(len(points))
    turned = list_spans(starts[wrong], sizes[wrong])
    ends = np.repeat(2 * starts[wrong] + sizes[wrong] - 1, sizes[wrong])
    places[turned] = ends - turned
    return points[places]


def turns_of(points: Whole, sizes: Whole) -> Whole:
    """1 for rings that turn clockwise as one sees them, -1 for the others, 0 for those without any area."""
    if not len(sizes):
        return np.empty(0, np.int64)
    starts = np.cumsum(sizes) - sizes
    # From the first point of each ring: products of small numbers are exact.
    local = points.astype(np.float64) - np.repeat(points[starts], sizes, axis=0)
    following = np.roll(local, -1, axis=0)
    following[starts + sizes - 1] = 0
    crossed = local[:, 0] * following[:, 1] - following[:, 0] * local[:, 1]
    found: Whole = np.sign(np.add.reduceat(crossed, starts)).astype(np.int64)
    return found


def spread(box: Box, zoom: int, margin: int) -> tuple[Whole, Whole, Whole]:
    """Each box with each of the tiles that it touches, margin (in units of a tile) included: rows, x, y."""
    shift, reach = WORLD_BITS - zoom, margin << (WORLD_BITS - zoom - TILE_BITS)
    last = (1 << zoom) - 1
    west, north, east, south = box
    x0, x1 = np.clip((west - reach) >> shift, 0, last), np.clip((east + reach) >> shift, 0, last)
    y0, y1 = np.clip((north - reach) >> shift, 0, last), np.clip((south + reach) >> shift, 0, last)
    wide = x1 - x0 + 1
    each = wide * (y1 - y0 + 1)
    rows = np.repeat(np.arange(len(west)), each)
    rank = list_spans(np.zeros(len(each), np.int64), each)
    return rows, x0[rows] + rank % wide[rows], y0[rows] + rank // wide[rows]


def cut(shapes: Shapes, x: Whole, y: Whole, zoom: int) -> tuple[Shapes, Whole, Whole]:
    """Each shape cut to its tile and the margin around it; those of which nothing is left there are gone."""
    if not len(shapes):
        return shapes, x, y
    size = tile_size(zoom)
    reach = MARGIN * (size >> TILE_BITS)
    west, north, east, south = shapes.box
    left, top = x * size - reach, y * size - reach
    right, bottom = (x + 1) * size + reach, (y + 1) * size + reach
    out = (west > right) | (east < left) | (north > bottom) | (south < top)
    within = ~out & (west >= left) & (east <= right) & (north >= top) & (south <= bottom)
    inside, over = np.flatnonzero(within), np.flatnonzero(~out & ~within)
    kept = shapes.take(inside)
    if not len(over):
        return kept, x[inside], y[inside]
    crossing = shapes.take(over)
    origin = np.column_stack([x[over] * size, y[over] * size]).astype(np.float64)
    local: Real = crossing.points.astype(np.float64) - np.repeat(
        origin, sum_runs(crossing.sizes, crossing.counts), axis=0
    )
    pieces = shapely.clip_by_rect(_build(crossing, local), -reach, -reach, size + reach, size + reach)
    left_of, rows = _read_pieces(pieces, crossing.kind, origin)
    if left_of is None:
        return kept, x[inside], y[inside]
    both = chain_shapes([kept, replace(left_of, features=crossing.features[rows])])
    return both, np.concatenate([x[inside], x[over][rows]]), np.concatenate([y[inside], y[over][rows]])


def _build(shapes: Shapes, points: Real) -> npt.NDArray[np.object_]:
    """Shapes as objects, in other coordinates."""
    if shapes.kind == LINE:
        kind, levels = shapely.GeometryType.MULTILINESTRING, [shapes.sizes, shapes.counts]
    else:
        starts = np.flatnonzero(shapes.outer)
        rings = np.diff(np.concatenate([starts, [len(shapes.outer)]]))
        surfaces = sum_runs(shapes.outer.astype(np.int64), shapes.counts)
        kind, levels = shapely.GeometryType.MULTIPOLYGON, [shapes.sizes, rings, surfaces]
    offsets = tuple(np.concatenate([[0], np.cumsum(level)]) for level in levels)
    found: npt.NDArray[np.object_] = shapely.from_ragged_array(kind, points, offsets)
    return found


def _read_pieces(pieces: npt.NDArray[np.object_], kind: int, origin: Real) -> tuple[Shapes | None, Whole]:
    """What is left of shapes once cut, in units of the world, with the row of each; edges that only touch are gone."""
    rows = np.arange(len(pieces))
    while (mixed := shapely.get_type_id(pieces) == 7).any():
        parts, owners = shapely.get_parts(pieces[mixed], return_index=True)
        pieces, rows = np.concatenate([pieces[~mixed], parts]), np.concatenate([rows[~mixed], rows[mixed][owners]])
    wanted = 2 if kind == POLYGON else 1
    there = np.flatnonzero((shapely.get_dimensions(pieces) == wanted) & ~shapely.is_empty(pieces))
    pieces, rows = pieces[there], rows[there]
    if not len(rows):
        return None, rows
    local, levels = _unravel(pieces)
    held = levels[0]
    for level in levels[1:]:
        held = sum_runs(held, level)
    points: Whole = np.rint(local).astype(np.int64) + np.repeat(origin[rows].astype(np.int64), held, axis=0)
    return _settle(kind, points, levels, rows), rows


def stroke(shapes: Shapes, x: Whole, y: Whole, zoom: int, step: int) -> Strokes:
    """Shapes drawn in their tiles, points rounded to ``step`` units (a power of two).

    A part that has no size at that grain is left out, unless the whole shape would be: it then stands as the smallest
    square, or the shortest line, where it is.
    """
    grain = WORLD_BITS - zoom - TILE_BITS + (step.bit_length() - 1)
    lengths = sum_runs(shapes.sizes, shapes.counts)
    rounded = ((shapes.points.astype(np.int64) + (1 << (grain - 1) if grain else 0)) >> grain) * step
    corners = np.column_stack([x, y]) * TILE_UNITS
    points = rounded - np.repeat(corners, lengths, axis=0)
    if shapes.kind == POINT:
        return Strokes(POINT, points, shapes.sizes, np.ones(len(shapes), np.int64))
    sizes = shapes.sizes
    ends = np.cumsum(sizes) - 1
    following = np.roll(points, -1, axis=0)
    kept = (points != following).any(axis=1)
    kept[ends] = shapes.kind == LINE
    left = sum_runs(kept.astype(np.int64), sizes)
    if shapes.kind == LINE:
        good = left >= 2
    else:
        good = (left >= 3) & (turns_of(points, sizes) == np.where(shapes.outer, 1, -1))
        surface = np.cumsum(shapes.outer) - 1
        good &= good[np.flatnonzero(shapes.outer)][surface]
    owners = np.repeat(np.arange(len(shapes)), shapes.counts)
    counts = np.bincount(owners[good], minlength=len(shapes))
    drawn = points[kept & np.repeat(good, sizes)]
    if (lost := np.flatnonzero(counts == 0)).size:
        corner = points[(np.cumsum(lengths) - lengths)[lost]]
        return _add_smallest(shapes.kind, drawn, left[good], owners[good], lost, corner, step)
    return Strokes(shapes.kind, drawn, left[good], counts)


def _add_smallest(
    kind: int, points: Whole, sizes: Whole, owners: Whole, lost: Whole, corner: Whole, step: int
) -> Strokes:
    """Strokes with the smallest there is for shapes that have none."""
    outline = ((0, 0), (step, 0), (step, step), (0, step)) if kind == POLYGON else ((0, 0), (step, 0))
    marks = (corner[:, None, :] + np.array(outline)[None, :, :]).reshape(-1, 2)
    all_sizes = np.concatenate([sizes, np.full(len(lost), len(outline), np.int64)])
    all_points = np.concatenate([points, marks])
    all_owners = np.concatenate([owners, lost])
    order = np.argsort(all_owners, kind="stable")
    starts = np.cumsum(all_sizes) - all_sizes
    placed = all_points[list_spans(starts[order], all_sizes[order])]
    return Strokes(kind, placed, all_sizes[order], np.bincount(all_owners))


__all__ = [
    "MARGIN",
    "Box",
    "Shapes",
    "chain_shapes",
    "cut",
    "find_extent",
    "read_binary",
    "read_shapes",
    "spread",
    "stroke",
    "turns_of",
]  # fmt: skip
