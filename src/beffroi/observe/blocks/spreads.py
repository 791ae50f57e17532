"""Figures of all the territories of a level: maps, rankings and distributions, as the explorer has them."""

from dataclasses import dataclass

from beffroi.catalog.blocks import Choropleth, Circles, Distribution, Ranking
from beffroi.observe.figures import Figure, observe_figure
from beffroi.observe.frames import Frame
from beffroi.observe.questions import Question
from beffroi.observe.standings import Reading, Standing


@dataclass(frozen=True)
class SpreadFigure:
    """A figure of the explorer in a page, with the question that it answers there."""

    figure: Figure
    question: Question
    readings: tuple[Reading, ...]

    @property
    def frame(self) -> Frame:
        return self.figure.frame


def observe_spread(standing: Standing, block: Choropleth | Circles | Ranking | Distribution) -> SpreadFigure:
    """The map, the ranking or the distribution that a block asks for, the territory in hand marked."""
    held = standing.take(block.territory)
    measure = held.measure(block.indicator)
    view = {Ranking: "ranking", Distribution: "distribution"}.get(type(block), "map")
    question = Question(
        measure=measure,
        level=block.level,
        period=held.settle(measure, block.period, block.level),
        territory=held.place,
        compared=held.others(block.compared),
        view=view,
        vintage=held.vintage,
        language=held.language,
        within=held.within,
    )
    figure = observe_figure(held.atlas, question)
    values = held.slice(measure, block.level).at(question.period)
    places = held.gazetteer.places
    readings = tuple(
        Reading(measure, places[key], value)
        for code, value in sorted(values.items())
        if (key := f"{block.level}:{code}") in places
    )
    return SpreadFigure(figure, question, readings)


__all__ = ["SpreadFigure", "observe_spread"]
