"""An edition as tables of a PostGIS database: one a layer, one an indicator, for those who work there.

All is done in one transaction: whoever reads sees the edition of before, whole, then this one. Tables that others put
in the schema are never touched, nor is what they have built on ours. Only what its audience may see is in a schema.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pyarrow as pa
import shapely

from beffroi.errors import BeffroiError, fault
from beffroi.lake.series import SERIES_ORDER, SERIES_SCHEMA
from beffroi.language import pick, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.frames import name_sources
from beffroi.observe.layers import LayerView, list_layers, observe_layer
from beffroi.observe.values import Measure
from beffroi.publish.geodata import describe_geodata, name_table, promote, read_pages, word_fields, written_kind

REGISTER = "beffroi_tables"
"""The table that says which tables of the schema are ours."""

_LONGEST = 63
_TYPES = {"text": "text", "integer": "int8", "decimal": "float8", "number": "float8", "boolean": "bool", "date": "date",
          "timestamp": "timestamp"}  # fmt: skip
_SERIES_TYPES = {pa.string(): "text", pa.float64(): "float8", pa.int64(): "int8", pa.int32(): "int4",
                 pa.decimal128(24, 6): "numeric"}  # fmt: skip
_SERIES_KEY = [name for name in SERIES_ORDER if name != "indicator"]


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, its type, its words."""

    name: str
    type: str
    comment: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table to write: columns in order, those of its key, its words, and its rows as they are asked for."""

    name: str
    kind: str
    id: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    comment: str
    rows: Iterable[Sequence[Any]]


@dataclass(frozen=True)
class Written:
    """What was written: rows by table, tables that are gone, layers that are not given."""

    rows: Mapping[str, int]
    gone: tuple[str, ...]
    refused: tuple[str, ...]


def publish_postgis(
    atlas: Atlas, dsn: str, schema: str, audience: str, *, crs: str = "EPSG:2154", language: str = "fr"
) -> Written:  # fmt: skip
    """Write what the reader of ``atlas`` may see into a schema, which belongs to ``audience`` from the first time.

    ``dsn`` is the address of the database, told to nobody. Faults: ``postgis-client-missing``, ``postgis-failed``,
    ``postgis-missing`` (no PostGIS there), ``postgis-audience`` (the schema is for others), ``postgis-table-taken``
    (one that is not ours has a name that is needed), ``postgis-depended-on`` (others have built on one of ours).
    """
    try:
        psycopg: Any = import_module("psycopg")
    except ImportError as error:
        raise BeffroiError(fault("postgis-client-missing")) from error
    try:
        with psycopg.connect(dsn, connect_timeout=10, options="-c client_encoding=UTF8") as connection:
            return _Publication(connection, psycopg, atlas, schema, audience, crs, language).write()
    except psycopg.errors.DependentObjectsStillExist as error:
        raise BeffroiError(fault("postgis-depended-on", detail=_depending(error))) from error
    except psycopg.Error as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise BeffroiError(fault("postgis-failed", reason=_without_secrets(reason, dsn, psycopg))) from error


class _Publication:
    """One transaction; what it writes is seen by nobody before its end."""

    def __init__(
        self, connection: Any, psycopg: Any, atlas: Atlas, schema: str, audience: str, crs: str, language: str
    ) -> None:  # fmt: skip
        self._connection, self._sql = connection, psycopg.sql
        self._atlas, self._schema, self._audience = atlas, schema, audience
        self._srid, self._crs, self._language = int(crs.rpartition(":")[2]), crs, language
        self._fresh = cut_name(f"{schema}_beffroi_new")

    def write(self) -> Written:
        self._open_schema()
        before = self._read_register()
        sheets = list(self._list_sheets())
        self._check_names(sheets, before)
        rows = {sheet.name: self._fill(sheet) for sheet in sheets}
        gone = tuple(sorted(set(before) - set(rows)))
        grants = self._read_grants(before)
        for name in before:
            self._do("DROP TABLE IF EXISTS {}.{}", self._schema, name)
        for sheet in sheets:
            self._do("ALTER TABLE {}.{} SET SCHEMA {}", self._fresh, sheet.name, self._schema)
        for name, role in grants:
            if name in rows:
                self._do("GRANT SELECT ON {}.{} TO {}", self._schema, name, role)
        self._do("DROP SCHEMA {}", self._fresh)
        self._write_register(sheets, rows)
        return Written(rows, gone, tuple(self._refused()))

    def _do(self, statement: str, *names: str, values: Sequence[Any] = ()) -> Any:
        composed = self._sql.SQL(statement).format(*map(self._sql.Identifier, names))
        return self._connection.execute(composed, values) if values else self._connection.execute(composed)

    def _open_schema(self) -> None:
        """The schema, ours from the first time, and the one in which tables are made; publications wait in turn."""
        self._connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"beffroi {self._schema}"])
        if self._connection.execute("SELECT to_regtype('geometry')").fetchone()[0] is None:
            raise BeffroiError(fault("postgis-missing"))
        self._do("CREATE SCHEMA IF NOT EXISTS {}", self._schema)
        self._do(
            "CREATE TABLE IF NOT EXISTS {}.{} (table_name text PRIMARY KEY, kind text NOT NULL, id text NOT NULL, "
            "rows bigint NOT NULL, audience text NOT NULL, edition text NOT NULL, built timestamptz NOT NULL)",
            self._schema, REGISTER,
        )  # fmt: skip
        self._do("DROP SCHEMA IF EXISTS {} CASCADE", self._fresh)
        self._do("CREATE SCHEMA {}", self._fresh)
        edition, title = self._atlas.release.edition, pick(self._atlas.workspace["title"], self._language)
        words = (
            f"{title} ({self._atlas.workspace['publisher']}) · {text('workbook.edition', self._language)} {edition.id}"
        )
        self._comment("SCHEMA {}", words, self._schema)

    def _comment(self, what: str, words: str, *names: str) -> None:
        statement = self._sql.SQL(f"COMMENT ON {what} IS {{}}").format(
            *map(self._sql.Identifier, names), self._sql.Literal(words)
        )
        self._connection.execute(statement)

    def _read_register(self) -> list[str]:
        """Our tables of before; ``postgis-audience`` when they are for others."""
        found = self._do(
            "SELECT table_name, audience FROM {}.{} ORDER BY table_name", self._schema, REGISTER
        ).fetchall()
        for _, audience in found:
            if audience != self._audience:
                raise BeffroiError(fault("postgis-audience", schema=self._schema, audience=audience))
        return [name for name, _ in found]

    def _check_names(self, sheets: Sequence[Sheet], before: Sequence[str]) -> None:
        taken = self._connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s",
            [self._schema],
        ).fetchall()
        others = {name for (name,) in taken} - set(before)
        for sheet in sheets:
            if sheet.name in others:
                raise BeffroiError(fault("postgis-table-taken", schema=self._schema, name=sheet.name))

    def _read_grants(self, before: Sequence[str]) -> list[tuple[str, str]]:
        """Who was given the reading of our tables, which new ones do not have by themselves."""
        found = self._connection.execute(
            "SELECT table_name, grantee FROM information_schema.role_table_grants "
            "WHERE table_schema = %s AND privilege_type = 'SELECT' AND grantee <> grantor AND table_name = ANY(%s)",
            [self._schema, list(before)],
        ).fetchall()
        return [(name, role) for name, role in found if role != "PUBLIC"]

    def _fill(self, sheet: Sheet) -> int:
        """A table with its rows, key, words and index; how many rows."""
        sql = self._sql
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(each.name), sql.SQL(each.type)) for each in sheet.columns
        )
        key = sql.SQL(", ").join(map(sql.Identifier, sheet.key))
        there = sql.Identifier(self._fresh, sheet.name)
        self._connection.execute(sql.SQL("CREATE TABLE {} ({})").format(there, columns))
        count = 0
        into = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(there)
        with self._connection.cursor() as cursor, cursor.copy(into) as copy:
            # A geometry is read from its bytes.
            copy.set_types(["bytea" if "geometry" in each.type else each.type for each in sheet.columns])
            for row in sheet.rows:
                copy.write_row(row)
                count += 1
        self._connection.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(there, key))
        for each in sheet.columns:
            if "geometry" in each.type:
                self._connection.execute(
                    sql.SQL("CREATE INDEX ON {} USING gist ({})").format(there, sql.Identifier(each.name))
                )
            if each.comment:
                self._comment("COLUMN {}.{}.{}", each.comment, self._fresh, sheet.name, each.name)
        self._comment("TABLE {}.{}", sheet.comment, self._fresh, sheet.name)
        self._connection.execute(sql.SQL("ANALYZE {}").format(there))
        return count

    def _write_register(self, sheets: Sequence[Sheet], rows: Mapping[str, int]) -> None:
        edition = self._atlas.release.edition
        self._do("DELETE FROM {}.{}", self._schema, REGISTER)
        for sheet in sheets:
            told = [sheet.name, sheet.kind, sheet.id, rows[sheet.name], self._audience, edition.id, edition.built]
            self._do("INSERT INTO {}.{} VALUES (%s, %s, %s, %s, %s, %s, %s)", self._schema, REGISTER, values=told)

    def _refused(self) -> Iterator[str]:
        layers = self._atlas.catalogue["layers"]
        return (name for name in list_layers(self._atlas) if layers[name].get("download") == "refused")

    def _list_sheets(self) -> Iterator[Sheet]:
        refused = set(self._refused())
        for name in list_layers(self._atlas):
            if name not in refused:
                yield self._lay_layer(observe_layer(self._atlas, name, self._language))
        for measure in self._atlas.released:
            yield self._lay_series(measure)

    def _lay_layer(self, view: LayerView) -> Sheet:
        fields = word_fields(view, self._language)
        kinds = view.entry["geometry_types"]
        shape = "geom" if "geom" not in {each.name for each in fields} else "geom_"
        kind = written_kind(kinds).replace("Unknown", "Geometry")
        columns = (
            *(Column(each.name, _TYPES[each.type], f"{each.title}. {each.comment}".strip()) for each in fields),
            Column(shape, f"geometry({kind}, {self._srid})"),
        )
        names = [each.attribute for each in fields]

        def rows() -> Iterator[Sequence[Any]]:
            for page in read_pages(self._atlas, view.id, self._crs):
                shapes = shapely.from_wkb(promote(page["geometry"], kinds).to_numpy(zero_copy_only=False))
                placed = shapely.to_wkb(shapely.set_srid(shapes, self._srid), include_srid=True, flavor="extended")
                held = [_values(page[name], _TYPES[each.type]) for name, each in zip(names, fields, strict=True)]
                yield from zip(*held, placed.tolist(), strict=True)

        about = describe_geodata(self._atlas, view, self._crs, self._language)
        words = "\n".join(f"{label} : {said}" for label, said in about)
        return Sheet(cut_name(f"couche_{name_table(view.id)}"), "layer", view.id, columns, ("fid",), words, rows())

    def _lay_series(self, measure: Measure) -> Sheet:
        columns = tuple(
            Column(each.name, _SERIES_TYPES[each.type], text(f"postgis.{each.name}", self._language))
            for each in SERIES_SCHEMA
            if each.name != "indicator"
        )
        release, names = self._atlas.release, [each.name for each in columns]

        def rows() -> Iterator[Sequence[Any]]:
            for vintage in measure.entry["vintages"]:
                found = release.series(measure.id, vintage=vintage)
                for batch in found.to_batches(max_chunksize=8_192):
                    yield from zip(*(batch[name].to_pylist() for name in names), strict=True)

        name = cut_name(f"serie_{name_table(measure.id)}")
        return Sheet(name, "series", measure.id, columns, tuple(_SERIES_KEY), self._say_measure(measure), rows())

    def _say_measure(self, measure: Measure) -> str:
        language, mention = self._language, []
        if measure.synthetic:
            mention.append(text("notice.synthetic", language))
        sources = (
            f"{text('under.source', language)} : {each.words} · {each.licence}"
            for each in name_sources(self._atlas, measure, language)
        )
        unit = measure.unit_words(language)
        return "\n".join(
            [*mention, measure.title(language), measure.definition(language),
             *([f"{text('entry.unit', language)} : {unit}"] if unit else []), *sources]
        )  # fmt: skip


def _values(column: pa.ChunkedArray, kind: str) -> list[Any]:
    if kind == "float8":
        return column.cast(pa.float64()).to_pylist()  # type: ignore[no-any-return]
    if kind == "int8":
        return column.cast(pa.int64()).to_pylist()  # type: ignore[no-any-return]
    # PostgreSQL has no place for the letter of number zero.
    found = column.to_pylist()
    return [value.replace("\0", "") if isinstance(value, str) else value for value in found]


def name_schema(workspace: str, audience: str) -> str:
    """The schema of a workspace: its name, and that of the partner it is for."""
    whom = "" if audience == "public" else f"_{audience.partition(':')[2]}"
    return cut_name(name_table(f"{workspace}{whom}").lower())


def cut_name(name: str) -> str:
    """A name as PostgreSQL keeps it: no longer than it takes, and no two alike."""
    if len(name.encode()) <= _LONGEST:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name.encode()[: _LONGEST - 9].decode('utf-8', 'ignore')}_{mark}"


def _depending(error: Any) -> str:
    told = getattr(error.diag, "message_detail", None) or str(error)
    return "; ".join(str(told).splitlines())


def _without_secrets(words: str, dsn: str, psycopg: Any) -> str:
    """A reason without the host, the user and the password of the database."""
    words = words.replace(dsn, "***")
    try:
        known = psycopg.conninfo.conninfo_to_dict(dsn)
    except psycopg.Error:
        return "***"
    for name in ("password", "user", "host", "hostaddr"):
        if value := str(known.get(name) or ""):
            words = words.replace(value, "***")
    return words


__all__ = ["REGISTER", "Written", "cut_name", "name_schema", "publish_postgis"]
