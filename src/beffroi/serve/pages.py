"""Routes of the pages that people read."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from beffroi.errors import BeffroiError, fault
from beffroi.observe import Question, resolve_question
from beffroi.observe.consents import may_list
from beffroi.observe.specifications import specify_figure
from beffroi.publish import explorer_pages, pages
from beffroi.publish.addresses import FIGURE_FORMATS
from beffroi.publish.blocks import Page
from beffroi.publish.drawings import draw_plate
from beffroi.publish.files import MEDIA_TYPES, name_file, rasterise, write_data
from beffroi.publish.sites import Site
from beffroi.serve.requests import asked_of, language_of, place_of, site_of, vintage_of, visit_of

router = APIRouter(include_in_schema=False)


class PartedResponse(Response):
    """A page sent in its parts, so that the door knows which of them are shared by many pages."""

    media_type = "text/html"

    def __init__(self, page: Page) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._parts = page.parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for part in self._parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})


@router.get("/")
async def home(request: Request) -> Response:
    return HTMLResponse(pages.render_home(site_of(request), visit_of(request)))


@router.get("/explorer")
async def explorer(request: Request) -> Response:
    """The explorer. A form without a script sends a name for the territory: it is answered by its address."""
    site, language = site_of(request), language_of(request)
    asked = {key: list(values) for key, values in asked_of(request).items()}
    indicator = next(iter(asked.get("indicator", [])), "")
    if indicator in site.atlas.measures and not site.atlas.measures[indicator].released:
        return RedirectResponse(site.addresses(language).about("indicator", indicator), 303)
    if "held" in asked:
        return RedirectResponse(site.addresses(language).explorer(_settle(site, asked, language)), 303)
    question = resolve_question(site.atlas, asked, language)
    return PartedResponse(explorer_pages.render_explorer(site, visit_of(request), question))


def _settle(site: Site, asked: dict[str, list[str]], language: str) -> Question:
    """The question of a form: the territory that was in hand stays when its name was not touched."""
    held = asked.pop("held")[-1]
    gazetteer = site.atlas.gazetteer(vintage_of(site, asked.get("vintage", [""])[-1]), language)
    place = gazetteer.find(held)
    named = asked.get("territory", [""])[-1].strip()
    if place is not None and named == place.name:
        asked["territory"] = [held]
    elif [c for c in asked.get("compare", []) if c.strip()] and place is not None and named:
        moved = gazetteer.find(named)
        if (moved is None or moved.key != held) and set(asked["compare"]) & set(place.parents):
            asked.pop("compare")
    return resolve_question(site.atlas, asked, language)


@router.get("/integrer")
async def embed(request: Request) -> Response:
    site = site_of(request)
    question = resolve_question(site.atlas, asked_of(request), language_of(request))
    return PartedResponse(explorer_pages.render_explorer(site, visit_of(request), question, "embed.html"))


@router.get("/catalogue")
async def catalogue(request: Request) -> Response:
    return HTMLResponse(pages.render_catalogue(site_of(request), visit_of(request), dict(request.query_params)))


@router.get("/accessibilite")
async def accessibility(request: Request) -> Response:
    return HTMLResponse(pages.render_accessibility(site_of(request), visit_of(request)))


@router.get("/sources/{name:path}")
async def source(request: Request, name: str) -> Response:
    return _entry(request, "source", "sources", name)


@router.get("/tables/{name:path}")
async def table(request: Request, name: str) -> Response:
    return _entry(request, "table", "tables", name)


@router.get("/indicateurs/{name:path}")
async def indicator(request: Request, name: str) -> Response:
    site_of(request).atlas.measure(name)
    return _entry(request, "indicator", "indicators", name)


def _entry(request: Request, kind: str, shelf: str, name: str) -> Response:
    site = site_of(request)
    known = site.atlas.catalogue[shelf]
    if name not in known:
        raise BeffroiError(fault(f"{kind}-not-declared", name=name, instead_of=name, available=known))
    return HTMLResponse(pages.render_entry(site, visit_of(request), kind, name))


@router.get("/recherche")
async def find(request: Request) -> Response:
    words = request.query_params.get("q", "")[:200]
    return HTMLResponse(pages.render_search(site_of(request), visit_of(request), words))


@router.get("/donnees/{name:path}")
async def data(request: Request, name: str) -> Response:
    """A file of values: ``/donnees/housing/vacancy_rate.csv?level=commune&period=2021``."""
    site, language = site_of(request), language_of(request)
    stem, _, extension = name.rpartition(".")
    measure = site.atlas.measure(stem or name)
    if not measure.released:
        raise BeffroiError(fault("indicator-unavailable", name=measure.id))
    said = asked_of(request)
    asked = {key: said.get(key, [""])[0] or None for key in ("level", "period", "territory", "vintage")}
    level, period = asked["level"], asked["period"]
    _check(measure.entry, level, period)
    vintage = vintage_of(site, asked["vintage"])
    place = place_of(site, asked["territory"], level, vintage, language) if asked["territory"] else None
    level, code = (place.level, place.code) if place else (level, None)
    if extension == "geojson":
        _check_contours(site, measure.entry, level, vintage)
    series = site.atlas.release.series(measure.id, level=level, period=period, territory=code, vintage=vintage)
    body = await asyncio.to_thread(write_data, extension, site.atlas, measure, series, language, level)
    narrowed = (level, period, code, str(vintage) if asked["vintage"] else None)
    file = name_file(measure, extension, *(part or "" for part in narrowed))
    return _download(body, extension, file, listed=may_list(site.atlas, [measure.id]))


def _check(entry: object, level: str | None, period: str | None) -> None:
    assert isinstance(entry, dict)
    if level and level not in entry["levels"]:
        raise BeffroiError(fault("unknown-level", name=level, instead_of=level, available=entry["levels"]))
    if period and period not in entry["periods"]:
        raise BeffroiError(fault("unknown-period", name=period, instead_of=period, available=entry["periods"]))


def _check_contours(site: Site, entry: object, level: str | None, vintage: int) -> None:
    """Values are joined to contours of one level, and of no other geography than theirs."""
    assert isinstance(entry, dict)
    if level is None:
        raise BeffroiError(fault("contours-of-which-level", available=entry["levels"]))
    reference = site.atlas.release.reference_vintage
    if vintage != reference:
        raise BeffroiError(fault("contours-of-other-vintage", vintage=vintage, reference=reference))
    if not site.atlas.release.contours(level).num_rows:
        raise BeffroiError(fault("contours-absent", level=level))


@router.get("/figures/{name}")
async def figure(request: Request, name: str) -> Response:
    """A file of a figure: ``/figures/map.svg?indicator=...``, with the query of the explorer."""
    site, language = site_of(request), language_of(request)
    view, _, extension = name.partition(".")
    if extension not in FIGURE_FORMATS:
        raise BeffroiError(fault("file-format-unknown", name=extension, instead_of=extension, available=FIGURE_FORMATS))
    question = resolve_question(site.atlas, {**asked_of(request), "view": [view]}, language)
    file = name_file(question.measure, extension, view, question.level, question.period, question.territory.code)
    drawn = site.figure(question)
    listed = may_list(site.atlas, [question.measure.id])
    to = site.addresses(language)
    if extension == "vl.json":
        contours = to.whole(to.data(question.measure, "geojson", level=question.level, period=question.period))
        return _download(pages.dump(specify_figure(drawn, contours)), extension, file, listed=listed)
    hand = (question.territory.key, question.territory.short)
    address = to.whole(to.explorer(question))
    plate = draw_plate(drawn, site.sheet(question.level, language), hand, language, site.accent, address)
    if extension == "svg":
        return _download(plate.encode(), extension, file, listed=listed)
    return _download(await asyncio.to_thread(rasterise, plate), extension, file, listed=listed)


def _download(body: bytes, extension: str, file: str, *, listed: bool = True) -> Response:
    headers = {"content-disposition": f'attachment; filename="{file}"', "access-control-allow-origin": "*"}
    if not listed:
        headers["x-robots-tag"] = "noindex"
    return Response(body, media_type=MEDIA_TYPES[extension], headers=headers)


__all__ = ["router"]
