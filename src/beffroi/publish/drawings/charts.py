"""Evolution and distribution. Across, positions are shares of the width, so that text keeps its size on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from beffroi.observe.figures import Distribution, Evolution
from beffroi.observe.figures.distributions import Mark
from beffroi.observe.figures.evolutions import Trace
from beffroi.publish.drawings.marks import Place, clip, mark_circle, mark_line, mark_rect, mark_text

_TIMES = 7
"""Most words under the axis of time."""
_TOP = 40.0
_UNDER = 30.0
"""Room under the plot for the words of the axis."""


COLOURS = 7
"""Colours of lines and bars that stand beside one another; past them they come again."""


@dataclass(frozen=True)
class Canvas:
    """Where a chart is drawn: in units from ``left`` when ``width`` is given (print), else in percents (page).

    ``inset`` keeps the ends of lines inside, as a share of the width.
    """

    width: float | None = None
    left: float = 0.0
    top: float = 0.0
    inset: float = 0.02

    def x(self, share: float) -> Place:
        """A position across the plot."""
        return self._across(self.inset + share * (1 - 2 * self.inset))

    def edge(self, share: float) -> Place:
        """A position across the whole width, for what frames the plot."""
        return self._across(share)

    def span(self, share: float) -> Place:
        """A length across the plot."""
        held = share * (1 - 2 * self.inset)
        return f"{100 * held:.2f}%" if self.width is None else held * self.width

    def y(self, pixels: float) -> float:
        return self.top + pixels

    def _across(self, share: float) -> Place:
        return f"{100 * share:.2f}%" if self.width is None else self.left + share * self.width


def draw_evolution(figure: Evolution, canvas: Canvas, height: float = 340, *, alike: bool = False) -> str:
    """Body of the line chart, ``height`` pixels high; ``alike`` when each line has a colour and none is in hand."""
    bottom = height - _UNDER
    pieces, labels = [], []
    for share, words in figure.ticks:
        y = canvas.y(level_of(share, height))
        base = {"0", "100"} if figure.indexed else {"0"}
        kind = "axis" if words.split("\u00a0")[0] in base else "grid"
        pieces.append(mark_line(kind, canvas.edge(0), y, canvas.edge(1), y))
        labels.append(mark_text("tick", canvas.edge(0), y - 5, words))
    pieces.append(draw_axis_words(figure.times, canvas, bottom))
    for share, words in figure.breaks:
        x = canvas.x(share)
        pieces.append(mark_line("break", x, canvas.y(_TOP - 12), x, canvas.y(bottom)))
        anchor, shift = ("end", -6) if share > 0.5 else ("start", 6)
        pieces.append(mark_text("break-words", x, canvas.y(_TOP - 16), words, anchor, shift))
    traces = list(enumerate(figure.traces))
    pieces.extend(_trace(trace, canvas, height, index if alike else None) for index, trace in reversed(traces))
    return "".join((*pieces, *labels))


def level_of(share: float, height: float) -> float:
    """Pixels from the top of a chart so high, for a share of its plot from the bottom."""
    bottom = height - _UNDER
    return bottom - share * (bottom - _TOP)


def draw_axis_words(words: Sequence[tuple[float, str]], canvas: Canvas, bottom: float, most: int = _TIMES) -> str:
    """Words under an axis, at most so many."""
    pieces = []
    for share, each in thin_out(words, most):
        anchor = "start" if share < 0.03 else "end" if share > 0.97 else "middle"
        x = canvas.x(share) if anchor == "middle" else canvas.edge(round(share))
        pieces.append(mark_text("tick", x, canvas.y(bottom + 22), each, anchor))
    return "".join(pieces)


def _trace(trace: Trace, canvas: Canvas, height: float, colour: int | None) -> str:
    name, dot = ("trace-hand", "point-hand") if trace.in_hand else ("trace", "point")
    if colour is not None:
        name, dot = f"trace k{colour % COLOURS}", f"point k{colour % COLOURS}"
    spots = [(canvas.x(point.x), canvas.y(level_of(point.y, height))) for point in trace.points]
    pieces = [
        mark_line(f"{name} dashed" if segment.dashed else name, *spots[segment.start], *spots[segment.end])
        for segment in trace.segments
    ]
    joined = {segment.start for segment in trace.segments} | {segment.end for segment in trace.segments}
    last = len(trace.points) - 1
    for index, point in enumerate(trace.points):
        if not (trace.in_hand or index not in joined or point.state == "provisional" or index == last):
            continue
        hollow = point.state in {"provisional", "estimated", "weak"}
        title = f"{trace.name}, {point.period} : {point.said}"
        size = 4.0 if hollow else 4.5 if trace.in_hand else 3.5
        pieces.append(mark_circle(f"{dot} point-open" if hollow else dot, *spots[index], size, title))
    return "".join(pieces)


def draw_labels(
    figure: Evolution, height: float = 340, left: float = 0.0, top: float = 0.0, *, alike: bool = False
) -> str:
    """Each line's name and last value, at the height of its end and apart from one another, for the margin."""
    ended = [trace for trace in figure.traces if trace.points]
    wanted = sorted(((level_of(trace.points[-1].y, height), trace) for trace in ended), key=lambda pair: pair[0])
    placed: list[tuple[float, Trace]] = []
    for y, trace in wanted:
        placed.append((max(y, placed[-1][0] + 38 if placed else 16.0), trace))
    overflow = max(0.0, placed[-1][0] - (height - 24)) if placed else 0.0
    pieces = []
    for y, trace in placed:
        name, spot = "direct direct-hand" if trace.in_hand else "direct", top + y - overflow
        if alike:
            name = f"direct k{figure.traces.index(trace) % COLOURS}"
        pieces.append(mark_text(name, left, spot, clip(trace.label, 24)))
        pieces.append(mark_text(name, left, spot + 17, trace.points[-1].said))
    return "".join(pieces)


def draw_distribution(figure: Distribution, canvas: Canvas, height: float = 320) -> str:
    """Body of the histogram, with a line for each territory that one looks at."""
    top, bottom = 26.0 + 19 * len(figure.marks), height - _UNDER
    pieces = [mark_line("axis", canvas.edge(0), canvas.y(bottom), canvas.edge(1), canvas.y(bottom))]
    width = 1 / max(1, len(figure.bins))
    for index, each in enumerate(figure.bins):
        if each.count:
            tall = (bottom - top) * each.count / max(1, figure.highest)
            high = canvas.y(bottom - tall)
            x, title = canvas.x((index + 0.03) * width), f"{each.words} : {each.count}"
            pieces.append(mark_rect("bar", x, high, canvas.span(width * 0.94), tall, title))
            pieces.append(mark_text("tick", canvas.x((index + 0.5) * width), high - 5, str(each.count), "middle"))
    pieces.append(draw_axis_words(figure.limits, canvas, bottom, 8))
    pieces.extend(_mark(mark, 18.0 + 19 * row, canvas, bottom) for row, mark in enumerate(figure.marks))
    return "".join(pieces)


def _mark(mark: Mark, y: float, canvas: Canvas, bottom: float) -> str:
    kinds = {"territory": ("mark-hand", "direct direct-hand"), "middle": ("mark-middle", "direct")}
    line, name = kinds.get(mark.role, ("mark-line", "direct"))
    anchor, shift = ("end", -6) if mark.x > 0.5 else ("start", 6)
    x, words = canvas.x(mark.x), f"{clip(mark.label, 34)} {mark.said}"
    return mark_line(line, x, canvas.y(y - 12), x, canvas.y(bottom)) + mark_text(
        name, x, canvas.y(y), words, anchor, shift
    )


def thin_out(words: Sequence[tuple[float, str]], most: int) -> list[tuple[float, str]]:
    """At most so many of the words, evenly taken, the last one always."""
    if len(words) <= most:
        return list(words)
    step = -(-(len(words) - 1) // (most - 1))
    kept = list(words[::step])
    if kept[-1] != words[-1]:
        far = 0.6 * step / (len(words) - 1)
        kept = [*(each for each in kept if words[-1][0] - each[0] > far), words[-1]]
    return kept


__all__ = [
    "COLOURS", "Canvas", "draw_axis_words", "draw_distribution", "draw_evolution", "draw_labels", "level_of",
    "thin_out",
]  # fmt: skip
