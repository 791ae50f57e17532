"""Two breakdowns back to back: the ages of women and of men, the eldest at the top.

Beside another territory, of another size, both are given in shares of their own whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beffroi.catalog.blocks import Pyramid
from beffroi.language import format_number, text
from beffroi.observe.blocks.grids import Cell, Grid, Row, cell_of
from beffroi.observe.blocks.words import lower_first, say_bare, say_share, title_breakdown
from beffroi.observe.classes import round_ticks
from beffroi.observe.figures.evolutions import say_tick
from beffroi.observe.frames import Frame, frame_figure, period_words, say_unit
from beffroi.observe.places import Place
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure, State


@dataclass(frozen=True, slots=True)
class Wing:
    """One bar: its length and that of the territory compared with, as shares of the axis; None when unknown.

    ``short`` is its value without the unit, which the subtitle gives; ``numbers`` are what its length and its outline
    stand for: amounts, or shares of each whole.
    """

    length: float | None
    outline: float | None
    said: str
    short: str
    state: State
    mention: str
    numbers: tuple[float | None, float | None]


@dataclass(frozen=True)
class PyramidRow:
    """One category on both sides."""

    label: str
    left: Wing
    right: Wing


@dataclass(frozen=True)
class PyramidFigure:
    """Rows from the top down. ``outline`` says whose outline is drawn over it, empty when there is none."""

    frame: Frame
    readings: tuple[Reading, ...]
    names: tuple[str, str]
    rows: tuple[PyramidRow, ...]
    ticks: tuple[tuple[float, str], ...]
    outline: str
    table: Grid


@dataclass(frozen=True)
class _Sides:
    """What one territory has on both sides, category by category from the first declared."""

    place: Place
    left: tuple[Reading | None, ...]
    right: tuple[Reading | None, ...]

    @property
    def numbers(self) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
        left, right = (
            tuple(None if read is None else read.value.value for read in side) for side in (self.left, self.right)
        )
        return left, right

    @property
    def total(self) -> float | None:
        """The whole of both sides; None when a part is unknown, and then there are no shares."""
        every = [number for side in self.numbers for number in side]
        return None if any(number is None for number in every) else sum(number or 0.0 for number in every)

    @property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(read for read in (*self.left, *self.right) if read is not None)


def observe_pyramid(standing: Standing, block: Pyramid) -> PyramidFigure:
    """The pyramid that a block asks for, with the outline of the first territory that it compares with."""
    held, language = standing.take(block.territory), standing.language
    left_title, left_parent, left = title_breakdown(held, block.left)
    _, right_parent, right = title_breakdown(held, block.right)
    period = held.settle(left[0][1], block.period)
    own = _sides(held, held.place, left, right, period)
    others = [_sides(held, place, left, right, period) for place in held.others(block.compared)]
    beside = next((each for each in others if own.total and each.total), None)
    names = (left_parent.title(language), right_parent.title(language))
    labels = [label for label, _ in left]
    order = order_rows(held.breakdown(block.left), [name for name, _ in held.categories(block.left)])
    rows, ticks = _rows(own, beside, labels, _reach(held, own, beside, left, right), language)
    readings = own.readings + (beside.readings if beside else ())
    by = left_title.removeprefix(names[0]).strip()
    words = text("page.title_pyramid", language, left=names[0], right=lower_first(names[1]), by=by,
                 place=held.place.name, period=period_words(left[0][1], period, language))  # fmt: skip
    unit = text("page.percent_of_both", language) if beside else left[0][1].unit_words(language)
    frame = frame_figure(
        held, [measure for _, measure in (*left, *right)], readings, words, _sentence(own, names, labels, language),
        subtitle=say_unit(unit, language),
    )  # fmt: skip
    return PyramidFigure(
        frame=frame, readings=readings, names=names, rows=tuple(rows[index] for index in order), ticks=ticks,
        outline=text("page.pyramid_outline", language, place=beside.place.short or beside.place.name) if beside else "",
        table=_table(own, beside, names, labels, order, language),
    )  # fmt: skip


def order_rows(breakdown: Mapping[str, Any], names: Sequence[str]) -> list[int]:
    """Positions of the categories from the top down: the eldest first.

    An age is where the rows of a category begin, in the one column of numbers that tells them all apart. Categories
    told apart otherwise are thought to be declared from the youngest: the last one stands on top.
    """
    wheres = [breakdown["categories"][name]["where"] for name in names]
    for column in wheres[0]:
        starts = [_start_of(where.get(column)) for where in wheres]
        if len(set(starts)) == len(starts) and None not in starts:
            return sorted(range(len(names)), key=lambda index: -(starts[index] or 0.0))
    return list(reversed(range(len(names))))


def _start_of(kept: Any) -> float | None:
    """The least number that a column may hold in the rows that are kept; None when it is not known to be a number."""
    if isinstance(kept, Mapping):
        low, high = kept.get("min"), kept.get("max")
        return float("-inf") if low is None and high is not None else low
    if isinstance(kept, list):
        numbers = [_start_of(each) for each in kept]
        return None if None in numbers or not numbers else min(each for each in numbers if each is not None)
    return float(kept) if isinstance(kept, int | float) and not isinstance(kept, bool) else None


def _sides(
    held: Standing, place: Place, left: Sequence[tuple[str, Measure]], right: Sequence[tuple[str, Measure]], period: str
) -> _Sides:
    found = [tuple(held.read(measure, place, period) for _, measure in side) for side in (left, right)]
    return _Sides(place, found[0], found[1])


def _reach(
    held: Standing, own: _Sides, beside: _Sides | None, left: Sequence[tuple[str, Measure]],
    right: Sequence[tuple[str, Measure]],
) -> float:  # fmt: skip
    """The longest bar of all periods, so that one keeps its length from one period to the next."""
    longest = [0.0]
    for period in held.periods(left[0][1]):
        for sides in (own, beside) if beside else (own,):
            then = _sides(held, sides.place, left, right, period)
            unit = 1.0 if beside is None else 100.0 / then.total if then.total else 0.0
            longest += [number * unit for side in then.numbers for number in side if number is not None]
    return max(longest)


def _rows(
    own: _Sides, beside: _Sides | None, labels: Sequence[str], reach: float, language: str
) -> tuple[list[PyramidRow], tuple[tuple[float, str], ...]]:
    unit = 100.0 / own.total if beside and own.total else 1.0
    beyond = 100.0 / beside.total if beside and beside.total else 1.0
    measure = next((read.measure for read in own.readings), None)
    top = reach or 1.0
    whole = beside is None and measure is not None and measure.unit.decimals == 0
    steps = tuple(step for step in round_ticks(0.0, top, 2, whole=whole) if step <= top)
    rows = []
    for index, label in enumerate(labels):
        wings = [
            _wing(side[index], other[index] if other else None, (unit, beyond, top), beside is not None, language)
            for side, other in zip((own.left, own.right), (beside.left, beside.right) if beside else ((), ()),
                                   strict=True)
        ]  # fmt: skip
        rows.append(PyramidRow(label, wings[0], wings[1]))
    if measure is None:
        return rows, ()
    return rows, tuple((s / top, say_tick(measure, s, steps, True, language)) for s in steps)


def _wing(
    read: Reading | None, other: Reading | None, units: tuple[float, float, float], in_shares: bool, language: str
) -> Wing:
    unit, beyond, top = units
    far = None if other is None or other.value.value is None else other.value.value * beyond
    outline = None if far is None else far / top
    cell = cell_of(read, language)
    if cell.number is None:
        return Wing(None, outline, cell.said, cell.said, cell.state if read else "missing", cell.mention,
                    (None, far))  # fmt: skip
    said = say_share(cell.number * unit, language) if in_shares else cell.said
    bare = say_bare(read.measure, cell.number, language) if read else cell.said
    short = format_number(cell.number * unit, 1, language) if in_shares else bare
    number = cell.number * unit
    return Wing(number / top, outline, said, short, cell.state, cell.mention, (number, far))


def _sentence(own: _Sides, names: tuple[str, str], labels: Sequence[str], language: str) -> str:
    """The most numerous category of each side, and how the two sides share the whole."""
    said = []
    for name, side, numbers in zip(names, (own.left, own.right), own.numbers, strict=True):
        known = [(number, index) for index, number in enumerate(numbers) if number is not None]
        if known:
            most, index = max(known)
            read = side[index]
            assert read is not None
            said.append(text("page.pyramid_most", language, name=name, label=labels[index],
                             said=read.measure.say(most, language)))  # fmt: skip
    if not said:
        return text("sentence.none", language)
    words = ". ".join(said)
    if own.total:
        left = sum(number or 0.0 for number in own.numbers[0])
        share = say_share(100 * left / own.total, language)
        words += ". " + text("page.pyramid_share", language, name=names[0], share=share).rstrip(".")
    return text("page.listed", language, place=own.place.name, parts=words)


def _table(
    own: _Sides, beside: _Sides | None, names: tuple[str, str], labels: Sequence[str], order: Sequence[int],
    language: str,
) -> Grid:  # fmt: skip
    rows = []
    for index in order:
        label = labels[index]
        cells = [cell_of(side[index], language) for side in (own.left, own.right)]
        for territory in (own, beside) if beside else ():
            total = territory.total
            for numbers in territory.numbers:
                number = numbers[index]
                share = None if number is None or not total else 100 * number / total
                cells.append(Cell("–" if share is None else say_share(share, language), share))
        rows.append(Row(label, tuple(cells)))
    columns = list(names)
    for territory in (own, beside) if beside else ():
        place = territory.place.short or territory.place.name
        columns += [f"{name}, {place} (%)" for name in names]
    return Grid(text("page.category", language), tuple(columns), tuple(rows), in_order=True)


__all__ = ["PyramidFigure", "PyramidRow", "Wing", "observe_pyramid", "order_rows"]
