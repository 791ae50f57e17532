"""Reading: snapshots -> raw relations, one for each file that the source declares.

What was found once (members taken out, files staged, columns) is remembered under scratch by fingerprint, so that
asking again costs nothing. All the faults of a source's files are reported at once.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

import duckdb

from beffroi.catalog.sources import FileSpec, Source
from beffroi.collect.archives import open_members
from beffroi.collect.parts import Part, files_of, list_parts, part_label
from beffroi.collect.readers import READER_VERSION, READERS, Opened, Rows
from beffroi.collect.readers.openings import describe, read_some
from beffroi.collect.relations import RawRelation
from beffroi.collect.shapes import shape_rows
from beffroi.collect.snapshots import Snapshot, write_atomically
from beffroi.collect.values import SIGNAL
from beffroi.errors import BeffroiError, Fault, Place, fault

_Piece = tuple[Part, Snapshot, FileSpec]


def raw_relations(source: Source, snapshots: Sequence[Snapshot], scratch: Path) -> dict[str, RawRelation]:
    """The relations of ``source`` by the name that ``table.sql`` selects from.

    ``snapshots`` has one for each part (``part-missing`` otherwise); the parts come one under another, columns by
    name, each with its variables as text columns, and so do the members that a pattern takes. csv and xlsx give
    text, but for what ``types`` converts; the other formats their own types, geometry as WKB in a BLOB. Unreadable
    values are found when the relation is read: ``raw_fault`` says what the engine's error means.
    """
    by_part = {snapshot.part: snapshot for snapshot in snapshots}
    faults = [fault("part-missing", part=part_label(part) or "-") for part in list_parts(source) if part not in by_part]
    relations: dict[str, RawRelation] = {}
    for name in source.files if not faults else ():
        pieces = [
            (part, by_part[part], files_of(source, part, by_part[part].location)[name]) for part in list_parts(source)
        ]
        try:
            relations[name] = _relation(name, pieces, scratch)
        except BeffroiError as error:
            place = Place(f"sources/{pieces[0][1].source}/source.yaml", None, f"files.{name}")
            faults.extend(replace(one, place=one.place or place) for one in error.faults)
    if faults:
        raise BeffroiError(faults)
    return relations


def raw_fault(error: Exception, relations: Iterable[RawRelation]) -> Fault | None:
    """What an error of the engine, met while reading ``relations``, means for who declared them: a damaged line, a
    wrong encoding, a value that is not of its type, with file and line. None when it comes from something else."""
    text = str(error)
    names = {path: label for relation in relations for path, label in relation.files.items()}
    if SIGNAL in text:
        file, column, kind, value = (*text.partition(SIGNAL)[2].split("\x1f"), "", "", "")[:4]
        return fault("value-unreadable", file=file, column=column, type=kind, value=value.partition("\n")[0])
    shown = re.search(r"^\s*file = (.+)$", text, re.MULTILINE)
    path = shown[1].strip() if shown else next((path for path in names if path in text), None)
    label = names.get(path or "") or (next(iter(names.values())) if len(names) == 1 else None)
    if label is None:
        return None
    line = re.search(r"CSV Error on Line: (\d+)", text)
    at = line[1] if line else "?"
    if "not utf-8 encoded" in text or "Invalid unicode" in text:
        return fault("line-encoding", file=label, line=at, encoding="utf-8")
    if "not latin-1 encoded" in text:
        return fault("line-encoding", file=label, line=at, encoding="latin-1")
    for pattern, code in _LINE_FAULTS.items():
        if found := re.search(pattern, text):
            return Fault(code, {"file": label, "line": at, **found.groupdict()})
    if line:
        return fault("line-damaged", file=label, line=at, reason=text.partition("\n")[2].partition("\n")[0])
    return None


_LINE_FAULTS = {
    r"Expected Number of Columns: (?P<expected>\d+) Found: (?P<found>\d+)": "line-miscounted",
    r"unterminated quote": "line-quote",
    r"state machine reached an invalid state": "line-ends",
    r"[Mm]aximum line size of (?P<limit>\d+)": "line-too-long",
}


def _relation(name: str, pieces: list[_Piece], scratch: Path) -> RawRelation:
    fingerprint = _fingerprint(name, pieces)
    # Paths are written in what is remembered: a lake that was moved or copied remembers nothing.
    here = sha256(f"{fingerprint} {scratch.resolve()} {pieces[0][1].path.resolve()}".encode()).hexdigest()
    memory = scratch / "relations" / f"{here[:40]}.json"
    if found := _remember(memory, name, fingerprint):
        return found
    faults: list[Fault] = []
    shaped: list[Rows] = []
    for part, snapshot, spec in pieces:
        try:
            shaped += _read_piece(part, snapshot, spec, scratch)
        except BeffroiError as error:
            faults.extend(error.faults)
    if faults:
        raise BeffroiError(faults)
    crs = {rows.crs for rows in shaped}
    if len(crs) > 1:
        raise BeffroiError(fault("crs-mixed", name=name, found=", ".join(sorted(str(one) for one in crs))))
    relation = _stack(name, shaped, fingerprint)
    write_atomically(memory, json.dumps(asdict(relation), ensure_ascii=False).encode())
    return relation


def _read_piece(part: Part, snapshot: Snapshot, spec: FileSpec, scratch: Path) -> list[Rows]:
    """The rows of one part: one relation by member."""
    where = f"{snapshot.source} ({part_label(part)})" if part else snapshot.source
    companions = ".shp" if spec.read.format == "shapefile" else None
    members = open_members(
        snapshot.path, spec.member, scratch, label=where, fingerprint=snapshot.sha256, companions=companions
    )
    shaped = []
    for member in members:
        label = f"{where}: {member.name}" if member.name else where
        identity = f"{READER_VERSION}\n{snapshot.sha256}\n{member.name}\n{_reading_text(spec)}"
        if not member.path.stat().st_size:
            raise BeffroiError(fault("file-empty", file=label))
        opened = Opened(member.path.resolve(), label, spec.read, scratch.resolve(), identity)
        shaped.append(shape_rows(READERS[spec.read.format](opened), spec.read, part, label))
    return shaped


def _stack(name: str, shaped: list[Rows], fingerprint: str) -> RawRelation:
    """Several relations one under another, columns by name."""
    files: dict[str, str] = {path: label for rows in shaped for path, label in rows.files.items()}
    if len(shaped) == 1:
        return RawRelation(name, shaped[0].sql, dict(shaped[0].columns), fingerprint, shaped[0].crs, files)
    sql = "(" + " UNION ALL BY NAME ".join(f"SELECT * FROM {rows.sql}" for rows in shaped) + ")"
    if len({tuple(rows.columns.items()) for rows in shaped}) == 1:
        return RawRelation(name, sql, dict(shaped[0].columns), fingerprint, shaped[0].crs, files)
    try:
        columns = describe(sql)
        # The engine agrees on types that it cannot convert, and says so only once it meets a row.
        read_some(" UNION ALL BY NAME ".join(f"(SELECT * FROM {rows.sql} LIMIT 20)" for rows in shaped))
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]
        raise BeffroiError(fault("parts-unlike", name=name, reason=reason)) from error
    return RawRelation(name, sql, columns, fingerprint, shaped[0].crs, files)


def _fingerprint(name: str, pieces: list[_Piece]) -> str:
    """What the rows depend on: bytes, reading, variables, readers and engine; not where the files are."""
    known = [[dict(part), snapshot.sha256, spec.member, _reading_text(spec)] for part, snapshot, spec in pieces]
    text = json.dumps([READER_VERSION, duckdb.__version__, name, known], sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _reading_text(spec: FileSpec) -> str:
    return spec.read.model_dump_json()


def _remember(memory: Path, name: str, fingerprint: str) -> RawRelation | None:
    """The relation found before, when every file that it reads is still there."""
    try:
        known: Mapping[str, object] = json.loads(memory.read_bytes())
        relation = RawRelation(**known)  # type: ignore[arg-type]
    except (OSError, ValueError, TypeError):
        return None
    if relation.fingerprint != fingerprint or not all(Path(path).is_file() for path in relation.files):
        return None
    return replace(relation, name=name)
