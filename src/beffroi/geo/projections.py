"""Legal projections by territory, for drawing, and areas on the ellipsoid, for measuring.

An area is never taken from projected coordinates nor from degrees: Lambert-93 stretches areas by a few parts in a
thousand, a web map doubles them.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from pyproj import Geod, Transformer

from beffroi.geo.codes import departement_of

METROPOLITAN = 2154
"""RGF93 / Lambert-93."""

_OVERSEAS = {
    "971": 5490,  # Guadeloupe: RGAF09 / UTM 20 N
    "972": 5490,  # Martinique: RGAF09 / UTM 20 N
    "973": 2972,  # Guyane: RGFG95 / UTM 22 N
    "974": 2975,  # La Réunion: RGR92 / UTM 40 S
    "975": 4467,  # Saint-Pierre-et-Miquelon: RGSPM06 / UTM 21 N
    "976": 4471,  # Mayotte: RGM04 / UTM 38 S
    "977": 5490,  # Saint-Barthélemy: RGAF09 / UTM 20 N
    "978": 5490,  # Saint-Martin: RGAF09 / UTM 20 N
    "986": 8903,  # Wallis-et-Futuna: RGWF96 / UTM 1 S
    "987": 3297,  # Polynésie française: RGPF / UTM 6 S
    "988": 3163,  # Nouvelle-Calédonie: RGNC91-93 / Lambert New Caledonia
}

Geometries = np.ndarray[Any, np.dtype[np.object_]]


def projection_of(code: str) -> int:
    """EPSG code of the projection in which a commune is drawn by law (décret n° 2000-1276 and its amendments).

    Metropolitan France, and any code whose territory has none of its own, is drawn in Lambert-93.
    """
    return _OVERSEAS.get(departement_of(code), METROPOLITAN)


def project(geometries: Geometries, epsg: int) -> Geometries:
    """Geometries in longitude and latitude, in metres of that projection."""
    to_metres = _transformation(epsg)

    def move(coordinates: Any) -> Any:
        return np.column_stack(to_metres(coordinates[:, 0], coordinates[:, 1]))

    return np.asarray(shapely.transform(geometries, move), dtype=object)


def geodesic_areas(geometries: Sequence[Any] | Geometries) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Area of each polygon in longitude and latitude, on the GRS 80 ellipsoid, in whole square metres."""
    ellipsoid = Geod(ellps="GRS80")
    parts, owner = shapely.get_parts(np.asarray(geometries, dtype=object), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    exterior = np.r_[True, part[1:] != part[:-1]] if len(part) else np.zeros(0, bool)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    bounds = np.searchsorted(ring, np.arange(len(rings) + 1))
    areas = np.zeros(len(geometries))
    for number, (start, end) in enumerate(pairwise(bounds)):
        area, _ = ellipsoid.polygon_area_perimeter(coordinates[start:end, 0], coordinates[start:end, 1])
        areas[owner[part[number]]] += abs(area) if exterior[number] else -abs(area)
    return np.rint(areas).astype(np.int64)


def geodesic_length(geometry: Any) -> float:
    """Length of lines in longitude and latitude, on the ellipsoid, in metres."""
    return float(Geod(ellps="GRS80").geometry_length(geometry)) if not geometry.is_empty else 0.0


@cache
def _transformation(epsg: int) -> Callable[[Any, Any], Any]:
    return Transformer.from_crs(4326, epsg, always_xy=True).transform
