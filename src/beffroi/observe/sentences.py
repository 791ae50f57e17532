"""The sentences that say a figure: for who cannot see it, and for who only reads one line.

They are put together from whole clauses of the messages; nothing is guessed about the gender of a title.
"""

from collections.abc import Sequence
from typing import Literal

from beffroi.language import format_number, text
from beffroi.observe.atlases import Atlas, Slice
from beffroi.observe.frames import count_places
from beffroi.observe.moments import Moment
from beffroi.observe.places import Place
from beffroi.observe.questions import Question
from beffroi.observe.substitutes import Substitute, find_substitutes, list_substitutes, say_absence, say_reason
from beffroi.observe.values import Measure, Value


def in_clause(place: Place, language: str) -> str:
    """« à Lens », « au Touquet », « dans la Somme », « en Normandie »; a grouping stands by its name alone."""
    if language == "en":
        return f"in {place.name}"
    if place.level == "commune":
        return contract("à", place.name)
    if place.level == "pays" or (place.tncc in (0, 1) and place.name not in _TOWNS_AND_ISLANDS):
        return f"en {place.name}"
    if place.name in _TOWNS_AND_ISLANDS and place.tncc is not None:
        return contract("à", place.name)
    return f"dans {_with_article(place)}"


_TOWNS_AND_ISLANDS = ("Paris", "Mayotte", "La Réunion")
"""Départements and régions without an article of their own that one is in as one is in a town."""

_KINDS = {2: "le ", 3: "la ", 4: "les ", 5: "l’"}
"""The article of a name, by INSEE's kind of names (TNCC)."""

_ARTICLES = (
    ("ca ", "la "), ("cc ", "la "), ("cu ", "la "), ("me ", "la "), ("métropole", "la "), ("pays ", "le "),
    ("pôle ", "le "), ("petr", "le "), ("agence", "l’"), ("arrondissement", "l’"), ("département", "le "),
    ("région", "la "),
)  # fmt: skip


def _with_article(place: Place) -> str:
    """The short name with its article: the one that its list says, else that of the kind of body that it is. An acronym
    takes it from the whole name: « le PMA », of a Pôle."""
    name = place.short or place.name
    if place.is_quarter:
        return f"le QPV {name}"
    if place.tncc in _KINDS:
        return _KINDS[place.tncc] + name
    if place.level == "pays":
        return f"la {name}"
    for said in (name, place.name):
        for start, article in _ARTICLES:
            if said.lower().startswith(start):
                return article + (name[0].lower() + name[1:] if article == "l’" else name)
    return name


def contract(preposition: Literal["à", "de"], name: str) -> str:
    """« au Touquet », « des Attaques », « d’Arras », « de Lens »: a preposition with the article that a name begins
    with."""
    forms = {"à": ("au ", "aux "), "de": ("du ", "des ")}[preposition]
    for article, form in zip(("le ", "les "), forms, strict=True):
        if name.lower().startswith(article):
            return form + name[len(article) :]
    if preposition == "de" and name[0] in "AEIOUYÉÈÊÎÔŒaeiouéèêîô":
        return f"d’{name}"
    return f"{preposition} {name}"


def say_place(atlas: Atlas, question: Question) -> str:
    """The territory in hand in one sentence: its value, its rank, its gap with the first comparison."""
    measure, language, place = question.measure, question.language, question.territory
    value = atlas.value(measure, place, question.period, question.vintage)
    if value is None:
        return text("sentence.no_line", language, place=place.name, level=text(f"level_one.{place.level}", language))
    if value.value is None:
        words = text("sentence.no_value", language, place=place.name, reason=say_reason(value.reason, language))
        instead = find_substitutes(atlas, measure, place, value, question.vintage, language)
        said = text("secret.instead", language, values=list_substitutes(instead, language)) if instead else ""
        return f"{words} {said}".strip()
    words = text("sentence.value", language, place=place.name, value=measure.say(value.value, language))
    values = atlas.slice(measure, place.level, question.vintage, question.within)
    if rank := say_rank(values, place, value, language, "sentence.rank"):
        words += f", {rank}"
    gaps = [say_gap(atlas, question, value, other) for other in question.compared[:1]]
    words += "".join(gap for gap in gaps if gap)
    if value.state in {"weak", "estimated", "provisional"}:
        words += text(f"sentence.{value.state}", language)
    return words + "."


_CROWD = 0.1
"""The share of its peers from which equals are told rather than a rank: one unit more or less would then carry a
territory over a tenth of the others, so that its rank would say chance."""


def say_rank(values: Slice, place: Place, value: Value, language: str, key: str = "page.rank") -> str | None:
    """« 23e sur 322 communes », by the words of ``key``; None for a value that has no rank.

    Where a rank would mean nothing, how many are in the same case: those at zero, or as many equals as a tenth of all.
    """
    moment, number = values.moment(value.period), value.value or 0.0
    # Groupings lie in one another: a rank among them would say nothing.
    if place.code not in moment.ranks or len(moment.ranks) < 2 or place.level == "grouping":
        return None
    places, same = count_places(len(moment.ranks), place.level, language), moment.equals[number]
    if is_shared_zero(values, value):
        return text("page.rank_zero", language, count=format_number(same, 0, language), places=places)
    if same > 2 and same >= _CROWD * len(moment.ranks):
        return text("page.rank_shared", language, count=format_number(same - 1, 0, language), places=places)
    return text(key, language, rank=ordinal(moment.ranks[place.code], language), places=places)


def say_value_absent(atlas: Atlas, question: Question, value: Value) -> str:
    """Why a territory of the level that is asked has no value, and what there is instead."""
    place = atlas.gazetteer(question.vintage, question.language).places.get(f"{question.level}:{value.territory}")
    instead: tuple[Substitute, ...] = ()
    if place is not None:
        instead = find_substitutes(atlas, question.measure, place, value, question.vintage, question.language)
    return say_absence(value.reason, instead, question.language)


def is_shared_zero(values: Slice, value: Value) -> bool:
    """Whether a territory has nothing, as others: among amounts and rates, not among changes, which go both ways."""
    return not value.value and not values.measure.is_change and values.moment(value.period).equals[0.0] > 1


def say_gap(atlas: Atlas, question: Question, value: Value, other: Place) -> str:
    """How far from another territory; a count is a share of what holds it, and is not compared otherwise."""
    measure, language = question.measure, question.language
    compared = atlas.value(measure, other, question.period, question.vintage)
    if compared is None or compared.value is None or value.value is None:
        return ""
    if measure.nature == "amount":
        if other.key not in question.territory.parents or not compared.value or not value.value:
            return ""
        share = format_number(100 * value.value / compared.value, 1, language)
        return text("sentence.share", language, share=share, place=in_clause_of(other, language))
    said = measure.say(compared.value, language)
    gap = round(value.value, measure.unit.decimals) - round(compared.value, measure.unit.decimals)
    if abs(gap) < 0.5 * 10.0**-measure.unit.decimals:
        return text("sentence.same", language, place=in_clause(other, language))
    way = "sentence.more" if gap > 0 else "sentence.less"
    said_gap = say_difference(measure, abs(gap), language)
    return text(way, language, gap=said_gap, place=in_clause(other, language), value=said)


def in_clause_of(place: Place, language: str) -> str:
    """« de Lens », « du Touquet », « de la Somme », « de l’Aisne », « d’Île-de-France »."""
    if language == "en":
        return f"of {place.name}"
    return contract("de", _with_article(place) if place.level != "commune" else place.name)


def say_difference(measure: Measure, gap: float, language: str) -> str:
    """A difference: points for a percentage, the unit otherwise."""
    if measure.unit.factor == 100 or "%" in measure.unit_words(language):
        number = format_number(gap, measure.unit.decimals, language)
        return f"{number}\u00a0{text('unit.points' if gap >= 2 else 'unit.point', language)}"
    return measure.say(gap, language, sign=False)


def ordinal(rank: int, language: str) -> str:
    """« 1er », « 23e », "23rd"."""
    if language == "fr":
        return "1er" if rank == 1 else f"{rank}e"
    suffix = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{suffix}"


def say_spread(question: Question, values: Slice) -> str:
    """From the lowest to the highest, and the middle, among the territories that are ranked."""
    measure, language = question.measure, question.language
    moment = values.moment(question.period)
    ordered = moment.ranked
    if not ordered:
        return text("sentence.none", language)
    low, high = ordered[-1], ordered[0]
    places = count_places(len(ordered), question.level, language)
    if low.value == high.value:
        return text("sentence.single", language, value=measure.say(low.value, language), places=places)
    return text(
        "sentence.spread",
        language,
        low=measure.say(low.value, language),
        low_place=_say_whose(moment, low, question.level, language),
        high=measure.say(high.value, language),
        high_place=_say_whose(moment, high, question.level, language),
        places=places,
        middle=measure.say(median([v.value for v in ordered if v.value is not None]), language),
    )


def _say_whose(moment: Moment, value: Value, level: str, language: str) -> str:
    """Whose a value is: its territory's, or how many territories have it."""
    same = moment.equals[value.value or 0.0]
    return value.label if same == 1 else count_places(same, level, language)


def median(numbers: Sequence[float]) -> float:
    """The middle of numbers that are already in order: each territory counts once, whatever its size."""
    half = len(numbers) // 2
    return numbers[half] if len(numbers) % 2 else (numbers[half - 1] + numbers[half]) / 2


__all__ = [
    "contract", "in_clause", "in_clause_of", "is_shared_zero", "median", "ordinal", "say_difference", "say_gap",
    "say_place", "say_rank", "say_spread", "say_value_absent",
]  # fmt: skip
