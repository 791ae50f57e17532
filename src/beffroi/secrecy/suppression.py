"""Which further cells to hide so that what must stay unknown does, at the least loss that is found."""

from dataclasses import dataclass

from beffroi.secrecy.moves import Ground
from beffroi.secrecy.parts import split
from beffroi.secrecy.patterns import Pattern
from beffroi.secrecy.problems import Flags, Problem

_SIZES = (200, 2000)
"""How many atoms around a cell are looked at for the cheapest way to protect it, before all of them are."""


@dataclass(frozen=True)
class Suppression:
    """Cells that are hidden, sensitive ones included, and the weight of those that are hidden for others."""

    hidden: Flags
    loss: float


def suppress(problem: Problem) -> Suppression:
    """Hide what must be, part by part: each is protected as a function of itself alone."""
    hidden = problem.kept().copy()
    loss = 0.0
    for part in split(problem, hidden):
        ground = Ground(part.problem)
        pattern = Pattern(ground, part.hidden | part.problem.kept(), ground.demands())
        pattern.protect(_SIZES)
        pattern.spare()
        hidden[part.cells] |= pattern.hidden
        loss += pattern.loss()
    return Suppression(hidden, loss)
