"""Small living views: the same values without words, a hundred and sixty by a hundred units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from beffroi.observe.atlases import Slice
from beffroi.observe.figures import Spread, Trace, spread_numbers
from beffroi.observe.moments import Moment
from beffroi.observe.values import Value
from beffroi.publish.blocks import Block
from beffroi.publish.drawings.maps import radius
from beffroi.publish.drawings.marks import mark_circle, mark_line, mark_rect
from beffroi.publish.outlines import Ground, Outline

WIDTH, HEIGHT = 160, 100
_FLOOR = HEIGHT - 4
_LARGEST = 14
_POINTS = 100
"""Points of the edge of a small ranking: one for each unit of its height is as much as can be seen."""


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

    @cached_property
    def centres(self) -> Mapping[str, str]:
        """By code, a circle around the middle of the outline, but for its radius."""
        return {code: f'<circle cx="{each.x:g}" cy="{each.y:g}" r="' for code, each in self.outlines.items()}


@dataclass(frozen=True)
class SmallViews:
    """The small views of a level at one period, whichever territory is in hand, in whichever language."""

    map: Block
    ranking: Block
    distribution: Block
    moment: Moment
    spread: Spread

    @property
    def rows(self) -> int:
        """Over how many rows the small ranking is drawn."""
        return _rows(self.moment)

    def mark_ranking(self, hand: str) -> str:
        """The bar of the territory in hand; nothing when it has no rank."""
        ranked, step = self.moment.ranked, HEIGHT / self.rows
        few = _few(self.moment)
        return "".join(
            mark_rect("bar-hand", start * WIDTH, row * step + (0 if few else step / 2 - 1.25),
                      max(2.0, _length(start, end)), step * 0.7 if few else 2.5)
            for row, value in enumerate(ranked)
            if value.territory == hand
            for start, end in [self.moment.bar(value.value or 0.0)]
        )  # fmt: skip

    def mark_distribution(self, value: Value | None) -> str:
        """Where the value of the territory in hand stands."""
        if value is None or value.value is None:
            return ""
        x = self.spread.position(value.value) * WIDTH
        return mark_line("mark-hand", x, 2, x, _FLOOR)


def draw_small_views(values: Slice, period: str, small: SmallGround | None) -> SmallViews:
    """What is the same for all who look; ``small`` is None where there is nothing to draw a map on."""
    moment = values.moment(period)
    spread = spread_numbers(moment.numbers, values.measure, values.numbers)
    return SmallViews(
        map=Block((_map(values, period, small) if small else draw_small_table()).encode()),
        ranking=Block(_ranking(moment).encode()),
        distribution=Block(_distribution(spread.counts if moment.numbers else ()).encode()),
        moment=moment,
        spread=spread,
    )


def _map(values: Slice, period: str, small: SmallGround) -> str:
    measure, classes = values.measure, values.classes
    ramp = "d" if measure.is_change else "s"
    shaded = classes is not None and measure.nature not in {"amount", "amount_change"}
    by_class: dict[str, list[str]] = {}
    circles: list[str] = []
    for code, value in sorted(values.at(period).items()):
        if (outline := small.outlines.get(code)) is None:
            continue
        name = "land"
        if value.value is not None and shaded and classes:
            name = f"{ramp}{classes.shade_of(value.value)}"
        elif value.value is not None and (size := radius(value.value, values.highest, _LARGEST)) > 0.7:
            circles.append(f'{small.centres[code]}{round(size, 1):g}"/>')
        by_class.setdefault(name, []).append(outline.path)
    areas = "".join(f'<path class="{name}" d="{"".join(paths)}"/>' for name, paths in sorted(by_class.items()))
    return small.place(areas + (f'<g class="circle">{"".join(circles)}</g>' if circles else ""))


def mark_map(hand: str, small: SmallGround) -> str:
    """The outline of the territory in hand."""
    return small.place(f'<path class="hand" d="{small.outlines[hand].path}"/>') if hand in small.outlines else ""


def _rows(moment: Moment) -> int:
    """Rows of the small ranking: never so few that its bars would be beams."""
    return max(6, len(moment.ranked))


def _few(moment: Moment) -> bool:
    return len(moment.ranked) <= 14


def _ranking(moment: Moment) -> str:
    ranked = moment.ranked
    if not ranked:
        return draw_small_table()
    step = HEIGHT / _rows(moment)
    if _few(moment):
        bars = [moment.bar(value.value or 0.0) for value in ranked]
        return "".join(
            mark_rect("bar", start * WIDTH, row * step, _length(start, end), step * 0.7)
            for row, (start, end) in enumerate(bars)
        )
    low, width = moment.reach
    zero = f"{0.0 - low / width * WIDTH:.1f}"
    every = -(-len(ranked) // _POINTS)
    far = [*enumerate(ranked)][::every]
    edge = "".join(
        f"L{((value.value or 0.0) - low) / width * WIDTH:.1f} {(row + every / 2) * step:.1f}" for row, value in far
    )
    return f'<path class="bar" d="M{zero} 0{edge}V{HEIGHT}H{zero}z"/>'


def _length(start: float, end: float) -> float:
    return max(0.8, (end - start) * WIDTH)


def draw_small_evolution(traces: Sequence[Trace]) -> str:
    """The small view of an evolution, the territory in hand over the others."""
    marks = ""
    for trace in reversed(traces):
        name, dot = ("trace-hand", "point-hand") if trace.in_hand else ("trace", "point")
        spots = [(6 + p.x * (WIDTH - 12), HEIGHT - 8 - p.y * (HEIGHT - 16)) for p in trace.points]
        marks += "".join(mark_line(name, *spots[s.start], *spots[s.end]) for s in trace.segments)
        marks += "".join(mark_circle(dot, *spot, 3) for spot in spots[-1:])
    return mark_line("grid", 0, _FLOOR, WIDTH, _FLOOR) + marks


def _distribution(counts: Sequence[int]) -> str:
    step = WIDTH / max(1, len(counts))
    highest = max((1, *counts))
    marks = ""
    for index, count in enumerate(counts):
        tall = (_FLOOR - 6) * count / highest
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


__all__ = [
    "SmallGround", "SmallViews", "draw_small_evolution", "draw_small_table", "draw_small_views", "draw_sparkline",
    "mark_map",
]  # fmt: skip
