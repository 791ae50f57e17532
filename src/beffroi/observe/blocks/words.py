"""Words that several figures of pages share: shares, bare numbers, titles of several measures and of breakdowns."""

from collections.abc import Sequence

from beffroi.language import THIN, format_number, pick, text
from beffroi.observe.standings import Standing
from beffroi.observe.values import Measure

_JOINED = 3
"""Most measures that a title names one by one."""


def name_measures(measures: Sequence[Measure], language: str) -> str:
    """The title of what shows some measures: their own, joined; past three, the first two and how many others."""
    titles = [measure.title(language) for measure in measures]
    said = [titles[0], *(lower_first(title) for title in titles[1:])]
    if len(said) > _JOINED:
        return text("page.and_others", language, names=", ".join(said[:2]), count=len(said) - 2)
    return text("page.and", language).join(part for part in (", ".join(said[:-1]), said[-1]) if part)


def lower_first(words: str) -> str:
    """Words as they stand inside a sentence: without their capital, unless it is that of initials."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def say_share(share: float, language: str, decimals: int = 1) -> str:
    """A share in percent, with one digit unless the scale is rounder."""
    return f"{format_number(share, decimals, language)}{THIN if language == 'fr' else ''}%"


def say_bare(measure: Measure, number: float, language: str) -> str:
    """A number without its unit, for tight room where the unit is told elsewhere."""
    return format_number(number, measure.unit.decimals, language, grouped=measure.unit.grouped, sign=measure.is_change)


def say_beside(measure: Measure, number: float, language: str) -> str:
    """A number where its unit is said once for several; a percentage keeps its sign, which takes no room."""
    return measure.say(number, language) if "%" in measure.unit_words(language) else say_bare(measure, number, language)


def title_breakdown(standing: Standing, breakdown: str) -> tuple[str, Measure, list[tuple[str, Measure]]]:
    """The title of what is broken down and by what, its measure, and each category with its own."""
    entry, language = standing.breakdown(breakdown), standing.language
    parent, by = standing.measure(entry["of"]), pick(entry["title"], language)
    named = [
        (pick(entry["categories"][name]["title"], language), measure)
        for name, measure in standing.categories(breakdown)
    ]
    return f"{parent.title(language)} {lower_first(by)}", parent, named


__all__ = ["lower_first", "name_measures", "say_bare", "say_beside", "say_share", "title_breakdown"]
