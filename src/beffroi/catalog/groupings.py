"""A territory that the official list does not have (``territories/<code>.yaml``); its code is the file's name."""

from pydantic import Field

from beffroi.catalog.declarations import Declaration, LocalText, Vintage, Why


class Members(Declaration):
    """What a grouping is made of; communes and EPCI by code, other groupings by theirs."""

    communes: list[str] = Field(default_factory=list)
    """Codes of communes, five characters."""
    epci: list[str] = Field(default_factory=list)
    """SIREN numbers of EPCI, nine digits."""
    groupings: list[str] = Field(default_factory=list)
    """Codes of other groupings."""


class Grouping(Declaration):
    """A grouping of communes or of EPCI, of any department."""

    title: LocalText
    """Name of the territory."""
    short: LocalText | None = None
    """A shorter name, for maps and charts."""
    description: LocalText | None = None
    """What it is, and who decided on it."""
    vintage: Vintage | None = None
    """Vintage at which commune codes are written; the workspace's reference when absent."""
    members: Members
    """What it is made of."""
    why: Why | None = None
    """Where its list of members comes from."""
