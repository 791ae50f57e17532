"""What the home page says: one live figure in words for each theme, and what was fetched lately."""

from collections.abc import Iterable
from dataclasses import dataclass

from beffroi.language import pick, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.frames import period_words
from beffroi.observe.pages import perimeter_of
from beffroi.observe.places import Place
from beffroi.observe.sentences import in_clause
from beffroi.observe.shelves import freshness
from beffroi.observe.values import Measure, Value


@dataclass(frozen=True)
class LiveFigure:
    """An indicator in words for the perimeter: « 9,1 % » and what it is, with its course over time."""

    measure: Measure
    number: str
    words: str
    history: tuple[Value, ...]


@dataclass(frozen=True)
class ThemeShelf:
    """A theme with its live figure, if it has one, and its indicators, released or not."""

    id: str
    title: str
    description: str
    figure: LiveFigure | None
    measures: tuple[Measure, ...]


def observe_themes(atlas: Atlas, language: str) -> tuple[ThemeShelf, ...]:
    """Themes that have an indicator, those with a live figure first; no category of a breakdown."""
    found = []
    for name, theme in atlas.catalogue["themes"].items():
        measures = [m for m in atlas.measures.values() if m.entry["theme"] == name and m.id not in atlas.categories]
        if not measures:
            continue
        ordered = sorted(
            measures,
            key=lambda m: (not m.released, not m.entry.get("featured"), m.nature == "amount", m.title(language)),
        )
        figures = (live_figure(atlas, measure, language) for measure in ordered if measure.released)
        figure = next((f for f in figures if f), None)
        found.append(
            ThemeShelf(name, pick(theme["title"], language), pick(theme.get("description") or {}, language), figure,
                       tuple(ordered))
        )  # fmt: skip
    return tuple(sorted(found, key=lambda shelf: shelf.figure is None))


@dataclass(frozen=True)
class ObservatoryShelf:
    """An observatory with its first page and, when one of its indicators has a value, that figure in words."""

    id: str
    title: str
    summary: str
    page: str
    state: str
    figure: LiveFigure | None


def observe_observatories(atlas: Atlas, language: str) -> tuple[ObservatoryShelf, ...]:
    """Observatories that have a page, in the order of the catalogue, each with its first live figure."""
    found = []
    for name, entry in atlas.catalogue.get("observatories", {}).items():
        if not entry["pages"]:
            continue
        watched = perimeter_of(atlas, entry["pages"][0], language)
        place = watched[0] if len(watched) == 1 else None
        figures = (live_figure(atlas, measure, language, place) for measure in _measures_of(atlas, entry["pages"]))
        found.append(
            ObservatoryShelf(name, pick(entry["title"], language), pick(entry["summary"], language), entry["pages"][0],
                             entry["state"], next((figure for figure in figures if figure), None))
        )  # fmt: skip
    return tuple(found)


def _measures_of(atlas: Atlas, pages: Iterable[str]) -> list[Measure]:
    """Released indicators of some pages, those that the workspace features first; no category of a breakdown."""
    named = dict.fromkeys(name for page in pages for name in atlas.catalogue["pages"][page]["indicators"])
    found = [atlas.measures[name] for name in named if name in atlas.measures and name not in atlas.categories]
    return sorted((m for m in found if m.released), key=lambda m: (not m.entry.get("featured"), m.nature == "amount"))


def live_figure(atlas: Atlas, measure: Measure, language: str, place: Place | None = None) -> LiveFigure | None:
    """The last value of a territory, the perimeter of the workspace when none is said; None when it has none."""
    place = place or atlas.perimeter(language)
    vintage = atlas.release.reference_vintage
    if place.level not in measure.entry.get("levels", []):
        return None
    values = atlas.slice(measure, place.level, vintage)
    known = [v for v in values.history(place.code) if v.value is not None]
    if not known:
        return None
    last = known[-1]
    words = text("home.figure", language, title=measure.title(language), place=in_clause(place, language),
                 period=period_words(measure, last.period, language))  # fmt: skip
    return LiveFigure(measure, measure.say(last.value, language), words, values.history(place.code))


def lately_updated(atlas: Atlas, count: int = 8) -> tuple[tuple[Measure, str], ...]:
    """Released indicators whose bytes were fetched last, with the day (ISO)."""
    dated = [(m, freshness(atlas, m.entry.get("sources", []))) for m in atlas.released if m.id not in atlas.categories]
    known = [(m, day[:10]) for m, day in dated if day]
    return tuple(sorted(known, key=lambda pair: (pair[1], pair[0].id), reverse=True)[:count])


__all__ = ["LiveFigure", "ThemeShelf", "lately_updated", "live_figure", "observe_themes"]
