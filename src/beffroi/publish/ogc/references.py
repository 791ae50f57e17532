"""Names that the standards give to things: coordinate systems, conformance classes, relations of links, media types."""

from collections.abc import Mapping
from dataclasses import dataclass

from beffroi.errors import BeffroiError, fault

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass(frozen=True)
class System:
    """A coordinate system as it is asked for: what the lake calls it, and whether its first axis goes north."""

    uri: str
    name: str
    north_first: bool
    decimals: int
    """Decimals of coordinates that are written: the millimetre."""


SYSTEMS: Mapping[str, System] = {
    CRS84: System(CRS84, "EPSG:4326", False, 8),
    **{
        uri: System(uri, f"EPSG:{code}", code == 4326, 8 if code == 4326 else 3)
        for code in (4326, 2154, 3857)
        for uri in [f"http://www.opengis.net/def/crs/EPSG/0/{code}"]
    },
}
CRS_URIS = tuple(SYSTEMS)

_FEATURES = "http://www.opengis.net/spec/ogcapi-features"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"
CONFORMANCE = (
    *(f"{_FEATURES}-1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{_FEATURES}-2/1.0/conf/crs",
    *(
        f"{_FEATURES}-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_CQL2}/{name}"
        for name in (
            "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
            "accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus",
            "spatial-functions", "temporal-functions", "property-property", "arithmetic",
        )
    ),
    *(
        f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")
    ),
)  # fmt: skip
"""What is declared: what tests/serve/test_ogc.py and tests/lake/test_filters.py hold the server to."""

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
SCHEMA_JSON = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SCHEMA = "http://www.opengis.net/def/rel/ogc/1.0/schema"
MVT = "application/vnd.mapbox-vector-tile"
TILING_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
MATRICES = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"


def read_crs(uri: str) -> System:
    """The system of a URI, with ``https`` or ``http``; ``crs-not-offered`` for any other."""
    found = SYSTEMS.get(uri.replace("https://", "http://", 1))
    if found is None:
        raise BeffroiError(fault("crs-not-offered", name=uri[:120], instead_of=uri[:120], available=CRS_URIS))
    return found


__all__ = [
    "CONFORMANCE", "CRS84", "CRS_URIS", "GEOJSON", "HTML", "JSON", "MATRICES", "MVT", "OPENAPI", "QUERYABLES", "SCHEMA",
    "SCHEMA_JSON", "SYSTEMS", "TILESETS", "TILING_SCHEME", "System", "read_crs",
]  # fmt: skip
