"""From a state of the explorer to the block of a page that shows the same."""

from typing import Any

from beffroi.observe.places import Place
from beffroi.observe.questions import Question
from beffroi.observe.standings import ABOVE

_KINDS = {"ranking": "ranking", "evolution": "line", "distribution": "distribution", "table": "comparison"}
_OF_LEVEL = ("choropleth", "circles", "ranking", "distribution")
_USUAL_LEVEL = "commune"


def block_of(question: Question, perimeter: Place, *, held: bool, dated: bool) -> tuple[str, dict[str, Any]]:
    """The kind of block and its keys that show a question.

    ``held`` when the figure follows the territory that its page holds, rather than that of the question for good;
    ``dated`` when it keeps the question's period, rather than following the last one.
    """
    kind = _KINDS.get(question.view) or _map_of(question)
    keys: dict[str, Any] = {"indicators": [question.measure.id]} if kind == "comparison" else {
        "indicator": question.measure.id
    }  # fmt: skip
    if kind in _OF_LEVEL and question.level != _USUAL_LEVEL:
        keys["level"] = question.level
    if dated and kind != "line":
        keys["period"] = question.period
    if not held:
        keys["territory"] = _name(question, question.territory, perimeter)
    if kind in ("line", "comparison") and question.compared:
        keys["compared"] = [_name(question, place, perimeter, held=held) for place in question.compared]
    return kind, keys


def _map_of(question: Question) -> str:
    """An amount is never a shade."""
    return "circles" if question.measure.entry.get("kind") in ("count", "sum") else "choropleth"


def _name(question: Question, place: Place, perimeter: Place, *, held: bool = False) -> str:
    """A territory as pages name it: by what it is to the one in hand where that one changes."""
    if place.key == perimeter.key:
        return "perimeter"
    if held and place.level in ABOVE and place.key in question.territory.parents:
        return place.level
    return place.key


__all__ = ["block_of"]
