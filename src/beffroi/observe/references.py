"""References of prose in words: a value with its unit, a change, a rank, a territory with its preposition."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beffroi.language import format_number, format_period, text
from beffroi.observe.frames import count_places, period_words
from beffroi.observe.places import Place
from beffroi.observe.sentences import in_clause, in_clause_of, ordinal, say_difference
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure, Value


@dataclass(frozen=True)
class Said:
    """A reference in words. ``title`` says what it is, of where and when; empty for a territory's name.

    ``state`` is that of its value (``sure``, ``weak``, ``missing``...); ``indicator`` its measure, None for a name.
    """

    words: str
    title: str = ""
    state: str = "sure"
    indicator: str | None = None
    territory: str | None = None
    period: str | None = None


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
    period = standing.settle(measure, settled.get("period"), place.level)
    reading = standing.read(measure, place, period)
    if reading is None or reading.value.value is None:
        return _absent(standing, measure, place, reading, absent)
    words = _words(standing, reading, settled)
    if words is None:
        return _absent(standing, measure, place, None, absent)
    value = reading.value
    return Said(words, _title(standing, measure, place, value), value.state, measure.id, place.key, value.period)


def _words(standing: Standing, reading: Reading, settled: Mapping[str, Any]) -> str | None:
    measure, value, language = reading.measure, reading.value, standing.language
    show = settled.get("show", "value")
    if show == "period":
        return format_period(value.period, language)
    if show == "rank":
        return say_rank(standing, reading)
    if show == "change":
        before = standing.read(measure, reading.place, settled["since"])
        return say_change(measure, before.value if before else None, value, language)
    return measure.say(value.value, language)


def say_rank(standing: Standing, reading: Reading) -> str | None:
    """« 23e sur 322 communes »; None for a value that is not ranked."""
    ranks = standing.slice(reading.measure, reading.place.level).moment(reading.value.period).ranks
    # Groupings lie in one another: a rank among them would say nothing.
    if reading.place.code not in ranks or len(ranks) < 2 or reading.place.level == "grouping":
        return None
    language = standing.language
    return text(
        "page.rank", language, rank=ordinal(ranks[reading.place.code], language),
        places=count_places(len(ranks), reading.place.level, language),
    )  # fmt: skip


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


def _title(standing: Standing, measure: Measure, place: Place, value: Value) -> str:
    words = (
        f"{measure.title(standing.language)}, {place.name}, {period_words(measure, value.period, standing.language)}"
    )
    if value.state in {"weak", "estimated", "provisional"}:
        words += f" ({text(f'state.{value.state}', standing.language)})"
    return words


def _absent(
    standing: Standing, measure: Measure, place: Place | None, reading: Reading | None, otherwise: str | None
) -> Said:
    state = reading.value.state if reading else "missing"
    reason = text(f"state.{reading.value.reason if reading else 'missing'}", standing.language)
    where = place.name if place else "–"
    title = f"{measure.title(standing.language)}, {where} : {reason}"
    return Said(otherwise or reason, title, state, measure.id, place.key if place else None)


__all__ = ["Said", "measure_share", "say_change", "say_name", "say_rank", "say_references"]
