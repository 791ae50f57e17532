"""Parquet and GeoParquet, read where they are; geometry comes out as WKB with its CRS told."""

import json
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from beffroi.collect.readers.openings import Opened, Rows, describe, select_all
from beffroi.collect.relations import quote_name, quote_text
from beffroi.errors import BeffroiError, fault


def read(opened: Opened) -> Rows:
    """The rows of a Parquet file in their own types; the geometry column is called ``geometry``."""
    source = f"read_parquet({quote_text(str(opened.path))})"
    try:
        described = describe(source)
        metadata = pq.read_metadata(opened.path).metadata or {}
    except (duckdb.Error, pa.ArrowInvalid, OSError) as error:
        reason = str(error).partition("\n")[0].replace(str(opened.path), opened.label)
        raise BeffroiError(fault("file-unreadable", file=opened.label, form="parquet", reason=reason)) from error
    geo: dict[str, Any] = json.loads(metadata[b"geo"]) if b"geo" in metadata else {}
    primary = geo.get("primary_column")
    expressions, columns = {}, {}
    for name, kind in described.items():
        plain = kind.partition("(")[0] != "GEOMETRY"
        shown = "geometry" if name == primary else name
        expressions[shown] = quote_name(name) if plain else f"CAST(ST_AsWKB({quote_name(name)}) AS BLOB)"
        columns[shown] = kind if plain else "BLOB"
    crs = read_crs(geo["columns"].get(primary, {})) if primary else None
    return Rows(select_all(expressions, source), columns, crs, {str(opened.path): opened.label})


def read_crs(column: dict[str, Any]) -> str | None:
    """``EPSG:2154`` from a GeoParquet column's metadata; without a CRS there, it is longitude and latitude."""
    crs = column.get("crs", {"id": {"authority": "OGC", "code": "CRS84"}})
    identity = (crs or {}).get("id")
    if not identity:
        return None
    name = f"{identity['authority']}:{identity['code']}"
    return "EPSG:4326" if name == "OGC:CRS84" else name
