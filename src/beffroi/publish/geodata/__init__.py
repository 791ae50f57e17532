"""Features of a layer as files for other tools, written page after page: a million of them never fit in memory.

Attributes and coordinates are those of the release, and no other; the fields' names, words, units, the sources and the
licence go with them, and so does the mention of made-up data. The same edition gives the same bytes. One module a
format.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from beffroi.errors import BeffroiError, fault
from beffroi.observe.atlases import Atlas
from beffroi.observe.layers import LayerView
from beffroi.publish.geodata.csvs import write_csv, write_csv_metadata
from beffroi.publish.geodata.flatgeobufs import write_flatgeobuf
from beffroi.publish.geodata.geojsons import write_geojson
from beffroi.publish.geodata.geopackages import write_geopackage
from beffroi.publish.geodata.ogr import promote, written_kind
from beffroi.publish.geodata.orders import (
    GEODATA_CRS,
    GEODATA_EXPORTED,
    GEODATA_NAMES,
    GEODATA_TYPES,
    Order,
    check_download,
    check_features,
    name_geodata,
    name_places,
    name_table,
    read_crs,
    read_pages,
)
from beffroi.publish.geodata.parquets import write_parquet
from beffroi.publish.geodata.shapefiles import cut_names, write_shapefile
from beffroi.publish.geodata.words import FICTITIOUS, describe_geodata, word_fields

_WRITERS: Mapping[str, Callable[[Order, Path], None]] = {
    "gpkg": write_geopackage,
    "geojson": write_geojson,
    "csv": write_csv,
    "csv-metadata.json": write_csv_metadata,
    "parquet": write_parquet,
    "fgb": write_flatgeobuf,
    "shp.zip": write_shapefile,
}


def write_geodata(atlas: Atlas, view: LayerView, extension: str, crs: str, language: str, file: Path) -> None:
    """Write a layer to ``file``, whose name is free.

    Faults: ``download-refused``, ``file-format-unknown``, ``shapefile-mixed`` (shapes of several families),
    ``geodata-not-written``, and those of ``Release.features``.
    """
    check_download(view)
    if extension not in _WRITERS:
        raise BeffroiError(fault("file-format-unknown", name=extension, instead_of=extension, available=_WRITERS))
    _WRITERS[extension](Order(atlas, view, crs, language), file)


__all__ = [
    "FICTITIOUS", "GEODATA_CRS", "GEODATA_EXPORTED", "GEODATA_NAMES", "GEODATA_TYPES", "check_download",
    "check_features", "cut_names", "describe_geodata", "name_geodata", "name_places", "name_table", "promote",
    "read_crs", "read_pages", "word_fields", "write_geodata", "written_kind",
]  # fmt: skip
