"""Lines of a page: a territory beside others, the categories of a breakdown, or several indicators on one scale."""

from dataclasses import dataclass

from beffroi.catalog.blocks import Line
from beffroi.language import text
from beffroi.observe.blocks.words import name_measures, title_breakdown
from beffroi.observe.figures.evolutions import Evolution, History, history_of, plot_histories, say_evolution
from beffroi.observe.frames import Frame, frame_figure
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure


@dataclass(frozen=True)
class LinesFigure:
    """An evolution with its data; ``alike`` when no line is the one in hand, and each has its own colour."""

    chart: Evolution
    readings: tuple[Reading, ...]
    alike: bool

    @property
    def frame(self) -> Frame:
        return self.chart.frame


def observe_line(standing: Standing, block: Line) -> LinesFigure:
    """The lines that a block asks for."""
    held = standing.take(block.territory)
    if block.indicator is not None:
        return _of_places(held, block, held.measure(block.indicator))
    if block.breakdown is not None:
        title, _, named = title_breakdown(held, block.breakdown)
    else:
        named = [(m.title(held.language), m) for m in (held.measure(name) for name in block.indicators or ())]
        title = name_measures([measure for _, measure in named], held.language)
    return _of_measures(held, block, named, title)


def _of_places(held: Standing, block: Line, measure: Measure) -> LinesFigure:
    language = held.language
    readings: list[Reading] = []
    histories = []
    for place in (held.place, *held.others(block.compared)):
        read = held.history(measure, place, block.since, block.until)
        if any(each.value.value is not None for each in read):
            readings += read
            histories.append(history_of(place, tuple(each.value for each in read)))
    periods = _periods(held, measure, block)
    title = text("figure.title_place", language, title=measure.title(language), place=held.place.name)
    sentence = say_evolution(measure, held.place, histories, language)
    frame = frame_figure(held, [measure], readings, title, sentence, over_time=True)
    return LinesFigure(plot_histories(measure, histories, periods, frame, language), tuple(readings), False)


def _of_measures(held: Standing, block: Line, named: list[tuple[str, Measure]], title: str) -> LinesFigure:
    language, first = held.language, named[0][1]
    readings: list[Reading] = []
    histories = []
    for label, measure in named:
        read = held.history(measure, held.place, block.since, block.until)
        readings += read
        histories.append(History(label, label, tuple(each.value for each in read)))
    words = text("figure.title_place", language, title=title, place=held.place.name)
    frame = frame_figure(
        held, [measure for _, measure in named], readings, words, say_last(histories, first, language), over_time=True
    )
    chart = plot_histories(first, histories, _periods(held, first, block), frame, language, same_size=True)
    return LinesFigure(chart, tuple(readings), True)


def say_last(histories: list[History], measure: Measure, language: str) -> str:
    """The last value of each line, in words."""
    said = []
    for history in histories:
        known = [value for value in history.values if value.value is not None]
        if known:
            said.append(f"{history.label}, {measure.say(known[-1].value, language)} ({known[-1].period})")
    return text("page.then", language).join(said) + "." if said else text("sentence.none", language)


def _periods(held: Standing, measure: Measure, block: Line) -> tuple[str, ...]:
    """The periods of the axis, within what the block asks."""
    return tuple(
        period
        for period in held.periods(measure)
        if (block.since or "") <= period and (block.until is None or period <= block.until)
    )


__all__ = ["LinesFigure", "observe_line", "say_last"]
