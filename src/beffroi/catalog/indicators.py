"""An indicator: one measure for every territory and period (``indicators/<id>.yaml``)."""

from typing import Annotated, Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, Identifier, LocalText, Period, Why
from beffroi.catalog.tables import Secrecy
from beffroi.catalog.workspaces import Level

Scalar = Annotated[str | int | float | bool, Field(union_mode="smart")]


class Range(Declaration):
    """Rows whose column lies between, both ends included."""

    min: float | None = None
    max: float | None = None


Where = dict[str, Scalar | list[Scalar] | Range]
"""Rows to keep: every column equals the value, is one of the list, or lies in the range."""


class Part(Declaration):
    """One of the two parts of a ratio: the sum of a column, the number of rows, or another indicator."""

    table: Identifier | None = None
    sum: str | None = None
    count: Literal["rows"] | None = None
    where: Where = Field(default_factory=dict)
    indicator: Identifier | None = None
    period_shift: int = 0
    """Take the part so many years later (negative: earlier): accidents of A for a population of A-1."""


class Break(Declaration):
    """From this period on, the measure is not what it was: no line is drawn across."""

    period: Period
    why: LocalText


class Reliability(Declaration):
    """Below so many observations a value is shown as weakly reliable, and not ranked."""

    minimum_observations: int = Field(ge=1)
    observations: str | None = None
    """The column that counts observations; rows when absent."""
    why: Why


class IndicatorBase(Declaration):
    """What every kind of indicator has."""

    title: LocalText
    definition: LocalText
    method: LocalText | None = None
    note: LocalText | None = None
    theme: str
    unit: str
    keywords: list[str] = Field(default_factory=list)
    levels: list[Level] | None = Field(default=None, min_length=1)
    """Levels at which it is given; all those of the workspace that the table allows when absent."""
    periods: list[Period] | None = Field(default=None, min_length=1)
    breaks: list[Break] = Field(default_factory=list)
    provisional: list[Period] = Field(default_factory=list)
    """Periods whose values their producer will still revise."""
    audience: str | None = None
    protection: Secrecy | None = None
    reliability: Reliability | None = None
    featured: bool = False
    """Whether the home page may quote it."""


class Count(IndicatorBase):
    """The number of rows."""

    kind: Literal["count"]
    table: Identifier
    where: Where = Field(default_factory=dict)


class Sum(IndicatorBase):
    """The sum of a column."""

    kind: Literal["sum"]
    table: Identifier
    column: str
    where: Where = Field(default_factory=dict)


class Ratio(IndicatorBase):
    """A part over another, times the unit's factor. A plain name is the sum of that column."""

    kind: Literal["ratio"]
    table: Identifier | None = None
    numerator: str | Part
    denominator: str | Part


class WeightedMean(IndicatorBase):
    """The mean of a column, each row counting as much as its weight."""

    kind: Literal["weighted_mean"]
    table: Identifier
    column: str
    weight: str
    where: Where = Field(default_factory=dict)


class Quantile(IndicatorBase):
    """A quantile of a column over single records (0.5: the median), interpolated linearly."""

    kind: Literal["quantile"]
    table: Identifier
    column: str
    quantile: float = Field(default=0.5, gt=0, lt=1)
    where: Where = Field(default_factory=dict)


class Published(IndicatorBase):
    """A figure given as such by its producer; never added up, never averaged."""

    kind: Literal["published"]
    table: Identifier
    column: str
    confidentiality: str | None = None
    """Column of SDMX CONF_STATUS codes (``F`` free, ``C`` confidential) that the producer gives with the value."""
    where: Where = Field(default_factory=dict)


class Change(IndicatorBase):
    """How another indicator changed between two periods: by year, absolute or relative."""

    kind: Literal["change"]
    of: Identifier
    over: int = Field(ge=1)
    """Years between the two periods; every pair of released periods so far apart gives a value."""
    relative: bool = False
    """A yearly rate, in percent (compound), rather than a yearly difference."""


AnyIndicator = Count | Sum | Ratio | WeightedMean | Quantile | Published | Change
Indicator = Annotated[AnyIndicator, Field(discriminator="kind")]

INDICATOR_KINDS: dict[str, type[AnyIndicator]] = {
    "count": Count, "sum": Sum, "ratio": Ratio, "weighted_mean": WeightedMean,
    "quantile": Quantile, "published": Published, "change": Change,
}  # fmt: skip
