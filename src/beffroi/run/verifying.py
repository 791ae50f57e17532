"""Whether what the lake keeps is still what was put there: every byte is read again, nothing is mended or removed."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from beffroi.collect.snapshots import hash_file
from beffroi.errors import BeffroiError, Fault, Place, fault
from beffroi.lake import Lake
from beffroi.lake.objects import LakeObject
from beffroi.run.workplaces import Workplace


@dataclass
class Verification:
    """What was read again: how many snapshots, objects and editions, how many bytes, and all that is wrong."""

    snapshots: int = 0
    objects: int = 0
    editions: int = 0
    bytes: int = 0
    faults: list[Fault] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)
    """sha256 of the snapshots that the kept editions were made from."""


def verify(workplace: Workplace) -> Verification:
    """Compare every snapshot with its sha256, and every object that a kept edition names with its manifest.

    Faults: ``snapshot-damaged`` (altered, or wanted by an edition and gone), ``object-damaged`` (absent or cut short),
    ``object-altered``, ``edition-format`` and ``unknown-edition`` for a pointer that leads nowhere. Each names its
    file under the lake.
    """
    found = Verification()
    lake, store = workplace.lake, workplace.snapshots
    kept = sorted(path for path in store.folder.glob("[0-9a-f][0-9a-f]/*") if path.is_file())
    for path in kept:
        found.snapshots += 1
        if _read(path, found) != path.name:
            found.faults.append(_damaged_snapshot(path, lake.root))
    there = {path.name for path in kept}
    seen: set[str] = set()
    for name in lake.editions.ids():
        _verify_edition(lake, name, found, seen)
    for sha256 in sorted(found.wanted - there):
        found.faults.append(_damaged_snapshot(store.path(sha256), lake.root))
    current = lake.editions.current_id()
    if current is not None and current not in lake.editions.ids():
        found.faults.append(fault("unknown-edition", Place("current", 1), name=current, available=lake.editions.ids()))
    return found


def _verify_edition(lake: Lake, name: str, found: Verification, seen: set[str]) -> None:
    """Read the objects of an edition that no other has shown yet; ``seen`` has their keys."""
    found.editions += 1
    file = Place(f"editions/{name}.json")
    try:
        edition = lake.editions.get(name)
    except BeffroiError as error:
        found.faults += [Fault(one.code, one.values, file, one.available) for one in error.faults]
        return
    for label, key in edition.objects.items():
        if key in seen:
            continue
        seen.add(key)
        item = lake.objects.get(key)
        # A build that ran meanwhile may have let go of the edition with its objects.
        if item is None and name in lake.editions.ids():
            found.faults.append(fault("object-damaged", Place(f"objects/{key}"), name=label))
        elif item is not None:
            found.objects += 1
            if _read(item.data, found) != item.manifest["sha256"]:
                place = Place(str(item.data.relative_to(lake.root)))
                found.faults.append(fault("object-altered", place, name=label))
            elif label == "catalogue":
                found.wanted |= _snapshots_of(item)


def _snapshots_of(catalogue: LakeObject) -> set[str]:
    """sha256 of every snapshot that an edition was made from, as its catalogue tells."""
    sources = json.loads(catalogue.data.read_text("utf-8"))["sources"].values()
    return {snapshot["sha256"] for source in sources for snapshot in source["snapshots"]}


def _read(path: Path, found: Verification) -> str:
    sha256, size = hash_file(path)
    found.bytes += size
    return sha256


def _damaged_snapshot(path: Path, root: Path) -> Fault:
    return fault("snapshot-damaged", Place(str(path.relative_to(root))), sha256=path.name)
