"""Figures of all the territories of a level: maps, rankings and distributions, as the explorer has them."""

from dataclasses import dataclass

from beffroi.catalog.blocks import Choropleth, Circles, Distribution, Ranking
from beffroi.catalog.workspaces import PIECES
from beffroi.observe.figures import Figure, observe_figure
from beffroi.observe.frames import Frame
from beffroi.observe.questions import Question
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure


@dataclass(frozen=True)
class SpreadFigure:
    """A figure of the explorer in a page, with the question that it answers there; ``own`` when it is of what lies in
    the territory in hand, and is therefore another for each."""

    figure: Figure
    question: Question
    readings: tuple[Reading, ...]
    own: bool = False

    @property
    def frame(self) -> Frame:
        return self.figure.frame


def observe_spread(standing: Standing, block: Choropleth | Circles | Ranking | Distribution) -> SpreadFigure:
    """The map, the ranking or the distribution that a block asks for, the territory in hand marked.

    A ranking of IRIS or of QPV is of those that lie in the territory in hand, when it holds several: hundreds of others
    would hide them.
    """
    held = standing.take(block.territory)
    measure = held.measure(block.indicator)
    period = held.settle(measure, block.period, block.level)
    own = isinstance(block, Ranking) and _holds_several(held, measure, block.level, period)
    view = {Ranking: "ranking", Distribution: "distribution"}.get(type(block), "map")
    question = Question(
        measure=measure,
        level=block.level,
        period=period,
        territory=held.place,
        compared=held.others(block.compared),
        view=view,
        vintage=held.vintage,
        language=held.language,
        within=(held.place.key,) if own else held.within,
    )
    figure = observe_figure(held.atlas, question)
    values = question.values(held.atlas).at(period)
    places = held.gazetteer.places
    readings = tuple(
        Reading(measure, places[key], value)
        for code, value in sorted(values.items())
        if (key := f"{block.level}:{code}") in places
    )
    return SpreadFigure(figure, question, readings, own)


def _holds_several(held: Standing, measure: Measure, level: str, period: str) -> bool:
    """Whether the territory in hand holds several pieces of a level that have a line; the perimeter holds them all."""
    if level not in PIECES or held.place.level == level or held.place.key == held.perimeter.key:
        return False
    known = held.slice(measure, level).at(period)
    return sum(place.code in known for place in held.members(level)) > 1


__all__ = ["SpreadFigure", "observe_spread"]
