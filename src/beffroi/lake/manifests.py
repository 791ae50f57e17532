"""What an audience may have of an edition, thing by thing with its sha256, under one root.

A tree has what its audience may read and nothing else: not even the mark of the rest, for a guess can be tried on a
mark. The same data give the same root, whenever they are published.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beffroi.access import Reader
from beffroi.lake.trees import Leaf, Step, grow_root, prove_leaf

MANIFEST_FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """The tree of an edition for one audience (``public``, ``partner:<name>``, or ``builder`` for all of it).

    Leaves are objects of the lake by their label (``series:housing/dwellings``) and files that anybody downloads by
    their address without its first slash (``donnees/housing/dwellings.csv``); ``of`` has the object that each file is
    of. ``written_by`` are the versions that wrote those files.
    """

    audience: str
    leaves: tuple[Leaf, ...]
    of: Mapping[str, str]
    written_by: str

    @property
    def root(self) -> str:
        return grow_root(self.leaves)

    def find(self, sha256: str) -> tuple[str, ...]:
        """The names of what has these bytes."""
        return tuple(leaf.name for leaf in self.leaves if leaf.sha256 == sha256)

    def prove(self, name: str) -> tuple[Step, ...]:
        """The siblings that lead from the leaf of that name to the root."""
        return prove_leaf(self.leaves, next(at for at, leaf in enumerate(self.leaves) if leaf.name == name))

    def to_json(self) -> dict[str, Any]:
        """As it is kept, and given to whoever wants to check."""
        return {
            "format": MANIFEST_FORMAT,
            "audience": self.audience,
            "root": self.root,
            "written_by": self.written_by,
            "leaves": [
                {"name": leaf.name, "sha256": leaf.sha256, **({"of": of} if (of := self.of.get(leaf.name)) else {})}
                for leaf in self.leaves
            ],
        }


def read_manifest(said: Mapping[str, Any]) -> Manifest:
    """A manifest from what ``to_json`` gave; ``KeyError``, ``TypeError`` or ``ValueError`` when it is none, or when its
    root is not that of its leaves."""
    if said["format"] != MANIFEST_FORMAT:
        raise ValueError(said["format"])
    leaves = tuple(Leaf(str(leaf["name"]), str(leaf["sha256"])) for leaf in said["leaves"])
    of = {str(leaf["name"]): str(leaf["of"]) for leaf in said["leaves"] if "of" in leaf}
    found = Manifest(str(said["audience"]), leaves, of, str(said.get("written_by", "")))
    if found.root != said["root"]:
        raise ValueError(said["root"])
    return found


def manifest_labels(reader: Reader) -> tuple[str, ...]:
    """Under which labels an edition may hold the manifest of a reader, the widest first."""
    if reader.builds:
        return ("manifest:builder",)
    partners = sorted(str(audience) for audience in reader.audiences if not audience.is_public)
    return (*(f"manifest:{name}" for name in partners), "manifest:public")


__all__ = ["MANIFEST_FORMAT", "Manifest", "manifest_labels", "read_manifest"]
