"""What is said where a value is hidden: that it is, of which kind, and what there is to read instead.

Instead of a hidden value one reads that of the nearest larger territory that has one at the same period, and that of
the same territory at the nearest period that has one. Both are released values, found among released values alone:
nothing here knows what is hidden, and what is offered does not depend on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.language import format_period, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.places import LEVEL_ORDER, Place
from beffroi.observe.values import Measure, Value

HIDDEN = ("confidential", "dependent", "withheld")
"""Reasons of a value that is hidden: by a rule, so that others stay hidden, or not meant to be published."""


@dataclass(frozen=True)
class Substitute:
    """A released value that is there in the place of a hidden one: of a ``larger`` territory, or at another
    ``period``."""

    kind: Literal["larger", "period"]
    measure: Measure
    place: Place
    value: Value

    def say(self, language: str) -> str:
        """« CC du Nord : 12 345 emplois », « Aubel en 2018 : 1 302 emplois »."""
        where = self.place.short or self.place.name
        said = self.measure.say(self.value.value, language)
        if self.kind == "larger":
            return text("secret.larger", language, place=where, value=said)
        period = format_period(self.value.period, language)
        return text("secret.period", language, place=where, period=period, value=said)


@dataclass(frozen=True)
class Hidden:
    """A hidden value of a series, with its territory and what there is instead."""

    place: Place
    value: Value
    instead: tuple[Substitute, ...]


def list_hidden(atlas: Atlas, measure: Measure, series: pa.Table, language: str) -> Iterator[Hidden]:
    """The hidden values among rows of the series of a measure, in their order; those of no territory are left out."""
    hidden = series.filter(pc.not_equal(series["confidentiality"], "F"))
    columns = (hidden[name].to_pylist() for name in ("vintage", "level", "territory", "period"))
    for vintage, level, territory, period in zip(*columns, strict=True):
        place = atlas.gazetteer(vintage, language).places.get(f"{level}:{territory}")
        value = atlas.value(measure, place, period, vintage) if place else None
        if place is not None and value is not None:
            yield Hidden(place, value, find_substitutes(atlas, measure, place, value, vintage, language))


def find_substitutes(
    atlas: Atlas, measure: Measure, place: Place, value: Value, vintage: int, language: str
) -> tuple[Substitute, ...]:
    """What there is instead of the value of a territory, where it is hidden: that of the larger territory first;
    nothing where nothing of the kind is released, or where the value is there."""
    if value.state != "confidential":
        return ()
    found = []
    if larger := _find_larger(atlas, measure, place, value.period, vintage, language):
        found.append(larger)
    history = atlas.slice(measure, place.level, vintage).history(place.code)
    if nearest := _find_nearest(history, value.period):
        found.append(Substitute("period", measure, place, nearest))
    return tuple(found)


def _find_larger(
    atlas: Atlas, measure: Measure, place: Place, period: str, vintage: int, language: str
) -> Substitute | None:
    places = atlas.gazetteer(vintage, language).places
    for key in sorted(place.parents, key=lambda parent: LEVEL_ORDER.index(parent.partition(":")[0])):
        above = places.get(key)
        value = atlas.value(measure, above, period, vintage) if above else None
        if above is not None and value is not None and value.value is not None:
            return Substitute("larger", measure, above, value)
    return None


def _find_nearest(history: Sequence[Value], period: str) -> Value | None:
    """The value of the period nearest to one in the order of the series, the earlier of two as near."""
    periods = [value.period for value in history]
    if period not in periods:
        return None
    here = periods.index(period)
    known = [rank for rank, value in enumerate(history) if value.value is not None]
    return history[min(known, key=lambda rank: (abs(rank - here), rank))] if known else None


def say_reason(reason: str, language: str) -> str:
    """Why there is no value: that it is hidden and of which kind, or any other reason."""
    return text(f"secret.{reason}" if reason in HIDDEN else f"state.{reason}", language)


def say_absence(reason: str, instead: Sequence[Substitute], language: str) -> str:
    """Why there is no value, and what there is instead, as a mention beside a dash."""
    words = say_reason(reason, language)
    if not instead:
        return words
    return text("secret.mention", language, reason=words, values=list_substitutes(instead, language))


def word_absences(
    atlas: Atlas, measure: Measure, level: str, period: str, vintage: int, language: str
) -> Mapping[str, str]:
    """By territory of a level, why its value is hidden at a period and what there is instead; those for which there is
    nothing instead are left out, ``say_reason`` says all of them."""

    def gather() -> Mapping[str, str]:
        places = atlas.gazetteer(vintage, language).places
        found = {}
        for code, value in atlas.slice(measure, level, vintage).at(period).items():
            place = places.get(f"{level}:{code}") if value.state == "confidential" else None
            if place and (instead := find_substitutes(atlas, measure, place, value, vintage, language)):
                found[code] = say_absence(value.reason, instead, language)
        return found

    return atlas.remember(("absences", measure.id, level, period, vintage, language), gather)


def list_substitutes(instead: Sequence[Substitute], language: str) -> str:
    """Several values in a row."""
    return text("page.then", language).join(each.say(language) for each in instead)


__all__ = [
    "HIDDEN", "Hidden", "Substitute", "find_substitutes", "list_hidden", "list_substitutes", "say_absence",
    "say_reason", "word_absences",
]  # fmt: skip
