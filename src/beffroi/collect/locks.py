"""The lock of a source (``source.lock``): which bytes each part is, since when, and which they were before.

It is written by the machine, kept with the text of the workspace, and read by people: one entry by part, the editions
that came before under it. It holds no secret and no registry host. This module never fetches.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from beffroi.collect.snapshots import write_atomically
from beffroi.errors import BeffroiError, Place, fault

LOCK_FORMAT = 1
LOCK_NAME = "source.lock"


@dataclass(frozen=True)
class LockEntry:
    """One edition of one part: its bytes, and where they came from (the fields are those of ``Snapshot``)."""

    sha256: str
    bytes: int
    fetched: str
    address: str
    location: int
    kind: str
    licence: str
    etag: str | None = None
    last_modified: str | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise ValueError(f"sha256: {self.sha256!r}")


@dataclass(frozen=True)
class LockedPart:
    """A part's edition in force, and the earlier ones, newest first."""

    current: LockEntry
    earlier: tuple[LockEntry, ...] = ()

    def succeed(self, entry: LockEntry) -> "LockedPart":
        """``entry`` becomes the edition in force; the one before is kept under it."""
        return LockedPart(entry, (self.current, *self.earlier))


@dataclass(frozen=True)
class Lock:
    """The parts of a source by label (empty for a source without parts)."""

    parts: Mapping[str, LockedPart] = field(default_factory=dict)


def read_lock(folder: Path) -> Lock:
    """The lock in ``folder``, empty when there is none; ``lock-unreadable`` when it is not one."""
    file = folder / LOCK_NAME
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return Lock()
    try:
        document = json.loads(text)
        if document["format"] != LOCK_FORMAT:
            raise ValueError(f"format {document['format']}")
        return Lock({label: _read_part(entry) for label, entry in document["parts"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        place = Place(LOCK_NAME, line)
        raise BeffroiError(fault("lock-unreadable", place, reason=str(error))) from error


def write_lock(folder: Path, lock: Lock) -> None:
    """Write the lock whole or not at all; parts in alphabetical order, so that a difference shows what changed."""
    parts = {label: _write_part(lock.parts[label]) for label in sorted(lock.parts)}
    text = json.dumps({"format": LOCK_FORMAT, "parts": parts}, indent=2, ensure_ascii=False)
    write_atomically(folder / LOCK_NAME, (text + "\n").encode("utf-8"))


def _read_part(entry: dict[str, object]) -> LockedPart:
    earlier = entry.pop("earlier", [])
    if not isinstance(earlier, list):
        raise TypeError("earlier")
    return LockedPart(LockEntry(**entry), tuple(LockEntry(**one) for one in earlier))  # type: ignore[arg-type]


def _write_part(part: LockedPart) -> dict[str, object]:
    entry = _write_entry(part.current)
    if part.earlier:
        entry["earlier"] = [_write_entry(one) for one in part.earlier]
    return entry


def _write_entry(entry: LockEntry) -> dict[str, object]:
    return {key: value for key, value in asdict(entry).items() if value is not None}
