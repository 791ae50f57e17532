"""A layer as GeoJSON, feature after feature."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from beffroi.publish.geodata.orders import DECIMALS, GEODATA_CRS, Order, describe_order, name_table, read_order


def write_geojson(order: Order, file: Path) -> None:
    """RFC 7946 in longitude and latitude; in another system the member ``crs`` of the format of 2008 names it."""
    view, names = order.view, [each.name for each in order.view.attributes]
    head: dict[str, Any] = {"type": "FeatureCollection", "name": name_table(view.id), "title": view.title}
    if order.crs != GEODATA_CRS[0]:
        code = order.crs.rpartition(":")[2]
        head["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}
    head["about"] = [list(pair) for pair in describe_order(order)]
    decimals = DECIMALS[order.crs]
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
        start = "\n"
        for page in read_order(order):
            shapes = shapely.from_wkb(page["geometry"].to_numpy(zero_copy_only=False))
            shapes = shapely.orient_polygons(shapes, exterior_cw=False)
            rounded = shapely.transform(shapes, lambda xy: np.round(xy, decimals))
            columns = [list(map(_json, page[name].to_pylist())) for name in names]
            fids = page["fid"].to_pylist()
            for fid, shape, values in zip(fids, shapely.to_geojson(rounded), zip(*columns, strict=True), strict=True):
                properties = json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False)
                known = json.dumps(fid, ensure_ascii=False)
                out.write(
                    f'{start}{{"type": "Feature", "id": {known}, "geometry": {shape}, "properties": {properties}}}'
                )
                start = ",\n"
        out.write("\n]}\n")


def _json(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.isoformat() if hasattr(value, "isoformat") else float(value)


__all__ = ["write_geojson"]
