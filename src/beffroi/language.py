"""Words, numbers and dates as people read them, in French and in English.

Number formatting is ours, so that a page, a picture and a PDF made on any machine are the same to the byte.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from beffroi.units import Unit

LANGUAGES = ("fr", "en")
MINUS = "\u2212"
THIN = "\u202f"
"""Narrow no-break space: between thousands and before a symbol, in French."""

_QUARTERS = {"fr": ("1er", "2e", "3e", "4e"), "en": ("Q1", "Q2", "Q3", "Q4")}
_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "en": "January February March April May June July August September October November December".split(),
}


def text(key: str, language: str = "fr", /, **values: Any) -> str:
    """The interface's words for ``key`` (``explorer.ranking``); KeyError when the catalogue lacks it."""
    words = _interface_words()[key][language]
    return words.format(**values) if values else words


def pick(words: Mapping[str, str], language: str) -> str:
    """The wording in ``language``, or in French, or whatever there is; empty when there is none."""
    return typeset(words.get(language) or words.get("fr") or next(iter(words.values()), ""))


@lru_cache(4096)
def typeset(words: str) -> str:
    """Words that somebody typed, as they are printed; what stands between braces (a reference) is left alone.

    The apostrophe is curved; double marks, quotation marks, a percentage and the thousands of a number stay on the line
    of what they belong to. Whoever types need not know where those keys are. English has none of these spaces.
    """
    pieces = _BRACED.split(words)
    for index in range(0, len(pieces), 2):
        pieces[index] = _APOSTROPHE.sub("’", pieces[index])
        for pattern, mark in _UNBROKEN:
            pieces[index] = pattern.sub(mark, pieces[index])
    return "".join(pieces)


_BRACED = re.compile(r"(\{\{.*?\}\})", re.DOTALL)
_APOSTROPHE = re.compile(r"(?<=[^\W\d])'(?=\w|«|$)")
_UNBROKEN = (
    (re.compile(r" (?=[;!?])"), THIN),
    (re.compile(r" (?=[:»%€])|(?<=«) |(?<=\bn°) |(?<=^\d\.) |(?<=\b\d) (?=[A-ZÀ-Ý])| (?=- \w)"), "\u00a0"),
    (re.compile(r"(?<![\d,])(?P<lead>\d{1,3}) (?=\d{3}(?: \d{3})*(?!\d))"), rf"\g<lead>{THIN}"),
)
"""Spaces that never end a line, by what they become. A year is no group of thousands: it has four digits."""


def format_number(
    value: float, decimals: int, language: str = "fr", *, grouped: bool = True, sign: bool = False
) -> str:
    """``value`` with so many decimals, rounded half away from zero as in printed statistics."""
    from decimal import ROUND_HALF_UP, Decimal

    exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits = f"{abs(exact):,.{decimals}f}" if grouped else f"{abs(exact):.{decimals}f}"
    if language == "fr":
        digits = digits.replace(",", THIN).replace(".", ",")
    if exact < 0:
        return MINUS + digits
    return f"+{digits}" if sign and exact > 0 else digits


def format_value(value: float | None, unit: Unit, language: str = "fr", *, sign: bool = False) -> str:
    """A value with its unit beside it; an en dash when there is none (the reason is said elsewhere)."""
    if value is None or value != value:
        return "–"
    number = format_number(value, unit.decimals, language, grouped=unit.grouped, sign=sign)
    symbol = pick_symbol(unit, value, language)
    if not symbol:
        return number
    if symbol == "%":
        return f"{number}{THIN if language == 'fr' else ''}%"
    return f"{number}\u00a0{symbol}"


def pick_symbol(unit: Unit, value: float | None, language: str = "fr") -> str:
    """The symbol beside ``value``: French takes its singular below two, English for one alone (« 0 persons »)."""
    single = value is not None and (abs(value) < 2 if language == "fr" else abs(value) == 1)
    return pick(unit.one if single and unit.one else unit.symbol, language)


def format_period(period: str, language: str = "fr") -> str:
    """``2021`` as it is, ``2023-Q3`` as « 3e trim. 2023 », ``2023-04`` as « avril 2023 »."""
    year, _, rest = period.partition("-")
    if rest.startswith("Q"):
        quarter = _QUARTERS[language][int(rest[1:]) - 1]
        return f"{quarter} trim. {year}" if language == "fr" else f"{quarter} {year}"
    if len(rest) == 2:
        return f"{_MONTHS[language][int(rest) - 1]} {year}"
    return period


def format_date(iso: str, language: str = "fr") -> str:
    """``2026-03-01`` as « 1er mars 2026 » or « 1 March 2026 »; only the day of a timestamp is kept."""
    year, month, day = (int(part) for part in iso[:10].split("-"))
    first = "1er" if language == "fr" and day == 1 else str(day)
    return f"{first} {_MONTHS[language][month - 1]} {year}"


_TYPED = tuple(f"interface_{name}.toml" for name in ("authoring", "build", "commands", "terminal"))
"""Words of the terminal and of its authors' desk: they stay as they are typed, to be searched for and compared."""


@cache
def _interface_words() -> Mapping[str, Mapping[str, str]]:
    words: dict[str, Mapping[str, str]] = {}
    for file in files("beffroi").joinpath("messages").iterdir():
        if file.name.startswith("interface") and file.name.endswith(".toml"):
            for section, entries in tomllib.loads(file.read_text("utf-8")).items():
                for key, entry in entries.items():
                    words[f"{section}.{key}"] = entry if file.name in _TYPED else entry | {"fr": typeset(entry["fr"])}
    return words
