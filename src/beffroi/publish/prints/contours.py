"""How close generalised contours may be printed: a straight line that nature never drew shows once it is long.

The contours of territories are simplified for the whole country. Nothing in the file says by how much, so the bound is
taken from what they are: half of their length is made of segments longer than the *spacing*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from beffroi.publish.prints.grounds import round_scale

SEGMENT = 4.0
"""Millimetres of paper beyond which the segments of a contour are seen as such, and a bend is certainly missing."""
STRETCH = 4
"""How many times closer than it bears a contour may be printed when somebody asks for it, the sheet saying so."""


@dataclass(frozen=True)
class Bearing:
    """What the shapes of a layer bear: the largest round scale for them, and how one knows it, that is the spacing of
    contours in metres, or else ``why``, as declared."""

    spacing: float
    scale: int
    why: str = ""

    @property
    def refused(self) -> float:
        """The denominator under which they are not printed at all."""
        return self.scale / STRETCH


def measure_bearing(shapes: Sequence[Any] | np.ndarray[Any, np.dtype[np.object_]]) -> Bearing | None:
    """What contours in metres bear; None when there is no outline."""
    found = [segments(each) for each in shapely.get_rings(np.asarray(shapes, dtype=object))]
    lengths = np.sort(np.concatenate(found)) if found else np.empty(0)
    if not len(lengths) or lengths[-1] <= 0:
        return None
    reached = np.cumsum(lengths)
    spacing = float(lengths[np.searchsorted(reached, reached[-1] / 2)])
    return Bearing(spacing, round_scale(spacing * 1000 / SEGMENT))


def segments(line: shapely.Geometry) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Lengths of the segments of a line."""
    steps = np.diff(shapely.get_coordinates(line), axis=0)
    return np.asarray(np.hypot(steps[:, 0], steps[:, 1]))


__all__ = ["SEGMENT", "STRETCH", "Bearing", "measure_bearing"]
