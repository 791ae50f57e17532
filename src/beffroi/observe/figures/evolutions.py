"""The evolution of a territory beside others: no line across a break, dashes where values are provisional."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from beffroi.language import format_number, format_period, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.classes import round_ticks
from beffroi.observe.figures.scenes import frame_values
from beffroi.observe.frames import Frame, Notice
from beffroi.observe.places import Place
from beffroi.observe.questions import Question
from beffroi.observe.values import Measure, State, Value


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a period; ``x`` and ``y`` are shares of the plot, from its left and from its bottom, ``drawn`` is the
    number that stands there: the value, or its index."""

    period: str
    x: float
    y: float
    value: float
    said: str
    state: State
    drawn: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of line between two points of its trace, by their positions; dashed when one of them is provisional."""

    start: int
    end: int
    dashed: bool


@dataclass(frozen=True)
class Trace:
    """One line: a territory, the one in hand first, or a category. ``label`` is its name for tight room."""

    name: str
    label: str
    in_hand: bool
    points: tuple[Point, ...]
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Evolution:
    """Traces over time. ``ticks`` and ``times`` are (share of the axis, words); ``breaks`` (share, words)."""

    frame: Frame
    traces: tuple[Trace, ...]
    ticks: tuple[tuple[float, str], ...]
    times: tuple[tuple[float, str], ...]
    breaks: tuple[tuple[float, str], ...]
    indexed: str | None
    """Why the scale is not the one of values: set when counts are compared as indices, base 100."""


@dataclass(frozen=True, slots=True)
class History:
    """What a line goes through: the values of a territory or of a category, oldest first."""

    name: str
    label: str
    values: tuple[Value, ...]


def observe_evolution(atlas: Atlas, question: Question) -> Evolution:
    """The evolution of the territory in hand. Counts of territories of other sizes are compared as indices."""
    measure, language = question.measure, question.language
    values = atlas.slice(measure, question.level, question.vintage)
    title = text("figure.title_place", language, title=measure.title(language), place=question.territory.name)
    histories = _histories(atlas, question)
    frame = frame_values(
        atlas, question, values, title, say_evolution(measure, question.territory, histories, language)
    )
    replaced = tuple(Notice("replaced", words) for words in question.replaced)
    frame = replace(frame, notices=(*replaced, *frame.notices))
    return plot_histories(measure, histories, values.periods, frame, language)


def plot_histories(
    measure: Measure, histories: Sequence[History], periods: Sequence[str], frame: Frame, language: str,
    *, same_size: bool = False, floor: float | None = None,
) -> Evolution:  # fmt: skip
    """Lines over ``periods`` on one scale, in the unit of ``measure``; the first history is the one in hand.

    Several histories of a count are drawn as indices, unless they are of the ``same_size``: parts of one whole.
    ``floor`` is a value that the scale goes down or up to besides.
    """
    scale = _scale(measure, periods, histories, same_size, floor)
    ticks, indexed = scale.ticks, scale.base is not None
    return Evolution(
        frame=frame,
        traces=_traces(measure, scale, language),
        ticks=tuple((scale.level(t), say_tick(measure, t, ticks, indexed, language)) for t in ticks),
        times=tuple((scale.share(moment_of(p)), format_period(p, language)) for p in periods),
        breaks=tuple(
            (scale.share(moment_of(p) - 0.5), text("figure.break", language, period=format_period(p, language)))
            for p in measure.breaks(language)
            if periods and periods[0] < p <= periods[-1]
        ),
        indexed=text("figure.indexed", language, period=format_period(scale.base, language)) if scale.base else None,
    )


def trace_evolution(atlas: Atlas, question: Question) -> tuple[Trace, ...]:
    """The lines of an evolution alone."""
    values = atlas.slice(question.measure, question.level, question.vintage)
    scale = _scale(question.measure, values.periods, _histories(atlas, question), False, None)
    return _traces(question.measure, scale, question.language)


@dataclass(frozen=True)
class _Scale:
    """What each line goes through, as (value, number drawn), and the axes that all of them share."""

    plotted: list[tuple[History, list[tuple[Value, float | None]]]]
    base: str | None
    span: tuple[float, float]
    ticks: tuple[float, ...]

    def level(self, number: float) -> float:
        return (number - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])

    def share(self, moment: float) -> float:
        first, last = self.span
        return 0.5 if first == last else (moment - first) / (last - first)


def _scale(
    measure: Measure, periods: Sequence[str], histories: Sequence[History], same_size: bool, floor: float | None
) -> _Scale:
    indexed = measure.nature == "amount" and len(histories) > 1 and not same_size
    base = _base_period(measure, histories) if indexed else None
    plotted = [
        (each, _indexed(each.values, base) if base else [(v, v.value) for v in each.values]) for each in histories
    ]
    numbers = [number for _, pairs in plotted for _, number in pairs if number is not None]
    ticks = _tick_range(measure, [*numbers, *([] if floor is None else [floor])], base is not None)
    moments = [moment_of(period) for period in periods] or [0.0]
    return _Scale(plotted, base, (moments[0], moments[-1]), ticks)


def _traces(measure: Measure, scale: _Scale, language: str) -> tuple[Trace, ...]:
    broken = measure.breaks(language)
    return tuple(
        _trace(measure, each, index == 0, pairs, scale, broken, language)
        for index, (each, pairs) in enumerate(scale.plotted)
    )


def say_evolution(measure: Measure, place: Place, histories: Sequence[History], language: str) -> str:
    """From the first period to the last one that can be compared with it, for the territory in hand."""
    own = histories[0].values if histories and histories[0].name == place.name else ()
    known = [value for value in own if value.value is not None]
    if not known:
        return text("sentence.evolution_none", language, place=place.name)
    start = max((period for period in measure.breaks(language) if period <= known[-1].period), default="")
    since = [v for v in known if v.period >= start]
    first, last = since[0], since[-1]
    if first is last:
        return text("sentence.evolution_single", language, place=place.name, value=measure.say(last.value, language),
                    period=format_period(last.period, language))  # fmt: skip
    words = text(
        "sentence.evolution", language, place=place.name, first=measure.say(first.value, language),
        first_period=format_period(first.period, language), last=measure.say(last.value, language),
        last_period=format_period(last.period, language),
    )  # fmt: skip
    if last.state == "provisional":
        words += text("sentence.provisional", language)
    words += "."
    if start:
        words += " " + text("sentence.evolution_break", language, period=format_period(start, language))
    return words


def history_of(place: Place, values: tuple[Value, ...]) -> History:
    """The history of a territory, by its names."""
    return History(place.name, place.short or place.name, values)


def _histories(atlas: Atlas, question: Question) -> list[History]:
    found = []
    for place in (question.territory, *question.compared):
        if place.level in question.measure.entry.get("levels", []):
            history = atlas.slice(question.measure, place.level, question.vintage).history(place.code)
            if any(value.value is not None for value in history):
                found.append(history_of(place, history))
    return found


def _base_period(measure: Measure, histories: Sequence[History]) -> str | None:
    """The first period where every trace has a value that is not zero, after the last break."""
    start = max((entry["period"] for entry in measure.entry.get("breaks", [])), default="")
    shared = [{v.period for v in history.values if v.value} for history in histories]
    usable = sorted(set.intersection(*shared)) if shared else []
    return next((period for period in usable if period >= start), usable[0] if usable else None)


def _indexed(history: tuple[Value, ...], base: str) -> list[tuple[Value, float | None]]:
    reference = next((v.value for v in history if v.period == base and v.value), None)
    return [(v, None if v.value is None or reference is None else 100 * v.value / reference) for v in history]


def _tick_range(measure: Measure, numbers: list[float], indexed: bool) -> tuple[float, ...]:
    if not numbers:
        return (0.0, 1.0)
    low, high = min(numbers), max(numbers)
    if not indexed and not measure.is_change and low >= 0 and (low < 0.6 * high or measure.nature == "amount"):
        low = 0.0
    if high - low <= 1e-9 * max(1.0, abs(high)) and low:
        low, high = low - abs(low) * 0.1, high + abs(high) * 0.1
    return round_ticks(low, high, whole=measure.unit.decimals == 0 and not indexed)


def _trace(
    measure: Measure, history: History, in_hand: bool, pairs: list[tuple[Value, float | None]], scale: _Scale,
    broken: Mapping[str, str], language: str,
) -> Trace:  # fmt: skip
    points: list[Point] = []
    segments: list[Segment] = []
    follows = False
    for value, number in pairs:
        if number is None:
            follows = False
            continue
        points.append(
            Point(value.period, scale.share(moment_of(value.period)), scale.level(number), value.value or 0.0,
                  measure.say(value.value, language), value.state, number)
        )  # fmt: skip
        if follows and value.status != "B" and value.period not in broken:
            segments.append(Segment(len(points) - 2, len(points) - 1, value.state == "provisional"))
        follows = True
    return Trace(history.name, history.label, in_hand, tuple(points), tuple(segments))


def say_tick(measure: Measure, tick: float, ticks: tuple[float, ...], indexed: bool, language: str) -> str:
    """A graduation with as many digits as they all need; the last one has the unit, unless they are ``indexed``."""
    decimals = next((d for d in range(4) if all(abs(t - round(t, d)) < 1e-9 for t in ticks)), 3)
    number = format_number(tick, decimals, language, grouped=measure.unit.grouped, sign=measure.is_change)
    return number if indexed or tick != ticks[-1] else f"{number}\u00a0{measure.unit_words(language)}".rstrip()


def moment_of(period: str) -> float:
    """A period as a moment of its year: years stand on the whole number."""
    year, _, rest = period.partition("-")
    if not year.isdigit():
        return 0.0
    if rest.startswith("Q"):
        return int(year) + (int(rest[1:]) - 1) / 4
    return int(year) + ((int(rest) - 1) / 12 if rest.isdigit() else 0.0)


__all__ = [
    "Evolution", "History", "Point", "Segment", "Trace", "history_of", "moment_of", "observe_evolution",
    "plot_histories", "say_evolution", "say_tick", "trace_evolution",
]  # fmt: skip
