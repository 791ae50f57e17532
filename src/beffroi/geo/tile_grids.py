"""The grid of web tiles: where degrees fall on it, which tile holds what, the order in which archives number tiles.

Coordinates are whole: the world is ``WORLD`` units wide, 19 millimetres each at the equator, x to the east from the
antimeridian, y to the south from 85 degrees north. A tile of any zoom, and a unit inside it, are a shift of bits away.
"""

import math

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]

WORLD_BITS = 31
WORLD = 1 << WORLD_BITS
TILE_BITS = 12
TILE_UNITS = 1 << TILE_BITS
"""Units inside a tile, on each side: the usual 4096."""
PIXELS = 512
"""Pixels on the side of a tile, as maps show it."""
DEEPEST = 16
"""Deepest zoom of tiles: a unit inside one is still a whole number of units of the world."""
_NORTHERNMOST = 85.051128779806592


def place_on_world(longitude: Real, latitude: Real) -> tuple[Whole, Whole]:
    """Units of the world of points in degrees; what lies outside the square of the projection is put on its edge."""
    sine = np.sin(np.radians(np.clip(latitude, -_NORTHERNMOST, _NORTHERNMOST)))
    x = (longitude + 180.0) / 360.0
    y = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return _whole(x), _whole(y)


def _whole(share: Real) -> Whole:
    found: Whole = np.clip(np.floor(share * WORLD), 0, WORLD - 1).astype(np.int64)
    return found


def find_degrees(zoom: int, x: int, y: int, margin: float = 0.0) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile, with a margin in parts of a tile, inside the world."""
    count = 1 << zoom
    west, east = (x - margin) / count, (x + 1 + margin) / count
    north, south = (y - margin) / count, (y + 1 + margin) / count
    sides = (max(0.0, west) * 360 - 180, _latitude(south), min(1.0, east) * 360 - 180, _latitude(north))
    return sides


def _latitude(share: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * min(1.0, max(0.0, share))))))


def tile_size(zoom: int) -> int:
    """Side of a tile in units of the world."""
    return 1 << (WORLD_BITS - zoom)


def number_tiles(zoom: int, x: Whole, y: Whole) -> Whole:
    """Numbers of tiles along the Hilbert curve of their zoom, after those of all the zooms above, as archives have
    them."""
    x, y = x.astype(np.int64), y.astype(np.int64)
    numbers = np.full(x.shape, ((1 << (2 * zoom)) - 1) // 3, np.int64)
    side = 1 << (zoom - 1) if zoom else 0
    while side:
        right, lower = (x & side) > 0, (y & side) > 0
        numbers += side * side * ((3 * right) ^ lower)
        # A quadrant is turned as the curve goes through it.
        flipped = ~lower & right
        x, y = (
            np.where(flipped, side - 1 - (x & (side - 1)), x & (side - 1)),
            np.where(flipped, side - 1 - (y & (side - 1)), y & (side - 1)),
        )
        x, y = np.where(lower, x, y), np.where(lower, y, x)
        side >>= 1
    return numbers


__all__ = [
    "DEEPEST", "PIXELS", "TILE_BITS", "TILE_UNITS", "WORLD", "WORLD_BITS", "Real", "Whole", "find_degrees",
    "number_tiles", "place_on_world", "tile_size",
]  # fmt: skip
