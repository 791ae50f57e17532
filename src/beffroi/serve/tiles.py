"""Tiles of layers: archives by ranges of bytes, straight from the disk; tiles drawn one by one; their description.

An archive never goes through the answers that are kept, nor is it read whole: a map asks for some kilobytes of it at a
time. What a reader may not see is, for this reader, not there.
"""

import asyncio
import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import Choice, Release, TileQuery
from beffroi.language import pick
from beffroi.observe.layers import has_points, plan_tiles
from beffroi.publish.maps import look_at_layer
from beffroi.serve.deliveries import deliver
from beffroi.serve.requests import language_of, mark_of, site_of

ARCHIVE = "application/vnd.pmtiles"
TILE = "application/vnd.mapbox-vector-tile"
_LONGEST = 20_000
"""Letters of a filter in an address."""
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


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

    return router


async def give_archive(request: Request, layer: str) -> Response:
    """The archive of a layer, or the part of it that ``Range`` asks for."""
    path = site_of(request).atlas.release.tiles(layer)
    if path is None:
        raise BeffroiError(fault("layer-without-archive", name=layer))
    file = path.open("rb")
    size = os.fstat(file.fileno()).st_size
    asked, valid = request.headers.get("range"), request.headers.get("if-range")
    headers = {"accept-ranges": "bytes"}
    # Who has a part of an archive that is no longer this one takes the whole anew.
    if asked is None or (valid is not None and valid != mark_of(request)):
        return deliver(request, file, size, ARCHIVE, headers)
    try:
        start, end = read_range(asked, size)
    except BeffroiError as error:
        file.close()
        body = json.dumps(error.to_json(language_of(request)), ensure_ascii=False)
        return Response(body, 416, {"content-range": f"bytes */{size}"}, "application/json")
    file.seek(start)
    answer = deliver(
        request, file, end - start, ARCHIVE, {**headers, "content-range": f"bytes {start}-{end - 1}/{size}"}
    )
    answer.status_code = 206
    return answer


async def describe(request: Request, layer: str) -> Response:
    """What there is to know of the tiles of a layer, as TileJSON 3."""
    site, language = site_of(request), language_of(request)
    view = look_at_layer(site, layer, language)
    to = site.addresses(language)
    said = {
        "tilejson": "3.0.0",
        "name": view.title,
        "description": view.description,
        "attribution": ", ".join(source.words for source in view.sources),
        "tiles": [to.whole(to.tiles(layer, "/{z}/{x}/{y}.mvt"))],
        "minzoom": view.entry["zoom"]["min"],
        "maxzoom": view.entry["zoom"]["max"],
        "bounds": view.entry["bbox"],
        "vector_layers": list(_describe_parts(view.entry, language)),
    }
    return Response(json.dumps(said, ensure_ascii=False), media_type="application/json")


def read_range(asked: str, size: int) -> tuple[int, int]:
    """The first byte that a header asks for and the one after the last, in a file of ``size`` bytes.

    ``range-refused`` for what is outside, not written as a range of bytes, or several ranges at once.
    """
    found = _RANGE.fullmatch(asked.replace(" ", ""))
    if found is None or found[1] == found[2] == "":
        raise BeffroiError(fault("range-refused", asked=asked[:80], size=size))
    if found[1] == "":
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
    if start >= end:
        raise BeffroiError(fault("range-refused", asked=asked[:80], size=size))
    return start, end


def _draw(release: Release, layer: str, place: tuple[int, int, int], choice: Choice) -> bytes:
    entry = release.layer(layer)
    where = release.condition(layer, choice) if choice.said else None
    return release.tile(layer, plan_tiles(entry), TileQuery(*place, where))


def _describe_parts(entry: Mapping[str, Any], language: str) -> Iterator[dict[str, Any]]:
    kinds = {"integer": "Number", "number": "Number", "decimal": "Number", "boolean": "Boolean"}
    fields = {"fid": "String"}
    fields |= {each["name"]: kinds.get(each["type"], "String") for each in entry["attributes"]}
    zooms = {"minzoom": entry["zoom"]["min"], "maxzoom": entry["zoom"]["max"]}
    for part in ("features", "points") if has_points(entry) else ("features",):
        yield {"id": part, "description": pick(entry["title"], language), "fields": fields, **zooms}


__all__ = ["ARCHIVE", "TILE", "create_router", "read_range"]
