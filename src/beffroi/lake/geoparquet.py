"""GeoParquet files of features that leave the lake, page after page: GeoParquet 1.1, shapes as WKB.

The extent of each feature is in the column ``bbox``, so that a reader opens the groups of rows of a place alone. It
never chooses what leaves: it is given pages of a release.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS

from beffroi.lake.areas import SIDES

_BBOX = pa.struct([pa.field(side, pa.float64(), nullable=False) for side in SIDES])


def write_geoparquet(
    file: Path, schema: pa.Schema, pages: Iterable[pa.Table], *, crs: str, kinds: Sequence[str],
    metadata: Mapping[str, str],
) -> None:  # fmt: skip
    """Write pages that have ``schema``, whose last column is ``geometry`` (WKB, longitude or easting first).

    ``kinds`` are the types of the shapes (``MultiPolygon``), none when they are not known; ``metadata`` is put in the
    schema, empty values left out. The same pages give the same bytes.
    """
    kept = {key.encode(): value.encode() for key, value in metadata.items() if value}
    whole = schema.append(pa.field("bbox", _BBOX)).with_metadata(kept or None)
    extent = [math.inf, math.inf, -math.inf, -math.inf]
    with pq.ParquetWriter(file, whole, compression="zstd", write_page_index=True) as writer:
        for page in pages:
            sides = shapely.bounds(shapely.from_wkb(page["geometry"].to_numpy(zero_copy_only=False)))
            if len(sides):
                extent = [
                    *map(min, extent[:2], sides[:, :2].min(axis=0)),
                    *map(max, extent[2:], sides[:, 2:].max(axis=0)),
                ]
            boxes = pa.StructArray.from_arrays([pa.array(sides[:, k]) for k in range(4)], fields=list(_BBOX))
            writer.write_table(pa.Table.from_arrays([*page.columns, boxes], schema=whole))
        writer.add_key_value_metadata({"geo": json.dumps(_describe(crs, kinds, extent))})


def _describe(crs: str, kinds: Sequence[str], extent: Sequence[float]) -> dict[str, Any]:
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(kinds),
        "crs": CRS.from_user_input(crs).to_json_dict(),
        "covering": {"bbox": {side: ["bbox", side] for side in SIDES}},
    }
    if math.isfinite(extent[0]):
        column["bbox"] = [float(side) for side in extent]
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


__all__ = ["write_geoparquet"]
