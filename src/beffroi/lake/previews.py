"""What can be told of tables before any data comes: whether their SELECT gives what their contract promises.

The engine itself binds every SELECT that reads declared tables only, over empty tables of the declared types. What the
files of a source hold is not known yet, so that of a source's SELECT only the names of its columns are compared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import duckdb
import sqlglot
from pyproj import CRS
from pyproj.exceptions import CRSError
from sqlglot.expressions import Query

from beffroi.catalog.catalogs import TableOutline
from beffroi.errors import BeffroiError, Fault, Place, fault
from beffroi.lake.bindings import ENGINE_TYPES, bind_in, check_columns, check_names
from beffroi.lake.connections import EngineLimits, connect, quote_name


@dataclass
class Preview:
    """Faults of tables without their data. ``unpromised``: the columns that a SELECT gives and its contract lacks, by
    table; who reads them reads what somebody meant to promise, and commits no fault."""

    faults: list[Fault] = field(default_factory=list)
    unpromised: dict[str, frozenset[str]] = field(default_factory=dict)


def preview_tables(outlines: Mapping[str, TableOutline]) -> Preview:
    """Every fault that these tables would meet whatever their data. Reads no file, keeps nothing."""
    preview = Preview()
    derived = [table for table in outlines.values() if table.sql and set(table.inputs) <= outlines.keys()]
    for table in outlines.values():
        preview.faults += _check_crs(table)
        names = _written_names(table)
        if names and (faults := check_names(table, names)):
            preview.unpromised[table.id] = frozenset(names) - table.columns.keys()
            preview.faults += faults if table not in derived else []
    if derived:
        preview.faults += _bind_all(outlines, derived, preview.unpromised)
    return preview


def _bind_all(
    outlines: Mapping[str, TableOutline], derived: list[TableOutline], unpromised: Mapping[str, frozenset[str]]
) -> Iterator[Fault]:
    read = {name: _stored_types(outlines[name], unpromised) for table in derived for name in table.inputs}
    spatial = any("GEOMETRY" in columns.values() for columns in read.values())
    with connect(
        EngineLimits(threads=1), spatial=spatial or any("st_" in (table.sql or "").lower() for table in derived)
    ) as connection:
        for name, columns in read.items():
            listed = ", ".join(f"{quote_name(column)} {kind}" for column, kind in columns.items())
            connection.execute(f"CREATE TABLE {quote_name(name)} ({listed})")
        for table in derived:
            doubtful = any(name in unpromised for name in table.inputs)
            yield from _bind(connection, table, {name: read[name] for name in table.inputs}, doubtful)


def _bind(
    connection: duckdb.DuckDBPyConnection,
    table: TableOutline,
    relations: Mapping[str, Mapping[str, str]],
    doubtful: bool,
) -> list[Fault]:
    """Faults of one SELECT; of types nothing is told when those of a column that it may read are not known."""
    try:
        given = bind_in(connection, table.sql or "", relations, Place(table.sql_file, 1))
    except BeffroiError as error:
        return [one for one in error.faults if not doubtful or one.code == "unknown-column-in-sql"]
    return check_names(table, given) if doubtful else check_columns(table, given)


def _stored_types(table: TableOutline, unpromised: Mapping[str, frozenset[str]]) -> dict[str, str]:
    types = {name: ENGINE_TYPES[column.type] for name, column in table.columns.items()}
    return types | dict.fromkeys(sorted(unpromised.get(table.id, ())), "VARCHAR")


def _written_names(table: TableOutline) -> list[str]:
    """The names that the outermost SELECT writes; none when it does not write them all."""
    parsed = sqlglot.parse_one(table.sql, dialect="duckdb") if table.sql else None
    names = parsed.named_selects if isinstance(parsed, Query) else []
    return [] if "*" in names or "" in names else names


def _check_crs(table: TableOutline) -> list[Fault]:
    if table.crs is None:
        return []
    try:
        CRS.from_user_input(table.crs)
    except CRSError:
        return [fault("crs-unknown", table.crs_place, name=table.crs)]
    return []
