"""Routes of territories: « ma commune », and the portrait of each."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from beffroi.observe.biographies import Former, find_former
from beffroi.observe.places import Place
from beffroi.publish import portraits
from beffroi.serve.requests import asked_of, language_of, site_of, visit_of

router = APIRouter(include_in_schema=False)


@router.get("/territoires")
async def territories(request: Request) -> Response:
    """The field of « ma commune »: a name leads to its portrait, and one that nobody has to the nearest names."""
    site, language = site_of(request), language_of(request)
    named = next((name.strip() for name in asked_of(request).get("nom", []) if name.strip()), "")
    found = portraits.find_named(site, named, language) if named else None
    if found is None:
        return HTMLResponse(portraits.render_territories(site, visit_of(request), named), 404 if named else 200)
    return RedirectResponse(_address(request, found), 303)


@router.get("/territoires/{level}/{code}")
async def portrait(request: Request, level: str, code: str) -> Response:
    """A portrait. The address of a commune that is no more leads to the one that it went to, which says so."""
    site, language = site_of(request), language_of(request)
    found = portraits.find_place(site, level, code, language)
    if isinstance(found, Former):
        return RedirectResponse(_address(request, found), 303)
    came = next(iter(asked_of(request).get("depuis", [])), "")
    former = find_former(site.atlas, came, language) if came else None
    if former is not None and found.key not in {heir.key for heir in former.heirs}:
        former = None
    return HTMLResponse(portraits.render_portrait(site, visit_of(request), found, former))


def _address(request: Request, found: Place | Former) -> str:
    to = site_of(request).addresses(language_of(request))
    if isinstance(found, Former):
        return f"{to.portrait(found.heirs[0])}?depuis={found.code}"
    return to.portrait(found)


__all__ = ["router"]
