"""Portraits of territories as HTML, and the page from which one goes to them. Whole without a script."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import pyarrow.compute as pc
from markupsafe import Markup

from beffroi.catalog.workspaces import PIECES, QPV
from beffroi.errors import BeffroiError, fault
from beffroi.observe.biographies import Former, find_former, list_former
from beffroi.observe.consents import may_list_portrait
from beffroi.observe.pages import is_within
from beffroi.observe.places import Gazetteer, Place, fold
from beffroi.observe.portraits import FACTS, Fact, PageLink, Portrait, observe_portrait
from beffroi.observe.searches import search_places
from beffroi.observe.standings import Standing
from beffroi.publish.drawings.thumbnails import draw_sparkline
from beffroi.publish.drawings.vicinities import (
    HEIGHT,
    WIDTH,
    Named,
    draw_locator,
    draw_strip,
    draw_vicinity,
    frame_around,
)
from beffroi.publish.pages import Visit, render
from beffroi.publish.sites import Site

_PAPER = 27
"""Lines that the second side of paper has room for, half a line parting two themes: the rest is on screen,
and the paper says so."""
_DRAWN = ("commune", "epci", "grouping", *PIECES)


def gazetteer_of(site: Site, language: str) -> Gazetteer:
    """The territories that have a portrait: those of the reference vintage."""
    return site.atlas.gazetteer(site.atlas.release.reference_vintage, language)


def find_place(site: Site, level: str, code: str, language: str) -> Place | Former:
    """The territory of an address, or the commune that it was; ``unknown-territory`` when it never was one."""
    gazetteer = gazetteer_of(site, language)
    place = gazetteer.places.get(f"{level}:{code}")
    former = find_former(site.atlas, code, language) if place is None and level == "commune" else None
    found = place or former
    if found is None:
        named = f"{level}:{code}"
        raise BeffroiError(fault("unknown-territory", name=named, instead_of=named, available=gazetteer.places))
    return found


def find_named(site: Site, name: str, language: str) -> Place | Former | None:
    """The territory that a reader names or gives the code of, a commune first; or the commune that it was."""
    gazetteer = gazetteer_of(site, language)
    if place := gazetteer.find(name.strip(), prefer="commune"):
        return place
    wanted = fold(name)
    named = [place for words, place in gazetteer.folded if words == wanted]
    for level in ("commune", "epci", "grouping"):
        if found := next((place for place in named if place.level == level), None):
            return found
    # The IRIS of a commune that is no more often keeps its name.
    return find_former(site.atlas, name.strip(), language) or next(iter(named), None)


def render_portrait(site: Site, visit: Visit, place: Place, former: Former | None = None) -> str:
    """The portrait of a territory; ``former`` when one came by the address of a commune that is no more."""
    language = visit.language
    portrait = site.fragment(("portrait", place.key, language), lambda: observe_portrait(site.atlas, place, language))
    to = site.addresses(language)
    gazetteer = gazetteer_of(site, language)
    drawn = site.fragment(("vicinity", place.key, language), lambda: _draw(site, portrait, gazetteer, language))
    body = next((p for level, held in portrait.parents if level == "epci" for p in held), None)
    return render(
        site, visit, "portrait.html",
        portrait=portrait,
        place=place,
        body=body,
        former=former,
        drawn=drawn,
        sizes=(WIDTH, HEIGHT),
        sparks=[_spark(fact) for fact in portrait.facts],
        strips=[Markup(draw_strip(fact.peers, fact.own, fact.among)) for fact in portrait.facts],
        twelve=len(portrait.facts) == FACTS,
        peers=_count_peers(site, place, language),
        reading=_reading(portrait),
        printed=share_paper(portrait),
        lacking=_lacking(portrait, language),
        whole=to.whole(to.portrait(place)),
        indexed=may_list_portrait(site.atlas, place.level),
    )  # fmt: skip


def render_territories(site: Site, visit: Visit, named: str = "") -> str:
    """The page of « ma commune »: a field, groupings, inter-communal bodies, communes by letter."""
    language = visit.language
    gazetteer = gazetteer_of(site, language)
    standing = Standing(site.atlas, language, site.atlas.perimeter(language), gazetteer.vintage)
    shown = {
        level: [place for place in gazetteer.by_level.get(level, ()) if is_within(standing, place)]
        for level in ("grouping", "epci", "commune", *QPV)
    }
    near = search_places(site.atlas, named, language, limit=8) if named else ()
    return render(
        site, visit, "territories.html",
        named=named,
        near=near,
        shown=shown,
        letters=[(letter, list(held)) for letter, held in groupby(shown["commune"], key=_letter)],
        former=list_former(site.atlas, language),
    )  # fmt: skip


def share_paper(portrait: Portrait) -> dict[str, int]:
    """By theme, how many of its lines are printed: one each in turn, as long as there is room."""
    given = {sheet.id: len(sheet.lines) for sheet in portrait.sheets}
    printed = dict.fromkeys(given, 0)
    room = _PAPER - round(0.5 * sum(1 for count in given.values() if count))
    while room > 0 and (waiting := [theme for theme, count in given.items() if printed[theme] < count]):
        for theme in waiting[:room]:
            printed[theme] += 1
        room -= len(waiting)
    return printed


def _reading(portrait: Portrait) -> dict[str, list[PageLink]]:
    """By theme, the pages to read: each once, under the first of its observatory's themes that the portrait has."""
    found: dict[str, list[PageLink]] = {sheet.id: [] for sheet in portrait.sheets}
    for page in portrait.pages:
        theme = next((theme for theme in page.themes if theme in found), None)
        if theme is not None:
            found[theme].append(page)
    return found


def _lacking(portrait: Portrait, language: str) -> list[str]:
    """Titles of the criteria by which a commune cannot be compared, for want of a value."""
    if portrait.likeness is None:
        return []
    pairs = zip(portrait.likeness.criteria, portrait.likeness.own, strict=True)
    return [each.measure.title(language) for each, value in pairs if value is None or value.value is None]


def _letter(place: Place) -> str:
    return fold(place.name)[:1].upper()


def _spark(fact: Fact) -> dict[str, Any] | None:
    """The course of a figure with its first and last periods; None when there is no course."""
    known = [value for value in fact.history if value.value is not None]
    if len(known) < 2:
        return None
    return {"marks": Markup(draw_sparkline(fact.history)), "first": known[0].period, "last": known[-1].period}


def _count_peers(site: Site, place: Place, language: str) -> int:
    """How many territories of the level lie in the perimeter."""
    perimeter = site.atlas.perimeter(language)
    gazetteer = gazetteer_of(site, language)
    return sum(1 for each in gazetteer.by_level.get(place.level, ()) if gazetteer.holds(perimeter, each))


def _draw(site: Site, portrait: Portrait, gazetteer: Gazetteer, language: str) -> Mapping[str, Markup | int]:
    """The two maps of a portrait; none for what is larger than the perimeter, or has no contour."""
    place = portrait.place
    here = _communes_of(place, gazetteer)
    ground = site.ground("commune")
    contours = site.atlas.release.contours
    # A QPV is shown in its communes: by itself it would say nothing of where it is.
    around = "commune" if place.is_quarter else place.level
    frame = frame_around(contours("commune"), here, around) if place.level in _DRAWN else None
    if frame is None or ground is None:
        return {}
    single = place.level in ("commune", "iris")
    perimeter = site.atlas.workspace["perimeter"]
    whole = place.level == "grouping" and place.code == perimeter
    marked: set[str] = set() if whole else set(here)
    style = "here" if single else "held"
    own = gazetteer.places[f"commune:{next(iter(here))}"].name if single else ""
    named = _order(site, portrait, gazetteer, here, language)
    part = contours(place.level) if place.is_quarter else None
    if part is not None:
        part = part.filter(pc.equal(part["code"], place.code))
    vicinity = draw_vicinity(contours("commune"), contours("epci"), frame, marked, own, named, style, part)
    outlines = {level: site.coarse_outlines(level) for level in ("commune", "epci", "grouping")}
    held = next((key.partition(":")[2] for key in place.parents if key.startswith("epci:")), "")
    own_level = "commune" if place.level in PIECES else place.level
    codes = here if single or place.is_quarter else [place.code]
    marks = [outlines[own_level][code] for code in codes if code in outlines[own_level]]
    locator = draw_locator(outlines["grouping"].get(perimeter), outlines["epci"], outlines["epci"].get(held), marks)
    if whole:
        return {"vicinity": Markup(vicinity), "locator": Markup(""), "height": 0}
    return {"vicinity": Markup(vicinity), "locator": Markup(locator), "height": ground.height // 4}


def _communes_of(place: Place, gazetteer: Gazetteer) -> list[str]:
    """Codes of the communes that a territory is made of; of those where it lies, for an IRIS or a QPV."""
    if place.level == "commune":
        return [place.code]
    if place.level in PIECES:
        return [key.partition(":")[2] for key in place.parents if key.startswith("commune:")]
    return [each.code for each in gazetteer.members.get(place.key, ()) if each.level == "commune"]


def _order(site: Site, portrait: Portrait, gazetteer: Gazetteer, here: Sequence[str], language: str) -> Sequence[Named]:
    """What the map names first: neighbours of a commune, the most populous communes of the others."""
    to = site.addresses(language)
    near = {place.code for place in portrait.neighbours} if portrait.place.level == "commune" else set(here)
    ordered = sorted(
        gazetteer.by_level.get("commune", ()),
        key=lambda place: (place.code not in near, -(place.population or 0), place.code),
    )
    kept = ordered if portrait.place.level != "grouping" else [p for p in ordered if p.code in near]
    return [Named(place.code, place.name, to.portrait(place)) for place in kept]


__all__ = ["find_named", "find_place", "gazetteer_of", "render_portrait", "render_territories", "share_paper"]
