"""The workspace as declared in ``workspace.yaml``."""

from typing import Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, Identifier, LocalText, Text, Vintage, Why

Level = Literal["iris", "commune", "epci", "arrondissement", "departement", "region", "pays", "grouping"]
LEVELS: tuple[Level, ...] = ("iris", "commune", "epci", "grouping", "arrondissement", "departement", "region", "pays")
"""From the smallest to the largest, the order in which they are shown."""

REACHABLE: dict[Level, tuple[Level, ...]] = {
    "iris": LEVELS,
    "commune": LEVELS[1:],
    "epci": ("epci", "grouping", "pays"),
    "grouping": ("grouping",),
    "arrondissement": ("arrondissement", "departement", "region", "pays"),
    "departement": ("departement", "region", "pays"),
    "region": ("region", "pays"),
    "pays": ("pays",),
}
"""The levels that can be made by adding up rows of a level: an EPCI may lie across two departments, so never those."""


class TerritoryTables(Declaration):
    """Which tables hold the official territories: the roles that ``geo`` needs.

    The columns that each role must have are listed in ``beffroi.catalog.roles``.
    """

    communes: Identifier
    epci: Identifier
    departements: Identifier | None = None
    regions: Identifier | None = None
    arrondissements: Identifier | None = None
    events: Identifier | None = None
    contours: Identifier | None = None
    iris: Identifier | None = None


class AudienceDeclaration(Declaration):
    """A partner for whom some tables and indicators are meant; its token comes from the environment."""

    title: LocalText
    token_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")


class Limits(Declaration):
    """What a build or a server may use of its machine."""

    memory: str = Field(default="2GB", pattern=r"^\d+(\.\d+)?(KB|MB|GB|TB)$")
    threads: int = Field(default=2, ge=1)
    scratch: str = Field(default="20GB", pattern=r"^\d+(\.\d+)?(KB|MB|GB|TB)$")
    query_seconds: int = Field(default=30, ge=1)


class Identity(Declaration):
    """How the workspace looks: an accent colour legible on white (contrast 4.5 at least), an address to write to."""

    accent: str = Field(default="#9a3412", pattern=r"^#[0-9a-f]{6}$")
    contact: str | None = None


class Workspace(Declaration):
    """Who watches over what, since when and for whom."""

    format: Literal[1]
    title: LocalText
    sentence: LocalText
    publisher: Text
    languages: list[Literal["fr", "en"]] = Field(default=["fr"], min_length=1)
    perimeter: Text
    """Code of the grouping (a file of ``territories/``) that the workspace watches over."""
    reference_vintage: Vintage
    vintages: list[Vintage] = Field(default_factory=list)
    """Vintages of the official geography released besides the reference one."""
    levels: list[Level] = Field(min_length=1)
    compare_with: list[str] = Field(default_factory=list)
    """Territories offered first for comparison, as ``level:code``."""
    territories: TerritoryTables
    audiences: dict[str, AudienceDeclaration] = Field(default_factory=dict)
    limits: Limits = Limits()
    identity: Identity = Identity()
    synthetic: bool = False
    why: Why | None = None
    """Why the data are made up; required when ``synthetic``."""
