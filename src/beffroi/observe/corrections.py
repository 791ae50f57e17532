"""Published figures that were changed later, in words: how many, by how much at most, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beffroi.lake.releases import KINDS
from beffroi.language import format_date, format_number, format_period, pick, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.standings import Reading
from beffroi.observe.values import Measure

_HEX = 12
"""Digits of a sha256 that a sentence has: they name it among those of a page, which gives the whole."""


@dataclass(frozen=True)
class PeriodCorrected:
    """What was corrected of a period: how many figures, of which kinds, and the greatest change that may be told."""

    period: str
    counts: str
    greatest: str


@dataclass(frozen=True)
class Corrected:
    """An edition's correction of an indicator, as one reads it. ``on`` is its day (ISO); ``span`` says its periods,
    ``greatest`` the greatest change of all of them."""

    indicator: str
    title: str
    on: str
    edition: str
    span: str
    counts: str
    greatest: str
    why: str
    periods: tuple[PeriodCorrected, ...]


def list_corrected(atlas: Atlas, language: str, indicator: str | None = None) -> tuple[Corrected, ...]:
    """Every correction that the reader may know of, the latest first; those of one indicator."""
    return tuple(
        _read(event, atlas.measure(event["indicator"]), language) for event in atlas.release.corrections(indicator)
    )


def _read(event: Mapping[str, Any], measure: Measure, language: str) -> Corrected:
    periods = tuple(
        PeriodCorrected(format_period(period, language), say_counts(said, language), _greatest(said, measure, language))
        for period, said in sorted(event["periods"].items(), reverse=True)
    )
    return Corrected(
        measure.id, measure.title(language), event["on"], event["edition"], _say_span(event["periods"], language),
        say_counts(event, language), _greatest({"greatest": _greatest_of(event)}, measure, language),
        say_why(event, language), periods,
    )  # fmt: skip


def _say_span(periods: Iterable[str], language: str) -> str:
    """One period, or the first and the last of several with how many they are."""
    every = sorted(periods)
    if len(every) == 1:
        return format_period(every[0], language)
    first, last = (format_period(each, language) for each in (every[0], every[-1]))
    return text("correction.span", language, first=first, last=last, count=len(every))


def _greatest_of(event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The figure that changed most, of all periods; that of the last period when there are several."""
    told = [said["greatest"] for _, said in sorted(event["periods"].items()) if said["greatest"] is not None]
    return max(reversed(told), key=lambda each: abs(each["after"] - each["before"]), default=None)


def _greatest(said: Mapping[str, Any], measure: Measure, language: str) -> str:
    found = said["greatest"]
    if found is None:
        return ""
    before, after = (measure.say(found[name], language) for name in ("before", "after"))
    if before == after:
        # Rounded alike: the difference is told with the digits that it takes.
        before, after = (_exactly(found[name], language) for name in ("before", "after"))
    return text("correction.greatest_words", language, place=found["label"], before=before, after=after)


def _exactly(number: float, language: str) -> str:
    decimals = max(len(repr(float(number)).partition(".")[2]), 1)
    return format_number(number, min(decimals, 9), language)


def say_counts(said: Mapping[str, Any], language: str) -> str:
    """« 12 changés, 1 désormais sous secret »."""
    told = [(kind, said[kind]) for kind in KINDS if said[kind]]
    return ", ".join(
        text(f"correction.{kind}_one", language)
        if count == 1
        else text(f"correction.{kind}_many", language, count=format_number(count, 0, language))
        for kind, count in told
    )


def say_why(event: Mapping[str, Any], language: str) -> str:
    """The reasons that are declared; else that none is, with what was deduced."""
    if event["reasons"]:
        return " ".join(_say_reason(reason, language) for reason in event["reasons"])
    if causes := say_causes(event["causes"], language):
        return text("correction.undeclared_because", language, causes=causes)
    return text("correction.undeclared_plain", language)


def _say_reason(reason: Mapping[str, Any], language: str) -> str:
    why = pick(reason["why"], language)
    if not reason["periods"]:
        return why
    periods = ", ".join(format_period(period, language) for period in reason["periods"])
    return text("correction.reason_periods", language, why=why, periods=periods)


def say_causes(causes: Sequence[Mapping[str, Any]], language: str) -> str:
    """What was deduced: a source whose bytes changed, a text, a rule."""
    return " ; ".join(dict.fromkeys(_say_cause(cause, language) for cause in causes))


def _say_cause(cause: Mapping[str, Any], language: str) -> str:
    kind = cause["kind"]
    if kind == "withdrawn":
        return text("correction.cause_withdrawn", language, edition=cause["edition"])
    if kind not in ("source", "table"):
        return text(f"correction.cause_{kind}", language)
    if "name" not in cause:
        return text(f"correction.cause_{kind}_plain", language)
    if kind == "table":
        return text("correction.cause_table", language, name=cause["name"])
    if "after" not in cause:
        return text("correction.cause_source_named", language, name=cause["name"])
    if not cause["after"]:
        return text("correction.cause_source_gone", language, name=cause["name"])
    after = ", ".join(f"{sha256[:_HEX]}…" for sha256 in cause["after"])
    return text("correction.cause_source", language, name=cause["name"], after=after)


def notice_corrections(
    atlas: Atlas, readings: Iterable[Reading], vintage: int, language: str, *, counted: bool
) -> tuple[str, ...]:
    """What a figure tells of the corrections of what it shows: for each indicator, the latest of them.

    ``counted`` when readings are not all that the figure shows: any correction at their level and period is then told.
    What a producer had said to be provisional is revised without a word, unless somebody declared one.
    """
    told: dict[str, Mapping[str, Any]] = {}
    figures: Mapping[int, set[tuple[str, str, str]]] | None = None
    for each in readings:
        for event in _events_of(atlas, each.measure.id):
            level, period = each.place.level, each.value.period
            if event["number"] <= told.get(each.measure.id, {"number": 0})["number"]:
                break
            if level not in event["levels"] or period not in event["periods"]:
                continue
            if not counted:
                figures = _figures(atlas, vintage) if figures is None else figures
                if (level, each.value.territory, period) not in figures.get(event["number"], ()):
                    continue
            told[each.measure.id] = event
            break
    return tuple(dict.fromkeys(_say_notice(event, language) for event in told.values()))


def _events_of(atlas: Atlas, indicator: str) -> Sequence[Mapping[str, Any]]:
    """The corrections of an indicator that figures tell, the latest first."""

    def gather() -> Mapping[str, list[Mapping[str, Any]]]:
        found: dict[str, list[Mapping[str, Any]]] = {}
        for event in atlas.release.corrections():
            if event["reasons"] or {"kind": "provisional"} not in event["causes"]:
                found.setdefault(event["indicator"], []).append(event)
        return found

    return atlas.remember("corrections", gather).get(indicator, ())


def _figures(atlas: Atlas, vintage: int) -> Mapping[int, set[tuple[str, str, str]]]:
    """Which figures each correction is of, in one geography."""

    def gather() -> Mapping[int, set[tuple[str, str, str]]]:
        table, found = atlas.release.corrected(), dict[int, set[tuple[str, str, str]]]()
        names = ("event", "vintage", "level", "territory", "period")
        for event, year, *figure in zip(*(table[name].to_pylist() for name in names), strict=True):
            if year == vintage:
                found.setdefault(event, set()).add(tuple(figure))
        return found

    return atlas.remember(("corrected", vintage), gather)


def _say_notice(event: Mapping[str, Any], language: str) -> str:
    date = format_date(event["on"], language)
    if not event["reasons"]:
        return text("correction.notice_plain", language, date=date)
    why = " ".join(_say_reason(reason, language) for reason in event["reasons"])
    return text("correction.notice", language, date=date, why=why)


__all__ = [
    "Corrected", "PeriodCorrected", "list_corrected", "notice_corrections", "say_causes", "say_counts", "say_why",
]  # fmt: skip
