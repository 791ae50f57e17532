"""All that a workspace declares, once read and found good."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from beffroi.catalog.groupings import Grouping
from beffroi.catalog.indicators import Indicator
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
    ``columns`` is the contract's, each completed from the vocabulary.
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
class Catalog:
    """The nouns of a workspace by id. ``places`` gives the file and line of each declaration and of its keys:
    ``places["indicators/housing/vacancy_rate"]["numerator"]`` (the empty key is the file's first line)."""

    root: Path
    workspace: Workspace
    vocabulary: Vocabulary
    units: Mapping[str, Unit]
    groupings: Mapping[str, Grouping]
    sources: Mapping[str, Source]
    tables: Mapping[str, DeclaredTable]
    indicators: Mapping[str, Indicator]
    places: Mapping[str, Mapping[str, Place]]
