"""Features of a layer as they are asked for: by extent, condition or identifier, page after page in one order.

One engine a process answers every question, within the limits of the lake: the spatial functions are loaded once, each
thread has its own cursor. It reads the objects of layers and nothing else. Who may ask is not its business: ``Release``
gives what its reader may see.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa

from beffroi.errors import BeffroiError, fault
from beffroi.lake.areas import OFFERED_CRS, STORED_CRS, Extent, area_of, project_wkb
from beffroi.lake.connections import LIMITS_REACHED, EngineLimits, connect, first_line, quote_name, quote_text, within
from beffroi.lake.groups import Groups, count_in, read_groups, read_page
from beffroi.lake.memories import Memory
from beffroi.lake.objects import LakeObject, ObjectStore

PAGE = 10_000
"""Most features of one page; who asks for more gets so many, and asks again after the last."""

_LAYERS_KEPT = 32
"""Layers of which one remembers how the file is made."""


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
        self._groups = Memory(_LAYERS_KEPT)

    def page(self, layer: LakeObject, query: FeatureQuery) -> pa.Table:
        """A page of features in the order of ``n``: ``n, fid``, the attributes, then ``geometry`` as WKB.

        Shorter than ``limit`` (or ``PAGE``): the last. Faults: those of a query that cannot be, ``engine-time``.
        """
        if query.limit < 1:
            raise BeffroiError(fault("limit-not-positive", limit=query.limit))
        limit, columns = min(query.limit, PAGE), _columns(layer, query)
        if query.where is None and query.ids is None:
            area = None if query.bbox is None else area_of(query.bbox, query.bbox_crs)
            groups = self._groups_of(layer)
            with _whole(layer):
                page = read_page(layer, groups, columns, area, query.after, limit)
            return _projected(page, query.crs)
        # The engine would tell a file that is no longer one as a condition that it refuses.
        self._groups_of(layer)
        terms, parameters = _terms(layer, query)
        listed = ", ".join(
            "ST_AsWKB(geometry) AS geometry" if one == "geometry" else quote_name(one) for one in columns
        )
        kept = " AND ".join(["n > ?", *terms])
        sql = f"SELECT {listed} FROM {_read(layer)} WHERE {kept} ORDER BY n LIMIT {limit}"
        return _projected(self.ask(sql, [query.after, *parameters]), query.crs)

    def page_before(self, layer: LakeObject, query: FeatureQuery) -> int | None:
        """After which feature the page before a query's starts; None when there is nothing before it."""
        if query.after < 1:
            return None
        limit = min(query.limit, PAGE)
        if query.where is None and query.ids is None and query.bbox is None:
            return max(0, min(query.after, layer.rows) - limit)
        terms, parameters = _terms(layer, query)
        kept = " AND ".join(["n <= ?", *terms])
        sql = f"SELECT n FROM {_read(layer)} WHERE {kept} ORDER BY n DESC LIMIT {limit + 1}"
        found = self.ask(sql, [query.after, *parameters])["n"].to_pylist()
        if not found:
            return None
        return int(found[limit]) if len(found) > limit else 0

    def count(self, layer: LakeObject, query: FeatureQuery) -> int:
        """How many features a query is about, on all its pages."""
        if query.where is None and query.ids is None:
            if query.bbox is None:
                return layer.rows
            area, groups = area_of(query.bbox, query.bbox_crs), self._groups_of(layer)
            with _whole(layer):
                return count_in(layer, groups, area)
        terms, parameters = _terms(layer, query)
        found = self.ask(f"SELECT count(*) AS rows FROM {_read(layer)} WHERE {' AND '.join(terms)}", parameters)
        return int(found["rows"][0].as_py())

    def ask(self, sql: str, parameters: Sequence[Any] = (), frames: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """Rows of one statement over objects of layers and further Arrow relations, within the time allowed."""
        cursor = self._cursor()
        for name, frame in (frames or {}).items():
            cursor.register(name, frame)
        with within(self.limits, cursor, self.limits.seconds):
            try:
                return cursor.execute(sql, list(parameters)).to_arrow_table()
            except LIMITS_REACHED:
                raise
            except duckdb.IOException as error:
                raise BeffroiError(fault("object-damaged", name="layer")) from error
            except duckdb.Error as error:
                raise BeffroiError(fault("features-not-read", detail=first_line(error))) from error
            finally:
                for name in frames or {}:
                    cursor.unregister(name)

    def close(self) -> None:
        """Leave the engine; the next question opens another."""
        with self._lock:
            self._opened.close()
            self._connection, self._local = None, threading.local()

    def _groups_of(self, layer: LakeObject) -> Groups:
        with _whole(layer):
            groups: Groups = self._groups.get(layer.key, lambda: read_groups(layer))
            return groups

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


@contextmanager
def _whole(layer: LakeObject) -> Iterator[None]:
    """Tell a file that is gone or cut short as such."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise BeffroiError(fault("object-damaged", name=f"layer:{layer.manifest['name']}")) from error


def _read(layer: LakeObject) -> str:
    return f"read_parquet({quote_text(str(layer.data))})"


def _columns(layer: LakeObject, query: FeatureQuery) -> list[str]:
    """The columns of a page, in order."""
    attributes = [str(one["name"]) for one in layer.manifest["attributes"]]
    wanted = attributes if query.columns is None else list(dict.fromkeys(query.columns))
    for name in wanted:
        if name not in attributes:
            raise BeffroiError(fault("unknown-attribute-asked", name=name, instead_of=name, available=attributes))
    if query.crs not in OFFERED_CRS:
        raise BeffroiError(fault("crs-not-offered", name=query.crs, instead_of=query.crs, available=OFFERED_CRS))
    return ["n", "fid", *wanted, *(["geometry"] if query.geometry else [])]


def _projected(page: pa.Table, crs: str) -> pa.Table:
    if crs == STORED_CRS or "geometry" not in page.column_names or not page.num_rows:
        return page
    moved = pa.array(project_wkb(page["geometry"].to_numpy(), crs), pa.binary())
    return page.set_column(page.column_names.index("geometry"), "geometry", moved)


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
        yield area_of(query.bbox, query.bbox_crs).to_sql(_points(layer))
    if query.ids is not None:
        marks = ", ".join("?" for _ in query.ids)
        yield (f"fid IN ({marks})", list(query.ids)) if query.ids else ("FALSE", [])
    if query.where is not None:
        if query.where.extent is not None:
            yield _overlapping(query.where.extent)
        yield f"({query.where.sql})", list(query.where.parameters)


def _overlapping(extent: Extent) -> tuple[str, list[Any]]:
    west, south, east, north = extent
    return "(xmax >= ? AND xmin <= ? AND ymax >= ? AND ymin <= ?)", [west, east, south, north]


def _points(layer: LakeObject) -> bool:
    kinds: list[str] = layer.manifest["geometry_types"]
    return kinds == ["Point"]


__all__ = ["OFFERED_CRS", "PAGE", "STORED_CRS", "Condition", "Extent", "FeatureEngine", "FeatureQuery"]
