"""Routes of the catalogue for other catalogues, page after page."""

import asyncio
from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from beffroi.errors import BeffroiError, fault
from beffroi.publish.dcat import DCAT_FORMS, count_pages, negotiate, write_dcat
from beffroi.serve.requests import asked_of, site_of

router = APIRouter(include_in_schema=False)


@router.get("/dcat")
async def catalogue(request: Request) -> Response:
    """Leads to the form that the reader prefers: each form has an address of its own, that caches may keep."""
    form = negotiate(request.headers.get("accept", ""))
    site = site_of(request)
    where = site.addresses("fr").path(f"/dcat.{form}")
    return Response(b"", 303, {"location": where}, media_type=DCAT_FORMS[form])


async def _page(request: Request, form: str) -> Response:
    site = site_of(request)
    said = asked_of(request).get("page", ["1"])[-1]
    if not said.isdecimal() or len(said) > 6:
        raise BeffroiError(fault("request-malformed", name="page", detail=said))
    page = int(said)
    if not 1 <= page <= count_pages(site):
        raise BeffroiError(fault("page-not-found", name=f"/dcat.{form}?page={page}"))
    body = await asyncio.to_thread(write_dcat, site, form, page)
    return Response(body, media_type=DCAT_FORMS[form])


for _form in DCAT_FORMS:
    router.add_api_route(f"/dcat.{_form}", partial(_page, form=_form), methods=["GET"])

__all__ = ["router"]
