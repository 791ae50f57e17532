"""What a request carries once it is through the door: its site, its language, its reader."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request

from beffroi.access import PUBLIC, Reader
from beffroi.publish import Site
from beffroi.publish.pages import Visit


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


def visit_of(request: Request) -> Visit:
    """The visit that a page is drawn for."""
    return Visit(language_of(request), request.scope["path"], request.url.query, reader_of(request) != PUBLIC)


def asked_of(request: Request) -> Mapping[str, Sequence[str]]:
    """Every value of every key of the address."""
    found: dict[str, list[str]] = {}
    for key, value in request.query_params.multi_items():
        found.setdefault(key, []).append(value)
    return found


__all__ = ["asked_of", "language_of", "reader_of", "site_of", "visit_of"]
