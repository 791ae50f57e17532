"""Polygons that fit together: mended where they do not, united, and the holes between them.

Knows nothing of territories. What it gives depends on the polygons and their order alone, however many threads work.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import shapely

from beffroi.geo.projections import Geometries, geodesic_areas

Ranks = np.ndarray[Any, np.dtype[np.int64]]
"""Which polygons of an array, by their place in it."""

_AT_ONCE = 2
_VERIFIED_TOGETHER = 5_000
"""Polygons verified in one go: few enough that two threads end together, enough that looking at their neighbours too
costs little."""

_UNITED_TOGETHER = 50
"""Groups united by a thread before it looks for others."""


def fit_together(geometries: Geometries, changed: Ranks | None = None) -> Geometries:
    """A true coverage: only polygons whose edges do not match, and their neighbours, are touched if that is enough.

    An overlap goes to the neighbour with the longest border. ``changed``: the others are known to fit.
    """
    wrong = unfit(geometries, changed)
    if not len(wrong):
        return geometries
    touched = np.unique(shapely.STRtree(geometries).query(geometries[wrong], predicate="intersects")[1])
    mended = geometries.copy()
    mended[touched] = shapely.coverage_clean(geometries[touched])
    if not len(unfit(mended, touched)):
        return mended
    return np.asarray(shapely.coverage_clean(geometries), dtype=object)


def unfit(geometries: Geometries, changed: Ranks | None = None) -> Ranks:
    """Which polygons have an edge that overlaps a neighbour, or does not match it vertex for vertex.

    Only the ``changed`` ones and those around them are looked at, when they are named. Of polygons that fit among
    themselves and lie deep inside another, only that other one and those along its edges may be told.
    """
    tree = shapely.STRtree(geometries)
    if changed is None:
        # Crossing an edge that two polygons have, each on its side, does not change how many cover the ground: where
        # several do, some edge around has nobody on the other side, and is inside a neighbour or along it.
        looked_at = _with_lone_edges(geometries)
        # By longitude, so that those verified together are neighbours.
        looked_at = looked_at[np.argsort(shapely.bounds(geometries[looked_at])[:, 0], kind="stable")]
    else:
        looked_at = _near(tree, geometries, changed)
    batches = [looked_at[start : start + _VERIFIED_TOGETHER] for start in range(0, len(looked_at), _VERIFIED_TOGETHER)]

    def verify(batch: Ranks) -> Ranks:
        # Whether a polygon fits depends on it and on those whose boxes meet its own.
        context = _near(tree, geometries, batch)
        wrong: Ranks = context[~shapely.is_empty(shapely.coverage_invalid_edges(geometries[context]))]
        return wrong

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        return np.unique(np.concatenate([np.empty(0, np.int64), *pool.map(verify, batches)]))


def unite_groups(geometries: Geometries, levels: Sequence[Sequence[Ranks]]) -> Geometries:
    """The union of each group of polygons, in the order given: groups of the first level, then of the second…

    Exact: no vertex is moved nor left out. Levels with many groups are united first, and a group is put together from
    the largest of their unions that it holds whole: a country from its regions, not from its communes.
    """
    united: dict[int, Geometries] = {}
    made: list[_Pieces] = []

    def unite(groups: Sequence[Ranks]) -> list[Any]:
        return [_unite(_cover(geometries, made, ranks)) for ranks in groups]

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        for number in sorted(range(len(levels)), key=lambda number: -len(levels[number])):
            groups = levels[number]
            batches = [groups[start : start + _UNITED_TOGETHER] for start in range(0, len(groups), _UNITED_TOGETHER)]
            united[number] = np.empty(len(groups), dtype=object)
            united[number][:] = [union for batch in pool.map(unite, batches) for union in batch]
            ranks = np.concatenate([np.empty(0, np.int64), *groups])
            if len(groups) < len(ranks) == len(np.unique(ranks)):
                made.append(_Pieces(len(geometries), groups, united[number]))
    return np.concatenate([np.empty(0, dtype=object), *(united[number] for number in range(len(levels)))])


def find_holes(geometries: Geometries) -> list[Any]:
    """Every region that polygons which fit together surround without covering it."""
    return _holes_of(shapely.coverage_union_all(geometries))


def measure_faults(geometries: Geometries) -> dict[str, int]:
    """How well polygons fit together: ``overlaps`` and ``holes`` in number and in whole square metres."""
    tree = shapely.STRtree(geometries)
    one, other = tree.query(geometries, predicate="intersects")
    pairs = one < other
    common = shapely.intersection(geometries[one[pairs]], geometries[other[pairs]])
    common = common[shapely.area(common) > 0]
    holes = _holes_of(shapely.union_all(geometries))
    return {
        "overlaps": len(common),
        "overlaps_m2": int(geodesic_areas([shapely.union_all(common)])[0]) if len(common) else 0,
        "holes": len(holes),
        "holes_m2": int(sum(geodesic_areas(holes))) if holes else 0,
    }


class _Pieces:
    """Unions of a level whose groups share no polygon: ``owner`` of each polygon (-1: none) and their ``sizes``."""

    def __init__(self, count: int, groups: Sequence[Ranks], unions: Geometries) -> None:
        self.unions = unions
        self.sizes = np.array([len(group) for group in groups])
        self.owner = np.full(count, -1)
        self.owner[np.concatenate(groups)] = np.repeat(np.arange(len(groups)), self.sizes)


def _cover(geometries: Geometries, made: Sequence[_Pieces], ranks: Ranks) -> Geometries:
    """Polygons that make up those of ``ranks``: whole unions, the last level first, and what is left one by one."""
    parts = []
    left = ranks
    for pieces in reversed(made) if len(ranks) > 1 else ():
        owners = pieces.owner[left]
        found, counts = np.unique(owners[owners >= 0], return_counts=True)
        whole = found[counts == pieces.sizes[found]]
        parts.append(pieces.unions[whole])
        left = left[~np.isin(owners, whole)]
    return np.concatenate([*parts, geometries[left]])


def _unite(geometries: Geometries) -> Any:
    return geometries[0] if len(geometries) == 1 else shapely.coverage_union_all(geometries)


def _with_lone_edges(geometries: Geometries) -> Ranks:
    """Polygons with an edge that is not that of exactly one other, run through the other way."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring[:-1] == ring[1:])
    shell = np.r_[True, part[1:] != part[:-1]][: len(part)]
    # The inside is on the left of every edge, once rings are turned so that it is.
    forward = (shapely.is_ccw(rings) == shell)[ring[first]]
    start, end = (np.where(forward, first, first + 1), np.where(forward, first + 1, first))
    # Two edges with the same ends have the same mark; the converse is verified.
    bits = (points + 0.0).view(np.uint64) * np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)
    marks = bits[:, 0] ^ (bits[:, 1] >> np.uint64(29)) ^ bits[:, 1]
    marks = (marks ^ (marks >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    edges = marks[start] + marks[end]
    order = np.argsort(edges)
    same = edges[order[1:]] == edges[order[:-1]]
    alone = ~np.r_[False, same[:-1]] & same & ~np.r_[same[1:], False]
    one, other = order[:-1][alone], order[1:][alone]
    opposite = (points[start[one]] == points[end[other]]).all(axis=1)
    opposite &= (points[end[one]] == points[start[other]]).all(axis=1)
    lone = np.ones(len(edges), bool)
    lone[one[opposite]] = lone[other[opposite]] = False
    return np.unique(owner[part[ring[first[lone]]]])


def _near(tree: shapely.STRtree, geometries: Geometries, ranks: Ranks) -> Ranks:
    """Those ranks and every polygon whose box meets one of theirs, in order."""
    return np.unique(tree.query(geometries[ranks])[1])


def _holes_of(union: Any) -> list[Any]:
    """Every region that a union surrounds without covering it; what lies inside a ring and is covered is taken out."""
    parts = shapely.get_parts(union)
    rings = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    if not rings:
        return []
    tree = shapely.STRtree(parts)
    holes = []
    for ring in rings:
        islands = [parts[n] for n in tree.query(ring, predicate="contains")]
        holes += list(shapely.get_parts(shapely.difference(ring, shapely.union_all(islands)) if islands else ring))
    return holes
