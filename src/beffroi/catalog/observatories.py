"""An observatory: pages of text about the same territories (``observatories/<id>/observatory.yaml``, ``*.md``)."""

from typing import Annotated, Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, LocalText, Period, Text
from beffroi.catalog.workspaces import Level

State = Literal["draft", "for_comment", "validated", "adopted"]
"""How far a document has gone; all but the last two bear a watermark."""

Whom = Annotated[
    str,
    Field(
        pattern=r"^(here|perimeter|commune|epci|arrondissement|departement|region|pays|similar|[a-z0-9_]+:[A-Za-z0-9_]+)$"
    ),
]
"""A territory as a page names it: the one in hand (``here``), what holds it (``commune``, ``epci``...), the one that
its observatory watches over (``perimeter``), those like it (``similar``), or one for good (``commune:62498``)."""

Watched = Annotated[str, Field(pattern=r"^([a-z0-9_]+:)?[A-Za-z0-9_]+$")]
"""A territory that an observatory watches over: the code of a grouping (``pma``), or ``epci:246200364``."""


class Act(Declaration):
    """What made a document valid."""

    title: LocalText
    """The act: « Délibération n° 12 du conseil communautaire »."""
    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    """Its day."""


class Observatory(Declaration):
    """Pages in an order, for the same readers and about the same territories."""

    title: LocalText
    """Name of the observatory."""
    summary: LocalText
    """What it follows and for whom, in a sentence or two."""
    themes: list[str] = Field(default_factory=list)
    """Themes of the vocabulary that it belongs to."""
    audience: str = "public"
    """``public`` or ``partner:<name>``."""
    perimeter: Watched | list[Watched] | None = None
    """What it watches over when that is not the whole workspace: a grouping by its code, ``epci:246200364``,
    ``commune:62498``, or a list of these. Its pages, maps and rankings are then of what lies there alone."""
    state: State = "draft"
    """How far it has gone."""
    act: Act | None = None
    """The act that validated or adopted it; required for these two states."""
    pages: list[str] = Field(min_length=1)
    """Its pages in order: names of ``.md`` files, without the suffix."""


class PageHead(Declaration):
    """What stands at the head of a page's text, between two lines of ``---``."""

    title: Text
    """Title; it may hold references: ``Se loger {{ here.in }}``."""
    summary: Text | None = None
    """What the page says, in a sentence: for lists, search engines and cards."""
    levels: list[Level] = Field(default_factory=list)
    """Levels of the territories that each have this page; none when it is about its ``territory`` alone."""
    territory: Whom = "perimeter"
    """The territory that the page opens on."""
    compared: list[Whom] = Field(default_factory=list, max_length=3)
    """Territories that its figures compare with, unless a figure names its own."""
    period: Period | None = None
    """The period that its figures and references show, unless they name theirs; the last one of each when absent."""
    otherwise: Text | None = None
    """What stands in the place of a value that is not there; its reason in words when absent."""
