"""An indicator against the targets that its declaration states: where it is, where it was to be, and what is left.

An act sets where a path ends and not how it goes: the path is a straight line, and the figure says that it is ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from beffroi.catalog.blocks import Target
from beffroi.language import format_period, pick, text
from beffroi.observe.blocks.grids import Cell, Grid, Row, cell_of
from beffroi.observe.figures.evolutions import Evolution, History, Trace, history_of, moment_of, plot_histories
from beffroi.observe.frames import Frame, frame_figure
from beffroi.observe.places import Place
from beffroi.observe.sentences import say_difference
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure, Value


@dataclass(frozen=True)
class Goal:
    """A target: when, how much in words, which act sets it, where in the act, and how far one is from it."""

    period: str
    said: str
    label: str
    act: str
    why: str
    words: str


@dataclass(frozen=True)
class TargetFigure:
    """The course of a territory; ``path`` goes from the base to each goal, on the same axes.

    ``path`` is None when no goal is set for the territory, and ``elsewhere`` then says for whom there is one.
    """

    chart: Evolution
    readings: tuple[Reading, ...]
    path: Trace | None
    goals: tuple[Goal, ...]
    straight: str
    elsewhere: str
    table: Grid

    @property
    def frame(self) -> Frame:
        return self.chart.frame


@dataclass(frozen=True)
class _Way:
    """From which value a target is counted (None when it is unknown), and how far along it the last one is."""

    base: Value | None
    last: Value | None
    goal: float
    end: str

    def at(self, period: str) -> float | None:
        """The number that a straight line would have reached."""
        if self.base is None or self.base.value is None or self.base.period >= self.end:
            return None
        start, end = moment_of(self.base.period), moment_of(self.end)
        return self.base.value + (self.goal - self.base.value) * (moment_of(period) - start) / (end - start)


def observe_target(standing: Standing, block: Target) -> TargetFigure:
    """The indicator of a block for its territory, and the targets that are set for that territory."""
    held, language = standing.take(block.territory), standing.language
    measure = held.measure(block.indicator)
    reads = held.history(measure, held.place, None, None)
    values = tuple(read.value for read in reads)
    mine = sorted(
        (target for target in measure.entry.get("targets", ()) if _whose(held, target).key == held.place.key),
        key=lambda target: str(target["period"]),
    )
    known = [value for value in values if value.value is not None]
    ways = [_way(target, known) for target in mine]
    goals = tuple(_goal(measure, target, way, language) for target, way in zip(mine, ways, strict=True))
    histories = [history_of(held.place, values)]
    if mine:
        histories.append(_path(ways, language))
    periods = tuple(sorted({*held.periods(measure), *(str(target["period"]) for target in mine)}))
    elsewhere = "" if mine else _say_elsewhere(held, measure)
    title = text("page.title_target", language, title=measure.title(language), place=held.place.name)
    sentence = " ".join(goal.words for goal in goals) or elsewhere
    frame = frame_figure(held, [measure], reads, title, sentence, over_time=True)
    whole = plot_histories(measure, histories, periods, frame, language, same_size=True)
    shown = {known[0].period, known[-1].period, *(way.end for way in ways)} if known else {way.end for way in ways}
    chart = replace(
        whole, traces=whole.traces[:1],
        times=tuple(time for time, period in zip(whole.times, periods, strict=True) if period in shown),
    )  # fmt: skip
    return TargetFigure(
        chart=chart, readings=reads, path=whole.traces[1] if mine else None, goals=goals,
        straight=text("page.straight_path", language) if any(way.at(way.end) is not None for way in ways) else "",
        elsewhere=elsewhere, table=_table(measure, reads, ways, language),
    )  # fmt: skip


def _whose(held: Standing, target: Mapping[str, Any]) -> Place:
    """The territory that a target is set for: the perimeter unless it says otherwise."""
    named = target.get("territory")
    found = held.gazetteer.places.get(named) if named else None
    return found or held.atlas.perimeter(held.language, held.vintage)


def _way(target: Mapping[str, Any], known: Sequence[Value]) -> _Way:
    base, end = target.get("base"), str(target["period"])
    counted = [value for value in known if base is None or value.period == base]
    past = [value for value in known if value.period <= end]
    return _Way(counted[0] if counted else None, past[-1] if past else None, float(target["value"]), end)


def _path(ways: Sequence[_Way], language: str) -> History:
    """From the base of the first target through each of them."""
    points = [ways[0].base] if ways[0].at(ways[0].end) is not None and ways[0].base else []
    goals = [Value("", "", way.end, way.goal, None, None, None, "A", "F", "good", "sure") for way in ways]
    name = text("page.path", language)
    return History(name, name, (*points, *goals))


def _goal(
    measure: Measure, target: Mapping[str, Any], way: _Way, language: str
) -> Goal:  # fmt: skip
    said = measure.say(way.goal, language)
    return Goal(
        format_period(way.end, language), said, text("page.goal", language, goal=said),
        pick(target["act"], language), str(target["why"]), _say_gap(measure, way, said, language),
    )  # fmt: skip


def _say_gap(measure: Measure, way: _Way, goal: str, language: str) -> str:
    """How far the last value is from the path, and from the goal; why it cannot be said otherwise."""
    end = format_period(way.end, language)
    if way.last is None or way.last.value is None:
        return text("page.target_unknown", language, goal=goal, end=end)
    now, last = format_period(way.last.period, language), measure.say(way.last.value, language)
    base = way.base
    if base is None or base.value is None:
        return text("page.target_no_base", language, goal=goal, end=end, now=now, last=last)
    crossed = [start for start in measure.breaks(language) if base.period < start <= way.last.period]
    if crossed:
        return text("page.target_broken", language, goal=goal, end=end, now=now, last=last,
                    base=format_period(base.period, language), start=format_period(crossed[0], language))  # fmt: skip
    down = way.goal < base.value
    if way.last.period == way.end:
        reached = way.last.value <= way.goal if down else way.last.value >= way.goal
        return text("page.target_reached" if reached else "page.target_missed", language, goal=goal, end=end,
                    last=last, gap=_difference(measure, way.last.value, way.goal, language))  # fmt: skip
    expected = way.at(way.last.period)
    if expected is None:
        return text("page.target_no_base", language, goal=goal, end=end, now=now, last=last)
    gap = round(way.last.value, measure.unit.decimals) - round(expected, measure.unit.decimals)
    key = "on" if gap == 0 else "ahead" if (gap < 0) == down else "behind"
    return text(
        f"page.target_{key}", language, goal=goal, end=end, now=now, last=last,
        gap=_difference(measure, way.last.value, expected, language), path=measure.say(expected, language),
        left=_difference(measure, way.last.value, way.goal, language),
    )  # fmt: skip


def _difference(measure: Measure, one: float, other: float, language: str) -> str:
    """The difference of two numbers as they are shown: « 2 accidents » between 36 and 34,4."""
    decimals = measure.unit.decimals
    return say_difference(measure, abs(round(one, decimals) - round(other, decimals)), language)


def _say_elsewhere(held: Standing, measure: Measure) -> str:
    names = dict.fromkeys(_whose(held, target).name for target in measure.entry.get("targets", ()))
    return text("page.target_elsewhere", held.language, place=held.place.name, names=", ".join(names))


def _table(measure: Measure, reads: Sequence[Reading], ways: Sequence[_Way], language: str) -> Grid:
    """Each period with its value and what the path to the next target would have."""
    by_period: dict[str, Reading | None] = {way.end: None for way in ways}
    by_period |= {read.value.period: read for read in reads}
    rows = []
    for period, read in sorted(by_period.items()):
        cells = [cell_of(read, language)]
        if ways:
            ahead = next((way for way in ways if way.end >= period), None)
            number = None if ahead is None else ahead.goal if period == ahead.end else ahead.at(period)
            before = ahead is not None and ahead.base is not None and period < ahead.base.period
            cells.append(Cell("–" if number is None or before else measure.say(number, language), number))
        rows.append(Row(format_period(period, language), tuple(cells)))
    columns = (text("table.value", language), *((text("page.path", language),) if ways else ()))
    return Grid(text("page.periods", language), columns, tuple(rows), in_order=True)


__all__ = ["Goal", "TargetFigure", "observe_target"]
