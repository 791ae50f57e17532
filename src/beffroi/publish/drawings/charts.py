"""Evolution and distribution. Across, positions are shares of the width, so that text keeps its size on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from beffroi.observe.figures import Distribution, Evolution
from beffroi.observe.figures.distributions import Mark
from beffroi.observe.figures.evolutions import Trace

_TIMES = 7
"""Most words under the axis of time."""


@dataclass(frozen=True)
class Canvas:
    """Where a chart is drawn: in pixels from ``left`` when ``width`` is given (print), else in percents (page)."""

    width: float | None = None
    left: float = 0.0
    top: float = 0.0

    def x(self, share: float, inset: float = 0.02) -> str:
        """A position across: ``inset`` keeps the ends of lines inside."""
        held = inset + share * (1 - 2 * inset)
        return f"{100 * held:.2f}%" if self.width is None else f"{self.left + held * self.width:.1f}"

    def span(self, share: float, inset: float = 0.02) -> str:
        """A length across."""
        held = share * (1 - 2 * inset)
        return f"{100 * held:.2f}%" if self.width is None else f"{held * self.width:.1f}"

    def y(self, pixels: float) -> str:
        return f"{self.top + pixels:.1f}"


def draw_evolution(figure: Evolution, canvas: Canvas, height: float = 340) -> str:
    """Body of the line chart, ``height`` pixels high."""
    top, bottom = 40.0, height - 30

    def level(share: float) -> float:
        return bottom - share * (bottom - top)

    pieces = []
    for share, words in figure.ticks:
        y = canvas.y(level(share))
        kind = "axis" if words.split("\u00a0")[0] in {"0", "100"} else "grid"
        pieces.append(f'<line class="{kind}" x1="{canvas.x(0, 0)}" x2="{canvas.x(1, 0)}" y1="{y}" y2="{y}"/>')
        pieces.append(
            f'<text class="tick" x="{canvas.x(0, 0)}" y="{canvas.y(level(share) - 5)}">{escape(words)}</text>'
        )
    for share, words in thin_out(figure.times, _TIMES):
        anchor = "start" if share < 0.03 else "end" if share > 0.97 else "middle"
        x = canvas.x(share, 0 if anchor != "middle" else 0.02)
        pieces.append(
            f'<text class="tick" text-anchor="{anchor}" x="{x}" y="{canvas.y(bottom + 22)}">{escape(words)}</text>'
        )
    for share, why in figure.breaks:
        x = canvas.x(share)
        pieces.append(f'<line class="break" x1="{x}" x2="{x}" y1="{canvas.y(top - 12)}" y2="{canvas.y(bottom)}"/>')
        words = why.split(" : ")[0].split("\u00a0:")[0].split(":")[0]
        anchor = "end" if share > 0.5 else "start"
        shift = -6 if share > 0.5 else 6
        pieces.append(
            f'<text class="break-words" text-anchor="{anchor}" dx="{shift}" x="{x}" y="{canvas.y(top - 16)}">'
            f"{escape(words)}</text>"
        )
    for trace in reversed(figure.traces):
        pieces.append(_trace(trace, canvas, level))
    pieces.append(_direct_labels(figure.traces, canvas, level, height))
    return "".join(pieces)


def _trace(trace: Trace, canvas: Canvas, level: object) -> str:
    assert callable(level)
    name, dot = ("trace-hand", "point-hand") if trace.in_hand else ("trace", "point")
    pieces = []
    for segment in trace.segments:
        start, end = trace.points[segment.start], trace.points[segment.end]
        dashed = " dashed" if segment.dashed else ""
        pieces.append(
            f'<line class="{name}{dashed}" x1="{canvas.x(start.x)}" y1="{canvas.y(level(start.y))}" '
            f'x2="{canvas.x(end.x)}" y2="{canvas.y(level(end.y))}"/>'
        )
    joined = {segment.start for segment in trace.segments} | {segment.end for segment in trace.segments}
    for index, point in enumerate(trace.points):
        lonely = index not in joined
        if not (trace.in_hand or lonely or point.state == "provisional" or index == len(trace.points) - 1):
            continue
        hollow = " point-open" if point.state in {"provisional", "estimated", "weak"} else ""
        size = (4.5 if trace.in_hand else 3.5) if not hollow else 4
        pieces.append(
            f'<circle class="{dot}{hollow}" cx="{canvas.x(point.x)}" cy="{canvas.y(level(point.y))}" r="{size}">'
            f"<title>{escape(trace.place.name)}, {point.period} : {escape(point.said)}</title></circle>"
        )
    return "".join(pieces)


def _direct_labels(traces: Sequence[Trace], canvas: Canvas, level: object, height: float) -> str:
    """Each line's name and last value beside its end, moved apart where they would touch."""
    assert callable(level)
    wanted = sorted(
        ((level(t.points[-1].y) - 12, t) for t in traces if t.points), key=lambda pair: (pair[0], not pair[1].in_hand)
    )
    placed: list[tuple[float, Trace]] = []
    for y, trace in wanted:
        placed.append((max(y, placed[-1][0] + 17 if placed else 16.0), trace))
    overflow = max(0.0, placed[-1][0] - (height - 40)) if placed else 0.0
    pieces = []
    for y, trace in placed:
        last = trace.points[-1]
        single = len(trace.points) == 1 and 0.2 < last.x < 0.8
        x, anchor = (canvas.x(last.x), "middle") if single else (canvas.x(1, 0), "end")
        name = "direct direct-hand" if trace.in_hand else "direct"
        pieces.append(
            f'<text class="{name}" text-anchor="{anchor}" x="{x}" y="{canvas.y(y - overflow)}">'
            f"{escape(clip(trace.place.short or trace.place.name, 34))} {escape(last.said)}</text>"
        )
    return "".join(pieces)


def draw_distribution(figure: Distribution, canvas: Canvas, height: float = 320) -> str:
    """Body of the histogram, with a line for each territory that one looks at."""
    rows = len(figure.marks)
    top, bottom = 26.0 + 19 * rows, height - 30
    pieces = [
        f'<line class="axis" x1="{canvas.x(0, 0)}" x2="{canvas.x(1, 0)}" y1="{canvas.y(bottom)}" y2="{canvas.y(bottom)}"/>'
    ]
    width = 1 / max(1, len(figure.bins))
    for index, each in enumerate(figure.bins):
        tall = (bottom - top) * each.count / max(1, figure.highest)
        if each.count:
            pieces.append(
                f'<rect class="bar" x="{canvas.x(index * width + width * 0.03)}" width="{canvas.span(width * 0.94)}" '
                f'y="{canvas.y(bottom - tall)}" height="{tall:.1f}"><title>{escape(each.words)} : {each.count}</title></rect>'
                f'<text class="tick" text-anchor="middle" x="{canvas.x((index + 0.5) * width)}" '
                f'y="{canvas.y(bottom - tall - 5)}">{each.count}</text>'
            )
    for share, words in thin_out(figure.limits, 8):
        anchor = "start" if share < 0.03 else "end" if share > 0.97 else "middle"
        x = canvas.x(share, 0.02 if anchor == "middle" else 0)
        pieces.append(
            f'<text class="tick" text-anchor="{anchor}" x="{x}" y="{canvas.y(bottom + 22)}">{escape(words)}</text>'
        )
    for row, mark in enumerate(figure.marks):
        pieces.append(_mark(mark, row, canvas, bottom))
    return "".join(pieces)


def _mark(mark: Mark, row: int, canvas: Canvas, bottom: float) -> str:
    kinds = {"territory": ("mark-hand", "direct direct-hand"), "middle": ("mark-middle", "direct")}
    line, words = kinds.get(mark.role, ("mark-line", "direct"))
    y = 18 + 19 * row
    anchor, shift = ("end", -6) if mark.x > 0.5 else ("start", 6)
    return (
        f'<line class="{line}" x1="{canvas.x(mark.x)}" x2="{canvas.x(mark.x)}" y1="{canvas.y(y - 12)}" y2="{canvas.y(bottom)}"/>'
        f'<text class="{words}" text-anchor="{anchor}" dx="{shift}" x="{canvas.x(mark.x)}" y="{canvas.y(y)}">'
        f"{escape(clip(mark.label, 34))} {escape(mark.said)}</text>"
    )


def thin_out(words: Sequence[tuple[float, str]], most: int) -> list[tuple[float, str]]:
    """At most so many of the words, evenly taken, the last one always."""
    if len(words) <= most:
        return list(words)
    step = -(-(len(words) - 1) // (most - 1))
    kept = list(words[::step])
    if kept[-1] != words[-1]:
        kept = [*[w for w in kept if words[-1][0] - w[0] > 0.6 * step / (len(words) - 1)], words[-1]]
    return kept


def clip(words: str, length: int) -> str:
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


__all__ = ["Canvas", "clip", "draw_distribution", "draw_evolution", "thin_out"]
