"""All that a workspace declares, once read and found good."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from beffroi.catalog.breakdowns import Breakdown
from beffroi.catalog.groupings import Grouping
from beffroi.catalog.indicators import Indicator
from beffroi.catalog.layers import Layer, Raster
from beffroi.catalog.maps import MapDeclared
from beffroi.catalog.observatories import Observatory
from beffroi.catalog.pages import Page
from beffroi.catalog.reading.documents import Document
from beffroi.catalog.sources import Source
from beffroi.catalog.tables import Contract
from beffroi.catalog.vocabularies import Column, Vocabulary
from beffroi.catalog.workspaces import Workspace
from beffroi.errors import Place
from beffroi.units import Unit


@dataclass(frozen=True)
class DeclaredTable:
    """A table with its SELECT: that of a source (``source`` is its id, the same as the table's) or a derived one.

    ``inputs`` are the relations that the SELECT reads: names of the source's files, or ids of tables.
    ``columns`` is the contract's, each completed from the vocabulary. ``contract.audience`` is the one in force: that
    of the strictest input where the declaration says none.
    """

    id: str
    title: Mapping[str, str]
    contract: Contract
    columns: Mapping[str, Column]
    sql: str
    sql_file: str
    inputs: tuple[str, ...]
    source: str | None
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableOutline:
    """What can be read of a table, whatever else is wrong with it: its columns, its coordinate system, its SELECT
    (None when that one is at fault)."""

    id: str
    columns: Mapping[str, Column]
    sql: str | None
    sql_file: str
    inputs: tuple[str, ...]
    crs: str | None
    crs_place: Place


@dataclass(frozen=True)
class DocumentPlaces(Mapping[str, Mapping[str, Place]]):
    """The places of every key of every file, worked out only for the files that are asked about."""

    documents: Mapping[str, Document]
    _known: dict[str, Mapping[str, Place]] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> Mapping[str, Place]:
        if name not in self._known:
            self._known[name] = self.documents[name].places()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.documents)

    def __len__(self) -> int:
        return len(self.documents)


@dataclass(frozen=True)
class Catalog:
    """The nouns of a workspace by id.

    ``places`` gives the file and line of each declaration and of its keys:
    ``places["indicators/housing/vacancy_rate"]["numerator"]`` (the empty key is the file's first line), and likewise
    ``places["workspace"]``, ``places["vocabulary/units"]``, ``places["sources/insee/rp"]["table.columns.iris"]``.
    """

    root: Path
    workspace: Workspace
    vocabulary: Vocabulary
    units: Mapping[str, Unit]
    groupings: Mapping[str, Grouping]
    sources: Mapping[str, Source]
    tables: Mapping[str, DeclaredTable]
    indicators: Mapping[str, Indicator]
    """Those declared by themselves, and one for each category of a breakdown: ``<breakdown>/<category>``."""
    breakdowns: Mapping[str, Breakdown]
    observatories: Mapping[str, Observatory]
    pages: Mapping[str, Page]
    """By ``<observatory>/<page>``."""
    places: Mapping[str, Mapping[str, Place]]
    layers: Mapping[str, Layer] = field(default_factory=dict)
    """Layers of features."""
    rasters: Mapping[str, Raster] = field(default_factory=dict)
    """Layers that are images; no name is in both."""
    maps: Mapping[str, MapDeclared] = field(default_factory=dict)
