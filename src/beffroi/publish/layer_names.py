"""Names of the features of a layer with their places, in one file: what a map of pages that are files is searched by.

Where a server answers, names are asked of it. Territories are not here: a map has the list of theirs.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from beffroi.lake.releases import FeatureQuery, Release

MOST_NAMES = 20_000
"""Features of a layer that has such a file: some 800 kB before compression, which a search fetches once."""
_PAGE = 8_192
_DECIMALS = 5
"""Degrees to a metre: a search goes there, it measures nothing."""


def may_be_named(entry: Mapping[str, Any]) -> bool:
    """Whether a layer, by its entry, has a file of names: rows with a name, that may be taken away, not too many."""
    named = entry["kind"] == "rows" and bool(entry.get("name")) and entry.get("download") != "refused"
    return named and entry["count"] <= MOST_NAMES


def write_names(release: Release, layer: str) -> bytes:
    """``[[name, longitude, latitude], [name, west, south, east, north]...]`` in the order of the layer, without the
    features that have no name."""
    attribute = release.layer(layer)["name"]
    found: list[list[Any]] = []
    for page in release.feature_pages(layer, FeatureQuery(limit=_PAGE, columns=(attribute,))):
        bounds = np.round(shapely.bounds(shapely.from_wkb(page["geometry"].to_numpy(zero_copy_only=False))), _DECIMALS)
        for name, (west, south, east, north) in zip(page[attribute].to_pylist(), bounds.tolist(), strict=True):
            if name not in (None, ""):
                place = [west, south] if (west, south) == (east, north) else [west, south, east, north]
                found.append([str(name), *place])
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


__all__ = ["MOST_NAMES", "may_be_named", "write_names"]
