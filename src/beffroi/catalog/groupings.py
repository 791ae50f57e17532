"""A territory that the official list does not have (``territories/<code>.yaml``); its code is the file's name."""

from pydantic import Field

from beffroi.catalog.declarations import Declaration, LocalText, Vintage, Why


class Members(Declaration):
    """What a grouping is made of; communes and EPCI by code, other groupings by theirs."""

    communes: list[str] = Field(default_factory=list)
    epci: list[str] = Field(default_factory=list)
    groupings: list[str] = Field(default_factory=list)


class Grouping(Declaration):
    """A grouping of communes or of EPCI, of any department."""

    title: LocalText
    short: LocalText | None = None
    description: LocalText | None = None
    vintage: Vintage | None = None
    """Vintage at which commune codes are written; the workspace's reference when absent."""
    members: Members
    why: Why | None = None
