"""The shared words of a workspace: themes, units and columns (``vocabulary/*.yaml``)."""

from typing import Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, LocalSymbol, LocalText, Why

ColumnType = Literal["text", "integer", "decimal", "number", "boolean", "date", "timestamp", "geometry"]
"""``decimal`` is exact (18 digits, 6 of them decimals), for what is added up; ``number`` is floating."""


class Theme(Declaration):
    """A subject under which indicators are filed."""

    title: LocalText
    description: LocalText | None = None


class UnitDeclaration(Declaration):
    """A unit of measure; see ``beffroi.units.Unit`` for what each key means."""

    symbol: LocalSymbol
    one: LocalSymbol = Field(default_factory=dict)
    decimals: int = Field(default=0, ge=0, le=6)
    factor: int = Field(default=1, ge=1)
    grouped: bool = True


class ColumnUse(Declaration):
    """What a contract says of a column; what it does not say comes from the vocabulary's column of that name."""

    type: ColumnType | None = None
    title: LocalText | None = None
    definition: LocalText | None = None
    unit: str | None = None
    required: bool = False
    min: float | None = None
    max: float | None = None
    values: list[str | int | bool] | None = Field(default=None, min_length=1)
    why: Why | None = None
    """Why this range or these values: required with ``min``, ``max`` or ``values``."""


class Column(ColumnUse):
    """One column: its definition, shared by every table that has a column of that name."""

    type: ColumnType


class Vocabulary(Declaration):
    """The three vocabularies together."""

    themes: dict[str, Theme] = Field(default_factory=dict)
    units: dict[str, UnitDeclaration] = Field(default_factory=dict)
    columns: dict[str, Column] = Field(default_factory=dict)
