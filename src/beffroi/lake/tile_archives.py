"""The archive of the tiles of a layer, made once for all of its readers.

At the deepest zoom every feature of the layer is in it with all of its attributes: they are counted as they are
written, and an archive in which one is missing is not kept. Above, no tile weighs more than ``HEAVIEST``, a coarser
drawing standing for what would (``geo.tile_drawings``); the manifest says at which zooms.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np

from beffroi.errors import BeffroiError, fault
from beffroi.geo.tile_drawings import (
    COUNT,
    FEATURES,
    GRAINS,
    POINTS,
    Cutter,
    Drawing,
    Grain,
    Marks,
    draw_tile,
    encode_tiles,
    split_key,
)
from beffroi.geo.tile_grids import Whole, number_tiles
from beffroi.lake.connections import EngineLimits
from beffroi.lake.drawings import StoredDrawing, list_attributes
from beffroi.lake.objects import LakeObject, ObjectStore, staleness_key
from beffroi.lake.pmtiles import ArchiveWriter, pack

TILE_STAGE = 1
"""Raised when the way tiles are drawn changes: every archive is then stale."""

HEAVIEST = 500_000
"""Bytes of a tile, compressed, above which it is drawn more coarsely, but at the deepest zoom. Why: a telephone that
gets a megabyte a second waits half a second for it, and a screen has some six."""

_TOO_MANY = (40_000, 60_000)
"""Features of a tile with which the first two grains are not even tried: with a dozen bytes each they are too heavy."""
_TOGETHER = 60_000
"""Features encoded at a time: what a batch needs stays under 200 MB."""
_AT_ONCE = 64
"""Tiles packed by a thread before it takes others: handing over a small tile costs more than packing it."""


@dataclass(frozen=True)
class TilePlan:
    """What an archive is to hold: first and last zoom; ``brief``: attributes that every drawing of the layer needs (its
    style, labels, filters); ``points``: a point for each surface too."""

    first: int
    last: int
    brief: tuple[str, ...]
    points: bool


def _ingredients(drawing: LakeObject, plan: TilePlan) -> dict[str, Any]:
    limits = [HEAVIEST, *_TOO_MANY, [asdict(grain) for grain in GRAINS]]
    return {"stage": ["tiles", TILE_STAGE], "drawing": drawing.key, "plan": asdict(plan), "limits": limits}


def build_archive(
    layer: LakeObject, drawing: LakeObject, plan: TilePlan, store: ObjectStore, limits: EngineLimits
) -> LakeObject:
    """Make the archive of a layer, from its drawing, or find it already made.

    Its manifest adds ``min_zoom``, ``max_zoom``, ``tiles``, ``limit`` (bytes), ``heaviest`` (bytes of the heaviest
    tile), ``over_limit`` (tiles above it, at the deepest zoom), ``zooms``: for each, its tiles, the heaviest, how many
    are ``whole``, ``brief`` (every feature, with fewer attributes), ``merged``. ``tiles-features-lost`` when a feature
    is not in the deepest zoom.
    """
    made_from = _ingredients(drawing, plan)
    key = staleness_key(made_from)
    if found := store.get(key):
        return found

    def fill(file: Path) -> Mapping[str, Any]:
        held = StoredDrawing.open(layer, drawing, plan.points).whole(plan.brief)
        told = _write(layer, held, plan, file, limits.threads)
        return {**told, "rows": layer.rows, "columns": {}, "made_from": made_from}

    name, audience = str(layer.manifest["name"]), layer.audience
    return store.write(key, kind="tiles", name=name, audience=audience, file="archive.pmtiles", fill=fill)


def _write(layer: LakeObject, drawing: Drawing, plan: TilePlan, file: Path, threads: int) -> Mapping[str, Any]:
    cutters = [Cutter(shapes) for shapes in drawing.shapes]
    spots = [Cutter(drawing.spots)] if drawing.spots is not None else []
    told = []
    with TemporaryFile(dir=file.parent) as aside, ThreadPoolExecutor(threads) as pool:
        archive = ArchiveWriter(aside)
        for zoom in range(plan.first, plan.last + 1):
            placed = {
                FEATURES: [mark for cutter in cutters for mark in cutter.place(zoom)],
                POINTS: [mark for cutter in spots for mark in cutter.place(zoom)],
            }
            if zoom == plan.last:
                _count(layer, drawing, placed)
            sizes, grains = [], Counter[str]()
            for tile, body, grain in _draw_zoom(drawing, placed, zoom, zoom == plan.last, pool):
                archive.add(tile, body)
                sizes.append(len(body))
                grains["merged" if grain.cell else "brief" if grain.brief else "whole"] += 1
            counted = {kind: grains[kind] for kind in ("whole", "brief", "merged")}
            told.append({"zoom": zoom, "tiles": len(sizes), "heaviest": max(sizes, default=0), **counted})
        archive.finish(file, (plan.first, plan.last), layer.manifest["bbox"], describe_archive(layer, plan))
    return {
        "min_zoom": plan.first,
        "max_zoom": plan.last,
        "tiles": sum(one["tiles"] for one in told),
        "limit": HEAVIEST,
        "heaviest": max(one["heaviest"] for one in told),
        "over_limit": sum(size > HEAVIEST for size in sizes),
        "zooms": told,
    }


def describe_archive(layer: LakeObject, plan: TilePlan) -> dict[str, Any]:
    """What tiles hold, in the words of TileJSON: their parts, with the fields of each."""
    kinds = {"DOUBLE": "Number", "BIGINT": "Number", "INTEGER": "Number", "BOOLEAN": "Boolean"}
    columns = layer.manifest["columns"]
    fields = {name: kinds.get(columns[name], "String") for name in list_attributes(layer)}
    fields |= {"fid": "String", COUNT: "Number"}
    parts = (FEATURES, POINTS) if plan.points else (FEATURES,)
    each = {"fields": fields, "minzoom": plan.first, "maxzoom": plan.last}
    return {"name": layer.manifest["name"], "format": "pbf", "vector_layers": [{"id": part, **each} for part in parts]}


def _count(layer: LakeObject, drawing: Drawing, placed: Mapping[str, Sequence[Marks]]) -> None:
    """Refuse tiles in which a feature has no mark. What encodes marks gives each of them something to draw."""
    for part, marks in placed.items():
        if not marks and part == POINTS and drawing.spots is None:
            continue
        seen = np.zeros(layer.rows, np.bool_)
        for mark in marks:
            seen[mark.features] = True
        if lost := int((~seen).sum()):
            raise BeffroiError(fault("tiles-features-lost", name=str(layer.manifest["name"]), count=lost))


def _draw_zoom(
    drawing: Drawing, placed: Mapping[str, Sequence[Marks]], zoom: int, deepest: bool, pool: ThreadPoolExecutor
) -> Iterator[tuple[int, bytes, Grain]]:
    """Tiles of a zoom: number, packed bytes, grain."""
    for batch in _share(placed):
        keys, counts = _count_keys(batch)
        numbers = dict(zip(keys.tolist(), number_tiles(zoom, *split_key(keys)).tolist(), strict=True))
        light = keys if deepest else keys[counts <= _TOO_MANY[0]]
        made = encode_tiles(
            drawing.attributes, batch if len(light) == len(keys) else _only(batch, light), zoom, GRAINS[0]
        )
        packed = _packed(made, pool)
        for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
            body, grain = packed.get(key, b""), GRAINS[0]
            if key not in packed or (not deepest and len(body) > HEAVIEST):
                body, grain = _draw_coarsely(drawing, _only(batch, keys[keys == key]), zoom, key, count)
            yield numbers[key], body, grain


def _packed(made: Mapping[int, bytes], pool: ThreadPoolExecutor) -> dict[int, bytes]:
    """Tiles packed, each body once: those inside a large surface are all the same."""
    bodies = list(dict.fromkeys(made.values()))
    shares = [bodies[first : first + _AT_ONCE] for first in range(0, len(bodies), _AT_ONCE)]
    of_body = dict(zip(bodies, chain.from_iterable(pool.map(_pack_all, shares)), strict=True))
    return {key: of_body[body] for key, body in made.items()}


def _pack_all(bodies: Sequence[bytes]) -> list[bytes]:
    return [pack(body) for body in bodies]


def _draw_coarsely(
    drawing: Drawing, sections: Mapping[str, Sequence[Marks]], zoom: int, key: int, count: int
) -> tuple[bytes, Grain]:
    """A heavy tile at the first grain with which it is light enough, or at the last."""
    body, used = b"", GRAINS[-1]
    for grain in GRAINS[1:]:
        if not grain.cell and count > _TOO_MANY[1]:
            continue
        body, used = pack(draw_tile(drawing, sections, zoom, key, grain)), grain
        if len(body) <= HEAVIEST:
            break
    return body, used


def _count_keys(sections: Mapping[str, Sequence[Marks]]) -> tuple[Whole, Whole]:
    """The tiles that have marks, in order, and how many."""
    keys = np.sort(np.concatenate([mark.keys for marks in sections.values() for mark in marks]))
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[firsts], np.diff(np.append(firsts, len(keys)))


def _share(placed: Mapping[str, Sequence[Marks]]) -> Iterator[dict[str, list[Marks]]]:
    """Marks by batches of whole tiles."""
    keys, counts = _count_keys(placed)
    batches = (np.cumsum(counts) - counts) // _TOGETHER
    ends = np.append(keys[np.flatnonzero(np.diff(batches))], keys[-1])
    ordered = {
        part: [(mark, order, mark.keys[order]) for mark in marks if len(order := np.argsort(mark.keys, kind="stable"))]
        for part, marks in placed.items()
    }
    before = -1
    for end in ends:
        batch: dict[str, list[Marks]] = {}
        for part, marks in ordered.items():
            batch[part] = []
            for mark, order, sorted_keys in marks:
                first, last = np.searchsorted(sorted_keys, [before + 1, end + 1])
                if last > first:
                    batch[part].append(mark.take(order[first:last]))
        yield batch
        before = int(end)


def _only(sections: Mapping[str, Sequence[Marks]], keys: Whole) -> dict[str, list[Marks]]:
    return {
        part: [mark.take(np.flatnonzero(np.isin(mark.keys, keys))) for mark in marks]
        for part, marks in sections.items()
    }


__all__ = ["HEAVIEST", "TILE_STAGE", "TilePlan", "build_archive", "describe_archive"]
