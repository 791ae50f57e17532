"""Declarations as they were read, good or not, and how rules find one another's names.

A *draft* may hold ``UNREAD`` where its text is wrong. A *shelf* knows three answers about a name: it is there, it was
declared but could not be read, or nobody ever declared it; only the last is a fault of who refers to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from beffroi.catalog.breakdowns import Breakdown
from beffroi.catalog.groupings import Grouping
from beffroi.catalog.indicators import IndicatorBase
from beffroi.catalog.layers import LayerBase
from beffroi.catalog.maps import MapHead
from beffroi.catalog.observatories import Observatory, PageHead
from beffroi.catalog.reading.documents import Document, KeyPath, Node
from beffroi.catalog.reading.pages import WrittenProse
from beffroi.catalog.reading.shapes import UNREAD, unread
from beffroi.catalog.reading.statements import Statement
from beffroi.catalog.sources import Source
from beffroi.catalog.tables import Contract, Table
from beffroi.catalog.vocabularies import Column, Theme, UnitDeclaration
from beffroi.catalog.workspaces import Workspace
from beffroi.errors import Fault, Place, fault, nearest_match

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Draft(Generic[T]):
    """One declaration: its name in the workspace (``indicators/housing/vacancy_rate``), its text and its value."""

    name: str
    id: str
    document: Document
    value: T
    base: KeyPath = ()
    """Where it stands in its file: entries of a vocabulary share one."""

    def place(self, *path: str | int) -> Place:
        return self.document.place((*self.base, *path))

    def node(self, *path: str | int) -> Node | None:
        return self.document.node((*self.base, *path))

    def fault(
        self,
        code: str,
        *path: str | int,
        instead_of: str | None = None,
        available: Iterable[str] = (),
        **values: Any,
    ) -> Fault:
        """A fault at ``path`` of this declaration."""
        return fault(code, self.place(*path), instead_of=instead_of, available=available, **values)


@dataclass(frozen=True)
class TableDraft(Draft[Contract]):
    """A table, of a source or derived: ``value`` is its contract, and ``base`` where the contract stands."""

    declared_by: Draft[Source] | Draft[Table] | None = None
    statement: Statement | None = None
    columns: Mapping[str, Column] = field(default_factory=dict)
    """Completed from the vocabulary; ``UNREAD`` for a column whose definition is missing or wrong."""

    @property
    def source(self) -> Source | None:
        """The source it belongs to; None when it is derived."""
        declared = self.declared_by.value if self.declared_by else None
        return declared if isinstance(declared, Source) else None

    @property
    def own_files(self) -> Mapping[str, Any]:
        """What its SELECT may read by a plain name besides tables."""
        return self.source.files if self.source is not None else {}

    def statement_place(self, line: int) -> Place:
        """A line of the table's SELECT."""
        assert self.statement is not None
        return Place(self.statement.file, line)

    def declared_fault(self, code: str, *path: str | int, **values: Any) -> Fault:
        """A fault at ``path`` of the whole file, above the contract."""
        return fault(code, self.document.place(path), **values)

    def column(self, name: Any) -> Any:
        """The column of that name; ``UNREAD`` when it cannot be known, None when there is none."""
        if unread(name, self.value, self.value.columns, self.columns):
            return UNREAD
        if name in self.columns:
            return self.columns[name]
        doubtful = [other for other, column in self.columns.items() if unread(column)]
        return UNREAD if nearest_match(str(name), doubtful) else None

    def column_for_others(self, name: Any) -> Any:
        """As ``column``, for who is not this table: a column that its own contract seeks in vain is its own fault."""
        found = self.column(name)
        return UNREAD if found is None and name in self.sought() else found

    def sought(self) -> set[Any]:
        """The columns that the contract itself refers to."""
        contract = self.value
        holders = (contract.territory, contract.period)
        keys = ("column", "level_column", "vintage_column")
        names = {getattr(holder, key, None) for holder in holders if holder and not unread(holder) for key in keys}
        return names | set(contract.key) - {UNREAD}


@dataclass(frozen=True)
class BlockDraft(Draft[Any]):
    """A block of a page: ``kind`` is the word that opens it, ``line`` where it opens."""

    kind: str = ""
    line: int = 1


@dataclass(frozen=True)
class TextDraft:
    """A page in one language, or a text that pages include, which has no head."""

    file: str
    head: Draft[PageHead] | None
    parts: tuple[WrittenProse | BlockDraft, ...]


@dataclass(frozen=True)
class PageDraft:
    """A page with its texts by language; its id is ``<observatory>/<page>``."""

    id: str
    observatory: str
    texts: Mapping[str, TextDraft]

    @property
    def name(self) -> str:
        return f"observatories/{self.id}"


@dataclass(frozen=True)
class MapTextDraft:
    """What stands beside a map in one language."""

    file: str
    head: Draft[Any]
    """A ``MapTranslation``, or the ``MapHead`` of the French text."""
    prose: tuple[WrittenProse, ...]


@dataclass(frozen=True)
class MapDraft:
    """A map: ``head`` is that of its French text, which says it all."""

    id: str
    head: Draft[MapHead]
    texts: Mapping[str, MapTextDraft]

    @property
    def name(self) -> str:
        return f"maps/{self.id}"


@dataclass
class Shelf(Generic[U]):
    """Declarations of one kind by name. ``broken`` are the names that are declared but unread."""

    known: dict[str, U] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    complete: bool = True
    """False when the file that lists them could not be read at all."""

    def find(self, name: Any) -> Any:
        """The declaration; ``UNREAD`` when it cannot be known; None when there is no such thing."""
        if unread(name):
            return UNREAD
        if name in self.known:
            return self.known[name]
        return None if self.complete and name not in self.broken else UNREAD


@dataclass
class Drafts:
    """Everything that was read, for rules to look around."""

    workspace: Draft[Workspace] | None = None
    themes: Shelf[Draft[Theme]] = field(default_factory=Shelf)
    units: Shelf[Draft[UnitDeclaration]] = field(default_factory=Shelf)
    columns: Shelf[Draft[Column]] = field(default_factory=Shelf)
    groupings: Shelf[Draft[Grouping]] = field(default_factory=Shelf)
    sources: Shelf[Draft[Source]] = field(default_factory=Shelf)
    derived: Shelf[Draft[Table]] = field(default_factory=Shelf)
    tables: Shelf[TableDraft] = field(default_factory=Shelf)
    indicators: Shelf[Draft[IndicatorBase]] = field(default_factory=Shelf)
    breakdowns: Shelf[Draft[Breakdown]] = field(default_factory=Shelf)
    layers: Shelf[Draft[LayerBase]] = field(default_factory=Shelf)
    maps: Shelf[MapDraft] = field(default_factory=Shelf)
    observatories: Shelf[Draft[Observatory]] = field(default_factory=Shelf)
    pages: Shelf[PageDraft] = field(default_factory=Shelf)
    fragments: Shelf[TextDraft] = field(default_factory=Shelf)
    images: dict[str, list[str]] = field(default_factory=dict)

    @property
    def levels(self) -> Any:
        """The levels of the workspace; ``UNREAD`` when they cannot be known."""
        if self.workspace is None or unread(self.workspace.value.levels):
            return UNREAD
        levels = self.workspace.value.levels
        # A level misspelt left the list: any of those that lack may be the one that was meant.
        return levels if len(levels) == len(getattr(self.workspace.node("levels"), "items", ())) else UNREAD

    @property
    def audiences(self) -> Any:
        """The partners of the workspace by name; ``UNREAD`` when they cannot be known."""
        return self.workspace.value.audiences if self.workspace else UNREAD


def check_reference(
    draft: Draft[Any], shelf: Shelf[Any], name: Any, code: str, *path: str | int, **values: Any
) -> Iterable[Fault]:
    """One fault when ``name`` was never declared, with what there is and the nearest."""
    if shelf.find(name) is None:
        yield draft.fault(code, *path, name=name, also="", instead_of=name, available=shelf.known, **values)


def check_repeats(draft: Draft[Any], values: Any, *path: str | int) -> Iterable[Fault]:
    """One fault for each value that comes a second time in a list."""
    if unread(values) or values is None:
        return
    seen: set[str] = set()
    for index, value in enumerate(values):
        text = str(value)
        if text in seen:
            yield draft.fault("duplicate-value", *path, index, value=text)
        seen.add(text)
