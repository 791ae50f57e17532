"""Features of a layer as files for other tools, written page after page: a million of them never fit in memory.

Attributes and coordinates are those of the release, and no other; the fields' names, words, units, the sources and the
licence go with them, and so does the mention of made-up data. The same edition gives the same bytes.
"""

import csv
import json
import math
import re
import sqlite3
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely

from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import FeatureQuery, write_geoparquet
from beffroi.language import text
from beffroi.observe.atlases import Atlas
from beffroi.observe.layers import LayerView
from beffroi.publish.geodata_words import (
    FICTITIOUS,
    FieldWords,
    describe_geodata,
    word_fields,
    write_csvw,
    write_readme,
)

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

_PAGE = 8_192
_BATCH = 1_024
"""Features handed over at a time: while these are written, nothing else runs in the process."""
_ARROW = {
    "text": pa.string(), "integer": pa.int64(), "decimal": pa.float64(), "number": pa.float64(),
    "boolean": pa.bool_(), "date": pa.date32(), "timestamp": pa.timestamp("us"),
}  # fmt: skip
_DECIMALS = {"EPSG:4326": 7, "EPSG:2154": 2}
"""Decimals of coordinates written as text: a centimetre."""
_FAMILIES = {"Point": "MultiPoint", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}
_NAME_BYTES, _TEXT_BYTES = 10, 254
"""What a field of a Shapefile holds."""
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")


@dataclass(frozen=True)
class _Order:
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


def read_crs(asked: str) -> str:
    """A system by its name or number (``2154``), the first of ``GEODATA_CRS`` when nothing is asked;
    ``crs-not-offered`` for any other."""
    name = asked.upper() if ":" in asked else f"EPSG:{asked}"
    if not asked:
        return GEODATA_CRS[0]
    if name not in GEODATA_CRS:
        raise BeffroiError(fault("crs-not-offered", name=asked, instead_of=asked, available=GEODATA_CRS))
    return name


def check_download(view: LayerView) -> None:
    """``download-refused`` when a layer is to be looked at, and not taken away."""
    if view.entry.get("download") == "refused":
        raise BeffroiError(fault("download-refused", name=view.title))


def write_geodata(atlas: Atlas, view: LayerView, extension: str, crs: str, language: str, file: Path) -> None:
    """Write a layer to ``file``, whose name is free.

    Faults: ``download-refused``, ``file-format-unknown``, ``shapefile-mixed`` (shapes of several families),
    ``geodata-not-written``, and those of ``Release.features``.
    """
    check_download(view)
    if extension not in _WRITERS:
        raise BeffroiError(fault("file-format-unknown", name=extension, instead_of=extension, available=_WRITERS))
    _WRITERS[extension](_Order(atlas, view, crs, language), file)


def read_pages(atlas: Atlas, layer: str, crs: str) -> Iterator[pa.Table]:
    """Every feature of a layer, page after page."""
    return atlas.release.feature_pages(layer, FeatureQuery(limit=_PAGE, crs=crs))


def _pages(order: _Order) -> Iterator[pa.Table]:
    return read_pages(order.atlas, order.view.id, order.crs)


def _describe(order: _Order) -> tuple[tuple[str, str], ...]:
    return describe_geodata(order.atlas, order.view, order.crs, order.language)


# --- formats that GDAL writes


def _write_gpkg(order: _Order, file: Path) -> None:
    fields = word_fields(order.view, order.language)
    about: dict[str, str] = {}
    for label, words in _describe(order):
        about[label] = f"{about[label]}\n{words}" if label in about else words
    name = name_table(order.view.id)
    _write_ogr(
        order, file, fields, "GPKG", layer=name, dataset_options={"VERSION": "1.3"}, layer_metadata=about,
        layer_options={"FID": _free("n", fields), "GEOMETRY_NAME": _free("geom", fields), "DESCRIPTION": _brief(order),
                       "IDENTIFIER": order.view.title},
    )  # fmt: skip
    # The day is that of the edition: the same edition gives the same bytes.
    day = order.built.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    connection = sqlite3.connect(file)
    try:
        with connection:
            connection.execute("UPDATE gpkg_contents SET last_change = ?", [day])
            connection.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", [day])
            for each in fields:
                connection.execute(
                    "UPDATE gpkg_data_columns SET title = ? WHERE table_name = ? AND column_name = ?",
                    [each.title, name, each.name],
                )
    finally:
        connection.close()


def _write_fgb(order: _Order, file: Path) -> None:
    fields = word_fields(order.view, order.language)
    words = "\n".join(f"{label} : {said}" for label, said in _describe(order))
    options = {"TITLE": order.view.title, "DESCRIPTION": words}
    _write_ogr(order, file, fields, "FlatGeobuf", layer=name_table(order.view.id), layer_options=options)


def _write_shapefile(order: _Order, file: Path) -> None:
    """A Shapefile in its archive, with a text that says what its names stand for."""
    if len({_family(kind) for kind in order.kinds}) > 1:
        raise BeffroiError(fault("shapefile-mixed", name=order.view.title, kinds=", ".join(order.kinds)))
    names = cut_names(["fid", *(each.name for each in order.view.attributes)])
    fields = word_fields(order.view, order.language, names)
    stem = name_geodata(order.view, "shp", order.crs).removesuffix(".shp")
    cut: dict[str, int] = {}
    with TemporaryDirectory(dir=file.parent) as folder:
        _write_ogr(
            order, Path(folder) / f"{stem}.shp", fields, "ESRI Shapefile", layer=stem, cut=cut,
            layer_options={"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": order.built.strftime("%Y-%m-%d")},
        )  # fmt: skip
        readme = write_readme(_describe(order), fields, cut, order.language)
        (Path(folder) / text("geodata.readme", order.language)).write_bytes(readme)
        moment = order.built.timetuple()[:6]
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                entry = zipfile.ZipInfo(part.name, moment)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                with archive.open(entry, "w", force_zip64=True) as into, part.open("rb") as out:
                    while piece := out.read(1 << 20):
                        into.write(piece)


def cut_names(names: Iterable[str]) -> dict[str, str]:
    """By its name, the one that each field has in a Shapefile: ten letters without accents, no two alike."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or "champ"
        short, rank = plain[:_NAME_BYTES], 1
        while short.lower() in taken:
            short = f"{plain[: _NAME_BYTES - len(str(rank)) - 1]}_{rank}"
            rank += 1
        taken.add(short.lower())
        found[name] = short
    return found


def _write_ogr(
    order: _Order, file: Path, fields: Sequence[FieldWords], driver: str, *, layer: str,
    cut: dict[str, int] | None = None, **options: Any,
) -> None:  # fmt: skip
    """Write features with GDAL; ``cut`` counts, by attribute, the texts that are cut to what a Shapefile holds."""
    schema = pa.schema(
        [
            *(
                pa.field(each.name, _ARROW[each.type], metadata=_ogr_words(each, title))
                for each, title in zip(fields, _tell_apart(fields), strict=True)
            ),
            pa.field("geometry", pa.binary(), metadata={b"ARROW:extension:name": b"ogc.wkb"}),
        ]
    )
    failed: list[BeffroiError] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            for page in _pages(order):
                columns = [page[each.attribute].cast(_ARROW[each.type]) for each in fields]
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


def _family(kind: str) -> str:
    return kind.removeprefix("Multi")


def written_kind(kinds: Sequence[str]) -> str:
    """The type that a whole layer has: that of all its shapes, the one that holds all of them, or any."""
    if len(set(kinds)) == 1:
        return kinds[0]
    families = {_family(kind) for kind in kinds}
    return _FAMILIES.get(families.pop(), "Unknown") if len(families) == 1 else "Unknown"


def promote(column: pa.ChunkedArray, kinds: Sequence[str]) -> pa.Array:
    """Shapes (WKB) of which single ones become collections of one, where a layer has both."""
    if len(set(kinds)) < 2 or len({_family(kind) for kind in kinds}) > 1:
        return column
    shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
    single = np.isin(shapely.get_type_id(shapes), (0, 1, 3))
    for index in np.flatnonzero(single):
        shapes[index] = _MANY[shapes[index].geom_type]([shapes[index]])
    return pa.array(shapely.to_wkb(shapes), pa.binary())


_MANY: Mapping[str, Callable[[list[Any]], Any]] = {
    "Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon,
}  # fmt: skip


def _brief(order: _Order) -> str:
    mention = f"{text('notice.synthetic', order.language)} " if order.view.synthetic else ""
    return mention + order.view.description


def _free(name: str, fields: Sequence[FieldWords]) -> str:
    """A name that no field has."""
    taken = {each.name.lower() for each in fields}
    while name in taken:
        name += "_"
    return name


# --- formats written here


def _write_parquet(order: _Order, file: Path) -> None:
    fields = word_fields(order.view, order.language)
    first = next(_pages(order), None)
    types = {name: first.schema.field(name).type for name in first.column_names} if first is not None else {}
    schema = pa.schema(
        [
            *(
                pa.field(each.name, types.get(each.attribute, _ARROW[each.type]), metadata=_plain_words(each))
                for each in fields
            ),
            pa.field("geometry", pa.binary()),
        ]
    )
    names = [*(each.attribute for each in fields), "geometry"]
    write_geoparquet(
        file, schema, (page.select(names) for page in _pages(order)), crs=order.crs, kinds=order.kinds,
        metadata={
            "beffroi.notice": text("notice.synthetic", order.language) if order.view.synthetic else "",
            "beffroi.about": json.dumps(_describe(order), ensure_ascii=False),
        },
    )  # fmt: skip


def _plain_words(each: FieldWords) -> dict[str, str]:
    words = {"title": each.title, "unit": each.unit, "definition": each.definition}
    return {key: said for key, said in words.items() if said}


def name_places(view: LayerView, crs: str) -> tuple[str, ...]:
    """The columns of a CSV file that say where a feature is: two numbers for points, else a text (WKT)."""
    taken = {"fid", *(each.name for each in view.attributes)}
    wanted = ("geometry",)
    if set(view.entry["geometry_types"]) == {"Point"}:
        wanted = ("longitude", "latitude") if crs == GEODATA_CRS[0] else ("x", "y")  # type: ignore[assignment]
    return tuple(name if name not in taken else f"{name}_{crs.replace(':', '').lower()}" for name in wanted)


def _write_csv(order: _Order, file: Path) -> None:
    """UTF-8, comma, point as the decimal mark. A text that a spreadsheet would compute has an apostrophe before it."""
    decimals, places = _DECIMALS[order.crs], name_places(order.view, order.crs)
    names = ["fid", *(each.name for each in order.view.attributes)]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*names, *places])
        for page in _pages(order):
            columns = [list(map(_cell, page[name].to_pylist())) for name in names]
            shapes = shapely.from_wkb(page["geometry"].to_numpy(zero_copy_only=False))
            if len(places) == 2:
                columns += [_written(shapely.get_x(shapes), decimals), _written(shapely.get_y(shapes), decimals)]
            else:
                columns.append(shapely.to_wkt(shapes, rounding_precision=decimals, trim=True).tolist())
            writer.writerows(zip(*columns, strict=True))


def _written(values: Any, decimals: int) -> list[str]:
    return [f"{value:.{decimals}f}" for value in values.tolist()]


def _cell(value: Any) -> Any:
    """A value as a cell holds it: nothing when it is missing, and never a formula."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in "=+-@\t\r" and value and not _NUMBER.match(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or value != value:
        return None
    return value


def _write_csv_metadata(order: _Order, file: Path) -> None:
    places = name_places(order.view, order.crs)
    address = name_geodata(order.view, "csv", order.crs)
    file.write_bytes(write_csvw(order.atlas, order.view, address, places, order.crs, order.language))


def _write_geojson(order: _Order, file: Path) -> None:
    """RFC 7946 in longitude and latitude; in another system the member ``crs`` of the format of 2008 names it."""
    view, names = order.view, [each.name for each in order.view.attributes]
    head: dict[str, Any] = {"type": "FeatureCollection", "name": name_table(view.id), "title": view.title}
    if order.crs != GEODATA_CRS[0]:
        code = order.crs.rpartition(":")[2]
        head["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}
    head["about"] = [list(pair) for pair in _describe(order)]
    decimals = _DECIMALS[order.crs]
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
        start = "\n"
        for page in _pages(order):
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


_WRITERS: Mapping[str, Callable[[_Order, Path], None]] = {
    "gpkg": _write_gpkg,
    "geojson": _write_geojson,
    "csv": _write_csv,
    "csv-metadata.json": _write_csv_metadata,
    "parquet": _write_parquet,
    "fgb": _write_fgb,
    "shp.zip": _write_shapefile,
}

__all__ = [
    "GEODATA_CRS", "GEODATA_EXPORTED", "GEODATA_NAMES", "GEODATA_TYPES", "check_download", "cut_names", "name_geodata",
    "name_places", "name_table", "promote", "read_crs", "read_pages", "write_geodata", "written_kind",
]  # fmt: skip
