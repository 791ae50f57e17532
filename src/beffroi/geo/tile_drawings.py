"""What of a layer is drawn in each tile of a zoom, and how finely.

At the deepest zoom every feature is drawn for itself, whatever the weight of the tile. Above, a tile that would be too
heavy is drawn with a coarser grain: first with the attributes that the drawing needs alone, then with features smaller
than a few pixels merged, each cell standing for those whose middle it holds. What stands for several says how many
(``COUNT``) and has the attributes of the largest of them, without its identifier.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from beffroi.geo.tile_grids import PIXELS, TILE_UNITS, WORLD, Whole, tile_size
from beffroi.geo.tile_messages import (
    POINT,
    POLYGON,
    Runs,
    chain,
    close_layer,
    encode_features,
    encode_head,
    encode_numbers,
    encode_shapes,
    encode_values,
)  # fmt: skip
from beffroi.geo.tile_shapes import MARGIN, Box, Shapes, chain_shapes, cut, find_extent, spread, stroke

FEATURES, POINTS = "features", "points"
"""The parts of a tile: features as they are, and a point for each surface."""
COUNT = "~count"
"""How many features a mark stands for, where it stands for several. No attribute may be called so."""

Key = TypeVar("Key", int, Whole)


@dataclass(frozen=True)
class Grain:
    """How finely a tile is drawn: points rounded to ``step`` units; features smaller than ``cell`` pixels merged (none
    when 0); ``brief``: with the attributes that drawings need alone."""

    step: int = 1
    cell: int = 0
    brief: bool = False


GRAINS = (Grain(), Grain(4, 0, True), Grain(4, 2, True), Grain(4, 4, True), Grain(4, 8, True))
"""From the finest to the coarsest."""


@dataclass(frozen=True)
class Attributes:
    """Attributes of features, ``fid`` first: ``codes`` (attribute, feature) tell which of ``values``, -1 for none.
    ``brief``: the places of those that drawings need, ``fid`` among them."""

    names: tuple[str, ...]
    codes: Whole
    values: Runs
    brief: tuple[int, ...]


@dataclass(frozen=True)
class Drawing:
    """Features to be drawn: ``box`` in units of the world, by feature; ``shapes`` of those that may be drawn for
    themselves; ``spots``: the point of each surface, when these are wanted; ``flat``: whether they are surfaces."""

    box: Box
    shapes: tuple[Shapes, ...]
    spots: Shapes | None
    attributes: Attributes
    flat: bool

    @property
    def extent(self) -> Whole:
        return find_extent(self.box)


@dataclass(frozen=True)
class Marks:
    """Some of ``shapes`` (their ``rows``) in tiles (``x``, ``y``). ``counts``: how many features each stands for, None
    when one each."""

    shapes: Shapes
    rows: Whole
    x: Whole
    y: Whole
    counts: Whole | None = None

    def __len__(self) -> int:
        return len(self.x)

    @property
    def features(self) -> Whole:
        found: Whole = self.shapes.features[self.rows]
        return found

    @property
    def keys(self) -> Whole:
        return join_key(self.x, self.y)

    def take(self, chosen: Whole) -> "Marks":
        counts = None if self.counts is None else self.counts[chosen]
        return Marks(self.shapes, self.rows[chosen], self.x[chosen], self.y[chosen], counts)


Sections = Mapping[str, Sequence[Marks]]
"""Marks of each part of tiles."""


def join_key(x: Whole, y: Whole) -> Whole:
    """One number for each tile of a zoom."""
    return (x << 20) | y


def split_key(key: Key) -> tuple[Key, Key]:
    """The tile of such a number."""
    return key >> 20, key & ((1 << 20) - 1)


def encode_columns(table: pa.Table) -> tuple[Whole, list[int], Runs, list[pa.Array]]:
    """Attributes as tiles hold them: codes by column and row, -1 for none; the first code of each column; what each
    code is, encoded; the values of each column as they were."""
    codes, firsts, values, held = [], [], [], []
    first = 0
    for name in table.column_names:
        column = table[name].combine_chunks()
        if pa.types.is_floating(column.type):
            column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
        told = column.dictionary_encode()
        places = np.asarray(told.indices.cast(pa.int64()).fill_null(-1))
        codes.append(np.where(places < 0, -1, places + first))
        values.append(encode_values(told.dictionary))
        firsts.append(first)
        held.append(told.dictionary)
        first += len(told.dictionary)
    return np.vstack(codes), firsts, chain(values), held


class Cutter:
    """Places shapes of one kind in the tiles of one zoom after another, from the world down: large ones are cut from
    what was left of them at the zoom before."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._carried: tuple[Shapes, Whole, Whole] | None = None
        self._zoom = -1

    def place(self, zoom: int) -> list[Marks]:
        """Marks at a zoom, which is not before the last one asked for."""
        while self._zoom < zoom:
            self._zoom += 1
            self._descend(self._zoom)
        marks = []
        small = np.flatnonzero(self._shapes.extent <= _largest(zoom))
        if len(small):
            west, north, east, south = self._shapes.box
            margin = 0 if self._shapes.kind == POINT else MARGIN
            rows, x, y = spread((west[small], north[small], east[small], south[small]), zoom, margin)
            marks.append(Marks(self._shapes, small[rows], x, y))
        if self._carried and len(self._carried[1]):
            held, x, y = self._carried
            marks.append(Marks(held, np.arange(len(held)), x, y))
        return marks

    def _descend(self, zoom: int) -> None:
        parts = []
        if self._carried and len(self._carried[1]):
            held, held_x, held_y = self._carried
            rows, x, y = spread(held.box, zoom, MARGIN)
            own = (x >> 1 == held_x[rows]) & (y >> 1 == held_y[rows])
            parts.append(cut(held.take(rows[own]), x[own], y[own], zoom))
        extent = self._shapes.extent
        fresh = np.flatnonzero((extent > _largest(zoom)) & ((zoom == 0) | (extent <= _largest(zoom - 1))))
        if len(fresh):
            held = self._shapes.take(fresh)
            rows, x, y = spread(held.box, zoom, MARGIN)
            parts.append(cut(held.take(rows), x, y, zoom))
        if parts:
            shapes, all_x, all_y = zip(*parts, strict=True)
            self._carried = (chain_shapes(shapes), np.concatenate(all_x), np.concatenate(all_y))


def _largest(zoom: int) -> int:
    """Size from which shapes are cut, half a tile: smaller ones stand whole in each tile that they touch."""
    return tile_size(zoom) // 2


def place_in(drawing: Drawing, zoom: int, x: int, y: int) -> dict[str, list[Marks]]:
    """What of a drawing is in one tile."""
    sections: dict[str, list[Marks]] = {FEATURES: [], POINTS: []}
    for shapes in drawing.shapes:
        rows = np.arange(len(shapes))
        in_x, in_y = np.full(len(rows), x), np.full(len(rows), y)
        small = np.flatnonzero(shapes.extent <= _largest(zoom))
        here = small[touches(shapes.box, zoom, x, y, MARGIN * (shapes.kind != POINT))[small]]
        sections[FEATURES].append(Marks(shapes, here, in_x[here], in_y[here]))
        large = np.flatnonzero(shapes.extent > _largest(zoom))
        if len(large):
            left, left_x, left_y = cut(shapes.take(large), in_x[large], in_y[large], zoom)
            sections[FEATURES].append(Marks(left, np.arange(len(left)), left_x, left_y))
    if drawing.spots is not None:
        here = np.flatnonzero(touches(drawing.spots.box, zoom, x, y, 0))
        sections[POINTS].append(Marks(drawing.spots, here, np.full(len(here), x), np.full(len(here), y)))
    return sections


def touches(box: Box, zoom: int, x: int, y: int, margin: int) -> npt.NDArray[np.bool_]:
    """Whether each box touches a tile, its margin (in units) included."""
    size = tile_size(zoom)
    reach = margin * (size // TILE_UNITS)
    west, north, east, south = box
    across = (east >= x * size - reach) & (west < (x + 1) * size + reach)
    return across & (south >= y * size - reach) & (north < (y + 1) * size + reach)


def draw_tile(
    drawing: Drawing, sections: Sections, zoom: int, key: int, grain: Grain, here: Whole | None = None
) -> bytes:
    """One tile at a grain, from the marks that are in it; nothing when nothing is. ``here``: the features (rows) that
    may be in it, those of the marks when None."""
    if grain.cell:
        x, y = split_key(key)
        small = drawing.extent <= grain.cell * (tile_size(zoom) // PIXELS)
        if here is None:
            held = np.zeros(len(small), np.bool_)
            for mark in (mark for marks in sections.values() for mark in marks):
                held[mark.features] = True
            here = np.flatnonzero(held)
        sections = merge(drawing, sections, here[small[here]], zoom, x, y, grain.cell)
    return encode_tiles(drawing.attributes, sections, zoom, grain).get(key, b"")


def merge(drawing: Drawing, sections: Sections, small: Whole, zoom: int, x: int, y: int, cell: int) -> Sections:
    """One tile where ``small`` features (rows) are merged in cells of so many pixels: surfaces into squares, neighbours
    that look alike in one; lines and points into the largest of each cell."""
    size = tile_size(zoom)
    side = cell * (size // PIXELS)
    west, north, east, south = (each[small] for each in drawing.box)
    across, down = (west + east) // 2 - x * size, (north + south) // 2 - y * size
    here = np.flatnonzero((across >= 0) & (across < size) & (down >= 0) & (down < size))
    places = (down[here] // side) * (size // side) + across[here] // side
    weight = (east - west + 1)[here] * (south - north + 1)[here]
    order = np.lexsort((-weight, places))
    firsts = np.flatnonzero(np.diff(places[order], prepend=-1))
    counts = np.diff(np.append(firsts, len(order)))
    leads, places = small[here][order][firsts], places[order][firsts]
    tiny = np.zeros(len(drawing.box[0]), np.bool_)
    tiny[small] = True
    kept: dict[str, list[Marks]] = {}
    for part, marks in sections.items():
        kept[part] = []
        for mark in marks:
            kept[part].append(mark.take(np.flatnonzero(~tiny[mark.features])))
            if part == POINTS or mark.shapes.kind != POLYGON:
                kept[part].append(_only(mark, leads, counts))
    if drawing.flat and len(leads):
        kept[FEATURES].append(_squares(drawing.attributes, leads, counts, places, side, zoom, x, y))
    return kept


def _only(mark: Marks, leads: Whole, counts: Whole) -> Marks:
    """The marks of these features, each standing for so many."""
    order = np.argsort(leads)
    found = np.searchsorted(leads[order], mark.features)
    found = np.minimum(found, len(leads) - 1) if len(leads) else found
    chosen = np.flatnonzero(leads[order][found] == mark.features) if len(leads) else np.empty(0, np.int64)
    return replace(mark.take(chosen), counts=counts[order][found[chosen]])


def _squares(
    attributes: Attributes, leads: Whole, counts: Whole, places: Whole, side: int, zoom: int, x: int, y: int
) -> Marks:
    """Cells as surfaces, those that follow one another in a row and look alike as one."""
    per_row = tile_size(zoom) // side
    brief = np.array([place for place in attributes.brief if place], np.int64)
    looks = attributes.codes[np.ix_(brief, leads)]
    follows = (np.diff(places, prepend=-2) == 1) & (places % per_row != 0)
    follows[1:] &= (looks[:, 1:] == looks[:, :-1]).all(axis=0)
    begins = np.flatnonzero(~follows)
    widths = np.diff(np.append(begins, len(places)))
    left = x * tile_size(zoom) + (places[begins] % per_row) * side
    top = y * tile_size(zoom) + (places[begins] // per_row) * side
    right, bottom = left + widths * side, top + side
    corners = np.stack([left, top, right, top, right, bottom, left, bottom, left, top], axis=1).reshape(-1, 2)
    # The last unit of the world has no other after it.
    points = np.minimum(corners, WORLD - 1).astype(np.int32)
    ones = np.ones(len(begins), np.int64)
    shapes = Shapes(POLYGON, points, 5 * ones, ones > 0, ones, leads[begins])
    return Marks(shapes, np.arange(len(begins)), x * ones, y * ones, np.add.reduceat(counts, begins))


def encode_tiles(attributes: Attributes, sections: Sections, zoom: int, grain: Grain) -> dict[int, bytes]:
    """Tiles (by ``join_key``) that hold something, as bytes."""
    tiles: dict[int, list[bytes]] = {}
    for part, marks in sections.items():
        drawn = [mark for mark in marks if len(mark)]
        if drawn:
            for key, body in _encode_part(part, attributes, drawn, zoom, grain):
                tiles.setdefault(key, []).append(body)
    return {key: b"".join(parts) for key, parts in tiles.items()}


def _encode_part(
    part: str, attributes: Attributes, marks: Sequence[Marks], zoom: int, grain: Grain
) -> Iterator[tuple[int, bytes]]:
    strokes = [stroke(mark.shapes.take(mark.rows), mark.x, mark.y, zoom, grain.step) for mark in marks]
    shapes = chain([encode_shapes(each) for each in strokes])
    kinds = np.concatenate([np.full(len(mark), mark.shapes.kind) for mark in marks])
    keys = np.concatenate([mark.keys for mark in marks])
    features = np.concatenate([mark.features for mark in marks])
    counts = np.concatenate([np.ones(len(m), np.int64) if m.counts is None else m.counts for m in marks])
    squares = np.concatenate([np.full(len(m), m.counts is not None and m.shapes.kind == POLYGON) for m in marks])
    order = np.argsort(keys, kind="stable")
    keys, features, counts, squares = keys[order], features[order], counts[order], squares[order]
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    held = np.diff(np.append(firsts, len(keys)))
    ranks = np.repeat(np.arange(len(firsts)), held)
    columns = list(attributes.brief if grain.brief else range(len(attributes.names)))
    codes = attributes.codes[np.ix_(np.array(columns), features)].astype(np.int64)
    codes[0, squares | (counts > 1)] = -1
    names, extra = [attributes.names[column] for column in columns], Runs(np.empty(0, np.uint8), np.empty(0, np.int64))
    if (counts > 1).any():
        amounts, which = np.unique(counts, return_inverse=True)
        extra = encode_values(pa.array(amounts))
        codes = np.vstack([codes, np.where(counts > 1, which + len(attributes.values), -1)])
        names.append(COUNT)
    tags, values, of_values = _tag(codes, ranks, len(firsts), attributes.values, extra)
    body = encode_features(kinds[order], tags, shapes.take(order)).gather(held)
    said = values.gather(of_values)
    head, tail = encode_head(part, names)
    bodies, words = memoryview(body.data.tobytes()), memoryview(said.data.tobytes())
    ends, said_ends = np.cumsum(body.lengths), np.cumsum(said.lengths)
    for rank, key in enumerate(keys[firsts].tolist()):
        own = bodies[ends[rank] - body.lengths[rank] : ends[rank]]
        own_words = words[said_ends[rank] - said.lengths[rank] : said_ends[rank]]
        yield key, close_layer([head, own, tail, own_words])


def _tag(codes: Whole, ranks: Whole, tiles: int, known: Runs, extra: Runs) -> tuple[Runs, Runs, Whole]:
    """What each feature carries, as numbers of keys and values of its tile; the values of all tiles, tile after tile;
    how many each has. ``codes`` beyond those of ``known`` are of ``extra``."""
    amount = len(known) + len(extra)
    by_feature = codes.T
    there = by_feature >= 0
    rows, columns = np.nonzero(there)
    whole = ranks[rows] * amount + by_feature[there]
    distinct, places = np.unique(whole, return_inverse=True)
    tile_of = distinct // amount
    of_tile = np.bincount(tile_of, minlength=tiles)
    firsts = np.cumsum(of_tile) - of_tile
    stream = np.column_stack([columns, places - firsts[ranks[rows]]]).ravel()
    tags = encode_numbers(stream).gather(2 * there.sum(axis=1))
    return tags, _look_up(distinct % amount, known, extra), of_tile


def _look_up(codes: Whole, known: Runs, extra: Runs) -> Runs:
    if not len(extra):
        return known.take(codes)
    of_extra = codes >= len(known)
    found = chain([known.take(codes[~of_extra]), extra.take(codes[of_extra] - len(known))])
    back = np.empty(len(codes), np.int64)
    back[np.concatenate([np.flatnonzero(~of_extra), np.flatnonzero(of_extra)])] = np.arange(len(codes))
    return found.take(back)


__all__ = [
    "COUNT", "FEATURES", "GRAINS", "POINTS", "Attributes", "Cutter", "Drawing", "Grain", "Marks", "Sections",
    "draw_tile", "encode_columns", "encode_tiles", "join_key", "merge", "place_in", "split_key", "touches",
]  # fmt: skip
