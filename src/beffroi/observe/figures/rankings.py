"""The ranking of territories by value; weakly reliable values are shown but have no rank."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from beffroi.language import text
from beffroi.observe.atlases import Atlas
from beffroi.observe.frames import Frame, count_places, frame_question, period_words
from beffroi.observe.places import Gazetteer
from beffroi.observe.questions import Question
from beffroi.observe.sentences import say_place, say_spread
from beffroi.observe.values import State, Value

Role = Literal["territory", "compared", "member", "none"]
"""What a territory is to the question: in hand, compared with, lying in the one in hand, or none of these."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of the ranking; ``start`` and ``end`` of its bar are shares of the width, 0 to 1."""

    code: str
    label: str
    rank: int | None
    value: float
    said: str
    state: State
    start: float
    end: float
    role: Role


@dataclass(frozen=True)
class Ranking:
    """Lines from the largest value; then those without a rank; then how many have no value and why.

    ``zero`` is where zero stands on the width of bars, 0 to 1.
    """

    frame: Frame
    level: str
    ranked: tuple[Ranked, ...]
    unranked: tuple[Ranked, ...]
    absent: tuple[str, ...]
    zero: float
    diverging: bool


def observe_ranking(atlas: Atlas, question: Question) -> Ranking:
    """The ranking of the territories of a question's level at its period."""
    measure, language = question.measure, question.language
    values = atlas.slice(measure, question.level, question.vintage)
    here = values.at(question.period)
    known = [value for value in here.values() if value.value is not None]
    numbers = [value.value or 0.0 for value in known]
    low, high = min([0.0, *numbers]), max([0.0, *numbers])
    width = (high - low) or 1.0
    zero = -low / width
    roles = _roles(atlas.gazetteer(question.vintage, language), question, atlas.workspace["perimeter"])
    ranks = values.ranks.get(question.period, {})
    lines = [
        _line(question, value, ranks.get(value.territory), roles.get(value.territory, "none"), (low, width))
        for value in sorted(known, key=lambda v: (-(v.value or 0.0), v.label))
    ]
    title = text("figure.title_places", language, title=measure.title(language),
                 places=text(f"level_many.{question.level}", language),
                 period=period_words(measure, question.period, language))  # fmt: skip
    sentence = f"{say_place(atlas, question)} {say_spread(question, values)}"
    return Ranking(
        frame=frame_question(atlas, question, values, title, sentence),
        level=question.level,
        ranked=tuple(line for line in lines if line.rank is not None),
        unranked=tuple(line for line in lines if line.rank is None),
        absent=_absent(question, here.values()),
        zero=zero,
        diverging=measure.is_change,
    )


def _line(question: Question, value: Value, rank: int | None, role: Role, scale: tuple[float, float]) -> Ranked:
    number, (low, width) = value.value or 0.0, scale
    zero, end = -low / width, (number - low) / width
    said = question.measure.say(number, question.language)
    return Ranked(value.territory, value.label, rank, number, said, value.state, min(zero, end), max(zero, end), role)


def _roles(gazetteer: Gazetteer, question: Question, perimeter: str) -> dict[str, Role]:
    roles: dict[str, Role] = {}
    if question.territory.level != question.level and question.territory.code != perimeter:
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
             reason=text(f"state.{reason}", language), names=_first_names(labels))
        for reason, labels in counts.items()
    )  # fmt: skip


def _first_names(labels: list[str]) -> str:
    return ", ".join(sorted(labels)[:12]) + (" …" if len(labels) > 12 else "")


__all__ = ["Ranked", "Ranking", "Role", "observe_ranking"]
