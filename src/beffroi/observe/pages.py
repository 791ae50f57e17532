"""A page of an observatory in the hands of a territory: prose with its values, figures, and why one is not there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from beffroi.catalog.references import PATTERN
from beffroi.errors import BeffroiError, fault
from beffroi.errors import Place as Where
from beffroi.language import format_period, pick, text, typeset
from beffroi.observe.atlases import Atlas
from beffroi.observe.blocks.kinds import BlockFigure, is_figure, observe_block
from beffroi.observe.periods import Choice, choose_period
from beffroi.observe.places import Place
from beffroi.observe.references import Said, say_references
from beffroi.observe.standings import Standing


@dataclass(frozen=True)
class Prose:
    """A run of Markdown; its references are in ``PageView.said``."""

    markdown: str


@dataclass(frozen=True)
class FigureView:
    """A figure of a page. ``figure`` is None when it cannot be shown, and then ``absent`` says why in words.

    ``name`` refers to it inside its page; ``title`` and ``note`` are its author's words, empty when there are none.
    """

    name: str
    kind: str
    figure: BlockFigure | None
    title: str
    note: str
    absent: str
    definitions: tuple[tuple[str, str], ...]
    """Title and definition of each indicator that it shows."""
    choice: Choice | None = None
    """The periods that it can be moved to; None when it has one."""

    @property
    def moved(self) -> str:
        """The period that its reader moved it to; empty as it opens."""
        return self.choice.moved if self.choice else ""


@dataclass(frozen=True)
class NoteView:
    """A note in the margin: ``about`` is method, caution or definition."""

    about: str
    title: str
    markdown: str


@dataclass(frozen=True)
class ImageView:
    """A picture: ``file`` is its name in the folder of its observatory."""

    name: str
    file: str
    alt: str
    credit: str
    licence: str
    caption: str


@dataclass(frozen=True)
class DownloadsView:
    """Series to download: (id, title), the unreleased left out."""

    series: tuple[tuple[str, str], ...]


PartView = Prose | FigureView | NoteView | ImageView | DownloadsView


@dataclass(frozen=True)
class PageView:
    """A page as one reads it. ``translated`` is False when it has no text in the language asked, and is in French."""

    id: str
    observatory: str
    title: str
    summary: str
    place: Place
    levels: tuple[str, ...]
    compared: tuple[Place, ...]
    parts: tuple[PartView, ...]
    said: Mapping[str, Said]
    translated: bool
    synthetic: bool
    perimeter: tuple[Place, ...] = ()
    """What its observatory watches over; empty when that is the whole workspace."""

    @property
    def periods(self) -> Mapping[str, str]:
        """The periods that its figures were moved to, by their names; those that are as they open left out."""
        return {part.name: part.moved for part in self.parts if isinstance(part, FigureView) and part.moved}


def observe_page(
    atlas: Atlas, page: str, language: str, territory: str | None = None, periods: Mapping[str, str] | None = None
) -> PageView:
    """The page in the hands of a territory (``commune:62498``), or of the one that it opens on.

    ``unknown-page-asked``; ``territory-without-page`` when the page is not made for territories of that level;
    ``territory-outside-perimeter`` when its observatory does not watch over that one.
    A figure whose series is not released is said in words; whatever else stands in its way is raised.
    ``periods`` are those that figures are moved to, by their names; those that the page has not are let go, and
    ``figure-period-unknown`` says that a figure is not shown for that period.
    """
    entry = find_page(atlas, page)
    texts: Mapping[str, Any] = entry["texts"]
    spoken = language if language in texts else "fr"
    text_of = texts.get(spoken) or next(iter(texts.values()))
    standing = _stand(atlas, page, text_of, language, territory)
    said = say_references(standing, text_of["references"], text_of.get("otherwise"))
    parts = tuple(
        view
        for part in text_of["parts"]
        if _is_for(standing, part) and (view := _view(standing, part, said, periods or {})) is not None
    )
    shown = [atlas.measures[name] for name in entry["indicators"] if name in atlas.measures]
    return PageView(
        id=page,
        observatory=entry["observatory"],
        title=fill(text_of["title"], said),
        summary=fill(text_of.get("summary", ""), said),
        place=standing.place,
        levels=tuple(text_of.get("levels", ())),
        compared=standing.others(None),
        parts=parts,
        said=said,
        translated=spoken == language,
        synthetic=any(measure.synthetic for measure in shown),
        perimeter=perimeter_of(atlas, page, language),
    )


@dataclass(frozen=True)
class PageHead:
    """A page by its title and summary alone; ``levels`` are those of the territories that have it."""

    title: str
    summary: str
    levels: tuple[str, ...]


def head_page(atlas: Atlas, page: str, language: str, place: Place | None = None) -> PageHead | None:
    """The title of a page in the hands of a territory, or as it opens, without its figures.

    None when the territory has no such page.
    """
    texts: Mapping[str, Any] = find_page(atlas, page)["texts"]
    text_of = texts.get(language) or texts.get("fr") or next(iter(texts.values()))
    opening = _stand(atlas, page, text_of, language, None)
    levels = tuple(text_of.get("levels", ()))
    place = place or opening.place
    if place.key != opening.place.key and (place.level not in levels or not is_within(opening, place)):
        return None
    title, summary = text_of["title"], text_of.get("summary", "")
    written = {found.strip() for words in (title, summary) for found in PATTERN.findall(words)}
    wanted = {key: settled for key, settled in text_of["references"].items() if key in written}
    said = say_references(replace(opening, place=place), wanted, text_of.get("otherwise"))
    return PageHead(fill(title, said), fill(summary, said), levels)


def find_page(atlas: Atlas, page: str) -> Mapping[str, Any]:
    """The entry of a page in the catalogue; ``unknown-page-asked`` when the reader has none of that name."""
    known: Mapping[str, Any] = atlas.catalogue["pages"]
    if page not in known:
        raise BeffroiError(fault("unknown-page-asked", name=page, instead_of=page, available=known))
    found: Mapping[str, Any] = known[page]
    return found


def name_page(atlas: Atlas, page: str, language: str) -> tuple[str, str]:
    """The title of a page as it opens, and that of its observatory."""
    entry = find_page(atlas, page)
    text_of = entry["texts"].get(language) or next(iter(entry["texts"].values()))
    standing = _stand(atlas, page, text_of, language, None)
    said = say_references(standing, text_of["references"], text_of.get("otherwise"))
    return fill(text_of["title"], said), pick(atlas.catalogue["observatories"][entry["observatory"]]["title"], language)


def fill(words: str, said: Mapping[str, Said]) -> str:
    """A text as it is printed, with its references in words and what there is to doubt of them: no mark says it."""

    def say(found: re.Match[str]) -> str:
        each = said[found.group(1).strip()]
        return f"{each.words} ({each.mention})" if each.mention else each.words

    return PATTERN.sub(say, typeset(words))


def places_of(atlas: Atlas, page: str, language: str) -> tuple[Place, ...]:
    """The territories that have the page: those of its levels within the perimeter, or the one that it is about."""
    entry = find_page(atlas, page)
    text_of = next(iter(entry["texts"].values()))
    standing = _stand(atlas, page, text_of, language, None)
    levels: Sequence[str] = text_of.get("levels", ())
    if not levels:
        return (standing.place,)
    gazetteer = standing.gazetteer
    return tuple(place for level in levels for place in gazetteer.by_level.get(level, ()) if is_within(standing, place))


def try_page(atlas: Atlas, page: str) -> None:
    """Observe a page in each of its languages, as it opens and in the hands of one territory of each of its levels.

    What a page needs of one territory it needs of them all: what stands in its way is raised, as ``observe_page`` does.
    """
    for language in find_page(atlas, page)["texts"]:
        observe_page(atlas, page, language)
        levels: set[str] = set()
        for place in places_of(atlas, page, language):
            if place.level not in levels:
                levels.add(place.level)
                observe_page(atlas, page, language, place.key)


def is_within(standing: Standing, place: Place) -> bool:
    """Whether a territory is the perimeter or lies in it; that of the workspace holds every grouping declared."""
    if standing.within:
        return place.lies_in(standing.within)
    perimeter = standing.atlas.perimeter(standing.language, standing.vintage)
    return place.level == "grouping" or standing.gazetteer.holds(perimeter, place)


def perimeter_of(atlas: Atlas, page: str, language: str) -> tuple[Place, ...]:
    """What the observatory of a page watches over, as it declares it; empty when that is the whole workspace.

    ``watched-territory-unknown`` for a territory that the workspace has not.
    """
    entry = find_page(atlas, page)
    declared = entry.get("perimeter", ())
    places = atlas.gazetteer(atlas.release.reference_vintage, language).places
    found = []
    for named in declared:
        key = named if ":" in named else f"grouping:{named}"
        if key not in places:
            known = [each for each in places if each.partition(":")[0] == key.partition(":")[0]]
            where = Where(f"observatories/{entry['observatory']}/observatory.yaml", None, "perimeter")
            raise BeffroiError(
                fault("watched-territory-unknown", where, name=named, instead_of=key, available=known or places)
            )
        found.append(places[key])
    return tuple(found)


def _stand(atlas: Atlas, page: str, text_of: Mapping[str, Any], language: str, territory: str | None) -> Standing:
    vintage = atlas.release.reference_vintage
    watched = perimeter_of(atlas, page, language)
    start = Standing(
        atlas, language, watched[0] if watched else atlas.perimeter(language, vintage), vintage,
        tuple(text_of.get("compared", ())), text_of.get("period"), tuple(place.key for place in watched),
    )  # fmt: skip
    opens = text_of.get("territory", "perimeter")
    # Several territories have no figures together: the page opens on the first that is named.
    opening = start if opens == "perimeter" else start.take(opens)
    if territory is None:
        return opening
    place = start.gazetteer.find(territory)
    if place is None:
        names = {each.key for each in start.gazetteer.places.values()}
        raise BeffroiError(fault("unknown-territory", name=territory, instead_of=territory, available=names))
    if watched and place.key != opening.place.key and not is_within(start, place):
        said, portrait = ", ".join(each.name for each in watched), f"{place.level}/{place.code}"
        raise BeffroiError(
            fault("territory-outside-perimeter", name=place.name, perimeter=said, page=page, portrait=portrait)
        )
    if place.key != opening.place.key and (place.level not in text_of.get("levels", ()) or not is_within(start, place)):
        raise BeffroiError(fault("territory-without-page", name=place.name, page=page))
    return replace(start, place=place)


def _is_for(standing: Standing, part: Mapping[str, Any]) -> bool:
    """Whether a block is meant for the territory in hand."""
    levels, territories = part.get("shown_for", ()), part.get("territories", ())
    if not levels and not territories:
        return True
    named = {found.key for whom in territories if (found := standing.find(whom)) is not None}
    return standing.place.level in levels or standing.place.key in named


def _view(
    standing: Standing, part: Mapping[str, Any], said: Mapping[str, Said], periods: Mapping[str, str]
) -> PartView | None:
    if "prose" in part:
        return Prose(part["prose"])
    kind = part["block"]
    if kind == "passage":
        return Prose(part["text"])
    if kind == "note":
        return NoteView(part.get("about", "method"), fill(part["title"], said), part["text"])
    if kind == "image":
        return ImageView(
            part["name"],
            part["file"],
            part["alt"],
            part["credit"],
            part["licence"],
            fill(part.get("caption", ""), said),
        )
    if kind == "downloads":
        measures = [standing.atlas.measures[name] for name in part["indicators"] if name in standing.atlas.measures]
        return DownloadsView(tuple((m.id, m.title(standing.language)) for m in measures if m.released))
    return _figure(standing, kind, part, said, periods.get(part["name"])) if is_figure(kind) else None


def _figure(
    standing: Standing, kind: str, part: Mapping[str, Any], said: Mapping[str, Said], asked: str | None
) -> FigureView:
    looking = standing.at(Where(part["file"], part["line"]))
    names = indicators_of(standing.atlas, part)
    measures = [standing.atlas.measures[name] for name in names if name in standing.atlas.measures]
    title, note = fill(part.get("title", ""), said), fill(part.get("note", ""), said)
    definitions = tuple((m.title(standing.language), m.definition(standing.language)) for m in measures)
    lacking = [measure for measure in measures if not measure.released]
    tolerant = kind in ("key_figures", "comparison", "key_years")
    if lacking and (not tolerant or len(lacking) == len(measures)):
        absent = text("page.figure_unavailable", standing.language, titles=", ".join(
            dict.fromkeys(measure.title(standing.language) for measure in lacking)))  # fmt: skip
        return FigureView(part["name"], kind, None, title, note, absent, definitions)
    choice = choose_period(looking, kind, part, measures, asked)
    if choice and choice.moved:
        # What its author found out, and warns of, is of the period that the figure opens on.
        part, title = {**part, "period": choice.moved}, ""
        note = _note_of(choice, note, standing.language)
    return FigureView(part["name"], kind, observe_block(looking, kind, part), title, note, "", definitions, choice)


def _note_of(choice: Choice, note: str, language: str) -> str:
    """An author's note under a figure that was moved: it says for which period it was written."""
    if not note or not choice.opening:
        return note
    return text("page.note_of", language, period=format_period(choice.opening, language), note=note)


def indicators_of(atlas: Atlas, part: Mapping[str, Any]) -> list[str]:
    """The indicators that a block shows, the categories of its breakdowns among them."""
    names = [part[key] for key in ("indicator", "x", "y", "size") if part.get(key)]
    names += part.get("indicators", ())
    names += [link["indicator"] for link in part.get("links", ())]
    for key in ("breakdown", "left", "right"):
        if part.get(key):
            entry = atlas.catalogue["breakdowns"][part[key]]
            names += [entry["of"], *(f"{part[key]}/{name}" for name in entry["categories"])]
    return list(dict.fromkeys(names))


__all__ = [
    "DownloadsView", "FigureView", "ImageView", "NoteView", "PageHead", "PageView", "PartView", "Prose", "fill",
    "find_page", "head_page", "indicators_of", "is_within", "name_page", "observe_page", "perimeter_of", "places_of",
    "try_page",
]  # fmt: skip
