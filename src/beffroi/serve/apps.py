"""The server put together: routes, the door around them, and the words of what goes wrong."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from beffroi import __version__
from beffroi.access import PUBLIC, Reader
from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import Release
from beffroi.publish import Assets, Site, load_assets, pages
from beffroi.publish.assets import draw_icon
from beffroi.publish.files import register_fonts
from beffroi.publish.pages import Visit
from beffroi.serve import (
    dcat,
    geodata,
    images,
    interfaces,
    maps,
    notices,
    observatories,
    ogc,
    prints,
    proofs,
    territories,
    tiles,
)
from beffroi.serve import pages as page_routes
from beffroi.serve.answers import Answer, Answers, list_headers
from beffroi.serve.doors import Door, Scope
from beffroi.serve.editions import Doorkeeper, Editions
from beffroi.serve.negotiations import is_ogc, prefers_html
from beffroi.serve.notices import History
from beffroi.serve.preparations import prepare
from beffroi.serve.requests import site_of, visit_of


def create_app(
    open_release: Callable[[Reader], Release],
    *,
    tokens: Mapping[str, str] | None = None,
    base_url: str = "",
    kept_bytes: int = 96_000_000,
    assets_folder: Path | None = None,
    drawing_ahead: float = 0.0,
    lay: Callable[[Release], Site] | None = None,
    history: History | None = None,
) -> FastAPI:
    """The server of a workspace.

    ``open_release`` gives the edition that is served now as a reader may see it, and is asked at each request;
    ``tokens`` gives the token of each partner by name; ``base_url`` is put before addresses to cite;
    ``kept_bytes`` bounds the public answers that are kept; ``drawing_ahead`` is for how many seconds pages are drawn
    before anybody is answered; ``lay`` makes the site of a release, where its pages are being written; ``history``
    gives the editions that are kept, for what feeds tell.
    ``assets-missing`` when the front-end is not built.
    """
    assets = load_assets(assets_folder) if assets_folder else load_assets()
    register_fonts(str(assets.fonts))
    editions = Editions(open_release, assets, base_url, lay)
    app = FastAPI(
        title="Beffroi", version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None,
        redirect_slashes=False, lifespan=prepare(editions, drawing_ahead),
        description="Indicators of a territory: every value with its source, its geography and its reliability. "
        "Put `/en` before a path for English.",
    )  # fmt: skip
    app.include_router(page_routes.router)
    app.include_router(notices.create_router(history))
    app.include_router(proofs.router)
    app.include_router(observatories.router)
    app.include_router(dcat.router)
    app.include_router(geodata.create_router())
    app.include_router(images.router)
    app.include_router(prints.create_router())
    app.include_router(maps.router)
    app.include_router(tiles.create_router())
    app.include_router(territories.router)
    app.include_router(interfaces.router)
    app.include_router(ogc.router)
    _add_files(app, assets)
    _add_faults(app)
    app.add_middleware(
        Door,
        editions=editions,
        doorkeeper=Doorkeeper(tokens or {}),
        answers=Answers(kept_bytes),
        version=assets.version,
        explain=lambda scope, error: _explain(editions, scope, error),
        secure=base_url.startswith("https:"),
    )
    return app


def _add_files(app: FastAPI, assets: Assets) -> None:
    """Style sheets, script, typeface, icon."""

    @app.get("/assets/{name:path}", include_in_schema=False)
    async def asset(name: str) -> Response:
        if name not in assets.files:
            raise BeffroiError(fault("page-not-found", name=f"/assets/{name}"))
        body, media_type = assets.files[name]
        return Response(body, media_type=media_type)

    @app.get("/tokens-{version}.css", include_in_schema=False)
    async def tokens(request: Request, version: str) -> Response:
        return Response(site_of(request).tokens, media_type="text/css")

    @app.get("/icon.svg", include_in_schema=False)
    async def icon(request: Request) -> Response:
        return Response(draw_icon(site_of(request).accent), media_type="image/svg+xml")

    @app.get("/api", include_in_schema=False)
    async def api(request: Request) -> Response:
        return HTMLResponse(pages.render_api(site_of(request), visit_of(request), interfaces.list_routes()))


def _add_faults(app: FastAPI) -> None:
    """Whatever goes wrong is a fault with its words, as a page or as JSON."""

    @app.exception_handler(BeffroiError)
    async def known(request: Request, error: BeffroiError) -> Response:
        return _word(request, error)

    @app.exception_handler(HTTPException)
    async def unrouted(request: Request, error: HTTPException) -> Response:
        return _word(request, BeffroiError(fault("page-not-found", name=request.scope["path"])))

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        return _word(
            request,
            BeffroiError(
                fault("request-malformed", name=str(each["loc"][-1]), detail=each["msg"]) for each in error.errors()
            ),
        )


def wants_page(path: str, accept: str) -> bool:
    """Whether an error is answered by a page: browsers ask for HTML; programs, and the paths of programs, get JSON."""
    if is_ogc(path):
        return prefers_html(accept)
    if path.startswith("/api/") or path == "/health":
        return "text/html" in accept and "application/json" not in accept
    return "application/json" not in accept


def _word(request: Request, error: BeffroiError) -> Response:
    answer = _answer(site_of(request), visit_of(request), request.headers.get("accept", ""), error)
    return Response(answer.body, answer.status, media_type=answer.media_type)


def _explain(editions: Editions, scope: Scope, error: BeffroiError) -> Answer:
    """A fault met before routing: the page is that of the public."""
    accept = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"), "")
    visit = Visit(scope["state"]["language"], scope["path"])
    try:
        site = editions.site(PUBLIC)
    except BeffroiError:
        body = json.dumps(error.to_json(visit.language), ensure_ascii=False).encode()
        return Answer(error.http_status, "application/json", (body,))
    return _answer(site, visit, accept, error)


def _answer(site: Site, visit: Visit, accept: str, error: BeffroiError) -> Answer:
    said = error.to_json(visit.language)
    if is_ogc(visit.path):
        # The shape that the standard gives to exceptions; the faults stand beside it.
        first = error.faults[0]
        words = " ; ".join(filter(None, (first.message(visit.language), first.remedy(visit.language))))
        said = {"code": first.code, "description": words, **said}
    headers = list_headers(error)
    if wants_page(visit.path, accept):
        page = pages.render_error(site, visit, error.http_status, said["faults"])
        return Answer(error.http_status, "text/html; charset=utf-8", (page.encode(),), headers)
    return Answer(error.http_status, "application/json", (json.dumps(said, ensure_ascii=False).encode(),), headers)


__all__ = ["create_app", "wants_page"]
