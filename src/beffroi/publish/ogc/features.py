"""Features as GeoJSON, page after page: whole columns at a time, then one join."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from beffroi.publish.ogc.collections import Link
from beffroi.publish.ogc.references import System


def write_collection(
    features: pa.Table, attributes: Sequence[str], system: System, links: Sequence[Link], matched: int
) -> bytes:
    """A page of features with its links and counts; ``matched`` are those of all the pages."""
    pieces = write_each(features, attributes, system)
    tail = {
        "numberMatched": matched,
        "numberReturned": len(pieces),
        "timeStamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "links": links,
    }
    said = json.dumps(tail, ensure_ascii=False, separators=(",", ":"))
    return ('{"type":"FeatureCollection","features":[' + ",\n".join(pieces) + "]," + said[1:]).encode()


def write_feature(features: pa.Table, attributes: Sequence[str], system: System, links: Sequence[Link]) -> bytes:
    """The one feature of a table, with its links."""
    piece = write_each(features, attributes, system)[0]
    return (piece[:-1] + ',"links":' + json.dumps(links, ensure_ascii=False, separators=(",", ":")) + "}").encode()


def write_each(features: pa.Table, attributes: Sequence[str], system: System) -> list[str]:
    """Each feature as the text of its GeoJSON. Coordinates are rounded to the millimetre."""
    shapes = _round(shapely.from_wkb(features["geometry"].to_numpy(zero_copy_only=False)), system)
    written = shapely.to_geojson(shapes) if len(shapes) else []
    columns = [_write_column(features[name]) for name in attributes]
    keys = [f"{json.dumps(name, ensure_ascii=False)}:" for name in attributes]
    properties = (
        [",".join(map(str.__add__, keys, row)) for row in zip(*columns, strict=True)] if columns else [""] * len(shapes)
    )
    return [
        f'{{"type":"Feature","id":{fid},"geometry":{shape},"properties":{{{said}}}}}'
        for fid, shape, said in zip(_write_column(features["fid"]), written, properties, strict=True)
    ]


def _round(shapes: Any, system: System) -> Any:
    """Shapes with rounded coordinates in the order of the system's axes."""
    if not len(shapes):
        return shapes
    coordinates = np.round(shapely.get_coordinates(shapes), system.decimals)
    return shapely.set_coordinates(shapes, coordinates[:, ::-1] if system.north_first else coordinates)


def _write_column(column: pa.ChunkedArray) -> list[str]:
    """Values as JSON; a number that is not finite is none."""
    kind = column.type
    if pa.types.is_integer(kind):
        return [str(value) if value is not None else "null" for value in column.to_pylist()]
    if pa.types.is_floating(kind):
        finite = pc.if_else(pc.is_finite(column), column, None)
        return [repr(value) if value is not None else "null" for value in finite.to_pylist()]
    if pa.types.is_temporal(kind):
        return [_write_time(value) for value in column.to_pylist()]
    encode = json.encoder.encode_basestring
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return [encode(value) if value is not None else "null" for value in column.to_pylist()]
    return [json.dumps(value, ensure_ascii=False) for value in column.to_pylist()]


def _write_time(value: date | None) -> str:
    if value is None:
        return "null"
    return f'"{value.isoformat()}{"Z" if isinstance(value, datetime) else ""}"'


def list_values(features: pa.Table, attributes: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    """The identifier and the values of each feature, for pages."""
    columns = [features[name].to_pylist() for name in attributes]
    return [(fid, [column[row] for column in columns]) for row, fid in enumerate(features["fid"].to_pylist())]


__all__ = ["list_values", "write_collection", "write_each", "write_feature"]
