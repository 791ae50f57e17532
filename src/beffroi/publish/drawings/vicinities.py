"""Where a territory lies: a quiet map of what surrounds it, and a small one of where it is in the perimeter."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from beffroi.publish.drawings.marks import mark_circle
from beffroi.publish.outlines import Ground, Outline, trace_outlines

WIDTH, HEIGHT = 600, 480
_LETTER, _LINE = 8.2, 20
"""Room that a letter of a name and a line take, in drawing units."""
_PHONE = 1.37
"""How much larger names are on a phone (``portraits.css``): they must not be cut there either."""
_AIR = {"commune": 2.4, "epci": 1.12, "grouping": 1.06}
"""How many times wider than the territory the map is, by level."""
_LEAST_METRES = 7_000.0
_BINS = 100
"""Strokes of a strip: more could not be told apart."""
_SPECK = 34.0
"""Under so many square units, a territory needs a ring to be seen."""


@dataclass(frozen=True)
class Named:
    """A territory that a map may name and lead to, those to name first in front."""

    code: str
    name: str
    lead: str


def frame_around(contours: pa.Table, codes: Collection[str], level: str) -> Ground | None:
    """The ground of a map around the territories of some codes; None when none of them has a contour."""
    shapes = _shapes(contours.filter(pc.is_in(contours["code"], pa.array(sorted(codes), pa.string()))))
    if not len(shapes):
        return None
    west, south, east, north = shapely.total_bounds(shapes)
    air = _AIR.get(level, 1.1)
    width = max((east - west) * air, (north - south) * air * WIDTH / HEIGHT, _LEAST_METRES if level == "commune" else 0)
    scale = WIDTH / width
    middle, centre = (west + east) / 2, (south + north) / 2
    return Ground(float(middle - width / 2), float(centre + HEIGHT / scale / 2), scale, HEIGHT)


def draw_vicinity(
    communes: pa.Table, bodies: pa.Table, ground: Ground, here: Collection[str], own: str, places: Sequence[Named],
    style: str = "here", part: pa.Table | None = None,
) -> str:  # fmt: skip
    """What surrounds a territory, without the ``svg`` element: communes, those of ``here`` marked, limits of bodies.

    ``own`` is the name written over what is marked, empty for several communes; ``places`` are named as far as there
    is room; ``style`` is the class of what is marked; ``part`` has the contour of a smaller territory inside it.
    """
    outlines = _within(communes, ground)
    leads = {place.code: place for place in places}
    pieces = []
    for code, outline in outlines.items():
        path = f'<path class="{style if code in here else "around"}" d="{outline.path}"/>'
        place = leads.get(code)
        if place is None:
            pieces.append(path)
        else:
            title = f"<title>{escape(place.name)}</title>"
            pieces.append(f'<a href="{escape(place.lead)}" tabindex="-1">{title}{path}</a>')
    pieces += [f'<path class="outer" d="{outline.path}"/>' for outline in _within(bodies, ground).values()]
    if part is not None:
        pieces += [f'<path class="here" d="{outline.path}"/>' for outline in _within(part, ground).values()]
    return "".join(pieces) + _names(outlines, places, here, own, _box(communes, here, ground) if own else None)


def draw_locator(
    whole: Outline | None, bodies: Mapping[str, Outline], body: Outline | None, here: Sequence[Outline]
) -> str:
    """Where a territory is: the perimeter in grey, the limits of its bodies, the one that holds it, itself marked."""
    pieces = [f'<path class="whole" d="{whole.path}"/>'] if whole else []
    pieces += [f'<path class="limit" d="{outline.path}"/>' for _, outline in sorted(bodies.items())]
    if body is not None:
        pieces.append(f'<path class="body" d="{body.path}"/>')
    pieces += [f'<path class="here" d="{outline.path}"/>' for outline in here]
    if len(here) == 1 and here[0].area < _SPECK:
        pieces.append(mark_circle("ring", here[0].x, here[0].y, 9))
    return "".join(pieces)


def draw_strip(peers: Sequence[float], own: float | None, among: float | None, width: int = 240) -> str:
    """Where peers are from the lowest to the highest value, a stroke as high as they are many; its own over them."""
    if own is None or not peers:
        return ""
    counts = Counter(round(share * _BINS) for share in peers)
    most = max(counts.values())
    step = (width - 8) / _BINS
    strokes = "".join(
        f"M{4 + place * step:.4g} 20v-{2 + 15 * (count / most) ** 0.5:.3g}" for place, count in sorted(counts.items())
    )
    marks = f'<path class="peer" d="{strokes}"/><path class="base" d="M4 20h{width - 8}"/>'
    if among is not None:
        marks += mark_circle("among", 4 + among * (width - 8), 20, 3.5)
    x = 4 + own * (width - 8)
    return f'{marks}<path class="own" d="M{x:.1f} 1v22"/>'


def _shapes(table: pa.Table) -> "shapely.Geometry":
    return shapely.from_wkb(table["drawn"].to_numpy(zero_copy_only=False))


def _within(table: pa.Table, ground: Ground) -> Mapping[str, Outline]:
    """Outlines of what the frame of the ground shows something of."""
    if not table.num_rows:
        return {}
    east, south = ground.west + WIDTH / ground.scale, ground.north - HEIGHT / ground.scale
    seen = shapely.intersects(_shapes(table), shapely.box(ground.west, south, east, ground.north))
    return trace_outlines(table.filter(pa.array(seen)), ground, tolerance=0.8)


def _box(communes: pa.Table, here: Collection[str], ground: Ground) -> tuple[float, float, float, float]:
    """West, north, east and south of what is marked, in drawing units."""
    marked = communes.filter(pc.is_in(communes["code"], pa.array(sorted(here), pa.string())))
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(_shapes(marked)))
    xs = [(edge - ground.west) * ground.scale for edge in (west, east)]
    ys = [(ground.north - edge) * ground.scale for edge in (north, south)]
    return xs[0], ys[0], xs[1], ys[1]


def _names(
    outlines: Mapping[str, Outline],
    places: Sequence[Named],
    here: Collection[str],
    own: str,
    box: tuple[float, float, float, float] | None,
) -> str:
    """Names that stand apart from one another, the territory's own first."""
    taken: list[tuple[float, float, float]] = []
    found = []
    middle = next((outlines[code] for code in here if code in outlines), None) if own else None
    named: list[tuple[str, Outline, str]] = [("name name-hand", middle, own)] if middle else []
    named += [("name", outlines[p.code], p.name) for p in places if p.code in outlines and not (own and p.code in here)]
    for style, outline, words in named:
        half = len(words) * _LETTER / 2
        x, y = outline.x, min(max(outline.y, 18.0), HEIGHT - 12.0)
        if box and outline is not middle and box[1] - 8 < y < box[3] + 8 and box[0] - half < x < box[2] + half:
            # A neighbour's name stands on its own side of the border.
            x = x + half * 0.75 if x > (box[0] + box[2]) / 2 else x - half * 0.75
        x = min(max(x, _PHONE * half + 6), WIDTH - _PHONE * half - 6)
        outside = not (0 < outline.x < WIDTH and 0 < outline.y < HEIGHT)
        clash = any(abs(y - other) < _LINE and abs(x - at) < half + width + 6 for at, other, width in taken)
        if outside or clash:
            continue
        taken.append((x, y, half))
        found.append(f'<text class="{style}" x="{x:g}" y="{y + 5:g}">{escape(words)}</text>')
    return "".join(found)


__all__ = ["HEIGHT", "WIDTH", "Named", "draw_locator", "draw_strip", "draw_vicinity", "frame_around"]
