"""What a request carries once it is through the door: its site, its language, its reader."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request

from beffroi.access import PUBLIC, Reader
from beffroi.errors import BeffroiError, fault
from beffroi.observe.places import Place
from beffroi.publish import Site
from beffroi.publish.pages import Visit

_LONGEST = 300
"""Letters of a value of an address that are read."""


def site_of(request: Request) -> Site:
    """The site of the one edition that answers this request."""
    site: Site = request.scope["state"]["site"]
    return site


def language_of(request: Request) -> str:
    language: str = request.scope["state"]["language"]
    return language


def reader_of(request: Request) -> Reader:
    reader: Reader = request.scope["state"].get("reader", PUBLIC)
    return reader


def mark_of(request: Request) -> str | None:
    """The ETag that the answer will have, when it has one."""
    mark: str | None = request.scope["state"].get("mark")
    return mark


def visit_of(request: Request) -> Visit:
    """The visit that a page is drawn for."""
    return Visit(language_of(request), request.scope["path"], request.url.query, reader_of(request) != PUBLIC)


def asked_of(request: Request) -> Mapping[str, Sequence[str]]:
    """Every value of every key of the address, without what no page, picture nor header could hold."""
    found: dict[str, list[str]] = {}
    for key, value in request.query_params.multi_items():
        found.setdefault(key, []).append("".join(letter for letter in value[:_LONGEST] if letter.isprintable()))
    return found


def vintage_of(site: Site, asked: int | str | None) -> int:
    """The vintage that is asked for, or the first of those released; ``vintage-not-released`` for any other."""
    known = site.atlas.vintages
    if asked in (None, ""):
        return known[0]
    for vintage in known:
        if str(asked) == str(vintage):
            return vintage
    raise BeffroiError(fault("vintage-not-released", name=str(asked)[:_LONGEST], available=map(str, known)))


def place_of(site: Site, territory: str, level: str | None, vintage: int, language: str) -> Place:
    """A territory by its code or ``level:code``; ``unknown-territory`` when there is none at that vintage."""
    gazetteer = site.atlas.gazetteer(vintage, language)
    place = gazetteer.find(territory, prefer=level)
    if place is None:
        raise BeffroiError(fault("unknown-territory", name=territory, instead_of=territory, available=gazetteer.places))
    return place


__all__ = ["asked_of", "language_of", "mark_of", "place_of", "reader_of", "site_of", "vintage_of", "visit_of"]
