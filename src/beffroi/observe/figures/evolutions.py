"""The evolution of a territory beside others: no line across a break, dashes where values are provisional."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from beffroi.language import format_number, format_period, text
from beffroi.observe.atlases import Atlas, Slice
from beffroi.observe.classes import round_ticks
from beffroi.observe.frames import Frame, Notice, frame_question
from beffroi.observe.places import Place
from beffroi.observe.questions import Question
from beffroi.observe.values import Measure, State, Value


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a period; ``x`` and ``y`` are shares of the plot, from its left and from its bottom."""

    period: str
    x: float
    y: float
    value: float
    said: str
    state: State


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of line between two points of its trace, by their positions; dashed when one of them is provisional."""

    start: int
    end: int
    dashed: bool


@dataclass(frozen=True)
class Trace:
    """The line of one territory; the first is the one in hand, the others are grey."""

    place: Place
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


def observe_evolution(atlas: Atlas, question: Question) -> Evolution:
    """The evolution of the territory in hand. Counts of territories of other sizes are compared as indices."""
    measure, language = question.measure, question.language
    values = atlas.slice(measure, question.level, question.vintage)
    title = text("figure.title_place", language, title=measure.title(language), place=question.territory.name)
    histories = _histories(atlas, question)
    scale = _scale(question, values, histories)
    frame = frame_question(atlas, question, values, title, say_evolution(question, histories))
    replaced = tuple(Notice("replaced", words) for words in question.replaced)
    periods, ticks, indexed = values.periods, scale.ticks, scale.base is not None
    return Evolution(
        frame=replace(frame, notices=(*replaced, *frame.notices)),
        traces=_traces(question, scale),
        ticks=tuple((scale.level(t), _say_tick(measure, t, ticks, indexed, language)) for t in ticks),
        times=tuple((scale.share(_moment(p)), format_period(p, language)) for p in periods),
        breaks=tuple(
            (scale.share(_moment(p) - 0.5), text("figure.break", language, period=format_period(p, language)))
            for p in measure.breaks(language)
            if periods and periods[0] < p <= periods[-1]
        ),
        indexed=text("figure.indexed", language, period=format_period(scale.base, language)) if scale.base else None,
    )


def trace_evolution(atlas: Atlas, question: Question) -> tuple[Trace, ...]:
    """The lines of an evolution alone."""
    values = atlas.slice(question.measure, question.level, question.vintage)
    return _traces(question, _scale(question, values, _histories(atlas, question)))


@dataclass(frozen=True)
class _Scale:
    """What each territory's line goes through, as (value, number drawn), and the axes that all of them share."""

    plotted: list[tuple[Place, list[tuple[Value, float | None]]]]
    base: str | None
    span: tuple[float, float]
    ticks: tuple[float, ...]

    def level(self, number: float) -> float:
        return (number - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])

    def share(self, moment: float) -> float:
        first, last = self.span
        return 0.5 if first == last else (moment - first) / (last - first)


def _scale(question: Question, values: Slice, histories: list[tuple[Place, tuple[Value, ...]]]) -> _Scale:
    measure, periods = question.measure, values.periods or ("",)
    base = _base_period(measure, histories) if measure.nature == "amount" and len(histories) > 1 else None
    plotted = [
        (place, _indexed(history, base) if base else [(v, v.value) for v in history]) for place, history in histories
    ]
    numbers = [number for _, pairs in plotted for _, number in pairs if number is not None]
    ticks = _tick_range(measure, numbers, base is not None)
    return _Scale(plotted, base, (_moment(periods[0]), _moment(periods[-1])), ticks)


def _traces(question: Question, scale: _Scale) -> tuple[Trace, ...]:
    broken = question.measure.breaks(question.language)
    return tuple(
        _trace(question, place, index == 0, pairs, scale, broken) for index, (place, pairs) in enumerate(scale.plotted)
    )


def say_evolution(question: Question, histories: list[tuple[Place, tuple[Value, ...]]]) -> str:
    """From the first period to the last one that can be compared with it, for the territory in hand."""
    measure, language, place = question.measure, question.language, question.territory
    known = [v for v in histories[0][1] if v.value is not None] if histories and histories[0][0] == place else []
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


def _histories(atlas: Atlas, question: Question) -> list[tuple[Place, tuple[Value, ...]]]:
    found = []
    for place in (question.territory, *question.compared):
        if place.level in question.measure.entry.get("levels", []):
            history = atlas.slice(question.measure, place.level, question.vintage).history(place.code)
            if any(value.value is not None for value in history):
                found.append((place, history))
    return found


def _base_period(measure: Measure, histories: list[tuple[Place, tuple[Value, ...]]]) -> str | None:
    """The first period where every trace has a value that is not zero, after the last break."""
    start = max((entry["period"] for entry in measure.entry.get("breaks", [])), default="")
    shared = [{v.period for v in history if v.value} for _, history in histories]
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
    question: Question, place: Place, in_hand: bool, pairs: list[tuple[Value, float | None]], scale: _Scale,
    broken: Mapping[str, str],
) -> Trace:  # fmt: skip
    points: list[Point] = []
    segments: list[Segment] = []
    follows = False
    for value, number in pairs:
        if number is None:
            follows = False
            continue
        points.append(
            Point(value.period, scale.share(_moment(value.period)), scale.level(number), value.value or 0.0,
                  question.measure.say(value.value, question.language), value.state)
        )  # fmt: skip
        if follows and value.status != "B" and value.period not in broken:
            segments.append(Segment(len(points) - 2, len(points) - 1, value.state == "provisional"))
        follows = True
    return Trace(place, in_hand, tuple(points), tuple(segments))


def _say_tick(measure: Measure, tick: float, ticks: tuple[float, ...], indexed: bool, language: str) -> str:
    decimals = next((d for d in range(4) if all(abs(t - round(t, d)) < 1e-9 for t in ticks)), 3)
    number = format_number(tick, decimals, language, grouped=measure.unit.grouped, sign=measure.is_change)
    return number if indexed or tick != ticks[-1] else f"{number}\u00a0{measure.unit_words(language)}".rstrip()


def _moment(period: str) -> float:
    """A period as a moment of its year: years stand on the whole number."""
    year, _, rest = period.partition("-")
    if not year.isdigit():
        return 0.0
    if rest.startswith("Q"):
        return int(year) + (int(rest[1:]) - 1) / 4
    return int(year) + ((int(rest) - 1) / 12 if rest.isdigit() else 0.0)


__all__ = ["Evolution", "Point", "Segment", "Trace", "observe_evolution", "say_evolution", "trace_evolution"]
