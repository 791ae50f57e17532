"""The periods that a figure of one moment can be moved to, parted where they stop comparing.

A figure that is moved keeps its scale: limits of classes, axes and intervals are those of all its periods. What was
measured otherwise, or is provisional, is never on the same run as what is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from beffroi.errors import BeffroiError, fault
from beffroi.language import format_period, text
from beffroi.observe.standings import Standing
from beffroi.observe.values import Measure

_OF_LEVELS = frozenset({"choropleth", "circles", "ranking", "distribution", "scatter"})
"""Figures of all the territories of a level; the others are of the one in hand and of those beside it."""
_MOVED = _OF_LEVELS | {"pyramid", "comparison", "bar"}
"""Figures that can be moved. Thirds of a map of two indicators are those of one moment: they would mean something else
at another. Key figures have their course beside them, and a flow graph is laid out anew by what goes through it."""


@dataclass(frozen=True)
class Stretch:
    """Periods that compare with one another, oldest first, each with its words; ``label`` tells them from the others,
    empty when there are no others."""

    label: str
    periods: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Choice:
    """The period that a figure shows among those that it can show.

    ``opening`` is the one that its author chose, or the last; empty when each of its indicators has its own last one.
    """

    shown: str
    opening: str
    stretches: tuple[Stretch, ...]
    notes: tuple[str, ...]
    """What stays the same from one period to the next, and what does not compare."""

    @property
    def moved(self) -> str:
        """The period that its reader asked for; empty as it opens."""
        return "" if self.shown == self.opening else self.shown


def choose_period(
    standing: Standing, kind: str, part: Mapping[str, Any], measures: Sequence[Measure], asked: str | None
) -> Choice | None:
    """The choice that a block offers, ``asked`` being what its reader wants; None when it has one period at most.

    ``figure-period-unknown`` when it cannot be moved to that period.
    """
    released = [measure for measure in measures if measure.released]
    known = _periods(standing, kind, part, released)
    if asked and asked not in known:
        raise BeffroiError(fault("figure-period-unknown", name=part["name"], period=asked, available=known))
    if len(known) < 2:
        return None
    opening = _opening(standing, part, [_own(standing, kind, part, measure) for measure in released])
    stretches = tuple(_part(standing, kind, part, released, known))
    notes = tuple(_notes(kind, released, known, standing.language))
    return Choice(asked or opening, opening, stretches, notes)


def _periods(standing: Standing, kind: str, part: Mapping[str, Any], measures: Sequence[Measure]) -> tuple[str, ...]:
    """The periods that all measures have, oldest first."""
    if kind not in _MOVED or not measures or (kind == "bar" and part.get("across") == "periods"):
        return ()
    shared = set.intersection(*(set(_own(standing, kind, part, measure)) for measure in measures))
    return tuple(sorted(shared))


def _own(standing: Standing, kind: str, part: Mapping[str, Any], measure: Measure) -> tuple[str, ...]:
    """The periods of a measure for what the figure is of."""
    held = standing.take(part.get("territory", "here"))
    level = part.get("level", "commune") if kind in _OF_LEVELS else held.place.level
    if level in measure.entry.get("levels", ()):
        return held.slice(measure, level).periods
    return () if kind in _OF_LEVELS else held.periods(measure)


def _opening(standing: Standing, part: Mapping[str, Any], owned: Sequence[tuple[str, ...]]) -> str:
    """The period that the block or its page asks for, or the last one; empty when that is not the same for all."""
    wanted = part.get("period") or standing.period
    lasts = {wanted or periods[-1] for periods in owned if periods}
    return str(lasts.pop()) if len(lasts) == 1 else ""


def _part(
    standing: Standing, kind: str, part: Mapping[str, Any], measures: Sequence[Measure], known: Sequence[str]
) -> Iterable[Stretch]:
    """Runs of periods between breaks, the provisional ones apart."""
    language = standing.language
    starts = sorted({start for measure in measures for start in measure.breaks(language) if known[0] < start})
    starts = [start for start in starts if start <= known[-1]]
    provisional = {p for measure in measures for p in measure.entry.get("provisional", ())} | {
        period
        for measure in measures
        if kind in _OF_LEVELS
        for period in known
        if "provisional" in standing.slice(measure, part.get("level", "commune")).moment(period).states
    }
    runs = groupby(known, key=lambda period: (sum(start <= period for start in starts), period in provisional))
    found = [(is_provisional, tuple(periods)) for (_, is_provisional), periods in runs]
    for is_provisional, periods in found:
        first, last = (format_period(period, language) for period in (periods[0], periods[-1]))
        key = "one" if len(periods) == 1 else "many"
        label = text(f"page.stretch_{key}", language, first=first, last=last)
        if is_provisional:
            label = text("page.stretch_provisional", language, periods=label)
        said = tuple((period, format_period(period, language)) for period in periods)
        yield Stretch(label if len(found) > 1 else "", said)


def _notes(kind: str, measures: Sequence[Measure], known: Sequence[str], language: str) -> Iterable[str]:
    if kind != "comparison":
        yield text(f"page.kept_{kind}", language)
    told: set[str] = set()
    for measure in measures:
        for start, why in measure.breaks(language).items():
            words = text("page.not_across", language, period=format_period(start, language), why=why.rstrip(". "))
            if known[0] < start <= known[-1] and words not in told:
                told.add(words)
                yield words
    if (overlap := _overlap(measures, known, language)) is not None:
        yield overlap


def _overlap(measures: Sequence[Measure], known: Sequence[str], language: str) -> str | None:
    """What two periods share when each gathers several years; None when none do."""
    windows = [measure.entry["window"] for measure in measures if measure.entry.get("window")]
    length = max((int(window["before"]) + int(window["after"]) + 1 for window in windows), default=1)
    years = [(period, int(period[:4])) for period in known if period[:4].isdigit()]
    closest = min(((later[1] - earlier[1], earlier, later) for earlier, later in pairwise(years)), default=None)
    if closest is None or closest[0] >= length:
        return None
    gap, earlier, later = closest
    first, last = (format_period(each[0], language) for each in (earlier, later))
    return text("page.windows_overlap", language, length=length, first=first, last=last, shared=length - gap)


__all__ = ["Choice", "Stretch", "choose_period"]
