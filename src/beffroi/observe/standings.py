"""Where a page stands: the territory in hand, those that it is compared with, its period; and what is read there.

The words of a page (``here``, ``epci``, ``perimeter``) become territories here, and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from beffroi.errors import BeffroiError, fault
from beffroi.errors import Place as Where
from beffroi.observe.atlases import Atlas, Slice
from beffroi.observe.likeness import find_alike
from beffroi.observe.places import Gazetteer, Place
from beffroi.observe.substitutes import Substitute, find_substitutes, say_absence
from beffroi.observe.values import Measure, Value

ABOVE = ("commune", "epci", "arrondissement", "departement", "region", "pays")
"""Words that name what holds the territory in hand."""


@dataclass(frozen=True)
class Reading:
    """A value that a figure shows, with what it is of: figures give them as their data. ``instead``: what there is to
    read where it is hidden."""

    measure: Measure
    place: Place
    value: Value
    instead: tuple[Substitute, ...] = ()

    def say_absence(self, language: str) -> str:
        """Why the value is not there, and what there is instead."""
        return say_absence(self.value.reason, self.instead, language)


@dataclass(frozen=True)
class Standing:
    """A page in the hands of one territory, in one language.

    ``period`` is the one that the page names, None for the last of each indicator. ``compared`` are the page's words
    for the territories that its figures compare with. ``within`` has what its observatory watches over, as
    ``level:code``: figures rank and draw what lies there alone; empty for the whole workspace.
    """

    atlas: Atlas
    language: str
    place: Place
    vintage: int
    compared: tuple[str, ...] = ()
    period: str | None = None
    within: tuple[str, ...] = ()
    where: Where | None = field(default=None, compare=False)
    """The lines of the block that is looked at, for what goes wrong in it."""

    @property
    def gazetteer(self) -> Gazetteer:
        return self.atlas.gazetteer(self.vintage, self.language)

    def at(self, where: Where) -> "Standing":
        """The same, looking at a block."""
        return replace(self, where=where)

    def find(self, whom: str) -> Place | None:
        """The territory that a word of the page means; None when nothing of that kind holds the one in hand, or when
        several hold a part of it."""
        found = self.find_all(whom)
        return found[0] if len(found) == 1 else None

    def find_all(self, whom: str) -> tuple[Place, ...]:
        """The territories that a word of the page means: several where a QPV lies in several communes."""
        if whom == "here":
            return (self.place,)
        if whom == "perimeter":
            return (self.perimeter,)
        keys = [whom]
        if whom in ABOVE:
            if self.place.level == whom:
                return (self.place,)
            keys = [key for key in self.place.parents if key.startswith(f"{whom}:")]
        return tuple(place for key in keys if (place := self.gazetteer.places.get(key)) is not None)

    @property
    def perimeter(self) -> Place:
        """What the page's observatory watches over when it is one territory, else what the workspace does."""
        own = self.gazetteer.places.get(self.within[0]) if len(self.within) == 1 else None
        return own or self.atlas.perimeter(self.language, self.vintage)

    def take(self, whom: str) -> "Standing":
        """The page in the hands of another territory; it stays in the same when there is no such one."""
        found = self.find(whom)
        return replace(self, place=found) if found else self

    def others(self, words: Iterable[str] | None) -> tuple[Place, ...]:
        """The territories to compare with, the one in hand left out; the page's own when a block names none."""
        found: dict[str, Place] = {}
        for whom in self.compared if words is None else words:
            if whom == "similar":
                found |= {place.key: place for place in self.alike()}
                continue
            found |= {place.key: place for place in self.find_all(whom) if place.key != self.place.key}
        return tuple(found.values())

    def alike(self) -> tuple[Place, ...]:
        """The communes like the one in hand, the nearest first, by the criteria of the workspace."""
        likeness = find_alike(self.atlas, self.place, self.language)
        return tuple(each.place for each in likeness.nearest) if likeness else ()

    def members(self, level: str) -> tuple[Place, ...]:
        """The territories of a level that lie in the one in hand, by name."""
        return tuple(place for place in self.gazetteer.by_level.get(level, ()) if self.place.key in place.parents)

    def measure(self, indicator: str) -> Measure:
        return self.atlas.measure(indicator)

    def slice(self, measure: Measure, level: str) -> Slice:
        """The values of the territories of a level, of those that the observatory watches over alone."""
        return self.atlas.slice(measure, level, self.vintage, self.within)

    def periods(self, measure: Measure) -> tuple[str, ...]:
        """The periods that a measure is released for, in order."""
        return tuple(sorted(measure.entry.get("periods", ())))

    def settle(self, measure: Measure, asked: str | None, level: str | None = None) -> str:
        """The period to show: what a block asks, else the page's, else the last one that the measure is given for at
        ``level``, that of the territory in hand when none is said.

        ``figure-period-absent`` when a block or its page asks for one that the measure does not have.
        """
        known = self.periods(measure)
        wanted = asked or self.period
        if wanted is None:
            shown = level or self.place.level
            given = self.slice(measure, shown).periods if shown in measure.entry.get("levels", ()) else ()
            return given[-1] if given else known[-1]
        if wanted not in known:
            raise BeffroiError(
                fault("figure-period-absent", self.where, name=measure.id, period=wanted, available=known)
            )
        return wanted

    def read(self, measure: Measure, place: Place, period: str) -> Reading | None:
        """The value of a territory at a period; None when the measure has no line for it."""
        value = self.atlas.value(measure, place, period, self.vintage)
        if value is None:
            return None
        instead = find_substitutes(self.atlas, measure, place, value, self.vintage, self.language)
        return Reading(measure, place, value, instead)

    def history(self, measure: Measure, place: Place, since: str | None, until: str | None) -> tuple[Reading, ...]:
        """The values of a territory, oldest first, between two periods included."""
        if place.level not in measure.entry.get("levels", ()):
            return ()
        history = self.atlas.slice(measure, place.level, self.vintage).history(place.code)
        kept = (v for v in history if (since or "") <= v.period and (until is None or v.period <= until))
        return tuple(Reading(measure, place, value) for value in kept)

    def categories(self, breakdown: str) -> tuple[tuple[str, Measure], ...]:
        """The categories of a breakdown in order: name and measure."""
        entry = self.breakdown(breakdown)
        return tuple((name, self.measure(f"{breakdown}/{name}")) for name in entry.get("order", entry["categories"]))

    def breakdown(self, breakdown: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.atlas.catalogue["breakdowns"][breakdown]
        return found


__all__ = ["ABOVE", "Reading", "Standing"]
