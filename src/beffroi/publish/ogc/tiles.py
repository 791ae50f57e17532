"""Tiles of a collection as OGC API Tiles describes them: one tileset each, of vector tiles in WebMercatorQuad.

The tiles themselves are those of maps (``/tuiles/...``): documents say where, from which zoom to which, and over what.
"""

import math
from collections.abc import Mapping
from typing import Any

from beffroi.language import pick, text
from beffroi.observe.layers import has_points
from beffroi.publish.ogc.collections import Collection, Document, Shelf
from beffroi.publish.ogc.references import CRS84, JSON, MVT, TILING_SCHEME

MATRIX_SET = "WebMercatorQuad"
_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
_MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
_HALF = 20037508.342789244
"""Metres from the middle of the projected world to its edge."""
_PIXEL = 0.00028
"""Metres of a pixel on the screen that scales are reckoned for."""
_DEEPEST = 24
_NORTHERNMOST = 85.0511287798066


def list_tilesets(shelf: Shelf, one: Collection, shown: str) -> Document:
    """The tilesets of a collection: there is one."""
    path = f"/collections/{one.id}/tiles"
    links = [
        shelf.link("self", shelf.at(f"{path}/{MATRIX_SET}"), JSON, one.title),
        shelf.link(TILING_SCHEME, shelf.at(f"/tileMatrixSets/{MATRIX_SET}"), JSON, MATRIX_SET),
    ]
    tileset = {"title": one.title, "dataType": "vector", "crs": _MERCATOR, "tileMatrixSetURI": _URI, "links": links}
    return {"links": shelf.selves(path, JSON, shown), "tilesets": [tileset]}


def describe_tileset(shelf: Shelf, one: Collection, shown: str) -> Document:
    """The tileset of a collection: where its tiles are, at which zooms, what they hold."""
    path, language = f"/collections/{one.id}/tiles/{MATRIX_SET}", shelf.language
    west, south, east, north = one.entry["bbox"]
    zooms = range(one.entry["zoom"]["min"], one.entry["zoom"]["max"] + 1)
    to = shelf.site.addresses(language)
    template = to.whole(to.tiles(one.layer, "/{tileMatrix}/{tileCol}/{tileRow}.mvt"))
    parts = ("features", "points") if has_points(one.entry) else ("features",)
    return {
        "title": one.title,
        "description": pick(one.entry["description"], language),
        "dataType": "vector",
        "crs": _MERCATOR,
        "tileMatrixSetURI": _URI,
        "tileMatrixSetLimits": [_limits(zoom, (west, south, east, north)) for zoom in zooms],
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84},
        "layers": [
            {"id": part, "title": one.title, "dataType": "vector", "minTileMatrix": str(zooms.start),
             "maxTileMatrix": str(zooms.stop - 1), "propertiesSchema": _schema(one)}
            for part in parts
        ],
        "links": [
            *shelf.selves(path, JSON, shown),
            shelf.link(TILING_SCHEME, shelf.at(f"/tileMatrixSets/{MATRIX_SET}"), JSON, MATRIX_SET),
            {**shelf.link("item", template, MVT, text("ogc.tiles", language)), "templated": True},
            shelf.link("describedby", to.whole(to.tiles(one.layer, ".json")), JSON, "TileJSON"),
        ],
    }  # fmt: skip


def _schema(one: Collection) -> Document:
    return {"type": "object", "properties": {name: one.describe_attribute(name) for name in one.attributes}}


def _limits(zoom: int, box: tuple[float, float, float, float]) -> Document:
    """The rows and columns of a zoom that a box touches."""
    west, south, east, north = box
    count = 1 << zoom

    def column(longitude: float) -> int:
        return min(count - 1, max(0, math.floor((longitude + 180) / 360 * count)))

    def row(latitude: float) -> int:
        angle = math.radians(max(-_NORTHERNMOST, min(_NORTHERNMOST, latitude)))
        return min(count - 1, max(0, math.floor((1 - math.asinh(math.tan(angle)) / math.pi) / 2 * count)))

    return {
        "tileMatrix": str(zoom), "minTileRow": row(north), "maxTileRow": row(south), "minTileCol": column(west),
        "maxTileCol": column(east),
    }  # fmt: skip


def list_matrix_sets(shelf: Shelf, shown: str) -> Document:
    """The ways of cutting the world into tiles: one."""
    links = [shelf.link("self", shelf.at(f"/tileMatrixSets/{MATRIX_SET}"), JSON, MATRIX_SET)]
    told = {"id": MATRIX_SET, "title": "Google Maps Compatible for the World", "uri": _URI, "crs": _MERCATOR}
    return {"links": shelf.selves("/tileMatrixSets", JSON, shown), "tileMatrixSets": [{**told, "links": links}]}


def describe_matrix_set() -> Document:
    """WebMercatorQuad, as the standard of tile matrix sets defines it."""
    return {
        "id": MATRIX_SET,
        "title": "Google Maps Compatible for the World",
        "uri": _URI,
        "crs": _MERCATOR,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(zoom) for zoom in range(_DEEPEST + 1)],
    }


def _matrix(zoom: int) -> Mapping[str, Any]:
    cell = 2 * _HALF / 256 / 2**zoom
    return {
        "id": str(zoom), "scaleDenominator": cell / _PIXEL, "cellSize": cell, "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-_HALF, _HALF], "tileWidth": 256, "tileHeight": 256, "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }  # fmt: skip


__all__ = ["MATRIX_SET", "describe_matrix_set", "describe_tileset", "list_matrix_sets", "list_tilesets"]
