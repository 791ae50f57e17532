"""Layers as collections: what each is called, what may be asked of it, and the documents that say so.

A layer ``<theme>/<name>`` is the collection ``<theme>.<name>``. Documents are plain data, the same for JSON and pages.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from beffroi.errors import BeffroiError, fault
from beffroi.language import pick, text
from beffroi.observe.frames import SourceName, cite_sources
from beffroi.observe.layers import list_layers
from beffroi.publish.dcat_terms import layer_stays, span_all
from beffroi.publish.ogc.references import (
    CONFORMANCE,
    CRS84,
    CRS_URIS,
    GEOJSON,
    HTML,
    JSON,
    MATRICES,
    OPENAPI,
    QUERYABLES,
    SCHEMA,
    SCHEMA_JSON,
    TILESETS,
)
from beffroi.publish.sites import Site

Link = dict[str, Any]
Document = dict[str, Any]

_TYPES: Mapping[str, Mapping[str, str]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
}
_SHAPES = {
    ("Point",): "point", ("MultiPoint",): "multipoint", ("LineString",): "linestring",
    ("MultiLineString",): "multilinestring", ("Polygon",): "polygon", ("MultiPolygon",): "multipolygon",
    ("MultiPoint", "Point"): "point-or-multipoint", ("LineString", "MultiLineString"): "linestring-or-multilinestring",
    ("MultiPolygon", "Polygon"): "polygon-or-multipolygon", ("GeometryCollection",): "geometrycollection",
}  # fmt: skip


@dataclass(frozen=True)
class Collection:
    """A layer as the standards see it, for one reader."""

    id: str
    layer: str
    entry: Mapping[str, Any]
    language: str

    @property
    def title(self) -> str:
        return pick(self.entry["title"], self.language)

    @property
    def attributes(self) -> Mapping[str, Mapping[str, Any]]:
        """What features have, by name, in order."""
        return {each["name"]: each for each in self.entry["attributes"]}

    @property
    def moment(self) -> str | None:
        """The attribute that says when: the first that is a date; None when a feature has no time."""
        kinds = ("date", "timestamp")
        return next((name for name, each in self.attributes.items() if each["type"] in kinds), None)

    @property
    def shape(self) -> str:
        """The kind of its geometries, as queryables name it."""
        return _SHAPES.get(tuple(sorted(self.entry["geometry_types"])), "any")

    def describe_attribute(self, name: str) -> Document:
        """An attribute as JSON Schema says it."""
        each = self.attributes[name]
        found: Document = {"title": pick(each["title"], self.language), **_TYPES[each["type"]]}
        if each.get("definition"):
            found["description"] = pick(each["definition"], self.language)
        if each.get("unit"):
            found["x-ogc-unit"] = each["unit"]
        return found


class Shelf:
    """The collections that a site has for its reader, and the addresses of all that is said of them."""

    def __init__(self, site: Site, language: str) -> None:
        self.site, self.language = site, language
        self._to = site.addresses(language)

    def collections(self) -> list[Collection]:
        return [self._open(name) for name in list_layers(self.site.atlas)]

    def collection(self, name: str) -> Collection:
        """A collection by its id; ``unknown-layer-asked`` when the reader has none of that name."""
        known = {layer.replace("/", "."): layer for layer in list_layers(self.site.atlas)}
        if name not in known:
            raise BeffroiError(fault("unknown-layer-asked", name=name, instead_of=name, available=known))
        return self._open(known[name])

    def _open(self, layer: str) -> Collection:
        return Collection(layer.replace("/", "."), layer, self.site.atlas.release.layer(layer), self.language)

    def at(self, path: str = "", **query: str) -> str:
        """The whole address of something below ``/ogc``."""
        asked = f"?{urlencode(query, quote_via=quote, safe=':/,')}" if query else ""
        return f"{self._to.whole(self._to.path(f'/ogc{path}'))}{asked}"

    def item(self, one: Collection, fid: str, **query: str) -> str:
        """The whole address of a feature."""
        return self.at(f"/collections/{one.id}/items/{quote(fid, safe='')}", **query)

    def link(self, rel: str, address: str, media_type: str, title: str = "") -> Link:
        said = {"href": address, "rel": rel, "type": media_type, "title": title, "hreflang": self.language}
        return {key: value for key, value in said.items() if value}

    def selves(self, path: str, media_type: str, shown: str, **query: str) -> list[Link]:
        """The links to this document in both its forms, ``shown`` (json or html) being this one."""
        kinds = {"json": media_type, "html": HTML}
        return [
            self.link("self" if form == shown else "alternate", self.at(path, **query, f=form), kind,
                      text(f"ogc.as_{form}", self.language))
            for form, kind in kinds.items()
        ]  # fmt: skip

    def landing(self, shown: str) -> Document:
        """What there is here, and where."""
        workspace, language = self.site.atlas.workspace, self.language
        return {
            "title": pick(workspace["title"], language),
            "description": pick(workspace["sentence"], language) if workspace.get("sentence") else "",
            "attribution": workspace.get("publisher") or "",
            "links": [
                *self.selves("", JSON, shown),
                self.link("service-desc", self.at("/api", f="json"), OPENAPI, text("ogc.api", language)),
                self.link("service-doc", self.at("/api", f="html"), HTML, text("ogc.api", language)),
                self.link("conformance", self.at("/conformance"), JSON, text("ogc.conformance", language)),
                self.link("data", self.at("/collections"), JSON, text("ogc.collections", language)),
                self.link(MATRICES, self.at("/tileMatrixSets"), JSON, text("ogc.tiles", language)),
            ],
        }

    def conformance(self, shown: str) -> Document:
        return {"conformsTo": list(CONFORMANCE), "links": self.selves("/conformance", JSON, shown)}

    def list_collections(self, shown: str) -> Document:
        return {
            "links": self.selves("/collections", JSON, shown),
            "crs": list(CRS_URIS),
            "collections": [{**self.describe(each, shown), "crs": ["#/crs"]} for each in self.collections()],
        }

    def describe(self, one: Collection, shown: str) -> Document:
        """A collection: what it is, where and when its features lie, where they are."""
        path, language = f"/collections/{one.id}", self.language
        extent: Document = {"spatial": {"bbox": [list(one.entry["bbox"])], "crs": CRS84}}
        if interval := _interval(one):
            extent["temporal"] = {
                "interval": [interval],
                "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
            }
        return {
            "id": one.id,
            "title": one.title,
            "description": pick(one.entry["description"], language),
            "keywords": list(one.entry.get("keywords") or []),
            "attribution": " ; ".join(each.words for each in self._sources(one)),
            "itemType": "feature",
            "extent": extent,
            "crs": list(CRS_URIS),
            "storageCrs": CRS84,
            "links": [
                *self.selves(path, JSON, shown),
                self.link("items", self.at(f"{path}/items", f="json"), GEOJSON, one.title),
                self.link("items", self.at(f"{path}/items", f="html"), HTML, one.title),
                self.link(QUERYABLES, self.at(f"{path}/queryables"), SCHEMA_JSON, text("ogc.queryables", language)),
                self.link(SCHEMA, self.at(f"{path}/schema"), SCHEMA_JSON, text("ogc.schema", language)),
                self.link(TILESETS, self.at(f"{path}/tiles"), JSON, text("ogc.tiles", language)),
                self.link("describedby", self._to.whole(self._to.layer(one.layer)), HTML, text("ogc.page", language)),
                *self._licences(one),
            ],
        }  # fmt: skip

    def _licences(self, one: Collection) -> Iterator[Link]:
        """Where the terms of each source are told."""
        for each in self._sources(one):
            about = self._to.about("source", each.id) if each.open else self._to.layer(one.layer)
            address = self._to.whole(about)
            yield self.link("license", address, HTML, f"{each.words} : {each.licence}")

    def _sources(self, one: Collection) -> tuple[SourceName, ...]:
        return cite_sources(self.site.atlas, one.entry, self.language)

    def queryables(self, one: Collection) -> Document:
        """What features may be chosen by, as JSON Schema."""
        found = self._schema(one, f"/collections/{one.id}/queryables")
        if one.moment:
            found["properties"][one.moment]["x-ogc-role"] = "primary-instant"
        return found

    def schema(self, one: Collection) -> Document:
        """What features have, as JSON Schema: as queryables, with the values that there are."""
        found = self._schema(one, f"/collections/{one.id}/schema")
        for name, each in one.attributes.items():
            said = found["properties"][name]
            if each.get("values"):
                said["enum"] = list(each["values"])
            if each["type"] in ("integer", "number", "decimal") and each.get("low") is not None:
                said |= {"minimum": each["low"], "maximum": each["high"]}
        found["properties"]["fid"] = {
            "title": text("ogc.fid", self.language), "type": "string", "x-ogc-role": "id", "readOnly": True,
        }  # fmt: skip
        return found

    def _schema(self, one: Collection, path: str) -> Document:
        shape = {
            "title": text("ogc.geometry", self.language),
            "format": f"geometry-{one.shape}",
            "x-ogc-role": "primary-geometry",
        }
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": self.at(path),
            "type": "object",
            "title": one.title,
            "description": pick(one.entry["description"], self.language),
            "properties": {name: one.describe_attribute(name) for name in one.attributes} | {"geometry": shape},
            "additionalProperties": False,
        }


def _interval(one: Collection) -> list[str | None] | None:
    """The first and the last moment of a collection, in UTC: of its features, or of the indicators joined to them."""
    if one.moment is None:
        span = span_all(layer_stays(one.entry))
        return [f"{span[0]}T00:00:00Z", f"{span[1]}T23:59:59Z"] if span else None
    each = one.attributes[one.moment]
    low, high = each.get("low"), each.get("high")
    if low is None or high is None:
        return None
    if each["type"] == "date":
        return [f"{low}T00:00:00Z", f"{high}T23:59:59Z"]
    return [f"{str(side).replace(' ', 'T')}Z" for side in (low, high)]


__all__ = ["Collection", "Document", "Link", "Shelf"]
