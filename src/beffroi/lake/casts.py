"""Casts to whole numbers that never round a text: ``cast('1.5' as integer)`` is 2 for the engine, and a fault here.

The engine's own parser rewrites the SELECT, so that nothing else of it changes: each cast to an integer type goes
through a macro, which refuses a text that is a number and not a whole one. A number may still be rounded by a cast:
that is asked of something known to have decimals. ``round(cast(x as double))`` says so of a text.
"""

import json
import re
from typing import Any

import duckdb

from beffroi.lake.connections import quote_name, quote_text

_WHOLE = frozenset("TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT".split())

_MARK = "not a whole number"

_FOUND = re.compile(rf"{_MARK}: (.*)")

_ROUNDED = """
  typeof(value) = 'VARCHAR'
  AND (contains(value::VARCHAR, '.') OR contains(value::VARCHAR, 'e') OR contains(value::VARCHAR, 'E'))
  AND try_cast(value::VARCHAR AS DOUBLE) IS NOT NULL
  AND CASE WHEN regexp_matches(value::VARCHAR, '[eE]')
      THEN try_cast(value::VARCHAR AS DOUBLE) <> trunc(try_cast(value::VARCHAR AS DOUBLE))
      ELSE regexp_matches(value::VARCHAR, '\\.[0-9_]*[1-9]') END
"""
"""Whether a cast of ``value`` to an integer type would lose a part of it; the cheap questions come first."""


def strict_select(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The SELECT with casts that refuse to round a text; the same text when it has none to an integer type.

    The macros that it needs are made in ``connection``. A form that the engine cannot write again is left as it is.
    """
    parsed = json.loads(connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0][0])
    kinds: set[tuple[str, bool]] = set()
    _replace_casts(parsed, kinds)
    if parsed["error"] or not kinds:
        return sql
    for kind, tries in sorted(kinds):
        connection.execute(
            f"CREATE OR REPLACE TEMP MACRO {quote_name(_macro(kind, tries))}(value) AS CASE WHEN {_ROUNDED} "
            f"THEN error({quote_text(_MARK)} || ': ' || value) "
            f"ELSE {'TRY_CAST' if tries else 'CAST'}(value AS {kind}) END"
        )
    written = connection.execute("SELECT json_deserialize_sql(?)", [json.dumps(parsed)]).fetchall()
    return str(written[0][0])


def rounded_text(error: duckdb.Error) -> str | None:
    """The text that a cast would have rounded, when that is what ``error`` says."""
    found = _FOUND.search(str(error))
    return found[1] if found else None


def _replace_casts(node: Any, kinds: set[tuple[str, bool]]) -> None:
    """Put a macro in the place of every cast to an integer type under ``node``; ``kinds`` receives those needed."""
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _replace_casts(inner, kinds)
    if isinstance(node, dict) and node.get("class") == "CAST" and node["cast_type"]["id"] in _WHOLE:
        kind, tries = node["cast_type"]["id"], bool(node["try_cast"])
        kinds.add((kind, tries))
        call = _call(_macro(kind, tries), [node["child"]], node["alias"])
        node.clear()
        node.update(call)


def _macro(kind: str, tries: bool) -> str:
    return f"{'try_' if tries else ''}whole_{kind.lower()}"


def _call(name: str, children: list[Any], alias: str) -> dict[str, Any]:
    return {
        "class": "FUNCTION", "type": "FUNCTION", "alias": alias, "function_name": name, "schema": "", "catalog": "",
        "children": children, "filter": None, "order_bys": {"type": "ORDER_MODIFIER", "orders": []},
        "distinct": False, "is_operator": False, "export_state": False,
    }  # fmt: skip
