"""What is counted of a layer once it is written: what its attributes hold, the classes of its style, its filters.

Legends and forms are made of these counts, so that none of them reads the features again. Every function asks a
connection that has the layer as ``layer``, and gives what a manifest can keep (JSON).
"""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from beffroi.catalog.layers import AnyStyle, Categories, Circles, Classes
from beffroi.lake.connections import quote_name, quote_text
from beffroi.stats import JENKS_VALUES, class_limits, count_by_class, limits_around

CHOICES = 200
"""Most values that a filter lists; one that has more is typed."""

_FEW_NUMBERS = 24
"""Whole numbers up to this many are listed by a filter (a level, a number of storeys); more are an interval."""

_CLASSES = 5
_DIGITS = 4
"""Significant digits of limits, over the range of a number whose decimals nobody says."""

_NUMBERS = ("BIGINT", "DOUBLE")
_ORDERED = (*_NUMBERS, "DATE", "TIMESTAMP")


def tally_attributes(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, str], statuses: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Each attribute in order: ``name``, ``type``, how many features have none (``missing``), ``low`` and ``high`` of
    numbers and dates, ``status_of`` for one that says the state of another.

    A number that is not finite counts as missing.
    """
    asked = []
    for name, kind in columns.items():
        column = _finite(name, kind)
        ends = f"min({column}), max({column})" if kind in _ORDERED else "NULL, NULL"
        asked.append(f"count(*) - count({column}), {ends}")
    row = _one(connection, f"SELECT {', '.join(asked)} FROM layer") if asked else ()
    found = []
    for rank, (name, kind) in enumerate(columns.items()):
        missing, low, high = row[3 * rank : 3 * rank + 3]
        ends_of = {} if low is None else {"low": _plain(low), "high": _plain(high)}
        of = {"status_of": statuses[name]} if name in statuses else {}
        found.append({"name": name, "type": kind, "missing": missing, **ends_of, **of})
    return found


def tally_style(
    connection: duckdb.DuckDBPyConnection, style: AnyStyle, decimals: Mapping[str, int | None]
) -> dict[str, Any]:
    """What a legend needs besides the declaration.

    ``classes``: ``limits`` (a value on one is of the class above), ``counts`` (one more than limits), ``lowest``,
    ``highest``, ``missing``, ``diverging_at`` (a limit, or None), ``decimals`` that limits bear, ``sampled`` when
    natural breaks were sought among a part of the values. ``categories``: ``counts`` of each declared value in order,
    ``rest``, ``missing``. ``circles``: ``lowest``, ``highest``, ``missing``.
    """
    if isinstance(style, Classes):
        return _tally_classes(connection, style, decimals.get(style.column))
    if isinstance(style, Categories):
        return _tally_categories(connection, style)
    if isinstance(style, Circles):
        column = _finite(style.column, "DOUBLE")
        low, high, missing = _one(
            connection, f"SELECT min({column}), max({column}), count(*) - count({column}) FROM layer"
        )
        return {"kind": "circles", "column": style.column, "lowest": low, "highest": high, "missing": missing}
    return {"kind": style.kind}


def tally_filters(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, str]) -> dict[str, Any]:
    """By attribute offered: ``values`` with their counts, or ``low`` and ``high``, or ``distinct`` alone where a text
    has more values than ``CHOICES``."""
    return {name: _tally_filter(connection, name, kind) for name, kind in columns.items()}


def _tally_filter(connection: duckdb.DuckDBPyConnection, name: str, kind: str) -> dict[str, Any]:
    column = quote_name(name)
    (distinct,) = _one(connection, f"SELECT count(DISTINCT {column}) FROM layer")
    listed = distinct <= (_FEW_NUMBERS if kind == "BIGINT" else CHOICES) and kind not in ("DOUBLE", "DATE", "TIMESTAMP")
    if listed:
        rows = connection.execute(
            f"SELECT {column}, count(*) FROM layer WHERE {column} IS NOT NULL GROUP BY ALL ORDER BY {column}"
        ).fetchall()
        return {"type": kind, "values": [{"value": value, "count": count} for value, count in rows]}
    if kind == "VARCHAR":
        return {"type": kind, "distinct": distinct}
    found = _finite(name, kind)
    low, high = _one(connection, f"SELECT min({found}), max({found}) FROM layer")
    return {"type": kind, "low": _plain(low), "high": _plain(high)}


def _tally_classes(connection: duckdb.DuckDBPyConnection, style: Classes, decimals: int | None) -> dict[str, Any]:
    column = _finite(style.column, "DOUBLE")
    asked = f"SELECT {column} AS value FROM layer WHERE value IS NOT NULL ORDER BY value"
    values: Any = connection.execute(asked).fetchnumpy()["value"]
    (rows,) = _one(connection, "SELECT count(*) FROM layer")
    lowest, highest = (float(values[0]), float(values[-1])) if len(values) else (None, None)
    limits: tuple[float, ...] = ()
    diverging_at = None
    borne = decimals
    if borne is None:
        borne = 0 if lowest is None or highest is None else digits_borne(highest - lowest)
    if style.method == "manual":
        limits = tuple(style.limits or ())
        diverging_at = 0.0 if style.ramp == "diverging" and 0 in limits else None
    elif style.ramp == "diverging" and lowest is not None and highest is not None and lowest < 0 < highest:
        limits, diverging_at = limits_around(values, 0.0, style.method, style.count or _CLASSES, borne), 0.0
    else:
        limits = class_limits(values, style.method, style.count or _CLASSES, borne)
    return {
        "kind": "classes", "column": style.column, "limits": list(limits), "counts": count_by_class(values, limits),
        "lowest": lowest, "highest": highest, "missing": rows - len(values), "diverging_at": diverging_at,
        "decimals": borne, "sampled": style.method == "jenks" and len(values) > JENKS_VALUES,
    }  # fmt: skip


def _tally_categories(connection: duckdb.DuckDBPyConnection, style: Categories) -> dict[str, Any]:
    column = f"{quote_name(style.column)}::VARCHAR"
    counts = [f"count(*) FILTER ({column} = {quote_text(value)})" for value in style.values]
    rows, given, *found = _one(connection, f"SELECT count(*), count({column}), {', '.join(counts)} FROM layer")
    return {
        "kind": "categories", "column": style.column,
        "counts": [{"value": value, "count": count} for value, count in zip(style.values, found, strict=True)],
        "rest": given - sum(found), "missing": rows - given,
    }  # fmt: skip


def _finite(name: str, kind: str) -> str:
    column = quote_name(name)
    return f"CASE WHEN isfinite({column}::DOUBLE) THEN {column}::DOUBLE END" if kind == "DOUBLE" else column


def digits_borne(range_: float) -> int:
    """Decimals that limits bear over a range of which nobody says how many it has."""
    return min(9, max(0, _DIGITS - 1 - math.floor(math.log10(range_)))) if range_ > 0 else _DIGITS


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None  # an aggregate without GROUP BY always gives a row
    return tuple(row)


__all__ = ["CHOICES", "digits_borne", "tally_attributes", "tally_filters", "tally_style"]
