"""Declared rows (``where:``) and names as SQL, by the type that each column is declared to have.

Nothing declared is ever pasted as it stands: names are quoted, values are written as literals of their type.
"""

from collections.abc import Mapping

from beffroi.catalog.indicators import Range, Scalar, Where
from beffroi.catalog.vocabularies import Column
from beffroi.collect.relations import quote_name, quote_text


def condition(where: Where, columns: Mapping[str, Column]) -> str | None:
    """The rows to keep as an SQL condition; None when all of them are kept."""
    terms = []
    for name, wanted in where.items():
        column, kind = quote_name(name), columns[name].type
        if isinstance(wanted, Range):
            if wanted.min is not None:
                terms.append(f"{column} >= {_number(wanted.min)}")
            if wanted.max is not None:
                terms.append(f"{column} <= {_number(wanted.max)}")
        elif isinstance(wanted, list):
            literals = ", ".join(_literal(value, kind) for value in wanted)
            terms.append(f"{column} IN ({literals})" if wanted else "FALSE")
        else:
            terms.append(f"{column} = {_literal(wanted, kind)}")
    return " AND ".join(terms) or None


def _literal(value: Scalar, kind: str) -> str:
    if kind in ("text", "date", "timestamp"):
        return quote_text(str(value).lower() if isinstance(value, bool) else str(value))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return quote_text(value)
    return _number(value)


def _number(value: float) -> str:
    return repr(int(value)) if float(value).is_integer() else repr(value)
