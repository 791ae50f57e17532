"""Units of measure as values are stored and shown; declared by a workspace in ``vocabulary/units.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """A unit.

    ``factor`` multiplies a ratio of two parts to give the stored value (100 for percent, 1000 for « for a
    thousand inhabitants », 1 otherwise); ``decimals`` is how many digits the data bear after the mark;
    ``symbol`` is what stands beside the number, by language, and ``one`` its form for a single one.
    """

    id: str
    symbol: Mapping[str, str]
    one: Mapping[str, str]
    decimals: int = 0
    factor: int = 1
    grouped: bool = True
    """Whether thousands are set apart (years and codes are not)."""
