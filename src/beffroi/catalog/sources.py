"""Where data come from, under which terms, and how their files are read (``sources/<id>/source.yaml``)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from beffroi.catalog.declarations import Declaration, LocalText, Text, Why
from beffroi.catalog.tables import Contract

Address = Annotated[str, Field(pattern=r"^(https?://[^\s/]+|\{[A-Za-z_]\w*\})")]
"""An address of the web; it may hold ``{name}`` for the value of a part."""


class Legal(Declaration):
    """The terms that go with the data."""

    basis: LocalText | None = None
    agreement: str | None = None
    until: date | None = None
    secrecy: LocalText | None = None
    secrecy_set_by: str | None = None
    outputs: list[str] = Field(default_factory=list)
    personal_data: bool = False
    retention: str | None = None


class Http(Declaration):
    """One address."""

    url: Address


class DataGouv(Declaration):
    """A dataset of data.gouv.fr: one resource of it, the latest or a pinned one."""

    dataset: str
    resource: str | None = None
    title: str | None = None
    """Pattern (``*`` for anything) of the resource's title, when no id is given."""


class OgcFeatures(Declaration):
    """A collection of an OGC API Features service, read page after page."""

    url: Address
    collection: str
    limit: int = Field(default=1000, ge=1)
    query: dict[str, str] = Field(default_factory=dict)


class Wfs(Declaration):
    """A feature type of a WFS 2.0 service, read page after page."""

    url: Address
    type_name: str
    limit: int = Field(default=1000, ge=1)
    query: dict[str, str] = Field(default_factory=dict)


class DataFair(Declaration):
    """A dataset of an ADEME data-fair service."""

    url: Address
    dataset: str
    limit: int = Field(default=10000, ge=1)
    query: dict[str, str] = Field(default_factory=dict)


class Opendatasoft(Declaration):
    """A dataset of an Opendatasoft explore v2.1 service."""

    url: Address
    dataset: str
    query: dict[str, str] = Field(default_factory=dict)


class LocalFile(Declaration):
    """A file or a folder; a relative path is taken from the source's folder."""

    path: str


class ObjectStore(Declaration):
    """An object of a store that fsspec knows (``s3://bucket/key``); credentials come from the environment."""

    url: str = Field(pattern=r"^[a-z][a-z0-9+.-]*://\S+$")
    options: dict[str, str] = Field(default_factory=dict)


class Package(Declaration):
    """A package of a registry, fetched with the registry's ordinary client."""

    registry: Literal["pypi", "npm"]
    name: str
    version: str


class Deposit(Declaration):
    """A file that somebody puts there by hand, under ``deposits/`` of the lake; ``ask`` says whom to ask for it."""

    name: str
    ask: LocalText


class Postgres(Declaration):
    """A table or a query of PostgreSQL or PostGIS; the address is in the environment variable ``dsn_env``."""

    dsn_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    table: str | None = None
    query: str | None = None


class WideTable(Declaration):
    """A table with one column by period (territory x year), made long."""

    keep: list[str]
    columns: str
    """Regular expression of the columns to turn; its first group is the period."""
    period: str = "period"
    value: str = "value"


class Reading(Declaration):
    """How the bytes of one file become rows. All values are text unless ``types`` says otherwise."""

    format: Literal["csv", "xlsx", "json", "geojson", "shapefile", "geopackage", "flatgeobuf", "parquet"]
    encoding: Literal["utf-8", "latin-1", "cp1252"] = "utf-8"
    delimiter: str = Field(default=",", min_length=1)
    decimal: Literal[".", ","] = "."
    quote: str = '"'
    header_row: int = Field(default=1, ge=0)
    """Row of the column names counted from 1; 0 when there is none and ``names`` gives them."""
    names: list[str] | None = None
    sheet: str | int | None = None
    layer: str | None = None
    records: str | None = None
    """Path of the list inside a JSON document (``data.items``); the document itself when absent."""
    missing: list[str] = Field(default_factory=lambda: [""])
    types: dict[str, Literal["integer", "number", "decimal", "boolean", "date"]] = Field(default_factory=dict)
    rename: dict[str, str] = Field(default_factory=dict)
    """New name by name in the file, so that two locations with other headers give the same relation."""
    wide: WideTable | None = None


class FileSpec(Declaration):
    """One file of the source: where it is inside what was fetched, and how to read it.

    ``member`` goes into an archive; ``!`` goes into an archive within (``resources/fr.csv.tgz!fr_*.csv``); a
    pattern takes every match, one under another.
    """

    member: str | None = None
    read: Reading


class Location(Declaration):
    """One place where the data can be had. Exactly one of the kinds; the first that answers wins."""

    http: Http | None = None
    data_gouv: DataGouv | None = None
    ogc_features: OgcFeatures | None = None
    wfs: Wfs | None = None
    data_fair: DataFair | None = None
    opendatasoft: Opendatasoft | None = None
    file: LocalFile | None = None
    object_store: ObjectStore | None = None
    package: Package | None = None
    deposit: Deposit | None = None
    postgres: Postgres | None = None
    files: dict[str, FileSpec] = Field(default_factory=dict)
    """Overrides of the source's ``files`` where this location has other members or another form."""
    allow_private: bool = False
    max_bytes: int = Field(default=2_000_000_000, ge=1)
    timeout_seconds: int = Field(default=600, ge=1)
    note: LocalText | None = None

    @property
    def kind(self) -> str:
        """Which of the kinds is declared: ``package``, ``http``..."""
        return next(name for name in LOCATION_KINDS if getattr(self, name) is not None)


LOCATION_KINDS = (
    "http", "data_gouv", "ogc_features", "wfs", "data_fair", "opendatasoft",
    "file", "object_store", "package", "deposit", "postgres",
)  # fmt: skip


class Source(Declaration):
    """A dataset of a producer, with its terms, its places and its one table."""

    title: LocalText
    description: LocalText | None = None
    producer: Text
    homepage: Address | None = None
    licence: Literal["lov2", "odbl", "mit", "cc-by-4.0", "cc0", "agreement", "purchased", "synthetic"]
    use: Literal["open", "agreement", "purchased"]
    legal: Legal = Legal()
    themes: list[str] = Field(default_factory=list)
    periods: LocalText
    """Which years the data are about, in words: « 2005 à 2020, closes »."""
    frequency: Literal["once", "yearly", "quarterly", "monthly", "continuous"] = "yearly"
    verified_against: Literal["producer", "documentation", "none"]
    """Whether the reader was tried on the producer's own file, on its documentation only, or not at all."""
    verified_note: LocalText | None = None
    synthetic: bool = False
    why: Why | None = None
    locations: list[Location] = Field(min_length=1)
    parts: list[dict[str, str]] = Field(default_factory=list)
    """One fetch for each part; ``{name}`` in a location is replaced by the part's value, and every variable of
    the part becomes a text column of what is read."""
    files: dict[str, FileSpec] = Field(min_length=1)
    """By the name that ``table.sql`` selects from."""
    table: Contract | None = None


__all__ = ["LOCATION_KINDS", "FileSpec", "Legal", "Location", "Reading", "Source", "WideTable"]
