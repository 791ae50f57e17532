"""Routes of maps and layers: their pages, and what the script of a map asks for."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from beffroi.errors import BeffroiError, fault
from beffroi.publish import maps
from beffroi.serve.requests import asked_of, language_of, site_of, visit_of

router = APIRouter(include_in_schema=False)


@router.get("/cartes")
async def shelf(request: Request) -> Response:
    return HTMLResponse(maps.render_maps(site_of(request), visit_of(request)))


@router.get("/cartes/lieux.json")
async def places(request: Request) -> Response:
    """The territories that one goes to by name."""
    return Response(maps.write_places(site_of(request), language_of(request)), media_type="application/json")


@router.get("/cartes/{name:path}.json")
async def config(request: Request, name: str) -> Response:
    """What the script of a map needs to know."""
    return Response(maps.write_config(site_of(request), name, language_of(request)), media_type="application/json")


@router.get("/cartes/{name:path}")
async def page(request: Request, name: str) -> Response:
    """The page of a map."""
    return HTMLResponse(await asyncio.to_thread(maps.render_map, site_of(request), visit_of(request), name))


@router.get("/couches/{name:path}")
async def layer(request: Request, name: str) -> Response:
    """The page of a layer; ``apres`` is the number of the last feature of the page before."""
    said = asked_of(request).get("apres", ["0"])[-1]
    if not said.isdecimal() or len(said) > 12:
        raise BeffroiError(fault("request-malformed", name="apres", detail="apres"))
    return HTMLResponse(
        await asyncio.to_thread(maps.render_layer, site_of(request), visit_of(request), name, int(said))
    )


__all__ = ["router"]
