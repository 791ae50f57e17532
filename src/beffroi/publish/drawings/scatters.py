"""Scatters: points of areas in proportion, medians as quiet lines, names beside the points that one looks for."""

from beffroi.observe.blocks.scatters import ScatterFigure, Spot
from beffroi.publish.drawings.charts import Canvas
from beffroi.publish.drawings.marks import clip, mark_circle, mark_line, mark_text

HEIGHT = 420
LARGEST = 20.0
"""Radius of the largest point, when points have a size."""
_PLAIN = 4.5
_TOP, _UNDER = 34.0, 30.0
_APART = 18
_LETTERS = 24
_LETTER = 7.2
"""Mean width of a letter of a name, in pixels."""
_WIDTHS = (330.0, 900.0)
"""Widths of the plot on a phone and on a wide page."""
_Box = tuple[float, float, float, float]
_CLASSES = {"territory": "spot spot-hand", "compared": "spot spot-compared", "inside": "spot spot-member"}


def draw_scatter(figure: ScatterFigure, canvas: Canvas, height: float = HEIGHT) -> str:
    """Body of the scatter, ``height`` pixels high; what its axes measure is written outside."""
    bottom = height - _UNDER
    pieces, words = [], []
    for share, said in figure.y.ticks:
        y = canvas.y(_level(share, height))
        pieces.append(mark_line("axis" if share == 0 else "grid", canvas.edge(0), y, canvas.edge(1), y))
        words.append(mark_text("tick", canvas.edge(0), y - 5, said))
    for share, said in figure.x.ticks:
        x = canvas.x(share)
        pieces.append(mark_line("grid", x, canvas.y(bottom), x, canvas.y(bottom + 5)))
        words.append(mark_text("tick", x, canvas.y(bottom + 22), said, "middle"))
    for axis in (figure.x, figure.y):
        if axis.middle is None:
            continue
        share, said = axis.middle
        if axis is figure.x:
            x, (anchor, shift) = canvas.x(share), ("end", -6) if share > 0.5 else ("start", 6)
            pieces.append(mark_line("mark-middle", x, canvas.y(_TOP - 22), x, canvas.y(bottom)))
            words.append(mark_text("tick", x, canvas.y(_TOP - 12), said, anchor, shift))
        else:
            y = canvas.y(_level(share, height))
            pieces.append(mark_line("mark-middle", canvas.edge(0), y, canvas.edge(1), y))
            words.append(mark_text("tick", canvas.edge(1), y - 5, said, "end"))
    named = [spot for spot in figure.spots if spot.role in ("territory", "compared")]
    others = [spot for spot in figure.spots if spot not in named]
    # Those that lie in the one in hand come over the others; larger bodies, which are small points, over all.
    for spot in (
        *sorted(others, key=lambda spot: spot.role == "inside"),
        *sorted(named, key=lambda spot: spot.size is None),
    ):
        pieces.append(_point(spot, figure, canvas, height))
    return "".join((*pieces, *words, *_names(figure, named, canvas, height)))


def spot_radius(size: float | None) -> float:
    """Radius of a point whose area is this share of the largest; the same for all those without a size."""
    return _PLAIN if size is None else max(LARGEST * size**0.5, 2.5)


def _level(share: float, height: float) -> float:
    bottom = height - _UNDER
    return bottom - share * (bottom - _TOP)


def _point(spot: Spot, figure: ScatterFigure, canvas: Canvas, height: float) -> str:
    name = _CLASSES.get(spot.role, "spot")
    if spot.hollow:
        name += " spot-weak"
    size = spot_radius(spot.size) + (1 if spot.role == "territory" else 0)
    return mark_circle(name, canvas.x(spot.x), canvas.y(_level(spot.y, height)), size, f"{spot.label} : {spot.said}")


def _names(figure: ScatterFigure, named: list[Spot], canvas: Canvas, height: float) -> list[str]:
    """Names of the points that one looks for, beside each: on the side and at the height where they hide neither
    another of these points nor another name, on a phone as on a wide page."""
    pieces: list[str] = []
    taken: list[tuple[_Box, ...]] = []
    for spot in sorted(named, key=lambda spot: spot.role != "territory"):
        words, reach = clip(spot.label, _LETTERS), round(spot_radius(spot.size)) + 6
        points = [_around(other, canvas, height) for other in named if other is not spot]
        tried = [
            (side, rise, _box(spot, len(words), side * reach, rise, canvas, height))
            for rise in (0, _APART, -_APART, 2 * _APART, -2 * _APART, 3 * _APART)
            for side in ((-1, 1) if spot.x > 0.55 else (1, -1))
        ]
        side, rise, boxes = next((one for one in tried if _is_free(one[2], [*points, *taken])), tried[0])
        taken.append(boxes)
        name = "direct direct-hand" if spot.role == "territory" else "direct"
        y = canvas.y(_level(spot.y, height) + 5 + rise)
        pieces.append(mark_text(name, canvas.x(spot.x), y, words, "start" if side > 0 else "end", side * reach))
    return pieces


def _across(spot: Spot, canvas: Canvas, width: float) -> float:
    return (canvas.inset + spot.x * (1 - 2 * canvas.inset)) * width


def _around(spot: Spot, canvas: Canvas, height: float) -> tuple[_Box, ...]:
    """The room of a point at each width."""
    y, size = _level(spot.y, height), spot_radius(spot.size)
    return tuple(
        (_across(spot, canvas, w) - size, y - size, _across(spot, canvas, w) + size, y + size) for w in _WIDTHS
    )


def _box(spot: Spot, letters: int, reach: int, rise: float, canvas: Canvas, height: float) -> tuple[_Box, ...]:
    """The room of a name at each width, beside its point."""
    y, long = _level(spot.y, height) + rise, _LETTER * letters
    lefts = [_across(spot, canvas, width) + reach - (long if reach < 0 else 0) for width in _WIDTHS]
    return tuple((left, y - 9, left + long, y + 9) for left in lefts)


def _is_free(boxes: tuple[_Box, ...], others: list[tuple[_Box, ...]]) -> bool:
    """Whether a name stays inside the plot and meets nothing, at each width."""
    for index, (left, top, right, bottom) in enumerate(boxes):
        if left < 0 or right > _WIDTHS[index]:
            return False
        for other in others:
            x0, y0, x1, y1 = other[index]
            if left < x1 and x0 < right and top < y1 and y0 < bottom:
                return False
    return True


__all__ = ["HEIGHT", "LARGEST", "draw_scatter", "spot_radius"]
