"""The map: areas or circles over contours, the limits of larger bodies, a few names to find one's way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from beffroi.observe.figures import Map
from beffroi.observe.figures.maps import Area
from beffroi.publish.outlines import Ground, Outline

_NAMES = 14
_LETTER = 8.4
"""Mean width of a letter of a name, in drawing units."""


@dataclass(frozen=True)
class MapSheet:
    """What the map of a level is drawn on: computed once for an edition, the same for all its indicators.

    ``outlines`` are those of the level, ``limits`` the paths of larger bodies drawn over them, ``neighbours`` the
    outlines that lie outside the perimeter, ``names`` the places to name, the most populous first.
    """

    ground: Ground
    outlines: Mapping[str, Outline]
    limits: Sequence[str] = ()
    neighbours: frozenset[str] = frozenset()
    names: Sequence[tuple[str, str]] = ()
    all_outlines: Mapping[str, Outline] = field(default_factory=dict)
    """Outlines of every level by ``level:code``, for the mark of the territory in hand."""

    @property
    def largest_radius(self) -> float:
        """Radius of the largest circle, in drawing units: smaller where territories are many."""
        return 58.0 if len(self.outlines) > 60 else 66.0


Wrap = Callable[[str, int | None], tuple[str, str]]
"""What stands around the marks of a territory, by its code and its rank."""


def plain(code: str, rank: int | None) -> tuple[str, str]:
    """A territory that is only looked at."""
    return "<g>", "</g>"


def coded(code: str, rank: int | None) -> tuple[str, str]:
    """A territory that a script will make a link of, for the page where the map is shown."""
    return f'<g data-code="{escape(code)}"{_ranked(rank)}>', "</g>"


def linked(lead: Callable[[str], str]) -> Wrap:
    """A territory that leads where ``lead`` says, by its code."""
    return lambda code, rank: (
        f'<a href="{escape(lead(code))}" data-code="{escape(code)}"{_ranked(rank)} tabindex="-1">',
        "</a>",
    )


def _ranked(rank: int | None) -> str:
    return f' data-rank="{rank}"' if rank else ""


def draw_map(figure: Map, sheet: MapSheet, key: str, wrap: Wrap = plain) -> str:
    """The body of a map, without the ``svg`` element; the territory in hand and the names come over it.

    ``key`` makes the ids of patterns unique in the page.
    """
    areas = {area.code: area for area in figure.areas}
    ramp = "d" if figure.diverging else "s"
    pieces = [patterns(key, {area.state for area in figure.areas})]
    for code, outline in sheet.outlines.items():
        area = areas.get(code)
        if area is None:
            pieces.append(f'<path class="land" d="{outline.path}"/>')
            continue
        body = _area_marks(area, outline, ramp, key)
        start, end = wrap(code, area.rank)
        pieces.append(f"{start}<title>{escape(area.label)} : {escape(area.said)}</title>{body}{end}")
    pieces.extend(f'<path class="outer" d="{path}"/>' for path in sheet.limits)
    if figure.circles:
        pieces.append(_circles(figure, sheet))
    return "".join(pieces)


def _area_marks(area: Area, outline: Outline, ramp: str, key: str) -> str:
    path = f'd="{outline.path}"'
    if area.state == "missing":
        return f'<path class="area" fill="url(#{key}-missing)" {path}/>'
    if area.state == "confidential":
        return f'<path class="area" fill="url(#{key}-secret)" {path}/>'
    if area.shade is None:
        return f'<path class="land" {path}/>'
    marks = f'<path class="area {ramp}{area.shade}" {path}/>'
    if area.state == "weak":
        marks += f'<path fill="url(#{key}-weak)" {path}/>'
    return marks


def patterns(key: str, states: set[str], scale: float = 1.0) -> str:
    """The fills of what is missing, secret or weak, each with its own mark; only those that are used."""
    found = []
    if "missing" in states:
        found.append(_lines(f"{key}-missing", 8 * scale, "hatch-line", "land"))
    if "confidential" in states:
        size = 9 * scale
        found.append(
            f'<pattern id="{key}-secret" width="{size:g}" height="{size:g}" patternUnits="userSpaceOnUse">'
            f'<rect class="land" stroke="none" width="{size:g}" height="{size:g}"/>'
            f'<circle class="dot" cx="{size / 2:g}" cy="{size / 2:g}" r="{1.5 * scale:g}"/></pattern>'
        )
    if "weak" in states:
        found.append(_lines(f"{key}-weak", 7 * scale, "hatch-over", None))
    return f"<defs>{''.join(found)}</defs>" if found else ""


def _lines(name: str, size: float, line: str, ground: str | None) -> str:
    under = f'<rect class="{ground}" stroke="none" width="{size:g}" height="{size:g}"/>' if ground else ""
    return (
        f'<pattern id="{name}" width="{size:g}" height="{size:g}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)">{under}<line class="{line}" y2="{size:g}"/></pattern>'
    )


def radius(amount: float, highest: float, largest: float) -> float:
    """Radius of a circle whose area is in proportion to the amount."""
    return largest * (abs(amount) / highest) ** 0.5 if highest else 0.0


def _circles(figure: Map, sheet: MapSheet) -> str:
    found = []
    placed = sorted(
        ((area, sheet.outlines[area.code]) for area in figure.areas if area.amount and area.code in sheet.outlines),
        key=lambda pair: -abs(pair[0].amount or 0),
    )
    for area, outline in placed:
        size = radius(area.amount or 0, figure.highest, sheet.largest_radius)
        name = "circle-minus" if (area.amount or 0) < 0 else "circle"
        found.append(f'<circle class="{name}" cx="{outline.x:g}" cy="{outline.y:g}" r="{max(size, 1.2):.1f}"/>')
    return f'<g pointer-events="none">{"".join(found)}</g>'


def draw_names(sheet: MapSheet, hand: str = "") -> str:
    """Names of the largest places, as many as stand apart from one another; the one in hand has its own."""
    taken: list[tuple[float, float, float]] = []
    if (held := sheet.all_outlines.get(hand)) and hand.startswith(("commune:", "iris:")):
        taken.append((held.x, held.y, 6 * _LETTER))
    found: list[str] = []
    for code, name in sheet.names:
        outline = sheet.outlines.get(code)
        if outline is None or len(found) >= _NAMES or hand.endswith(f":{code}"):
            continue
        half = len(name) * _LETTER / 2
        x = min(max(outline.x, half + 4), 996 - half)
        if any(abs(y - outline.y) < 22 and abs(other - x) < half + width + 8 for other, y, width in taken):
            continue
        taken.append((x, outline.y, half))
        found.append(
            f'<text class="name" data-name="{escape(code)}" x="{x:g}" y="{outline.y + 5:g}">{escape(name)}</text>'
        )
    return "".join(found)


def draw_overlay(figure: Map, sheet: MapSheet, key: str, name: str) -> str:
    """The mark of the territory in hand, and its name; nothing when it has no contour on this sheet."""
    outline = sheet.all_outlines.get(key)
    level, _, code = key.partition(":")
    amount = next((area.amount for area in figure.areas if area.code == code and level == figure.level), None)
    circle = ""
    if figure.circles and amount and outline is not None:
        size = radius(amount, figure.highest, sheet.largest_radius)
        circle = f'<circle class="circle-hand" cx="{outline.x:g}" cy="{outline.y:g}" r="{max(size, 1.2):.1f}"/>'
    return mark_hand(sheet, key, name, circle)


def mark_hand(sheet: MapSheet, key: str, name: str, circle: str = "") -> str:
    """The contour of the territory in hand over a map, with its circle and its name where it is small."""
    outline = sheet.all_outlines.get(key)
    if outline is None:
        return ""
    half = min(len(name) * _LETTER * 1.15, 480)
    x = min(max(outline.x, half + 4), 996 - half)
    words = f'{circle}<text class="name name-hand" x="{x:g}" y="{outline.y + 6:g}">{escape(name)}</text>'
    level = key.partition(":")[0]
    return (
        f'<g class="in-hand" pointer-events="none">'
        f'<path class="hand-under" d="{outline.path}"/><path class="hand" d="{outline.path}"/>'
        f"{words if level in {'commune', 'iris'} else ''}</g>"
    )


__all__ = [
    "MapSheet", "Wrap", "coded", "draw_map", "draw_names", "draw_overlay", "linked", "mark_hand", "patterns", "plain",
    "radius",
]  # fmt: skip
