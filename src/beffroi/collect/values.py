"""Values of French files as SQL: numbers with spaces between thousands and a decimal comma, dates, yes and no.

A value is converted whole or refused with the file, the column and the value: nothing becomes missing in silence.
"""

from collections.abc import Mapping
from typing import Literal

from beffroi.collect.relations import quote_name, quote_text

ValueType = Literal["integer", "number", "decimal", "boolean", "date"]

SQL_TYPES: Mapping[ValueType, str] = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "decimal": "DECIMAL(24,6)",
    "boolean": "BOOLEAN",
    "date": "DATE",
}
"""Engine's type of each declared type."""

SIGNAL = "beffroi\x1fvalue\x1f"
"""Start of the engine's error when a value cannot be converted; file, column, type and value follow."""

_SPACES = " \u00a0\u202f\u2009'\u2019"
"""What stands between thousands: spaces of every width, and the Swiss apostrophe."""
_MINUS = "\u2212\u2013"
_WHOLE = rf"[+\-{_MINUS}]?(?:\d+|\d{{1,3}}(?:[{_SPACES}]\d{{3}})+)"
_TRUE = ("true", "vrai", "oui", "yes", "o", "v", "t", "y", "1")
_FALSE = ("false", "faux", "non", "no", "n", "f", "0")
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")


def convert(column: str, to: ValueType, separators: str, file: str) -> str:
    """SQL that turns the text column ``column`` into ``to``; ``separators`` are the decimal marks that are allowed
    (``,`` in a French file; ``.,`` in a workbook, whose numeric cells come with a point); ``file`` names it in the
    fault."""
    text = quote_name(column)
    trimmed = f"trim({text}, {quote_text(' ' + chr(0xA0) + chr(0x202F) + chr(9))})"
    where = f"{SIGNAL}{file}\x1f{column}\x1f{to}\x1f"
    refuse = f"error({quote_text(where)} || left({text}, 80))"
    good = _CONVERSIONS[to](trimmed, separators)
    return f"CASE WHEN {text} IS NULL THEN NULL ELSE coalesce({_quick(text, to)}{good}, {refuse}) END"


def _quick(text: str, to: ValueType) -> str:
    """What is written exactly as the engine itself would write it, taken at once: nearly all of a clean file.

    The patterns and formats that follow cost three times as much as all the rest of the reading.
    """
    canonical = "DATE" if to == "date" else "BIGINT"
    if to == "boolean":
        return ""
    alike = f"CAST(TRY_CAST({text} AS {canonical}) AS VARCHAR) = {text}"
    if to == "date":
        alike = f"length({text}) = {len('2026-01-31')} AND {alike}"  # neither 'infinity' nor years of five digits
    return f"CASE WHEN {alike} THEN TRY_CAST({text} AS {SQL_TYPES[to]}) END, "


def _number(text: str, separators: str, pattern: str, to: str) -> str:
    plain = (
        f"translate({text}, {quote_text(_MINUS + separators + _SPACES)}, {quote_text('--' + '.' * len(separators))})"
    )
    fits = f"regexp_full_match({text}, {quote_text(pattern)})"
    return f"CASE WHEN {fits} THEN TRY_CAST({plain} AS {to}) END"


def _mark(separators: str) -> str:
    return f"[{separators}]"


def _integer(text: str, separators: str) -> str:
    return _number(text, separators, rf"{_WHOLE}(?:{_mark(separators)}0+)?", SQL_TYPES["integer"])


def _double(text: str, separators: str) -> str:
    pattern = rf"{_WHOLE}?(?:{_mark(separators)}\d+)?(?:[eE][+-]?\d+)?"
    return _number(text, separators, pattern, SQL_TYPES["number"])


def _decimal(text: str, separators: str) -> str:
    """No more than six decimals, which is what is kept: beyond, a value would be rounded in silence."""
    return _number(text, separators, rf"{_WHOLE}?(?:{_mark(separators)}\d{{1,6}}0*)?", SQL_TYPES["decimal"])


def _boolean(text: str, separators: str) -> str:
    yes, no = (", ".join(quote_text(word) for word in words) for words in (_TRUE, _FALSE))
    return f"CASE WHEN lower({text}) IN ({yes}) THEN TRUE WHEN lower({text}) IN ({no}) THEN FALSE END"


def _date(text: str, separators: str) -> str:
    forms = ", ".join(quote_text(form) for form in _DATES)
    # The engine takes 'infinity' and 'epoch' for dates, whatever the form.
    return f"CASE WHEN left({text}, 1) BETWEEN '0' AND '9' THEN CAST(try_strptime({text}, [{forms}]) AS DATE) END"


_CONVERSIONS = {"integer": _integer, "number": _double, "decimal": _decimal, "boolean": _boolean, "date": _date}
