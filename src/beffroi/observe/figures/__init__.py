"""The five figures of the explorer: map, ranking, evolution, distribution, table.

Each is data and words only: what is drawn, in which class, and the sentence that says it. ``publish`` draws them.
"""

from collections.abc import Callable, Mapping

from beffroi.observe.atlases import Atlas
from beffroi.observe.figures.distributions import Distribution, Spread, observe_distribution, spread_numbers
from beffroi.observe.figures.evolutions import Evolution, Trace, observe_evolution, trace_evolution
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


def observe_figure(atlas: Atlas, question: Question) -> Figure:
    """The figure that answers a question."""
    return _OBSERVERS[question.view](atlas, question)


__all__ = [
    "Distribution", "Evolution", "Figure", "Map", "Ranking", "Spread", "Table", "Trace", "observe_distribution",
    "observe_evolution", "observe_figure", "observe_map", "observe_ranking", "observe_table", "spread_numbers",
    "trace_evolution",
]  # fmt: skip
