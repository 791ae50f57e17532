"""References of prose in words: a value with its unit, a change, a rank, a territory with its preposition."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beffroi.language import format_number, format_period, text
from beffroi.observe.frames import period_words
from beffroi.observe.places import Place
from beffroi.observe.sentences import in_clause, in_clause_of, is_shared_zero, say_difference, say_rank
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure, State, Value


@dataclass(frozen=True)
class Said:
    """A reference in words. ``title`` says what it is, of where and when; empty for a territory's name.

    ``state`` is that of its value (``sure``, ``weak``, ``missing``...), ``mention`` what there is to doubt of it, in
    words; ``indicator`` its measure, None for a name.
    """

    words: str
    title: str = ""
    state: State = "sure"
    indicator: str | None = None
    territory: str | None = None
    period: str | None = None
    mention: str = ""


DOUBTS: tuple[State, ...] = ("weak", "estimated", "provisional")
"""States of values that are there, and to be read with care."""


def say_references(
    standing: Standing, references: Mapping[str, Mapping[str, Any]], otherwise: str | None
) -> dict[str, Said]:
    """Every reference of a page in words, by how it is written.

    ``otherwise`` is what stands in the place of a value that is not there, unless the reference says it itself.
    """
    return {written: _say(standing, settled, otherwise) for written, settled in references.items()}


def _say(standing: Standing, settled: Mapping[str, Any], otherwise: str | None) -> Said:
    if "form" in settled:
        place = standing.find(settled["territory"])
        if place is None:
            return Said("–", state="missing")
        return Said(say_name(place, settled["form"], standing.language), territory=place.key)
    measure = standing.measure(settled["indicator"])
    place = standing.find(settled.get("territory", "here"))
    absent = settled.get("otherwise") or otherwise
    if not measure.released or place is None:
        return _absent(standing, measure, place, None, absent)
    # Another territory is told at the period of the one in hand, beside which it stands.
    given = measure.entry.get("levels", ())
    level = standing.place.level if standing.place.level in given else place.level
    period = standing.settle(measure, settled.get("period"), level)
    reading = standing.read(measure, place, period)
    if reading is None or reading.value.value is None:
        return _absent(standing, measure, place, reading, absent)
    words, show = _words(standing, reading, settled), settled.get("show", "value")
    if words is None and show == "rank":
        absent = absent or text("page.no_rank", standing.language)
    if words is None:
        return _absent(standing, measure, place, None, absent)
    value = reading.value
    state: State = "sure" if show == "period" else _doubt(standing, reading, settled)
    mention = text(f"state.{state}", standing.language) if state in DOUBTS else ""
    title = _title(standing, measure, place, value, mention)
    return Said(words, title, state, measure.id, place.key, value.period, mention)


def _words(standing: Standing, reading: Reading, settled: Mapping[str, Any]) -> str | None:
    measure, value, language = reading.measure, reading.value, standing.language
    show = settled.get("show", "value")
    if show == "period":
        return format_period(value.period, language)
    if show == "rank":
        values = standing.slice(measure, reading.place.level)
        # That so many have nothing is a sentence of its own, which would not stand inside another.
        return None if is_shared_zero(values, value) else say_rank(values, reading.place, value, language)
    if show == "change":
        before = standing.read(measure, reading.place, settled["since"])
        return say_change(measure, before.value if before else None, value, language)
    return measure.say(value.value, language)


def say_change(measure: Measure, before: Value | None, after: Value, language: str) -> str | None:
    """How a value changed: in points for a percentage, in percent for an amount, in its unit otherwise.

    None when one of the two is missing, or when the measure was broken in between: they do not compare.
    """
    if before is None or before.value is None or after.value is None:
        return None
    if any(before.period < start <= after.period for start in measure.breaks(language)):
        return None
    if measure.nature == "amount" and before.value:
        share = 100 * (after.value - before.value) / before.value
        return text("page.percent_change", language, share=measure_share(share, language))
    gap = after.value - before.value
    sign = "+" if gap > 0 else "\u2212" if gap < 0 else ""
    return sign + say_difference(measure, abs(gap), language)


def measure_share(share: float, language: str) -> str:
    """A change in percent, signed, with one digit under ten and none above."""
    return format_number(share, 1 if abs(share) < 10 else 0, language, sign=True)


def say_name(place: Place, form: str, language: str) -> str:
    """A territory by its name, in or of it, or the name of its level."""
    if form == "in":
        return in_clause(place, language)
    if form == "of":
        return in_clause_of(place, language)
    if form == "level":
        return text(f"level_one.{place.level}", language)
    return place.name


def _doubt(standing: Standing, reading: Reading, settled: Mapping[str, Any]) -> State:
    """The state of what is said: a change is only as sure as both its ends."""
    if settled.get("show") != "change" or reading.value.state in DOUBTS:
        return reading.value.state
    before = standing.read(reading.measure, reading.place, settled["since"])
    return before.value.state if before else reading.value.state


def _title(standing: Standing, measure: Measure, place: Place, value: Value, mention: str) -> str:
    when = period_words(measure, value.period, standing.language)
    words = f"{measure.title(standing.language)}, {place.name}, {when}"
    return f"{words} ({mention})" if mention else words


def _absent(
    standing: Standing, measure: Measure, place: Place | None, reading: Reading | None, otherwise: str | None
) -> Said:
    state = reading.value.state if reading else "missing"
    language, where = standing.language, place.name if place else "–"
    reason = words = text("state.missing", language)
    if reading is not None:
        reason, words = text(f"state.{reading.value.state}", language), reading.say_absence(language)
    title = text("page.named", language, title=f"{measure.title(language)}, {where}", words=words)
    return Said(otherwise or reason, title, state, measure.id, place.key if place else None)


__all__ = ["DOUBTS", "Said", "measure_share", "say_change", "say_name", "say_references"]
