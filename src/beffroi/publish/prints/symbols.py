"""Marks as they are printed, on the map and beside the words of its legend: of one size, of one colour, in both."""

from collections.abc import Mapping
from dataclasses import dataclass

from beffroi.observe.layers import LayerView, LegendEntry
from beffroi.publish.map_pictures import shades_of
from beffroi.publish.marks import mark_path
from beffroi.publish.tokens import palette

CIRCLE = 8.0
"""Radius in millimetres of the circle of the highest value, on a sheet in the hand."""
_POINT = 0.85
"""Radius of a point."""


def edge_width(opacity: float) -> float:
    """Millimetres of the edge of a plain surface: thin around a pale one, which is a ground for others."""
    return 0.1 + 0.25 * opacity


@dataclass(frozen=True)
class Ink:
    """The colours of paper by their token's name."""

    colours: Mapping[str, str]

    def __call__(self, colour: str) -> str:
        return colour if colour.startswith("#") else self.colours[colour]


@dataclass(frozen=True)
class Swatch:
    """A symbol of a legend as an SVG file, in millimetres."""

    svg: str
    width: float
    height: float


def mix_ink(accent: str) -> Ink:
    """The light palette: paper is never dark."""
    return Ink(palette(accent))


def draw_mark(layer: LayerView, fill: str, x: float, y: float, radius: float, unit: float) -> str:
    """A point, or a circle of a radius in millimetres."""
    style = layer.entry["style"]
    edge = ""
    if style.get("outline", True):
        edge = f' stroke="#ffffff" stroke-width="{(0.2 if style["kind"] == "circles" else 0.1) * unit:.2f}"'
    if style["kind"] == "circles":
        return f'<circle fill="{fill}"{edge} cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}"/>' if radius else ""
    size = _POINT * unit
    if mark := mark_path(style.get("symbol")):
        edge = edge.replace(f'"{0.1 * unit:.2f}"', f'"{0.1 * unit / size:.2f}"')
        return f'<path fill="{fill}"{edge} transform="translate({x:.2f} {y:.2f}) scale({size:.3f})" d="{mark}"/>'
    return f'<circle fill="{fill}"{edge} cx="{x:.2f}" cy="{y:.2f}" r="{size:.2f}"/>'


def draw_swatch(layer: LayerView, entry: LegendEntry, opacity: float, ink: Ink, unit: float) -> Swatch:
    """What stands beside a line of the legend, as dark and as large as on the map."""
    style, fill = layer.entry["style"], ink(entry.colour)
    width, height = 7.0 * unit, 3.2 * unit
    if entry.share is not None:
        radius = CIRCLE * unit * entry.share
        height = max(1.2 * unit, 2 * radius + 0.4 * unit)
        width = 2 * CIRCLE * unit + 0.4 * unit
        body = draw_mark(layer, fill, width / 2, height / 2, radius, unit)
    elif layer.raster is not None and layer.raster.look.kind == "ramp":
        shades = shades_of(layer, entry)
        high = height / len(shades)
        body = "".join(
            f'<rect y="{rank * high:.3f}" width="{width:.2f}" height="{high * 1.05:.3f}" fill="{shade}"/>'
            for rank, shade in enumerate(shades)
        )
    elif layer.shape == "line":
        thick = 0.26 * float(style.get("width", 1.5)) * unit
        body = f'<path d="M0 {height / 2:.2f}h{width:.2f}" stroke="{fill}" stroke-width="{thick:.2f}"/>'
    elif layer.shape == "point":
        body = draw_mark(layer, fill, width / 2, height / 2, 0, unit)
    else:
        edge = edge_width(opacity) * unit if style["kind"] == "single" else 0.0
        line = f' stroke="{fill}" stroke-width="{edge:.2f}"' if edge else ""
        body = (
            f'<rect x="{edge / 2:.2f}" y="{edge / 2:.2f}" width="{width - edge:.2f}" height="{height - edge:.2f}" '
            f'fill="{fill}" fill-opacity="{opacity:g}"{line}/>'
        )
        opacity = 1.0
    return Swatch(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.2f}mm" height="{height:.2f}mm" '
        f'viewBox="0 0 {width:.2f} {height:.2f}"><g opacity="{opacity:g}">{body}</g></svg>',
        width,
        height,
    )


__all__ = ["CIRCLE", "Ink", "Swatch", "draw_mark", "draw_swatch", "edge_width", "mix_ink"]
