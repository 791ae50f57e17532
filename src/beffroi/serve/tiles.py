"""Tiles of layers: archives by ranges of bytes, straight from the disk; tiles drawn one by one; their description.

An archive never goes through the answers that are kept, nor is it read whole: a map asks for some kilobytes of it at a
time. What a reader may not see is, for this reader, not there.
"""

import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import Choice, Release, TileQuery, check_tile, frame_tile
from beffroi.language import pick
from beffroi.observe.layers import has_points, plan_tiles
from beffroi.observe.rasters import look_of
from beffroi.publish.maps import look_at_layer
from beffroi.serve.deliveries import deliver_part
from beffroi.serve.requests import language_of, mark_of, site_of

ARCHIVE = "application/vnd.pmtiles"
TILE = "application/vnd.mapbox-vector-tile"
_LONGEST = 20_000
"""Letters of a filter in an address."""
IMAGE_FORMS = ("png", "webp")
"""Forms of the tiles of images."""


def create_router() -> APIRouter:
    """The routes of tiles. As many tiles are drawn at once as there are processors: more would hinder one another."""
    router = APIRouter(include_in_schema=False)
    at_once = asyncio.Semaphore(os.cpu_count() or 1)
    router.get("/tuiles/{layer:path}.pmtiles")(give_archive)
    router.get("/tuiles/{layer:path}.json")(describe)

    @router.get("/tuiles/{layer:path}/{zoom:int}/{x:int}/{y:int}.mvt")
    async def tile(request: Request, layer: str, zoom: int, x: int, y: int) -> Response:
        """One tile, of the features that ``filter`` keeps (CQL2: ``filter-lang`` is cql2-text or cql2-json)."""
        release = site_of(request).atlas.release
        said, form = request.query_params.get("filter", ""), request.query_params.get("filter-lang", "cql2-text")
        if len(said) > _LONGEST:
            expected = f"<= {_LONGEST}"
            raise BeffroiError(fault("parameter-malformed", name="filter", value=f"{said[:20]}…", expected=expected))
        async with at_once:
            body = await asyncio.to_thread(_draw, release, layer, (zoom, x, y), Choice(said, form))
        return Response(body, 200, media_type=TILE) if body else Response(status_code=204)

    for form in IMAGE_FORMS:
        _add_images(router, form, at_once)
    return router


def _add_images(router: APIRouter, form: str, at_once: asyncio.Semaphore) -> None:
    @router.get(f"/tuiles/{{layer:path}}/{{zoom:int}}/{{x:int}}/{{y:int}}.{form}")
    async def picture(request: Request, layer: str, zoom: int, x: int, y: int) -> Response:
        """One tile of an image, in the form that its description says."""
        release = site_of(request).atlas.release
        async with at_once:
            body = await asyncio.to_thread(_draw_image, release, layer, form, (zoom, x, y))
        return Response(body, 200, media_type=f"image/{form}")


async def give_archive(request: Request, layer: str) -> Response:
    """The archive of a layer, or the part of it that ``Range`` asks for."""
    path = site_of(request).atlas.release.tiles(layer)
    if path is None:
        raise BeffroiError(fault("layer-without-archive", name=layer))
    return deliver_part(request, path, ARCHIVE, mark_of(request), language_of(request))


async def describe(request: Request, layer: str) -> Response:
    """What there is to know of the tiles of a layer, as TileJSON 3."""
    site, language = site_of(request), language_of(request)
    view = look_at_layer(site, layer, language)
    to = site.addresses(language)
    form = view.raster.look.form if view.raster else "mvt"
    said = {
        "tilejson": "3.0.0",
        "name": view.title,
        "description": view.description,
        "attribution": ", ".join(source.words for source in view.sources),
        "tiles": [to.whole(to.tiles(layer, f"/{{z}}/{{x}}/{{y}}.{form}"))],
        "minzoom": view.entry["zoom"]["min"],
        "maxzoom": view.entry["zoom"]["max"],
        "bounds": view.entry["bbox"],
        **({} if view.raster else {"vector_layers": list(_describe_parts(view.entry, language))}),
    }
    return Response(json.dumps(said, ensure_ascii=False), media_type="application/json")


def _draw(release: Release, layer: str, place: tuple[int, int, int], choice: Choice) -> bytes:
    entry = release.layer(layer)
    where = release.condition(layer, choice) if choice.said else None
    return release.tile(layer, plan_tiles(entry), TileQuery(*place, where))


def _draw_image(release: Release, layer: str, form: str, place: tuple[int, int, int]) -> bytes:
    check_tile(*place)
    entry = release.layer(layer)
    if not release.is_image(layer) or look_of(entry).form != form:
        raise BeffroiError(fault("page-not-found", name=f"/tuiles/{layer}/{{z}}/{{x}}/{{y}}.{form}"))
    return release.picture_of(layer, look_of(entry), frame_tile(*place))


def _describe_parts(entry: Mapping[str, Any], language: str) -> Iterator[dict[str, Any]]:
    kinds = {"integer": "Number", "number": "Number", "decimal": "Number", "boolean": "Boolean"}
    fields = {"fid": "String"}
    fields |= {each["name"]: kinds.get(each["type"], "String") for each in entry["attributes"]}
    zooms = {"minzoom": entry["zoom"]["min"], "maxzoom": entry["zoom"]["max"]}
    for part in ("features", "points") if has_points(entry) else ("features",):
        yield {"id": part, "description": pick(entry["title"], language), "fields": fields, **zooms}


__all__ = ["ARCHIVE", "TILE", "create_router"]
