"""One tile at a time, drawn when it is asked for: for layers that have no archive, and for features that one chooses.

A tile is drawn as those of archives are, from the drawing that the build made of the layer. Conditions on attributes
are answered from there too; those on shapes go to the layer itself.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from beffroi.errors import BeffroiError, fault
from beffroi.geo.tile_drawings import GRAINS, Grain, draw_tile, join_key, place_in
from beffroi.geo.tile_grids import DEEPEST, PIXELS, TILE_UNITS, Whole, find_degrees, tile_size
from beffroi.geo.tile_shapes import MARGIN
from beffroi.lake.connections import quote_text
from beffroi.lake.drawings import StoredDrawing
from beffroi.lake.features import Condition, FeatureEngine
from beffroi.lake.memories import Memory
from beffroi.lake.objects import LakeObject
from beffroi.lake.tile_archives import TilePlan

WHOLE = 10_000
"""Features up to which a tile is drawn with all of them and all of their attributes."""
BRIEF = 25_000
"""Features up to which all of them are drawn, with the attributes that drawings need. Why: with some twenty bytes each
a tile stays around ``HEAVIEST``."""
MOST = 200_000
"""Features that a tile of the deepest zoom may have, where none is left out; beyond, it is refused."""


DRAWINGS = 128
"""Drawings that are kept open, and what conditions keep of them. What of a drawing is in memory is for the system to
say; what a condition keeps is at most a third of a megabyte."""
_AROUND = 2
"""Zooms from a tile up to the one whose features a condition is tried on at once: sixteen tiles."""
_MANY = 25_000
"""Features up to which it is."""
_OF_SHAPES = ("geometry", "xmin", "ymin", "xmax", "ymax")
"""Columns that a drawing does not have as the layer has them."""


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


def draw_features(
    engine: FeatureEngine, drawings: Memory, layer: LakeObject, drawing: LakeObject | None, plan: TilePlan,
    query: TileQuery,
) -> bytes:  # fmt: skip
    """A vector tile, or nothing where the layer has nothing. ``drawings`` remembers those that were opened, and what
    conditions kept of them.

    ``tile-outside-grid``, ``tile-too-heavy`` at the deepest zoom, ``engine-time``.
    """
    zoom, x, y = query.zoom, query.x, query.y
    check_tile(zoom, x, y)
    if zoom < plan.first:
        return b""
    held: StoredDrawing = drawings.get(layer.key, lambda: StoredDrawing.open(layer, drawing, plan.points))
    rows = held.find(zoom, x, y)
    if query.where is not None and len(rows):
        rows = _keep(rows, _choose_around(engine, drawings, layer, held, query.where, (zoom, x, y)))
    if not len(rows):
        return b""
    extents = held.find_extents(rows)
    grain = _choose_grain(extents, zoom, deepest=zoom >= plan.last)
    large = extents > grain.cell * (tile_size(zoom) // PIXELS)
    # Lines and points that stand for others do so with their own shape.
    shaped = rows[large] if grain.cell and held.flat else rows
    drawn = held.select(rows, shaped, plan.brief)
    sections = place_in(drawn, zoom, x, y)
    return draw_tile(drawn, sections, zoom, int(join_key(np.array(x), np.array(y))), grain, np.arange(len(rows)))


def _choose_grain(extents: Whole, zoom: int, *, deepest: bool) -> Grain:
    """The finest grain with which features of these extents make a tile that is not too heavy."""
    count = len(extents)
    if deepest:
        if count > MOST:
            raise BeffroiError(fault("tile-too-heavy", count=count, most=MOST))
        return GRAINS[0]
    if count <= BRIEF:
        return GRAINS[int(count > WHOLE)]
    unit = tile_size(zoom) // PIXELS
    light = (grain for grain in GRAINS[2:] if np.count_nonzero(extents > grain.cell * unit) <= BRIEF // 2)
    return next(light, GRAINS[-1])


def _choose_around(
    engine: FeatureEngine, drawings: Memory, layer: LakeObject, held: StoredDrawing, where: Condition,
    place: tuple[int, int, int],
) -> Whole:  # fmt: skip
    """Rows that meet a condition in the tiles around one, where these are not too many: who asks for one tile asks for
    its neighbours next, and a question costs as much for one as for all of them."""
    zoom, x, y = place
    for up in range(min(_AROUND, zoom), 0, -1):
        around = (zoom - up, x >> up, y >> up)
        key = f"{layer.key} {around} {where.sql} {where.parameters!r}"
        found: Whole | None = drawings.get(key, partial(_choose_if_few, engine, layer, held, where, around))
        if found is not None:
            return found
    return _choose(engine, layer, held, held.find(*place), where, place)


def _choose_if_few(
    engine: FeatureEngine, layer: LakeObject, held: StoredDrawing, where: Condition, place: tuple[int, int, int]
) -> Whole | None:
    """Rows of a tile that meet the condition; None where there are too many to try it on."""
    if held.count_near(*place) > _MANY:
        return None
    return _choose(engine, layer, held, held.find(*place), where, place)


def _keep(rows: Whole, kept: Whole) -> Whole:
    """Those of the rows that are kept; both are in order."""
    if not len(kept):
        return kept
    found: Whole = rows[kept[np.minimum(np.searchsorted(kept, rows), len(kept) - 1)] == rows]
    return found


def _choose(
    engine: FeatureEngine, layer: LakeObject, held: StoredDrawing, rows: Whole, where: Condition,
    place: tuple[int, int, int],
) -> Whole:  # fmt: skip
    """Those of the rows of a tile that meet the condition, in order."""
    if not any(name in where.sql for name in _OF_SHAPES):
        names = [name for name in held.names if name in where.sql]
        asked = f"SELECT row FROM held WHERE ({where.sql})"
        found = engine.ask(asked, where.parameters, {"held": held.read_columns(rows, names)})
        kept: Whole = rows[np.sort(np.asarray(found["row"]))]
        return kept
    west, south, east, north = find_degrees(*place, 2 * MARGIN / TILE_UNITS)
    parameters: list[Any] = [west, east, south, north, *where.parameters]
    box = "xmax >= ? AND xmin <= ? AND ymax >= ? AND ymin <= ?"
    file = quote_text(str(layer.data))
    found = engine.ask(f"SELECT n - 1 AS row FROM read_parquet({file}) WHERE {box} AND ({where.sql})", parameters)
    return _keep(rows, np.sort(np.asarray(found["row"])))


__all__ = ["DRAWINGS", "MOST", "TileQuery", "check_tile", "draw_features"]
