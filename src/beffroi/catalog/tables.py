"""What a table promises (``table:`` of a source, or ``tables/<id>/table.yaml``), beside its one SELECT."""

from typing import Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, Identifier, LocalText, Period, Vintage, Why
from beffroi.catalog.vocabularies import ColumnUse
from beffroi.catalog.workspaces import Level


class TerritoryColumn(Declaration):
    """Which column says where a row is, at which level, in the geography of which year."""

    column: str
    """Column of codes."""
    level: Level | None = None
    """Level of all the rows."""
    level_column: str | None = None
    """The level by row, for a table that its producer publishes at several levels."""
    vintage: Vintage | None = None
    """Year of the geography of all the rows."""
    vintage_column: str | None = None
    """The year of the geography by row; exactly one of the two is given, and none at a level of QPV."""
    repair: list[Literal["leading_zeros"]] = Field(default_factory=list)
    """Repairs that codes may get: zeros lost at their head."""
    unknown: Literal["report", "refuse"] = "report"
    """A code unknown at its vintage: counted under « non localisé », or a breach of the contract."""


class Window(Declaration):
    """The years around the period that a value stands for (a census value of year A: A-2 to A+2)."""

    before: int = Field(ge=0)
    """Years before the period."""
    after: int = Field(ge=0)
    """Years after the period."""
    why: Why
    """Why so many."""


class PeriodColumn(Declaration):
    """The time of a row: a column (a year, ``2023-Q3``, ``2023-04``), or one period for the whole table."""

    column: str | None = None
    """Column of the period."""
    value: Period | None = None
    """The period of all the rows."""
    window: Window | None = None
    """The years that each value stands for, when it is not the period alone."""


class Dominance(Declaration):
    """The largest ``largest`` contributors hold more than ``share`` percent of a value: it is confidential."""

    largest: int = Field(ge=1)
    """How many contributors are counted as large."""
    share: float = Field(gt=0, le=100)
    """Percentage above which they dominate."""
    contributor: str
    """The column that says who contributes (the establishment, the owner)."""


class PPercent(Declaration):
    """A contributor could know another's share to within ``share`` percent of it: the value is confidential."""

    share: float = Field(gt=0, le=100)
    """Percentage of the largest contribution within which the second largest could reckon it."""
    contributor: str
    """The column that says who contributes (the establishment, the owner)."""


class KnownElsewhere(Declaration):
    """Totals that anybody can have from others, whatever is published here."""

    levels: list[Level] = Field(min_length=1)
    """Levels at which the totals, without any condition, are known."""
    why: Why
    """Who gives them, and where."""


class Secrecy(Declaration):
    """Which values are hidden, what nobody may find again, and by what means."""

    minimum_units: int | None = Field(default=None, ge=2)
    """Units below which a value is hidden."""
    units: str | None = None
    """The column that counts units; one by row when absent."""
    dominance: Dominance | None = None
    """When a few contributors make most of a value."""
    p_percent: PPercent | None = None
    """When a contributor could reckon another's share."""
    interval: float = Field(default=10, ge=0, le=100)
    """Percentage of a hidden value, on each side of it, that nobody may exclude; a whole unit at least where units are
    counted, and more where a rule on contributors asks for it."""
    secondary: Literal["suppression", "coarsening", "rounding", "none"] = "suppression"
    """What keeps hidden values from being found again: other values are hidden too, whole levels are, or all values are
    rounded. With ``none`` they are left as they are, and are not published when they can be found."""
    base: int | None = Field(default=None, ge=2)
    """What values are rounded to a multiple of."""
    kinds: Literal["untold", "told"] = "untold"
    """Whether readers are told which hidden values are confidential by themselves, and which are hidden for others.
    Told, it says of a count that it is under the minimum, or not: more has to be hidden, and it may not be enough."""
    weights: dict[Level, float] = Field(default_factory=dict)
    """How much it costs to hide a value of each level besides what it adds up; 1 where a level is not named."""
    known: KnownElsewhere | None = None
    """Totals that are known from elsewhere."""
    audience: str | None = None
    """Who may read protected sums, where they may be read by more people than the rows; each indicator says so too."""
    asked_by: str
    """Who asks for it."""
    why: Why
    """Text of the rule, or where it is."""

    def __hash__(self) -> int:
        return hash(self.model_dump_json())


def list_names(value: str | list[str]) -> list[str]:
    """The names of a key that takes one, or several."""
    return [value] if isinstance(value, str) else value


class RowCount(Declaration):
    """How many rows there may be."""

    min: int | None = Field(default=None, ge=0)
    """Fewest rows."""
    max: int | None = Field(default=None, ge=0)
    """Most rows."""
    change: float | None = Field(default=None, gt=0)
    """Largest change against the last edition, as a share of it: 0.2 for 20 %."""
    why: Why
    """Why these bounds."""


class SumCheck(Declaration):
    """The sum of a column by territory equals what another table says one level up."""

    column: str
    """Column of this table that is added up."""
    by: str | list[str]
    """Column or columns by which it is added up."""
    against: Identifier
    """The other table."""
    against_column: str
    """Its column."""
    against_by: str | list[str]
    """Its column or columns that match ``by``."""
    tolerance: float = Field(default=0, ge=0)
    """Difference allowed."""
    except_: list[str] = Field(default_factory=list, alias="except")
    """Territories known to differ, each with its reason in ``why``."""
    why: Why
    """Why both must agree, and why some do not."""


class Checks(Declaration):
    """What is verified at every build besides types, key, values and ranges."""

    rows: RowCount | None = None
    """How many rows."""
    sums: list[SumCheck] = Field(default_factory=list)
    """Sums that another table confirms."""


class Contract(Declaration):
    """What a table promises to those who read it."""

    rows: LocalText
    """One row per what."""
    key: list[str] = Field(min_length=1)
    """Columns that together are different in every row."""
    columns: dict[str, ColumnUse | None] = Field(min_length=1)
    """By name, in the order of the table; empty when the vocabulary's definition is enough."""
    territory: TerritoryColumn | None = None
    """Where a row is."""
    period: PeriodColumn | None = None
    """When a row is from."""
    crs: str | None = Field(default=None, pattern=r"^EPSG:\d{4,6}$")
    """Coordinate system of its geometries: ``EPSG:2154``."""
    audience: str = "public"
    """``public`` or ``partner:<name>``; that of the strictest table it reads when absent."""
    secrecy: Secrecy | None = None
    """Primary secrecy on what is measured from it."""
    checks: Checks = Checks()
    """What is verified besides types, key, values and ranges."""


class Table(Declaration):
    """A table derived from others (``tables/<id>/table.yaml``)."""

    title: LocalText
    """Name of the table."""
    description: LocalText | None = None
    """What it holds."""
    themes: list[str] = Field(default_factory=list)
    """Themes of the vocabulary."""
    table: Contract
    """What it promises."""
