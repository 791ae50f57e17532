"""Tables of words: what a figure shows in lines and columns, with what to sort by and what to doubt."""

from dataclasses import dataclass

from beffroi.language import text
from beffroi.observe.blocks.words import say_beside
from beffroi.observe.frames import Frame
from beffroi.observe.standings import Reading
from beffroi.observe.values import Measure, State


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in words; ``number`` is what one sorts by, ``mention`` what there is to know of it."""

    said: str
    number: float | None = None
    state: State = "sure"
    mention: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a table: its name, the words in small under it, its cells in the order of the columns."""

    label: str
    cells: tuple[Cell, ...]
    detail: str = ""
    in_hand: bool = False


@dataclass(frozen=True)
class Grid:
    """A table. ``corner`` is the title of the column of names.

    ``in_order`` when names follow one another otherwise than by letter: periods, ages, intervals. ``mixed`` when a
    column holds numbers of several units, which no order by value can bring together.
    """

    corner: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    in_order: bool = False
    mixed: bool = False


@dataclass(frozen=True)
class GridFigure:
    """A figure that is a table, and nothing besides; ``first_in_hand`` when its first column is the territory's."""

    frame: Frame
    readings: tuple[Reading, ...]
    grid: Grid
    first_in_hand: bool = False


def cell_of(reading: Reading | None, language: str, absent: str = "–", *, beside: bool = False) -> Cell:
    """The cell of a value; why it is not there, when it is not. ``beside`` when its unit is said with its row."""
    if reading is None:
        return Cell(absent)
    value = reading.value
    if value.value is None:
        return Cell("–", None, value.state, reading.say_absence(language))
    mention = "" if value.state == "sure" else text(f"state.{value.state}", language)
    said = (say_beside if beside else Measure.say)(reading.measure, value.value, language)
    return Cell(said, value.value, value.state, mention)


__all__ = ["Cell", "Grid", "GridFigure", "Row", "cell_of"]
