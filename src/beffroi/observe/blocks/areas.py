"""The categories of a breakdown piled over time: where a part is unknown or the series breaks, the pile stops."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from beffroi.catalog.blocks import Area
from beffroi.language import format_period, pick, text
from beffroi.observe.blocks.grids import Cell, Grid, Row, cell_of
from beffroi.observe.blocks.words import say_share, title_breakdown
from beffroi.observe.classes import round_ticks
from beffroi.observe.figures.evolutions import moment_of, say_tick
from beffroi.observe.frames import Frame, frame_figure, say_unit
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure, State


@dataclass(frozen=True, slots=True)
class Level:
    """Where a band lies at a period: ``x``, ``low`` and ``high`` are shares of the plot, from its left and bottom;
    ``number`` is how much it is, its amount or its share of the pile."""

    period: str
    x: float
    low: float
    high: float
    said: str
    state: State
    number: float


@dataclass(frozen=True)
class Band:
    """One category. Each run goes through consecutive periods without a hole nor a break; one may be alone."""

    label: str
    runs: tuple[tuple[Level, ...], ...]


@dataclass(frozen=True)
class AreaFigure:
    """Bands from the lowest of the pile up. ``holes`` are (share, words) of the periods that have no pile."""

    frame: Frame
    readings: tuple[Reading, ...]
    bands: tuple[Band, ...]
    ticks: tuple[tuple[float, str], ...]
    times: tuple[tuple[float, str], ...]
    breaks: tuple[tuple[float, str], ...]
    holes: tuple[tuple[float, str], ...]
    gap: str
    """What is to be said when the parts do not add up to their whole; empty otherwise."""
    table: Grid


@dataclass(frozen=True)
class _Pile:
    """The parts of one period, the rest among them when it has a name; ``known`` when none is lacking.

    ``hole`` is the key of the words for why there is no pile: a part is unknown, or there is nothing to share out.
    """

    period: str
    reads: tuple[Reading | None, ...]
    numbers: tuple[float, ...]
    known: bool
    left: float
    hole: str = "page.not_known"

    @property
    def total(self) -> float:
        return sum(self.numbers)

    def state(self, index: int) -> State:
        """The state of a part; the rest is only as sure as all that it is left from."""
        if index < len(self.reads):
            read = self.reads[index]
            return "missing" if read is None else read.value.state
        doubts = [read.value.state for read in self.reads if read is not None and read.value.state != "sure"]
        return doubts[0] if doubts else "sure"


def observe_area(standing: Standing, block: Area) -> AreaFigure:
    """The bands that a block asks for, each period brought to 100 % when it wants shares."""
    held, language = standing.take(block.territory), standing.language
    title, parent, named = title_breakdown(held, block.breakdown)
    rest = held.breakdown(block.breakdown).get("rest")
    periods = [
        period for period in held.periods(named[0][1])
        if (block.since or "") <= period and (block.until is None or period <= block.until)
    ]  # fmt: skip
    parts = [measure for _, measure in named]
    piles = [_pile(held, parts, parent, period, rest is not None, block.share) for period in periods]
    labels = [label for label, _ in named]
    with_rest = rest is not None and any(pile.left for pile in piles)
    if rest is not None and with_rest:
        labels.append(pick(rest, language))
    gap = "" if rest is not None or not any(pile.left for pile in piles) else text(
        "page.parts_gap", language, gap=parent.say(max(pile.left for pile in piles), language))  # fmt: skip
    scale = _Scale.of(piles, named[0][1], block.share)
    readings = tuple(read for pile in piles for read in pile.reads if read is not None)
    if with_rest:
        wholes = (held.read(parent, held.place, period) for period in periods)
        readings += tuple(read for read in wholes if read is not None)
    broken = _breaks([parent, *parts], language)
    runs = _runs(piles, broken)
    bands = tuple(
        Band(label, tuple(tuple(scale.level(pile, index, language) for pile in run) for run in runs))
        for index, label in enumerate(labels)
    )
    words = text("figure.title_place", language, title=title, place=held.place.name)
    unit = text("page.percent_of_total", language) if block.share else named[0][1].unit_words(language)
    measures = [*parts, parent]
    frame = frame_figure(
        held, measures, readings, words, _sentence(bands, held.place.name, language), over_time=True,
        subtitle=say_unit(unit, language),
    )  # fmt: skip
    return AreaFigure(
        frame=frame, readings=readings, bands=bands, ticks=scale.ticks(language),
        times=tuple((scale.share(period), format_period(period, language)) for period in periods),
        breaks=tuple((scale.share(period, -0.5), text("figure.break", language, period=format_period(period, language)))
                     for period in broken if periods and periods[0] < period <= periods[-1]),
        holes=tuple((scale.share(pile.period), text(pile.hole, language)) for pile in piles if not pile.known),
        gap=gap, table=_table(piles, labels, scale, language),
    )  # fmt: skip


def _pile(held: Standing, measures: Sequence[Measure], parent: Measure, period: str, rest: bool, share: bool) -> _Pile:
    reads = tuple(held.read(measure, held.place, period) for measure in measures)
    numbers = [None if read is None else read.value.value for read in reads]
    whole = held.read(parent, held.place, period)
    total = None if whole is None else whole.value.value
    known = all(number is not None for number in numbers) and not (rest and total is None)
    if not known:
        return _Pile(period, reads, (), False, 0.0)
    parts = [number or 0.0 for number in numbers]
    left = 0.0 if total is None else max(0.0, total - sum(parts))
    if share and not sum(parts) + (left if rest else 0.0):
        return _Pile(period, reads, (), False, 0.0, "page.nothing_to_share")
    return _Pile(period, reads, (*parts, left) if rest else tuple(parts), True, left)


@dataclass(frozen=True)
class _Scale:
    """The axes: from the first period to the last, from nothing to the tallest pile, or to the whole."""

    first: float
    last: float
    top: float
    steps: tuple[float, ...]
    measure: Measure
    in_shares: bool

    @classmethod
    def of(cls, piles: Sequence[_Pile], measure: Measure, in_shares: bool) -> "_Scale":
        moments = [moment_of(pile.period) for pile in piles] or [0.0]
        tallest = 100.0 if in_shares else max((pile.total for pile in piles), default=1.0) or 1.0
        steps = round_ticks(0.0, tallest, whole=measure.unit.decimals == 0 and not in_shares)
        return cls(moments[0], moments[-1], steps[-1], steps, measure, in_shares)

    def share(self, period: str, shift: float = 0.0) -> float:
        if self.first == self.last:
            return 0.5
        return (moment_of(period) + shift - self.first) / (self.last - self.first)

    def number(self, pile: _Pile, index: int) -> float:
        """A part as it is given: its share of the pile, or its amount."""
        number = pile.numbers[index]
        return number if not self.in_shares else 100 * number / pile.total if pile.total else 0.0

    def say(self, pile: _Pile, index: int, language: str) -> str:
        number = self.number(pile, index)
        return say_share(number, language) if self.in_shares else self.measure.say(number, language)

    def level(self, pile: _Pile, index: int, language: str) -> Level:
        unit = (100.0 / (pile.total or 1.0) if self.in_shares else 1.0) / self.top
        low, high = (sum(pile.numbers[:end]) * unit for end in (index, index + 1))
        state, said = pile.state(index), self.say(pile, index, language)
        return Level(pile.period, self.share(pile.period), low, high, said, state, self.number(pile, index))

    def ticks(self, language: str) -> tuple[tuple[float, str], ...]:
        if self.in_shares:
            return tuple((s / self.top, say_share(s, language, 0) if s == self.steps[-1] else f"{s:.0f}")
                         for s in self.steps)  # fmt: skip
        return tuple((s / self.top, say_tick(self.measure, s, self.steps, True, language)) for s in self.steps)


def _breaks(measures: Sequence[Measure], language: str) -> tuple[str, ...]:
    return tuple(sorted({period for measure in measures for period in measure.breaks(language)}))


def _runs(piles: Sequence[_Pile], broken: Sequence[str]) -> list[list[_Pile]]:
    """Piles that follow one another: an unknown one, or a break, ends a run."""
    runs: list[list[_Pile]] = []
    for before, pile in pairwise([None, *piles]):
        assert pile is not None
        if not pile.known:
            continue
        starts = any(read is not None and read.value.status == "B" for read in pile.reads) or any(
            (before.period if before else "") < period <= pile.period for period in broken
        )
        if before is None or not before.known or starts or not runs:
            runs.append([])
        runs[-1].append(pile)
    return runs


def _sentence(bands: Sequence[Band], place: str, language: str) -> str:
    """The last period of each band, and the first that compares with it."""
    if not bands or not bands[0].runs:
        return text("sentence.evolution_none", language, place=place)
    said = []
    for band in bands:
        first, last = band.runs[-1][0], band.runs[-1][-1]
        key = "page.then_and_now" if first is not last else "page.now"
        said.append(text(key, language, label=band.label, last=last.said, first=first.said,
                         last_period=format_period(last.period, language),
                         first_period=format_period(first.period, language)))  # fmt: skip
    return text("page.listed", language, place=place, parts=". ".join(said))


def _table(piles: Sequence[_Pile], labels: Sequence[str], scale: _Scale, language: str) -> Grid:
    rows = []
    for pile in piles:
        cells = []
        for index in range(len(labels)):
            read = pile.reads[index] if index < len(pile.reads) else None
            cell = cell_of(read, language)
            if scale.in_shares and not pile.known:
                # An amount has no place in the order of shares.
                cell = replace(cell, number=None)
            elif pile.known:
                state = pile.state(index)
                mention = cell.mention or ("" if state == "sure" else text(f"state.{state}", language))
                cell = Cell(scale.say(pile, index, language), scale.number(pile, index), state, mention)
            cells.append(cell)
        rows.append(Row(format_period(pile.period, language), tuple(cells)))
    return Grid(text("page.periods", language), tuple(labels), tuple(rows), in_order=True)


__all__ = ["AreaFigure", "Band", "Level", "observe_area"]
