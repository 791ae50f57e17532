"""One release made ready for drawing: measures, places and values by period, each read once and kept.

An atlas holds no more than its release may show, and lives as long as somebody asks for that edition.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import Release
from beffroi.lake.series import UNLOCATED
from beffroi.language import typeset
from beffroi.observe.classes import Classes, classify
from beffroi.observe.moments import Moment
from beffroi.observe.places import LEVEL_ORDER, WATCHED, Gazetteer, Place, fold, read_gazetteer
from beffroi.observe.values import Measure, Value, list_categories, read_measure, state_of

_Kept = TypeVar("_Kept")
_VALUES_KEPT = 500_000
"""Values of slices kept at once: some hundred megabytes. Every page of a few hundred territories then reads once."""
_SCENES_KEPT = 400


@dataclass(frozen=True)
class Slice:
    """The values of an indicator at one level and vintage, by period then by territory.

    ``unlocated`` has, by period, what could not be placed; it is in no other figure than the table.
    """

    measure: Measure
    level: str
    vintage: int
    by_period: Mapping[str, Mapping[str, Value]]
    unlocated: Mapping[str, Value]
    classes: Classes | None

    @property
    def periods(self) -> tuple[str, ...]:
        return tuple(self.by_period)

    def narrow(self, codes: Collection[str]) -> "Slice":
        """The same for some territories alone: classed, ranked and spread among themselves."""
        kept = {period: {c: v for c, v in values.items() if c in codes} for period, values in self.by_period.items()}
        return replace(self, by_period=kept, classes=_classify(self.measure, kept))

    def at(self, period: str) -> Mapping[str, Value]:
        """Values by territory at a period; empty when it has none."""
        return self.by_period.get(period, {})

    def moment(self, period: str) -> Moment:
        """The same values in order; made once for each period."""
        if period not in self._moments:
            self._moments[period] = Moment(self.at(period), self.span)
        return self._moments[period]

    @cached_property
    def _moments(self) -> dict[str, Moment]:
        return {}

    def by_name(self, period: str) -> list[Value]:
        """Values of a period by the names of their territories, accents and capitals aside."""
        return sorted(self.at(period).values(), key=lambda value: self._folded[value.territory])

    @cached_property
    def _folded(self) -> dict[str, str]:
        labels = {code: value.label for values in self.by_period.values() for code, value in values.items()}
        return {code: fold(label) for code, label in labels.items()}

    @cached_property
    def highest(self) -> float:
        """The amount that is farthest from zero, of all the periods."""
        return max(
            (abs(v.value) for values in self.by_period.values() for v in values.values() if v.value), default=0.0
        )

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """What is known at all the periods, in rising order: a figure keeps its scale from one to the next."""
        every = (v.value for values in self.by_period.values() for v in values.values() if v.value is not None)
        return tuple(sorted(every))

    @property
    def span(self) -> tuple[float, float] | None:
        """Lowest and highest number of all the periods; None when none is known."""
        return (self.numbers[0], self.numbers[-1]) if self.numbers else None

    @property
    def weight(self) -> int:
        """How many values it holds, at all periods, and itself."""
        return 1 + sum(map(len, self.by_period.values()))

    def history(self, territory: str) -> tuple[Value, ...]:
        """Values of a territory, oldest first; a period without a line for it is skipped."""
        return tuple(values[territory] for values in self.by_period.values() if territory in values)


class Memory:
    """Keeps the results that were last asked for, ``size`` of them, or as many as weigh so much by ``weigh``."""

    def __init__(self, size: int, weigh: Callable[[Any], int] = lambda _: 1) -> None:
        self._size, self._weigh, self._weight = size, weigh, 0
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def recall(self, key: Hashable, make: Callable[[], _Kept]) -> _Kept:
        """What ``key`` gave before, or what ``make`` gives now."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]  # type: ignore[no-any-return]
        made = make()
        self._weight += 0 if key in self._kept else self._weigh(made)
        self._kept[key] = made
        while self._weight > self._size and len(self._kept) > 1:
            _, left = self._kept.popitem(last=False)
            self._weight -= self._weigh(left)
        return made


class Atlas:
    """A release in which one looks things up without reading anything twice."""

    def __init__(self, release: Release, *, values: int = _VALUES_KEPT) -> None:
        """``values``: how many are kept at once; more than the usual for who goes through every page in turn."""
        self.release = release
        self._slices = Memory(values, lambda slice: slice.weight)
        self._gazetteers = Memory(16)
        self._scenes = Memory(_SCENES_KEPT)

    def over(self, release: Release) -> "Atlas":
        """An atlas of a release whose series and territories are the same, and whose pages are not: it reads nothing
        again."""
        other = Atlas(release)
        other._slices, other._gazetteers, other._scenes = self._slices, self._gazetteers, self._scenes
        return other

    @property
    def catalogue(self) -> Mapping[str, Any]:
        return self.release.catalogue

    @cached_property
    def workspace(self) -> Mapping[str, Any]:
        """Who publishes, in which languages, over which territory."""
        entry = self.catalogue["workspace"]
        return {**entry, "publisher": typeset(entry["publisher"])}

    @cached_property
    def measures(self) -> Mapping[str, Measure]:
        """Every declared indicator that the reader may know of, released or not."""
        return {name: read_measure(self.catalogue, name, entry) for name, entry in self.catalogue["indicators"].items()}

    @cached_property
    def released(self) -> tuple[Measure, ...]:
        """Indicators that have values, those that the workspace features first."""
        return tuple(
            sorted((m for m in self.measures.values() if m.released), key=lambda m: not m.entry.get("featured", False))
        )

    @cached_property
    def categories(self) -> frozenset[str]:
        """The indicators that are categories of a breakdown: told with it, for they say nothing alone."""
        return list_categories(self.catalogue)

    @cached_property
    def told(self) -> tuple[Measure, ...]:
        """Released indicators that stand by themselves."""
        return tuple(measure for measure in self.released if measure.id not in self.categories)

    @cached_property
    def vintages(self) -> tuple[int, ...]:
        """Years of the geography that are released, the reference one first."""
        reference = self.release.reference_vintage
        return (reference, *sorted((v for v in self.workspace.get("vintages", []) if v != reference), reverse=True))

    def measure(self, indicator: str) -> Measure:
        """The measure of that name; ``unknown-indicator`` when the reader has none."""
        if indicator not in self.measures:
            self.release.indicator(indicator)
        return self.measures[indicator]

    def levels_of(self, measure: Measure) -> tuple[str, ...]:
        """Levels at which a measure is released, from the smallest territory to the largest."""
        return tuple(level for level in LEVEL_ORDER if level in measure.entry.get("levels", []))

    def gazetteer(self, vintage: int, language: str) -> Gazetteer:
        return self._gazetteers.recall(
            (vintage, language),
            lambda: read_gazetteer(self.release.territories(vintage), vintage, self.catalogue, language),
        )

    def perimeter(self, language: str, vintage: int | None = None) -> Place:
        """The territory that the workspace watches over."""
        gazetteer = self.gazetteer(vintage or self.release.reference_vintage, language)
        code = self.workspace["perimeter"]
        return gazetteer.places.get(f"grouping:{code}") or Place("grouping", code, code, short=code)

    def slice(self, measure: Measure, level: str, vintage: int, within: tuple[str, ...] = ()) -> Slice:
        """The values of a measure, of the territories that lie in those of ``within`` when there are some;
        ``indicator-unavailable`` when it was not released."""
        if not measure.released:
            raise BeffroiError(fault("indicator-unavailable", name=measure.id))
        key = (measure.id, level, vintage)
        whole = self._slices.recall(key, lambda: self._read_slice(measure, level, vintage))
        if not within or level not in WATCHED:
            return whole
        places = self.gazetteer(vintage, "fr").by_level.get(level, ())
        return self._slices.recall(
            (*key, within), lambda: whole.narrow({place.code for place in places if place.lies_in(within)})
        )

    def remember(self, key: Hashable, make: Callable[[], _Kept]) -> _Kept:
        """What is the same for all who look at an indicator, level and period, whichever territory they hold."""
        return self._scenes.recall(key, make)

    def value(self, measure: Measure, place: Place, period: str, vintage: int) -> Value | None:
        """The value of one territory at one period, when there is a line for it."""
        if place.level not in measure.entry.get("levels", []):
            return None
        return self.slice(measure, place.level, vintage).at(period).get(place.code)

    def _read_slice(self, measure: Measure, level: str, vintage: int) -> Slice:
        table = self.release.series(measure.id, level=level, vintage=vintage)
        names = (
            "territory", "label", "period", "value", "numerator", "denominator", "observations", "status",
            "confidentiality", "reliability",
        )  # fmt: skip
        by_period: dict[str, dict[str, Value]] = {}
        unlocated: dict[str, Value] = {}
        for row in zip(*(table[name].to_pylist() for name in names), strict=True):
            territory, label, period, value, numerator, denominator, observations, status, secrecy, reliability = row
            read = Value(
                territory, label, period, value,
                None if numerator is None else float(numerator), None if denominator is None else float(denominator),
                observations, status, secrecy, reliability, state_of(value, status, secrecy, reliability),
            )  # fmt: skip
            if territory == UNLOCATED:
                unlocated[period] = read
            else:
                by_period.setdefault(period, {})[territory] = read
        ordered = dict(sorted(by_period.items()))
        return Slice(measure, level, vintage, ordered, unlocated, _classify(measure, ordered))


def _classify(measure: Measure, by_period: Mapping[str, Mapping[str, Value]]) -> Classes | None:
    shown = (v.value for values in by_period.values() for v in values.values() if v.value is not None)
    return classify(shown, decimals=measure.unit.decimals, diverging=measure.is_change)


__all__ = ["Atlas", "Memory", "Slice"]
