"""From released series to figures: their data, their classes, and the sentences that say them.

The room reads a ``Release`` and nothing else, so that no figure can go round access and secrecy. It decides what is
shown and in which words; it never draws, never writes HTML, and never computes an indicator.
"""

from beffroi.observe.atlases import Atlas
from beffroi.observe.figures import Figure, observe_figure
from beffroi.observe.questions import VIEWS, Question, resolve_question

__all__ = ["VIEWS", "Atlas", "Figure", "Question", "observe_figure", "resolve_question"]
