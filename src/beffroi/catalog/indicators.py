"""An indicator: one measure for every territory and period (``indicators/<id>.yaml``)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, Identifier, LocalText, Period, Why
from beffroi.catalog.tables import Secrecy
from beffroi.catalog.workspaces import Level

Scalar = Annotated[str | int | float | bool, Field(union_mode="smart")]


class Range(Declaration):
    """Rows whose column lies between, both ends included."""

    min: float | None = None
    """Smallest value kept."""
    max: float | None = None
    """Largest value kept."""


Where = dict[str, Scalar | list[Scalar] | Range]
"""Rows to keep: every column equals the value, is one of the list, or lies in the range."""


class Part(Declaration):
    """One of the two parts of a ratio: the sum of a column, the number of rows, or another indicator."""

    table: Identifier | None = None
    """The table, that of the ratio when absent."""
    sum: str | None = None
    """Column that is added up."""
    count: Literal["rows"] | None = None
    """Count the rows."""
    where: Where = Field(default_factory=dict)
    """Rows to keep."""
    indicator: Identifier | None = None
    """Another indicator, a count or a sum."""
    period_shift: int = 0
    """Take the part so many years later (negative: earlier): accidents of A for a population of A-1."""


class Break(Declaration):
    """From this period on, the measure is not what it was: no line is drawn across."""

    period: Period
    """First period after the break."""
    why: LocalText
    """What changed."""


class Reliability(Declaration):
    """Below so many observations a value is shown as weakly reliable, and not ranked."""

    minimum_observations: int = Field(ge=1)
    """Observations below which a value is weak."""
    observations: str | None = None
    """The column that counts observations; rows when absent."""
    why: Why
    """Why so many."""


class Correction(Declaration):
    """Why figures that were published already are others from a day on."""

    on: date
    """The day from which they are others: the reason is that of the first edition, that day or after, that changes
    them."""
    periods: list[Period] | None = Field(default=None, min_length=1)
    """Periods that it is about; all those that change when absent."""
    why: LocalText
    """What was wrong, and what was done; it is printed beside the figures."""


class Target(Declaration):
    """A value that a plan or a law sets for a period."""

    period: Period
    """When it is to be reached."""
    value: float
    """The value, in the indicator's unit."""
    territory: str | None = Field(default=None, pattern=r"^[a-z0-9_]+:[A-Za-z0-9_]+$")
    """For which territory (``grouping:pma``); the perimeter of the workspace when absent."""
    act: LocalText
    """The act that sets it."""
    why: Why
    """Where in the act it is written, and what it is counted from."""
    base: Period | None = None
    """Period that it is counted from; when absent, the path to it begins at the first value."""


class IndicatorBase(Declaration):
    """What every kind of indicator has."""

    title: LocalText
    """Name of the indicator."""
    definition: LocalText
    """What is measured, exactly."""
    method: LocalText | None = None
    """How it is computed."""
    note: LocalText | None = None
    """What to beware of."""
    theme: str
    """A theme of the vocabulary."""
    unit: str
    """A unit of the vocabulary."""
    keywords: list[str] = Field(default_factory=list)
    """Other words under which one looks for it."""
    levels: list[Level] | None = Field(default=None, min_length=1)
    """Levels at which it is given; all those of the workspace that the table allows when absent."""
    periods: list[Period] | None = Field(default=None, min_length=1)
    """Periods to give; all those of the table when absent."""
    breaks: list[Break] = Field(default_factory=list)
    """Periods where the series is broken."""
    provisional: list[Period] = Field(default_factory=list)
    """Periods whose values their producer will still revise."""
    audience: str | None = None
    """``public`` or ``partner:<name>``; that of its strictest table when absent."""
    protection: Secrecy | None = None
    """Primary secrecy of its own."""
    reliability: Reliability | None = None
    """When a value rests on too little."""
    targets: list[Target] = Field(default_factory=list)
    """Values that are to be reached."""
    corrections: list[Correction] = Field(default_factory=list)
    """Why figures that were published were changed later."""
    featured: bool = False
    """Whether the home page may quote it."""


class Count(IndicatorBase):
    """The number of rows."""

    kind: Literal["count"]
    """The number of rows."""
    table: Identifier
    """The table that is counted."""
    where: Where = Field(default_factory=dict)
    """Rows to keep."""


class Sum(IndicatorBase):
    """The sum of a column."""

    kind: Literal["sum"]
    """The sum of a column."""
    table: Identifier
    """The table that is added up."""
    column: str
    """The column that is added up."""
    where: Where = Field(default_factory=dict)
    """Rows to keep."""


class Ratio(IndicatorBase):
    """A part over another, times the unit's factor. A plain name is the sum of that column."""

    kind: Literal["ratio"]
    """A part over another."""
    table: Identifier | None = None
    """The table of both parts, unless they name theirs."""
    numerator: str | Part
    """What is divided."""
    denominator: str | Part
    """What divides."""


class WeightedMean(IndicatorBase):
    """The mean of a column, each row counting as much as its weight."""

    kind: Literal["weighted_mean"]
    """A weighted mean."""
    table: Identifier
    """The table."""
    column: str
    """The column that is averaged."""
    weight: str
    """The column of weights."""
    where: Where = Field(default_factory=dict)
    """Rows to keep."""


class Quantile(IndicatorBase):
    """A quantile of a column over single records (0.5: the median), interpolated linearly."""

    kind: Literal["quantile"]
    """A quantile."""
    table: Identifier
    """The table, one row a record."""
    column: str
    """The column."""
    quantile: float = Field(default=0.5, gt=0, lt=1)
    """Which one: 0.5 for the median."""
    where: Where = Field(default_factory=dict)
    """Rows to keep."""


class Published(IndicatorBase):
    """A figure given as such by its producer; never added up, never averaged."""

    kind: Literal["published"]
    """A figure that the producer gives."""
    table: Identifier
    """The table."""
    column: str
    """The column of the figure."""
    confidentiality: str | None = None
    """Column of SDMX CONF_STATUS codes (``F`` free, ``C`` confidential) that the producer gives with the value."""
    where: Where = Field(default_factory=dict)
    """Rows to keep."""


class Change(IndicatorBase):
    """How another indicator changed between two periods: by year, absolute or relative."""

    kind: Literal["change"]
    """A change between two periods."""
    of: Identifier
    """The indicator that changes."""
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
