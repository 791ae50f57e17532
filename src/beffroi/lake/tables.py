"""Tables: a SELECT over raw relations and other tables, written as GeoParquet once its contract is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from beffroi.catalog.catalogs import DeclaredTable
from beffroi.collect import RawRelation, raw_fault
from beffroi.errors import BeffroiError, Fault, Place, fault
from beffroi.lake.bindings import ENGINE_TYPES, bind_select, check_columns
from beffroi.lake.casts import rounded_text, strict_select
from beffroi.lake.connections import ENGINE, LIMITS_REACHED, EngineLimits, connect, first_line, quote_name, quote_text
from beffroi.lake.contracts import Expectations, check_contract
from beffroi.lake.objects import LakeObject, ObjectStore, staleness_key

TABLE_STAGE = 3
"""Raised when the way tables are written changes: every table is then stale."""


_VALUE_ERRORS = (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)


@dataclass(frozen=True)
class TableInputs:
    """What a table is made from: raw relations of its source, and objects of the tables that it reads."""

    raw: Mapping[str, RawRelation]
    tables: Mapping[str, LakeObject]


def table_key(table: DeclaredTable, inputs: TableInputs) -> str:
    """Staleness key: same key, same bytes."""
    return staleness_key(table_ingredients(table, inputs))


def table_ingredients(table: DeclaredTable, inputs: TableInputs) -> dict[str, Any]:
    """All that a table's bytes depend on: declaration, SELECT, inputs, stage and engine."""
    return (
        {
            "stage": ["table", TABLE_STAGE, ENGINE],
            "id": table.id,
            "sql": table.sql,
            "contract": table.contract.model_dump(mode="json", exclude={"checks", "rows"}),
            "checks": table.contract.checks.model_dump(mode="json"),
            "columns": {name: column.model_dump(mode="json", exclude={"title", "definition"})
                        for name, column in table.columns.items()},
            "raw": {name: relation.fingerprint for name, relation in inputs.raw.items()},
            "tables": {name: item.key for name, item in inputs.tables.items()},
        }
    )  # fmt: skip


def build_table(
    table: DeclaredTable,
    inputs: TableInputs,
    store: ObjectStore,
    limits: EngineLimits,
    expected: Expectations,
    readable: Path,
) -> LakeObject:
    """Make the table's object, or find it already made.

    Raises ``BeffroiError`` with every breach of the contract; nothing is then written.
    """
    made_from = table_ingredients(table, inputs)
    key = staleness_key(made_from)
    if found := store.get(key):
        return found
    place = Place(table.sql_file, 1)
    relations = {name: relation.columns for name, relation in inputs.raw.items()}
    relations |= {name: _stored_columns(item) for name, item in inputs.tables.items()}
    given = bind_select(table.sql, relations, place)
    if faults := check_columns(table, given):
        raise BeffroiError(faults)

    def fill(file: Path) -> Mapping[str, object]:
        try:
            return compute(file)
        except BeffroiError as error:
            # Limits that are reached know no table.
            raise BeffroiError(replace(one, place=one.place or place) for one in error.faults) from error

    def compute(file: Path) -> Mapping[str, object]:
        with connect(limits, readable=[readable, store.root], spatial=_needs_spatial(table, relations)) as connection:
            for name, relation in inputs.raw.items():
                connection.execute(f"CREATE VIEW {quote_name(name)} AS SELECT * FROM {relation.sql}")
            for name, item in inputs.tables.items():
                connection.execute(f"CREATE VIEW {quote_name(name)} AS SELECT * FROM {_parquet(item.data)}")
            try:
                connection.execute(
                    f"COPY ({_stored_select(table, strict_select(connection, table.sql))}) TO {quote_text(str(file))} "
                    "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
                )
            except LIMITS_REACHED:
                raise
            except duckdb.Error as error:
                raise BeffroiError(_data_fault(error, table, inputs, place)) from error
            rows, breaches = check_contract(connection, table, file, expected)
            vintages = _vintages(connection, table, file)
        if breaches:
            raise BeffroiError(breaches)
        columns = {name: ENGINE_TYPES[column.type] for name, column in table.columns.items()}
        return {
            "rows": rows,
            "columns": columns,
            "crs": table.contract.crs,
            "vintages": vintages,
            "made_from": made_from,
        }

    return store.write(
        key, kind="table", name=table.id, audience=table.contract.audience, file="data.parquet", fill=fill
    )


def _data_fault(error: duckdb.Error, table: DeclaredTable, inputs: TableInputs, place: Place) -> Fault:
    """What stopped a SELECT that had been bound: its data, then; a file that cannot be read is told where it is
    declared, a value where the SELECT is."""
    if "No space left on device" in str(error):
        return fault("disk-full")
    if unread := raw_fault(error, inputs.raw.values()):
        names = [name for name, relation in inputs.raw.items() if unread.values.get("file") in relation.files.values()]
        key = f"files.{names[0]}" if len(names) == 1 else "files"
        return replace(unread, place=Place(f"sources/{table.source}/source.yaml", None, key))
    if (text := rounded_text(error)) is not None:
        return fault("value-rounded", place, value=text)
    if found := _UNCONVERTED.search(str(error)):
        return fault("value-not-converted", place, value=found[1], type=_plain_type(found[2]), column=found[3] or "?")
    if isinstance(error, _VALUE_ERRORS):
        return fault("value-not-computed", place, detail=first_line(error))
    return fault("data-unreadable", place, detail=first_line(error))


def _plain_type(engine_type: str) -> dict[str, str]:
    words = {
        "INT": ("nombre entier", "a whole number"),
        "DOUBLE": ("nombre", "a number"),
        "DECIMAL": ("nombre", "a number"),
        "DATE": ("date", "a date"),
        "TIMESTAMP": ("date et heure", "a date and time"),
        "BOOL": ("vrai ou faux", "true or false"),
    }
    french, english = next((said for start, said in words.items() if engine_type.startswith(start)), (engine_type,) * 2)
    return {"fr": french, "en": english}


_UNCONVERTED = re.compile(r"Could not convert string '(.*?)' to (\w+)(?: when casting from source column (\S+))?")


def _stored_select(table: DeclaredTable, sql: str) -> str:
    """The SELECT with each column in its stored type, in the order of the key."""
    territory = table.contract.territory
    repaired = territory.column if territory and "leading_zeros" in territory.repair else None
    width = {"commune": 5, "iris": 9, "departement": 2, "region": 2}.get(territory.level or "", 5) if territory else 5
    columns = []
    for name, column in table.columns.items():
        value = quote_name(name)
        if name == repaired:
            value = f"CASE WHEN length({value}) < {width} THEN lpad({value}, {width}, '0') ELSE {value} END"
        stored = f"CAST({value} AS {ENGINE_TYPES[column.type]})"
        if column.type == "geometry" and table.contract.crs:
            # Written in the file: whoever opens it elsewhere, and the engine when two systems meet, can tell.
            stored = f"ST_SetCRS({stored}, {quote_text(table.contract.crs)})"
        columns.append(f"{stored} AS {quote_name(name)}")
    order = ", ".join(quote_name(name) for name in table.contract.key)
    inner = sql.strip().rstrip(";")
    return f"SELECT {', '.join(columns)} FROM (\n{inner}\n) AS selected ORDER BY {order}"


def _vintages(connection: duckdb.DuckDBPyConnection, table: DeclaredTable, file: Path) -> list[int]:
    """Vintages of the geography that the table's rows are in, oldest first."""
    territory = table.contract.territory
    if territory is None:
        return []
    if territory.vintage_column is None:
        return [] if territory.vintage is None else [territory.vintage]
    column = quote_name(territory.vintage_column)
    found = f"SELECT DISTINCT {column}::INTEGER AS vintage FROM {_parquet(file)} WHERE {column} IS NOT NULL ORDER BY 1"
    return [int(row[0]) for row in connection.execute(found).fetchall()]


def _stored_columns(item: LakeObject) -> Mapping[str, str]:
    columns: Mapping[str, str] = item.manifest["columns"]
    return columns


def _parquet(file: Path) -> str:
    return f"read_parquet({quote_text(str(file))})"


def _needs_spatial(table: DeclaredTable, relations: Mapping[str, Mapping[str, str]]) -> bool:
    kinds = {kind for columns in relations.values() for kind in columns.values()}
    kinds |= {ENGINE_TYPES[column.type] for column in table.columns.values()}
    return "st_" in table.sql.lower() or any(kind.startswith("GEOMETRY") for kind in kinds)
