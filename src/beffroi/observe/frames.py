"""What stands around every figure: its title, its unit, what a reader must know, and whom it comes from."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beffroi.catalog.workspaces import QPV
from beffroi.language import format_date, format_number, format_period, pick, text, typeset
from beffroi.observe.atlases import Atlas
from beffroi.observe.citations import list_cited
from beffroi.observe.corrections import notice_corrections
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.substitutes import HIDDEN, say_reason
from beffroi.observe.values import Measure, State, Value

LICENCES = {
    "lov2": "Licence Ouverte 2.0",
    "odbl": "ODbL 1.0",
    "mit": "MIT",
    "cc-by-4.0": "CC BY 4.0",
    "cc0": "CC0 1.0",
}
"""Names of licences that are the same in every language; the others are in the messages."""


_DOUBTS: tuple[State, ...] = ("estimated", "weak", "confidential", "missing")
_NAMED = 6
"""Most territories or categories that a notice names."""


@dataclass(frozen=True)
class Notice:
    """One thing to know before reading: ``kind`` is synthetic, kept, replaced, provisional, break, window,
    estimated, weak, confidential, missing, unlocated, corrected or vintage."""

    kind: str
    words: str


@dataclass(frozen=True)
class SourceName:
    """A source as it is cited, with the name of its page; one that is not ``open`` to the reader has no page there."""

    id: str
    words: str
    licence: str
    fetched: str | None
    open: bool = True


@dataclass(frozen=True)
class Frame:
    """The words around a figure, in one language."""

    title: str
    subtitle: str
    sentence: str
    notices: tuple[Notice, ...]
    sources: tuple[SourceName, ...]
    computed_by: str | None
    licences: str
    geography: str
    edition: str
    synthetic: bool
    publisher: str

    def source_line(self, language: str, *, whole: bool = False) -> str:
        """« Source : INSEE, Recensement 2021 (relevé du 19 novembre 2026), calcul Agence · Licence Ouverte 2.0 ».

        Past two sources only the first is named, unless the line must be ``whole`` since nothing stands below it.
        """
        told = self.sources if whole or len(self.sources) < 3 else self.sources[:1]
        named = text("page.then", language).join(source.words for source in told) or "–"
        if others := len(self.sources) - len(told):
            named += text("sources.others_one" if others == 1 else "sources.others_many", language, count=others)
        line = text("figure.source", language, sources=named)
        if self.computed_by:
            line += text("figure.computed_by", language, publisher=self.computed_by)
        return f"{line} · {self.licences}" if self.licences else line


def frame_figure(
    standing: Standing, measures: Sequence[Measure], readings: Sequence[Reading], title: str, sentence: str,
    *, subtitle: str | None = None, level: str = "", over_time: bool = False, until: str = "", counted: bool = False,
    lost: Value | None = None,
) -> Frame:  # fmt: skip
    """The frame of a figure of ``measures`` that shows ``readings``: these may be the doubtful ones and any other one.

    ``subtitle`` replaces unit and definition; ``level`` is that of the territories shown, that of the one in hand when
    absent. ``over_time`` when it goes through periods, ``until`` being the last one where readings do not tell;
    ``counted`` when it shows too many territories to name the doubtful; ``lost`` is what could not be located.
    """
    language, atlas = standing.language, standing.atlas
    sources = {source.id: source for measure in measures for source in name_sources(atlas, measure, language)}
    notices = [
        *_nature_notices(measures, language), *_period_notices(readings, title if over_time else None, language),
        *(_break_notices(measures, readings, until, language) if over_time else ()),
        *(_count_doubts(measures, readings, language) if counted else _name_doubts(measures, readings, language)),
        *(_lost_notices(measures[0], lost, language) if lost else ()),
        *(Notice("corrected", words)
          for words in notice_corrections(atlas, readings, standing.vintage, language, counted=counted)),
    ]  # fmt: skip
    return Frame(
        title=title,
        subtitle=say_subtitle(measures, language) if subtitle is None else subtitle,
        sentence=sentence,
        notices=tuple(notices),
        sources=tuple(sources.values()),
        computed_by=None if all(m.entry.get("kind") == "published" for m in measures) else atlas.workspace["publisher"],
        licences=", ".join(dict.fromkeys(source.licence for source in sources.values())),
        geography=say_geography(atlas, level or standing.place.level, standing.vintage, standing.within, language),
        edition=text("figure.edition", language, date=format_date(atlas.release.edition.built, language)),
        synthetic=any(measure.synthetic for measure in measures),
        publisher=atlas.workspace["publisher"],
    )


def say_subtitle(measures: Sequence[Measure], language: str) -> str:
    """Unit and definition of a figure of one measure; of several, the unit that they share."""
    units = dict.fromkeys(measure.unit_words(language) for measure in measures)
    unit = next(iter(units)) if len(units) == 1 else ""
    if len(measures) == 1:
        first = first_sentence(measures[0].definition(language))
        shown = unit if measures[0].nature != "amount" else ""
        return f"{say_unit(shown, language)} {first}" if shown else first
    return say_unit(unit, language) if unit else ""


def say_geography(atlas: Atlas, level: str, vintage: int, within: Sequence[str], language: str) -> str:
    """The year of the territories that a figure shows, for QPV the decree; and what it is of, when that is narrower
    than the workspace."""
    key = f"figure.geography_{level}" if level in QPV else "figure.geography"
    words = text(key, language, vintage=vintage)
    if not within:
        return words
    places = atlas.gazetteer(vintage, language).places
    named = ", ".join(places[key].short or places[key].name for key in within if key in places)
    return text("figure.within", language, geography=words, places=named)


def say_unit(unit: str, language: str) -> str:
    """« En %. », « En jours. », « Pour 1 000 habitants. »"""
    if unit.startswith(("pour ", "per ")):
        return f"{unit[0].upper()}{unit[1:]}."
    return text("figure.in_unit", language, unit=unit)


def first_sentence(words: str) -> str:
    """As much of a definition as stands in a subtitle; the whole of it is given under the figure."""
    end = words.find(". ")
    return words if end < 0 else words[: end + 1]


def name_sources(atlas: Atlas, measure: Measure, language: str) -> tuple[SourceName, ...]:
    """The sources of a measure as they are cited."""
    return cite_sources(atlas, measure.entry, language)


def cite_sources(atlas: Atlas, entry: Mapping[str, Any], language: str) -> tuple[SourceName, ...]:
    """The sources of an entry of the catalogue as they are cited: producer, title, and the day when the bytes were
    fetched."""
    found = []
    for name, source, is_open in list_cited(atlas.catalogue, entry):
        fetched = max((snapshot["fetched"] for snapshot in source.get("snapshots", [])), default=None)
        words = f"{typeset(source['producer'])}, {pick(source['title'], language)}"
        if fetched:
            words += text("figure.fetched", language, date=format_date(fetched, language))
        found.append(SourceName(name, words, licence_words(source["licence"], language), fetched, is_open))
    return tuple(found)


def licence_words(licence: str, language: str) -> str:
    """A licence as one reads it; that of a picture is whatever its author wrote."""
    if licence in LICENCES:
        return LICENCES[licence]
    return text(f"licence.{licence}", language) if licence in _TERMS else licence


_TERMS = ("agreement", "purchased", "synthetic")
"""Licences that are none, and that the interface has words for."""


def period_words(measure: Measure, period: str, language: str) -> str:
    """A period as one reads it; a window says the years around."""
    words = format_period(period, language)
    years = window_years(measure, period)
    return text("figure.window_short", language, period=words, first=years[0], last=years[1]) if years else words


def window_years(measure: Measure, period: str) -> tuple[int, int] | None:
    """First and last year that a value stands for, when they are more than one."""
    window = measure.entry.get("window")
    if not window or not period[:4].isdigit() or not (window["before"] or window["after"]):
        return None
    return int(period[:4]) - int(window["before"]), int(period[:4]) + int(window["after"])


def _nature_notices(measures: Sequence[Measure], language: str) -> Iterable[Notice]:
    if any(measure.synthetic for measure in measures):
        yield Notice("synthetic", text("notice.synthetic", language))
    if any(measure.entry["state"] == "kept" for measure in measures):
        yield Notice("kept", text("notice.kept", language))


def _period_notices(readings: Sequence[Reading], title: str | None, language: str) -> Iterable[Notice]:
    windows = {
        each.value.period: years for each in readings if (years := window_years(each.measure, each.value.period))
    }
    # A figure of one period tells its window with it, wherever it says the period.
    if title is not None and any(f"{first}–{last}" not in title for first, last in windows.values()):
        said = [
            text("notice.window", language, period=format_period(period, language), first=years[0], last=years[1])
            for period, years in sorted(windows.items())
        ]
        # Of many, the two ends tell the rule.
        ends = text("notice.then", language).join(said if len(said) < 3 else (said[0], said[-1]))
        yield Notice("window", text("notice.windows", language, windows=ends))
    told: set[str] = set()
    for each in readings:
        period = each.value.period
        provisional = each.value.state == "provisional" or period in each.measure.entry.get("provisional", ())
        if provisional and period not in told:
            told.add(period)
            yield Notice("provisional", text("notice.provisional", language, period=format_period(period, language)))


def _break_notices(
    measures: Sequence[Measure], readings: Sequence[Reading], until: str, language: str
) -> Iterable[Notice]:
    last = max([until, *(reading.value.period for reading in readings)])
    told: set[str] = set()
    for measure in measures:
        for start, why in measure.breaks(language).items():
            words = text("notice.break", language, period=format_period(start, language), why=why.rstrip(". "))
            if words not in told and start <= last:
                told.add(words)
                yield Notice("break", words)


def _name_doubts(measures: Sequence[Measure], readings: Sequence[Reading], language: str) -> Iterable[Notice]:
    """Which values each doubt is about."""
    for state, why in _list_doubts(readings):
        doubtful = (each for each in readings if (each.value.state, _why(each)) == (state, why))
        named = dict.fromkeys(_name(each, measures, language) for each in doubtful)
        names = ", ".join(list(named)[:_NAMED]) + (" …" if len(named) > _NAMED else "")
        yield Notice(state, text(f"page.notice_{state}", language, names=names, reason=say_reason(why, language)))


def _list_doubts(readings: Sequence[Reading]) -> list[tuple[State, str]]:
    """The doubts that there are in some readings, each kind of hidden value apart, in the order in which they are
    told."""
    met = dict.fromkeys((reading.value.state, _why(reading)) for reading in readings)
    rank = {state: place for place, state in enumerate(_DOUBTS)}
    found = [(state, why) for state, why in met if state in rank]
    return sorted(found, key=lambda one: (rank[one[0]], HIDDEN.index(one[1]) if one[1] in HIDDEN else 0))


def _why(reading: Reading) -> str:
    """What sets a doubt apart from others of the same state."""
    return reading.value.reason if reading.value.state == "confidential" else reading.value.state


def _name(reading: Reading, measures: Sequence[Measure], language: str) -> str:
    """What a doubtful value is of, as short as it can be told: its place, or its measure where there is one place."""
    return reading.place.short or reading.place.name if len(measures) == 1 else reading.measure.title(language)


def _count_doubts(measures: Sequence[Measure], readings: Sequence[Reading], language: str) -> Iterable[Notice]:
    """How many territories each doubt is about, and for which of the measures where there are several."""
    for state, why in _list_doubts(readings):
        told: dict[str, list[str]] = {}
        doubtful = [each for each in readings if (each.value.state, _why(each)) == (state, why)]
        for measure in measures:
            levels = Counter(reading.place.level for reading in doubtful if reading.measure.id == measure.id)
            if places := ", ".join(count_places(count, level, language) for level, count in levels.items()):
                told.setdefault(places, []).append(measure.title(language))
        for places, titles in told.items():
            words = text(f"notice.{state}", language, places=places, reason=say_reason(why, language))
            if len(measures) > 1:
                words = text(
                    "page.counted", language, words=words.rstrip("."), titles=text("page.then", language).join(titles)
                )
            yield Notice(state, words)


def _lost_notices(measure: Measure, lost: Value, language: str) -> Iterable[Notice]:
    if measure.nature == "amount" and lost.value:
        yield Notice("unlocated", text("notice.unlocated", language, value=measure.say(lost.value, language)))
    elif lost.observations:
        count = format_number(lost.observations, 0, language)
        yield Notice("unlocated", text("notice.unlocated_rows", language, count=count))


def count_places(count: int, level: str, language: str) -> str:
    """« 1 commune », « 24 communes »."""
    words = text(f"level_one.{level}" if count < 2 else f"level_many.{level}", language)
    return f"{format_number(count, 0, language)}\u00a0{words}"


__all__ = [
    "Frame", "Notice", "SourceName", "cite_sources", "count_places", "first_sentence", "frame_figure", "licence_words",
    "name_sources", "period_words", "say_geography", "say_subtitle", "say_unit", "window_years",
]  # fmt: skip
