"""Images of a source: the files of its snapshots that one of its names stands for, taken out of their archives.

What is inside them is not looked at here: an image has no rows, and the lake alone opens it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from beffroi.catalog.sources import Source
from beffroi.collect.archives import open_members
from beffroi.collect.parts import files_of, list_parts, part_label
from beffroi.collect.snapshots import Snapshot
from beffroi.errors import BeffroiError, fault


@dataclass(frozen=True)
class ImageFile:
    """One file of an image, which may have several. ``label`` names it for people, ``mark`` stands for its bytes."""

    path: Path
    label: str
    mark: str


def image_files(source: Source, name: str, snapshots: Sequence[Snapshot], scratch: Path) -> tuple[ImageFile, ...]:
    """The files of an image, in the order of the source's parts, then of the names of their members.

    Faults: ``part-missing``, ``file-empty``, those of ``open_members``.
    """
    by_part = {snapshot.part: snapshot for snapshot in snapshots}
    found: list[ImageFile] = []
    for part in list_parts(source):
        snapshot = by_part.get(part)
        if snapshot is None:
            raise BeffroiError(fault("part-missing", part=part_label(part) or "-"))
        where = f"{snapshot.source} ({part_label(part)})" if part else snapshot.source
        member = files_of(source, part, snapshot.location)[name].member
        for each in open_members(snapshot.path, member, scratch, label=where, fingerprint=snapshot.sha256):
            label = f"{where}: {each.name}" if each.name else where
            if not each.path.stat().st_size:
                raise BeffroiError(fault("file-empty", file=label))
            found.append(ImageFile(each.path.resolve(), label, f"{snapshot.sha256} {each.name}"))
    return tuple(found)


__all__ = ["ImageFile", "image_files"]
