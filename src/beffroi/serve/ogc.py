"""Routes of OGC API Features (parts 1, 2, 3): what is asked is read here, strictly; ``publish.ogc`` writes documents.

A parameter that an address does not have is refused, as the standard wants. Pages of features follow one another by the
number of the last, never by counting those before.
"""

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import pyarrow as pa
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import PAGE, Choice, FeatureQuery
from beffroi.publish.ogc import Collection, Shelf, pages, read_crs, tiles
from beffroi.publish.ogc.descriptions import ITEM_PARAMETERS, PAGE_SIZE, describe_api
from beffroi.publish.ogc.features import list_values, write_collection, write_feature
from beffroi.publish.ogc.references import CRS84, GEOJSON, JSON, OPENAPI, QUERYABLES, SCHEMA_JSON, System
from beffroi.serve.negotiations import prefers_html
from beffroi.serve.requests import language_of, site_of, visit_of

router = APIRouter(include_in_schema=False)

Asked = Mapping[str, str]


@router.get("/ogc")
async def landing(request: Request) -> Response:
    shelf, form, _ = _open(request)
    if form == "html":
        return HTMLResponse(pages.show_landing(shelf, visit_of(request)))
    return _write(shelf.landing(form), JSON)


@router.get("/ogc/conformance")
async def conformance(request: Request) -> Response:
    shelf, form, _ = _open(request)
    said = shelf.conformance(form)
    if form == "html":
        return HTMLResponse(pages.show_conformance(shelf, visit_of(request), said))
    return _write(said, JSON)


@router.get("/ogc/api")
async def api(request: Request) -> Response:
    """The OpenAPI document."""
    shelf, form, _ = _open(request)
    said = describe_api(shelf, PAGE)
    if form == "html":
        return HTMLResponse(pages.show_api(shelf, visit_of(request), said))
    return _write(said, OPENAPI)


@router.get("/ogc/collections")
async def collections(request: Request) -> Response:
    shelf, form, _ = _open(request)
    if form == "html":
        return HTMLResponse(pages.show_collections(shelf, visit_of(request)))
    return _write(shelf.list_collections(form), JSON)


@router.get("/ogc/collections/{name}")
async def collection(request: Request, name: str) -> Response:
    shelf, form, _ = _open(request)
    one = shelf.collection(name)
    said = shelf.describe(one, form)
    if form == "html":
        return HTMLResponse(pages.show_collection(shelf, visit_of(request), one, said))
    return _write(said, JSON)


@router.get("/ogc/collections/{name}/queryables")
async def queryables(request: Request, name: str) -> Response:
    return _schema(request, name, "queryables")


@router.get("/ogc/collections/{name}/schema")
async def schema(request: Request, name: str) -> Response:
    return _schema(request, name, "schema")


def _schema(request: Request, name: str, kind: Literal["queryables", "schema"]) -> Response:
    shelf, form, _ = _open(request)
    one = shelf.collection(name)
    said = shelf.queryables(one) if kind == "queryables" else shelf.schema(one)
    if form == "html":
        return HTMLResponse(pages.show_schema(shelf, visit_of(request), one, said, kind))
    return _write(said, SCHEMA_JSON)


@router.get("/ogc/collections/{name}/items")
async def items(request: Request, name: str) -> Response:
    """A page of features."""
    one = _shelf(request).collection(name)
    shelf, form, asked = _open(request, *ITEM_PARAMETERS, *one.attributes)
    wanted = _read_items(shelf, one, asked)
    found = await asyncio.to_thread(_find, shelf, wanted, html=form == "html")
    path = f"/collections/{one.id}/items"
    said = {key: value for key, value in asked.items() if key != "f"}
    links = shelf.selves(path, GEOJSON, form, **said)
    for rel, after in (("next", found.following or None), ("prev", found.before)):
        if after is not None:
            there = shelf.at(path, **{**said, "f": form, "after": str(after)})
            links.append(shelf.link(rel, there, GEOJSON if form == "json" else "text/html"))
    links.append(shelf.link("collection", shelf.at(f"/collections/{one.id}"), JSON, one.title))
    if form == "html":
        to = {each["rel"]: each["href"] for each in links} | {"json": shelf.at(path, **said, f="json")}
        rows, counts = list_values(found.features, one.attributes), (found.features.num_rows, found.matched)
        return HTMLResponse(
            await asyncio.to_thread(pages.show_items, shelf, visit_of(request), one, rows, counts, to),
            headers=_headers(shelf, one, wanted.system),
        )
    body = await asyncio.to_thread(
        write_collection, found.features, list(one.attributes), wanted.system, links, found.matched
    )
    return Response(body, media_type=GEOJSON, headers=_headers(shelf, one, wanted.system))


@router.get("/ogc/collections/{name}/items/{fid:path}")
async def item(request: Request, name: str, fid: str) -> Response:
    """One feature."""
    one = _shelf(request).collection(name)
    shelf, form, asked = _open(request, "f", "crs")
    system = read_crs(asked.get("crs", CRS84))
    query = FeatureQuery(ids=(fid,), crs=system.name, limit=1)
    features = await asyncio.to_thread(shelf.site.atlas.release.features, one.layer, query)
    if not features.num_rows:
        raise BeffroiError(fault("feature-unknown", name=fid[:120], layer=one.layer))
    address = {key: value for key, value in asked.items() if key != "f"}
    if form == "html":
        ((_, values),) = list_values(features, one.attributes)
        there = shelf.item(one, fid, **address, f="json")
        return HTMLResponse(pages.show_item(shelf, visit_of(request), one, fid, values, there))
    links = [
        shelf.link("self", shelf.item(one, fid, **address, f="json"), GEOJSON),
        shelf.link("alternate", shelf.item(one, fid, **address, f="html"), "text/html"),
        shelf.link("collection", shelf.at(f"/collections/{one.id}"), JSON, one.title),
    ]
    body = write_feature(features, list(one.attributes), system, links)
    return Response(body, media_type=GEOJSON, headers=_headers(shelf, one, system))


@router.get("/ogc/collections/{name}/tiles")
async def tilesets(request: Request, name: str) -> Response:
    shelf, form, _ = _open(request)
    one = shelf.collection(name)
    return _tell(request, shelf, form, f"/collections/{one.id}/tiles", one.title, tiles.list_tilesets(shelf, one, form))


@router.get("/ogc/collections/{name}/tiles/WebMercatorQuad")
async def tileset(request: Request, name: str) -> Response:
    shelf, form, _ = _open(request)
    one = shelf.collection(name)
    path = f"/collections/{one.id}/tiles/{tiles.MATRIX_SET}"
    return _tell(request, shelf, form, path, one.title, tiles.describe_tileset(shelf, one, form))


@router.get("/ogc/tileMatrixSets")
async def matrix_sets(request: Request) -> Response:
    shelf, form, _ = _open(request)
    return _tell(request, shelf, form, "/tileMatrixSets", "", tiles.list_matrix_sets(shelf, form))


@router.get("/ogc/tileMatrixSets/WebMercatorQuad")
async def matrix_set(request: Request) -> Response:
    shelf, form, _ = _open(request)
    path = f"/tileMatrixSets/{tiles.MATRIX_SET}"
    return _tell(request, shelf, form, path, tiles.MATRIX_SET, tiles.describe_matrix_set())


def _tell(request: Request, shelf: Shelf, form: str, path: str, title: str, said: Mapping[str, Any]) -> Response:
    if form == "html":
        return HTMLResponse(pages.show_links(shelf, visit_of(request), path, title, dict(said)))
    return _write(said, JSON)


@dataclass(frozen=True)
class _Wanted:
    """A page of features as it is asked for."""

    collection: Collection
    query: FeatureQuery
    system: System


@dataclass(frozen=True)
class _Found:
    """A page of features, how many there are on all pages, after which the next starts (0: there is none), and the one
    before (None: likewise)."""

    features: pa.Table
    matched: int
    following: int
    before: int | None = None


def _shelf(request: Request) -> Shelf:
    return Shelf(site_of(request), language_of(request))


def _open(request: Request, *known: str) -> tuple[Shelf, str, Asked]:
    """The collections of the reader, the form that they want (json or html), and each parameter once."""
    known = known or ("f",)
    asked: dict[str, str] = {}
    for key, value in request.query_params.multi_items():
        if key not in known:
            raise BeffroiError(fault("parameter-unknown", name=key[:60], instead_of=key[:60], available=known))
        if key in asked:
            raise BeffroiError(fault("parameter-repeated", name=key))
        asked[key] = value
    form = asked.get("f") or ("html" if prefers_html(request.headers.get("accept", "")) else "json")
    if form not in ("json", "html"):
        raise BeffroiError(fault("parameter-malformed", name="f", value=form[:60], expected="json, html"))
    return _shelf(request), form, asked


def _read_items(shelf: Shelf, one: Collection, asked: Asked) -> _Wanted:
    """What a page of features is asked, each value checked."""
    system = read_crs(asked.get("crs") or CRS84)
    limit = min(PAGE, _whole("limit", asked.get("limit", str(PAGE_SIZE)), least=1))
    after = _whole("after", asked.get("after", "0"), least=0)
    boxed = read_crs(asked.get("bbox-crs") or CRS84)
    bbox = _read_box(asked["bbox"], boxed) if "bbox" in asked else None
    drawn = read_crs(asked.get("filter-crs") or CRS84)
    choice = Choice(
        said=asked.get("filter", ""),
        form=asked.get("filter-lang", "cql2-text"),
        crs=drawn.name,
        north_first=drawn.north_first,
        equal={name: asked[name] for name in one.attributes if name in asked and name not in ITEM_PARAMETERS},
        moment=asked.get("datetime", ""),
        moment_of=one.moment,
    )
    for name in ("filter", "datetime"):
        if name in asked and not asked[name].strip():
            raise BeffroiError(fault("parameter-malformed", name=name, value="", expected="…"))
    query = FeatureQuery(
        bbox=bbox, bbox_crs=boxed.name, where=shelf.site.atlas.release.condition(one.layer, choice), after=after,
        limit=limit, crs=system.name,
    )  # fmt: skip
    return _Wanted(one, query, system)


def _find(shelf: Shelf, wanted: _Wanted, *, html: bool) -> _Found:
    """A page and its counts. One feature more is asked for, to know whether a page follows; where the engine gives no
    more, a full page may be followed by one that is empty."""
    release, layer, query = shelf.site.atlas.release, wanted.collection.layer, wanted.query
    features = release.features(layer, replace(query, limit=min(PAGE, query.limit + 1), geometry=not html))
    following = 0
    if features.num_rows > query.limit or features.num_rows == query.limit == PAGE:
        features = features.slice(0, query.limit)
        following = int(features["n"][-1].as_py())
    if not query.after and not following:
        return _Found(features, features.num_rows, 0)
    counted = replace(query, after=0, limit=1, crs=CRS_OF_COUNTS)
    matched = shelf.site.fragment(("ogc count", layer, counted), lambda: release.count_features(layer, counted))
    return _Found(features, matched, following, release.page_before(layer, query))


CRS_OF_COUNTS = "EPSG:4326"
"""Counts are the same in every system: they are kept under one."""


def _whole(name: str, said: str, *, least: int) -> int:
    sign, digits = (said[:1], said[1:]) if said[:1] in "+-" else ("", said)
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 12 and int(f"{sign}{digits}") >= least):
        raise BeffroiError(fault("parameter-malformed", name=name, value=said[:60], expected=f"≥ {least}"))
    return int(f"{sign}{digits}")


def _read_box(said: str, system: System) -> tuple[float, float, float, float]:
    """A box, west or easting first whatever the order of axes it came in; heights are left aside."""
    try:
        sides = [float(each) for each in said.split(",")] if len(said) < 400 else []
    except ValueError:
        sides = []
    if len(sides) not in (4, 6) or not all(map(math.isfinite, sides)):
        raise BeffroiError(fault("parameter-malformed", name="bbox", value=said[:60], expected="x, y, x, y"))
    first, second, third, fourth = sides if len(sides) == 4 else (*sides[:2], *sides[3:5])
    return (second, first, fourth, third) if system.north_first else (first, second, third, fourth)


def _headers(shelf: Shelf, one: Collection, system: System) -> dict[str, str]:
    queried = shelf.at(f"/collections/{one.id}/queryables")
    return {"content-crs": f"<{system.uri}>", "link": f'<{queried}>; rel="{QUERYABLES}"; type="{SCHEMA_JSON}"'}


def _write(said: Mapping[str, Any], media_type: str) -> Response:
    return Response(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(), media_type=media_type)


__all__ = ["router"]
