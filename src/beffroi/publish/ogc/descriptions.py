"""The OpenAPI 3.0 document of what a reader may ask: every address of their collections, with its parameters."""

from collections.abc import Mapping
from typing import Any

from beffroi import __version__
from beffroi.language import pick, text
from beffroi.publish.ogc.collections import Collection, Document, Shelf
from beffroi.publish.ogc.references import CRS84, CRS_URIS, GEOJSON, HTML, JSON, OPENAPI, SCHEMA_JSON

PAGE_SIZE = 100
"""Features of a page when nobody says how many."""

ITEM_PARAMETERS = (
    "f", "limit", "after", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs",
)  # fmt: skip
"""What a page of features may be asked, besides values of its attributes; these names come before theirs."""

_CRS = {"type": "string", "format": "uri", "enum": list(CRS_URIS), "default": CRS84}


def describe_api(shelf: Shelf, most: int) -> Document:
    """The whole document; ``most`` is the largest page."""
    workspace = shelf.site.atlas.workspace
    sets = "getTileMatrixSets"
    alone = {
        "/": ("title", "getLandingPage", {JSON: "landingPage", HTML: ""}),
        "/conformance": ("conformance", "getConformance", {JSON: "confClasses", HTML: ""}),
        "/api": ("api", "getApi", {OPENAPI: "object", HTML: ""}),
        "/collections": ("collections", "getCollections", {JSON: "collections", HTML: ""}),
        "/tileMatrixSets": ("tiles", f"{sets}List", {JSON: "object", HTML: ""}),
        "/tileMatrixSets/WebMercatorQuad": ("tiles", f"{sets}WebMercatorQuad", {JSON: "object", HTML: ""}),
    }
    paths: dict[str, Document] = {
        path: _get(word, operation, media, ["f"], language=shelf.language)
        for path, (word, operation, media) in alone.items()
    }
    for one in shelf.collections():
        paths |= _paths_of(one)
    contact = workspace.get("identity", {}).get("contact")
    at = {"url" if str(contact).startswith("http") else "email": contact} if contact else {}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": pick(workspace["title"], shelf.language),
            "description": text("ogc.lead", shelf.language),
            "version": __version__,
            "contact": {"name": workspace.get("publisher") or "", **at},
        },
        "servers": [{"url": shelf.at()}],
        "tags": [{"name": "OGC API"}, *({"name": one.id, "description": one.title} for one in shelf.collections())],
        "paths": paths,
        "components": {"parameters": _parameters(most), "schemas": _SCHEMAS, "responses": _RESPONSES},
    }


def _paths_of(one: Collection) -> dict[str, Document]:
    """The addresses of a collection."""
    path, name = f"/collections/{one.id}", one.id
    features = _get("items", f"getItems.{name}", {GEOJSON: "featureCollectionGeoJSON", HTML: ""}, ITEM_PARAMETERS, one)
    features["get"]["parameters"] += [
        {
            "name": attribute, "in": "query", "required": False, "style": "form", "explode": False,
            "description": pick(each["title"], one.language),
            "schema": {key: said for key, said in one.describe_attribute(attribute).items() if key in _TYPED},
        }
        for attribute, each in one.attributes.items()
        if attribute not in ITEM_PARAMETERS
    ]  # fmt: skip
    feature = _get("feature", f"getItem.{name}", {GEOJSON: "featureGeoJSON", HTML: ""}, ["f", "crs"], one, missing=True)
    feature["get"]["parameters"].append(
        {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    )
    return {
        path: _get("collection", f"getCollection.{name}", {JSON: "collection", HTML: ""}, ["f"], one),
        f"{path}/queryables": _get(
            "queryables", f"getQueryables.{name}", {SCHEMA_JSON: "object", HTML: ""}, ["f"], one
        ),
        f"{path}/schema": _get("schema", f"getSchema.{name}", {SCHEMA_JSON: "object", HTML: ""}, ["f"], one),
        f"{path}/tiles": _get("tiles", f"getTilesets.{name}", {JSON: "object", HTML: ""}, ["f"], one),
        f"{path}/tiles/WebMercatorQuad": _get("tiles", f"getTileset.{name}", {JSON: "object", HTML: ""}, ["f"], one),
        f"{path}/items": features,
        f"{path}/items/{{featureId}}": feature,
    }


def _get(
    word: str, operation: str, media: Mapping[str, str], asked: Any, one: Collection | None = None, *,
    missing: bool = False, language: str = "",
) -> Document:  # fmt: skip
    """An operation: ``media`` gives by media type the schema of what is answered, empty for a page."""
    words = text(f"ogc.{word}", one.language if one else language, **({"fid": "…"} if word == "feature" else {}))
    content = {
        kind: {"schema": _refer("schemas", schema) if schema not in ("", "object") else _PLAIN[schema]}
        for kind, schema in media.items()
    }
    headers = {"Content-Crs": _CONTENT_CRS} if "crs" in asked else {}
    answered: Document = {"description": words, "content": content} | ({"headers": headers} if headers else {})
    refused = {"400": "Invalid", "403": "Refused", **({"404": "NotFound"} if missing else {}), "413": "TooMuch"}
    return {
        "get": {
            "tags": [one.id if one else "OGC API"],
            "summary": f"{words} : {one.title}" if one else words,
            "operationId": operation,
            "parameters": [_refer("parameters", name) for name in asked],
            "responses": {"200": answered, **{code: _refer("responses", name) for code, name in refused.items()},
                          "500": _refer("responses", "Failed")},
        }
    }  # fmt: skip


_TYPED = ("type", "format")
_PLAIN: Mapping[str, Document] = {"": {"type": "string"}, "object": {"type": "object"}}
_CONTENT_CRS = {
    "description": "The coordinate reference system of the geometries, between angular brackets.",
    "schema": {"type": "string"},
}


def _refer(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}


def _parameters(most: int) -> dict[str, Document]:
    def of(name: str, description: str, schema: Document) -> Document:
        return {
            "name": name, "in": "query", "description": description, "required": False, "schema": schema,
            "style": "form", "explode": False,
        }  # fmt: skip

    sides = {"type": "array", "items": {"type": "number"}, "oneOf": [
        {"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]}  # fmt: skip
    return {
        "f": of("f", "Form of the answer.", {"type": "string", "enum": ["json", "html"]}),
        "limit": of(
            "limit", f"Most features of a page; one above {most} gives pages of {most}.",
            {"type": "integer", "minimum": 1, "maximum": most, "default": PAGE_SIZE},
        ),
        "after": of(
            "after", "Where the page starts, as links of relation next say it.",
            {"type": "integer", "minimum": 0, "maximum": 10**12, "default": 0},
        ),
        "bbox": of(
            "bbox",
            "Features whose geometry touches this box: west, south, east, north, in the order of the axes of bbox-crs.",
            sides,
        ),
        "bbox-crs": of("bbox-crs", "Coordinate reference system of bbox.", _CRS),
        "crs": of("crs", "Coordinate reference system of the geometries that are answered.", _CRS),
        "datetime": of(
            "datetime",
            "Features of that moment or interval: a date, a date-time, start/end, ../end or start/.. (RFC 3339).",
            {"type": "string"},
        ),
        "filter": of("filter", "A condition in CQL2 on the queryables of the collection.", {"type": "string"}),
        "filter-lang": of(
            "filter-lang", "Language of the filter.",
            {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
        ),
        "filter-crs": of("filter-crs", "Coordinate reference system of shapes in the filter.", _CRS),
    }  # fmt: skip


_RESPONSES: Mapping[str, Document] = {
    name: {
        "description": words,
        "content": {JSON: {"schema": _refer("schemas", "exception")}, HTML: {"schema": {"type": "string"}}},
    }
    for name, words in {
        "Invalid": "A parameter is unknown or has a value that cannot be.",
        "Refused": "The token opens nothing.",
        "NotFound": "There is no such thing for this reader.",
        "TooMuch": "The question takes more time or memory than is allowed.",
        "Failed": "The server failed.",
    }.items()
}

_LINKS = {"type": "array", "items": _refer("schemas", "link")}
_SCHEMAS: Mapping[str, Document] = {
    "link": {
        "type": "object", "required": ["href", "rel"],
        "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "hreflang", "title")},
    },
    "exception": {
        "type": "object", "required": ["code"],
        "properties": {"code": {"type": "string"}, "description": {"type": "string"},
                       "faults": {"type": "array", "items": {"type": "object"}}},
    },
    "landingPage": {
        "type": "object", "required": ["links"],
        "properties": {"title": {"type": "string"}, "description": {"type": "string"},
                       "attribution": {"type": "string"}, "links": _LINKS},
    },
    "confClasses": {
        "type": "object", "required": ["conformsTo"],
        "properties": {"conformsTo": {"type": "array", "items": {"type": "string"}}, "links": _LINKS},
    },
    "collections": {
        "type": "object", "required": ["links", "collections"],
        "properties": {"links": _LINKS, "crs": {"type": "array", "items": {"type": "string"}},
                       "collections": {"type": "array", "items": _refer("schemas", "collection")}},
    },
    "collection": {
        "type": "object", "required": ["id", "links"],
        "properties": {
            "id": {"type": "string"}, "title": {"type": "string"}, "description": {"type": "string"},
            "keywords": {"type": "array", "items": {"type": "string"}}, "attribution": {"type": "string"},
            "itemType": {"type": "string", "default": "feature"}, "extent": _refer("schemas", "extent"),
            "crs": {"type": "array", "items": {"type": "string"}}, "storageCrs": {"type": "string", "format": "uri"},
            "links": _LINKS,
        },
    },
    "extent": {
        "type": "object",
        "properties": {
            "spatial": {
                "type": "object",
                "properties": {
                    "bbox": {"type": "array", "minItems": 1, "items": {
                        "type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}},
                    "crs": {"type": "string", "enum": [CRS84], "default": CRS84},
                },
            },
            "temporal": {
                "type": "object",
                "properties": {
                    "interval": {"type": "array", "minItems": 1, "items": {
                        "type": "array", "minItems": 2, "maxItems": 2,
                        "items": {"type": "string", "format": "date-time", "nullable": True}}},
                    "trs": {"type": "string"},
                },
            },
        },
    },
    "geometryGeoJSON": {
        "type": "object", "nullable": True, "required": ["type"],
        "properties": {
            "type": {"type": "string", "enum": ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon",
                                                "MultiPolygon", "GeometryCollection"]},
            "coordinates": {"type": "array", "items": {}},
            "geometries": {"type": "array", "items": {"type": "object"}},
        },
    },
    "featureGeoJSON": {
        "type": "object", "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]}, "id": {"type": "string"},
            "geometry": _refer("schemas", "geometryGeoJSON"), "properties": {"type": "object", "nullable": True},
            "links": _LINKS,
        },
    },
    "featureCollectionGeoJSON": {
        "type": "object", "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": _refer("schemas", "featureGeoJSON")}, "links": _LINKS,
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": {"type": "integer", "minimum": 0}, "numberReturned": {"type": "integer", "minimum": 0},
        },
    },
}  # fmt: skip

__all__ = ["ITEM_PARAMETERS", "PAGE_SIZE", "describe_api"]
