"""Routes of what lets anybody check an edition: corrections, manifest, and the pages that present them."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from beffroi.publish.files import MEDIA_TYPES
from beffroi.publish.proofs import render_check, render_corrections, write_corrections, write_manifest
from beffroi.serve.requests import site_of, visit_of

router = APIRouter(include_in_schema=False)


@router.get("/corrections")
async def corrections(request: Request) -> Response:
    return HTMLResponse(render_corrections(site_of(request), visit_of(request)))


@router.get("/corrections.{extension}")
async def corrected(request: Request, extension: str) -> Response:
    """Every corrected figure, as a file."""
    body = await asyncio.to_thread(write_corrections, site_of(request).atlas, extension)
    headers = {
        "content-disposition": f'attachment; filename="corrections.{extension}"',
        "access-control-allow-origin": "*",
    }
    return Response(body, media_type=MEDIA_TYPES[extension], headers=headers)


@router.get("/verifier")
async def check(request: Request) -> Response:
    return HTMLResponse(render_check(site_of(request), visit_of(request)))


@router.get("/manifest.json")
async def manifest(request: Request) -> Response:
    body = write_manifest(site_of(request).atlas.release)
    headers = {"access-control-allow-origin": "*"}
    return Response(body, media_type="application/json", headers=headers)


__all__ = ["router"]
