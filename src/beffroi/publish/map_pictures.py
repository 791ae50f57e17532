"""A map as a still picture, drawn from its features: what is seen without a script, and on paper.

In the legal projection, north up, from the place where the map opens. A layer of too many features is not drawn by
halves: its name is given back, for the page to say so.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from beffroi.lake.releases import FeatureQuery, PictureFrame, Release, mix_ramp
from beffroi.observe.layers import LayerView, LegendEntry
from beffroi.observe.maps import Box, MapView, Spot
from beffroi.publish.marks import mark_path
from beffroi.publish.outlines import WIDTH, Ground, draw_path

DRAWN = 4_000
"""Most features of a layer in a picture: some 400 kB of outlines."""
LEGAL = "EPSG:2154"
LARGEST = 34.0
"""Radius of the largest circle of the live map, in pixels, as ``web/src/atlas/style.ts`` has it."""
_LARGEST = 41.0
"""The same in a picture, some 820 pixels wide on a page."""
_TILE = 360 / 256
"""Degrees of longitude of a pixel at zoom 0; a picture is as wide as a thousand of them."""
_POINT = 4.0
"""Radius of a point in a picture."""


@dataclass(frozen=True)
class Picture:
    """Marks in units of a drawing ``WIDTH`` wide; ``left_out`` are layers with more features than can be drawn."""

    marks: str
    height: int
    left_out: tuple[tuple[LayerView, int], ...]


def draw_picture(release: Release, view: MapView) -> Picture:
    """The layers that the map opens with, the lowest first."""
    box = spread(view.opens)
    ground = lay_box(box)
    pieces: list[str] = []
    left_out: list[tuple[LayerView, int]] = []
    for each in reversed(view.opened):
        if each.layer.raster is not None:
            pieces.append(_draw_image(release, each.layer, ground, each.opacity))
            continue
        count = release.count_features(each.layer.id, FeatureQuery(bbox=box))
        if count > DRAWN:
            left_out.append((each.layer, count))
        else:
            pieces.append(_draw_layer(release, each.layer, box, ground, each.opacity))
    return Picture("".join(pieces), ground.height, tuple(left_out))


def spread(spot: Spot) -> Box:
    """The box that one sees from a place; around a centre, what a window of a thousand pixels shows."""
    if spot.box is not None:
        return spot.box
    assert spot.centre is not None
    half = 500 * _TILE / 2 ** (spot.zoom or 11.0)
    x, y = spot.centre
    return x - half, y - half * 0.45, x + half, y + half * 0.45


def project_box(box: Box) -> Box:
    """What holds a box of degrees, in metres of the legal projection."""
    west, south, east, north = legal_transformer().transform_bounds(*box, densify_pts=21)
    return float(west), float(south), float(east), float(north)


@cache
def legal_transformer() -> Transformer:
    """From degrees, longitude first, to metres of the legal projection."""
    return Transformer.from_crs("EPSG:4326", LEGAL, always_xy=True)


def lay_box(box: Box) -> Ground:
    """The ground of a picture of a box, in the legal projection, with a little room around."""
    west, south, east, north = project_box(box)
    margin = 0.02 * max(east - west, north - south)
    scale = WIDTH / (east - west + 2 * margin)
    return Ground(west - margin, north + margin, scale, round((north - south + 2 * margin) * scale))


def _draw_image(release: Release, layer: LayerView, ground: Ground, opacity: float) -> str:
    """An image as it lies on the ground, a pixel a unit of the drawing."""
    east, south = ground.west + WIDTH / ground.scale, ground.north - ground.height / ground.scale
    frame = PictureFrame(LEGAL, (ground.west, south, east, ground.north), WIDTH, ground.height)
    return embed_picture(release, layer, frame, opacity, (WIDTH, ground.height))


def embed_picture(
    release: Release, layer: LayerView, frame: PictureFrame, opacity: float, size: tuple[float, float]
) -> str:
    """An image as a mark of an SVG drawing, itself within it, so wide and so high."""
    width, height = size
    assert layer.raster is not None
    look = layer.raster.look
    body = b64encode(release.picture_of(layer.id, look, frame)).decode()
    rendering = "auto" if look.kind in ("ramp", "rgb") else "pixelated"
    return (
        f'<image width="{width:g}" height="{height:g}" preserveAspectRatio="none" opacity="{opacity:g}" '
        f'image-rendering="{rendering}" href="data:image/{look.form};base64,{body}">'
        f"<title>{escape(layer.title)}</title></image>"
    )


def _draw_layer(release: Release, layer: LayerView, box: Box, ground: Ground, opacity: float) -> str:
    style = layer.entry["style"]
    column = style.get("column")
    wanted = tuple(dict.fromkeys(name for name in (column, layer.name) if name))
    query = FeatureQuery(bbox=box, limit=DRAWN, columns=wanted, crs=LEGAL)
    found = release.features(layer.id, query)
    shapes = shapely.from_wkb(found["geometry"].to_numpy(zero_copy_only=False))
    placed = shapely.transform(shapes, lambda xy: (xy - [ground.west, ground.north]) * [ground.scale, -ground.scale])
    values = found[column].to_pylist() if column else [None] * found.num_rows
    names = found[layer.name].to_pylist() if layer.name else found["fid"].to_pylist()
    rows = zip(placed, values, names, strict=True)
    body = "".join(_marks(layer, style, rows))
    # Edges of pale surfaces are not pale, or neighbours would be one.
    plain = layer.shape == "polygon" and style["kind"] != "circles" and style.get("outline", True)
    return f'<g {"fill-opacity" if plain else "opacity"}="{opacity:g}">{body}</g>'


def _marks(
    layer: LayerView, style: Mapping[str, Any], rows: Iterable[tuple[shapely.Geometry, object, object]]
) -> Iterable[str]:
    highest = float(style.get("highest") or 0.0) if style["kind"] == "circles" else 0.0
    edge = ' stroke="var(--paper)" stroke-width="0.6"' if style.get("outline", True) else ""
    for shape, value, name in rows:
        colour = paint_of(layer, value)
        if colour is None or shape.is_empty:
            continue
        title = f"<title>{escape(str(name))}</title>"
        if layer.shape == "polygon":
            fill = "var(--land)" if style["kind"] == "circles" else ink(colour)
            # A surface without an outline has an edge of its own colour, so that a thin one is still seen.
            own = edge or ("" if style["kind"] == "circles" else f' stroke="{fill}" stroke-width="0.8"')
            yield f'<path fill="{fill}"{own} d="{draw_path(_thin(shape))}">{title}</path>'
        elif layer.shape == "line":
            stroke = f'fill="none" stroke="{ink(colour)}" stroke-width="{style.get("width", 1.5)}"'
            yield f'<path {stroke} d="{_line(_thin(shape))}">{title}</path>'
        if layer.shape == "point" or highest:
            yield _point(shape, style, colour, highest, value, title, edge)


def _point(
    shape: shapely.Geometry, style: Mapping[str, Any], colour: str, highest: float, value: object, title: str, edge: str
) -> str:
    spot = shape if shape.geom_type == "Point" else shape.representative_point()
    fill = f'fill="{ink(colour)}"{edge}'
    radius = _POINT
    if style["kind"] == "circles":
        amount = float(value) if isinstance(value, int | float) else 0.0
        radius = _LARGEST * (max(0.0, amount) / highest) ** 0.5 if highest else 0.0
    elif mark := mark_path(style.get("symbol"), _POINT + 0.5):
        return f'<path {fill} transform="translate({spot.x:.1f} {spot.y:.1f})" d="{mark}">{title}</path>'
    return f'<circle {fill} cx="{spot.x:.1f}" cy="{spot.y:.1f}" r="{radius:.1f}">{title}</circle>'


def paint_of(layer: LayerView, value: object) -> str | None:
    """The colour of a feature by the value of its style's column; None for one that the legend leaves out."""
    style = layer.entry["style"]
    if style["kind"] in ("single", "circles"):
        return str(style.get("colour", "cat-0"))
    entries = layer.legend
    if style["kind"] == "categories":
        found = next((each for each in entries if each.value == value and each.value is not None), None)
        return found.colour if found else _rest(entries)
    if not isinstance(value, int | float) or value != value:
        return "land"
    classed = [each for each in entries if each.colour != "land"]
    above = [each for each in classed if each.value is not None and value >= each.value]
    return (above[-1] if above else classed[0]).colour if classed else "land"


def _rest(entries: Iterable[LegendEntry]) -> str | None:
    return next((each.colour for each in entries if each.value is None), None)


def ink(colour: str) -> str:
    """A colour as an attribute of a mark: a token of the page, or itself."""
    return colour if colour.startswith("#") else f"var(--{colour})"


def draw_symbol(layer: LayerView, entry: LegendEntry, opacity: float = 1.0) -> str:
    """What stands beside the words of a legend's line: 28 by 16, or a circle as large as those of the live map."""
    if entry.share is not None:
        radius = max(1.5, LARGEST * entry.share)
        size = f"{2 * radius:.1f}"
        mark = f'<circle cx="{radius:.1f}" cy="{radius:.1f}" r="{radius:.1f}" fill="{ink(entry.colour)}"/>'
        box = f'class="amount" viewBox="0 0 {size} {size}" width="{size}" height="{size}"'
    elif layer.raster is not None and layer.raster.look.kind == "ramp":
        shades = shades_of(layer, entry)
        high = 16 / len(shades)
        mark = "".join(
            f'<rect y="{rank * high:.2f}" width="28" height="{high + 0.1:.2f}" fill="{shade}"/>'
            for rank, shade in enumerate(shades)
        )
        box = 'viewBox="0 0 28 16" width="28" height="16" preserveAspectRatio="none" shape-rendering="crispEdges"'
    else:
        mark, box = _sample(layer, entry), 'viewBox="0 0 28 16" width="28" height="16"'
    return f'<svg {box} opacity="{opacity:g}" aria-hidden="true">{mark}</svg>'


def shades_of(layer: LayerView, entry: LegendEntry) -> tuple[str, ...]:
    """Shades of a ramp around an amount of its legend, halfway to those before and after, from top to bottom."""
    assert layer.raster is not None
    every = mix_ramp(layer.raster.look.colours, 8 * (len(layer.legend) - 1) + 1)
    middle = 8 * layer.legend.index(entry)
    return every[max(0, middle - 4) : middle + 5]


def draw_swatch(colour: str) -> str:
    """A colour beside words: 28 by 16."""
    mark = f'<rect width="28" height="16" fill="{ink(colour)}"/>'
    return f'<svg viewBox="0 0 28 16" width="28" height="16" aria-hidden="true">{mark}</svg>'


def _sample(layer: LayerView, entry: LegendEntry) -> str:
    style = layer.entry["style"]
    if layer.shape == "line":
        width = max(2.0, float(style.get("width", 1.5)))
        return f'<path d="M0 8h28" stroke="{ink(entry.colour)}" stroke-width="{width:g}"/>'
    if layer.shape == "point":
        if mark := mark_path(style.get("symbol"), _POINT + 0.5):
            return f'<path transform="translate(14 8)" d="{mark}" fill="{ink(entry.colour)}"/>'
        return f'<circle cx="14" cy="8" r="5" fill="{ink(entry.colour)}"/>'
    return f'<rect width="28" height="16" fill="{ink(entry.colour)}"/>'


def _thin(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.simplify(shape, 0.4)


def _line(shape: shapely.Geometry) -> str:
    pieces = []
    for part in shapely.get_parts(shape):
        points = np.round(shapely.get_coordinates(part), 1)
        pieces.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points.tolist()))
    return "".join(pieces)


__all__ = [
    "DRAWN", "LEGAL", "Picture", "draw_picture", "draw_swatch", "draw_symbol", "embed_picture", "ink", "lay_box",
    "legal_transformer", "paint_of", "project_box", "shades_of", "spread",
]  # fmt: skip
