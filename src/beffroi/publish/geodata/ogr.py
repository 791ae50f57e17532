"""What GDAL writes of a layer, whichever the format: fields with their words, shapes of one kind, batch after batch."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely

from beffroi.errors import BeffroiError, fault
from beffroi.publish.geodata.orders import ARROW_TYPES, Order, read_order
from beffroi.publish.geodata.words import FieldWords

_BATCH = 1_024
"""Features handed over at a time: while these are written, nothing else runs in the process."""
_FAMILIES = {"Point": "MultiPoint", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}
_TEXT_BYTES = 254
"""What a text of a Shapefile holds."""


def write_ogr(
    order: Order, file: Path, fields: Sequence[FieldWords], driver: str, *, layer: str,
    cut: dict[str, int] | None = None, **options: Any,
) -> None:  # fmt: skip
    """Write features with GDAL; ``cut`` counts, by attribute, the texts that are cut to what a Shapefile holds."""
    schema = pa.schema(
        [
            *(
                pa.field(each.name, ARROW_TYPES[each.type], metadata=_ogr_words(each, title))
                for each, title in zip(fields, _tell_apart(fields), strict=True)
            ),
            pa.field("geometry", pa.binary(), metadata={b"ARROW:extension:name": b"ogc.wkb"}),
        ]
    )
    failed: list[BeffroiError] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            for page in read_order(order):
                columns = [page[each.attribute].cast(ARROW_TYPES[each.type]) for each in fields]
                if cut is not None:
                    columns = [_cut_texts(column, each, cut) for column, each in zip(columns, fields, strict=True)]
                shape = promote(page["geometry"], order.kinds)
                yield from pa.Table.from_arrays([*columns, shape], schema=schema).to_batches(max_chunksize=_BATCH)
        except BeffroiError as error:
            failed.append(error)
            raise

    try:
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(schema, batches()), file, driver=driver, layer=layer, crs=order.crs,
            geometry_name="geometry", geometry_type=written_kind(order.kinds), **options,
        )  # fmt: skip
    except Exception as error:
        if failed:
            raise failed[0] from error
        detail = str(error).partition("\n")[0]
        raise BeffroiError(fault("geodata-not-written", name=file.name, detail=detail)) from error


def _tell_apart(fields: Sequence[FieldWords]) -> list[str]:
    """Titles of fields, with the name where two have the same: a GeoPackage refuses that."""
    often = Counter(each.title for each in fields)
    return [each.title if often[each.title] == 1 else f"{each.title} ({each.name})" for each in fields]


def _ogr_words(each: FieldWords, title: str) -> dict[bytes, bytes]:
    """What GDAL reads of a field beside its name."""
    words = {b"GDAL:OGR:alternative_name": title, b"GDAL:OGR:comment": each.comment}
    return {key: said.encode() for key, said in words.items() if said}


def _cut_texts(column: pa.ChunkedArray, each: FieldWords, cut: dict[str, int]) -> pa.ChunkedArray:
    if each.type != "text":
        return column
    long = pc.sum(pc.greater(pc.binary_length(column), _TEXT_BYTES)).as_py() or 0
    if not long:
        return column
    cut[each.attribute] = cut.get(each.attribute, 0) + long
    kept = [
        value if value is None else value.encode()[:_TEXT_BYTES].decode("utf-8", "ignore")
        for value in column.to_pylist()
    ]
    return pa.chunked_array([pa.array(kept, pa.string())])


def family_of(kind: str) -> str:
    return kind.removeprefix("Multi")


def written_kind(kinds: Sequence[str]) -> str:
    """The type that a whole layer has: that of all its shapes, the one that holds all of them, or any."""
    if len(set(kinds)) == 1:
        return kinds[0]
    families = {family_of(kind) for kind in kinds}
    return _FAMILIES.get(families.pop(), "Unknown") if len(families) == 1 else "Unknown"


def promote(column: pa.ChunkedArray, kinds: Sequence[str]) -> pa.Array:
    """Shapes (WKB) of which single ones become collections of one, where a layer has both."""
    if len(set(kinds)) < 2 or len({family_of(kind) for kind in kinds}) > 1:
        return column
    shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
    single = np.isin(shapely.get_type_id(shapes), (0, 1, 3))
    for index in np.flatnonzero(single):
        shapes[index] = _MANY[shapes[index].geom_type]([shapes[index]])
    return pa.array(shapely.to_wkb(shapes), pa.binary())


_MANY: Mapping[str, Callable[[list[Any]], Any]] = {
    "Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon,
}  # fmt: skip

__all__ = ["family_of", "promote", "write_ogr", "written_kind"]
