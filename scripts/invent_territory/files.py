"""Files of an invented territory, written piece after piece: GeoJSON and CSV to be read, GeoParquet to be many.

Numbers and order are those given; nothing of the machine nor of the day is written, so that the same territory gives
the same bytes with the same libraries.
"""

import csv
import json
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

Format = Literal["text", "parquet"]
Row = dict[str, Any]
Shapes = Any
"""An array of shapely geometries, longitude and latitude in degrees."""

ROW_GROUP = 65_536


class Sink(Protocol):
    """A file that is being written."""

    rows: int

    def write(self, rows: list[Row], shapes: Shapes) -> None: ...

    def close(self) -> None: ...


class GeoJson:
    """Features one a line, coordinates with the six decimals of the grid."""

    def __init__(self, file: Path) -> None:
        self.rows = 0
        self._stream = file.open("w", encoding="utf-8", newline="\n")
        self._stream.write('{"type":"FeatureCollection","features":[')

    def write(self, rows: list[Row], shapes: Shapes) -> None:
        for row, shape in zip(rows, shapes, strict=True):
            geometry = {"type": shape.geom_type, "coordinates": _coordinates(shape)}
            feature = {"type": "Feature", "properties": row, "geometry": geometry}
            self._stream.write(",\n" if self.rows else "\n")
            self._stream.write(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
            self.rows += 1

    def close(self) -> None:
        self._stream.write("\n]}\n")
        self._stream.close()


class Points:
    """CSV with the coordinates in two columns, for what is a point."""

    def __init__(self, file: Path) -> None:
        self.rows = 0
        self._stream = file.open("w", encoding="utf-8", newline="")
        self._writer: csv.DictWriter[str] | None = None

    def write(self, rows: list[Row], shapes: Shapes) -> None:
        for row, shape in zip(rows, shapes, strict=True):
            whole = {**row, "longitude": round(shape.x, 6), "latitude": round(shape.y, 6)}
            if self._writer is None:
                self._writer = csv.DictWriter(self._stream, list(whole), lineterminator="\n")
                self._writer.writeheader()
            self._writer.writerow(whole)
            self.rows += 1

    def close(self) -> None:
        self._stream.close()


class GeoParquet:
    """GeoParquet 1.1 in the order of arrival, a group of rows a piece at most."""

    def __init__(self, file: Path) -> None:
        self.rows = 0
        self._file = file
        self._writer: pq.ParquetWriter | None = None

    def write(self, rows: list[Row], shapes: Shapes) -> None:
        if not rows:
            return
        columns: Row = {name: [row[name] for row in rows] for name in rows[0]}
        columns["geometry"] = pa.array(shapely.to_wkb(shapes), pa.binary())
        table = pa.table(columns)
        if self._writer is None:
            geo = {
                "version": "1.1.0",
                "primary_column": "geometry",
                "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}},
            }
            schema = table.schema.with_metadata({"geo": json.dumps(geo)})
            self._writer = pq.ParquetWriter(self._file, schema, compression="zstd")
        self._writer.write_table(table.cast(self._writer.schema), row_group_size=ROW_GROUP)
        self.rows += len(rows)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def open_sink(folder: Path, name: str, form: Format, *, points: bool) -> Sink:
    """The file of a data set: ``name`` with the suffix of its form."""
    folder.mkdir(parents=True, exist_ok=True)
    if form == "parquet":
        return GeoParquet(folder / f"{name}.parquet")
    return Points(folder / f"{name}.csv") if points else GeoJson(folder / f"{name}.geojson")


def _coordinates(shape: Any) -> Any:
    """Nested lists of rounded pairs, as GeoJSON has them."""
    if shape.geom_type in {"MultiPolygon", "MultiLineString"}:
        return [_coordinates(part) for part in shape.geoms]
    if shape.geom_type == "Polygon":
        return [_pairs(ring) for ring in (shape.exterior, *shape.interiors)]
    return _pairs(shape)


def _pairs(line: Any) -> list[list[float]]:
    pairs: list[list[float]] = np.round(shapely.get_coordinates(line), 6).tolist()
    return pairs
