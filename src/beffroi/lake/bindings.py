"""What a SELECT reads and gives, found by the engine itself over empty tables, before any row is touched."""

import re
from collections.abc import Collection, Mapping

import duckdb

from beffroi.catalog.catalogs import DeclaredTable, TableOutline
from beffroi.catalog.vocabularies import ColumnType
from beffroi.errors import BeffroiError, Fault, Place, fault
from beffroi.lake.connections import EngineLimits, connect, first_line, quote_name

ENGINE_TYPES: Mapping[ColumnType, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(24,6)",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "geometry": "GEOMETRY",
}
"""How each declared type is stored."""

_WHOLE = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
)
_WIDENED: Mapping[ColumnType, tuple[str, ...]] = {
    "text": ("VARCHAR", "ENUM"),
    "integer": _WHOLE,
    "decimal": (*_WHOLE, "DECIMAL"),
    "number": (*_WHOLE, "DECIMAL", "FLOAT", "DOUBLE"),
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
    "timestamp": ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"),
    "geometry": ("GEOMETRY",),
}
"""Types of a SELECT that are stored as the declared type without losing anything."""


def bind_select(sql: str, relations: Mapping[str, Mapping[str, str]], place: Place) -> dict[str, str]:
    """Columns and types that ``sql`` gives over ``relations`` (column types by name), found without data.

    Raises ``unknown-column-in-sql`` or ``sql-refused`` at the line of the SELECT.
    """
    with connect(EngineLimits(threads=1), spatial=_mentions_geometry(sql, relations)) as connection:
        for name, columns in relations.items():
            listed = ", ".join(f"{quote_name(column)} {kind}" for column, kind in columns.items())
            connection.execute(f"CREATE TABLE {quote_name(name)} ({listed})")
        return bind_in(connection, sql, relations, place)


def bind_in(
    connection: duckdb.DuckDBPyConnection, sql: str, relations: Mapping[str, Mapping[str, str]], place: Place
) -> dict[str, str]:
    """As ``bind_select``, in a connection that already has the relations."""
    try:
        rows = connection.execute(f"DESCRIBE {sql}").fetchall()
    except duckdb.Error as error:
        raise BeffroiError(_engine_fault(error, relations, place)) from error
    return {str(row[0]): str(row[1]) for row in rows}


def check_columns(table: DeclaredTable | TableOutline, given: Mapping[str, str]) -> list[Fault]:
    """Faults between the columns that a SELECT gives and those of its contract."""
    if faults := check_names(table, given):
        return faults
    place = Place(table.sql_file, 1)
    return [
        fault(
            "column-type",
            place,
            name=name,
            found=given[name],
            wanted=column.type,
            conversion=_conversion(name, column.type, given[name]),
        )
        for name, column in table.columns.items()
        if re.split(r"[(\[]", given[name])[0] not in _WIDENED[column.type] or given[name].endswith("]")
    ]


def _conversion(name: str, wanted: ColumnType, found: str) -> str:
    """How a SELECT turns a column into the type that is wanted; geometries are read from files as WKB."""
    return (
        f"ST_GeomFromWKB({name})"
        if (wanted, found) == ("geometry", "BLOB")
        else f"cast({name} as {ENGINE_TYPES[wanted]})"
    )


def check_names(table: DeclaredTable | TableOutline, given: Collection[str]) -> list[Fault]:
    """One fault when the columns that a SELECT names are not those of its contract."""
    missing = [name for name in table.columns if name not in given]
    extra = [name for name in given if name not in table.columns]
    if not missing and not extra:
        return []
    return [
        fault(
            "columns-differ",
            Place(table.sql_file, 1),
            instead_of=missing[0] if missing else None,
            available=extra,
            missing=", ".join(missing) or "–",
            extra=", ".join(extra) or "–",
        )
    ]


def _mentions_geometry(sql: str, relations: Mapping[str, Mapping[str, str]]) -> bool:
    kinds = {kind for columns in relations.values() for kind in columns.values()}
    return "st_" in sql.lower() or any(kind.startswith("GEOMETRY") for kind in kinds)


def _engine_fault(error: duckdb.Error, relations: Mapping[str, Mapping[str, str]], place: Place) -> Fault:
    """The engine's message as a fault: its line counted from the top of the SELECT, its candidates as ours."""
    message = str(error)
    line = re.search(r"^LINE (\d+):", message, re.MULTILINE)
    here = Place(place.file, int(line.group(1)) if line else place.line)
    column = _SOUGHT.search(message)
    if isinstance(error, duckdb.BinderException) and column:
        name = next(group for group in column.groups() if group)
        known = {name for columns in relations.values() for name in columns}
        if len(known) == 1 and next(iter(known)).startswith("<"):
            return fault("data-is-page", here, start=next(iter(known))[:60])
        if (mark := _unsplit(known)) is not None:
            return fault("header-unsplit", here, name=known.pop(), delimiter=mark)
        return fault("unknown-column-in-sql", here, instead_of=name, available=known, name=name)
    return fault("sql-refused", here, detail=first_line(error))


_SOUGHT = re.compile(
    r'[Cc]olumn "?([^"\s]+)"? (?:not found|named|referenced that exists in the SELECT clause)'
    r'|named "([^"]+)"|Referenced column "([^"]+)"'
)
"""How the engine says that there is no such column; the third form is that of a column sought under its own alias."""


def _unsplit(names: Collection[str]) -> str | None:
    """The delimiter that a header of one column seems to hold; None when there are several columns, or no delimiter."""
    marks = [mark for mark in (";", ",", "\t", " ", "|") if len(names) == 1 and mark in next(iter(names))]
    return None if not marks else {"\t": "\\t", " ": "\\t"}.get(marks[0], marks[0])
