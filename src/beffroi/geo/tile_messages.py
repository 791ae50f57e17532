"""Vector tiles as bytes (Mapbox Vector Tile 2), many features at once.

Each function works on whole arrays: what would be a loop over a million features is a few passes over numbers. Bytes of
uneven lengths, one after another, are ``Runs``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from beffroi.geo.tile_grids import TILE_UNITS, Whole

Bytes = npt.NDArray[np.uint8]

POINT, LINE, POLYGON = 1, 2, 3
"""Kinds of shapes, by the numbers that tiles give them."""
_MOVE, _LINE, _CLOSE = 1, 2, 15


@dataclass(frozen=True)
class Runs:
    """Strings of bytes one after another: ``data``, and the length of each; ``known``: where each starts, when that was
    worked out before."""

    data: Bytes
    lengths: Whole
    known: Whole | None = None

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def starts(self) -> Whole:
        found: Whole = np.cumsum(self.lengths) - self.lengths if self.known is None else self.known
        return found

    def take(self, rows: Whole) -> "Runs":
        lengths = self.lengths[rows].astype(np.int64)
        return Runs(self.data[list_spans(self.starts[rows], lengths)], lengths)

    def gather(self, counts: Whole) -> "Runs":
        """The first so many as one, then the next so many..."""
        return Runs(self.data, sum_runs(self.lengths, counts))


def list_spans(starts: Whole, lengths: Whole) -> Whole:
    """Every number of every span, one span after another."""
    ends = np.cumsum(lengths)
    found: Whole = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths - starts, lengths)
    return found


def sum_runs(values: Whole, counts: Whole) -> Whole:
    """Sums of the first so many values, then of the next so many; nothing adds up to zero."""
    ends = np.cumsum(counts)
    totals = np.concatenate([[0], np.cumsum(values)])
    found: Whole = totals[ends] - totals[ends - counts]
    return found


def chain(parts: Sequence[Runs]) -> Runs:
    """Runs after other runs."""
    return Runs(
        np.concatenate([part.data for part in parts]) if parts else np.empty(0, np.uint8),
        np.concatenate([part.lengths for part in parts]) if parts else np.empty(0, np.int64),
    )


def join(parts: Sequence[Runs]) -> Runs:
    """The first of each part as one, then the second of each..."""
    lengths: Whole = np.sum(np.stack([part.lengths for part in parts]), axis=0)
    data = np.empty(int(lengths.sum()), np.uint8)
    cursor = np.cumsum(lengths) - lengths
    for part in parts:
        data[list_spans(cursor, part.lengths)] = part.data
        cursor = cursor + part.lengths
    return Runs(data, lengths)


def encode_numbers(values: Whole) -> Runs:
    """Whole numbers from zero, seven bits a byte."""
    left = values.astype(np.uint64)
    lengths = left_lengths = _lengths_of(values)
    data = np.empty(int(lengths.sum()), np.uint8)
    places: Whole = np.cumsum(lengths) - lengths
    while len(left):
        more = left_lengths > 1
        data[places] = (left & np.uint64(0x7F)).astype(np.uint8) | (more.astype(np.uint8) << 7)
        rest = np.flatnonzero(more)
        left, left_lengths, places = left[rest] >> np.uint64(7), left_lengths[rest] - 1, places[rest] + 1
    return Runs(data, lengths)


def _lengths_of(values: Whole) -> Whole:
    lengths = np.ones(len(values), np.int64)
    longest, bits = int(values.max()) if len(values) else 0, 7
    while longest >> bits:
        lengths += values >= (1 << bits)
        bits += 7
    return lengths


def _beside(*columns: Whole | int) -> Runs:
    """Numbers of several columns, encoded row by row."""
    count = max(len(column) for column in columns if not isinstance(column, int))
    table = np.empty((count, len(columns)), np.int64)
    for place, column in enumerate(columns):
        table[:, place] = column
    encoded = encode_numbers(table.ravel())
    return Runs(encoded.data, encoded.lengths.reshape(count, len(columns)).sum(axis=1))


@dataclass(frozen=True)
class Strokes:
    """Shapes of one kind in units of their tile: ``points``, how many each stroke has (a ring without its last point, a
    line, all the points of one), how many strokes each shape has."""

    kind: int
    points: Whole
    sizes: Whole
    counts: Whole


def encode_shapes(strokes: Strokes) -> Runs:
    """The commands that draw each shape."""
    points, sizes, counts = strokes.points, strokes.sizes, strokes.counts
    moves = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int64))
    shape_starts = (np.cumsum(sizes) - sizes)[np.cumsum(counts) - counts]
    moves[shape_starts] = points[shape_starts]
    folded = (moves << 1) ^ (moves >> 63)
    if strokes.kind == POINT:
        lengths = 1 + 2 * sizes
        starts = np.cumsum(lengths) - lengths
        places = list_spans(starts + 1, 2 * sizes)
        stream = np.empty(int(lengths.sum()), np.int64)
        stream[starts] = sizes << 3 | _MOVE
        stream[places] = folded.ravel()
    else:
        closed = int(strokes.kind == POLYGON)
        lengths = 2 + 2 * sizes + closed
        starts = np.cumsum(lengths) - lengths
        stream = np.empty(int(lengths.sum()), np.int64)
        stream[starts] = 1 << 3 | _MOVE
        stream[starts + 3] = (sizes - 1) << 3 | _LINE
        if closed:
            stream[starts + lengths - 1] = _CLOSE
        places = list_spans(starts + 2, 2 * sizes)
        # The first point stands before the command of the others.
        first = np.cumsum(2 * sizes) - 2 * sizes
        places[first], places[first + 1] = starts + 1, starts + 2
        stream[places] = folded.ravel()
    return encode_numbers(stream).gather(sum_runs(lengths, counts))


def encode_values(column: pa.Array) -> Runs:
    """Each value of an array without nulls as an entry of a tile: text, boolean, number; the rest as text."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return _beside(0x22, 2, 0x38, np.asarray(column.cast(pa.int64())))
    if pa.types.is_integer(kind):
        return _encode_whole(np.asarray(column.cast(pa.int64())))
    if pa.types.is_floating(kind):
        numbers = np.asarray(column.cast(pa.float64()))
        whole = (numbers == np.floor(numbers)) & (np.abs(numbers) < 2**53)
        order = np.argsort(~whole, kind="stable")
        found = chain([_encode_whole(numbers[whole].astype(np.int64)), _encode_real(numbers[~whole])])
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return found.take(back)
    return encode_texts(column.cast(pa.string()))


def encode_texts(column: pa.Array) -> Runs:
    """Texts as entries of a tile."""
    flat = column.cast(pa.large_binary()) if not pa.types.is_large_binary(column.type) else column
    flat = pa.concat_arrays([flat])
    offsets = np.frombuffer(flat.buffers()[1], np.int64, len(flat) + 1, flat.offset * 8)
    body = flat.buffers()[2]
    data = np.frombuffer(body, np.uint8)[offsets[0] : offsets[-1]] if body else np.empty(0, np.uint8)
    lengths = np.diff(offsets)
    inner = 1 + _lengths_of(lengths) + lengths
    return join([_beside(0x22, inner, 0x0A, lengths), Runs(data, lengths)]) if len(lengths) else Runs(data, lengths)


def _encode_whole(numbers: Whole) -> Runs:
    """Numbers from zero as they are, those below folded."""
    if not len(numbers):
        return Runs(np.empty(0, np.uint8), np.empty(0, np.int64))
    below = numbers < 0
    folded = np.where(below, (numbers << 1) ^ (numbers >> 63), numbers)
    return _beside(0x22, 1 + _lengths_of(folded), np.where(below, 0x30, 0x28), folded)


def _encode_real(numbers: npt.NDArray[np.float64]) -> Runs:
    table = np.empty((len(numbers), 11), np.uint8)
    table[:, :3] = (0x22, 9, 0x19)
    table[:, 3:] = numbers.astype("<f8").view(np.uint8).reshape(len(numbers), 8)
    return Runs(table.ravel(), np.full(len(numbers), 11, np.int64))


def encode_features(kinds: Whole, tags: Runs, shapes: Runs) -> Runs:
    """Features as entries of a tile, from what they carry and how they are drawn."""
    after = _beside(24, kinds, 34, shapes.lengths)
    inner = 1 + _lengths_of(tags.lengths) + tags.lengths + after.lengths + shapes.lengths
    return join([_beside(18, inner, 18, tags.lengths), tags, after, shapes])


def encode_head(name: str, keys: Sequence[str]) -> tuple[bytes, bytes]:
    """What stands before and after the features and values of a layer: its version and name; its keys and units."""
    said = name.encode()
    units = encode_numbers(np.array([0x28, TILE_UNITS])).data.tobytes()
    names = b"".join(b"\x1a" + _varint(len(key.encode())) + key.encode() for key in keys)
    return b"\x78\x02\x0a" + _varint(len(said)) + said, names + units


def close_layer(body: Sequence[bytes | memoryview]) -> bytes:
    """A layer, from its pieces, as a part of a tile."""
    return b"".join((b"\x1a", _varint(sum(map(len, body))), *body))


def _varint(value: int) -> bytes:
    """One number: a pass over an array takes longer."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


__all__ = [
    "LINE", "POINT", "POLYGON", "Runs", "Strokes", "chain", "close_layer", "encode_features", "encode_head",
    "encode_numbers", "encode_shapes", "encode_texts", "encode_values", "join", "list_spans", "sum_runs",
]  # fmt: skip
