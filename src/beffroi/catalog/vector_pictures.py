"""Drawings in SVG, made safe: shapes, words and styles alone, nothing that runs and nothing that is fetched.

An SVG that a browser opens at its own address is a page, and could hold a program. What is written again here is only
what is known to draw; what could run or ask for something is named, so that a text at rest can be refused for it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

_SPACE = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_DRAWN = frozenset(
    "svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textPath title desc "
    "linearGradient radialGradient stop clipPath mask pattern marker style image switch filter feBlend feColorMatrix "
    "feComponentTransfer feComposite feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge "
    "feMergeNode feMorphology feOffset".split()
)
_UNWRAPPED = "a"
"""A link in a picture leads nowhere that a page would tell: what it holds is kept."""
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_FETCHES = re.compile(r"url\s*\(\s*[\"']?(?!\s*#)|@import|expression\s*\(|javascript:|\\", re.I)
_INNER = re.compile(r"data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=\s]*")
_DEEPEST = 100


@dataclass(frozen=True)
class Drawing:
    """A drawing written again. ``refused`` names what could run or fetch, and was taken out; width and height in pixels
    of the drawing, None where it does not say."""

    text: str
    refused: tuple[str, ...]
    width: float | None
    height: float | None


def read_drawing(content: bytes) -> Drawing | None:
    """A drawing without what could run or fetch; None for what is not SVG."""
    try:
        text = content.decode("utf-8-sig")
        if re.search(r"<!ENTITY|<!DOCTYPE[^>]*\[", text, re.I):
            return None  # names that stand for something else: what is read would not be what is written
        root = ElementTree.fromstring(text)
    except (UnicodeDecodeError, ValueError, ElementTree.ParseError):
        return None
    if root.tag not in (f"{_SPACE}svg", "svg") or _depth(root) > _DEEPEST:
        return None
    refused: dict[str, None] = {}
    clean = _copy(root, refused)
    clean.set("xmlns", _SPACE[1:-1])
    width, height = _sizes(root)
    return Drawing(ElementTree.tostring(clean, encoding="unicode") + "\n", tuple(refused), width, height)


def _copy(element: ElementTree.Element, refused: dict[str, None]) -> ElementTree.Element:
    """The element with what draws in it, its names without a space of names."""
    made = ElementTree.Element(element.tag.removeprefix(_SPACE), dict(_attributes(element, refused)))
    made.text, made.tail = element.text, element.tail
    if made.tag == "style" and made.text and _FETCHES.search(made.text):
        refused["style"] = None
        made.text = ""
    for child in element:
        _place(made, child, refused)
    return made


def _place(into: ElementTree.Element, child: ElementTree.Element, refused: dict[str, None]) -> None:
    if not isinstance(child.tag, str):
        return
    name = child.tag.removeprefix(_SPACE)
    if name in _DRAWN:
        into.append(_copy(child, refused))
    elif name == _UNWRAPPED:
        held = ElementTree.SubElement(into, "g")
        for each in child:
            _place(held, each, refused)
    elif not name.startswith("{") and name != "metadata":
        refused[name] = None  # what other programs note of themselves, in a space of their own, is let go in silence


def _attributes(element: ElementTree.Element, refused: dict[str, None]) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name in (_LINK, "href"):
            inner = element.tag == f"{_SPACE}image" and _INNER.fullmatch(value.strip())
            if value.strip().startswith("#") or inner:
                yield "href", value
            elif element.tag.removeprefix(_SPACE) != _UNWRAPPED:
                refused["href"] = None
        elif not _ATTRIBUTE.fullmatch(name):
            continue
        elif name.lower().startswith("on") or _FETCHES.search(value):
            refused[name] = None
        else:
            yield name, value


def _depth(root: ElementTree.Element) -> int:
    deep, level = 0, [root]
    while level and deep <= _DEEPEST:
        deep, level = deep + 1, [child for element in level for child in element]
    return deep


def _sizes(root: ElementTree.Element) -> tuple[float | None, float | None]:
    box = re.findall(r"-?[\d.]+(?:e-?\d+)?", root.get("viewBox", ""))
    if len(box) == 4:
        return float(box[2]), float(box[3])
    found = [re.match(r"[\d.]+", root.get(name, "")) for name in ("width", "height")]
    width, height = (float(each[0]) if each else None for each in found)
    return width, height


__all__ = ["Drawing", "read_drawing"]
