"""The five figures of the explorer: map, ranking, evolution, distribution, table.

Each is data and words only: what is drawn, in which class, and the sentence that says it. ``publish`` draws them.
"""

from collections.abc import Callable, Mapping

from beffroi.observe.atlases import Atlas
from beffroi.observe.figures.distributions import Distribution, observe_distribution
from beffroi.observe.figures.evolutions import Evolution, observe_evolution
from beffroi.observe.figures.maps import Map, observe_map
from beffroi.observe.figures.rankings import Ranking, observe_ranking
from beffroi.observe.figures.tables import Table, observe_table
from beffroi.observe.questions import Question

Figure = Map | Ranking | Evolution | Distribution | Table

_OBSERVERS: Mapping[str, Callable[[Atlas, Question], Figure]] = {
    "map": observe_map,
    "ranking": observe_ranking,
    "evolution": observe_evolution,
    "distribution": observe_distribution,
    "table": observe_table,
}


def observe_figure(atlas: Atlas, question: Question, view: str | None = None) -> Figure:
    """The figure that answers a question, in its own view or in another."""
    return _OBSERVERS[view or question.view](atlas, question)


__all__ = [
    "Distribution", "Evolution", "Figure", "Map", "Ranking", "Table", "observe_distribution", "observe_evolution",
    "observe_figure", "observe_map", "observe_ranking", "observe_table",
]  # fmt: skip
