"""Routes of maps on paper: the form by which one is ordered, and the PDF. Few are drawn at a time, and kept a while."""

import asyncio
import json

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from beffroi.publish.maps import look_at_map
from beffroi.publish.prints import name_print, read_order, render_print_form, write_print
from beffroi.serve.deliveries import Stockroom, deliver
from beffroi.serve.requests import asked_of, language_of, reader_of, site_of, visit_of

_KEPT_BYTES = 400_000_000


def create_router() -> APIRouter:
    """The form and the file. It stands before the pages of maps, whose addresses would take these."""
    router = APIRouter(include_in_schema=False)
    stock = Stockroom(_KEPT_BYTES)

    @router.get("/cartes/{name:path}/imprimer")
    async def form(request: Request, name: str) -> Response:
        page, status = await asyncio.to_thread(
            render_print_form, site_of(request), visit_of(request), name, asked_of(request)
        )
        return HTMLResponse(page, status)

    @router.get("/cartes/{name:path}.pdf")
    async def sheet(request: Request, name: str) -> Response:
        site, language = site_of(request), language_of(request)
        view = look_at_map(site, name, language)
        order = await asyncio.to_thread(read_order, site.atlas, view, asked_of(request), language)
        known = [
            sorted(reader_of(request).audiences), site.edition, language, name, order.paper.name, order.upright,
            order.scale, order.centre, order.territory.key if order.territory else None, order.layers, order.atlas,
        ]  # fmt: skip
        opened, size = await asyncio.to_thread(
            stock.open, json.dumps(known, default=str), "pdf", lambda path: write_print(site, order, language, path)
        )
        headers = {"content-disposition": f'inline; filename="{name_print(order)}"'}
        return deliver(request, opened, size, "application/pdf", headers)

    return router


__all__ = ["create_router"]
