"""Objects of the lake: immutable folders named by their staleness key, whole or absent.

An object is filled in a scratch folder beside the others, synced to disk, then renamed: whoever dies on the way
leaves nothing under the final name.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from beffroi.collect.snapshots import hash_file, sync

MANIFEST_VERSION = 1


@dataclass(frozen=True)
class LakeObject:
    """One immutable thing of the lake: a table, a series, territories, contours or a catalogue.

    ``manifest`` says ``kind``, ``name``, ``audience``, ``rows``, ``bytes``, ``sha256`` of its data, and what the
    maker added.
    """

    key: str
    folder: Path
    manifest: Mapping[str, Any]

    @property
    def data(self) -> Path:
        return self.folder / str(self.manifest["file"])

    @property
    def audience(self) -> str:
        return str(self.manifest["audience"])

    @property
    def rows(self) -> int:
        return int(self.manifest["rows"])


def staleness_key(parts: Mapping[str, Any]) -> str:
    """The key of an object made from ``parts`` (anything JSON): same parts, same key, same bytes."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


class ObjectStore:
    """The folder ``objects/`` of a lake."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, key: str) -> LakeObject | None:
        """The object of that key, or None when it is absent, of an unknown manifest version, or damaged."""
        folder = self.root / key
        try:
            manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
            if manifest["version"] != MANIFEST_VERSION:
                return None
            whole = (folder / manifest["file"]).stat().st_size == manifest["bytes"]
        except (FileNotFoundError, NotADirectoryError, ValueError, TypeError, KeyError):
            return None
        return LakeObject(key, folder, manifest) if whole else None

    def write(
        self, key: str, *, kind: str, name: str, audience: str, file: str, fill: Callable[[Path], Mapping[str, Any]]
    ) -> LakeObject:
        """Make the object ``key``: ``fill`` writes its data at the path given and returns what the manifest adds.

        An object that is already there is left as it is: same key, same bytes.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        scratch = self.root / f".making-{key}-{os.getpid()}-{os.urandom(4).hex()}"
        scratch.mkdir()
        try:
            more = fill(scratch / file)
            manifest = {
                "version": MANIFEST_VERSION,
                "kind": kind,
                "name": name,
                "audience": audience,
                "file": file,
                "bytes": (scratch / file).stat().st_size,
                "sha256": hash_file(scratch / file)[0],
                **more,
            }
            text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
            (scratch / "manifest.json").write_text(text, "utf-8")
            for path in (scratch / file, scratch / "manifest.json", scratch):
                sync(path)
            final = self.root / key
            if self.get(key) is None:
                if final.exists():
                    shutil.rmtree(final)
                os.rename(scratch, final)
                sync(self.root)
            return LakeObject(key, final, manifest)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def collect_garbage(self, kept: Iterable[str]) -> int:
        """Remove objects that no edition names, and what killed builds left; the number removed."""
        wanted, removed = set(kept), 0
        for folder in self.root.iterdir() if self.root.exists() else []:
            if folder.name not in wanted:
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
        return removed


def write_frame(
    store: ObjectStore,
    key: str,
    *,
    kind: str,
    name: str,
    audience: str,
    frame: pa.Table,
    more: Mapping[str, Any] | None = None,
) -> LakeObject:
    """Keep an Arrow table, rows in the order given, as an object of the lake; ``more`` goes into its manifest."""

    def fill(file: Path) -> Mapping[str, Any]:
        pq.write_table(frame, file, compression="zstd", row_group_size=122_880)
        columns = {field.name: str(field.type) for field in frame.schema}
        return {"rows": frame.num_rows, "columns": columns, **(more or {})}

    return store.write(key, kind=kind, name=name, audience=audience, file="data.parquet", fill=fill)


def write_document(
    store: ObjectStore,
    key: str,
    *,
    kind: str,
    name: str,
    document: Mapping[str, Any],
    more: Mapping[str, Any] | None = None,
) -> LakeObject:
    """Keep a JSON document as an object of the lake, open to everybody who passes the lake's own filters; ``more`` goes
    into its manifest."""

    def fill(file: Path) -> Mapping[str, Any]:
        file.write_text(json.dumps(document, ensure_ascii=False, sort_keys=True), "utf-8")
        return {"rows": 1, "columns": {}, **(more or {})}

    return store.write(key, kind=kind, name=name, audience="public", file="data.json", fill=fill)


def write_bytes(
    store: ObjectStore, key: str, *, kind: str, name: str, audience: str, file: str, content: bytes
) -> LakeObject:
    """Keep bytes as they are, for one audience: a picture."""

    def fill(target: Path) -> Mapping[str, Any]:
        target.write_bytes(content)
        return {"rows": 1, "columns": {}}

    return store.write(key, kind=kind, name=name, audience=audience, file=file, fill=fill)


def read_frame(item: LakeObject, columns: Sequence[str] | None = None) -> pa.Table:
    """The Arrow table that ``write_frame`` kept, or some of its columns: for what has no audience of its own, such as
    territories."""
    return read_parquet(item.data, columns)


def read_parquet(file: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """The table of one Parquet file. (``pq.read_table`` would read in the machinery of many files, and pandas.)"""
    return pq.ParquetFile(file).read(columns)
