"""Routes of the files of layers, and of the maps as projects of QGIS."""

import asyncio
import json

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from beffroi.publish import geodata
from beffroi.publish.image_files import name_image, write_areas
from beffroi.publish.maps import look_at_layer
from beffroi.publish.qgis_projects import QGIS_TYPE, name_project, write_project
from beffroi.serve.deliveries import Stockroom, deliver
from beffroi.serve.requests import asked_of, language_of, reader_of, site_of


def create_router() -> APIRouter:
    """One route a format; what was written is kept a while, for all those who ask again."""
    router = APIRouter(include_in_schema=False)
    stock = Stockroom()
    for extension in geodata.GEODATA_TYPES:
        _add(router, extension, stock)
    router.add_api_route("/cartes/{name:path}.qgz", _project, methods=["GET"])
    return router


async def _project(request: Request, name: str) -> Response:
    """A map for QGIS, on the layers that this server gives."""
    site, language = site_of(request), language_of(request)
    body = await asyncio.to_thread(write_project, site, name, language)
    headers = {"content-disposition": f'attachment; filename="{name_project(site, name)}"'}
    return Response(body, media_type=QGIS_TYPE, headers=headers)


def _add(router: APIRouter, extension: str, stock: Stockroom) -> None:
    @router.get(f"/couches/{{name:path}}.{extension}")
    async def file(request: Request, name: str) -> Response:
        site, language = site_of(request), language_of(request)
        view = look_at_layer(site, name, language)
        if view.raster is not None and extension == "csv":
            named = name_image(view, "csv")
            headers = {"content-disposition": f'attachment; filename="{named}"'}
            return Response(write_areas(view, language), media_type=geodata.GEODATA_TYPES["csv"], headers=headers)
        geodata.check_features(view)
        geodata.check_download(view)
        crs = geodata.read_crs(asked_of(request).get("crs", [""])[-1])
        known = [sorted(reader_of(request).audiences), site.edition, view.entry, extension, crs, language]
        opened, size = await asyncio.to_thread(
            stock.open,
            json.dumps(known, sort_keys=True, default=str),
            extension,
            lambda path: geodata.write_geodata(site.atlas, view, extension, crs, language, path),
        )
        named = geodata.name_geodata(view, extension, crs)
        headers = {"content-disposition": f'attachment; filename="{named}"'}
        return deliver(request, opened, size, geodata.GEODATA_TYPES[extension], headers)


__all__ = ["create_router"]
