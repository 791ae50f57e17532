"""Small living views: the same values without words, a hundred by sixty units."""

from collections.abc import Mapping
from dataclasses import dataclass

from beffroi.observe.figures import Distribution, Evolution, Figure, Map, Ranking
from beffroi.observe.figures.rankings import Ranked
from beffroi.observe.values import Value
from beffroi.publish.drawings.maps import radius
from beffroi.publish.drawings.marks import mark_circle, mark_line, mark_rect
from beffroi.publish.outlines import Ground, Outline

WIDTH, HEIGHT = 160, 100
_FLOOR = HEIGHT - 4


@dataclass(frozen=True)
class SmallGround:
    """What a small map is drawn on: coarse outlines by code, and the ground of the large map."""

    outlines: Mapping[str, Outline]
    ground: Ground | None

    def place(self, marks: str) -> str:
        """Marks in units of the coarse outlines, fitted in the middle of the small view."""
        assert self.ground is not None
        scale = min(WIDTH / 250, HEIGHT / (self.ground.height / 4))
        x, y = (WIDTH - 250 * scale) / 2, (HEIGHT - self.ground.height / 4 * scale) / 2
        return f'<g transform="translate({x:.1f} {y:.1f}) scale({scale:.3f})">{marks}</g>'


def draw_thumbnail(figure: Figure, small: SmallGround | None = None) -> str:
    """Body of the small view of a figure, without the mark of the territory in hand (an evolution has it)."""
    if isinstance(figure, Map) and small is not None:
        return _map(figure, small)
    if isinstance(figure, Ranking):
        return _ranking(figure)
    if isinstance(figure, Evolution):
        return _evolution(figure)
    if isinstance(figure, Distribution):
        return _distribution(figure)
    return draw_small_table()


def mark_thumbnail(figure: Figure, hand: str, small: SmallGround) -> str:
    """The mark of the territory in hand over its small view; nothing when it is not there."""
    if isinstance(figure, Map) and figure.drawable and hand in small.outlines:
        return small.place(f'<path class="hand" d="{small.outlines[hand].path}"/>')
    if isinstance(figure, Ranking):
        step = HEIGHT / small_rows(figure)
        tall = step * 0.7 if _few(figure) else 2.5
        return "".join(
            mark_rect("bar-hand", line.start * WIDTH, row * step + (0 if _few(figure) else step / 2 - 1.25),
                      max(2.0, _length(line)), tall)
            for row, line in enumerate(figure.ranked) if line.code == hand
        )  # fmt: skip
    if isinstance(figure, Distribution):
        spots = [mark.x * WIDTH for mark in figure.marks if mark.role == "territory"]
        return "".join(mark_line("mark-hand", x, 2, x, _FLOOR) for x in spots)
    return ""


def _map(figure: Map, small: SmallGround) -> str:
    if small.ground is None or not figure.drawable:
        return draw_small_table()
    ramp = "d" if figure.diverging else "s"
    by_class: dict[str, list[str]] = {}
    circles = ""
    for area in figure.areas:
        if outline := small.outlines.get(area.code):
            name = f"{ramp}{area.shade}" if area.shade is not None else "land"
            by_class.setdefault(name, []).append(outline.path)
            size = radius(area.amount or 0, figure.highest, 14)
            circles += mark_circle("circle", outline.x, outline.y, size) if size > 0.7 else ""
    areas = "".join(f'<path class="{name}" d="{"".join(paths)}"/>' for name, paths in sorted(by_class.items()))
    return small.place(areas + circles)


def small_rows(figure: Ranking) -> int:
    """Rows of the small ranking: never so few that its bars would be beams."""
    return max(6, len(figure.ranked))


def _few(figure: Ranking) -> bool:
    return len(figure.ranked) <= 14


def _ranking(figure: Ranking) -> str:
    lines = figure.ranked
    if not lines:
        return draw_small_table()
    step = HEIGHT / small_rows(figure)
    if _few(figure):
        return "".join(
            mark_rect("bar", line.start * WIDTH, row * step, _length(line), step * 0.7)
            for row, line in enumerate(lines)
        )
    zero = figure.zero * WIDTH
    far = [line.end if line.value >= 0 else line.start for line in lines]
    edge = "".join(f"L{share * WIDTH:.1f} {(row + 0.5) * step:.1f}" for row, share in enumerate(far))
    return f'<path class="bar" d="M{zero:.1f} 0{edge}L{zero:.1f} {HEIGHT}z"/>'


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
    return mark_line("axis", 0, _FLOOR, WIDTH, _FLOOR) + marks


def draw_small_table() -> str:
    """The small view of any table."""
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


__all__ = ["SmallGround", "draw_small_table", "draw_sparkline", "draw_thumbnail", "mark_thumbnail", "small_rows"]
