"""A layer as it is drawn: made once in the build, so that a tile is drawn without reading any shape again.

Shapes are whole numbers of a plane, attributes are encoded as tiles hold them; both in the order of the layer, so that
row 0 is the feature whose ``n`` is 1. The object has the audience of its layer: it holds as much.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from beffroi.geo.tile_drawings import Attributes, Drawing, encode_columns
from beffroi.geo.tile_grids import TILE_UNITS, Whole, place_on_world, tile_size
from beffroi.geo.tile_messages import LINE, POINT, POLYGON, Runs, list_spans
from beffroi.geo.tile_shapes import MARGIN, Box, Shapes, chain_shapes, find_extent, read_binary, read_shapes
from beffroi.lake.arrays import Arrays, open_arrays, write_arrays
from beffroi.lake.objects import LakeObject, ObjectStore, staleness_key

DRAWING_STAGE = 1
"""Raised when drawings are made otherwise: all of them are then stale, and the tiles with them."""

_READ = 65_536
"""Features read at a time."""
_BLOCK = 1_024
"""Features of which one remembers the common extent."""
_SHORT = 4_096
"""Distinct values up to which a column stays as numbers of its values."""


def build_drawing(layer: LakeObject, points: bool, store: ObjectStore) -> LakeObject:
    """Make the drawing of a layer, or find it already made; ``points``: with a point in each surface."""
    made_from = {"stage": ["drawing", DRAWING_STAGE, pa.__version__], "layer": layer.key, "points": points}
    key = staleness_key(made_from)
    if found := store.get(key):
        return found

    def fill(file: Path) -> Mapping[str, Any]:
        write_arrays(file, read_layer(layer, points))
        return {"rows": layer.rows, "columns": {}, "made_from": made_from}

    name, audience = str(layer.manifest["name"]), layer.audience
    return store.write(key, kind="drawing", name=name, audience=audience, file="drawing.bin", fill=fill)


def read_layer(layer: LakeObject, points: bool) -> Arrays:
    """The arrays of the drawing of a layer."""
    with pq.ParquetFile(layer.data) as file:
        shapes, spots = _read_shapes(file, points)
        box = np.vstack(place_box(file.read(["xmin", "ymin", "xmax", "ymax"]))).astype(np.int32)
        columns = file.read(["fid", *list_attributes(layer)])
    firsts = np.arange(0, box.shape[1], _BLOCK)
    blocks = [np.minimum.reduceat(box[:2], firsts, axis=1), np.maximum.reduceat(box[2:], firsts, axis=1)]
    arrays: dict[str, npt.NDArray[Any]] = {"box": box, "blocks": np.vstack(blocks)}
    for one in shapes:
        arrays |= _flatten(str(one.kind), one)
    if spots is not None:
        arrays |= _flatten("spots", spots)
    codes, firsts_of, values, held = encode_columns(columns)
    arrays |= {"codes": codes.astype(np.int32), "codes.first": np.array(firsts_of), "values": values.data}
    arrays |= {"values.starts": values.starts, "values.lengths": values.lengths.astype(np.int32)}
    for place, dictionary in enumerate(held):
        sink = pa.BufferOutputStream()
        batch = pa.record_batch([dictionary], ["value"])
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        arrays[f"dictionary.{place}"] = np.frombuffer(sink.getvalue(), np.uint8)
    return arrays


def _read_shapes(file: pq.ParquetFile, points: bool) -> tuple[list[Shapes], Shapes | None]:
    parts: dict[int, list[Shapes]] = {}
    spots: list[Shapes] = []
    for rank, batch in enumerate(file.iter_batches(_READ, columns=["geometry"])):
        rows = np.arange(batch.num_rows) + rank * _READ
        for one in read_binary(batch["geometry"], rows):
            parts.setdefault(one.kind, []).append(one)
        if points:
            inside = shapely.point_on_surface(shapely.from_wkb(batch["geometry"].to_numpy(zero_copy_only=False)))
            spots += read_shapes(inside, rows)
    return [chain_shapes(each) for each in parts.values()], chain_shapes(spots) if spots else None


def _flatten(name: str, shapes: Shapes) -> dict[str, npt.NDArray[Any]]:
    parts, points, lengths = shapes.firsts
    return {
        f"{name}.points": shapes.points,
        f"{name}.sizes": shapes.sizes.astype(np.int32),
        f"{name}.outer": shapes.outer,
        f"{name}.counts": shapes.counts.astype(np.int32),
        f"{name}.features": shapes.features.astype(np.int32),
        f"{name}.first_parts": parts,
        f"{name}.first_points": points,
        f"{name}.lengths": lengths.astype(np.int32),
    }


def list_attributes(layer: LakeObject) -> list[str]:
    """Attributes of a layer, in order."""
    return [str(one["name"]) for one in layer.manifest["attributes"]]


def place_box(sides: pa.Table) -> Box:
    """West, north, east, south of features in units of the world, from their extents in degrees."""
    west, north = place_on_world(np.asarray(sides["xmin"]), np.asarray(sides["ymax"]))
    east, south = place_on_world(np.asarray(sides["xmax"]), np.asarray(sides["ymin"]))
    return west, north, east, south


class StoredDrawing:
    """A drawing, as it lies in its object."""

    def __init__(self, layer: LakeObject, arrays: Arrays) -> None:
        self.names = ("fid", *list_attributes(layer))
        self.flat = any("Polygon" in kind for kind in layer.manifest["geometry_types"])
        self._arrays = arrays

    @classmethod
    def open(cls, layer: LakeObject, drawing: LakeObject | None, points: bool) -> "StoredDrawing":
        """The drawing of a layer, made now where the lake has none."""
        return cls(layer, open_arrays(drawing.data) if drawing else read_layer(layer, points))

    @cached_property
    def shapes(self) -> tuple[Shapes, ...]:
        return tuple(found for kind in (POLYGON, LINE, POINT) if (found := self._unfold(str(kind), kind)))

    @cached_property
    def spots(self) -> Shapes | None:
        return self._unfold("spots", POINT)

    @cached_property
    def values(self) -> Runs:
        held = self._arrays
        return Runs(held["values"], held["values.lengths"], held["values.starts"])

    def whole(self, brief: Sequence[str]) -> Drawing:
        """All of it."""
        west, north, east, south = self._arrays["box"].astype(np.int64)
        attributes = Attributes(self.names, self._arrays["codes"], self.values, self._places(brief))
        return Drawing((west, north, east, south), self.shapes, self.spots, attributes, self.flat)

    def count_near(self, zoom: int, x: int, y: int) -> int:
        """No fewer rows than a tile has: those of the blocks that it touches."""
        return int(np.count_nonzero(_touch(self._arrays["blocks"], *_sides(zoom, x, y)))) * _BLOCK

    def find(self, zoom: int, x: int, y: int) -> Whole:
        """Rows of which something may be in a tile or its margin."""
        sides, box = _sides(zoom, x, y), self._arrays["box"]
        starts = np.flatnonzero(_touch(self._arrays["blocks"], *sides)) * _BLOCK
        rows = list_spans(starts, np.minimum(_BLOCK, box.shape[1] - starts))
        return rows[_touch(box[:, rows], *sides)]

    def find_extents(self, rows: Whole) -> Whole:
        """The longer side of each row."""
        west, north, east, south = self._arrays["box"][:, rows].astype(np.int64)
        return find_extent((west, north, east, south))

    def select(self, rows: Whole, shaped: Whole, brief: Sequence[str]) -> Drawing:
        """Some rows, in order; ``shaped`` are those, among them, that are drawn with their own shape."""
        west, north, east, south = self._arrays["box"][:, rows].astype(np.int64)
        attributes = Attributes(self.names, self._arrays["codes"][:, rows], self.values, self._places(brief))
        shapes = tuple(found for one in self.shapes if len(found := _narrow(one, shaped, rows)))
        spots = _narrow(self.spots, rows, rows) if self.spots is not None else None
        return Drawing((west, north, east, south), shapes, spots, attributes, self.flat)

    def read_columns(self, rows: Whole, names: Sequence[str]) -> pa.Table:
        """Attributes of some rows, with ``row``: where each is among them."""
        columns = {"row": pa.array(np.arange(len(rows)))}
        for name in names:
            place = self.names.index(name)
            codes = self._arrays["codes"][place, rows].astype(np.int64)
            held = pa.array(codes - self._arrays["codes.first"][place], pa.int64(), mask=codes < 0)
            values = self._dictionary(place)
            short = len(values) <= _SHORT
            columns[name] = (
                pa.DictionaryArray.from_arrays(held.cast(pa.int32()), values) if short else values.take(held)
            )
        return pa.table(columns)

    def _dictionary(self, place: int) -> pa.Array:
        body = pa.py_buffer(self._arrays[f"dictionary.{place}"])
        return pa.ipc.open_stream(body).read_all()["value"].chunk(0)

    def _places(self, brief: Sequence[str]) -> tuple[int, ...]:
        return tuple(place for place, name in enumerate(self.names) if name == "fid" or name in brief)

    def _unfold(self, name: str, kind: int) -> Shapes | None:
        held = self._arrays
        if f"{name}.points" not in held:
            return None
        points, sizes, outer, counts, features = (
            held[f"{name}.{part}"] for part in ("points", "sizes", "outer", "counts", "features")
        )
        known = (held[f"{name}.first_parts"], held[f"{name}.first_points"], held[f"{name}.lengths"])
        return Shapes(kind, points, sizes, outer, counts, features, known)


def _sides(zoom: int, x: int, y: int) -> tuple[int, int, int, int]:
    """West, north, east, south of a tile and its margin."""
    size = tile_size(zoom)
    reach = MARGIN * (size // TILE_UNITS)
    return x * size - reach, y * size - reach, (x + 1) * size + reach, (y + 1) * size + reach


def _touch(box: npt.NDArray[np.int32], west: int, north: int, east: int, south: int) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (box[2] >= west) & (box[0] < east) & (box[3] >= north) & (box[1] < south)
    return found


def _narrow(shapes: Shapes, wanted: Whole, rows: Whole) -> Shapes:
    """The shapes of ``wanted`` features, which count from now on as they stand in ``rows``."""
    # Numbers of another size would have the whole array copied first.
    alike = wanted.astype(shapes.features.dtype)
    first = np.searchsorted(shapes.features, alike, "left")
    held = shapes.take(list_spans(first, np.searchsorted(shapes.features, alike, "right") - first))
    return Shapes(held.kind, held.points, held.sizes, held.outer, held.counts, np.searchsorted(rows, held.features))


__all__ = ["StoredDrawing", "build_drawing", "list_attributes", "place_box", "read_layer"]
