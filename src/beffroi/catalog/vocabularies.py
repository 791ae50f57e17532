"""The shared words of a workspace: themes, units and columns (``vocabulary/*.yaml``)."""

from typing import Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, LocalSymbol, LocalText, Why

ColumnType = Literal["text", "integer", "decimal", "number", "boolean", "date", "timestamp", "geometry"]
"""``decimal`` is exact (18 digits, 6 of them decimals), for what is added up; ``number`` is floating."""


DataTheme = Literal[
    "AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH", "TRAN",
]  # fmt: skip
"""Themes of the data of Europe, as the Publications Office codes them."""


class Theme(Declaration):
    """A subject under which indicators are filed."""

    title: LocalText
    """Name of the theme."""
    description: LocalText | None = None
    """What it holds, in one or two sentences."""
    data_theme: DataTheme | None = None
    """The European data theme that other catalogues file it under."""


class UnitDeclaration(Declaration):
    """A unit of measure; see ``beffroi.units.Unit`` for what each key means."""

    symbol: LocalSymbol
    """What stands beside the number; empty for a plain count."""
    one: LocalSymbol = Field(default_factory=dict)
    """The symbol for a single one, where it differs."""
    decimals: int = Field(default=0, ge=0, le=6)
    """Digits shown after the mark."""
    factor: int = Field(default=1, ge=1)
    """What a ratio is multiplied by: 100 for percent."""
    grouped: bool = True
    """Whether thousands are set apart."""


class ColumnUse(Declaration):
    """What a contract says of a column; what it does not say comes from the vocabulary's column of that name."""

    type: ColumnType | None = None
    """Type of the values."""
    title: LocalText | None = None
    """Name that people read."""
    definition: LocalText | None = None
    """What it means exactly."""
    unit: str | None = None
    """A unit of the vocabulary; for numbers."""
    required: bool = False
    """Whether every row has a value."""
    min: float | None = None
    """Smallest value accepted."""
    max: float | None = None
    """Largest value accepted."""
    values: list[str | int | bool] | None = Field(default=None, min_length=1)
    """Values accepted, and no other."""
    why: Why | None = None
    """Why this range or these values: required with ``min``, ``max`` or ``values``."""


class Column(ColumnUse):
    """One column: its definition, shared by every table that has a column of that name."""

    type: ColumnType
    """Type of the values."""


class Vocabulary(Declaration):
    """The three vocabularies together."""

    themes: dict[str, Theme] = Field(default_factory=dict)
    """``vocabulary/themes.yaml``."""
    units: dict[str, UnitDeclaration] = Field(default_factory=dict)
    """``vocabulary/units.yaml``."""
    columns: dict[str, Column] = Field(default_factory=dict)
    """``vocabulary/columns.yaml``."""
