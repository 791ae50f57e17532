"""Layers: what may leave the lake of features that have a place, in one file made to be asked by extent and by page.

A layer object holds the attributes that its layer declares and nothing else: what is not declared is not there to be
found. Rows stand in Hilbert order in small groups, so that what is near on the map is near in the file. This module
never decides who may read, and never draws.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from beffroi.catalog.catalogs import DeclaredTable
from beffroi.catalog.layers import Layer, RowLayer
from beffroi.catalog.vocabularies import ColumnType
from beffroi.errors import BeffroiError, fault
from beffroi.lake.areas import SIDES, STORED_CRS
from beffroi.lake.bindings import ENGINE_TYPES
from beffroi.lake.conditions import condition
from beffroi.lake.connections import ENGINE, LIMITS_REACHED, EngineLimits, connect, first_line, quote_name, quote_text
from beffroi.lake.joined_territories import JoinedTerritories, join_territories
from beffroi.lake.objects import LakeObject, ObjectStore, staleness_key
from beffroi.lake.tallies import tally_attributes, tally_filters, tally_style
from beffroi.units import Unit

LAYER_STAGE = 1
"""Raised when the way layers are written changes: every layer is then stale."""

GROUP_ROWS = 4_096
"""Rows of a group: what is read at least to answer about a place."""

STORED_TYPES: Mapping[ColumnType, str] = {**ENGINE_TYPES, "decimal": "DOUBLE"}
"""How an attribute is stored. Exact decimals are for what is added up: features are looked at one by one."""

_SHAPES = {
    "POINT": "Point", "LINESTRING": "LineString", "POLYGON": "Polygon", "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString", "MULTIPOLYGON": "MultiPolygon", "GEOMETRYCOLLECTION": "GeometryCollection",
}  # fmt: skip


@dataclass(frozen=True)
class RowInputs:
    """What a layer of rows is made from: its table, as declared and as made."""

    table: DeclaredTable
    item: LakeObject


def layer_key(layer: Layer, inputs: RowInputs | JoinedTerritories, units: Mapping[str, Unit]) -> str:
    """Staleness key of a layer: same key, same bytes."""
    return staleness_key(layer_ingredients(layer, inputs, units))


def layer_ingredients(layer: Layer, inputs: RowInputs | JoinedTerritories, units: Mapping[str, Unit]) -> dict[str, Any]:
    """All that a layer's bytes and counts depend on: its declaration without words nor colours, and what it reads."""
    declared = layer.declaration
    told = {"kind", "table", "geometry", "point", "where", "level", "vintage", "indicators", "filters"}
    style = declared.style.model_dump(mode="json", include={"kind", "column", "method", "count", "limits", "ramp"})
    made_from: dict[str, Any] = {
        "stage": ["layer", LAYER_STAGE, ENGINE],
        "id": layer.id,
        "audience": layer.audience,
        "crs": layer.crs,
        "declared": declared.model_dump(mode="json", include=told, exclude_none=True),
        "style": {**style, "values": list(getattr(declared.style, "values", ()))},
        "attributes": [[one.name, one.type, one.indicator, one.period] for one in layer.attributes.values()],
        "decimals": {
            name: found for name in layer.attributes if (found := decimals_of(layer, name, units)) is not None
        },
    }
    if isinstance(inputs, RowInputs):
        return {**made_from, "table": inputs.item.key, "key": list(inputs.table.contract.key)}
    series = {name: item.key for name, item in inputs.series.items()}
    return {**made_from, "contours": inputs.contours.key, "names": inputs.names.key, "series": series}


def decimals_of(layer: Layer, name: str, units: Mapping[str, Unit]) -> int | None:
    """Digits that an attribute bears after the mark: those of its unit, none for a whole number; None when unknown."""
    attribute = layer.attributes[name]
    if attribute.unit is not None and attribute.unit in units:
        return units[attribute.unit].decimals
    return 0 if attribute.type == "integer" else None


def build_layer(
    layer: Layer,
    inputs: RowInputs | JoinedTerritories,
    units: Mapping[str, Unit],
    store: ObjectStore,
    limits: EngineLimits,
) -> LakeObject:
    """Make the layer's object, or find it already made.

    Columns: ``n`` (1, 2, 3... in Hilbert order), ``fid`` (the table's key, its values joined by a point; the code of a
    territory), the attributes, after each value of an indicator ``<name>_status`` (sure, confidential, missing...: a
    word of ``lake.series``), ``geometry`` in degrees, ``xmin ymin xmax ymax``. Its manifest adds ``bbox``,
    ``geometry_types``, ``crs_source``, the rows that have no place, by reason, how many geometries were repaired, what
    each attribute holds, the limits and counts of the style, the choices of filters. Faults: ``layer-empty``,
    ``layer-without-geometry``, ``layer-ids-repeated``, ``layer-series-absent``.
    """
    made_from = layer_ingredients(layer, inputs, units)
    key = staleness_key(made_from)
    if found := store.get(key):
        return found

    def fill(file: Path) -> Mapping[str, Any]:
        with connect(limits, readable=[store.root], spatial=True) as connection:
            try:
                return {**_write(connection, layer, inputs, units, file), "made_from": made_from}
            except LIMITS_REACHED:
                raise
            except duckdb.Error as error:
                raise BeffroiError(fault("layer-not-made", detail=first_line(error))) from error

    return store.write(key, kind="layer", name=layer.id, audience=layer.audience, file="data.parquet", fill=fill)


def _write(
    connection: duckdb.DuckDBPyConnection,
    layer: Layer,
    inputs: RowInputs | JoinedTerritories,
    units: Mapping[str, Unit],
    file: Path,
) -> Mapping[str, Any]:
    columns = {name: STORED_TYPES[attribute.type] for name, attribute in layer.attributes.items()}
    joined = None if isinstance(inputs, RowInputs) else join_territories(layer, inputs)
    if joined is not None:
        columns = {name: columns.get(name, "VARCHAR") for name in joined.frame.column_names[1:-1]}
    source = _hold(connection, joined.frame) if joined is not None else _select_rows(layer, inputs)
    lost = _shape(connection, layer, source, columns)
    bbox = _one(connection, f"SELECT {_BOUNDS} FROM shaped WHERE {_PLACED}")
    _copy(connection, columns, bbox, file)
    connection.execute(f"CREATE VIEW layer AS SELECT * FROM read_parquet({quote_text(str(file))})")
    kinds = connection.execute("SELECT DISTINCT ST_GeometryType(geometry)::VARCHAR FROM layer").fetchall()
    decimals = {name: decimals_of(layer, name, units) for name in layer.attributes}
    return {
        "rows": lost.pop("placed"),
        "columns": {
            "n": "BIGINT",
            "fid": "VARCHAR",
            **columns,
            "geometry": "GEOMETRY",
            **dict.fromkeys(SIDES, "DOUBLE"),
        },
        "attributes": tally_attributes(connection, columns, joined.statuses if joined else {}),
        "bbox": list(bbox),
        "geometry_types": sorted(_SHAPES.get(kind, kind) for (kind,) in kinds),
        "crs_source": layer.crs,
        **lost,
        "style": tally_style(connection, layer.declaration.style, decimals),
        "filters": tally_filters(connection, {name: columns[name] for name in layer.declaration.filters}),
        "series": joined.told if joined else {},
    }


_SHAPE, _STATE, _ROW = '"~shape"', '"~state"', '"~row"'
"""A row's geometry, what became of it, and its number, while the layer is made. No attribute may be called so."""
_BOUNDS = "min(ST_XMin(geometry)), min(ST_YMin(geometry)), max(ST_XMax(geometry)), max(ST_YMax(geometry))"
_INSIDE = " AND ".join(
    f"coalesce({side}({_SHAPE}) BETWEEN {-limit} AND {limit}, FALSE)"
    for side, limit in (("ST_XMin", 180), ("ST_XMax", 180), ("ST_YMin", 90), ("ST_YMax", 90))
)
"""Whether a shape is in the world: one without any finite coordinate is nowhere, whichever its sides are said to be."""
_PLACED = f"{_STATE} IN ('sound', 'repaired')"


def _select_rows(layer: Layer, inputs: RowInputs | JoinedTerritories) -> str:
    """The rows of a table that the layer keeps: ``fid``, attributes, the geometry in degrees."""
    declared = layer.declaration
    assert isinstance(declared, RowLayer)
    assert isinstance(inputs, RowInputs)
    key = [f"{quote_name(name)}::VARCHAR" for name in inputs.table.contract.key]
    columns = [
        f"{quote_name(name)}::{STORED_TYPES[attribute.type]} AS {quote_name(name)}"
        for name, attribute in layer.attributes.items()
    ]
    if declared.point is not None:
        places = [f"{quote_name(name)}::DOUBLE" for name in (declared.point.longitude, declared.point.latitude)]
        shape = f"ST_Point({places[0]}, {places[1]})"
    else:
        assert declared.geometry is not None
        shape = f"{quote_name(declared.geometry)}::GEOMETRY"
    if layer.crs != STORED_CRS:
        shape = f"ST_Transform({shape}, {quote_text(layer.crs)}, '{STORED_CRS}', always_xy := true)"
    kept = condition(declared.where, inputs.table.columns)
    listed = ", ".join([f"concat_ws('.', {', '.join(key)}) AS fid", *columns, f"{shape} AS {_SHAPE}"])
    return f"SELECT {listed} FROM read_parquet({quote_text(str(inputs.item.data))})" + (
        f" WHERE {kept}" if kept else ""
    )


def _hold(connection: duckdb.DuckDBPyConnection, frame: pa.Table) -> str:
    connection.register("joined", frame)
    return f"SELECT * EXCLUDE ({_SHAPE}), ST_GeomFromWKB({_SHAPE}) AS {_SHAPE} FROM joined"


def _shape(
    connection: duckdb.DuckDBPyConnection, layer: Layer, source: str, columns: Mapping[str, str]
) -> dict[str, int]:
    """Hold the rows as ``shaped``, each geometry flat and valid, and count what became of them.

    A geometry that is not valid is made so when that leaves something of its own dimension. Else it counts as none.
    """
    names = ", ".join(["fid", *map(quote_name, columns)])
    mended = f"TRY(ST_CollectionExtract(ST_MakeValid({_SHAPE}), ST_Dimension({_SHAPE}) + 1))"
    connection.execute(
        f"CREATE TEMP TABLE shaped AS SELECT row_number() OVER () AS {_ROW}, {names}, {_STATE},"
        f" CASE WHEN {_STATE} = 'sound' THEN {_SHAPE} WHEN {_STATE} = 'repaired' THEN {mended} END AS geometry"
        f" FROM (SELECT *, CASE WHEN {_SHAPE} IS NULL OR ST_IsEmpty({_SHAPE}) THEN 'none'"
        f" WHEN NOT ({_INSIDE}) THEN 'outside' WHEN ST_IsValid({_SHAPE}) THEN 'sound'"
        f" WHEN coalesce(ST_IsEmpty({mended}), TRUE) THEN 'none' ELSE 'repaired' END AS {_STATE}"
        f" FROM (SELECT * EXCLUDE ({_SHAPE}), ST_Force2D({_SHAPE}) AS {_SHAPE} FROM ({source})))"
    )
    rows, without, outside, repaired, ids = _one(
        connection,
        f"SELECT count(*), count(*) FILTER ({_STATE} = 'none'), count(*) FILTER ({_STATE} = 'outside'),"
        f" count(*) FILTER ({_STATE} = 'repaired'), count(DISTINCT fid) FROM shaped",
    )
    if rows == 0:
        raise BeffroiError(fault("layer-empty", name=layer.id))
    if rows == without + outside:
        raise BeffroiError(fault("layer-without-geometry", name=layer.id, rows=rows, outside=outside))
    if ids < rows:
        raise BeffroiError(fault("layer-ids-repeated", name=layer.id, count=rows - ids))
    placed = rows - without - outside
    return {"placed": placed, "without_geometry": without, "outside_world": outside, "repaired": repaired}


def _copy(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, str], bbox: tuple[Any, ...], file: Path) -> None:
    """Write the placed rows along a Hilbert curve over their extent; two in the same cell, in the order of ``fid``."""
    west, south, east, north = (repr(float(side)) for side in bbox)
    box = f"ST_MakeBox2D(ST_Point({west}, {south}), ST_Point({east}, {north}))"
    connection.execute(
        f"CREATE TEMP TABLE ranked AS SELECT {_ROW},"
        f" row_number() OVER (ORDER BY ST_Hilbert(geometry, {box}), fid) AS n FROM shaped WHERE {_PLACED}"
    )
    sides = ", ".join(f"ST_{side[0].upper()}{side[1:].capitalize()}(geometry) AS {side}" for side in SIDES)
    names = ", ".join(["n", "fid", *(f"shaped.{quote_name(name)}" for name in columns), "geometry", sides])
    connection.execute(
        f"COPY (SELECT {names} FROM shaped JOIN ranked USING ({_ROW}) ORDER BY n)"
        f" TO {quote_text(str(file))}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP_ROWS}, GEOPARQUET_VERSION 'BOTH')"
    )
    connection.execute("DROP TABLE ranked")
    connection.execute("DROP TABLE shaped")


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None  # an aggregate without GROUP BY always gives a row
    return tuple(row)


__all__ = [
    "GROUP_ROWS", "LAYER_STAGE", "RowInputs", "build_layer", "decimals_of", "layer_ingredients", "layer_key",
]  # fmt: skip
