"""From the files of a workspace to drafts: each declaration read by itself, good or not, with what is ill-formed in it.

Nothing is compared here with anything else, save a table's columns with the vocabulary's that complete them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from beffroi.catalog.breakdowns import Breakdown
from beffroi.catalog.groupings import Grouping
from beffroi.catalog.indicators import INDICATOR_KINDS, IndicatorBase
from beffroi.catalog.layers import LAYER_KINDS, LayerBase
from beffroi.catalog.map_readings import read_map_drafts
from beffroi.catalog.observatories import Observatory
from beffroi.catalog.page_readings import read_page_drafts
from beffroi.catalog.reading.documents import (
    Document,
    read_document,
    read_text,
    wrong_type,
)
from beffroi.catalog.reading.layouts import VOCABULARIES, Layout, probable_id
from beffroi.catalog.reading.mismatches import Reading, read_declaration
from beffroi.catalog.reading.recovering import recover_document
from beffroi.catalog.reading.shapes import UNREAD, key_fields, kind_of, unread
from beffroi.catalog.reading.statements import Statement, read_statement
from beffroi.catalog.rules.drafts import Draft, Drafts, Shelf, TableDraft
from beffroi.catalog.rules.vocabularies import complete_column, settle_values
from beffroi.catalog.sources import Source
from beffroi.catalog.tables import Table
from beffroi.catalog.vocabularies import Column, Theme, UnitDeclaration
from beffroi.catalog.workspaces import Workspace
from beffroi.errors import Fault, Place, fault, nearest_match


@dataclass
class Findings:
    """Faults by the declaration that bears them (``indicators/housing/vacancy_rate``)."""

    by_owner: dict[str, list[Fault]] = field(default_factory=dict)

    def add(self, owner: str, faults: Iterable[Fault]) -> None:
        for found in faults:
            self.by_owner.setdefault(owner, []).append(found)

    def taint(self, owner: str) -> None:
        """Say that a declaration is not good, although its fault is told elsewhere."""
        self.by_owner.setdefault(owner, [])

    def all(self) -> tuple[Fault, ...]:
        """Every fault once, in the order of files and lines.

        Several references to one thing that nobody declares are one fault, said where the first stands, with the
        places of the others.
        """
        every = sorted((found for faults in self.by_owner.values() for found in faults), key=_reading_order)
        return tuple(_merge_references(every))


def read_drafts(root: Path, layout: Layout, findings: Findings) -> Drafts:
    """Every declaration of a workspace; faults go to ``findings``."""
    drafts = Drafts()
    if layout.workspace is not None:
        document = _document(root, "workspace", layout.workspace, findings)
        if document is not None:
            reading = _read(Workspace, document, "workspace", findings)
            drafts.workspace = Draft("workspace", "workspace", document, reading.value)
        elif (remains := _recover(root, layout.workspace, findings, "workspace")) is not None:
            _read_remains(Workspace, remains, "workspace", findings)
    models: dict[str, tuple[Shelf[Any], type[BaseModel]]] = {
        "themes": (drafts.themes, Theme),
        "units": (drafts.units, UnitDeclaration),
        "columns": (drafts.columns, Column),
    }
    for name in VOCABULARIES:
        shelf, model = models[name]
        _read_vocabulary(root, name, layout, model, shelf, findings)
    files: tuple[tuple[str, Mapping[str, str], type[BaseModel], Shelf[Any]], ...] = (
        ("territories", layout.groupings, Grouping, drafts.groupings),
        ("sources", layout.sources, Source, drafts.sources),
        ("tables", layout.tables, Table, drafts.derived),
        ("indicators", layout.indicators, IndicatorBase, drafts.indicators),
        ("layers", layout.layers, LayerBase, drafts.layers),
        ("observatories", layout.observatories, Observatory, drafts.observatories),
    )
    for kind, declared, model, shelf in files:
        shelf.broken |= layout.misplaced[kind]
        for found, file in declared.items():
            name = f"{kind}/{found}"
            document = _document(root, name, file, findings)
            if document is None:
                shelf.broken.add(found)
                if (remains := _recover(root, file, findings, name)) is not None:
                    _read_remains(model, remains, name, findings)
                continue
            if model is IndicatorBase and kind_of(document.root) == "breakdown":
                breakdown = _read(Breakdown, document, name, findings)
                drafts.breakdowns.known[found] = Draft(name, found, document, breakdown.value)
                continue
            if model in _KINDS:
                reading = _read_kind(model, document, name, findings)
            else:
                reading = _read(model, document, name, findings)
            shelf.known[found] = Draft(name, found, document, reading.value)
    _gather_tables(root, layout, drafts, findings)
    for owner, found_fault in (*read_page_drafts(root, layout, drafts), *read_map_drafts(root, layout, drafts)):
        findings.add(owner, [found_fault])
    return drafts


_KINDS: Mapping[type[BaseModel], Mapping[str, type[BaseModel]]] = {
    IndicatorBase: {**INDICATOR_KINDS, "breakdown": Breakdown},
    LayerBase: LAYER_KINDS,
}
"""Declarations of several kinds: what they all have, and each kind by its word."""


def _document(root: Path, owner: str, file: str, findings: Findings) -> Document | None:
    document, faults = read_document(root / file, file)
    findings.add(owner, faults)
    return document


def _recover(root: Path, file: str, findings: Findings, owner: str) -> Document | None:
    """What can be read of a file that is not YAML somewhere, for the faults of its own; nothing is built of it."""
    told = [found for found in findings.by_owner.get(owner, ()) if found.place and found.place.file == file]
    text = read_text(root / file, file)
    recovered = recover_document(text, file, told[0]) if told and isinstance(text, str) else None
    if recovered is None:
        return None
    findings.add(owner, recovered.faults)
    return recovered.document


def _read_remains(model: type[BaseModel], remains: Document, owner: str, findings: Findings) -> None:
    """The faults of what remains of a file. A key that is missing may be in what could not be read, and without its
    kind nothing is known of an indicator or a layer."""
    kind = kind_of(remains.root)
    if model in _KINDS:
        if kind is None:
            return
        model = Breakdown if kind == "breakdown" else model
    apart = Findings()
    if model in _KINDS:
        _read_kind(model, remains, owner, apart)
    else:
        _read(model, remains, owner, apart)
    found = [one for faults in apart.by_owner.values() for one in faults]
    findings.add(owner, [one for one in found if not (one.code in _ABSENT and _at_the_margin(one))])


_ABSENT = ("missing-key", "missing-why")


def _at_the_margin(found: Fault) -> bool:
    return found.place is not None and not re.search(r"[.\[]", found.place.key or "")


def _read(model: type[BaseModel], document: Document, owner: str, findings: Findings) -> Reading:
    reading = read_declaration(model, document)
    findings.add(owner, reading.faults)
    return reading


def _read_vocabulary(
    root: Path, name: str, layout: Layout, model: type[BaseModel], shelf: Shelf[Any], findings: Findings
) -> None:
    file = layout.vocabularies.get(name)
    if file is None:
        shelf.complete = name not in layout.misplaced["vocabulary"]
        return
    document = _document(root, f"vocabulary/{name}", file, findings)
    if document is None:
        shelf.complete = False
        if (remains := _recover(root, file, findings, f"vocabulary/{name}")) is not None:
            for entry in remains.root.entries:
                findings.add(f"vocabulary/{name}/{entry}", read_declaration(model, remains, (entry,)).faults)
        return
    for entry in document.root.entries:
        owner = f"vocabulary/{name}/{entry}"
        reading = read_declaration(model, document, (entry,))
        findings.add(owner, reading.faults)
        value = reading.value
        if model is Column and not unread(value):
            value = settle_values(value, document.node((entry, "values")))
        shelf.known[entry] = Draft(owner, entry, document, value, (entry,))
        # A name that cannot be one is told as such, and stands for the one that it probably means.
        shelf.broken.add(probable_id(entry))


def _read_kind(base: type[BaseModel], document: Document, owner: str, findings: Findings) -> Reading:
    """A declaration by its kind; without a good one, only what every kind has is read."""
    kinds = _KINDS[base]
    every_key = {key for model in kinds.values() if model is not Breakdown for key in key_fields(model)}
    node = document.root.entries.get("kind")
    kind = kind_of(document.root)
    if kind is not None and kind in kinds:
        return _read(kinds[kind], document, owner, findings)
    if node is None:
        misspelt = [key for key in document.root.entries if key not in every_key and nearest_match(key, ["kind"])]
        if not misspelt:
            findings.add(owner, [fault("missing-key", document.place(("kind",)), name="kind")])
    elif kind is None:
        findings.add(owner, [wrong_type(document.place(("kind",)), "text", node)])
    else:
        place = document.place(("kind",))
        findings.add(
            owner,
            [fault("unknown-value", place, value=kind, instead_of=kind, available=kinds)],
        )
    reading = read_declaration(base, document)
    for found in reading.faults:
        if found.code == "unknown-key" and found.place is not None and found.place.key in document.root.entries:
            key = str(found.place.key)
            if key not in every_key:
                there = tuple(sorted(every_key))
                findings.add(owner, [Fault(found.code, found.values, found.place, there, nearest_match(key, there))])
        else:
            findings.add(owner, [found])
    return reading


def _gather_tables(root: Path, layout: Layout, drafts: Drafts, findings: Findings) -> None:
    """Tables of sources and derived ones on one shelf, each with its SELECT and its completed columns."""
    drafts.tables.broken |= drafts.sources.broken | drafts.derived.broken
    statements: dict[str, Statement] = {}
    for owner, file in layout.statements.items():
        text = read_text(root / file, file)
        if isinstance(text, Fault):
            findings.add(owner, [text])
        else:
            statements[owner] = read_statement(text, file)
            findings.add(owner, statements[owner].faults)
    for found, draft in drafts.sources.known.items():
        if draft.value.table is not None:
            drafts.tables.known[found] = _table_draft(draft, drafts, statements)
        elif draft.name in layout.statements:
            drafts.tables.broken.add(found)
    for found, derived in drafts.derived.known.items():
        if found in drafts.sources.known or found in drafts.sources.broken:
            there = drafts.sources.known[found].document.file if found in drafts.sources.known else f"sources/{found}"
            findings.add(derived.name, [fault("table-clash", Place(derived.document.file, 1), name=found, other=there)])
        else:
            drafts.tables.known[found] = _table_draft(derived, drafts, statements)


def _table_draft(draft: Draft[Any], drafts: Drafts, statements: Mapping[str, Statement]) -> TableDraft:
    contract = draft.value.table
    columns: Any = UNREAD
    if not unread(contract) and not unread(contract.columns):
        columns = {
            name: settle_values(
                complete_column(use, _value(drafts.columns.find(name))),
                draft.node("table", "columns", name, "values"),
            )
            for name, use in contract.columns.items()
        }
    return TableDraft(
        draft.name, draft.id, draft.document, contract, ("table",),
        declared_by=draft, statement=statements.get(draft.name), columns=columns,
    )  # fmt: skip


def _value(found: Any) -> Any:
    return found.value if isinstance(found, Draft) else found


def _merge_references(faults: list[Fault]) -> list[Fault]:
    first: dict[tuple[str, ...], int] = {}
    others: dict[int, list[str]] = {}
    kept: list[Fault] = []
    for found in faults:
        target = _target(found)
        if target is None or target not in first:
            if target is not None:
                first[target] = len(kept)
            kept.append(found)
        elif (where := str(found.place)) not in others.setdefault(first[target], []):
            others[first[target]].append(where)
    for index, places in others.items():
        again = [where for where in places if where != str(kept[index].place)]
        also = f" (+ {', '.join(again)})" if again else ""
        kept[index] = replace(kept[index], values={**kept[index].values, "also": also})
    return kept


def _target(found: Fault) -> tuple[str, ...] | None:
    """What a reference was meant to find: the same for all that look for it in vain."""
    if "also" not in found.values:
        return None
    name = str(found.values["name"]).lower()
    if found.code == "unknown-relation":
        # A plain name is a file of its own source; an id with a path is the same table for everybody.
        return ("unknown-table", name, "") if "/" in name else (found.code, name, str(found.place and found.place.file))
    return (found.code, name, str(found.values.get("table", "")))


def _reading_order(found: Fault) -> tuple[str, int, str, str]:
    place = found.place or Place("")
    return place.file, place.line or 0, place.key or "", found.code
