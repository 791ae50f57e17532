"""One tile at a time, drawn when it is asked for: for layers that have no archive, and for features that one chooses.

A tile is drawn as those of archives are. What has too many features is read without their shapes, for most of them are
smaller than a few pixels there: what a question costs grows with what can be seen.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from beffroi.errors import BeffroiError, fault
from beffroi.geo.tile_drawings import (
    GRAINS,
    Drawing,
    Grain,
    draw_tile,
    join_key,
    place_in,
    read_attributes,
)
from beffroi.geo.tile_grids import DEEPEST, PIXELS, TILE_UNITS, Whole, find_degrees, tile_size
from beffroi.geo.tile_messages import POINT
from beffroi.geo.tile_shapes import MARGIN, Shapes, chain_shapes, find_extent, read_binary
from beffroi.lake.areas import Extent
from beffroi.lake.connections import quote_name, quote_text
from beffroi.lake.features import Condition, FeatureEngine
from beffroi.lake.groups import read_groups
from beffroi.lake.memories import Memory
from beffroi.lake.objects import LakeObject
from beffroi.lake.tile_archives import TilePlan, is_flat, list_attributes, place_box, read_spots

WHOLE = 10_000
"""Features up to which a tile is drawn with all of them and all of their attributes."""
BRIEF = 25_000
"""Features up to which all of them are drawn, with the attributes that drawings need. Why: with some twenty bytes each
a tile stays around ``HEAVIEST``."""
MOST = 200_000
"""Features that a tile of the deepest zoom may have, where none is left out; beyond, it is refused."""


_NEAR = 12
"""Groups of rows up to which all of their columns are read at once, rather than asked of the engine."""
FILES = 8
"""Layers of which groups of rows are kept in memory."""
_REMEMBERED = 32
"""Groups of rows of a layer that are kept in memory, some megabyte each: one goes from a tile to its neighbours."""
_SIDES = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True)
class TileQuery:
    """Which tile, of which features: those of ``where``, all when None."""

    zoom: int
    x: int
    y: int
    where: Condition | None = None


def check_tile(zoom: int, x: int, y: int) -> None:
    """``tile-outside-grid`` when there is no such tile."""
    if not (0 <= zoom <= DEEPEST and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
        raise BeffroiError(fault("tile-outside-grid", zoom=zoom, x=x, y=y, deepest=DEEPEST))


def draw_features(engine: FeatureEngine, files: Memory, layer: LakeObject, plan: TilePlan, query: TileQuery) -> bytes:
    """A vector tile, or nothing where the layer has nothing. ``files`` remembers what of layers was read last.

    ``tile-outside-grid``, ``tile-too-heavy`` at the deepest zoom, ``engine-time``.
    """
    check_tile(query.zoom, query.x, query.y)
    return _Asked(engine, files, layer, plan, query).draw() if query.zoom >= plan.first else b""


class _Asked:
    """One tile of a layer, being drawn."""

    def __init__(
        self, engine: FeatureEngine, files: Memory, layer: LakeObject, plan: TilePlan, query: TileQuery
    ) -> None:
        self._engine, self._files, self._layer, self._plan, self._query = engine, files, layer, plan, query
        self._extent = find_degrees(query.zoom, query.x, query.y, MARGIN / TILE_UNITS)
        self._names = list_attributes(layer)

    def draw(self) -> bytes:
        file: _LayerFile = self._files.get(self._layer.key, lambda: _LayerFile(self._layer))
        groups = file.touched(self._extent)
        if not groups:
            return b""
        found = self._choose(file.read(groups)) if len(groups) <= _NEAR else self._ask(["n", *self._brief, *_SIDES])
        if not found.num_rows:
            return b""
        grain = self._choose_grain(found)
        if "geometry" not in found.column_names and not grain.cell:
            found = self._ask([*(self._brief if grain.brief else self._names), "fid", "geometry", *_SIDES])
        if not grain.cell:
            return self._draw(found, found["geometry"], np.arange(found.num_rows), grain)
        return self._draw_merged(found, grain)

    @property
    def _brief(self) -> list[str]:
        return [name for name in self._names if name in self._plan.brief]

    def _choose_grain(self, found: pa.Table) -> Grain:
        """The finest grain with which so many features make a tile that is not too heavy."""
        count = found.num_rows
        if self._query.zoom >= self._plan.last:
            if count > MOST:
                raise BeffroiError(fault("tile-too-heavy", count=count, most=MOST))
            return GRAINS[0]
        if count <= BRIEF:
            return GRAINS[int(count > WHOLE)]
        extent = find_extent(place_box(found))
        unit = tile_size(self._query.zoom) // PIXELS
        light = (grain for grain in GRAINS[2:] if np.count_nonzero(extent > grain.cell * unit) <= BRIEF // 2)
        return next(light, GRAINS[-1])

    def _draw_merged(self, found: pa.Table, grain: Grain) -> bytes:
        """Small features without their shapes, unless these stand for others: lines and points do as they are."""
        if "geometry" in found.column_names:
            least = grain.cell * (tile_size(self._query.zoom) // PIXELS)
            large = np.flatnonzero((find_extent(place_box(found)) > least) | (not is_flat(self._layer)))
            return self._draw(found, found["geometry"].take(pa.array(large)), large, grain)
        found = found.sort_by("n")
        least_degrees = grain.cell * 360 / (PIXELS << self._query.zoom)
        # A degree of latitude is longer on the map than one of longitude: none that is large is forgotten.
        lean = math.cos(math.radians(max(abs(self._extent[1]), abs(self._extent[3]))))
        size = f"(xmax - xmin > {least_degrees!r} OR ymax - ymin > {least_degrees * lean!r})"
        shaped = self._ask(["n", "fid", "geometry"], size if is_flat(self._layer) else "TRUE").sort_by("n")
        places = np.searchsorted(np.asarray(found["n"]), np.asarray(shaped["n"]))
        fids = np.full(found.num_rows, -1)
        fids[places] = np.arange(len(places))
        named = shaped["fid"].combine_chunks().take(pa.array(fids, mask=fids < 0))
        return self._draw(found.append_column("fid", named), shaped["geometry"], places, grain)

    def _choose(self, held: pa.Table) -> pa.Table:
        """The rows of a part of the layer that are in the tile, and meet the condition."""
        west, south, east, north = self._extent
        sides = {name: np.asarray(held[name]) for name in _SIDES}
        across = (sides["xmax"] >= west) & (sides["xmin"] <= east)
        here = held.filter(pa.array(across & (sides["ymax"] >= south) & (sides["ymin"] <= north)))
        where = self._query.where
        if where is None or not here.num_rows:
            return here
        shaped = "SELECT * REPLACE (ST_GeomFromWKB(geometry) AS geometry) FROM held"
        sql = f"SELECT n FROM ({shaped}) WHERE ({where.sql})"
        kept = self._engine.ask(sql, where.parameters, {"held": here})
        return here.filter(pc.is_in(here["n"], kept["n"].combine_chunks()))

    def _ask(self, columns: Sequence[str], further: str = "TRUE") -> pa.Table:
        where = self._query.where
        west, south, east, north = self._extent
        terms = ["xmax >= ? AND xmin <= ? AND ymax >= ? AND ymin <= ?", further]
        parameters: list[Any] = [west, east, south, north]
        if where is not None:
            terms.append(f"({where.sql})")
            parameters += where.parameters
        listed = ["ST_AsWKB(geometry) AS geometry" if name == "geometry" else quote_name(name) for name in columns]
        file = quote_text(str(self._layer.data))
        sql = f"SELECT {', '.join(listed)} FROM read_parquet({file}) WHERE {' AND '.join(terms)}"
        return self._engine.ask(sql, parameters)

    def _draw(self, found: pa.Table, shapes: pa.ChunkedArray, rows: Whole, grain: Grain) -> bytes:
        """``shapes`` are those of these rows."""
        query = self._query
        box = place_box(found)
        spots = None
        if self._plan.points:
            west, north, east, south = box
            middle = np.column_stack([(west + east) // 2, (north + south) // 2])
            ones = np.ones(len(middle), np.int64)
            spots = Shapes(POINT, middle.astype(np.int32), ones, ones > 0, ones, np.arange(len(middle)))
            own = read_spots(shapes, rows)
            spots = chain_shapes([spots.take(np.setdiff1d(spots.features, rows)), *own])
        held = found.select([name for name in found.column_names if name in ("fid", *self._names)])
        attributes = read_attributes(held, self._plan.brief)
        drawing = Drawing(box, read_binary(shapes, rows), spots, attributes, is_flat(self._layer))
        key = int(join_key(np.array(query.x), np.array(query.y)))
        sections = place_in(drawing, query.zoom, query.x, query.y)
        return draw_tile(drawing, sections, query.zoom, key, grain, np.arange(found.num_rows))


class _LayerFile:
    """The file of a layer, which never changes: where its groups of rows are, and those that were read last."""

    def __init__(self, layer: LakeObject) -> None:
        self._path = layer.data
        self._groups = read_groups(layer)
        self._read: OrderedDict[int, pa.Table] = OrderedDict()
        self._lock = threading.Lock()

    def touched(self, extent: Extent) -> list[int]:
        """Groups of rows of which something may be in an extent."""
        west, south, east, north = extent
        left, lower, right, upper = self._groups.extents.T
        across = (right >= west) & (left <= east)
        return np.flatnonzero(across & (upper >= south) & (lower <= north)).tolist()

    def read(self, groups: Sequence[int]) -> pa.Table:
        """All the columns of these groups."""
        with self._lock:
            held = {group: self._read[group] for group in groups if group in self._read}
        if missing := [group for group in groups if group not in held]:
            # One reader a question: they are not to be shared by threads, but what they open costs little.
            file = pq.ParquetFile(self._path, metadata=self._groups.metadata, memory_map=True)
            held |= {group: file.read_row_group(group, use_threads=False) for group in missing}
        with self._lock:
            for group in groups:
                self._read[group] = held[group]
                self._read.move_to_end(group)
            while len(self._read) > _REMEMBERED:
                self._read.popitem(last=False)
        return pa.concat_tables([held[group] for group in groups])


__all__ = ["FILES", "MOST", "TileQuery", "check_tile", "draw_features"]
