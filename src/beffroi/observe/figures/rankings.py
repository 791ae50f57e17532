"""The ranking of territories by value; weakly reliable values are shown but have no rank."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from beffroi.language import text
from beffroi.observe.atlases import Atlas
from beffroi.observe.figures.scenes import frame_scene, hold
from beffroi.observe.frames import Frame, count_places
from beffroi.observe.moments import Moment
from beffroi.observe.places import Gazetteer
from beffroi.observe.questions import Question
from beffroi.observe.substitutes import say_reason
from beffroi.observe.values import State, Value

Role = Literal["territory", "compared", "member"]
"""What a territory is to the question: in hand, compared with, or lying in the one in hand."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of the ranking; ``start`` and ``end`` of its bar are shares of the width, 0 to 1."""

    code: str
    label: str
    rank: int | None
    value: float
    state: State
    start: float
    end: float
    say: Callable[[float], str]

    @property
    def said(self) -> str:
        """The value in words: few lines of a long ranking are shown, hence only those are put into words."""
        return self.say(self.value)


@dataclass(frozen=True)
class Ranking:
    """Lines from the largest value; then those without a rank; then how many have no value and why.

    ``zero`` is where zero stands on the width of bars, 0 to 1; ``roles`` are by code, those that are none left out.
    """

    frame: Frame
    level: str
    ranked: tuple[Ranked, ...]
    unranked: tuple[Ranked, ...]
    absent: tuple[str, ...]
    zero: float
    diverging: bool
    roles: Mapping[str, Role]


def observe_ranking(atlas: Atlas, question: Question) -> Ranking:
    """The ranking of the territories of a question's level at its period."""
    scene = atlas.remember(("ranking", *question.scene), lambda: _observe_scene(atlas, question))
    gazetteer = atlas.gazetteer(question.vintage, question.language)
    whole = (f"grouping:{atlas.workspace['perimeter']}", *question.within)
    roles = _roles(gazetteer, question, whole)
    return replace(scene, frame=hold(atlas, question, scene.frame), roles=roles)


def _observe_scene(atlas: Atlas, question: Question) -> Ranking:
    values = question.values(atlas)
    moment = values.moment(question.period)
    say = partial(question.measure.say, language=question.language)
    lines = [_line(value, moment, say) for value in moment.ordered]
    low, width = moment.reach
    return Ranking(
        frame=frame_scene(atlas, question, values),
        level=question.level,
        ranked=tuple(line for line in lines if line.rank is not None),
        unranked=tuple(line for line in lines if line.rank is None),
        absent=_absent(question, moment.values.values()),
        zero=-low / width,
        diverging=question.measure.is_change,
        roles={},
    )


def _line(value: Value, moment: Moment, say: Callable[[float], str]) -> Ranked:
    number = value.value or 0.0
    rank = moment.ranks.get(value.territory)
    return Ranked(value.territory, value.label, rank, number, value.state, *moment.bar(number), say)


def _roles(gazetteer: Gazetteer, question: Question, whole: Collection[str]) -> dict[str, Role]:
    """The role of each territory that has one: to say of all that they lie in the whole would tell none apart."""
    roles: dict[str, Role] = {}
    if question.territory.level != question.level and question.territory.key not in whole:
        for place in gazetteer.members.get(question.territory.key, ()):
            if place.level == question.level:
                roles[place.code] = "member"
    for place in question.compared:
        if place.level == question.level:
            roles[place.code] = "compared"
    if question.territory.level == question.level:
        roles[question.territory.code] = "territory"
    return roles


def _absent(question: Question, here: Iterable[Value]) -> tuple[str, ...]:
    counts: dict[str, list[str]] = {}
    for value in here:
        if value.value is None:
            counts.setdefault(value.reason, []).append(value.label)
    language = question.language
    return tuple(
        text("figure.absent", language, places=count_places(len(labels), question.level, language),
             reason=say_reason(reason, language), names=_first_names(labels))
        for reason, labels in counts.items()
    )  # fmt: skip


def _first_names(labels: list[str]) -> str:
    return ", ".join(sorted(labels)[:12]) + (" …" if len(labels) > 12 else "")


__all__ = ["Ranked", "Ranking", "Role", "observe_ranking"]
