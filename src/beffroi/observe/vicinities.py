"""Which territories of a level touch one another, from the contours of an edition."""

from collections.abc import Mapping

import shapely

from beffroi.observe.atlases import Atlas
from beffroi.observe.places import Gazetteer, Place, fold

_LEAST_METRES = 1.0
"""Least border that makes neighbours: two communes that meet at a point are not."""


def neighbours_of(atlas: Atlas, gazetteer: Gazetteer, place: Place) -> tuple[Place, ...]:
    """Territories of the same level that share a border with one, by name; none where no contour is released.

    Only what the edition holds is known: beyond the perimeter there is no contour, and so no neighbour.
    """
    near = atlas.remember(("borders", place.level), lambda: _borders(atlas, place.level)).get(place.code, frozenset())
    found = (gazetteer.places.get(f"{place.level}:{code}") for code in near)
    return tuple(sorted((each for each in found if each is not None), key=lambda each: fold(each.name)))


def _borders(atlas: Atlas, level: str) -> Mapping[str, frozenset[str]]:
    table = atlas.release.contours(level)
    if not table.num_rows:
        return {}
    codes = table["code"].to_pylist()
    shapes = shapely.from_wkb(table["drawn"].to_numpy(zero_copy_only=False))
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    apart = one < other
    one, other = one[apart], other[apart]
    shared = shapely.length(shapely.intersection(shapes[one], shapes[other]))
    found: dict[str, set[str]] = {}
    for a, b in zip(one[shared > _LEAST_METRES].tolist(), other[shared > _LEAST_METRES].tolist(), strict=True):
        found.setdefault(codes[a], set()).add(codes[b])
        found.setdefault(codes[b], set()).add(codes[a])
    return {code: frozenset(near) for code, near in found.items()}


__all__ = ["neighbours_of"]
