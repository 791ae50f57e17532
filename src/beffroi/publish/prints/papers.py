"""Sheets of paper and where things stand on them, in millimetres. The map has whatever the words leave."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Paper:
    """A format of ISO 216. ``unit`` enlarges words and marks with the distance that a sheet is read from: 1 is a sheet
    in the hand, 2.4 a poster on a wall."""

    name: str
    short: float
    long: float
    margin: float
    unit: float


PAPERS: Mapping[str, Paper] = {
    paper.name: paper
    for paper in (
        Paper("A4", 210, 297, 9, 1.0),
        Paper("A3", 297, 420, 11, 1.12),
        Paper("A2", 420, 594, 14, 1.45),
        Paper("A1", 594, 841, 18, 1.85),
        Paper("A0", 841, 1189, 22, 2.4),
    )
}

_HEAD, _SIDE, _BAND, _GAP, _EDGE = 13.5, 60.0, 66.0, 4.5, 3.6
"""Of a unit: height of the head, width of the column, height of the band under an upright map, room between them, and
the edge of the frame where the grid is numbered."""


@dataclass(frozen=True)
class Box:
    """A place on a sheet, from its top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """Where the parts of a sheet stand. ``plate`` is the map with its numbered edge, ``frame`` the map alone; ``words``
    has the legend and what the sheet says of itself, beside a lying map or under an upright one."""

    paper: Paper
    upright: bool
    width: float
    height: float
    head: Box
    plate: Box
    frame: Box
    words: Box


def lay_out(paper: Paper, *, upright: bool) -> Layout:
    """The parts of a sheet of a format and an orientation."""
    width, height = (paper.short, paper.long) if upright else (paper.long, paper.short)
    unit, margin = paper.unit, paper.margin
    head, gap, edge = _HEAD * unit, _GAP * unit, _EDGE * unit
    inside, top = width - 2 * margin, margin + head
    under = height - margin - top
    if upright:
        band = _BAND * unit
        plate = Box(margin, top, inside, under - band - gap)
        words = Box(margin, top + plate.height + gap, inside, band)
    else:
        side = _SIDE * unit
        plate = Box(margin, top, inside - side - gap, under)
        words = Box(margin + plate.width + gap, top, side, under)
    frame = Box(plate.x + edge, plate.y + edge, plate.width - 2 * edge, plate.height - 2 * edge)
    # Words stand in line with the frame, not with the numbers around it.
    title = Box(frame.x, margin, words.x + words.width - frame.x, head)
    if upright:
        title, words = replace(title, width=frame.width), replace(words, x=frame.x, width=frame.width)
    else:
        words = replace(words, y=frame.y, height=frame.height)
    return Layout(paper, upright, width, height, title, plate, frame, words)


__all__ = ["PAPERS", "Box", "Layout", "Paper", "lay_out"]
