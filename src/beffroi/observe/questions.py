"""What a reader asks of the explorer: which indicator, where, when, compared with what, seen how.

Every question is an address, and every address that names known things gets an answer: what an indicator does not
have (a period, a level) is replaced by the nearest that it has, and the replacement is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote

from beffroi.errors import BeffroiError, fault
from beffroi.language import format_period, text
from beffroi.observe.atlases import Atlas, Slice
from beffroi.observe.places import LEVEL_ORDER, Gazetteer, Place, fold
from beffroi.observe.values import Measure

VIEWS = ("map", "ranking", "evolution", "distribution", "table")
MOST_COMPARED = 3
NOBODY = "none"
"""The value of ``compare`` that asks for no comparison at all."""


@dataclass(frozen=True)
class Question:
    """A state of the explorer, whole: nothing is left to guess."""

    measure: Measure
    level: str
    period: str
    territory: Place
    compared: tuple[Place, ...]
    view: str
    vintage: int
    language: str
    replaced: tuple[str, ...] = ()
    """Sentences that say what was asked and not to be had."""
    within: tuple[str, ...] = ()
    """What the figure is of, as ``level:code``, when that is not the whole workspace; no address says it."""

    @property
    def scene(self) -> tuple[str | int, ...]:
        """All of the question that does not depend on the territory in hand: a key for what is shared."""
        return self.measure.id, self.level, self.period, self.vintage, self.language, *self.within

    def values(self, atlas: Atlas) -> Slice:
        """The values that the question is about."""
        return atlas.slice(self.measure, self.level, self.vintage, self.within)

    def query(self, **changes: str | Sequence[str] | None) -> str:
        """The query string of this question, with changes; keys in a fixed order, so that a state has one address."""
        if not changes:
            return "&".join(self._pairs.values())
        changed = {key: _pair(key, value) for key, value in changes.items() if value is not None}
        return "&".join(changed.get(key, pair) for key, pair in self._pairs.items() if changes.get(key, "") is not None)

    @cached_property
    def _pairs(self) -> Mapping[str, str]:
        """Each key with its values as an address has them."""
        state: dict[str, str | Sequence[str]] = {
            "indicator": self.measure.id,
            "level": self.level,
            "period": self.period,
            "territory": self.territory.key,
            "compare": [place.key for place in self.compared] or [NOBODY],
            "view": self.view,
            "vintage": str(self.vintage),
        }
        return {key: _pair(key, value) for key, value in state.items()}


def _pair(key: str, value: str | Sequence[str]) -> str:
    values = [value] if isinstance(value, str) else value
    return "&".join(f"{key}={quote(each, safe=':/')}" for each in values)


def resolve_question(atlas: Atlas, asked: Mapping[str, Sequence[str]], language: str) -> Question:
    """The question that ``asked`` (the values of each key of an address) means, completed with what is usual.

    Faults: ``unknown-indicator``, ``indicator-unavailable``, ``unknown-level``, ``view-unknown``,
    ``vintage-not-released``, ``unknown-territory``.
    """
    replaced: list[str] = []
    measure = _measure(atlas, _one(asked, "indicator"))
    vintage = _vintage(atlas, _one(asked, "vintage"))
    level = _level(atlas, measure, _one(asked, "level"), language, replaced)
    # A level that no contour is released for (IRIS, often) opens on what can be shown of it.
    view = _one(asked, "view") or ("map" if atlas.release.contours(level).num_rows else "ranking")
    if view not in VIEWS:
        raise BeffroiError(fault("view-unknown", name=view, instead_of=view, available=VIEWS))
    gazetteer = atlas.gazetteer(vintage, language)
    territory = find_territory(atlas, gazetteer, _one(asked, "territory"), level, language)
    period = _period(atlas.slice(measure, level, vintage).periods, _one(asked, "period"), language, replaced)
    question = Question(measure, level, period, territory, (), view, vintage, language, tuple(replaced))
    return replace(question, compared=_compared(atlas, gazetteer, question, asked.get("compare")))


def comparison_choices(atlas: Atlas, question: Question) -> tuple[Place, ...]:
    """Territories worth comparing with: those that hold the one in hand, then those that the workspace offers."""
    gazetteer = atlas.gazetteer(question.vintage, question.language)
    offered = [*question.territory.parents, *atlas.workspace.get("compare_with", [])]
    offered.append(atlas.perimeter(question.language, question.vintage).key)
    offered += [place.key for place in question.compared]
    levels = question.measure.entry.get("levels", [])
    found: dict[str, Place] = {}
    for key in offered:
        place = gazetteer.places.get(key)
        if place and place.key != question.territory.key and place.level in levels:
            found[key] = place
    return tuple(found.values())


def _one(asked: Mapping[str, Sequence[str]], key: str) -> str | None:
    values = [value.strip() for value in asked.get(key, []) if value.strip()]
    return values[-1] if values else None


def _measure(atlas: Atlas, indicator: str | None) -> Measure:
    if indicator is not None:
        return atlas.measure(indicator)
    if not atlas.released:
        raise BeffroiError(fault("nothing-released"))
    return atlas.released[0]


def _vintage(atlas: Atlas, asked: str | None) -> int:
    if asked is None:
        return atlas.release.reference_vintage
    known = [str(vintage) for vintage in atlas.vintages]
    if asked not in known:
        raise BeffroiError(fault("vintage-not-released", name=asked, instead_of=asked, available=known))
    return int(asked)


def _level(atlas: Atlas, measure: Measure, asked: str | None, language: str, replaced: list[str]) -> str:
    levels = atlas.levels_of(measure)
    if not levels:
        raise BeffroiError(fault("indicator-unavailable", name=measure.id))
    usual = "commune" if "commune" in levels else levels[0]
    if asked is None or asked in levels:
        return asked or usual
    if asked not in LEVEL_ORDER:
        raise BeffroiError(fault("unknown-level", name=asked, instead_of=asked, available=levels))
    replaced.append(
        text("explorer.level_replaced", language, asked=text(f"level.{asked}", language),
             shown=text(f"level.{usual}", language))
    )  # fmt: skip
    return usual


def _period(periods: Sequence[str], asked: str | None, language: str, replaced: list[str]) -> str:
    if not periods:
        return asked or ""
    if asked is None or asked in periods:
        return asked or periods[-1]
    earlier = [period for period in periods if period <= asked]
    shown = earlier[-1] if earlier else periods[0]
    replaced.append(text("explorer.period_replaced", language, asked=asked, shown=format_period(shown, language)))
    return shown


def find_territory(atlas: Atlas, gazetteer: Gazetteer, asked: str | None, level: str, language: str) -> Place:
    """The territory of a key, a code or a name, at ``level`` first; the perimeter when nothing is asked."""
    if asked is None:
        return atlas.perimeter(language, gazetteer.vintage)
    if place := gazetteer.find(asked, prefer=level):
        return place
    wanted = fold(asked)
    named = [place for name, place in gazetteer.folded if name == wanted]
    if named:
        order = [level, *LEVEL_ORDER]
        return min(named, key=lambda place: order.index(place.level))
    names = {place.name for place in gazetteer.places.values()}
    raise BeffroiError(fault("unknown-territory", name=asked, instead_of=asked, available=names))


def _compared(atlas: Atlas, gazetteer: Gazetteer, question: Question, asked: Sequence[str] | None) -> tuple[Place, ...]:
    if asked is None:
        return _usual_comparison(atlas, question)
    found: dict[str, Place] = {}
    for key in asked:
        if key.strip() and key != NOBODY:
            place = find_territory(atlas, gazetteer, key.strip(), question.level, question.language)
            if place.key != question.territory.key:
                found[place.key] = place
    return tuple(found.values())[:MOST_COMPARED]


def _usual_comparison(atlas: Atlas, question: Question) -> tuple[Place, ...]:
    """The inter-communal body that holds the territory, and the perimeter: those of them that have a value."""
    perimeter = atlas.perimeter(question.language, question.vintage).key
    wanted = [key for key in question.territory.parents if key.startswith("epci:")] + [perimeter]
    choices = {place.key: place for place in comparison_choices(atlas, question)}
    return tuple(choices[key] for key in wanted if key in choices and _has_value(atlas, question, choices[key]))


def _has_value(atlas: Atlas, question: Question, place: Place) -> bool:
    history = atlas.slice(question.measure, place.level, question.vintage).history(place.code)
    return any(value.value is not None for value in history)


__all__ = ["MOST_COMPARED", "NOBODY", "VIEWS", "Question", "comparison_choices", "find_territory", "resolve_question"]
