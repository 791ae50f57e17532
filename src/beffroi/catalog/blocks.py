"""The blocks of a page: what each kind of figure is asked, written as YAML in a fenced block of its text.

A block names indicators, territories and periods; it holds no number and no query. What it leaves out is what its page
says, or what is usual.
"""

from typing import Annotated, Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, Identifier, Period, Text
from beffroi.catalog.observatories import Whom
from beffroi.catalog.workspaces import Level

Periods = list[Period]


class Block(Declaration):
    """What every block may say."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = None
    """A name to refer to it by, in its page; its position otherwise."""
    shown_for: list[Level] = Field(default_factory=list)
    """Levels of the territories for which it is shown; all of them when empty."""


class FigureBlock(Block):
    """What every figure may say."""

    title: Text | None = None
    """What the figure shows, when its author has found it out; the indicator, the place and the period otherwise."""
    note: Text | None = None
    """What to beware of, under the figure."""
    territory: Whom = "here"
    """The territory that it is about."""
    compared: list[Whom] | None = Field(default=None, max_length=3)
    """Territories to compare with; those of the page when absent."""


class OnePeriod(FigureBlock):
    """A figure of one moment."""

    period: Period | None = None
    """The period; that of the page, or the last one, when absent."""


class OverTime(FigureBlock):
    """A figure that goes through periods."""

    since: Period | None = None
    """First period shown."""
    until: Period | None = None
    """Last period shown."""


class OfPlaces(OnePeriod):
    """A figure of all the territories of a level."""

    level: Level = "commune"
    """Level of the territories that are shown."""


class KeyFigures(OnePeriod):
    """A few values in large type, each with its words, its course and what it compares with."""

    indicators: list[Identifier] = Field(min_length=1, max_length=8)
    """Indicators, in order."""


class Line(OverTime):
    """Lines over time: one territory beside others, or the categories of a breakdown, or several indicators."""

    indicator: Identifier | None = None
    """An indicator, drawn for the territory and those that it is compared with."""
    breakdown: Identifier | None = None
    """A breakdown, one line a category."""
    indicators: list[Identifier] | None = Field(default=None, min_length=2, max_length=6)
    """Indicators of the same unit, one line each."""


class Area(OverTime):
    """The categories of a breakdown piled over time."""

    breakdown: Identifier
    """The breakdown."""
    share: bool = False
    """Whether each period is brought to 100 %."""


class Bar(OnePeriod):
    """Bars: categories or indicators, each alone, side by side, piled, or on both sides of zero."""

    breakdown: Identifier | None = None
    """A breakdown, one bar a category."""
    indicators: list[Identifier] | None = Field(default=None, min_length=1, max_length=8)
    """Indicators of the same unit, one bar each."""
    arrangement: Literal["single", "grouped", "stacked", "diverging"] = "single"
    """``single``: one bar each; ``grouped``: side by side; ``stacked``: end to end; ``diverging``: on both sides."""
    across: Literal["territories", "periods"] = "territories"
    """What the groups or the piles of bars are."""
    periods: Periods | None = Field(default=None, min_length=2, max_length=12)
    """The periods of ``across: periods``; all of them when absent."""
    share: bool = False
    """Whether piles, or bars, are given in percent of their total."""


class Slope(FigureBlock):
    """Two periods, and what each territory became from one to the other."""

    indicator: Identifier
    """The indicator."""
    periods: Periods = Field(min_length=2, max_length=2)
    """From when, to when."""
    level: Level | None = None
    """Every territory of this level inside the one in hand, rather than those that it is compared with."""


class Scatter(OfPlaces):
    """Territories by two indicators, one across and one upwards."""

    x: Identifier
    """Across."""
    y: Identifier
    """Upwards."""
    size: Identifier | None = None
    """A count or a sum that gives the size of the points."""


class Distribution(OfPlaces):
    """How many territories have which value."""

    indicator: Identifier
    """The indicator."""


class Pyramid(OnePeriod):
    """Two breakdowns by the same categories, back to back: ages of women and of men."""

    left: Identifier
    """Breakdown on the left."""
    right: Identifier
    """Breakdown on the right."""


class Multiples(OverTime):
    """The same small line for each of several territories, or of the categories of a breakdown, on one scale."""

    indicator: Identifier | None = None
    """The indicator, when there is one line a territory."""
    breakdown: Identifier | None = None
    """The breakdown, when there is one line a category."""
    level: Level | None = None
    """Every territory of this level inside the one in hand; otherwise it and those that it is compared with."""


class Choropleth(OfPlaces):
    """A map in shades: for ratios and published figures, never for counts."""

    indicator: Identifier
    """The indicator."""


class Circles(OfPlaces):
    """A map in circles whose area is the amount: for counts and sums."""

    indicator: Identifier
    """The indicator."""


class BivariateMap(OfPlaces):
    """A map of two indicators at once, by thirds of each."""

    x: Identifier
    """One."""
    y: Identifier
    """The other."""


class Ranking(OfPlaces):
    """Territories from the largest value to the smallest; of IRIS or QPV, those in the territory in hand if several."""

    indicator: Identifier
    """The indicator."""


class Comparison(OnePeriod):
    """A table: indicators down, territories across."""

    indicators: list[Identifier] = Field(min_length=1, max_length=24)
    """Indicators, in order."""


class KeyYear(Declaration):
    """A year that a programme is held to."""

    label: Text
    """How it is called: « T0 »."""
    period: Period
    """The period."""


class KeyYears(FigureBlock):
    """The same key indicators at the years that a programme is held to; those still to come stay open."""

    indicators: list[Identifier] = Field(min_length=1, max_length=16)
    """Indicators, in order."""
    years: list[KeyYear] = Field(min_length=2, max_length=6)
    """The years, in order."""


class Target(FigureBlock):
    """An indicator against the targets that its declaration states."""

    indicator: Identifier
    """The indicator; it declares ``targets``."""


class FlowLink(Declaration):
    """What goes from one node to another."""

    source: Text
    """Where it comes from."""
    target: Text
    """Where it goes."""
    indicator: Identifier
    """How much: a count or a sum."""


class Flow(OnePeriod):
    """A flow graph: bands as wide as what goes from node to node."""

    links: list[FlowLink] = Field(min_length=2, max_length=40)
    """The bands."""


class Image(Block):
    """A picture of the observatory's folder."""

    file: Text
    """Name of the file."""
    alt: Text
    """What one sees on it, for who cannot; required."""
    credit: Text
    """Who made it."""
    licence: Text
    """Under which terms it is shown."""
    caption: Text | None = None
    """Words under it."""


class Note(Block):
    """A note in the margin."""

    about: Literal["method", "caution", "definition"] = "method"
    """What it is about."""
    title: Text
    """Its title."""
    text: Text
    """Its words, in Markdown."""


class Passage(Block):
    """Prose for some territories only."""

    territories: list[Whom] = Field(default_factory=list)
    """Those that it is for, besides the levels of ``shown_for``."""
    text: Text
    """Its words, in Markdown."""


class Downloads(Block):
    """Files of the series behind a page."""

    indicators: list[Identifier] = Field(min_length=1, max_length=40)
    """Indicators, in order."""


class Include(Block):
    """A text shared by several pages: a file of ``observatories/`` whose name begins with ``_``."""

    text: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*/_[a-z0-9_]+$")]
    """Its observatory and its name: ``mobility/_method``."""


BLOCK_KINDS: dict[str, type[Block]] = {
    "key_figures": KeyFigures, "line": Line, "area": Area, "bar": Bar, "slope": Slope, "scatter": Scatter,
    "distribution": Distribution, "pyramid": Pyramid, "multiples": Multiples, "choropleth": Choropleth,
    "circles": Circles, "bivariate_map": BivariateMap, "ranking": Ranking, "comparison": Comparison,
    "key_years": KeyYears, "target": Target, "flow": Flow, "image": Image, "note": Note, "passage": Passage,
    "downloads": Downloads, "include": Include,
}  # fmt: skip
"""Kinds of blocks by the word after the three marks that open them."""
