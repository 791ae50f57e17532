"""What is asked for when a layer is to be a file: which layer, in which system and language; how the file is called."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import FeatureQuery
from beffroi.observe.atlases import Atlas
from beffroi.observe.layers import LayerView
from beffroi.publish.geodata.words import FICTITIOUS, describe_geodata

GEODATA_TYPES: Mapping[str, str] = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "csv-metadata.json": "application/csvm+json",
    "parquet": "application/vnd.apache.parquet",
    "fgb": "application/flatgeobuf",
    "shp.zip": "application/zip",
}
"""Forms of the files of a layer, by their extension."""

GEODATA_NAMES: Mapping[str, str] = {
    "gpkg": "GeoPackage", "geojson": "GeoJSON", "csv": "CSV", "parquet": "GeoParquet", "fgb": "FlatGeobuf",
    "shp.zip": "Shapefile",
}  # fmt: skip
"""What these forms are called, in the order in which a page offers them."""

GEODATA_EXPORTED = ("gpkg", "geojson", "csv")
"""Forms that go with pages that are files."""

GEODATA_CRS = ("EPSG:4326", "EPSG:2154")
"""Systems of coordinates offered in files, longitude or easting first."""

DECIMALS = {"EPSG:4326": 7, "EPSG:2154": 2}
"""Decimals of coordinates written as text: a centimetre."""

ARROW_TYPES = {
    "text": pa.string(), "integer": pa.int64(), "decimal": pa.float64(), "number": pa.float64(),
    "boolean": pa.bool_(), "date": pa.date32(), "timestamp": pa.timestamp("us"),
}  # fmt: skip
"""What holds the values of an attribute, by its type."""
_PAGE = 8_192


@dataclass(frozen=True)
class Order:
    """What is asked for: a layer in a system and a language, and what reads it."""

    atlas: Atlas
    view: LayerView
    crs: str
    language: str

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self.view.entry["geometry_types"])

    @property
    def built(self) -> datetime:
        return datetime.fromisoformat(self.atlas.release.edition.built)


def name_geodata(view: LayerView, extension: str, crs: str = GEODATA_CRS[0]) -> str:
    """The name of a file: layer, system when it is projected, and « donnees-fictives » where they are."""
    parts = [view.id.replace("/", "-")]
    parts += [crs.replace(":", "").lower()] if crs != GEODATA_CRS[0] else []
    parts += [FICTITIOUS] if view.synthetic else []
    return f"{'_'.join(parts)}.{extension}"


def name_table(layer: str) -> str:
    """The name of a layer inside a file or a database: no slash, no dash."""
    return re.sub(r"\W+", "_", layer)


def name_places(view: LayerView, crs: str) -> tuple[str, ...]:
    """The columns of a CSV file that say where a feature is: two numbers for points, else a text (WKT)."""
    taken = {"fid", *(each.name for each in view.attributes)}
    wanted = ("geometry",)
    if set(view.entry["geometry_types"]) == {"Point"}:
        wanted = ("longitude", "latitude") if crs == GEODATA_CRS[0] else ("x", "y")  # type: ignore[assignment]
    return tuple(name if name not in taken else f"{name}_{crs.replace(':', '').lower()}" for name in wanted)


def read_crs(asked: str) -> str:
    """A system by its name or number (``2154``), the first of ``GEODATA_CRS`` when nothing is asked;
    ``crs-not-offered`` for any other."""
    name = asked.upper() if ":" in asked else f"EPSG:{asked}"
    if not asked:
        return GEODATA_CRS[0]
    if name not in GEODATA_CRS:
        raise BeffroiError(fault("crs-not-offered", name=asked, instead_of=asked, available=GEODATA_CRS))
    return name


def check_features(view: LayerView) -> None:
    """``layer-without-features`` for a layer that is an image."""
    if view.raster is not None:
        raise BeffroiError(fault("layer-without-features", name=view.id))


def check_download(view: LayerView) -> None:
    """``download-refused`` when a layer is to be looked at, and not taken away."""
    if view.entry.get("download") == "refused":
        raise BeffroiError(fault("download-refused", name=view.title))


def read_pages(atlas: Atlas, layer: str, crs: str) -> Iterator[pa.Table]:
    """Every feature of a layer, page after page."""
    return atlas.release.feature_pages(layer, FeatureQuery(limit=_PAGE, crs=crs))


def read_order(order: Order) -> Iterator[pa.Table]:
    """Every feature that is asked for, page after page."""
    return read_pages(order.atlas, order.view.id, order.crs)


def describe_order(order: Order) -> tuple[tuple[str, str], ...]:
    """What a file says of itself, label by label."""
    return describe_geodata(order.atlas, order.view, order.crs, order.language)


__all__ = [
    "ARROW_TYPES", "DECIMALS", "GEODATA_CRS", "GEODATA_EXPORTED", "GEODATA_NAMES", "GEODATA_TYPES", "Order",
    "check_download", "describe_order", "name_geodata", "name_places", "name_table", "read_crs", "read_order",
    "read_pages",
]  # fmt: skip
