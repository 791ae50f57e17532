"""Whether anything can have changed since the last build, told from the names, sizes and dates of files alone.

A build of a thousand declarations that changes nothing should take no time: when the workspace's folder is the same
to the byte count and nanosecond, and the edition served is the one that was built from it, there is nothing to do.
Anything else goes the long way, where staleness is decided by content.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import beffroi
from beffroi.collect.snapshots import write_atomically
from beffroi.errors import BeffroiError, Fault, Place
from beffroi.lake.connections import ENGINE
from beffroi.run.reports import BuildReport, Item, State
from beffroi.run.workplaces import Workplace

_RETRY_SECONDS = 3600
"""How long a source that could not be reached is left alone by builds that have nothing else to do."""


def recall_report(workplace: Workplace) -> BuildReport | None:
    """The report of the last build with everything unchanged, or None when a build must look for itself."""
    try:
        kept = json.loads(_file(workplace).read_text("utf-8"))
        same = kept["fingerprint"] == fingerprint_workspace(workplace) and kept["sizes"] == _sizes(workplace)
        if not same or kept["edition"] != workplace.lake.editions.current_id():
            return None
    except (OSError, ValueError, TypeError, KeyError, BeffroiError):
        return None
    if kept["retry_after"] is not None and time.time() > kept["retry_after"]:
        return None
    items = [
        Item(one["stage"], one["name"], _unchanged(one["state"]), 0.0, one["rows"],
             tuple(_fault(reason) for reason in one["reasons"]), one["blocked_by"])
        for one in kept["items"]
    ]  # fmt: skip
    return BuildReport(kept["edition"], False, 0.0, items)


def remember_report(workplace: Workplace, report: BuildReport, fingerprint: str) -> None:
    """Keep what the next build needs to know that nothing changed; nothing is kept after faults in the text.

    ``fingerprint`` is that of the workspace when the build began: what was saved meanwhile is looked at next time.
    """
    failed = [item for item in report.items if item.state in ("kept", "blocked")]
    only_sources = all(item.stage == "source" or item.blocked_by for item in failed)
    if report.faults or not only_sources:
        _file(workplace).unlink(missing_ok=True)
        return
    items = [
        {"stage": item.stage, "name": item.name, "state": item.state, "rows": item.rows, "blocked_by": item.blocked_by,
         "reasons": [_record(reason) for reason in item.reasons]}
        for item in report.items
    ]  # fmt: skip
    kept = {
        "fingerprint": fingerprint,
        "edition": report.edition,
        "sizes": _sizes(workplace),
        "retry_after": time.time() + _RETRY_SECONDS if failed else None,
        "items": items,
    }
    write_atomically(_file(workplace), json.dumps(kept, ensure_ascii=False, default=str).encode())


def fingerprint_workspace(workplace: Workplace) -> str:
    """Names, sizes and dates of every file of the workspace, with the versions that read them.

    ``source.lock`` files are left out: the build writes them itself.
    """
    digest = hashlib.sha256(f"{beffroi.__version__} {ENGINE} {workplace.settings}".encode())
    lake = str(workplace.lake.root)
    for path, size, date in sorted(_files(str(workplace.root), lake)):
        digest.update(f"{path}\0{size}\0{date}\n".encode())
    for path, size, date in sorted(_files(str(workplace.snapshots.deposits), "")):
        digest.update(f"{path}\0{size}\0{date}\n".encode())
    return digest.hexdigest()


def _files(folder: str, left_out: str) -> Iterator[tuple[str, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir():
            if entry.path != left_out and not entry.name.startswith("."):
                yield from _files(entry.path, left_out)
        elif entry.name != "source.lock":
            stat = entry.stat()
            yield entry.path, stat.st_size, stat.st_mtime_ns


def _sizes(workplace: Workplace) -> dict[str, int]:
    """Bytes of the data of every object of the edition that is served, by key: a lake that was damaged is not fresh.

    Raises ``OSError`` when one is not there.
    """
    edition, root = workplace.lake.edition(), str(workplace.lake.objects.root)
    found = {}
    for key in sorted(set(edition.objects.values())):
        with os.scandir(f"{root}/{key}") as entries:
            found[key] = sum(entry.stat().st_size for entry in entries)
    return found


def _file(workplace: Workplace) -> Path:
    return workplace.lake.root / "up_to_date.json"


def _record(reason: Fault) -> dict[str, Any]:
    place = reason.place
    return {
        "code": reason.code,
        "values": dict(reason.values),
        "place": [place.file, place.line, place.key] if place else None,
        "available": reason.available,
        "nearest": reason.nearest,
        "causes": [_record(cause) for cause in reason.causes],
    }


def _fault(record: dict[str, Any]) -> Fault:
    return Fault(
        record["code"],
        record["values"],
        Place(*record["place"]) if record["place"] else None,
        tuple(record["available"]),
        record["nearest"],
        tuple(_fault(cause) for cause in record["causes"]),
    )


def _unchanged(state: State) -> State:
    return "unchanged" if state == "built" else state
