"""Bands piled over time. Shapes stretch with the width inside a drawing of their own; words keep their size."""

from dataclasses import replace
from itertools import groupby, pairwise

from beffroi.observe.blocks.areas import AreaFigure, Band, Level
from beffroi.publish.drawings.charts import COLOURS, Canvas, draw_axis_words
from beffroi.publish.drawings.marks import clip, mark_area, mark_line, mark_text
from beffroi.publish.drawings.words import spread_words

HEIGHT = 340
TICKS = 44
"""Width in pixels of the margin of graduations."""
_TOP, _UNDER = 40.0, 30.0
_UNITS = 1000.0
"""Width of the drawing that stretches, in its own units."""
_LONE = 0.006
"""Half of the width of a period that stands alone, as a share of the plot."""


def draw_area(figure: AreaFigure, canvas: Canvas, height: float = HEIGHT) -> str:
    """Body of the piled bands, ``height`` pixels high."""
    bottom, plot = height - _UNDER, height - _UNDER - _TOP
    pieces = []
    for share, _ in figure.ticks:
        y = canvas.y(bottom - share * plot)
        pieces.append(mark_line("axis" if share == 0 else "grid", canvas.edge(0), y, canvas.edge(1), y))
    pieces.append(_stretch(figure, canvas, plot))
    for share, words in figure.breaks:
        pieces.append(mark_line("break", canvas.x(share), canvas.y(_TOP - 12), canvas.x(share), canvas.y(bottom)))
        anchor, shift = ("end", -6) if share > 0.5 else ("start", 6)
        pieces.append(mark_text("break-words", canvas.x(share), canvas.y(_TOP - 16), words, anchor, shift))
    for share, words in figure.holes:
        pieces.append(mark_line("hole", canvas.x(share), canvas.y(_TOP), canvas.x(share), canvas.y(bottom)))
        anchor = "start" if share < 0.1 else "end" if share > 0.9 else "middle"
        pieces.append(mark_text("break-words", canvas.x(share), canvas.y(bottom - plot / 2), words, anchor))
    pieces.append(draw_axis_words(figure.times, canvas, bottom))
    return "".join(pieces)


def _stretch(figure: AreaFigure, canvas: Canvas, plot: float) -> str:
    """The bands: on paper where they are, on a page in a drawing that takes whatever width there is."""
    if canvas.width is not None:
        inner = canvas.width * (1 - 2 * canvas.inset)
        return "".join(
            _band(band, index, canvas.left + canvas.width * canvas.inset, inner, canvas.y(_TOP), plot)
            for index, band in enumerate(figure.bands)
        )
    body = "".join(_band(band, index, 0.0, _UNITS, 0.0, plot) for index, band in enumerate(figure.bands))
    return (
        f'<svg x="{canvas.x(0)}" y="{canvas.y(_TOP):g}" width="{canvas.span(1)}" height="{plot:g}" '
        f'viewBox="0 0 {_UNITS:g} {plot:g}" preserveAspectRatio="none" overflow="visible">{body}</svg>'
    )


def _band(band: Band, colour: int, left: float, width: float, top: float, plot: float) -> str:
    pieces = []
    for run in band.runs:
        levels = list(run) if len(run) > 1 else _widen(run[0])
        pairs = [(one, two, "band-doubt" if _doubts(one, two) else "") for one, two in pairwise(levels)]
        for doubt, group in groupby(pairs, key=lambda pair: pair[2]):
            slices = list(group)
            through = [slices[0][0], *(two for _, two, _ in slices)]
            shape = [(left + width * each.x, top + plot * (1 - each.high)) for each in through]
            shape += [(left + width * each.x, top + plot * (1 - each.low)) for each in reversed(through)]
            first, last = through[0], through[-1]
            title = f"{band.label}, {first.period} : {first.said}"
            title += f", {last.period} : {last.said}" if last.period != first.period else ""
            pieces.append(mark_area(f"band fill k{colour % COLOURS} {doubt}".rstrip(), shape, title))
    return "".join(pieces)


def _doubts(one: Level, two: Level) -> bool:
    return any(each.state in {"provisional", "estimated", "weak"} for each in (one, two))


def _widen(level: Level) -> list[Level]:
    """A period that stands alone is given a little width."""
    return [
        replace(level, x=level.x + shift)
        for shift in (-_LONE, _LONE)
    ]  # fmt: skip


def draw_area_ticks(figure: AreaFigure, height: float = HEIGHT, right: float = TICKS - 6, top: float = 0.0) -> str:
    """The graduations, for the margin on the left: over the bands they would not be read."""
    bottom = height - _UNDER
    return "".join(
        mark_text("tick", right, top + bottom - share * (bottom - _TOP) + 4, words, "end")
        for share, words in figure.ticks
    )


def draw_area_labels(figure: AreaFigure, height: float = HEIGHT, left: float = 0.0, top: float = 0.0) -> str:
    """Each band's name and last value, at the height where it ends, for the margin."""
    plot = height - _UNDER - _TOP
    ended = [(index, band.label, band.runs[-1][-1]) for index, band in enumerate(figure.bands) if band.runs]
    two_lines = len(ended) <= 6
    wanted = [height - _UNDER - plot * (last.low + last.high) / 2 - (6 if two_lines else -4) for _, _, last in ended]
    spots = spread_words(wanted, 37 if two_lines else 19, 14, height - (40 if two_lines else 20))
    pieces = []
    for (index, label, last), y in zip(ended, spots, strict=True):
        name = f"direct k{index % COLOURS}"
        if two_lines:
            pieces.append(mark_text(name, left, top + y, clip(label, 24)))
            pieces.append(mark_text(name, left, top + y + 17, last.said))
        else:
            pieces.append(mark_text(name, left, top + y, f"{clip(label, 18)} {last.said}"))
    return "".join(pieces)


__all__ = ["HEIGHT", "TICKS", "draw_area", "draw_area_labels", "draw_area_ticks"]
