"""Communes that are alike, by the criteria that the workspace declares and by nothing else.

Each criterion is put on its scale, centred and reduced over the communes that are compared; two communes are as far
apart as the weighted Euclidean distance between them. A commune that lacks one of the values is compared with none.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beffroi.language import typeset
from beffroi.observe.atlases import Atlas
from beffroi.observe.places import Place
from beffroi.observe.values import Measure, Value


@dataclass(frozen=True)
class Criterion:
    """One thing that is compared: its measure, the period that is compared, its scale and its weight."""

    measure: Measure
    period: str
    scale: str
    weight: float


@dataclass(frozen=True)
class Alike:
    """A commune near another. ``values`` are those of the criteria, in their order."""

    place: Place
    distance: float
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Likeness:
    """The communes nearest to one, the nearest first. ``compared`` is how many were looked at, itself left out;
    ``own`` are its values, None where it has none: then nothing is near it."""

    criteria: tuple[Criterion, ...]
    own: tuple[Value | None, ...]
    nearest: tuple[Alike, ...]
    compared: int
    among: Place | None
    why: str


def find_alike(atlas: Atlas, place: Place, language: str) -> Likeness | None:
    """The communes that are like one; None for other levels, and where the workspace declares no criterion."""
    declared: Mapping[str, Any] | None = atlas.workspace.get("similar")
    if not declared or place.level != "commune":
        return None
    criteria = _criteria(atlas, declared)
    if not criteria:
        return None
    vintage = atlas.release.reference_vintage
    gazetteer = atlas.gazetteer(vintage, language)
    among = None
    candidates = {each.code: each for each in gazetteer.by_level.get("commune", ())}
    if declared["among"] == "departement":
        held = next((key for key in place.parents if key.startswith("departement:")), None)
        among = gazetteer.places.get(held) if held else None
        candidates = {code: each for code, each in candidates.items() if held in each.parents}
    known = {code: read for code in candidates if (read := _read(atlas, criteria, code, vintage)) is not None}
    own = tuple(_at(atlas, each, vintage).get(place.code) for each in criteria)
    nearest: tuple[Alike, ...] = ()
    if place.code in known:
        spread = _Spread(criteria, known)
        found = (
            Alike(candidates[code], spread.distance(known[place.code], values), values)
            for code, values in known.items()
            if code != place.code
        )
        nearest = tuple(sorted(found, key=lambda each: (each.distance, each.place.code)))[: declared["count"]]
    return Likeness(criteria, own, nearest, len(known.keys() - {place.code}), among, typeset(declared["why"]))


def _criteria(atlas: Atlas, declared: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """What is declared and released for communes, what weighs most in front; nothing is compared by the others."""
    found = []
    for name, each in declared["indicators"].items():
        measure = atlas.measures.get(name)
        if measure is not None and measure.released and "commune" in measure.entry["levels"]:
            found.append(Criterion(measure, max(measure.entry["periods"]), each["scale"], each["weight"]))
    return tuple(sorted(found, key=lambda each: (-each.weight, each.measure.id)))


def _at(atlas: Atlas, criterion: Criterion, vintage: int) -> Mapping[str, Value]:
    return atlas.slice(criterion.measure, "commune", vintage).at(criterion.period)


def _read(atlas: Atlas, criteria: tuple[Criterion, ...], code: str, vintage: int) -> tuple[Value, ...] | None:
    """The values of a commune; None when one of them is not there, or has no logarithm."""
    values = []
    for criterion in criteria:
        value = _at(atlas, criterion, vintage).get(code)
        if value is None or value.value is None or (criterion.scale == "log" and value.value <= 0):
            return None
        values.append(value)
    return tuple(values)


class _Spread:
    """How far values of each criterion lie from one another: one standard deviation is one."""

    def __init__(self, criteria: tuple[Criterion, ...], known: Mapping[str, tuple[Value, ...]]) -> None:
        self._criteria = criteria
        columns = zip(*(self._scaled(values) for _, values in sorted(known.items())), strict=True)
        self._deviations = [_deviation(column) for column in columns]

    def distance(self, one: tuple[Value, ...], other: tuple[Value, ...]) -> float:
        pairs = zip(self._criteria, self._scaled(one), self._scaled(other), self._deviations, strict=True)
        return math.sqrt(sum(c.weight * ((a - b) / deviation) ** 2 for c, a, b, deviation in pairs if deviation))

    def _scaled(self, values: tuple[Value, ...]) -> list[float]:
        numbers = [value.value or 0.0 for value in values]
        return [
            math.log(number) if criterion.scale == "log" else number
            for criterion, number in zip(self._criteria, numbers, strict=True)
        ]


def _deviation(numbers: tuple[float, ...]) -> float:
    mean = math.fsum(numbers) / len(numbers)
    return math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers))


__all__ = ["Alike", "Criterion", "Likeness", "find_alike"]
