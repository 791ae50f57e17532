"""Two wings of bars around a column of words; the outline of another territory over them."""

from collections.abc import Callable
from itertools import pairwise
from typing import Literal

from beffroi.observe.blocks.pyramids import PyramidFigure, Wing
from beffroi.publish.drawings.charts import Canvas
from beffroi.publish.drawings.marks import clip, mark_line, mark_rect, mark_text
from beffroi.publish.drawings.words import word_width

Side = Literal["left", "right"]
Across = Callable[[float], float]
_TOP, _UNDER, _ROW = 6.0, 26.0, 26.0
_NARROW = 112.0
"""Pixels of a wing on a phone, where the value at the end of its longest bar must still be seen."""


def pyramid_height(figure: PyramidFigure) -> int:
    return round(_TOP + _UNDER + _ROW * len(figure.rows))


def words_width(figure: PyramidFigure) -> int:
    """Pixels that the column of words takes."""
    return round(14 + 6.8 * max(len(clip(row.label, 18)) for row in figure.rows))


def draw_wing(figure: PyramidFigure, side: Side, canvas: Canvas) -> str:
    """The bars of one side, growing outwards."""
    flip = side == "left"

    reach = _reach(figure)

    def x(share: float) -> float:
        return 1 - share * reach if flip else share * reach

    anchor, shift = ("end", -6) if flip else ("start", 6)
    bottom = _TOP + _ROW * len(figure.rows)
    wings = [row.left if flip else row.right for row in figure.rows]
    pieces = []
    for share, words in figure.ticks:
        at = canvas.x(x(share))
        pieces.append(mark_line("axis" if share == 0 else "grid", at, canvas.y(_TOP), at, canvas.y(bottom)))
        middle = "middle" if 0 < share < 1 else anchor if share else ("end" if flip else "start")
        pieces.append(mark_text("tick", at, canvas.y(bottom + 18), words, "middle" if share else middle))
    name = figure.names[0 if flip else 1]
    for index, (row, wing) in enumerate(zip(figure.rows, wings, strict=True)):
        pieces.append(_bar(wing, f"{name}, {row.label} : {wing.said}", _TOP + index * _ROW, x, canvas, side))
    pieces.append(_outline(wings, x, canvas))
    for index, wing in enumerate(wings):
        far = max(wing.length or 0.0, wing.outline or 0.0)
        name_of = "said" if wing.length is not None else "break-words"
        pieces.append(
            mark_text(name_of, canvas.x(x(far)), canvas.y(_TOP + index * _ROW + 17), wing.short, anchor, shift)
        )
    return "".join(pieces)


def _reach(figure: PyramidFigure) -> float:
    """How much of a wing its longest bar takes: the rest is for the value at its end."""
    longest = max((word_width(wing.short) for row in figure.rows for wing in (row.left, row.right)), default=0.0)
    return max(0.5, 1 - (longest + 14) / _NARROW)


def _colour(side: Side) -> str:
    return "k3" if side == "left" else "k0"


def _bar(wing: Wing, title: str, top: float, x: Across, canvas: Canvas, side: Side) -> str:
    if wing.length is None:
        return ""
    doubt = " band-doubt" if wing.state in {"estimated", "weak"} else ""
    ends = sorted((x(0), x(wing.length)))
    title += f" ({wing.mention})" if wing.mention else ""
    return mark_rect(f"band fill {_colour(side)}{doubt}", canvas.x(ends[0]), canvas.y(top + 2),
                     canvas.span(ends[1] - ends[0]), _ROW - 4, title)  # fmt: skip


def _outline(wings: list[Wing], x: Across, canvas: Canvas) -> str:
    """Steps along the ends of the bars of the territory compared with, open where one is unknown."""
    pieces = []
    for index, wing in enumerate(wings):
        if wing.outline is not None:
            at, top = canvas.x(x(wing.outline)), canvas.y(_TOP + index * _ROW)
            pieces.append(mark_line("steps", at, top, at, top + _ROW))
    for index, (one, two) in enumerate(pairwise(wings), 1):
        if one.outline is not None and two.outline is not None:
            y = canvas.y(_TOP + index * _ROW)
            pieces.append(mark_line("steps", canvas.x(x(one.outline)), y, canvas.x(x(two.outline)), y))
    return "".join(pieces)


def draw_words(figure: PyramidFigure, middle: float, top: float = 0.0) -> str:
    """The categories, between the two wings."""
    return "".join(
        mark_text("said", middle, top + _TOP + index * _ROW + 17, clip(row.label, 18), "middle")
        for index, row in enumerate(figure.rows)
    )


__all__ = ["draw_wing", "draw_words", "pyramid_height", "words_width"]
