"""Shapes of points that are not circles: one table for the legend, the still picture, paper and the live map."""

from collections.abc import Mapping

Corner = tuple[float, float]

MARKS: Mapping[str, tuple[Corner, ...]] = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "triangle": ((0, -1.2), (1.15, 0.8), (-1.15, 0.8)),
    "diamond": ((0, -1.35), (1.1, 0), (0, 1.35), (-1.1, 0)),
    "cross": (
        (-0.35, -1.15), (0.35, -1.15), (0.35, -0.35), (1.15, -0.35), (1.15, 0.35), (0.35, 0.35),
        (0.35, 1.15), (-0.35, 1.15), (-0.35, 0.35), (-1.15, 0.35), (-1.15, -0.35), (-0.35, -0.35),
    ),
}  # fmt: skip
"""Corners by name, downwards and rightwards, in radii of the circle that the shape stands for."""


def mark_path(symbol: object, radius: float = 1.0) -> str | None:
    """The outline of a shape as an SVG path about its middle; None for a circle."""
    corners = MARKS.get(str(symbol))
    if corners is None:
        return None
    return "M" + "L".join(f"{x * radius:.4g} {y * radius:.4g}" for x, y in corners) + "z"


__all__ = ["MARKS", "mark_path"]
