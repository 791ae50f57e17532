"""What leads to the rest where no server searches: an index that the search field reads, and lists by letter."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from beffroi.language import text
from beffroi.observe.pages import places_of
from beffroi.observe.places import fold
from beffroi.observe.searches import list_names, say_kind
from beffroi.publish.exports.inventories import Sheet
from beffroi.publish.exports.signposts import Signposts
from beffroi.publish.observatories import Sibling, list_pages
from beffroi.publish.pages import Visit, render
from beffroi.publish.sites import Site


@dataclass(frozen=True)
class Found:
    """A thing that can be found: its folded names, the weight that puts its kind after others, where it is."""

    names: tuple[str, ...]
    weight: int
    kind: str
    title: str
    detail: str
    address: str
    """As the server has it."""
    target: str
    """From the root of the tree."""


def list_found(site: Site, signposts: Signposts, language: str) -> tuple[Found, ...]:
    """Everything that a search may lead to among the files: territories, pages, indicators, sources, tables."""
    to = site.addresses(language)
    found = []
    for names, hit, weight in list_names(site.atlas, language):
        address = to.hit(hit)
        if (target := signposts.find(address)) is not None and not target.startswith("http"):
            found.append(Found(names, weight, hit.kind, hit.title, hit.detail, address, target))
    known = {each.address for each in found}
    for name, entry in site.atlas.catalogue["observatories"].items():
        for page in list_pages(site, name, language) if entry["pages"] else ():
            address = to.page(page.id)
            if address not in known and (target := signposts.find(address)) is not None:
                kind = text("export.page_kind", language)
                found.append(Found((fold(page.title),), 1, "page", page.title, kind, address, target))
    return tuple(found)


def index_found(found: Iterable[Found], path: str) -> bytes:
    """The index of the search field: by line, folded names, weight, kind, title, detail and where it is from ``path``,
    the file of the index."""
    up = "../" * path.count("/")
    lines = [[list(each.names), each.weight, each.kind, each.title, each.detail, up + each.target] for each in found]
    return _dump(lines)


def index_territories(site: Site, sheets: Iterable[Sheet], language: str) -> bytes:
    """The index of the fields that take a territory: by line, folded name, weight, key, name, what it is; then the
    observatories that it has pages of, among those that watch over a part of the workspace alone."""
    held, watched = set[str](), dict[str, set[str]]()
    pages = site.atlas.catalogue["pages"]
    for sheet in sheets:
        if sheet.territory and sheet.listed:
            held.add(sheet.territory)
            if sheet.kind == "page" and pages[sheet.name].get("perimeter"):
                watched.setdefault(sheet.territory, set()).add(pages[sheet.name]["observatory"])
    gazetteer = site.atlas.gazetteer(site.atlas.release.reference_vintage, language)
    order = {level: rank for rank, level in enumerate(("commune", "epci", "grouping"))}
    lines = [
        [
            [name],
            order.get(place.level, 5),
            place.key,
            place.name,
            say_kind(gazetteer, place, language),
            "",
            " ".join(sorted(watched.get(place.key, ()))),
        ]
        for name, place in gazetteer.folded
        if place.key in held
    ]
    return _dump(lines)


def render_search_letters(site: Site, visit: Visit, found: Sequence[Found]) -> str:
    """The page of the search: its field, and everything by letter for who has no script."""
    by_title = {(each.title, each.address): each for each in found}
    lines = [(each.title, each.detail, each.address) for each in by_title.values()]
    heading, lead = (text(f"export.{key}", visit.language) for key in ("letters", "letters_lead"))
    groups = _by_letter(lines)
    return render(site, visit, "export_letters.html", heading=heading, lead=lead, groups=groups, searched=True)


def render_page_letters(site: Site, visit: Visit, page: str) -> str:
    """Every territory that has a page, by letter: what the field of the page does for who has a script."""
    language, to = visit.language, site.addresses(visit.language)
    observatory = page.partition("/")[0]
    title = next(each.title for each in list_pages(site, observatory, language) if each.id == page)
    gazetteer = site.atlas.gazetteer(site.atlas.release.reference_vintage, language)
    lines = [
        (place.name, say_kind(gazetteer, place, language), to.page(page, place))
        for place in places_of(site.atlas, page, language)
    ]
    return render(site, visit, "export_letters.html", heading=text("export.letters_of_page", language, title=title),
                  lead="", groups=_by_letter(lines), searched=False, card=f"observatoires/{page}")  # fmt: skip


def render_move(site: Site, visit: Visit, page: Sibling) -> str:
    """A page that leads to another one at once."""
    return render(site, visit, "export_move.html", page=page, indexed=False, card=f"observatoires/{page.id}")


def _by_letter(lines: Iterable[tuple[str, str, str]]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    ordered = sorted(lines, key=lambda line: (_letter(line[0]), fold(line[0]), line[2]))
    return [(letter, list(held)) for letter, held in groupby(ordered, key=lambda line: _letter(line[0]))]


def _letter(name: str) -> str:
    first = fold(name)[:1].upper()
    return first if first.isalpha() else "#"


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


__all__ = ["Found", "index_found", "index_territories", "list_found", "render_move", "render_page_letters",
           "render_search_letters"]  # fmt: skip
