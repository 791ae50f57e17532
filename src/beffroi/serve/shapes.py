"""The JSON of the interface for programs: one model for each thing that it gives."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """One thing that is wrong."""

    code: str
    class_: str = Field(alias="class")
    message: str
    remedy: str | None = None
    file: str | None = None
    line: int | None = None
    key: str | None = None
    available: list[str] = []
    nearest: str | None = None


class Faults(BaseModel):
    """The shape of every error."""

    faults: list[Fault]


class Edition(BaseModel):
    """The edition that answers."""

    id: str
    built: str
    version: str
    reference_vintage: int
    root: str | None
    """Root of the sha256 tree of all that the reader may have of it (``/manifest.json``); null in an edition of before.
    """


class Step(BaseModel):
    """A sibling met on the way up, and on which side it stands."""

    side: Literal["left", "right"]
    sha256: str


class Proof(BaseModel):
    """That a file, or an object of the lake, is of an edition: with ``steps``, its sha256 leads to the root."""

    edition: str
    name: str
    of: str
    sha256: str
    root: str
    steps: list[Step]


class Correction(BaseModel):
    """An edition that changed published figures of an indicator: how many, by period, and why."""

    number: int
    indicator: str
    on: str
    edition: str
    vintage: int
    vintages: list[int]
    figures: int
    changed: int
    hidden: int
    shown: int
    appeared: int
    gone: int
    levels: list[str]
    periods: dict[str, dict[str, Any]]
    causes: list[dict[str, Any]]
    reasons: list[dict[str, Any]]


class Health(BaseModel):
    """Whether the server answers, from which edition, and how old that edition is."""

    state: str
    edition: str
    built: str
    age_seconds: int
    version: str
    indicators: int
    unavailable: int


class IndicatorLine(BaseModel):
    """An indicator in the list."""

    id: str
    title: str
    theme: str
    unit: str
    kind: str
    state: str
    levels: list[str]
    periods: list[str]
    synthetic: bool
    address: str


class Indicator(IndicatorLine):
    """An indicator with what it means and where it comes from."""

    definition: str
    method: str | None = None
    note: str | None = None
    vintages: list[int]
    tables: list[str]
    sources: list[str]
    breaks: dict[str, str]
    provisional: list[str]
    window: dict[str, Any] | None = None
    coverage: dict[str, Any] | None = None
    reasons: list[dict[str, Any]]


class Row(BaseModel):
    """A line of a series. ``status`` and ``confidentiality`` are SDMX codes; a null value says why by them."""

    indicator: str
    level: str
    territory: str
    label: str
    period: str
    value: float | None
    numerator: float | None
    denominator: float | None
    observations: int | None
    status: str
    confidentiality: str
    reliability: str


class Substitute(BaseModel):
    """A value that is released, to be read in the place of a hidden one: of a ``larger`` territory at the same period,
    or of the same one at another ``period``."""

    kind: str
    level: str
    territory: str
    label: str
    period: str
    value: float
    said: str
    address: str


class Instead(BaseModel):
    """A line whose value is hidden: why, in words, and what there is instead."""

    level: str
    territory: str
    period: str
    why: str
    values: list[Substitute]


class Series(BaseModel):
    """Lines of an indicator at one vintage of the geography; ``instead`` says of each hidden one what there is to
    read."""

    indicator: str
    title: str
    unit: str
    vintage: int
    geography: str
    synthetic: bool
    source: list[str]
    licence: str
    edition: str
    rows: list[Row]
    instead: list[Instead] = []


class Territory(BaseModel):
    """A territory; ``key`` is how an address names it."""

    key: str
    level: str
    code: str
    name: str
    detail: str
    parents: list[str]
    population: int | None


class Territories(BaseModel):
    """Territories that were found, the likeliest first."""

    vintage: int
    territories: list[Territory]


class Hit(BaseModel):
    """One thing found."""

    kind: str
    key: str
    title: str
    detail: str
    address: str


class Found(BaseModel):
    """What a search gives; ``nearest`` when nothing has the words and these only look like them."""

    words: str
    nearest: bool
    hits: list[Hit]


class CatalogueLine(BaseModel):
    """A source or a table in a list."""

    id: str
    title: str
    state: str
    producer: str
    licence: str
    verified_against: str
    fetched: str | None
    synthetic: bool
    address: str


class Described(BaseModel):
    """A source or a table as the catalogue has it."""

    model_config = ConfigDict(extra="allow")

    id: str
    title: dict[str, str]
    state: str


class FigureClass(BaseModel):
    """A class of a map."""

    limits: str
    shade: int
    count: int


class Figure(BaseModel):
    """The words of a figure, as the page has them."""

    view: str
    title: str
    subtitle: str
    sentence: str
    notices: list[str]
    source: str
    geography: str
    edition: str
    synthetic: bool
    classes: list[FigureClass]
    address: str


__all__ = [
    "CatalogueLine", "Correction", "Described", "Edition", "Fault", "Faults", "Figure", "FigureClass", "Found",
    "Health", "Hit", "Indicator", "IndicatorLine", "Proof", "Row", "Series", "Step", "Territories", "Territory",
]  # fmt: skip
