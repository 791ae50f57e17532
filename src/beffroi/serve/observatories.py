"""Routes of observatories: their list, their pages around a territory, the figures and pictures of a page."""

import asyncio
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from beffroi.errors import BeffroiError, fault
from beffroi.observe.consents import may_list
from beffroi.observe.pages import find_page
from beffroi.observe.places import Place
from beffroi.observe.questions import find_territory
from beffroi.publish import observatories
from beffroi.publish.addresses import PERIOD, PERIOD_OF
from beffroi.publish.block_files import name_block_file, write_block_file
from beffroi.publish.files import MEDIA_TYPES
from beffroi.serve.requests import asked_of, language_of, site_of, visit_of

router = APIRouter(include_in_schema=False)

_PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp",
             "svg": "image/svg+xml"}  # fmt: skip


@router.get("/observatoires")
async def shelves(request: Request) -> Response:
    return HTMLResponse(observatories.render_observatories(site_of(request), visit_of(request)))


@router.get("/observatoires/{observatory}")
async def observatory(request: Request, observatory: str) -> Response:
    """An observatory opens on its first page."""
    site = site_of(request)
    first = observatories.find_observatory(site, observatory)["pages"][0]
    return RedirectResponse(site.addresses(language_of(request)).page(first), 303)


@router.get("/observatoires/{observatory}/{page}")
async def page(request: Request, observatory: str, page: str) -> Response:
    """A page as it opens. A form without a script sends a name for the territory: it is answered by its address."""
    site, language = site_of(request), language_of(request)
    named = [name for name in asked_of(request).get("territoire", []) if name.strip()]
    if named:
        place = _named(request, f"{observatory}/{page}", named[-1])
        there = site.addresses(language).page(f"{observatory}/{page}", place, _periods(request))
        return RedirectResponse(there, 303)
    html = observatories.render_page(site, visit_of(request), f"{observatory}/{page}", None, _periods(request))
    return HTMLResponse(html)


def _periods(request: Request) -> Mapping[str, str]:
    """The periods that figures of a page are asked for, by their names."""
    last = {key: values[-1] for key, values in asked_of(request).items() if key.startswith(PERIOD_OF)}
    return {key.removeprefix(PERIOD_OF): period for key, period in last.items() if period}


def _period(request: Request) -> str:
    """The period that a figure alone is asked for; empty when none is."""
    return asked_of(request).get(PERIOD, [""])[-1]


@router.get("/observatoires/{observatory}/{page}/figures/{name}")
async def shared_figure(request: Request, observatory: str, page: str, name: str) -> Response:
    """A file of a figure that is the same for every territory: its values, its map."""
    return await _file(request, f"{observatory}/{page}", None, name)


@router.get("/observatoires/{observatory}/{page}/{level}/{code}")
async def held_page(request: Request, observatory: str, page: str, level: str, code: str) -> Response:
    """A page in the hands of a territory."""
    site, visit, full, key = site_of(request), visit_of(request), f"{observatory}/{page}", f"{level}:{code}"
    return HTMLResponse(observatories.render_page(site, visit, full, key, _periods(request)))


@router.get("/observatoires/{observatory}/{page}/{level}/{code}/figures/{name}")
async def figure(request: Request, observatory: str, page: str, level: str, code: str, name: str) -> Response:
    """A figure of a page alone, or with an extension a file of it."""
    full, key = f"{observatory}/{page}", f"{level}:{code}"
    if "." not in name:
        site, visit = site_of(request), visit_of(request)
        return HTMLResponse(observatories.render_embedded(site, visit, full, key, name, _period(request)))
    return await _file(request, full, key, name)


async def _file(request: Request, page: str, territory: str | None, name: str) -> Response:
    """A file of a figure of a page, in the hands of a territory or for all of them."""
    site, language, shared = site_of(request), language_of(request), territory is None
    stem, _, extension = name.partition(".")
    period = _period(request)
    view = observatories.look_at(site, page, language, territory, {stem: period} if period else None)
    body = await asyncio.to_thread(write_block_file, site, view, stem, extension, language, shared=shared)
    file = name_block_file(view, stem, extension, shared=shared)
    headers = {"content-disposition": f'attachment; filename="{file}"', "access-control-allow-origin": "*"}
    if not may_list(site.atlas, find_page(site.atlas, page)["indicators"]):
        headers["x-robots-tag"] = "noindex"
    return Response(body, media_type=MEDIA_TYPES[extension], headers=headers)


@router.get("/images/{observatory}/{name}")
async def picture(request: Request, observatory: str, name: str) -> Response:
    body = await asyncio.to_thread(site_of(request).atlas.release.picture, observatory, name)
    return Response(body, media_type=_PICTURES[name.rpartition(".")[2].lower()])


def _named(request: Request, page: str, name: str) -> Place:
    """The territory of that name which has the page; ``unknown-territory`` when none is called so."""
    site, language = site_of(request), language_of(request)
    entry = find_page(site.atlas, page)
    levels = next(iter(entry["texts"].values())).get("levels", ())
    gazetteer = site.atlas.gazetteer(site.atlas.release.reference_vintage, language)
    place = find_territory(site.atlas, gazetteer, name, levels[0] if levels else "commune", language)
    if place.level not in levels:
        raise BeffroiError(fault("territory-without-page", name=place.name, page=page))
    return place


__all__ = ["router"]
