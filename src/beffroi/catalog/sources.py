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
    """Text or contract that allows the use."""
    agreement: str | None = None
    """The agreement that gives the data."""
    until: date | None = None
    """Last day of the agreement."""
    secrecy: LocalText | None = None
    """The rule of secrecy, in words."""
    secrecy_set_by: str | None = None
    """Who sets that rule."""
    outputs: list[str] = Field(default_factory=list)
    """What may be published, in words."""
    personal_data: bool = False
    """Whether the data are about persons who can be known; such a table is never public."""
    retention: str | None = None
    """How long they may be kept."""
    indexing: Literal["allowed", "refused"] = "allowed"
    """Whether search engines may list the pages that show them; ``refused`` marks these ``noindex``."""


class Http(Declaration):
    """One address."""

    url: Address
    """Where the file is."""


class DataGouv(Declaration):
    """A dataset of data.gouv.fr: one resource of it, the latest or a pinned one."""

    dataset: str
    """Identifier or short name of the dataset."""
    resource: str | None = None
    """Identifier of one resource, to pin it."""
    title: str | None = None
    """Pattern (``*`` for anything) of the resource's title, when no id is given."""


class OgcFeatures(Declaration):
    """A collection of an OGC API Features service, read page after page."""

    url: Address
    """Root of the service."""
    collection: str
    """Identifier of the collection."""
    limit: int = Field(default=1000, ge=1)
    """Features of a page."""
    query: dict[str, str] = Field(default_factory=dict)
    """Other parameters of the request."""


class Wfs(Declaration):
    """A feature type of a WFS 2.0 service, read page after page."""

    url: Address
    """Root of the service."""
    type_name: str
    """Name of the feature type."""
    limit: int = Field(default=1000, ge=1)
    """Features of a page."""
    query: dict[str, str] = Field(default_factory=dict)
    """Other parameters of the request."""


class DataFair(Declaration):
    """A dataset of an ADEME data-fair service."""

    url: Address
    """Root of the service."""
    dataset: str
    """Identifier of the dataset."""
    limit: int = Field(default=10000, ge=1)
    """Lines of a page."""
    query: dict[str, str] = Field(default_factory=dict)
    """Other parameters of the request."""


class Opendatasoft(Declaration):
    """A dataset of an Opendatasoft explore v2.1 service."""

    url: Address
    """Root of the service."""
    dataset: str
    """Identifier of the dataset."""
    query: dict[str, str] = Field(default_factory=dict)
    """Other parameters of the request."""


class LocalFile(Declaration):
    """A file or a folder; a relative path is taken from the source's folder."""

    path: str
    """Path of the file or of the folder."""


class ObjectStore(Declaration):
    """An object of a store that fsspec knows (``s3://bucket/key``); credentials come from the environment."""

    url: str = Field(pattern=r"^[a-z][a-z0-9+.-]*://\S+$")
    """Address of the object."""
    options: dict[str, str] = Field(default_factory=dict)
    """Options of the store, never a secret."""


class Package(Declaration):
    """A package of a registry, fetched with the registry's ordinary client."""

    registry: Literal["pypi", "npm"]
    """Which registry."""
    name: str
    """Name of the package."""
    version: str
    """Its version, exactly."""


class Deposit(Declaration):
    """A file that somebody puts there by hand, under ``deposits/`` of the lake; ``ask`` says whom to ask for it."""

    name: str
    """Name of the file to put there."""
    ask: LocalText
    """Whom to ask for it, and how."""


class Postgres(Declaration):
    """A table or a query of PostgreSQL or PostGIS; the address is in the environment variable ``dsn_env``."""

    dsn_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    """Environment variable that holds the address and the password."""
    table: str | None = None
    """Table to read."""
    query: str | None = None
    """SELECT to read, instead of a table."""


class WideTable(Declaration):
    """A table with one column by period (territory x year), made long."""

    keep: list[str]
    """Columns that are kept as they are."""
    columns: str
    """Regular expression of the columns to turn; its first group is the period."""
    period: str = "period"
    """Name of the column that gets the period."""
    value: str = "value"
    """Name of the column that gets the value."""


class Reading(Declaration):
    """How the bytes of one file become rows. All values are text unless ``types`` says otherwise."""

    format: Literal["csv", "xlsx", "json", "geojson", "shapefile", "geopackage", "flatgeobuf", "parquet", "geotiff"]
    """Form of the file; ``xlsx`` reads the other workbooks (xls, ods) too. A ``geotiff`` is an image: it has no rows,
    and layers of the kind ``raster`` show it."""
    encoding: Literal["utf-8", "latin-1", "cp1252"] = "utf-8"
    """Encoding of its text."""
    delimiter: str = Field(default=",", min_length=1)
    """What separates the columns of a CSV."""
    decimal: Literal[".", ","] = "."
    """Decimal mark."""
    quote: str = '"'
    """Quotation mark of a CSV; empty for none."""
    header_row: int = Field(default=1, ge=0)
    """Row of the column names counted from 1; 0 when there is none and ``names`` gives them."""
    names: list[str] | None = None
    """Names of the columns, when the file has none."""
    sheet: str | int | None = None
    """Name of the sheet, or its number from 1."""
    layer: str | None = None
    """Name of the layer."""
    records: str | None = None
    """Path of the list inside a JSON document (``data.items``); the document itself when absent."""
    missing: list[str] = Field(default_factory=lambda: [""])
    """Texts that mean that there is no value."""
    types: dict[str, Literal["integer", "number", "decimal", "boolean", "date"]] = Field(default_factory=dict)
    """Type by column, where it is not text."""
    rename: dict[str, str] = Field(default_factory=dict)
    """New name by name in the file, so that two locations with other headers give the same relation."""
    wide: WideTable | None = None
    """How to make a wide table long."""


RASTER_FORMAT = "geotiff"
"""The form of files that are images."""


class FileSpec(Declaration):
    """One file of the source: where it is inside what was fetched, and how to read it.

    ``member`` goes into an archive; ``!`` goes into an archive within (``resources/fr.csv.tgz!fr_*.csv``); a
    pattern takes every match, one under another.
    """

    member: str | None = None
    """Which member of the archive or of the folder."""
    read: Reading
    """How to read it."""


class Location(Declaration):
    """One place where the data can be had. Exactly one of the kinds; the first that answers wins."""

    http: Http | None = None
    """An address."""
    data_gouv: DataGouv | None = None
    """A dataset of data.gouv.fr."""
    ogc_features: OgcFeatures | None = None
    """An OGC API Features service."""
    wfs: Wfs | None = None
    """A WFS 2.0 service."""
    data_fair: DataFair | None = None
    """A data-fair service."""
    opendatasoft: Opendatasoft | None = None
    """An Opendatasoft service."""
    file: LocalFile | None = None
    """A file or a folder of this machine."""
    object_store: ObjectStore | None = None
    """An object of a store."""
    package: Package | None = None
    """A package of a registry."""
    deposit: Deposit | None = None
    """A file deposited by hand."""
    postgres: Postgres | None = None
    """A PostgreSQL or PostGIS database."""
    files: dict[str, FileSpec] = Field(default_factory=dict)
    """Overrides of the source's ``files`` where this location has other members or another form."""
    allow_private: bool = False
    """Whether the address may be one of a private network."""
    max_bytes: int = Field(default=2_000_000_000, ge=1)
    """Size above which it is refused."""
    timeout_seconds: int = Field(default=600, ge=1)
    """Time after which it is given up."""
    note: LocalText | None = None
    """What one should know of this place."""

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
    """Name of the dataset."""
    description: LocalText | None = None
    """What it holds, and what it does not."""
    producer: Text
    """Who makes the data."""
    homepage: Address | None = None
    """Page of the producer."""
    licence: Literal["lov2", "odbl", "mit", "cc-by-4.0", "cc0", "agreement", "purchased", "synthetic"]
    """Licence of the data."""
    use: Literal["open", "agreement", "purchased"]
    """Whether the data are open, by agreement or bought."""
    legal: Legal = Legal()
    """The terms in detail."""
    themes: list[str] = Field(default_factory=list)
    """Themes of the vocabulary."""
    periods: LocalText
    """Which years the data are about, in words: « 2005 à 2020, closes »."""
    frequency: Literal["once", "yearly", "quarterly", "monthly", "continuous"] = "yearly"
    """How often it changes."""
    verified_against: Literal["producer", "documentation", "none"]
    """Whether the reader was tried on the producer's own file, on its documentation only, or not at all."""
    verified_note: LocalText | None = None
    """What was verified, and what was not."""
    synthetic: bool = False
    """Whether the data are made up."""
    why: Why | None = None
    """Why they are made up; required when ``synthetic``."""
    locations: list[Location] = Field(min_length=1)
    """Where the data are, in order of trust: the first that answers is used."""
    parts: list[dict[str, str]] = Field(default_factory=list)
    """One fetch for each part; ``{name}`` in a location is replaced by the part's value, and every variable of
    the part becomes a text column of what is read."""
    files: dict[str, FileSpec] = Field(min_length=1)
    """By the name that ``table.sql`` selects from."""
    audience: str | None = None
    """For images: ``public`` or ``partner:<name>``; ``public`` when absent. Rows say theirs under ``table``."""
    table: Contract | None = None
    """What the table made by ``table.sql`` promises; images have none."""


__all__ = ["LOCATION_KINDS", "RASTER_FORMAT", "FileSpec", "Legal", "Location", "Reading", "Source", "WideTable"]
