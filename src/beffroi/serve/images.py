"""Routes of layers that are images: their file by ranges of bytes, and the value of a place."""

import asyncio
import json
import math

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from beffroi.errors import BeffroiError, fault
from beffroi.language import pick_symbol
from beffroi.publish.image_files import IMAGE_TYPE, check_image, name_image
from beffroi.publish.maps import look_at_layer
from beffroi.serve.deliveries import deliver_part
from beffroi.serve.requests import asked_of, language_of, mark_of, site_of

router = APIRouter(include_in_schema=False)


@router.get("/couches/{name:path}.tif")
async def image(request: Request, name: str) -> Response:
    """The image, or the part of it that ``Range`` asks for: geographic tools open it where it lies."""
    site, language = site_of(request), language_of(request)
    view = look_at_layer(site, name, language)
    check_image(view)
    headers = {"content-disposition": f'attachment; filename="{name_image(view)}"'}
    return deliver_part(request, site.atlas.release.image_file(name), IMAGE_TYPE, mark_of(request), language, headers)


@router.get("/couches/{name:path}/valeur")
async def value(request: Request, name: str) -> Response:
    """The value of a place: ``lon`` and ``lat`` in degrees. ``value`` is null where the image has none."""
    site, language = site_of(request), language_of(request)
    longitude, latitude = _read_place(request)
    view = look_at_layer(site, name, language)
    found = await asyncio.to_thread(site.atlas.release.value_at, name, longitude, latitude)
    assert view.raster is not None  # it has values
    unit = view.raster.unit
    said = {
        "layer": name,
        "title": view.raster.title,
        "longitude": longitude,
        "latitude": latitude,
        "value": None if found is None else int(found) if view.raster.categories else found,
        "words": view.raster.say(found, language),
        "unit": pick_symbol(unit, 10, language) if unit else None,
    }
    return Response(json.dumps(said, ensure_ascii=False), media_type="application/json")


def _read_place(request: Request) -> tuple[float, float]:
    """Longitude and latitude of an address; ``parameter-malformed``."""
    asked, found = asked_of(request), []
    for name, most in (("lon", 180.0), ("lat", 90.0)):
        said = asked.get(name, [""])[-1]
        try:
            number = float(said)
        except ValueError:
            number = math.nan
        if not -most <= number <= most:
            expected = f"-{most:g}…{most:g}"
            raise BeffroiError(fault("parameter-malformed", name=name, value=said[:40], expected=expected))
        found.append(number)
    return found[0], found[1]


__all__ = ["router"]
