"""Features of a layer as they are asked for: by extent, condition or identifier, page after page in one order.

One engine a process answers every question, within the limits of the lake: the spatial functions are loaded once, each
thread has its own cursor. It reads the objects of layers and nothing else. Who may ask is not its business: ``Release``
gives what its reader may see.
"""

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa
import shapely
from pyproj import Transformer

from beffroi.errors import BeffroiError, fault
from beffroi.lake.connections import LIMITS_REACHED, EngineLimits, connect, first_line, quote_name, quote_text, within
from beffroi.lake.contracts import EXTENTS
from beffroi.lake.objects import LakeObject, ObjectStore

PAGE = 10_000
"""Most features of one page; who asks for more gets so many, and asks again after the last."""

STORED_CRS = "EPSG:4326"
OFFERED_CRS = (STORED_CRS, "EPSG:2154", "EPSG:3857")
"""Systems in which features are given, always longitude or easting first. They are stored in the first."""

_EDGE_POINTS = 32
"""Points put on each side of a box of another system: its sides are curves in degrees."""

Extent = tuple[float, float, float, float]


@dataclass(frozen=True)
class Condition:
    """Rows to keep, as SQL over attributes with ``?`` for its values. Made by ``lake.filters`` alone: nobody's text is
    ever in ``sql``. ``extent``: degrees outside which no row can be kept, where that is known."""

    sql: str
    parameters: tuple[Any, ...] = ()
    extent: Extent | None = None


@dataclass(frozen=True)
class FeatureQuery:
    """Which features, and what of them.

    ``bbox``: west, south, east, north in ``bbox_crs``; in degrees, a west beyond the east crosses the antimeridian.
    ``after``: the ``n`` of the last feature of the page before. ``limit``: features of a page, ``PAGE`` at most.
    ``columns``: attributes, all of them when None; ``n`` and ``fid`` are always given. ``crs``: that of the geometries.
    ``ids``: only features with these ``fid``. ``geometry``: whether shapes are given.
    """

    bbox: Extent | None = None
    bbox_crs: str = STORED_CRS
    where: Condition | None = None
    after: int = 0
    limit: int = 1_000
    columns: tuple[str, ...] | None = None
    crs: str = STORED_CRS
    ids: tuple[str, ...] | None = None
    geometry: bool = True


class FeatureEngine:
    """The engine of a process. It opens at the first question; threads may share it."""

    def __init__(self, objects: ObjectStore, limits: EngineLimits) -> None:
        self._objects = objects
        self.limits = limits
        self._opened = ExitStack()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()
        self._local = threading.local()

    def page(self, layer: LakeObject, query: FeatureQuery) -> pa.Table:
        """A page of features in the order of ``n``: ``n, fid``, the attributes, then ``geometry`` as WKB.

        Shorter than ``limit`` (or ``PAGE``): the last. Faults: those of a query that cannot be, ``engine-time``.
        """
        limit = _page_size(query)
        terms, parameters = _terms(layer, query)
        if not terms:
            # Numbers follow one another: the engine then opens the groups of rows of that page alone.
            terms, parameters = ["n <= ?"], [query.after + limit]
        kept = " AND ".join(["n > ?", *terms])
        sql = f"SELECT {_selected(layer, query)} FROM {_read(layer)} WHERE {kept} ORDER BY n LIMIT {limit}"
        return self.ask(sql, [query.after, *parameters])

    def count(self, layer: LakeObject, query: FeatureQuery) -> int:
        """How many features a query is about, on all its pages."""
        terms, parameters = _terms(layer, query)
        if not terms:
            return layer.rows
        found = self.ask(f"SELECT count(*) AS rows FROM {_read(layer)} WHERE {' AND '.join(terms)}", parameters)
        return int(found["rows"][0].as_py())

    def ask(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """Rows of one statement over objects of layers, within the time allowed."""
        cursor = self._cursor()
        with within(self.limits, cursor, self.limits.seconds):
            try:
                return cursor.execute(sql, list(parameters)).to_arrow_table()
            except LIMITS_REACHED:
                raise
            except duckdb.Error as error:
                raise BeffroiError(fault("features-not-read", detail=first_line(error))) from error

    def close(self) -> None:
        """Leave the engine; the next question opens another."""
        with self._lock:
            self._opened.close()
            self._connection, self._local = None, threading.local()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            with self._lock:
                if self._connection is None:
                    self._connection = self._open()
                cursor = self._local.cursor = self._connection.cursor()
        return cursor

    def _open(self) -> duckdb.DuckDBPyConnection:
        unhurried = replace(self.limits, seconds=None)
        opened = connect(unhurried, readable=[self._objects.root], spatial=True)
        connection = self._opened.enter_context(opened)
        # Objects never change: the footer of a file, which lists hundreds of groups of rows, is read once, for all the
        # cursors.
        connection.execute("SET GLOBAL parquet_metadata_cache = true")
        connection.execute("SET GLOBAL validate_external_file_cache = 'NO_VALIDATION'")
        return connection


def _page_size(query: FeatureQuery) -> int:
    if query.limit < 1:
        raise BeffroiError(fault("limit-not-positive", limit=query.limit))
    return min(query.limit, PAGE)


def _read(layer: LakeObject) -> str:
    return f"read_parquet({quote_text(str(layer.data))})"


def _selected(layer: LakeObject, query: FeatureQuery) -> str:
    attributes = [str(one["name"]) for one in layer.manifest["attributes"]]
    wanted = attributes if query.columns is None else list(dict.fromkeys(query.columns))
    for name in wanted:
        if name not in attributes:
            raise BeffroiError(fault("unknown-attribute-asked", name=name, instead_of=name, available=attributes))
    columns = ["n", "fid", *map(quote_name, wanted)]
    if query.crs not in OFFERED_CRS:
        raise BeffroiError(fault("crs-not-offered", name=query.crs, instead_of=query.crs, available=OFFERED_CRS))
    if query.geometry:
        shape = "geometry"
        if query.crs != STORED_CRS:
            shape = f"ST_Transform(geometry::GEOMETRY, '{STORED_CRS}', '{query.crs}', always_xy := true)"
        columns.append(f"ST_AsWKB({shape}) AS geometry")
    return ", ".join(columns)


def _terms(layer: LakeObject, query: FeatureQuery) -> tuple[list[str], list[Any]]:
    """What features must be, and the values of its ``?``, whatever the page."""
    terms: list[str] = []
    parameters: list[Any] = []
    for term, values in _each_term(layer, query):
        terms.append(term)
        parameters += values
    return terms, parameters


def _each_term(layer: LakeObject, query: FeatureQuery) -> Iterator[tuple[str, list[Any]]]:
    if query.bbox is not None:
        yield _in_bbox(layer, query.bbox, query.bbox_crs)
    if query.ids is not None:
        marks = ", ".join("?" for _ in query.ids)
        yield (f"fid IN ({marks})", list(query.ids)) if query.ids else ("FALSE", [])
    if query.where is not None:
        if query.where.extent is not None:
            yield _overlapping(query.where.extent)
        yield f"({query.where.sql})", list(query.where.parameters)


def _in_bbox(layer: LakeObject, bbox: Extent, crs: str) -> tuple[str, list[Any]]:
    """Features that touch a box. Columns of extents come first: they tell which groups of rows need not be opened."""
    if crs not in OFFERED_CRS:
        raise BeffroiError(fault("crs-not-offered", name=crs, instead_of=crs, available=OFFERED_CRS))
    if not all(map(math.isfinite, bbox)) or bbox[1] > bbox[3] or (crs != STORED_CRS and bbox[0] > bbox[2]):
        raise BeffroiError(fault("bbox-inverted", bbox=_words(bbox)))
    if crs != STORED_CRS:
        outline = _in_degrees(bbox, crs)
        return ("FALSE", []) if outline is None else _touching(outline.bounds, shapely.to_wkb(outline))
    west, south, east, north = bbox
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise BeffroiError(fault("bbox-outside-world", bbox=_words(bbox)))
    boxes = [bbox] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]
    points = layer.manifest["geometry_types"] == ["Point"]
    found = [_overlapping(box) if points else _touching(box, None) for box in boxes]
    return "(" + " OR ".join(term for term, _ in found) + ")", [value for _, values in found for value in values]


def _overlapping(extent: Extent) -> tuple[str, list[Any]]:
    west, south, east, north = extent
    return "(xmax >= ? AND xmin <= ? AND ymax >= ? AND ymin <= ?)", [west, east, south, north]


def _touching(extent: Extent, outline: bytes | None) -> tuple[str, list[Any]]:
    """Features that touch an outline with that extent, or the extent itself; one that lies wholly inside the latter
    need not be looked at."""
    term, values = _overlapping(extent)
    if outline is not None:
        return f"({term} AND ST_Intersects(geometry, ST_GeomFromWKB(?)))", [*values, outline]
    west, south, east, north = extent
    inside = "(xmin >= ? AND xmax <= ? AND ymin >= ? AND ymax <= ?)"
    exact = f"({inside} OR ST_Intersects(geometry, ST_GeomFromWKB(?)))"
    return f"({term} AND {exact})", [*values, west, east, south, north, shapely.to_wkb(_box(extent))]


def _box(extent: Extent) -> shapely.Geometry:
    """The extent as a shape; one without width, height or both is a line or a point."""
    west, south, east, north = extent
    if west < east and south < north:
        return shapely.box(west, south, east, north)
    return (
        shapely.Point(west, south) if (west, south) == (east, north) else shapely.LineString([extent[:2], extent[2:]])
    )


def _in_degrees(bbox: Extent, crs: str) -> shapely.Geometry | None:
    """A box of another system as a shape in degrees; what lies outside the area of that system is cut off, and there
    may be nothing left: further than that its coordinates mean nothing."""
    area = EXTENTS[crs]
    west, south = max(bbox[0], area[0]), max(bbox[1], area[1])
    east, north = min(bbox[2], area[2]), min(bbox[3], area[3])
    if west > east or south > north:
        return None
    box = _box((west, south, east, north))
    step = max(east - west, north - south) / _EDGE_POINTS
    convert = Transformer.from_crs(crs, STORED_CRS, always_xy=True).transform
    return shapely.transform(shapely.segmentize(box, step) if step else box, convert, interleaved=False)


def _words(bbox: Extent) -> str:
    return ", ".join(f"{value:g}" for value in bbox)


__all__ = ["OFFERED_CRS", "PAGE", "STORED_CRS", "Condition", "Extent", "FeatureEngine", "FeatureQuery"]
