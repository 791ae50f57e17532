"""What stands around the figure of a page: title, unit, sources, and all that a reader must know of its values."""

from collections import Counter
from collections.abc import Iterable, Sequence

from beffroi.language import THIN, format_date, format_number, format_period, pick, text
from beffroi.observe.frames import (
    Frame,
    Notice,
    SourceName,
    count_places,
    first_sentence,
    name_sources,
    say_geography,
    window_years,
)
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure

_DOUBTS = ("estimated", "weak", "confidential", "missing")
_NAMED = 6
"""Most territories or categories that a notice names."""


def frame_block(
    standing: Standing, measures: Sequence[Measure], readings: Iterable[Reading], title: str, sentence: str,
    *, over_time: bool = False, subtitle: str | None = None, counted: bool = False,
) -> Frame:  # fmt: skip
    """The frame of a figure of ``measures`` that shows ``readings``.

    ``over_time`` when it goes through periods; ``counted`` when it shows too many territories to name the doubtful.
    """
    language, atlas = standing.language, standing.atlas
    sources: dict[str, SourceName] = {}
    for measure in measures:
        sources |= {source.id: source for source in name_sources(atlas, measure, language)}
    return Frame(
        title=title,
        subtitle=say_subtitle(measures, language) if subtitle is None else subtitle,
        sentence=sentence,
        notices=tuple(_notices(measures, list(readings), language, over_time, counted)),
        sources=tuple(sources.values()),
        computed_by=None if all(m.entry.get("kind") == "published" for m in measures) else atlas.workspace["publisher"],
        licences=", ".join(dict.fromkeys(source.licence for source in sources.values())),
        geography=say_geography(atlas, standing.place.level, standing.vintage, standing.within, language),
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
        return text("figure.in_unit", language, unit=shown, definition=first) if shown else first
    return text("page.in_unit", language, unit=unit) if unit else ""


def lower_first(words: str) -> str:
    """Words as they stand inside a sentence: without their capital, unless it is that of initials."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def say_share(share: float, language: str, decimals: int = 1) -> str:
    """A share in percent, with one digit unless the scale is rounder."""
    return f"{format_number(share, decimals, language)}{THIN if language == 'fr' else ''}%"


def say_bare(measure: Measure, number: float, language: str) -> str:
    """A number without its unit, for tight room where the unit is told elsewhere."""
    return format_number(number, measure.unit.decimals, language, grouped=measure.unit.grouped, sign=measure.is_change)


def title_breakdown(standing: Standing, breakdown: str) -> tuple[str, Measure, list[tuple[str, Measure]]]:
    """The title of what is broken down and by what, its measure, and each category with its own."""
    entry, language = standing.breakdown(breakdown), standing.language
    parent, by = standing.measure(entry["of"]), pick(entry["title"], language)
    named = [
        (pick(entry["categories"][name]["title"], language), measure)
        for name, measure in standing.categories(breakdown)
    ]
    return f"{parent.title(language)} {lower_first(by)}", parent, named


def _notices(
    measures: Sequence[Measure], readings: Sequence[Reading], language: str, over_time: bool, counted: bool
) -> Iterable[Notice]:
    if any(measure.synthetic for measure in measures):
        yield Notice("synthetic", text("notice.synthetic", language))
    if any(measure.entry["state"] == "kept" for measure in measures):
        yield Notice("kept", text("notice.kept", language))
    yield from _period_notices(readings, language)
    if over_time:
        told: set[str] = set()
        for measure in measures:
            for start, why in measure.breaks(language).items():
                words = text("notice.break", language, period=format_period(start, language), why=why.rstrip(". "))
                if words not in told and any(r.value.period >= start for r in readings):
                    told.add(words)
                    yield Notice("break", words)
    if counted:
        yield from _counts(measures, readings, language)
        return
    for state in _DOUBTS:
        named = dict.fromkeys(_name(each, measures, language) for each in readings if each.value.state == state)
        if named:
            names = ", ".join(list(named)[:_NAMED]) + (" …" if len(named) > _NAMED else "")
            yield Notice(state, text(f"page.notice_{state}", language, names=names))


def _counts(measures: Sequence[Measure], readings: Sequence[Reading], language: str) -> Iterable[Notice]:
    """How many territories each doubt is about, and for which of the measures."""
    for state in _DOUBTS:
        told: dict[str, list[str]] = {}
        for measure in measures:
            levels = Counter(r.place.level for r in readings if r.measure.id == measure.id and r.value.state == state)
            if places := ", ".join(count_places(count, level, language) for level, count in levels.items()):
                told.setdefault(places, []).append(measure.title(language))
        for places, titles in told.items():
            words = text(f"notice.{state}", language, places=places).rstrip(".")
            yield Notice(state, text("page.counted", language, words=words, titles=" ; ".join(titles)))


def _period_notices(readings: Sequence[Reading], language: str) -> Iterable[Notice]:
    told: set[str] = set()
    for each in readings:
        period = each.value.period
        years = window_years(each.measure, period)
        if years and f"w{period}" not in told:
            told.add(f"w{period}")
            said = format_period(period, language)
            yield Notice("window", text("notice.window", language, period=said, first=years[0], last=years[1]))
        provisional = each.value.state == "provisional" or period in each.measure.entry.get("provisional", ())
        if provisional and f"p{period}" not in told:
            told.add(f"p{period}")
            yield Notice("provisional", text("notice.provisional", language, period=format_period(period, language)))


def _name(reading: Reading, measures: Sequence[Measure], language: str) -> str:
    """What a doubtful value is of, as short as it can be told: its place, or its measure where there is one place."""
    return reading.place.short or reading.place.name if len(measures) == 1 else reading.measure.title(language)


__all__ = ["frame_block", "lower_first", "say_bare", "say_share", "say_subtitle", "title_breakdown"]
