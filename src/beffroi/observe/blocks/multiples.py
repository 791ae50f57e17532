"""The same small line many times over, on one scale: one a territory, or one a category of a breakdown.

Counts of territories of unlike sizes are indices, as they are in every line of a page.
"""

from dataclasses import dataclass

from beffroi.catalog.blocks import Multiples
from beffroi.language import format_number, format_period, text
from beffroi.observe.blocks.grids import Cell, Grid, Row, cell_of
from beffroi.observe.blocks.words import title_breakdown
from beffroi.observe.figures.evolutions import Evolution, History, Trace, history_of, plot_histories
from beffroi.observe.frames import Frame, frame_figure
from beffroi.observe.places import Place
from beffroi.observe.references import say_change
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure, Value

MOST = 36
"""Most small lines of a figure; of more territories than that, the most populous are drawn and all are in the files."""


@dataclass(frozen=True)
class Panel:
    """One small line. ``trace`` is None when there is nothing to draw, and ``words`` then say why.

    ``last`` is its last value and ``words`` its period, ``change`` how it came there, empty when they do not compare.
    """

    label: str
    in_hand: bool
    trace: Trace | None
    last: str
    change: str
    words: str = ""


@dataclass(frozen=True)
class MultiplesFigure:
    """Small lines on the scale of ``chart``; ``beside`` is the line of the territory in hand, drawn behind the others.

    ``alike`` when each line is a category, with its own colour.
    """

    chart: Evolution
    readings: tuple[Reading, ...]
    panels: tuple[Panel, ...]
    beside: Trace | None
    alike: bool
    scale: str
    """The scale of all, and since when their changes are counted."""
    hand: str
    """Whose line is behind the others, in words."""
    cut: str
    """How many territories are left out of the drawing; empty when all are in."""
    table: Grid

    @property
    def frame(self) -> Frame:
        return self.chart.frame


@dataclass(frozen=True)
class _Course:
    """What one small line goes through."""

    label: str
    measure: Measure
    reads: tuple[Reading, ...]
    in_hand: bool
    history: History

    @property
    def known(self) -> list[Value]:
        return [read.value for read in self.reads if read.value.value is not None]


def observe_multiples(standing: Standing, block: Multiples) -> MultiplesFigure:
    """The small lines that a block asks for."""
    held, language = standing.take(block.territory), standing.language
    cut = ""
    if block.breakdown is not None:
        title, _, named = title_breakdown(held, block.breakdown)
        courses = [_of_category(held, block, label, measure) for label, measure in named]
    else:
        assert block.indicator is not None
        measure = held.measure(block.indicator)
        title, places = measure.title(language), _places(held, block)
        cut = _say_cut(len(places), language)
        courses = [_of_place(held, block, measure, place, standing.place) for place in places]
    measures = list({course.measure.id: course.measure for course in courses}.values())
    first, alike = measures[0], block.breakdown is not None
    readings = tuple(read for course in courses for read in course.reads)
    if not alike:
        courses = sorted(courses, key=lambda course: not course.in_hand)[:MOST]
    periods = tuple(
        period for period in held.periods(first)
        if (block.since or "") <= period and (block.until is None or period <= block.until)
    )  # fmt: skip
    drawn = [course for course in courses if course.known]
    words = text("figure.title_place", language, title=title, place=held.place.name)
    frame = frame_figure(held, measures, readings, words, _sentence(drawn, language), over_time=True)
    chart = plot_histories(first, [course.history for course in drawn], periods, frame, language, same_size=alike)
    traces = {id(course): trace for course, trace in zip(drawn, chart.traces, strict=True)}
    since = _usual_start(drawn, language)
    hand = next((course for course in drawn if course.in_hand and not alike), None)
    return MultiplesFigure(
        chart=chart, readings=readings,
        panels=tuple(_panel(course, traces.get(id(course)), since, language) for course in courses),
        beside=traces[id(hand)] if hand else None, alike=alike,
        scale=_say_scale(chart, since, language) if drawn else "",
        hand=text("page.beside_line", language, place=hand.label) if hand and len(drawn) > 1 else "",
        cut=cut, table=_table(courses, periods, language),
    )  # fmt: skip


def _places(held: Standing, block: Multiples) -> tuple[Place, ...]:
    """The territories of the small lines, by name; the most populous when there are too many."""
    members = held.members(block.level) if block.level else ()
    if not members:
        return (held.place, *held.others(block.compared))
    if len(members) <= MOST:
        return members
    return tuple(sorted(members, key=lambda place: -(place.population or 0)))


def _say_cut(count: int, language: str) -> str:
    if count <= MOST:
        return ""
    return text("page.multiples_cut", language, shown=MOST, count=format_number(count, 0, language))


def _of_place(held: Standing, block: Multiples, measure: Measure, place: Place, hand: Place) -> _Course:
    reads = held.history(measure, place, block.since, block.until)
    history = history_of(place, tuple(read.value for read in reads))
    return _Course(place.short or place.name, measure, reads, place.key == hand.key, history)


def _of_category(held: Standing, block: Multiples, label: str, measure: Measure) -> _Course:
    reads = held.history(measure, held.place, block.since, block.until)
    return _Course(label, measure, reads, False, History(label, label, tuple(read.value for read in reads)))


def _compared(course: _Course, language: str) -> tuple[Value, Value, str] | None:
    """The first value that compares with the last one, the last one, and the change in words."""
    known = course.known
    if not known:
        return None
    start = max((p for p in course.measure.breaks(language) if p <= known[-1].period), default="")
    since = [value for value in known if value.period >= start]
    change = say_change(course.measure, since[0], since[-1], language) if len(since) > 1 else None
    return since[0], since[-1], change or ""


def _panel(course: _Course, trace: Trace | None, since: str, language: str) -> Panel:
    """A small line; a change that does not begin where most do says since when."""
    found = _compared(course, language)
    if found is None or trace is None:
        words = course.reads[-1].say_absence(language) if course.reads else text("state.missing", language)
        return Panel(course.label, course.in_hand, None, "–", "", words)
    first, last, change = found
    if change and first.period != since:
        change = text("page.change_since", language, change=change, period=format_period(first.period, language))
    said = course.measure.say(last.value, language)
    return Panel(course.label, course.in_hand, trace, said, change, format_period(last.period, language))


def _say_scale(chart: Evolution, since: str, language: str) -> str:
    words = text("page.same_scale", language, low=chart.ticks[0][1], high=chart.ticks[-1][1])
    return words + (" " + text("page.changes_since", language, period=format_period(since, language)) if since else "")


def _usual_start(courses: list[_Course], language: str) -> str:
    """The period from which most changes are counted; empty when there is none."""
    starts = [found[0].period for course in courses if (found := _compared(course, language)) and found[2]]
    return max(dict.fromkeys(starts), key=starts.count, default="")


def _sentence(courses: list[_Course], language: str) -> str:
    """Who rose and who fell most, by how much its own value changed."""
    found = [(course, compared) for course in courses if (compared := _compared(course, language)) and compared[2]]
    if not found:
        return text("sentence.none", language)

    def growth(each: tuple[_Course, tuple[Value, Value, str]]) -> float:
        first, last = each[1][0].value or 0.0, each[1][1].value or 0.0
        relative = each[0].measure.nature == "amount" and first
        return (last - first) / first if relative else last - first

    ordered = sorted(found, key=growth)
    (least, fall), (most, rise) = ordered[0], ordered[-1]
    first_period, last_period = format_period(rise[0].period, language), format_period(rise[1].period, language)
    if least is most:
        return text("page.multiples_one", language, place=most.label, change=rise[2], first=first_period,
                    last=last_period)  # fmt: skip
    return text("page.multiples_ends", language, most=most.label, rise=rise[2], least=least.label, fall=fall[2],
                first=first_period, last=last_period)  # fmt: skip


def _table(courses: list[_Course], periods: tuple[str, ...], language: str) -> Grid:
    rows = []
    for period in periods:
        cells: list[Cell] = []
        for course in courses:
            read = next((read for read in course.reads if read.value.period == period), None)
            cells.append(cell_of(read, language))
        rows.append(Row(format_period(period, language), tuple(cells)))
    columns = tuple(course.label for course in courses)
    return Grid(text("page.periods", language), columns, tuple(rows), in_order=True)


__all__ = ["MOST", "MultiplesFigure", "Panel", "observe_multiples"]
