"""A tree of sha256: one root for many named things, and the short way by which one of them is shown to be under it.

The same as in certificate transparency (RFC 6962): a leaf and a node are told apart by their first byte, so that none
passes for the other. Whoever has the root and a proof needs nothing else of the tree.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

_LEAF, _NODE = b"\x00", b"\x01"
EMPTY = hashlib.sha256(b"").hexdigest()
"""The root of a tree of nothing."""


@dataclass(frozen=True)
class Leaf:
    """A thing under a tree: its name, and the sha256 of its bytes."""

    name: str
    sha256: str

    @property
    def mark(self) -> str:
        """What the tree is made of at its foot: the name goes with the bytes, for one is not to pass for another."""
        return hashlib.sha256(_LEAF + f"{self.name}\n{self.sha256}".encode()).hexdigest()


@dataclass(frozen=True)
class Step:
    """A sibling met on the way up, and on which side it stands."""

    side: Literal["left", "right"]
    sha256: str


def join_marks(left: str, right: str) -> str:
    """The mark of a node, from those of its two children."""
    return hashlib.sha256(_NODE + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def grow_root(leaves: Sequence[Leaf]) -> str:
    """The root of leaves, in the order given. A node that is alone at its height goes up as it is."""
    row = [leaf.mark for leaf in leaves]
    while len(row) > 1:
        row = _go_up(row)
    return row[0] if row else EMPTY


def prove_leaf(leaves: Sequence[Leaf], place: int) -> tuple[Step, ...]:
    """The siblings by which the leaf at a place leads to the root, from the foot up."""
    row, steps = [leaf.mark for leaf in leaves], []
    while len(row) > 1:
        beside = place ^ 1
        if beside < len(row):
            steps.append(Step("left" if beside < place else "right", row[beside]))
        row, place = _go_up(row), place // 2
    return tuple(steps)


def climb(leaf: Leaf, steps: Sequence[Step]) -> str:
    """The root to which a leaf leads by these siblings."""
    mark = leaf.mark
    for step in steps:
        mark = join_marks(step.sha256, mark) if step.side == "left" else join_marks(mark, step.sha256)
    return mark


def _go_up(row: Sequence[str]) -> list[str]:
    pairs = [join_marks(*row[at : at + 2]) for at in range(0, len(row) - 1, 2)]
    return pairs + ([row[-1]] if len(row) % 2 else [])


__all__ = ["EMPTY", "Leaf", "Step", "climb", "grow_root", "join_marks", "prove_leaf"]
