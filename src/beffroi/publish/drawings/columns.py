"""Standing bars of categories in an order, months or hours: as many words under and over them as can be read."""

from beffroi.observe.blocks.bars import BarsFigure
from beffroi.publish.drawings.charts import Canvas
from beffroi.publish.drawings.marks import mark_line, mark_rect, mark_text
from beffroi.publish.drawings.words import NARROW, WIDE, choose_every, word_width

HEIGHT = 260
_TOP, _UNDER = 24.0, 28.0


def draw_columns(figure: BarsFigure, canvas: Canvas, height: float = HEIGHT) -> str:
    """Body of the columns. Words that are for one width only are in a group of their own."""
    bottom, count = height - _UNDER, max(1, len(figure.groups))
    plot, slot = bottom - _TOP, 1 / count
    floor = bottom - figure.zero * plot
    pieces = []
    highest = max((group.bars[0].number or 0.0 for group in figure.groups), default=0.0)
    for index, group in enumerate(figure.groups):
        bar = group.bars[0]
        name = "bar-hand" if bar.number == highest else "bar"
        doubt = " band-doubt" if bar.state not in {"sure", "missing", "confidential"} else ""
        title = f"{group.label} : {bar.said}" + (f" ({bar.mention})" if bar.mention else "")
        pieces.append(
            mark_rect(f"{name}{doubt}", canvas.x((index + 0.16) * slot), canvas.y(bottom - bar.end * plot),
                      canvas.span(0.68 * slot), (bar.end - bar.start) * plot, title)
        )  # fmt: skip
    pieces.append(mark_line("axis", canvas.edge(0), canvas.y(floor), canvas.edge(1), canvas.y(floor)))
    if canvas.width is not None:
        return "".join((*pieces, _words(figure, canvas, height, canvas.width)))
    wide, narrow = (_words(figure, canvas, height, width) for width in (WIDE, NARROW))
    pieces += [f'<g class="when-wide">{wide}</g>', f'<g class="when-narrow">{narrow}</g>']
    return "".join(pieces)


def _words(figure: BarsFigure, canvas: Canvas, height: float, width: float) -> str:
    """Names under the columns, one in so many, and values over them: all, or the highest and the lowest."""
    bottom, slot = height - _UNDER, 1 / max(1, len(figure.groups))
    plot = bottom - _TOP
    every = choose_every([group.label for group in figure.groups], width)
    bars = [group.bars[0] for group in figure.groups]
    known = [(bar.number, index) for index, bar in enumerate(bars) if bar.number is not None]
    ends = {max(known)[1], min(known)[1]} if known else set()
    shorts = [bar.short or bar.said for bar in bars]
    roomy = choose_every(shorts, width) == 1
    pieces = []
    for index, (group, bar) in enumerate(zip(figure.groups, bars, strict=True)):
        middle = canvas.x((index + 0.5) * slot)
        if index % every == 0:
            tight = word_width(group.label) > slot * width
            edge = "start" if tight and index == 0 else "end" if tight and index == len(bars) - 1 else "middle"
            at = middle if edge == "middle" else canvas.x(0 if edge == "start" else 1)
            pieces.append(mark_text("tick", at, canvas.y(bottom + 20), group.label, edge))
        if roomy or index in ends or bar.number is None:
            pieces.append(mark_text("said", middle, canvas.y(bottom - bar.end * plot - 6), shorts[index], "middle"))
    return "".join(pieces)


__all__ = ["HEIGHT", "draw_columns"]
