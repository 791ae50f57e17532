"""Routes of what machines read of the site: feeds, site map, robots; and the cards of its pages.

The same writers make them for an export. What they tell is what the reader who asks may see.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from beffroi.access import Reader
from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import Release
from beffroi.language import LANGUAGES
from beffroi.publish import Site
from beffroi.publish.cards import draw_card, say_card
from beffroi.publish.exports.inventories import list_sheets, may_list_sheet
from beffroi.publish.files import rasterise
from beffroi.publish.notices import (
    Renewal,
    compare_editions,
    date_change,
    list_refused,
    write_feed,
    write_robots,
    write_sitemaps,
)
from beffroi.publish.observatories import find_observatory
from beffroi.serve.requests import language_of, reader_of, site_of

History = Callable[[Reader, str], Iterable[Release]]
"""Gives a reader the editions that are kept up to one of them, the oldest first."""

_ATOM, _XML = "application/atom+xml", "application/xml"
_CLOSED = ("figures/", "donnees/", "integrer")
"""Starts of addresses that have no end of answers, each long to make: robots are kept out of them."""


def create_router(history: History | None) -> APIRouter:
    """The routes; without a ``history``, feeds know of the edition that is served alone."""
    router = APIRouter(include_in_schema=False)

    async def recall(request: Request) -> Sequence[Renewal]:
        """What editions changed for the reader who asks, compared once for each edition."""
        site, reader = site_of(request), reader_of(request)
        release = site.atlas.release
        kept = history(reader, release.edition.id) if history else (release,)
        return await asyncio.to_thread(site.fragment, "renewals", lambda: compare_editions(kept))

    async def feed(request: Request, observatory: str = "") -> Response:
        site, language = site_of(request), language_of(request)
        if observatory:
            find_observatory(site, observatory)
        to = site.addresses(language)
        body = write_feed(
            site.atlas.catalogue, await recall(request), language, lambda path: to.whole(to.path(path)), observatory
        )
        return Response(body, media_type=f"{_ATOM}; charset=utf-8")

    async def site_map(request: Request, number: str = "") -> Response:
        site, name = site_of(request), f"sitemap-{number}.xml" if number else "sitemap.xml"
        renewals = await recall(request)
        files = await asyncio.to_thread(site.fragment, "site maps", lambda: write_site_maps(site, renewals))
        if name not in files:
            raise BeffroiError(fault("page-not-found", name=f"/{name}"))
        return Response(files[name], media_type=_XML)

    async def robots(request: Request) -> Response:
        site = site_of(request)
        closed = [f"{prefix}{path}" for prefix in ("", *(f"{code}/" for code in LANGUAGES[1:])) for path in _CLOSED]
        refused = [path for path in list_refused(site.atlas) if not path.startswith(tuple(closed))]
        return PlainTextResponse(write_robots(site.base_url, [*closed, *refused]))

    async def card(request: Request, name: str) -> Response:
        site, language = site_of(request), language_of(request)
        drawn = draw_card(site, say_card(site, name, language), language)
        return Response(await asyncio.to_thread(rasterise, drawn, 1.0), media_type="image/png")

    for path, answer in (
        ("/flux.xml", feed), ("/observatoires/{observatory}/flux.xml", feed), ("/sitemap.xml", site_map),
        ("/sitemap-{number}.xml", site_map), ("/robots.txt", robots), ("/apercus/{name:path}.png", card),
    ):  # fmt: skip
        router.add_api_route(path, answer)
    return router


def write_site_maps(site: Site, renewals: Sequence[Renewal]) -> dict[str, bytes]:
    """The site map by file: every page that has an address of its own here, in each language of the workspace.

    Nothing when the server does not know its own address, for a site map has whole ones.
    """
    if not site.base_url:
        return {}
    atlas = site.atlas
    listed = []
    for sheet in list_sheets(atlas):
        # Lists by letter stand for a search in files; here there is one.
        if not sheet.listed or sheet.is_file or sheet.kind == "letters" or not may_list_sheet(atlas, sheet):
            continue
        day = date_change(renewals, sheet.reads) if renewals else atlas.release.edition.built
        for language in atlas.workspace["languages"]:
            to = site.addresses(language)
            explored = sheet.kind == "explorer"
            address = to.explore(atlas.measure(sheet.name.strip())) if explored else to.path(sheet.path)
            listed.append((address.removeprefix("/"), day))
    return write_sitemaps(listed, site.base_url)


__all__ = ["History", "create_router", "write_site_maps"]
