"""The looks of a layer as QGIS writes them: renderers from the stored limits, symbols in the light colours, labels."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from beffroi.language import text
from beffroi.observe.layers import LayerView, LegendEntry

_PIXEL_MM = 0.2646
"""A pixel of a screen of 96 to the inch."""
_LARGEST_MM = 24.0
"""Width of the circle of the highest amount: that of a map on the screen."""
_POINT_MM = 2.4
_MARKERS = {"circle": "circle", "square": "square", "triangle": "triangle", "diamond": "diamond", "cross": "cross_fill"}
_KINDS = {"polygon": "fill", "line": "line", "point": "marker"}
_SCALE_AT_ZOOM_0 = 559_082_264.0
"""Denominator of the scale at zoom 0, at the equator."""


def scale_at(zoom: float, latitude: float = 46.5) -> float:
    """Denominator of the scale of a zoom at a latitude, that of the middle of France when it is not said."""
    return float(_SCALE_AT_ZOOM_0 * math.cos(math.radians(latitude)) / 2.0**zoom)


def write_renderer(into: Element, view: LayerView, colours: Mapping[str, str], opacity: float) -> None:
    """The renderer of a layer: graduated, categorized or single; circles have a size that is computed.

    A graduated one of QGIS draws nothing where there is no value.
    """
    style = view.entry["style"]
    kind = style["kind"]
    attributes = {"symbollevels": "0", "enableorderby": "0", "forceraster": "0", "referencescale": "-1"}
    if kind == "classes":
        _write_graduated(into, view, colours, opacity, attributes)
    elif kind == "categories":
        _write_categorized(into, view, colours, opacity, attributes)
    else:
        renderer = SubElement(into, "renderer-v2", {"type": "singleSymbol", **attributes})
        colour = _colour(style.get("colour", "cat-0"), colours)
        if kind == "circles":
            _write_circles(SubElement(renderer, "symbols"), view, colour, colours, opacity)
        else:
            _write_symbol(SubElement(renderer, "symbols"), "0", view, colour, colours, opacity)


def _write_graduated(
    into: Element, view: LayerView, colours: Mapping[str, str], opacity: float, attributes: Mapping[str, str]
) -> None:
    style = view.entry["style"]
    renderer = SubElement(
        into, "renderer-v2",
        {"type": "graduatedSymbol", "attr": style["column"], "graduatedMethod": "GraduatedColor", **attributes},
    )  # fmt: skip
    ranges, symbols = SubElement(renderer, "ranges"), SubElement(renderer, "symbols")
    classes = zip(_classed(view.legend), _ranges(style), strict=True)
    for index, (entry, (lower, upper)) in enumerate(classes):
        ends = {"lower": repr(lower), "upper": repr(upper)}
        SubElement(ranges, "range", {**ends, "symbol": str(index), "label": _label(entry), "render": "true"})
        _write_symbol(symbols, str(index), view, _colour(entry.colour, colours), colours, opacity)


def _classed(legend: Iterable[LegendEntry]) -> list[LegendEntry]:
    return [entry for entry in legend if entry.colour != "land"]


def _ranges(style: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Both ends of each class. QGIS takes the first whose ends hold a value; a limit is of the class above it: each
    ends at the number just before the next."""
    limits = [float(limit) for limit in style["limits"]]
    lowest, highest = float(style["lowest"] or 0.0), float(style["highest"] or 0.0)
    starts = [min([lowest, *limits]), *limits]
    ends = [*(math.nextafter(limit, -math.inf) for limit in limits), max([highest, *limits])]
    return list(zip(starts, ends, strict=True))


def _write_categorized(
    into: Element, view: LayerView, colours: Mapping[str, str], opacity: float, attributes: Mapping[str, str]
) -> None:
    style = view.entry["style"]
    renderer = SubElement(into, "renderer-v2", {"type": "categorizedSymbol", "attr": style["column"], **attributes})
    categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    column = view.attribute(style["column"])
    kind = {"integer": "long", "boolean": "bool"}.get(column.type if column else "text", "string")
    for index, entry in enumerate(view.legend):
        value = "" if entry.value is None else str(entry.value).lower() if kind == "bool" else str(entry.value)
        SubElement(
            categories, "category",
            {"value": value, "type": kind if value else "string", "symbol": str(index), "label": _label(entry),
             "render": "true"},
        )  # fmt: skip
        _write_symbol(symbols, str(index), view, _colour(entry.colour, colours), colours, opacity)


def _label(entry: LegendEntry) -> str:
    return entry.words or text("map.rest", "fr")


def _write_symbol(
    into: Element, name: str, view: LayerView, colour: str, colours: Mapping[str, str], opacity: float
) -> None:  # fmt: skip
    style, kind = view.entry["style"], _KINDS[view.shape]
    symbol = _symbol(into, name, kind, opacity)
    edge = "solid" if style.get("outline", True) else "no"
    if kind == "fill":
        _layer(symbol, "SimpleFill", _fill(colour, colours["paper"], edge))
    elif kind == "line":
        width = f"{float(style.get('width', 1.5)) * _PIXEL_MM:.3f}"
        _layer(symbol, "SimpleLine", {"line_color": _rgba(colour), "line_width": width, "line_width_unit": "MM",
                                      "line_style": "solid", "capstyle": "round", "joinstyle": "round"})  # fmt: skip
    else:
        marker = _MARKERS.get(str(style.get("symbol")), "circle")
        _layer(symbol, "SimpleMarker", _marker(marker, colour, colours["paper"], edge))


def _write_circles(
    into: Element, view: LayerView, colour: str, colours: Mapping[str, str], opacity: float
) -> None:  # fmt: skip
    """Circles whose area is an amount; those of surfaces stand on them, over the colour of land."""
    style = view.entry["style"]
    highest = float(style.get("highest") or 0.0)
    size = f'{_LARGEST_MM:g} * sqrt(max(coalesce("{style["column"]}", 0), 0) / {highest!r})' if highest else "0"
    edge = "solid" if style.get("outline", True) else "no"
    circle = _marker("circle", colour, colours["paper"], edge)
    if view.shape != "polygon":
        symbol = _symbol(into, "0", "marker", opacity)
        _size(_layer(symbol, "SimpleMarker", circle), size)
        return
    symbol = _symbol(into, "0", "fill", opacity)
    _layer(symbol, "SimpleFill", _fill(colours["land"], colours["line"], edge))
    centre = _layer(symbol, "CentroidFill", {"point_on_surface": "1", "point_on_all_parts": "0"})
    inner = _symbol(centre, "@0@1", "marker", 1.0)
    _size(_layer(inner, "SimpleMarker", circle), size)


def _symbol(into: Element, name: str, kind: str, opacity: float) -> Element:
    return SubElement(
        into, "symbol",
        {"name": name, "type": kind, "alpha": f"{opacity:g}", "clip_to_extent": "1", "force_rhr": "0"},
    )  # fmt: skip


def _layer(symbol: Element, kind: str, properties: Mapping[str, str]) -> Element:
    """A layer of a symbol; its properties are written as older and newer QGIS read them."""
    layer = SubElement(symbol, "layer", {"class": kind, "pass": "0", "locked": "0", "enabled": "1"})
    options = SubElement(layer, "Option", {"type": "Map"})
    for key, value in properties.items():
        SubElement(options, "Option", {"name": key, "type": "QString", "value": value})
    for key, value in properties.items():
        SubElement(layer, "prop", {"k": key, "v": value})
    return layer


def _size(layer: Element, expression: str) -> None:
    """A size that is computed for each feature."""
    options = SubElement(SubElement(layer, "data_defined_properties"), "Option", {"type": "Map"})
    SubElement(options, "Option", {"name": "name", "type": "QString", "value": ""})
    size = SubElement(SubElement(options, "Option", {"name": "properties", "type": "Map"}),
                      "Option", {"name": "size", "type": "Map"})  # fmt: skip
    SubElement(size, "Option", {"name": "active", "type": "bool", "value": "true"})
    SubElement(size, "Option", {"name": "expression", "type": "QString", "value": expression})
    SubElement(size, "Option", {"name": "type", "type": "int", "value": "3"})
    SubElement(options, "Option", {"name": "type", "type": "QString", "value": "collection"})


def _fill(colour: str, edge_colour: str, edge: str) -> dict[str, str]:
    return {"color": _rgba(colour), "style": "solid", "outline_color": _rgba(edge_colour), "outline_style": edge,
            "outline_width": "0.2", "outline_width_unit": "MM", "joinstyle": "round"}  # fmt: skip


def _marker(name: str, colour: str, edge_colour: str, edge: str) -> dict[str, str]:
    return {"name": name, "color": _rgba(colour), "outline_color": _rgba(edge_colour), "outline_style": edge,
            "outline_width": "0.2", "outline_width_unit": "MM", "size": f"{_POINT_MM:g}", "size_unit": "MM",
            "scale_method": "diameter"}  # fmt: skip


def write_labels(into: Element, view: LayerView, colours: Mapping[str, str]) -> None:
    """The words written on the map, from the scale of their zoom; nothing where none are declared."""
    labels = view.entry.get("labels")
    if not labels:
        return
    settings = SubElement(SubElement(into, "labeling", {"type": "simple"}), "settings", {"calloutType": "simple"})
    style = SubElement(
        settings, "text-style",
        {"fieldName": labels["attribute"], "isExpression": "0", "fontFamily": "Source Sans 3", "fontSize": "9",
         "fontSizeUnit": "Point", "textColor": _rgba(colours["ink"]), "textOpacity": "1", "namedStyle": "Regular"},
    )  # fmt: skip
    SubElement(style, "text-buffer", {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM",
                                      "bufferColor": _rgba(colours["paper"]), "bufferOpacity": "1"})  # fmt: skip
    SubElement(settings, "text-format", {"decimals": "3", "multilineAlign": "3"})
    SubElement(
        settings, "placement",
        {"placement": {"polygon": "1", "line": "2", "point": "6"}[view.shape], "centroidInside": "1", "quadOffset": "4",
         "priority": "5", "placementFlags": "10", "offsetUnits": "MM", "distUnits": "MM", "dist": "0.5",
         "predefinedPositionOrder": "TR,TL,BR,BL,R,L,TSR,BSR"},
    )  # fmt: skip
    # Edges of surfaces are what words avoid: were it their inside, none would ever be written.
    SubElement(settings, "rendering", {"drawLabels": "1", "scaleVisibility": "1", "scaleMin": "1",
                                       "scaleMax": f"{scale_at(labels['from_zoom']):.0f}", "obstacle": "1",
                                       "obstacleType": "1", "obstacleFactor": "1", "mergeLines": "0"})  # fmt: skip


def _colour(name: str, colours: Mapping[str, str]) -> str:
    return name if name.startswith("#") else colours[name]


def _rgba(colour: str) -> str:
    channels: Sequence[int] = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return ",".join(map(str, [*channels, 255]))


__all__ = ["scale_at", "write_labels", "write_renderer"]
