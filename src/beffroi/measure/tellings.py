"""What a group tells now, for the editions to come, and what it makes of what earlier ones told and hid."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from beffroi.measure.atoms import Atoms
from beffroi.measure.given_rows import GivenRows
from beffroi.measure.memories import Memory, Said, Told, remember
from beffroi.measure.relations import Earlier, Relations


def remember_rows(rows: GivenRows, atoms: Mapping[str, Atoms]) -> Memory:
    """The figures that are given, those that are confidential with the margin around them, what is said of hidden ones
    by their kinds, and what else is hidden: each once for an audience."""
    cells, number = rows.disclosures.cells, rows.relations.number
    margins = rows.relations.problem.below
    given = rows.figures(given=True)
    known = set(given)
    secret = sorted(cell for cell in rows.disclosures.sensitive if number[cell] >= 0)
    # Rules with other minima may say several things of one cell.
    said = {
        Said(cells[kind.cell], kind.least, kind.most, audience)
        for kind, audience in rows.kinds()
        if (kind.cell, audience) not in known
    }
    return remember(
        atoms,
        told=[Told(cells[cell], audience) for cell, audience in given],
        hidden=[(cells[cell], float(margins[number[cell]])) for cell in secret],
        said=sorted(said),
        beside=[Told(cells[cell], to) for cell, to in rows.figures(given=False) if (cell, to) not in known],
    )


def hidden_before(relations: Relations, audience: str) -> NDArray[np.bool_]:
    """Cells that earlier editions hid from an audience beside confidential ones, as far as all that was confidential in
    these editions still is, and is to be kept as far from everybody: a rule that has become stricter gives no figure
    that it did not give before."""
    problem = relations.problem
    hidden = np.zeros(len(problem.values), bool)
    for earlier in relations.earlier:
        still = (problem.sensitive[row] and problem.below[row] >= margin for row, margin in earlier.confidential)
        if all(still):
            hidden[[row for row, to in earlier.beside if to == audience]] = True
    return hidden


def is_told_again(rows: GivenRows, earlier: Earlier, memory: Memory) -> bool:
    """Whether all that an earlier edition told, and said by kinds, is told again now, to as many."""
    if len(earlier.told) < len(memory.told) or len(earlier.said) < len(memory.said):
        return False
    again, now = rows.pairs(), {*rows.saying()}
    return all(any((row, wider) in again for wider in {to, "public"}) for row, to in earlier.told) and all(
        any((row, low, high, wider) in now or (row, wider) in again for wider in {to, "public"})
        for row, low, high, to in earlier.said
    )
