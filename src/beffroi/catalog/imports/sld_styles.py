"""A style of the OGC (``.sld``): one look, categories of equal values, or classes of a number."""

import math
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from beffroi.catalog.imports.styles import FoundLayer, Look

_HEX = re.compile(r"^#[0-9a-fA-F]{6}$")
_SHAPES = {"circle": "circle", "square": "square", "triangle": "triangle", "cross": "cross", "star": "circle"}
_LOWER = {"PropertyIsGreaterThan", "PropertyIsGreaterThanOrEqualTo"}
_UPPER = {"PropertyIsLessThan", "PropertyIsLessThanOrEqualTo"}
_TAKEN = {"PropertyIsEqualTo", "PropertyIsBetween", "And", *_LOWER, *_UPPER}


def is_sld(root: Element) -> bool:
    return _name(root) == "StyledLayerDescriptor"


def find_sld(root: Element, title: str) -> FoundLayer:
    """The style of the first layer; further ones are told."""
    named = next((_text(each) for each in _all(root, "Name")), "")
    found = FoundLayer(title or named)
    layers = [*_all(root, "NamedLayer"), *_all(root, "UserLayer")]
    if len(layers) > 1:
        found.lose("sld_layers", str(len(layers)))
    for rule in _all(layers[0] if layers else root, "Rule"):
        _take_rule(rule, found)
    return found


def _take_rule(rule: Element, found: FoundLayer) -> None:
    title = next((_text(each) for each in rule.iter() if _name(each) in ("Title", "Name")), "")
    look = _look(rule, found)
    for each in _all(rule, "TextSymbolizer"):
        label = next(_all(each, "PropertyName"), None)
        if label is not None and found.labels is None:
            found.labels = (_text(label), None)
            found.lose("labels_look")
    condition = next(_all(rule, "Filter"), None)
    if next(_all(rule, "ElseFilter"), None) is not None:
        found.values.append(("", title, look))
        return
    if condition is None:
        if look.colour:
            found.look = look
        return
    used = {_name(each) for each in condition.iter()} & {"Or", "Not", "Function", "PropertyIsLike", "PropertyIsNull"}
    columns = {_text(each) for each in _all(condition, "PropertyName")}
    kinds = {_name(each) for each in condition.iter() if _name(each).startswith("PropertyIs")}
    if used or len(columns) != 1 or not kinds <= _TAKEN:
        found.lose("sld_filter", title)
        return
    column = columns.pop()
    if found.column not in ("", column):
        found.lose("sld_filter", title)
        return
    found.column = column
    if kinds == {"PropertyIsEqualTo"}:
        found.values.append((_text(next(_all(condition, "Literal"))), title, look))
    else:
        found.ramp.append((*_ends(condition), look))
        found.ramp.sort(key=lambda one: one[0])


def _ends(condition: Element) -> tuple[float, float]:
    lower, upper = -math.inf, math.inf
    for each in condition.iter():
        if _name(each) in _LOWER:
            lower = _number(next(_all(each, "Literal"), None), lower)
        elif _name(each) in _UPPER:
            upper = _number(next(_all(each, "Literal"), None), upper)
        elif _name(each) == "LowerBoundary":
            lower = _number(next(_all(each, "Literal"), None), lower)
        elif _name(each) == "UpperBoundary":
            upper = _number(next(_all(each, "Literal"), None), upper)
    return lower, upper


def _look(rule: Element, found: FoundLayer) -> Look:
    drawn = [each for each in rule.iter() if _name(each).endswith("Symbolizer") and _name(each) != "TextSymbolizer"]
    if len(drawn) > 1:
        found.lose("symbol_layers", str(len(drawn)))
    if not drawn:
        return Look()
    symbolizer = drawn[0]
    if _name(symbolizer) == "RasterSymbolizer":
        found.lose("not_vector", "raster")
    if next(_all(symbolizer, "ExternalGraphic"), None) is not None:
        found.lose("symbol_kind", "ExternalGraphic")
    said = {each.get("name", ""): _text(each) for each in symbolizer.iter() if each.get("name")}
    colour = said.get("stroke" if _name(symbolizer) == "LineSymbolizer" else "fill", "")
    mark = next((_text(each) for each in _all(symbolizer, "WellKnownName")), "circle")
    if mark not in _SHAPES:
        found.lose("marker", mark)
    if "stroke-dasharray" in said:
        found.lose("dashes", said["stroke-dasharray"])
    width = _number_of(said.get("stroke-width", "1")) if _name(symbolizer) == "LineSymbolizer" else None
    opacity = _number_of(said.get("fill-opacity", said.get("stroke-opacity", "1")))
    kept = colour.lower() if _HEX.match(colour) else None
    return Look(kept, min(1.0, max(0.05, opacity)), _SHAPES.get(mark, "circle"), width, "stroke" in said)


def _all(element: Element, name: str) -> Iterator[Element]:
    return (each for each in element.iter() if _name(each) == name)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _number(element: Element | None, otherwise: float) -> float:
    return otherwise if element is None else _number_of(_text(element), otherwise)


def _number_of(words: str, otherwise: float = 1.0) -> float:
    try:
        return float(words)
    except ValueError:
        return otherwise


__all__ = ["find_sld", "is_sld"]
