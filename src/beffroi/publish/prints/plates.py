"""The map of a sheet as SVG, in millimetres of paper: features read page after page, cut at the frame, nothing halved.

Vectors from end to end: what is printed is the geometry of the release, thinned by less than the eye sees.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import PAGE, FeatureQuery, PictureFrame, Release
from beffroi.language import format_number
from beffroi.observe.layers import LayerView
from beffroi.observe.maps import LayerShown
from beffroi.publish.map_pictures import LEGAL, embed_picture, paint_of, project_box
from beffroi.publish.prints.grounds import Extent, PaperGround, round_scale
from beffroi.publish.prints.names import SIZE, Candidate, Names, draw_names
from beffroi.publish.prints.papers import Layout
from beffroi.publish.prints.symbols import CIRCLE, Ink, draw_mark, edge_width

MOST_FEATURES = 60_000
"""Features of a sheet: some three megabytes of outlines, a few seconds."""
_THIN = 0.03
"""Millimetres by which an outline may be thinned: a third of the thinnest line that is printed."""
_BEYOND = 3.0
"""Millimetres of what lies past the frame that is kept, so that no cut edge shows."""
_DOTS = 300 / 25.4
"""Dots in a millimetre of paper, for images: 300 to the inch."""
_MOST_DOTS = 24_000_000
"""Dots of an image on a sheet at most: on those that are larger than A3 and looked at from farther, they are fewer."""
_SCREEN = 279_541_132
"""Denominator of the scale of a web map at zoom 0 on the equator, tiles of 512 pixels of 0.28 mm."""
_CLOSER = 2.0
"""Zooms by which a name appears sooner on paper than on a screen, whose pixels are several times broader."""


@dataclass(frozen=True)
class Frame:
    """A sheet of an atlas, marked on its index: its number and what it holds, in metres."""

    words: str
    extent: Extent


@dataclass
class Plate:
    """A map drawn. ``nameless`` counts names that found no room, ``drawn`` the features of each layer that are on the
    sheet."""

    svg: str = ""
    nameless: int = 0
    drawn: dict[str, int] = field(default_factory=dict)


@dataclass
class _Drawing:
    release: Release
    ground: PaperGround
    layout: Layout
    ink: Ink
    language: str
    plate: Plate
    spots: list[tuple[float, float]] = field(default_factory=list)
    """Where points are drawn, which names had better not cover."""

    @property
    def unit(self) -> float:
        return self.layout.paper.unit


def draw_plate(
    release: Release, shown: Sequence[LayerShown], ground: PaperGround, layout: Layout, ink: Ink, language: str,
    fonts: Path, *, outline: shapely.Geometry | None = None, frames: Sequence[Frame] = (),
) -> Plate:  # fmt: skip
    """The layers, from top to bottom, with their names, an outline to underline and the frames of an index.

    ``print-too-many`` when the frame holds more features than a sheet; faults of ``Release.features``.
    """
    drawing = _Drawing(release, ground, layout, ink, language, Plate())
    _count(drawing, shown)
    pieces: list[str] = []
    named: list[tuple[LayerView, list[Candidate]]] = []
    for each in reversed(shown):
        if each.layer.raster is not None:
            pieces.append(_draw_image(drawing, each))
            continue
        marks, candidates = _draw_layer(drawing, each, lowest=each is shown[-1])
        pieces.append(marks)
        named.append((each.layer, candidates))
    if outline is not None:
        pieces.append(_underline(drawing, outline))
    names = Names(ground.width, ground.height, SIZE * drawing.unit, fonts)
    for x, y in drawing.spots:
        names.avoid(x, y)
    for _, candidates in reversed(named):
        names.write(candidates)
    drawing.plate.nameless = names.left_out
    pieces.append(_cross_grid(drawing))
    pieces.append(draw_names(names, ink.colours))
    pieces += [_draw_frame(drawing, frame) for frame in frames]
    drawing.plate.svg = _bind(drawing, "".join(pieces))
    return drawing.plate


def _count(drawing: _Drawing, shown: Sequence[LayerShown]) -> None:
    """Refuse what is too much before reading it."""
    total = 0
    query = FeatureQuery(bbox=drawing.ground.extent, bbox_crs=LEGAL)
    for each in shown:
        if each.layer.raster is not None:
            drawing.plate.drawn[each.layer.id] = int(_touches(drawing, each.layer))
            continue
        count = drawing.release.count_features(each.layer.id, query)
        drawing.plate.drawn[each.layer.id] = count
        total += count
    if total > MOST_FEATURES:
        scale = drawing.ground.scale
        closer = round_scale(scale * (MOST_FEATURES / total) ** 0.5 * 0.8)
        most, told = (format_number(value, 0, "fr") for value in (MOST_FEATURES, total))
        raise BeffroiError(fault("print-too-many", count=told, most=most, scale=scale, closer=min(closer, scale // 2)))


def _touches(drawing: _Drawing, layer: LayerView) -> bool:
    """Whether an image has something on the sheet, by its extent."""
    west, south, east, north = project_box(layer.entry["bbox"])
    left, bottom, right, top = drawing.ground.extent
    return west <= right and east >= left and south <= top and north >= bottom


def _draw_image(drawing: _Drawing, shown: LayerShown) -> str:
    """An image under what is drawn over it, with as many dots as paper bears."""
    if not drawing.plate.drawn[shown.layer.id]:
        return ""
    ground = drawing.ground
    dots = min(_DOTS, (_MOST_DOTS / (ground.width * ground.height)) ** 0.5)
    frame = PictureFrame(LEGAL, ground.extent, round(ground.width * dots), round(ground.height * dots))
    return embed_picture(drawing.release, shown.layer, frame, shown.opacity, (ground.width, ground.height))


def _read(drawing: _Drawing, layer: LayerView, columns: Sequence[str]) -> Iterator[pa.Table]:
    query = FeatureQuery(bbox=drawing.ground.extent, bbox_crs=LEGAL, crs=LEGAL, limit=PAGE, columns=tuple(columns))
    return drawing.release.feature_pages(layer.id, query)


@dataclass(frozen=True)
class _Feature:
    """A feature on the sheet: its shape there in millimetres, the colour that it has, its value and its name."""

    shape: shapely.Geometry
    colour: str
    value: object
    name: str


def _draw_layer(drawing: _Drawing, shown: LayerShown, *, lowest: bool) -> tuple[str, list[Candidate]]:
    layer, ground = shown.layer, drawing.ground
    style, labels = layer.entry["style"], layer.entry.get("labels") or {}
    column = style.get("column")
    from_scale = _SCREEN * 0.7 / 2 ** (labels["from_zoom"] - _CLOSER) if labels else 0
    label = labels.get("attribute") if ground.scale <= from_scale else None
    wanted = list(dict.fromkeys(name for name in (column, label) if name))
    features: list[_Feature] = []
    for page in _read(drawing, layer, wanted):
        shapes = shapely.from_wkb(page["geometry"].to_numpy(zero_copy_only=False))
        values = page[column].to_pylist() if column else [None] * page.num_rows
        names = page[label].to_pylist() if label else [None] * page.num_rows
        for shape, value, name in zip(_cut(drawing, shapes), values, names, strict=True):
            colour = paint_of(layer, value)
            if colour is not None and not shape.is_empty:
                features.append(_Feature(shape, colour, value, str(name) if name is not None else ""))
    return _mark_features(drawing, shown, features, lowest=lowest), list(_name_features(drawing, layer, features))


def _cut(drawing: _Drawing, shapes: np.ndarray[Any, np.dtype[np.object_]]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Shapes in millimetres of the frame, thinned, without what lies far past it."""
    ground = drawing.ground
    beyond = _BEYOND * drawing.unit * ground.metres
    west, south, east, north = ground.extent
    thin = shapely.simplify(shapes, _THIN * ground.metres)
    cut = shapely.clip_by_rect(thin, west - beyond, south - beyond, east + beyond, north + beyond)
    return np.asarray(shapely.transform(cut, ground.place), dtype=object)


def _mark_features(drawing: _Drawing, shown: LayerShown, features: Sequence[_Feature], *, lowest: bool) -> str:
    layer, unit, ink = shown.layer, drawing.unit, drawing.ink
    style = layer.entry["style"]
    pieces: list[str] = []
    if layer.shape == "polygon":
        surface = _surface(drawing, shown, lowest=lowest)
        for each in features:
            pieces.append(f'<path fill-rule="evenodd"{surface(ink(each.colour))} d="{_path(each.shape)}"/>')
    elif layer.shape == "line":
        width = 0.26 * float(style.get("width", 1.5)) * unit
        pieces += [
            f'<path fill="none" stroke="{ink(each.colour)}" stroke-width="{width:.2f}" stroke-linecap="round" '
            f'stroke-linejoin="round" d="{_path(each.shape)}"/>'
            for each in features
        ]
    if layer.shape == "point" or style["kind"] == "circles":
        pieces += _spots(drawing, layer, features)
    group = 1.0 if layer.shape == "polygon" and style["kind"] == "single" else shown.opacity
    return f'<g opacity="{group:g}" stroke-linejoin="round">{"".join(pieces)}</g>'


def _surface(drawing: _Drawing, shown: LayerShown, *, lowest: bool) -> Callable[[str], str]:
    """How surfaces of a colour are filled and edged."""
    style, unit, ink = shown.layer.entry["style"], drawing.unit, drawing.ink
    edged = style.get("outline", True)
    if style["kind"] == "circles":
        # The ground of circles hides no colour that lies under it and that a legend explains.
        land = f' fill="{ink("land")}"' if lowest else ' fill="none"'
        edge = f' stroke="{"#ffffff" if lowest else ink("grey-1")}" stroke-width="{0.22 * unit:.2f}"' if edged else ""
        return lambda colour: land + edge
    if style["kind"] == "single":
        # A plain surface is pale and its edge is not, or neighbours of one colour would be one.
        edge = f'stroke-width="{(edge_width(shown.opacity) if edged else 0.1) * unit:.2f}"'
        edge += "" if edged else f' stroke-opacity="{shown.opacity:g}"'
        return lambda colour: f' fill="{colour}" fill-opacity="{shown.opacity:g}" stroke="{colour}" {edge}'
    # Without an outline, an edge of the surface's own colour: a thin one is still seen.
    width = f'stroke-width="{0.16 * unit:.2f}"'
    return lambda colour: f' fill="{colour}" stroke="{"#ffffff" if edged else colour}" {width}'


def _spots(drawing: _Drawing, layer: LayerView, features: Sequence[_Feature]) -> Iterator[str]:
    """Points and proportional circles, the largest under the others."""
    sized = [(_radius(drawing, layer, each), each) for each in features]
    for radius, each in sorted(sized, key=lambda pair: -pair[0]):
        for x, y in _points(each.shape):
            drawing.spots.append((x, y))
            yield draw_mark(layer, drawing.ink(each.colour), x, y, radius, drawing.unit)


def _radius(drawing: _Drawing, layer: LayerView, feature: _Feature) -> float:
    style = layer.entry["style"]
    if style["kind"] != "circles":
        return 0.0
    highest = float(style.get("highest") or 0)
    amount = float(feature.value) if isinstance(feature.value, int | float) and feature.value == feature.value else 0.0
    return float(CIRCLE * drawing.unit * (max(0.0, amount) / highest) ** 0.5) if highest else 0.0


def _points(shape: shapely.Geometry) -> list[tuple[float, float]]:
    if shape.geom_type in ("Point", "MultiPoint"):
        return [(float(x), float(y)) for x, y in shapely.get_coordinates(shape)]
    spot = _inside(shape)
    return [(spot.x, spot.y)]


def _inside(shape: shapely.Geometry) -> shapely.Point:
    middle = shapely.centroid(shape)
    return middle if shapely.contains(shape, middle) else shapely.point_on_surface(shape)


def _name_features(drawing: _Drawing, layer: LayerView, features: Sequence[_Feature]) -> Iterator[Candidate]:
    frame = shapely.box(0, 0, drawing.ground.width, drawing.ground.height)
    circles = layer.entry["style"]["kind"] == "circles"
    for each in features:
        if not each.name:
            continue
        if each.shape.geom_type in ("Point", "MultiPoint") or circles:
            x, y = _points(each.shape)[0]
            radius = _radius(drawing, layer, each) if circles else 1.0 * drawing.unit
            yield Candidate(each.name, x, y, radius, radius=radius)
            continue
        seen = shapely.intersection(shapely.make_valid(each.shape), frame)
        if seen.is_empty:
            continue
        spot = _inside(seen)
        west, _, east, _ = shapely.bounds(seen)
        weight = shapely.area(seen) or shapely.length(seen) / 1e3
        yield Candidate(each.name, spot.x, spot.y, float(weight), room=max(0.1, float(east - west) * 0.85))


def _path(shape: shapely.Geometry) -> str:
    """Path data of surfaces or lines, to the hundredth of a millimetre."""
    pieces = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            pieces += [_trace(ring, "z") for ring in (part.exterior, *part.interiors)]
        elif part.geom_type in ("LineString", "LinearRing"):
            pieces.append(_trace(part, ""))
        elif part.geom_type.startswith(("Multi", "Geometry")):
            pieces.append(_path(part))
    return "".join(pieces)


def _trace(line: shapely.Geometry, end: str) -> str:
    points = np.round(shapely.get_coordinates(line), 2)
    if end:
        points = points[:-1]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points.tolist()) + end


def _underline(drawing: _Drawing, outline: shapely.Geometry) -> str:
    """The limit of what the sheet is of."""
    edge = shapely.boundary(_cut(drawing, np.asarray([outline], dtype=object))[0])
    ink, unit = drawing.ink, drawing.unit
    around = f'fill="none" stroke-linejoin="round" d="{_path(edge)}"'
    return (
        f'<path {around} stroke="#ffffff" stroke-width="{1.1 * unit:.2f}" stroke-opacity="0.75"/>'
        f'<path {around} stroke="{ink("accent")}" stroke-width="{0.5 * unit:.2f}"/>'
    )


def _draw_frame(drawing: _Drawing, frame: Frame) -> str:
    corners = drawing.ground.place(np.asarray([[frame.extent[0], frame.extent[3]], [frame.extent[2], frame.extent[1]]]))
    (x, y), (right, bottom) = corners.tolist()
    unit, accent = drawing.unit, drawing.ink("accent")
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{right - x:.2f}" height="{bottom - y:.2f}" fill="none" '
        f'stroke="{accent}" stroke-width="{0.25 * unit:.2f}"/>'
        f'<text x="{(x + right) / 2:.2f}" y="{(y + bottom) / 2 + 1.3 * unit:.2f}" font-size="{3.6 * unit:.2f}" '
        f'font-weight="600" text-anchor="middle" fill="{accent}" stroke="#ffffff" stroke-width="{0.9 * unit:.2f}" '
        f'paint-order="stroke">{escape(frame.words)}</text>'
    )


def _step(drawing: _Drawing) -> float:
    """Metres between two lines of the grid: round, and some three centimetres of paper at least."""
    least = 30 * drawing.unit * drawing.ground.metres
    return next(step * 10.0**power for power in range(1, 8) for step in (1, 2, 5) if step * 10.0**power >= least)


def _grid(drawing: _Drawing) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """Where the lines of the grid meet the frame, across then down, with their number in kilometres."""
    step, ground = _step(drawing), drawing.ground
    west, south, east, north = ground.extent
    whole = step >= 1000

    def number(metres: float) -> str:
        return format_number(metres / 1000, 0 if whole else 2, drawing.language)

    across = [(x - west) / ground.metres for x in np.arange(np.ceil(west / step) * step, east, step)]
    down = [(north - y) / ground.metres for y in np.arange(np.ceil(south / step) * step, north, step)]
    easts = [number(float(x)) for x in np.arange(np.ceil(west / step) * step, east, step)]
    norths = [number(float(y)) for y in np.arange(np.ceil(south / step) * step, north, step)]
    return list(zip(map(float, across), easts, strict=True)), list(zip(map(float, down), norths, strict=True))


def _cross_grid(drawing: _Drawing) -> str:
    """A small cross where lines of the grid meet: enough to lay a ruler, too little to be in the way."""
    across, down = _grid(drawing)
    arm = 0.9 * drawing.unit
    marks = "".join(
        f"M{x - arm:.2f} {y:.2f}h{2 * arm:.2f}M{x:.2f} {y - arm:.2f}v{2 * arm:.2f}" for x, _ in across for y, _ in down
    )
    width = 0.08 * drawing.unit
    return f'<path d="{marks}" stroke="{drawing.ink("grey-1")}" stroke-width="{width:.2f}" opacity="0.55"/>'


def _bind(drawing: _Drawing, marks: str) -> str:
    """The map in its frame, the grid numbered along its edge."""
    ground, plate, frame = drawing.ground, drawing.layout.plate, drawing.layout.frame
    unit, ink = drawing.unit, drawing.ink
    edge = frame.x - plate.x
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{plate.width:.3f}mm" height="{plate.height:.3f}mm" '
        f'viewBox="{-edge:.3f} {-edge:.3f} {plate.width:.3f} {plate.height:.3f}" font-family="Source Sans 3">'
        f'<clipPath id="frame"><rect width="{ground.width:.3f}" height="{ground.height:.3f}"/></clipPath>'
        f'<rect width="{ground.width:.3f}" height="{ground.height:.3f}" fill="#ffffff"/>'
        f'<g clip-path="url(#frame)">{marks}</g>'
        f'<rect width="{ground.width:.3f}" height="{ground.height:.3f}" fill="none" stroke="{ink("ink")}" '
        f'stroke-width="{0.25 * unit:.2f}"/>{_number_edge(drawing, edge)}</svg>'
    )


def _number_edge(drawing: _Drawing, edge: float) -> str:
    ground, unit = drawing.ground, drawing.unit
    size, tick, grey = 1.75 * unit, 0.9 * unit, drawing.ink("grey-1")
    across, down = _grid(drawing)
    marks, words = [], []
    for x, said in across:
        marks.append(f"M{x:.2f} 0v{-tick:.2f}M{x:.2f} {ground.height:.2f}v{tick:.2f}")
        for y in (-tick - 0.45 * unit, ground.height + tick + 0.35 * unit + size * 0.66):
            words.append(f'<text x="{x:.2f}" y="{y:.2f}">{escape(said)}</text>')
    for y, said in down:
        marks.append(f"M0 {y:.2f}h{-tick:.2f}M{ground.width:.2f} {y:.2f}h{tick:.2f}")
        for x in (-tick - 0.45 * unit, ground.width + tick + 0.35 * unit + size * 0.66):
            words.append(f'<text transform="translate({x:.2f} {y:.2f}) rotate(-90)">{escape(said)}</text>')
    return (
        f'<path d="{"".join(marks)}" stroke="{grey}" stroke-width="{0.15 * unit:.2f}"/>'
        f'<g font-size="{size:.2f}" text-anchor="middle" fill="{grey}">{"".join(words)}</g>'
    )


__all__ = ["MOST_FEATURES", "Frame", "Plate", "draw_plate"]
