"""Two periods, and what each territory became from one to the other.

Counts of territories of unlike sizes are never set on one scale: their slopes are indices, 100 at the first period.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from beffroi.catalog.blocks import Slope
from beffroi.language import format_period, text
from beffroi.observe.blocks.grids import Cell, Grid, Row, cell_of
from beffroi.observe.blocks.words import say_bare
from beffroi.observe.frames import Frame, frame_figure
from beffroi.observe.places import Place
from beffroi.observe.references import say_change
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure, State


@dataclass(frozen=True, slots=True)
class SlopeLine:
    """One territory: where its line starts and ends, as shares of the height from the bottom, and its words.

    ``drawn`` are the numbers that stand there: the values, or indices. ``shorts`` are the values without their unit;
    ``change`` is empty when the two do not compare.
    """

    label: str
    in_hand: bool
    start: float
    end: float
    first: str
    last: str
    shorts: tuple[str, str]
    change: str
    states: tuple[State, State]
    drawn: tuple[float, float]

    @property
    def doubtful(self) -> bool:
        """Whether one of its two values is not sure."""
        return any(state != "sure" for state in self.states)


@dataclass(frozen=True)
class SlopeFigure:
    """Lines in the order in which they deserve a name: the one in hand, then those that changed most.

    ``joined`` is False when the measure was broken in between: ends are shown and no line goes across. ``indexed``
    says why ends are changes rather than values, ``left_out`` who has no line, both empty when there is nothing to say.
    """

    frame: Frame
    readings: tuple[Reading, ...]
    periods: tuple[str, str]
    lines: tuple[SlopeLine, ...]
    joined: bool
    indexed: str
    left_out: str
    table: Grid


@dataclass(frozen=True)
class _Pair:
    place: Place
    reads: tuple[Reading | None, Reading | None]

    @property
    def numbers(self) -> tuple[float | None, float | None]:
        first, last = (None if read is None else read.value.value for read in self.reads)
        return first, last


def observe_slope(standing: Standing, block: Slope) -> SlopeFigure:
    """The slopes that a block asks for: those of a level within the territory, or of those that it compares with."""
    held, language = standing.take(block.territory), standing.language
    measure = held.measure(block.indicator)
    first, last = sorted(held.settle(measure, period) for period in block.periods)
    members = held.members(block.level) if block.level else ()
    pairs = [
        _Pair(place, (held.read(measure, place, first), held.read(measure, place, last)))
        for place in (members or (held.place, *held.others(block.compared)))
    ]
    indexed = measure.nature == "amount" and len(pairs) > 1
    joined = not any(first < start <= last for start in measure.breaks(language))
    drawn = [pair for pair in pairs if _draws(pair, indexed, joined)]
    lines = _lines(measure, drawn, standing.place, indexed, language)
    readings = tuple(read for pair in pairs for read in pair.reads if read is not None)
    left = [pair.place.short or pair.place.name for pair in pairs if not _draws(pair, indexed, True)]
    periods = (format_period(first, language), format_period(last, language))
    title = text("page.title_slope", language, title=measure.title(language), place=held.place.name,
                 first=periods[0], last=periods[1])  # fmt: skip
    frame = frame_figure(
        held, [measure], readings, title, _sentence(lines, joined, periods, language), over_time=not joined
    )
    return SlopeFigure(
        frame=frame, readings=readings, periods=periods, lines=lines, joined=joined,
        indexed=text("page.slope_indexed", language, period=periods[0]) if indexed and joined and lines else "",
        left_out=text("page.slope_left_out", language, names=", ".join(left)) if left else "",
        table=_table(measure, pairs, periods, language),
    )  # fmt: skip


def _draws(pair: _Pair, indexed: bool, joined: bool) -> bool:
    """Whether a pair has a line, or ends when there is a break; an index needs something to start from."""
    first, last = pair.numbers
    if first is None or last is None:
        return False
    return not indexed or (joined and first > 0)


def _lines(
    measure: Measure, pairs: Sequence[_Pair], hand: Place, indexed: bool, language: str
) -> tuple[SlopeLine, ...]:
    drawn = []
    for pair in pairs:
        first, last = pair.numbers
        assert first is not None
        assert last is not None
        drawn.append((pair, *((100.0, 100.0 * last / first) if indexed else (first, last))))
    numbers = [number for _, start, end in drawn for number in (start, end)]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    reach = (high - low) or 1.0
    ordered = sorted(drawn, key=lambda each: (each[0].place.key != hand.key, -abs(each[2] - each[1])))
    lines = []
    for pair, start, end in ordered:
        bare = [say_bare(measure, number or 0.0, language) for number in pair.numbers]
        reads = [read for read in pair.reads if read is not None]
        said = [measure.say(read.value.value, language) for read in reads]
        change = say_change(measure, reads[0].value, reads[1].value, language) or ""
        states = (reads[0].value.state, reads[1].value.state)
        lines.append(
            SlopeLine(pair.place.short or pair.place.name, pair.place.key == hand.key, (start - low) / reach,
                      (end - low) / reach, said[0], said[1], (bare[0], bare[1]), change, states,
                      (start, end))
        )  # fmt: skip
    return tuple(lines)


def _sentence(lines: Sequence[SlopeLine], joined: bool, periods: tuple[str, str], language: str) -> str:
    if not joined:
        return text("page.slope_broken", language, first=periods[0], last=periods[1])
    if not lines:
        return text("sentence.none", language)
    said = text("page.slope_one", language, place=lines[0].label, first=lines[0].first, last=lines[0].last,
                change=lines[0].change, first_period=periods[0], last_period=periods[1])  # fmt: skip
    if len(lines) < 3:
        return said
    ordered = sorted(lines, key=lambda line: line.end - line.start)
    return said + " " + text("page.slope_ends", language, most=ordered[-1].label, rise=ordered[-1].change,
                             least=ordered[0].label, fall=ordered[0].change)  # fmt: skip


def _change(measure: Measure, first: float | None, last: float | None) -> float:
    """What a change is put in order by: a share of the first value for an amount, a difference otherwise."""
    before, after = first or 0.0, last or 0.0
    return (after - before) / before if measure.nature == "amount" and before else after - before


def _table(measure: Measure, pairs: Sequence[_Pair], periods: tuple[str, str], language: str) -> Grid:
    rows = []
    for pair in pairs:
        first, last = pair.reads
        change = say_change(measure, first.value if first else None, last.value, language) if last else None
        number = _change(measure, *pair.numbers) if change else None
        cells = (cell_of(first, language), cell_of(last, language), Cell(change or "–", number))
        rows.append(Row(pair.place.short or pair.place.name, cells))
    return Grid(text("page.territories", language), (*periods, text("page.change", language)), tuple(rows))


__all__ = ["SlopeFigure", "SlopeLine", "observe_slope"]
