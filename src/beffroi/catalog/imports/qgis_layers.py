"""Layers of a QGIS project (``.qgz``, ``.qgs``) or style (``.qml``), with what of each has no equal here."""

import math
import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from beffroi.catalog.imports.styles import FoundLayer, Look

_SIMPLE = {"SimpleFill", "SimpleLine", "SimpleMarker", "CentroidFill"}
_SHAPES = {"circle": "circle", "square": "square", "rectangle": "square", "triangle": "triangle",
           "equilateral_triangle": "triangle", "diamond": "diamond", "cross": "cross", "cross2": "cross",
           "cross_fill": "cross"}  # fmt: skip
_FIELD = re.compile(r'^\s*"?([A-Za-z_]\w*)"?\s*$')
_ROOT = re.compile(r'(?:sqrt|pow|scale_exp|scale_linear|coalesce)\s*\(.*?"?([A-Za-z_]\w*)"', re.I | re.S)
_FUNCTIONS = {"sqrt", "pow", "max", "min", "coalesce", "scale_exp", "scale_linear", "abs"}
_AROUND = {"pointDisplacement", "pointCluster", "invertedPolygonRenderer", "mergedFeatureRenderer"}
"""Renderers that hold another one, which is taken in their stead."""
_PIXELS_PER_MM = 96 / 25.4
_SCALE_AT_ZOOM_0 = 559_082_264.0


def find_layers(root: Element, title: str) -> Iterator[FoundLayer]:
    """The layers of a project from top to bottom, or the one of a style, which then has ``title``."""
    layers = {each.findtext("id") or "": each for each in root.iter("maplayer")}
    if not layers:
        yield _find_layer(root, title)
        return
    placed = [each for each in root.iter("layer-tree-layer") if each.get("id") in layers]
    order = dict.fromkeys([*(each.get("id", "") for each in placed), *layers])
    hidden = {each.get("id") for each in placed if each.get("checked") == "Qt::Unchecked"}
    for key in order:
        found = _find_layer(layers[key], layers[key].findtext("layername") or title)
        found.shown = key not in hidden
        yield found


def _find_layer(element: Element, title: str) -> FoundLayer:
    found = FoundLayer(title, (element.findtext("abstract") or "").strip(), _say_source(element))
    if element.tag == "maplayer" and element.get("type", "vector") != "vector":
        found.lose("not_vector", element.get("type", ""))
        return found
    _find_attributes(element, found)
    if "subset" in (element.findtext("datasource") or "") or "sql=" in (element.findtext("datasource") or ""):
        found.lose("subset")
    renderer = element.find("renderer-v2")
    if renderer is None:
        found.lose("no_renderer")
    else:
        _find_style(renderer, found)
    found.opacity = _number(element.findtext("layerOpacity"), 1.0)
    if element.get("hasScaleBasedVisibilityFlag") == "1":
        found.least_zoom = _zoom_of(_number(element.get("minScale"), 0.0))
        if _number(element.get("maxScale"), 0.0) > 0:
            found.lose("greatest_scale", element.get("maxScale", ""))
    _find_labels(element, found)
    _find_rest(element, found)
    return found


def _say_source(element: Element) -> str:
    """Where the layer was read, without what lets one in."""
    words = " ".join((element.findtext("datasource") or "").split())
    return re.sub(r"(password|user|authcfg)=('[^']*'|\S+)", r"\1=…", words)


def _find_attributes(element: Element, found: FoundLayer) -> None:
    aliases = {each.get("field", ""): each.get("name", "") for each in element.iterfind("aliases/alias")}
    fields = [each.get("name", "") for each in element.iterfind("fieldConfiguration/field")]
    hidden = {
        each.get("name", "") for each in element.iterfind("attributetableconfig/columns/column")
        if each.get("hidden") == "1" and each.get("type") == "field"
    }  # fmt: skip
    for name in dict.fromkeys([*fields, *aliases]):
        if name and name not in hidden:
            found.attributes[name] = aliases.get(name, "")
    for name in sorted(filter(None, hidden)):
        found.lose("hidden_field", name)
    for each in element.iterfind("expressionfields/field"):
        found.lose("virtual_field", each.get("name", ""))
    for each in element.iterfind("vectorjoins/join"):
        found.lose("join", each.get("joinLayerId", ""))


def _find_style(renderer: Element, found: FoundLayer) -> None:
    kind = renderer.get("type", "")
    symbols = {each.get("name", ""): each for each in renderer.iterfind("symbols/symbol")}
    if kind in _AROUND and (inner := renderer.find("renderer-v2")) is not None:
        found.lose("renderer_around", kind)
        _find_style(inner, found)
        return
    column = _FIELD.match(renderer.get("attr", ""))
    if kind in ("categorizedSymbol", "graduatedSymbol") and column is None:
        found.lose("expression", renderer.get("attr", ""))
    elif kind == "categorizedSymbol" and column:
        found.column = column[1]
        for each in renderer.iterfind("categories/category"):
            if each.get("render", "true") == "false":
                found.lose("category_hidden", each.get("label", "") or each.get("value", ""))
                continue
            look = _look(symbols.get(each.get("symbol", "")), found)
            found.values.append((each.get("value", "").strip(), each.get("label", ""), look))
        return
    elif kind == "graduatedSymbol" and column:
        found.column = column[1]
        ranges = list(renderer.iterfind("ranges/range"))
        for each in sorted(ranges, key=lambda one: _number(one.get("lower"), 0.0)):
            look = _look(symbols.get(each.get("symbol", "")), found)
            lower, upper = _number(each.get("lower"), math.nan), _number(each.get("upper"), math.nan)
            found.ramp.append((lower, upper, look))
        _close_up(found)
        return
    elif kind != "singleSymbol":
        found.lose("renderer", kind)
    first = next(iter(symbols.values()), None)
    found.look = _look(first, found)
    if first is not None and kind == "singleSymbol":
        _find_circles(first, found)


def _close_up(found: FoundLayer) -> None:
    """Classes of which each ends just before the next, for the drawing's sake, end where that one begins."""
    for index, ((lower, upper, look), after) in enumerate(zip(found.ramp, found.ramp[1:], strict=False)):
        if math.isclose(upper, after[0], rel_tol=1e-9, abs_tol=1e-12):
            found.ramp[index] = (lower, after[0], look)


def _find_circles(symbol: Element, found: FoundLayer) -> None:
    """A size that is computed from a column: a circle whose area is that amount."""
    for properties in symbol.iter("data_defined_properties"):
        for each in properties.iter("Option"):
            if each.get("name") not in ("size", "width"):
                continue
            said = {option.get("name"): option.get("value", "") for option in each.iterfind("Option")}
            if said.get("active") != "true":
                continue
            expression = said.get("expression") or said.get("field") or ""
            named = re.findall(r'"([A-Za-z_]\w*)"', expression)
            plain = _FIELD.match(expression) or _ROOT.search(expression)
            column = named[0] if named else plain[1] if plain and plain[1].lower() not in _FUNCTIONS else ""
            if column:
                found.circles = column
                found.lose("size_formula", expression)


def _look(symbol: Element | None, found: FoundLayer) -> Look:
    if symbol is None:
        return Look()
    layers = [each for each in symbol.iterfind("layer") if each.get("enabled", "1") == "1"]
    if len(layers) > 1 and {each.get("class") for each in layers} != {"SimpleFill", "CentroidFill"}:
        found.lose("symbol_layers", str(len(layers)))
    chosen = layers[-1] if layers else None
    if chosen is None:
        return Look()
    if chosen.get("class") not in _SIMPLE:
        found.lose("symbol_kind", chosen.get("class", ""))
    inner = chosen.find("symbol/layer") if chosen.get("class") == "CentroidFill" else None
    return _look_of(chosen if inner is None else inner, _number(symbol.get("alpha"), 1.0), found)


def _look_of(layer: Element, alpha: float, found: FoundLayer) -> Look:
    said = _properties(layer)
    kind = layer.get("class", "")
    if any(each.get("enabled") == "1" for each in layer.iterfind("effect/effect")):
        found.lose("effect")
    if any(option.get("name") == "active" and option.get("value") == "true" for option in layer.iter("Option")) and (
        kind not in ("SimpleMarker",)
    ):
        found.lose("computed_symbol", kind)
    style = said.get("line_style", said.get("style", "solid"))
    if style not in ("solid", "no") or said.get("use_custom_dash") == "1":
        found.lose("dashes", style)
    colour, own = _colour(said.get("line_color") if kind == "SimpleLine" else said.get("color"))
    shape = said.get("name", "circle") if kind == "SimpleMarker" else "circle"
    if shape not in _SHAPES:
        found.lose("marker", shape)
    width = None
    if kind == "SimpleLine":
        unit = said.get("line_width_unit", "MM")
        width = _number(said.get("line_width"), 0.26) * (1.0 if unit == "Pixel" else _PIXELS_PER_MM)
    outline = said.get("outline_style", "solid") != "no"
    return Look(colour, alpha * own, _SHAPES.get(shape, "circle"), width, outline)


def _properties(layer: Element) -> Mapping[str, str]:
    """The properties of a layer of a symbol, as older (``prop``) or newer (``Option``) QGIS writes them."""
    found = {each.get("k", ""): each.get("v", "") for each in layer.iterfind("prop")}
    found |= {each.get("name", ""): each.get("value", "") for each in layer.iterfind("Option/Option")}
    return found


def _colour(words: str | None) -> tuple[str | None, float]:
    """A colour and its opacity, of ``r,g,b,a`` and what may follow."""
    parts = (words or "").split(",")
    try:
        red, green, blue = (min(255, max(0, round(float(part)))) for part in parts[:3])
        alpha = float(parts[3]) / 255 if len(parts) > 3 and parts[3].replace(".", "").isdecimal() else 1.0
    except ValueError:
        return None, 1.0
    return f"#{red:02x}{green:02x}{blue:02x}", min(1.0, max(0.0, alpha))


def _find_labels(element: Element, found: FoundLayer) -> None:
    labeling = element.find("labeling")
    if labeling is None or element.get("labelsEnabled", "1") == "0":
        return
    if labeling.get("type") != "simple":
        found.lose("labels_rules", labeling.get("type", ""))
        return
    style, rendering = labeling.find(".//text-style"), labeling.find(".//rendering")
    if style is None:
        return
    words = style.get("fieldName", "")
    column = _FIELD.match(words)
    if column is None:
        found.lose("labels_expression", words)
        return
    from_zoom = None
    if rendering is not None and rendering.get("scaleVisibility") == "1":
        from_zoom = _zoom_of(_number(rendering.get("scaleMax"), 0.0))
    found.labels = (column[1], from_zoom)
    found.lose("labels_look")


def _find_rest(element: Element, found: FoundLayer) -> None:
    """What a layer may have besides, that a declaration has no place for."""
    if (element.findtext("mapTip") or "").strip():
        found.lose("map_tip")
    if element.find("SingleCategoryDiagramRenderer") is not None or element.find("LinearlyInterpolatedDiagramRenderer"):
        found.lose("diagrams")
    if list(element.iterfind("attributeactions/actionsetting")):
        found.lose("actions")
    if _number(element.findtext("blendMode"), 0.0):
        found.lose("blend_mode")


def _zoom_of(scale: float) -> int | None:
    """The zoom of a denominator of a scale, at the latitude of the middle of France."""
    if scale <= 0:
        return None
    zoom = math.log2(_SCALE_AT_ZOOM_0 * math.cos(math.radians(46.5)) / scale)
    return min(16, max(0, round(zoom)))


def _number(words: str | None, otherwise: float) -> float:
    try:
        return float(words) if words else otherwise
    except ValueError:
        return otherwise


__all__ = ["find_layers"]
