"""The shape of a relation: columns renamed, years turned into rows, values typed, in that order, for every format."""

import re
from collections.abc import Iterable, Mapping

from beffroi.catalog.sources import Reading, WideTable
from beffroi.collect.parts import Part
from beffroi.collect.readers import Rows
from beffroi.collect.relations import quote_name, quote_text
from beffroi.collect.values import SQL_TYPES, convert
from beffroi.errors import BeffroiError, fault


def shape_rows(rows: Rows, reading: Reading, part: Part, label: str) -> Rows:
    """``rows`` as the reading declares them, with the part's variables as text columns.

    Names in ``rename`` are the file's; those in ``wide`` and ``types`` are the names after renaming. Faults:
    ``file-column-missing``, ``wide-column-missing``, ``column-taken``.
    """
    rows = _rename(rows, reading.rename, label)
    if reading.wide:
        rows = _turn(rows, reading.wide, label)
    rows = _type_values(rows, reading, label)
    return _add_part(rows, part, label)


def _rename(rows: Rows, names: Mapping[str, str], label: str) -> Rows:
    _check_names(names, rows.columns, "rename", label)
    if not names:
        return rows
    columns: dict[str, str] = {}
    chosen = []
    for name, kind in rows.columns.items():
        new = names.get(name, name)
        if new.lower() in {one.lower() for one in columns}:
            raise BeffroiError(fault("column-taken", file=label, column=new))
        columns[new] = kind
        chosen.append(f"{quote_name(name)} AS {quote_name(new)}")
    return Rows(f"(SELECT {', '.join(chosen)} FROM {rows.sql})", columns, rows.crs, rows.files)


def _turn(rows: Rows, wide: WideTable, label: str) -> Rows:
    """One row by kept columns and period; a cell without value stays, as NULL: missing is not absent."""
    _check_names(wide.keep, rows.columns, "wide.keep", label)
    pattern = re.compile(wide.columns)
    periods = {}
    for name in rows.columns:
        if name not in wide.keep and (found := pattern.search(name)):
            periods[name] = found[1] if pattern.groups else found[0]
    if not periods:
        raise BeffroiError(fault("wide-column-missing", file=label, pattern=wide.columns, available=rows.columns))
    kinds = {rows.columns[name] for name in periods}
    value_kind = kinds.pop() if len(kinds) == 1 else "VARCHAR"
    kept = ", ".join(quote_name(name) for name in wide.keep)
    period, value = quote_name(wide.period), quote_name(wide.value)
    turned = ", ".join(
        f"struct_pack({period} := {quote_text(text)}, {value} := CAST({quote_name(name)} AS {value_kind}))"
        for name, text in periods.items()
    )
    sql = (
        f"(SELECT {kept}, turned.{period} AS {period}, turned.{value} AS {value} "
        f"FROM (SELECT {kept}, unnest([{turned}]) AS turned FROM {rows.sql}))"
    )
    columns = {name: rows.columns[name] for name in wide.keep} | {wide.period: "VARCHAR", wide.value: value_kind}
    return Rows(sql, columns, rows.crs if "geometry" in wide.keep else None, rows.files)


def _type_values(rows: Rows, reading: Reading, label: str) -> Rows:
    _check_names(reading.types, rows.columns, "types", label)
    if not reading.types:
        return rows
    separators = reading.decimal if reading.format == "csv" else ".,"
    chosen, columns = [], {}
    for name, kind in rows.columns.items():
        to = reading.types.get(name)
        columns[name] = kind
        expression = quote_name(name)
        if to and kind == "VARCHAR":
            expression = convert(name, to, separators, label)
        elif to:
            expression = f"CAST({expression} AS {SQL_TYPES[to]})"
        if to:
            columns[name] = SQL_TYPES[to]
        chosen.append(f"{expression} AS {quote_name(name)}")
    return Rows(f"(SELECT {', '.join(chosen)} FROM {rows.sql})", columns, rows.crs, rows.files)


def _add_part(rows: Rows, part: Part, label: str) -> Rows:
    if not part:
        return rows
    taken = {name.lower() for name in rows.columns}
    for name, _ in part:
        if name.lower() in taken:
            raise BeffroiError(fault("column-taken", file=label, column=name))
    added = ", ".join(f"{quote_text(value)} AS {quote_name(name)}" for name, value in part)
    columns = {**rows.columns, **{name: "VARCHAR" for name, _ in part}}
    return Rows(f"(SELECT *, {added} FROM {rows.sql})", columns, rows.crs, rows.files)


def _check_names(names: Iterable[str], columns: Mapping[str, str], key: str, label: str) -> None:
    faults = [
        fault("file-column-missing", file=label, column=name, key=key, instead_of=name, available=columns)
        for name in names
        if name not in columns
    ]
    if faults:
        raise BeffroiError(faults)
