"""One released value with all that must be said beside it, and the indicator that it is a value of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from beffroi.lake.series import State, absence_of, state_of
from beffroi.language import format_value, pick
from beffroi.units import Unit

Nature = Literal["amount", "ratio", "amount_change", "ratio_change"]
"""``amount``: a count or a sum, drawn as circles; ``ratio``: drawn as areas; the changes go both ways from zero."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a territory at a period; ``value`` is None when there is none, and ``state`` says why."""

    territory: str
    label: str
    period: str
    value: float | None
    numerator: float | None
    denominator: float | None
    observations: int | None
    status: str
    confidentiality: str
    reliability: str
    state: State

    @property
    def reason(self) -> str:
        """Why a value is not there: confidential, dependent, withheld, impossible... (``substitutes.say_reason``)."""
        return absence_of(self.status, self.confidentiality)


@dataclass(frozen=True)
class Measure:
    """An indicator as figures need it. ``entry`` is its place in the catalogue."""

    id: str
    entry: Mapping[str, Any]
    unit: Unit

    @cached_property
    def nature(self) -> Nature:
        kind = self.entry.get("kind")
        if kind == "change":
            return "ratio_change" if self.entry.get("relative") or self.unit.factor > 1 else "amount_change"
        return "amount" if kind in {"count", "sum"} else "ratio"

    @cached_property
    def is_change(self) -> bool:
        return self.nature.endswith("change")

    @property
    def released(self) -> bool:
        return self.entry["state"] in {"released", "kept"} and bool(self.entry.get("periods"))

    @property
    def synthetic(self) -> bool:
        return bool(self.entry.get("synthetic"))

    def title(self, language: str) -> str:
        return pick(self.entry["title"], language)

    def definition(self, language: str) -> str:
        return pick(self.entry["definition"], language)

    def unit_words(self, language: str) -> str:
        """The unit as it stands in a subtitle; empty for a bare number."""
        return pick(self.unit.symbol, language)

    def say(self, value: float | None, language: str, *, sign: bool | None = None) -> str:
        """A value with its unit, signed when it is a change."""
        return format_value(value, self.unit, language, sign=self.is_change if sign is None else sign)

    def breaks(self, language: str) -> dict[str, str]:
        """By period that starts a new way of measuring, why."""
        return {entry["period"]: pick(entry["why"], language) for entry in self.entry.get("breaks", [])}


def list_categories(catalogue: Mapping[str, Any]) -> frozenset[str]:
    """The indicators that are categories of a breakdown."""
    breakdowns: Mapping[str, Any] = catalogue.get("breakdowns", {})
    return frozenset(f"{name}/{each}" for name, entry in breakdowns.items() for each in entry["categories"])


def read_unit(catalogue: Mapping[str, Any], name: str) -> Unit:
    """A unit of a catalogue; one that the vocabulary lacks is a bare number."""
    declared = catalogue["units"].get(name, {})
    return Unit(
        id=name,
        symbol=declared.get("symbol") or {},
        one=declared.get("one") or {},
        decimals=declared.get("decimals", 0),
        factor=declared.get("factor", 1),
        grouped=declared.get("grouped", True),
    )


def read_measure(catalogue: Mapping[str, Any], indicator: str, entry: Mapping[str, Any]) -> Measure:
    """The measure of a catalogue's indicator; a unit that the vocabulary lacks is a bare number."""
    unit = read_unit(catalogue, entry["unit"])
    return Measure(indicator, entry, unit)


__all__ = ["Measure", "Nature", "State", "Value", "list_categories", "read_measure", "read_unit", "state_of"]
