"""Slopes between two periods, each named where it ends when there is room for its name."""

from collections.abc import Sequence

from beffroi.observe.blocks.slopes import SlopeFigure, SlopeLine
from beffroi.publish.drawings.charts import Canvas
from beffroi.publish.drawings.marks import clip, mark_circle, mark_line, mark_text
from beffroi.publish.drawings.words import spread_words

_TOP, _UNDER = 42.0, 22.0
_LEFT, _RIGHT, _WORDS = 0.16, 0.47, 0.51
"""Where the two axes stand and where names begin, as shares of the width."""
_GAP = 37.0
_NAMED = 9
"""Most lines that bear their name."""


def slope_height(figure: SlopeFigure) -> int:
    """Pixels high: enough for the names that stand at the ends."""
    return round(max(240.0, min(_NAMED, len(figure.lines)) * (_GAP + 6) + _TOP + _UNDER))


def draw_slope(figure: SlopeFigure, canvas: Canvas, height: float) -> str:
    """Body of the slopes: two axes, the lines, and the words of those that are named."""
    bottom = height - _UNDER
    plot = bottom - _TOP
    named = figure.lines[:_NAMED]
    pieces = [
        mark_line("axis", canvas.x(x), canvas.y(_TOP - 12), canvas.x(x), canvas.y(bottom + 8)) for x in (_LEFT, _RIGHT)
    ]
    for x, words in zip((_LEFT, _RIGHT), figure.periods, strict=True):
        pieces.append(mark_text("tick", canvas.x(x), canvas.y(_TOP - 20), words, "middle"))
    for index in reversed(range(len(figure.lines))):
        pieces.append(_line(figure, figure.lines[index], _kind(figure, index), canvas, bottom, plot))
    pieces.append(_ends(figure, named, canvas, bottom, plot))
    return "".join(pieces)


def _kind(figure: SlopeFigure, index: int) -> str:
    """The line in hand, one that is named, or one of the crowd."""
    if figure.lines[index].in_hand:
        return "-hand"
    return "" if index < _NAMED else "-crowd"


def _line(figure: SlopeFigure, line: SlopeLine, kind: str, canvas: Canvas, bottom: float, plot: float) -> str:
    start, end = (canvas.y(bottom - share * plot) for share in (line.start, line.end))
    x1, x2 = canvas.x(_LEFT), canvas.x(_RIGHT)
    title = f"{line.label} : {line.first}, {line.last}" + (f" ({line.change})" if line.change else "")
    dashed = " dashed" if line.doubtful else ""
    pieces = [mark_line(f"trace{kind}{dashed}", x1, start, x2, end)] if figure.joined else []
    for x, y, state in ((x1, start, line.states[0]), (x2, end, line.states[1])):
        hollow = " point-open" if state != "sure" else ""
        pieces.append(mark_circle(f"point{kind}{hollow}", x, y, 4.5 if kind == "-hand" else 3.5, title))
    return "".join(pieces)


def _ends(figure: SlopeFigure, named: Sequence[SlopeLine], canvas: Canvas, bottom: float, plot: float) -> str:
    """Names and values at the right, values at the left where they are not all the same."""
    pieces = []
    rights = [bottom - line.end * plot for line in named]
    for line, at, y in zip(named, rights, spread_words([r - 3 for r in rights], _GAP, 14, bottom - 4), strict=True):
        name = "direct direct-hand" if line.in_hand else "direct"
        pieces.append(
            mark_line("leader", canvas.x(_RIGHT + 0.012), canvas.y(at), canvas.x(_WORDS - 0.008), canvas.y(y - 2))
        )
        pieces.append(mark_text(name, canvas.x(_WORDS), canvas.y(y), clip(line.label, 23)))
        told = line.change if figure.indexed else line.shorts[1]
        pieces.append(mark_text(name, canvas.x(_WORDS), canvas.y(y + 16), clip(told, 20)))
    if figure.indexed:
        level = bottom - (named[0].start if named else 0) * plot
        return "".join((*pieces, mark_text("direct", canvas.x(_LEFT), canvas.y(level + 5), "100", "end", -10)))
    lefts = [bottom - line.start * plot for line in named]
    for line, y in zip(named, spread_words([at + 5 for at in lefts], 18, 14, bottom + 6), strict=True):
        name = "direct direct-hand" if line.in_hand else "direct"
        pieces.append(mark_text(name, canvas.x(_LEFT), canvas.y(y), clip(line.shorts[0], 9), "end", -10))
    return "".join(pieces)


__all__ = ["draw_slope", "slope_height"]
