"""Small living views: the same values without words, a hundred by sixty units."""

from collections.abc import Mapping

from beffroi.observe.figures import Distribution, Evolution, Figure, Map, Ranking
from beffroi.observe.figures.rankings import Ranked
from beffroi.observe.values import Value
from beffroi.publish.drawings.maps import radius
from beffroi.publish.drawings.marks import mark_circle, mark_line, mark_rect
from beffroi.publish.outlines import Ground, Outline

WIDTH, HEIGHT = 160, 100
_FLOOR = HEIGHT - 4


def draw_thumbnail(figure: Figure, outlines: Mapping[str, Outline], ground: Ground | None, hand: str) -> str:
    """Body of the small view of a figure (``viewBox`` 0 0 160 100); ``hand`` is the code of the territory in hand."""
    if isinstance(figure, Map):
        return _map(figure, outlines, ground, hand)
    if isinstance(figure, Ranking):
        return _ranking(figure, hand)
    if isinstance(figure, Evolution):
        return _evolution(figure)
    if isinstance(figure, Distribution):
        return _distribution(figure)
    return _table()


def _map(figure: Map, outlines: Mapping[str, Outline], ground: Ground | None, hand: str) -> str:
    if ground is None or not figure.drawable:
        return _table()
    scale = min(WIDTH / 250, HEIGHT / (ground.height / 4))
    shift = (WIDTH - 250 * scale) / 2, (HEIGHT - ground.height / 4 * scale) / 2
    ramp = "d" if figure.diverging else "s"
    by_class: dict[str, list[str]] = {}
    for area in figure.areas:
        if outline := outlines.get(area.code):
            by_class.setdefault(f"{ramp}{area.shade}" if area.shade is not None else "land", []).append(outline.path)
    marks = "".join(f'<path class="{name}" d="{"".join(paths)}"/>' for name, paths in sorted(by_class.items()))
    if figure.circles:
        for area in figure.areas:
            if area.amount and (outline := outlines.get(area.code)):
                size = radius(area.amount, figure.highest, 12)
                marks += (
                    f'<circle class="circle" cx="{outline.x:g}" cy="{outline.y:g}" r="{size:.1f}"/>'
                    if size > 0.7
                    else ""
                )
    if hand in outlines:
        marks += f'<path class="hand" d="{outlines[hand].path}"/>'
    return f'<g transform="translate({shift[0]:.1f} {shift[1]:.1f}) scale({scale:.3f})">{marks}</g>'


def _ranking(figure: Ranking, hand: str) -> str:
    lines = figure.ranked
    if not lines:
        return _table()
    step = HEIGHT / max(6, len(lines))
    if len(lines) <= 14:
        return "".join(
            mark_rect(
                "bar-hand" if line.code == hand else "bar", line.start * WIDTH, row * step, _length(line), step * 0.7
            )
            for row, line in enumerate(lines)
        )
    zero = figure.zero * WIDTH
    far = [line.end if line.value >= 0 else line.start for line in lines]
    edge = "".join(f"L{share * WIDTH:.1f} {(row + 0.5) * step:.1f}" for row, share in enumerate(far))
    marks = f'<path class="bar" d="M{zero:.1f} 0{edge}L{zero:.1f} {HEIGHT}z"/>'
    return marks + "".join(
        mark_rect("bar-hand", line.start * WIDTH, (row + 0.5) * step - 1.25, max(2.0, _length(line)), 2.5)
        for row, line in enumerate(lines)
        if line.code == hand
    )


def _length(line: Ranked) -> float:
    return max(0.8, (line.end - line.start) * WIDTH)


def _evolution(figure: Evolution) -> str:
    marks = ""
    for trace in reversed(figure.traces):
        name, dot = ("trace-hand", "point-hand") if trace.in_hand else ("trace", "point")
        spots = [(6 + p.x * (WIDTH - 12), HEIGHT - 8 - p.y * (HEIGHT - 16)) for p in trace.points]
        marks += "".join(mark_line(name, *spots[s.start], *spots[s.end]) for s in trace.segments)
        marks += "".join(mark_circle(dot, *spot, 3) for spot in spots[-1:])
    return mark_line("grid", 0, _FLOOR, WIDTH, _FLOOR) + marks


def _distribution(figure: Distribution) -> str:
    step = WIDTH / max(1, len(figure.bins))
    marks = ""
    for index, each in enumerate(figure.bins):
        tall = (_FLOOR - 6) * each.count / max(1, figure.highest)
        marks += mark_rect("bar", index * step + 0.5, _FLOOR - tall, step - 1, tall)
    for mark in figure.marks:
        if mark.role == "territory":
            marks += mark_line("mark-hand", mark.x * WIDTH, 2, mark.x * WIDTH, _FLOOR)
    return mark_line("axis", 0, _FLOOR, WIDTH, _FLOOR) + marks


def _table() -> str:
    rows = ""
    for y in range(18, HEIGHT, 14):
        rows += mark_line("grid", 4, y, WIDTH - 4, y) + mark_rect("bar", 6, y - 8, 48 + (y * 7) % 26, 3)
        rows += mark_rect("bar", 128 - (y * 5) % 13, y - 8, 26 - (y * 3) % 9, 3)
    return rows


def draw_sparkline(history: tuple[Value, ...], width: int = 120, height: int = 28) -> str:
    """The course of one territory in a line of text; a lone point when it has one value."""
    known = [(i, v.value) for i, v in enumerate(history) if v.value is not None]
    if not known:
        return ""
    low, high = min(v for _, v in known), max(v for _, v in known)
    spots = {
        i: (
            4 + i * (width - 8) / max(1, len(history) - 1),
            height - 5 - (v - low) * (height - 10) / ((high - low) or 1),
        )
        for i, v in known
    }
    marks = "".join(
        mark_line("trace-hand", *spots[i], *spots[i + 1])
        for i in spots
        if i + 1 in spots and history[i + 1].status != "B"
    )
    return marks + mark_circle("point-hand", *spots[known[-1][0]], 3)


__all__ = ["HEIGHT", "WIDTH", "draw_sparkline", "draw_thumbnail"]
