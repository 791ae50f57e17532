"""Invented sources and files, for the tests of collecting alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from beffroi.catalog.sources import Source
from beffroi.collect import RawRelation, Snapshot, SnapshotStore, raw_relations
from beffroi.errors import BeffroiError

CSV: Mapping[str, Any] = {"rows": {"read": {"format": "csv"}}}


def make_source(
    *locations: Mapping[str, Any],
    files: Mapping[str, Any] = CSV,
    parts: Sequence[Mapping[str, str]] = (),
) -> Source:
    return Source.model_validate(
        {
            "title": "Logements",
            "producer": "Institut de Valbrume",
            "licence": "lov2",
            "use": "open",
            "periods": "2021",
            "verified_against": "none",
            "locations": list(locations) or [{"file": {"path": "rows.csv"}}],
            "files": dict(files),
            "parts": list(parts),
        }
    )


class Desk:
    """A lake's store and a scratch folder, where bytes become snapshots without being collected."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = SnapshotStore(folder / "lake")
        self.scratch = folder / "lake" / "scratch"

    def keep(self, data: bytes, part: Sequence[tuple[str, str]] = (), location: int = 1) -> Snapshot:
        with self.store.incoming() as incoming:
            (incoming / "body").write_bytes(data)
            sha256, size = self.store.keep(incoming / "body")
        path = self.store.path(sha256)
        fetched = "2026-11-22T10:00:00+00:00"
        return Snapshot("valbrume/rows", tuple(part), sha256, size, fetched, "rows.csv", location, "file", path)

    def relation(self, data: bytes, member: str | None = None, **read: Any) -> RawRelation:
        """The relation that a file of these bytes gives, read so."""
        source = make_source(files={"rows": {"member": member, "read": read}})
        return raw_relations(source, [self.keep(data)], self.scratch)["rows"]

    def rows(self, data: bytes, member: str | None = None, **read: Any) -> list[dict[str, Any]]:
        """Its rows."""
        return rows_of(self.relation(data, member, **read))

    def refusal(self, data: bytes, member: str | None = None, **read: Any) -> BeffroiError:
        """The error that reading these bytes raises."""
        try:
            self.relation(data, member, **read)
        except BeffroiError as error:
            return error
        raise AssertionError("it was read without a fault")


def rows_of(relation: RawRelation) -> list[dict[str, Any]]:
    """The rows of a relation, as an engine that only knows its SQL reads them."""
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM {relation.sql}")
        names = [column[0] for column in found.description or ()]
        assert names == list(relation.columns)
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def codes(error: BeffroiError) -> list[str]:
    return [fault.code for fault in error.faults]
