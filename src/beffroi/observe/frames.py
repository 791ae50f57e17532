"""What stands around every figure: its title, its unit, what a reader must know, and whom it comes from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from beffroi.catalog.workspaces import QPV
from beffroi.language import format_date, format_number, format_period, pick, text, typeset
from beffroi.observe.atlases import Atlas, Slice
from beffroi.observe.questions import Question
from beffroi.observe.values import Measure, State

LICENCES = {
    "lov2": "Licence Ouverte 2.0",
    "odbl": "ODbL 1.0",
    "mit": "MIT",
    "cc-by-4.0": "CC BY 4.0",
    "cc0": "CC0 1.0",
}
"""Names of licences that are the same in every language; the others are in the messages."""


_COUNTED: tuple[State, ...] = ("estimated", "weak", "confidential", "missing")


@dataclass(frozen=True)
class Notice:
    """One thing to know before reading: ``kind`` is synthetic, kept, replaced, provisional, break, window,
    estimated, weak, confidential, missing, unlocated or vintage."""

    kind: str
    words: str


@dataclass(frozen=True)
class SourceName:
    """A source as it is cited, with the name of its page."""

    id: str
    words: str
    licence: str
    fetched: str | None


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
        named = " ; ".join(source.words for source in told) or "–"
        if others := len(self.sources) - len(told):
            named += text("sources.others_one" if others == 1 else "sources.others_many", language, count=others)
        line = text("figure.source", language, sources=named)
        if self.computed_by:
            line += text("figure.computed_by", language, publisher=self.computed_by)
        return f"{line} · {self.licences}" if self.licences else line


def frame_question(atlas: Atlas, question: Question, values: Slice, title: str, sentence: str) -> Frame:
    """The frame of a figure that answers ``question`` with ``values``."""
    measure, language = question.measure, question.language
    sources = name_sources(atlas, measure, language)
    unit = "" if measure.nature == "amount" else measure.unit_words(language)
    definition = first_sentence(measure.definition(language))
    return Frame(
        title=title,
        subtitle=text("figure.in_unit", language, unit=unit, definition=definition) if unit else definition,
        sentence=sentence,
        notices=tuple(_notices(question, values)),
        sources=sources,
        computed_by=None if measure.entry.get("kind") == "published" else atlas.workspace["publisher"],
        licences=", ".join(dict.fromkeys(source.licence for source in sources)),
        geography=say_geography(atlas, question.level, question.vintage, question.within, language),
        edition=text("figure.edition", language, date=format_date(atlas.release.edition.built, language)),
        synthetic=measure.synthetic,
        publisher=atlas.workspace["publisher"],
    )


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


def first_sentence(words: str) -> str:
    """As much of a definition as stands in a subtitle; the whole of it is given under the figure."""
    end = words.find(". ")
    return words if end < 0 else words[: end + 1]


def name_sources(atlas: Atlas, measure: Measure, language: str) -> tuple[SourceName, ...]:
    """The sources of a measure as they are cited: producer, title, and the day when the bytes were fetched."""
    found = []
    for name in measure.entry.get("sources", []):
        source = atlas.catalogue["sources"].get(name)
        if source is None:
            continue
        fetched = max((snapshot["fetched"] for snapshot in source.get("snapshots", [])), default=None)
        words = f"{typeset(source['producer'])}, {pick(source['title'], language)}"
        if fetched:
            words += text("figure.fetched", language, date=format_date(fetched, language))
        found.append(SourceName(name, words, licence_words(source["licence"], language), fetched))
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


def _notices(question: Question, values: Slice) -> Iterable[Notice]:
    measure, language, period = question.measure, question.language, question.period
    if measure.synthetic:
        yield Notice("synthetic", text("notice.synthetic", language))
    if measure.entry["state"] == "kept":
        yield Notice("kept", text("notice.kept", language))
    if years := window_years(measure, period):
        yield Notice(
            "window", text("notice.window", language, period=format_period(period, language), first=years[0],
                           last=years[1])
        )  # fmt: skip
    if period in measure.entry.get("provisional", []) or "provisional" in values.moment(period).states:
        yield Notice("provisional", text("notice.provisional", language, period=format_period(period, language)))
    if question.view in {"evolution", "table"}:
        for start, why in measure.breaks(language).items():
            yield Notice(
                "break", text("notice.break", language, period=format_period(start, language), why=why.rstrip(". "))
            )
    yield from _count_notices(values.moment(period).states, question.level, language)
    lost = values.unlocated.get(period)
    if lost is not None and measure.nature == "amount" and lost.value:
        yield Notice("unlocated", text("notice.unlocated", language, value=measure.say(lost.value, language)))
    elif lost is not None and lost.observations:
        count = format_number(lost.observations, 0, language)
        yield Notice("unlocated", text("notice.unlocated_rows", language, count=count))


def _count_notices(states: Mapping[State, int], level: str, language: str) -> Iterable[Notice]:
    for state in _COUNTED:
        if state in states:
            places = count_places(states[state], level, language)
            yield Notice(state, text(f"notice.{state}", language, places=places))


def count_places(count: int, level: str, language: str) -> str:
    """« 1 commune », « 24 communes »."""
    words = text(f"level_one.{level}" if count < 2 else f"level_many.{level}", language)
    return f"{format_number(count, 0, language)}\u00a0{words}"


__all__ = [
    "Frame", "Notice", "SourceName", "count_places", "first_sentence", "frame_question", "licence_words",
    "name_sources", "period_words", "say_geography", "window_years",
]  # fmt: skip
