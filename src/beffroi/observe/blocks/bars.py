"""Bars of a page: single, side by side, end to end, or on both sides of zero.

Amounts begin at zero. Parts that do not add up to their whole are completed by what no category holds, or the gap
is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from beffroi.catalog.blocks import Bar
from beffroi.language import format_period, pick, text
from beffroi.observe.blocks.words import lower_first, name_measures, say_bare, say_share, title_breakdown
from beffroi.observe.frames import Frame, first_sentence, frame_figure, period_words, say_unit
from beffroi.observe.places import Place
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure, State

_UPRIGHT = 12
"""From so many categories on, single bars stand as columns: months, hours."""


@dataclass(frozen=True, slots=True)
class BarMark:
    """One bar: the series it belongs to, where it starts and ends on the width (0 to 1), and what it says.

    ``short`` is its value without the unit.
    """

    series: int
    start: float
    end: float
    said: str
    number: float | None
    state: State
    mention: str
    short: str = "–"


@dataclass(frozen=True)
class BarGroup:
    """Bars that stand together under one name."""

    label: str
    in_hand: bool
    bars: tuple[BarMark, ...]
    total: str = ""


@dataclass(frozen=True)
class BarsFigure:
    """Groups of bars on one scale; ``series`` are their names, none when each group has one bar."""

    frame: Frame
    readings: tuple[Reading, ...]
    arrangement: str
    corner: str
    series: tuple[str, ...]
    groups: tuple[BarGroup, ...]
    zero: float
    unit: str
    upright: bool
    gap: str
    """What is to be said when the parts do not add up to their whole; empty otherwise."""


_Column = tuple[str, Place, str]
"""What a group is: its name, its territory, its period."""


@dataclass(frozen=True)
class _Part:
    """One series: its name and its measure, or the parent from which what no category holds is left."""

    label: str
    measure: Measure


def observe_bars(standing: Standing, block: Bar) -> BarsFigure:
    """The bars that a block asks for."""
    held = standing.take(block.territory)
    parts, parent, title, rest = _parts(held, block)
    columns = _columns(held, block, parts)
    measures = [part.measure for part in parts]
    here = _read(held, parts, parent, columns)
    table, rows = here.table, here.rows(rest is not None)
    readings = tuple(read for row in table for read in row if read is not None)
    labels = [part.label for part in parts]
    gap = ""
    if any(here.left) and rest is not None:
        labels.append(rest)
    elif any(here.left):
        gap = text("page.parts_gap", held.language, gap=measures[0].say(max(here.left), held.language))
    said = _Words(held, measures, labels, block)
    scale = _scale([*rows, *_rows_at_other_periods(held, block, parts, parent, columns, rest is not None)], block)
    grouped = block.arrangement in ("grouped", "stacked") or len(columns) > 1
    groups = _stack(rows, scale, table, columns, said) if block.arrangement == "stacked" else (
        _side_by_side(rows, scale, table, columns, said) if grouped else _single(rows[0], scale, table[0], said)
    )  # fmt: skip
    words = _title(held, title, columns, block, measures[0])
    frame = frame_figure(
        held, [*measures, *([parent] if parent else [])], readings, words, _sentence(groups, columns, said),
        over_time=block.across == "periods", subtitle=_subtitle(measures, parent, block, held.language),
    )  # fmt: skip
    single = not grouped
    return BarsFigure(
        frame=frame, readings=readings, arrangement="single" if single else block.arrangement,
        corner=text("page.category" if single else f"page.{block.across}", held.language),
        series=() if single else tuple(labels), groups=groups, zero=_zero(scale),
        unit="%" if block.share else measures[0].unit_words(held.language),
        upright=single and len(groups) >= _UPRIGHT, gap=gap,
    )  # fmt: skip


@dataclass(frozen=True)
class _Words:
    """How numbers of the figure are said, and on which scale they stand."""

    held: Standing
    measures: Sequence[Measure]
    labels: Sequence[str]
    block: Bar

    def say(self, number: float, total: float) -> str:
        if self.block.share:
            return say_share(100 * number / total, self.held.language)
        return self.measures[0].say(number, self.held.language)

    def shorten(self, number: float, total: float) -> str:
        """The number alone: a share keeps its sign."""
        return self.say(number, total) if self.block.share else say_bare(self.measures[0], number, self.held.language)


def _parts(held: Standing, block: Bar) -> tuple[list[_Part], Measure | None, str, str | None]:
    """The series, the whole that they are parts of, the title, and the name of what no category holds."""
    language = held.language
    if block.breakdown is not None:
        title, parent, named = title_breakdown(held, block.breakdown)
        entry = held.breakdown(block.breakdown)
        rest = pick(entry["rest"], language) if entry.get("rest") else None
        return [_Part(label, measure) for label, measure in named], parent, title, rest
    measures = [held.measure(name) for name in block.indicators or ()]
    title = name_measures(measures, language)
    return [_Part(measure.title(language), measure) for measure in measures], None, title, None


def _columns(held: Standing, block: Bar, parts: Sequence[_Part]) -> list[_Column]:
    """What the groups are."""
    first = parts[0].measure
    if block.across == "periods":
        known = held.periods(first)
        wanted = [held.settle(first, period) for period in block.periods] if block.periods else list(known)[-12:]
        return [(format_period(period, held.language), held.place, period) for period in wanted]
    period = held.settle(first, block.period)
    places = (held.place, *(held.others(block.compared) if block.arrangement != "single" else ()))
    return [(place.short or place.name, place, period) for place in places]


@dataclass(frozen=True)
class _Read:
    """The values of each group, part by part, and what its whole has besides."""

    table: list[list[Reading | None]]
    left: list[float]

    def rows(self, with_rest: bool) -> list[list[float | None]]:
        """Numbers as they are drawn, what no part holds after the others when it has a name."""
        more = with_rest and any(self.left)
        return [
            [_number(read) for read in row] + ([missing] if more else [])
            for row, missing in zip(self.table, self.left, strict=True)
        ]


def _read(held: Standing, parts: Sequence[_Part], parent: Measure | None, columns: Sequence[_Column]) -> _Read:
    table = [[held.read(part.measure, place, period) for part in parts] for _, place, period in columns]
    wholes = [held.read(parent, place, period) if parent else None for _, place, period in columns]
    return _Read(table, [_left(row, whole) for row, whole in zip(table, wholes, strict=True)])


def _rows_at_other_periods(
    held: Standing, block: Bar, parts: Sequence[_Part], parent: Measure | None, columns: Sequence[_Column],
    with_rest: bool,
) -> list[list[float | None]]:  # fmt: skip
    """What the figure is drawn beside as it is moved, so that a bar keeps its length from one period to the next."""
    if block.across == "periods":
        return []
    others = [
        [(label, place, period) for label, place, _ in columns]
        for period in held.periods(parts[0].measure)
        if period != columns[0][2]
    ]
    return [row for each in others for row in _read(held, parts, parent, each).rows(with_rest)]


def _number(read: Reading | None) -> float | None:
    return None if read is None else read.value.value


def _left(row: Sequence[Reading | None], whole: Reading | None) -> float:
    """What the whole has and no category holds; nothing when a part is unknown."""
    numbers = [_number(read) for read in row]
    if whole is None or whole.value.value is None or any(number is None for number in numbers):
        return 0.0
    # Amounts are exact to the millionth: what is less comes from adding up floating numbers, and is nothing.
    return max(0.0, round(whole.value.value - sum(number or 0.0 for number in numbers), 6))


def _scale(rows: Sequence[Sequence[float | None]], block: Bar) -> tuple[float, float]:
    """Lowest and highest number of the axis; zero is always on it."""
    known = [[number or 0.0 for number in row] for row in rows]
    if block.share:
        tops = [1.0 if block.arrangement == "stacked" else max(row) / (sum(row) or 1.0) for row in known]
        return 0.0, max(tops, default=1.0) or 1.0
    if block.arrangement == "stacked":
        return 0.0, max((sum(row) for row in known), default=1.0) or 1.0
    every = [number for row in known for number in row]
    return min([0.0, *every]), max([0.0, *every]) or (0.0 if min([0.0, *every]) < 0 else 1.0)


def _zero(scale: tuple[float, float]) -> float:
    low, high = scale
    return -low / ((high - low) or 1.0)


def _mark(
    said: _Words, scale: tuple[float, float], row: Sequence[float | None], index: int, read: Reading | None, series: int
) -> BarMark:
    number, total = row[index], sum(each or 0.0 for each in row)
    low, high = scale
    width = (high - low) or 1.0
    # There are no shares of nothing.
    shareless = number is not None and said.block.share and not total
    if number is None or shareless:
        state: State = read.value.state if read and not shareless else "missing"
        if read is None or shareless:
            words = text("state.impossible" if shareless else "state.missing", said.held.language)
        else:
            words = read.say_absence(said.held.language)
        return BarMark(series, -low / width, -low / width, "–", None, state, words)
    drawn = number / total if said.block.share else number
    zero, end = -low / width, (drawn - low) / width
    state = read.value.state if read else "sure"
    mention = "" if state == "sure" else text(f"state.{state}", said.held.language)
    words, short = said.say(number, total), said.shorten(number, total)
    return BarMark(series, min(zero, end), max(zero, end), words, number, state, mention, short)


def _single(
    row: Sequence[float | None], scale: tuple[float, float], reads: Sequence[Reading | None], said: _Words
) -> tuple[BarGroup, ...]:
    return tuple(
        BarGroup(label, False, (_mark(said, scale, row, index, reads[index] if index < len(reads) else None, 0),))
        for index, label in enumerate(said.labels)
    )


def _side_by_side(
    rows: Sequence[Sequence[float | None]], scale: tuple[float, float], table: Sequence[Sequence[Reading | None]],
    columns: Sequence[_Column], said: _Words,
) -> tuple[BarGroup, ...]:  # fmt: skip
    groups = []
    for row, reads, (label, place, _) in zip(rows, table, columns, strict=True):
        bars = tuple(
            _mark(said, scale, row, index, reads[index] if index < len(reads) else None, index)
            for index in range(len(row))
        )
        groups.append(BarGroup(label, place.key == said.held.place.key and said.block.across == "territories", bars))
    return tuple(groups)


def _stack(
    rows: Sequence[Sequence[float | None]], scale: tuple[float, float], table: Sequence[Sequence[Reading | None]],
    columns: Sequence[_Column], said: _Words,
) -> tuple[BarGroup, ...]:  # fmt: skip
    groups = []
    for row, reads, (label, place, _) in zip(rows, table, columns, strict=True):
        total = sum(number or 0.0 for number in row)
        bars, start = [], 0.0
        for index, number in enumerate(row):
            mark = _mark(said, scale, row, index, reads[index] if index < len(reads) else None, index)
            length = ((number or 0.0) / (total or 1.0) if said.block.share else (number or 0.0)) / scale[1]
            bars.append(BarMark(index, start, start + length, mark.said, mark.number, mark.state, mark.mention))
            start += length
        whole = said.measures[0].say(total, said.held.language) if not said.block.share else ""
        held = place.key == said.held.place.key and said.block.across == "territories"
        groups.append(BarGroup(label, held, tuple(bars), whole))
    return tuple(groups)


def _title(held: Standing, title: str, columns: Sequence[_Column], block: Bar, first: Measure) -> str:
    words = text("figure.title_place", held.language, title=title, place=held.place.name)
    if block.across == "periods":
        return words
    return f"{words}, {period_words(first, columns[0][2], held.language)}"


def _subtitle(measures: Sequence[Measure], parent: Measure | None, block: Bar, language: str) -> str:
    if block.share:
        return say_unit(text("page.percent_of_total", language), language)
    whole = parent or (measures[0] if len(measures) == 1 else None)
    return first_sentence(whole.definition(language)) if whole else ""


def _sentence(groups: Sequence[BarGroup], columns: Sequence[_Column], said: _Words) -> str:
    """The largest and the smallest bar of the territory in hand, in words."""
    told = groups[:1] if len(columns) > 1 else groups
    known = [
        (group.label if len(group.bars) == 1 else said.labels[bar.series], bar)
        for group in told
        for bar in group.bars
        if bar.number is not None
    ]
    if not known:
        return text("sentence.none", said.held.language)
    ordered = sorted(known, key=lambda pair: -(pair[1].number or 0.0))
    (most, high), (least, low) = ordered[0], ordered[-1]
    return text(
        "page.sentence_bars", said.held.language, place=columns[0][0], most=lower_first(most), high=high.said,
        least=lower_first(least), low=low.said,
    )  # fmt: skip


__all__ = ["BarGroup", "BarMark", "BarsFigure", "observe_bars"]
