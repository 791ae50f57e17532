"""The workspace as declared in ``workspace.yaml``."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, Identifier, LocalText, Text, Vintage, Why

Level = Literal[
    "iris", "qpv_2024", "qpv_2015", "commune", "epci", "arrondissement", "departement", "region", "pays", "grouping"
]
LEVELS: tuple[Level, ...] = (
    "iris", "qpv_2024", "qpv_2015", "commune", "epci", "grouping", "arrondissement", "departement", "region", "pays",
)  # fmt: skip
"""From the smallest to the largest, the order in which they are shown; of two lists of QPV, the one in force first."""

QPV: tuple[Level, ...] = ("qpv_2024", "qpv_2015")
"""The lists of QPV, each a level: a decree draws quarters anew, it does not give the same ones another year."""

PIECES: tuple[Level, ...] = ("iris", *QPV)
"""Levels whose territories are not whole communes: no commune adds up to them."""

_OF_COMMUNES: tuple[Level, ...] = tuple(level for level in LEVELS if level not in PIECES)

REACHABLE: dict[Level, tuple[Level, ...]] = {
    "iris": ("iris", *_OF_COMMUNES),
    "qpv_2024": ("qpv_2024",),
    "qpv_2015": ("qpv_2015",),
    "commune": _OF_COMMUNES,
    "epci": ("epci", "grouping", "pays"),
    "grouping": ("grouping",),
    "arrondissement": ("arrondissement", "departement", "region", "pays"),
    "departement": ("departement", "region", "pays"),
    "region": ("region", "pays"),
    "pays": ("pays",),
}
"""The levels that can be made by adding up rows of a level: an EPCI may lie across two departments, so never those; a
QPV is a part of one commune or of several, so nothing but itself."""


class TerritoryTables(Declaration):
    """Which tables hold the official territories: the roles that ``geo`` needs.

    The columns that each role must have are listed in ``beffroi.catalog.roles``.
    """

    communes: Identifier
    """Table of the communes at each vintage, with the EPCI, the arrondissement and so on that each belongs to."""
    epci: Identifier
    """Table of the EPCI at each vintage."""
    departements: Identifier | None = None
    """Table of the départements."""
    regions: Identifier | None = None
    """Table of the regions."""
    arrondissements: Identifier | None = None
    """Table of the arrondissements."""
    events: Identifier | None = None
    """Table of INSEE's events: mergers, splits, changes of code. Without it no conversion between vintages."""
    contours: Identifier | None = None
    """Table of the contours of communes, from which those of larger territories are made."""
    iris: Identifier | None = None
    """Table of the IRIS."""
    qpv_2024: Identifier | None = None
    """Table of the QPV of the decree of 28 December 2023 (no 2023-1314): one row a QPV and commune that it lies in."""
    qpv_2015: Identifier | None = None
    """Table of the QPV of the decree of 30 December 2014 (no 2014-1750), likewise."""


class AudienceDeclaration(Declaration):
    """A partner for whom some tables and indicators are meant; its token comes from the environment."""

    title: LocalText
    """Name of the partner."""
    token_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    """Environment variable that holds the token of the partner."""


class Limits(Declaration):
    """What a build or a server may use of its machine."""

    memory: str = Field(default="2GB", pattern=r"^\d+(\.\d+)?(KB|MB|GB|TB)$")
    """Memory of a query: ``2GB``."""
    threads: int = Field(default=2, ge=1)
    """Threads of a query."""
    scratch: str = Field(default="20GB", pattern=r"^\d+(\.\d+)?(KB|MB|GB|TB)$")
    """Disk on which a query may spill."""
    query_seconds: int = Field(default=30, ge=1)
    """After how long a question asked at a terminal is interrupted."""
    build_seconds: int = Field(default=3600, ge=1)
    """After how long the making of one table, or of one indicator in one geography, is interrupted."""
    """Seconds after which an interactive query is interrupted."""


class Identity(Declaration):
    """How the workspace looks: an accent colour legible on white (contrast 4.5 at least), an address to write to."""

    accent: str = Field(default="#9a3412", pattern=r"^#[0-9a-f]{6}$")
    """Colour ``#rrggbb``."""
    contact: str | None = None
    """Address of mail or of a page to write to."""


class Audit(Declaration):
    """What people found who went through the 106 criteria of the RGAA 4.1 by hand, on a sample of pages.

    The rate of the statement is computed: met over applicable. Nothing automatic stands in the place of this.
    """

    audited: date
    """Day on which the audit was finished."""
    by: Text
    """Who made it."""
    criteria_met: int = Field(ge=0, le=106)
    """Criteria that apply and are met on every page of the sample."""
    criteria_applicable: int = Field(ge=1, le=106)
    """Criteria that apply to at least one page of the sample."""
    sample: list[Annotated[str, Field(pattern=r"^/\S*$")]] = Field(min_length=1)
    """Addresses of the pages that were looked at, from the root: ``/``, ``/observatoires/housing/index``."""
    report: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """Address of the whole report."""
    why: Why
    """What is not met, and why: faults, derogations, contents that are not concerned."""


class Criterion(Declaration):
    """How an indicator counts when territories are told alike."""

    scale: Literal["linear", "log"] = "linear"
    """``log`` for a size (inhabitants, dwellings): twice as many is then as far off in small communes as in large."""
    weight: float = Field(default=1, gt=0, le=10)
    """How much it counts beside the others."""


class Similar(Declaration):
    """What makes two communes alike: the word ``similar`` of pages, and « communes semblables » of portraits."""

    count: int = Field(default=4, ge=1, le=10)
    """How many are named."""
    among: Literal["perimeter", "departement"] = "perimeter"
    """Where they are looked for: in the perimeter, or in the part of it that is in the same département."""
    indicators: dict[Identifier, Criterion] = Field(min_length=1, max_length=12)
    """Public indicators that are compared, each with its scale and weight."""
    why: Why
    """Why these, and where the method comes from."""


class Workspace(Declaration):
    """Who watches over what, since when and for whom."""

    format: Literal[1]
    """Version of this format."""
    title: LocalText
    """Name of the observatory."""
    sentence: LocalText
    """What it is, in one sentence."""
    publisher: Text
    """Who answers for it."""
    languages: list[Literal["fr", "en"]] = Field(default=["fr"], min_length=1)
    """Languages of its pages, the first by default."""
    perimeter: Text
    """Code of the grouping (a file of ``territories/``) that the workspace watches over."""
    reference_vintage: Vintage
    """Vintage of the geography in which everything is shown."""
    vintages: list[Vintage] = Field(default_factory=list)
    """Vintages of the official geography released besides the reference one."""
    levels: list[Level] = Field(min_length=1)
    """Levels at which indicators are given."""
    compare_with: list[str] = Field(default_factory=list)
    """Territories offered first for comparison, as ``level:code``."""
    portrait: list[Identifier] = Field(default_factory=list, max_length=12)
    """Indicators that open the portrait of every territory, in order; by rule when absent."""
    similar: Similar | None = None
    """What makes two communes alike; without it none are."""
    territories: TerritoryTables
    """The tables of official territories."""
    audiences: dict[str, AudienceDeclaration] = Field(default_factory=dict)
    """Partners by name: ``partner:<name>`` is then an audience."""
    limits: Limits = Limits()
    """What a build and a server may use."""
    identity: Identity = Identity()
    """How pages look."""
    accessibility: Audit | None = None
    """The last manual audit; without it the statement says that the site does not conform, for lack of one."""
    synthetic: bool = False
    """Whether the territory and its data are made up; every page then says so."""
    why: Why | None = None
    """Why the data are made up; required when ``synthetic``."""
