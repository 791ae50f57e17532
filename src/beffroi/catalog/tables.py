"""What a table promises (``table:`` of a source, or ``tables/<id>/table.yaml``), beside its one SELECT."""

from typing import Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, Identifier, LocalText, Period, Vintage, Why
from beffroi.catalog.vocabularies import ColumnUse
from beffroi.catalog.workspaces import Level


class TerritoryColumn(Declaration):
    """Which column says where a row is, at which level, in the geography of which year."""

    column: str
    level: Level | None = None
    level_column: str | None = None
    """The level by row, for a table that its producer publishes at several levels."""
    vintage: Vintage | None = None
    vintage_column: str | None = None
    """The year of the geography by row; exactly one of the two is given."""
    repair: list[Literal["leading_zeros"]] = Field(default_factory=list)
    unknown: Literal["report", "refuse"] = "report"
    """A code unknown at its vintage: counted under « non localisé », or a breach of the contract."""


class Window(Declaration):
    """The years around the period that a value stands for (a census value of year A: A-2 to A+2)."""

    before: int = Field(ge=0)
    after: int = Field(ge=0)
    why: Why


class PeriodColumn(Declaration):
    """The time of a row: a column (a year, ``2023-Q3``, ``2023-04``), or one period for the whole table."""

    column: str | None = None
    value: Period | None = None
    window: Window | None = None


class Dominance(Declaration):
    """The largest ``largest`` contributors hold more than ``share`` percent of a value: it is confidential."""

    largest: int = Field(ge=1)
    share: float = Field(gt=0, le=100)
    contributor: str
    """The column that says who contributes (the establishment, the owner)."""


class Secrecy(Declaration):
    """Primary secrecy: below so many units, or with a dominant contributor, a value is not shown."""

    minimum_units: int | None = Field(default=None, ge=2)
    units: str | None = None
    """The column that counts units; one by row when absent."""
    dominance: Dominance | None = None
    asked_by: str
    why: Why


class RowCount(Declaration):
    """How many rows there may be."""

    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=0)
    change: float | None = Field(default=None, gt=0)
    """Largest change against the last edition, as a share of it: 0.2 for 20 %."""
    why: Why


class SumCheck(Declaration):
    """The sum of a column by territory equals what another table says one level up."""

    column: str
    by: str | list[str]
    against: Identifier
    against_column: str
    against_by: str | list[str]
    tolerance: float = Field(default=0, ge=0)
    except_: list[str] = Field(default_factory=list, alias="except")
    """Territories known to differ, each with its reason in ``why``."""
    why: Why


class Checks(Declaration):
    """What is verified at every build besides types, key, values and ranges."""

    rows: RowCount | None = None
    sums: list[SumCheck] = Field(default_factory=list)


class Contract(Declaration):
    """What a table promises to those who read it."""

    rows: LocalText
    """One row per what."""
    key: list[str] = Field(min_length=1)
    columns: dict[str, ColumnUse | None] = Field(min_length=1)
    """By name, in the order of the table; empty when the vocabulary's definition is enough."""
    territory: TerritoryColumn | None = None
    period: PeriodColumn | None = None
    crs: str | None = Field(default=None, pattern=r"^EPSG:\d{4,6}$")
    audience: str = "public"
    secrecy: Secrecy | None = None
    checks: Checks = Checks()


class Table(Declaration):
    """A table derived from others (``tables/<id>/table.yaml``)."""

    title: LocalText
    description: LocalText | None = None
    themes: list[str] = Field(default_factory=list)
    table: Contract
