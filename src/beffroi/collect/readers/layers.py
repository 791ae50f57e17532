"""GeoJSON, Shapefile, GeoPackage, FlatGeobuf: staged once as Parquet, geometry as WKB, x before y, CRS told."""

import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from beffroi.collect.readers.openings import Opened, Rows, describe
from beffroi.collect.relations import quote_text
from beffroi.errors import BeffroiError, fault

_SUFFIXES = {"geojson": ".geojson", "shapefile": ".shp", "geopackage": ".gpkg", "flatgeobuf": ".fgb"}
_MARKS = {
    "geojson": (b"{",),
    "shapefile": (b"\x00\x00\x27\x0a",),
    "geopackage": (b"SQLite format 3\x00",),
    "flatgeobuf": (b"fgb\x03",),
}
"""How each format starts. Checked, because the library would open other forms that point to other files."""
_ENCODINGS = {"latin-1": "ISO-8859-1", "cp1252": "CP1252"}
_ROW_GROUP = 65_536


def read(opened: Opened) -> Rows:
    """The features of one layer, in their own types, with the column ``geometry`` last."""
    _check_mark(opened)
    path = opened.stage(".parquet", lambda file: _stage(opened, file))
    sql = f"read_parquet({quote_text(str(path))})"
    crs = (pq.read_schema(path).metadata or {}).get(b"beffroi_crs", b"").decode() or None
    return Rows(sql, describe(sql), crs, {str(path): opened.label})


def _check_mark(opened: Opened) -> None:
    form = opened.reading.format
    with opened.path.open("rb") as stream:
        head = stream.read(512)
    if not head:
        raise BeffroiError(fault("file-empty", file=opened.label))
    if form == "geojson":
        head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith(_MARKS[form]):
        start = head[:40].decode("latin-1")
        raise BeffroiError(fault("file-unreadable", file=opened.label, form=form, reason=f"« {start} »"))


def _stage(opened: Opened, target: Path) -> None:
    import pyogrio  # brings GeoPandas with it where it is installed: half of the start-up of every command

    form = opened.reading.format
    path = opened.path
    if form != "shapefile":
        path = target.with_suffix(_SUFFIXES[form])
        try:
            os.link(opened.path, path)
        except OSError:
            shutil.copyfile(opened.path, path)
    address = f"GeoJSON:{path}" if form == "geojson" else str(path)
    options: dict[str, Any] = {}
    if form == "shapefile" and opened.reading.encoding in _ENCODINGS:
        options["encoding"] = _ENCODINGS[opened.reading.encoding]
    try:
        layer = opened.reading.layer
        # One file of GeoPackage may hold several: to list those of the others would read them whole once more.
        if form == "geopackage" or layer is not None:
            layer = _choose_layer(opened, address)
        with pyogrio.open_arrow(address, layer=layer, use_pyarrow=True, **options) as (about, batches):
            _write(about, batches, target)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        UnicodeDecodeError,
        pa.ArrowException,
    ) as error:
        reason = str(error).replace(str(path), opened.label)
        raise BeffroiError(fault("file-unreadable", file=opened.label, form=form, reason=reason)) from error


def _choose_layer(opened: Opened, address: str) -> str:
    import pyogrio

    layers = [str(name) for name, _ in pyogrio.list_layers(address)]
    wanted = opened.reading.layer
    if wanted is None:
        if len(layers) == 1:
            return layers[0]
        raise BeffroiError(fault("layer-needed", file=opened.label, available=layers))
    if wanted not in layers:
        raise BeffroiError(
            fault("layer-not-found", file=opened.label, layer=wanted, instead_of=wanted, available=layers)
        )
    return wanted


def _write(about: dict[str, Any], batches: Any, target: Path) -> None:
    geometry = about["geometry_name"] or "wkb_geometry"
    # A GeoJSON's own whole-number property « id » is taken for the identity too: what a file writes is kept.
    identity = about["fid_column"] if about["fid_column"] != "id" else None
    kept = [field for field in batches.schema if field.name != identity]
    fields = [pa.field("geometry", pa.binary()) if field.name == geometry else _plain(field) for field in kept]
    fields.sort(key=lambda field: field.name == "geometry")
    order = {("geometry" if field.name == geometry else field.name): field.name for field in kept}
    schema = pa.schema(fields, metadata={"beffroi_crs": about["crs"] or ""})
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in batches:
            columns = [batch.column(order[field.name]).cast(field.type) for field in schema]
            table = pa.Table.from_arrays(columns, schema=schema)
            writer.write_table(table, row_group_size=_ROW_GROUP)


def _plain(field: pa.Field) -> pa.Field:
    """The field without the marks of extensions (JSON subtypes), which the engine would read otherwise."""
    kind = field.type.storage_type if isinstance(field.type, pa.BaseExtensionType) else field.type
    return pa.field(field.name, kind)
