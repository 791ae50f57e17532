"""How metres of the legal projection become millimetres of paper, so that a distance measured there is a true one.

A conformal projection stretches every length by a factor that changes from place to place (Lambert-93: from 0.1 % too
short to some 0.3 % too long in France). The drawing is divided by that of the middle of the map: there the scale is
exact, and what is left of it elsewhere on the sheet is counted and said.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from pyproj import CRS, Proj

from beffroi.publish.map_pictures import LEGAL, legal_transformer
from beffroi.publish.prints.papers import Box

Extent = tuple[float, float, float, float]
Coordinates = np.ndarray[Any, np.dtype[np.float64]]

LARGEST, SMALLEST = 500, 5_000_000
"""Denominators between which a scale can be asked for."""
_STEPS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0)
_ROUND = tuple(
    int(step * 10**power)
    for power in range(2, 7)
    for step in _STEPS
    if LARGEST <= step * 10**power <= SMALLEST and step * 10**power == int(step * 10**power)
)


@dataclass(frozen=True)
class PaperGround:
    """The ground of one map: its middle in metres of the projection, its scale, its size in millimetres.

    ``factor`` is by how much the projection stretches lengths in the middle, ``drift`` the most by which the scale is
    wrong elsewhere in the frame, ``north`` by how many degrees north leans to the right of the top of the sheet.
    """

    x: float
    y: float
    scale: int
    width: float
    height: float
    factor: float
    drift: float
    north: float

    @property
    def metres(self) -> float:
        """Metres of the projection in a millimetre of paper."""
        return self.scale * self.factor / 1000

    @property
    def extent(self) -> Extent:
        """West, south, east and north of the frame, in metres of the projection."""
        half_width, half_height = self.width / 2 * self.metres, self.height / 2 * self.metres
        return self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height

    def place(self, coordinates: Coordinates) -> Coordinates:
        """Metres of the projection to millimetres from the top left corner of the frame."""
        west, _, _, north = self.extent
        return np.asarray((coordinates - [west, north]) * [1 / self.metres, -1 / self.metres])


def lay_paper(x: float, y: float, scale: int, frame: Box) -> PaperGround:
    """The ground of a frame whose middle is a place in metres of the projection."""
    factor, north = _factor(x, y), _north(x, y)
    ground = PaperGround(x, y, scale, frame.width, frame.height, factor, 0.0, north)
    west, south, east, top = ground.extent
    spots = [(a, b) for a in (west, x, east) for b in (south, y, top)]
    drift = max(abs(_factor(*spot) / factor - 1) for spot in spots)
    return PaperGround(x, y, scale, frame.width, frame.height, factor, drift, north)


def hold(extent: Extent, frame: Box, *, least: int = LARGEST) -> int:
    """The largest round scale at which a frame holds an extent in metres, none larger than 1:``least``.

    One that no scale holds has the smallest.
    """
    west, south, east, north = extent
    factor = _factor((west + east) / 2, (south + north) / 2)
    needed = max((east - west) / frame.width, (north - south) / frame.height) * 1000 / factor
    return round_scale(max(needed, least))


def round_scale(least: float) -> int:
    """The largest round scale that is no larger than 1:``least``."""
    return next((scale for scale in _ROUND if scale >= least), SMALLEST)


def to_metres(longitude: float, latitude: float) -> tuple[float, float]:
    """A place in metres of the projection."""
    x, y = legal_transformer().transform(longitude, latitude)
    return float(x), float(y)


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a place in metres of the projection."""
    longitude, latitude = legal_transformer().transform(x, y, direction="INVERSE")
    return float(longitude), float(latitude)


def project_coordinates(degrees: Coordinates) -> Coordinates:
    """Longitudes and latitudes in metres of the projection."""
    return np.column_stack(legal_transformer().transform(degrees[:, 0], degrees[:, 1]))


def is_drawn(longitude: float, latitude: float) -> bool:
    """Whether a place is where the projection is meant to be used: metropolitan France and its seas."""
    area = CRS(LEGAL).area_of_use
    assert area is not None
    return area.west <= longitude <= area.east and area.south <= latitude <= area.north


@cache
def _projection() -> Proj:
    return Proj(LEGAL)


def _factor(x: float, y: float) -> float:
    longitude, latitude = to_degrees(x, y)
    return float(_projection().get_factors(longitude, latitude).meridional_scale)


def _north(x: float, y: float) -> float:
    """Degrees from the top of the sheet to north, clockwise, found by walking a little northwards."""
    longitude, latitude = to_degrees(x, y)
    ahead_x, ahead_y = to_metres(longitude, latitude + 1e-3)
    return math.degrees(math.atan2(ahead_x - x, ahead_y - y))


__all__ = [
    "LARGEST", "SMALLEST", "Extent", "PaperGround", "hold", "is_drawn", "lay_paper", "project_coordinates",
    "round_scale", "to_degrees", "to_metres",
]  # fmt: skip
