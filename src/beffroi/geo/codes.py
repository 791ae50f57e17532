"""The shape of official codes: what a code of each level looks like, and what can be read from it.

It says whether a code *could* exist, never whether it does: that depends on the vintage (``locating``).
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from beffroi.catalog.workspaces import Level

COUNTRY = "FR"
"""Code of the one territory of level ``pays``."""

UNLOCATED = "unlocated"
"""Code of the line « non localisé »: what has a code that is unknown at its vintage."""

_DEPARTEMENT = r"(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-8]|98[4-9])"
_COMMUNE = r"(?:(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB])[0-9]{3}|97[1-8][0-9]{2}|98[4-9][0-9]{2})"
_OF_QPV = r"(?:0[0-9][0-9]|02[AB]|9[78][0-9])"
_SHAPES: dict[Level, str] = {
    "iris": rf"^{_COMMUNE}[0-9]{{4}}$",
    "qpv_2024": rf"^QN{_OF_QPV}[0-9]{{2}}[A-Z]$",
    "qpv_2015": rf"^QP{_OF_QPV}[0-9]{{3}}$",
    "commune": rf"^{_COMMUNE}$",
    "epci": r"^[0-9]{9}$",
    "arrondissement": rf"^{_DEPARTEMENT}[0-9]$",
    "departement": rf"^{_DEPARTEMENT}$",
    "region": r"^[0-9]{2}$",
    "pays": rf"^{COUNTRY}$",
    "grouping": r"^[a-z][a-z0-9_]*$",
}
_WIDTHS: dict[Level, int] = {"iris": 9, "commune": 5, "departement": 2, "arrondissement": 3, "region": 2}
"""Number of characters of a code in which a leading zero can have been lost."""


def are_codes(codes: Any, level: Level) -> pa.BooleanArray:
    """For each of ``codes`` (an Arrow array of text), whether it has the shape of a code of that level.

    Corsica is 2A and 2B, and 20 before 1976; overseas departments have three characters. Null stays null.
    """
    return _array(pc.match_substring_regex(_texts(codes), _SHAPES[level]))


def is_code(code: str, level: Level) -> bool:
    """Whether one code has the shape of a code of that level."""
    return bool(are_codes(pa.array([code]), level)[0].as_py())


def repair_leading_zeros(codes: Any, level: Level) -> pa.StringArray:
    """Give back the zero that a spreadsheet took from codes of the departments 01 to 09 (``1001``: ``01001``).

    Only a code made of digits alone, one character short, that has the shape of a code once repaired is changed;
    everything else is left as it is. To be called only where the loss is declared.
    """
    texts = _texts(codes)
    if level not in _WIDTHS:
        return texts
    width = _WIDTHS[level]
    short = pc.match_substring_regex(texts, rf"^[0-9]{{{width - 1}}}$")
    padded = pc.utf8_lpad(texts, width, "0")
    return _array(pc.if_else(pc.and_(short, are_codes(padded, level)), padded, texts))


def departement_of(code: str) -> str:
    """The department that a commune's or an IRIS' code begins with: ``62``, ``2A``, ``974``, ``988``."""
    return code[:3] if code[:2] in ("97", "98") else code[:2]


def departements_of(codes: Any) -> pa.StringArray:
    """``departement_of`` over an Arrow array of text."""
    texts = _texts(codes)
    overseas = pc.match_substring_regex(texts, "^9[78]")
    return _array(pc.if_else(overseas, pc.utf8_slice_codeunits(texts, 0, 3), pc.utf8_slice_codeunits(texts, 0, 2)))


def communes_of_iris(codes: Any) -> pa.StringArray:
    """The commune that each IRIS code begins with, at the IRIS' own vintage."""
    return _array(pc.utf8_slice_codeunits(_texts(codes), 0, 5))


def _texts(codes: Any) -> pa.StringArray:
    return _array(pc.cast(codes, pa.string()))


def _array(values: Any) -> Any:
    """One contiguous array, whether a column of a table or an array was given."""
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
