"""From which told cells a cell can be found: the deduction itself, as short as can be.

A deduction multiplies told figures, adds them up, and uses what is possible of atoms for the rest. Of all those that
lead as near to the truth, the one with the least multipliers is looked for: few cells, each once.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from beffroi.secrecy.attacks import needs
from beffroi.secrecy.components import Indexes, Limits, held_rows, possible_limits, settle
from beffroi.secrecy.parts import split
from beffroi.secrecy.problems import Flags, Problem
from beffroi.secrecy.programs import PROOF, Program

_USED = 1e-7


@dataclass(frozen=True)
class Leak:
    """How near one comes to a cell: ``low`` and ``high`` (fractions allowed), and from which ``told`` cells, by their
    places in the problem, hidden ones of which something is known among them. Only those for the sides that
    are nearer than asked; for both sides when neither is."""

    low: float
    high: float
    told: tuple[int, ...]


def explain_leak(problem: Problem, hidden: Flags, cell: int) -> Leak:
    """From which told cells the bounds of a kept cell come. A cell that is itself told comes from itself.

    Raises ``ValueError`` when the cell has not to be kept unknown.
    """
    if not problem.kept()[cell]:
        raise ValueError(f"cell {cell} has not to be kept unknown")
    made = float((problem.relations[[cell]] @ problem.atoms)[0])
    for part in split(problem, hidden):
        if cell in part.cells:
            inside = int(np.flatnonzero(part.cells == cell)[0])
            over, under, told = _deduced(part.problem, part.hidden, inside)
            return Leak(made - under, made + over, tuple(sorted(part.cells[told].tolist())))
    return Leak(made, made, ())


def _deduced(problem: Problem, hidden: Flags, cell: int) -> tuple[float, float, Indexes]:
    asked = problem.relations[[cell]]
    both = [float(need[cell]) for need in needs(problem)]
    unit = max(both) or 1.0
    told, ends = held_rows(problem, problem.told(hidden))
    limits = _scaled(possible_limits(problem), unit)
    rows, row_limits = csr_array(problem.relations[told]), _scaled(ends, unit)
    settled = settle(rows, row_limits, limits, np.zeros_like(problem.integral))
    over, under = (_farthest(rows, row_limits, settled, asked * sign) for sign in (1.0, -1.0))
    sides = [(asked, *over), (-asked, *under)]
    short = [bound * unit < need * (1 - PROOF) for (_, bound, _), need in zip(sides, both, strict=True)]
    sides = [side for side, is_short in zip(sides, short, strict=True) if is_short or not any(short)]
    chosen = np.empty(0, dtype=np.intp)
    for costs, bound, used in sides:
        for candidates in (_within(rows, used, asked), np.arange(len(told))) if np.isfinite(bound) else ():
            part = row_limits[0][candidates], row_limits[1][candidates]
            found = _shortest(csr_array(rows[candidates]), part, limits, costs, bound)
            if found is not None:
                chosen = np.union1d(chosen, candidates[found])
                break
    needed = _needed(rows, row_limits, limits, chosen, [(costs, bound) for costs, bound, _ in sides])
    return over[0] * unit, under[0] * unit, told[needed]


def _needed(
    rows: csr_array, row_limits: Limits, limits: Limits, chosen: Indexes, sides: list[tuple[csr_array, float]]
) -> Indexes:
    """The rows without those that the others can do without: each side may have had its own deduction."""
    for row in chosen.tolist():
        others = chosen[chosen != row]
        part = row_limits[0][others], row_limits[1][others]
        bounds = [_farthest(csr_array(rows[others]), part, limits, costs)[0] for costs, _ in sides]
        if all(near <= bound + PROOF * max(1.0, bound) for near, (_, bound) in zip(bounds, sides, strict=True)):
            chosen = others
    return chosen


def _scaled(limits: Limits, unit: float) -> Limits:
    return limits[0] / unit, limits[1] / unit


def _farthest(rows: csr_array, row_limits: Limits, limits: Limits, asked: csr_array) -> tuple[float, Indexes]:
    """How far a sum of atoms can go, and the rows that the proof multiplies."""
    unknown = np.flatnonzero(limits[0] < limits[1])
    if not len(unknown):
        return 0.0, unknown
    left = csr_array(rows[:, unknown])
    tied = np.flatnonzero(np.diff(left.indptr))
    costs = csr_array(asked[:, unknown])
    program = Program(
        csr_array(left[tied]),
        (row_limits[0][tied], row_limits[1][tied]),
        (limits[0][unknown], limits[1][unknown]),
        box=1e6,
    )
    found = program.maximise(costs.indices, costs.data)
    if found.multipliers is None:
        return found.bound, np.empty(0, dtype=np.intp)
    return max(found.bound, 0.0), tied[np.abs(found.multipliers) > _USED]


def _within(rows: csr_array, used: Indexes, asked: csr_array) -> Indexes:
    """The rows that add up nothing but atoms of the rows that are used."""
    atoms = np.zeros(rows.shape[1])
    atoms[rows[used].indices], atoms[asked.indices] = 1, 1
    return np.flatnonzero(rows.astype(bool) @ (1 - atoms) == 0)


def _shortest(rows: csr_array, row_limits: Limits, limits: Limits, asked: csr_array, bound: float) -> Indexes | None:
    """The rows of the deduction that leads as far with the least multipliers; None when there is none.

    Multipliers of rows, then of the limits of atoms, both ways, have to make up what is asked, and to prove the bound.
    """
    atoms = np.union1d(rows.indices, asked.indices)
    rows, asked = csr_array(rows[:, atoms]), csr_array(asked[:, atoms])
    ends = [row_limits[1], -row_limits[0], limits[1][atoms], -limits[0][atoms]]
    ones = eye_array(len(atoms))
    matrix = csr_array(hstack([rows.T, -rows.T, ones, -ones]))
    proofs = np.concatenate(ends)
    usable = np.where(np.isfinite(proofs), np.inf, 0.0)
    program = Program(
        csr_array(vstack([matrix, csr_array(np.where(np.isfinite(proofs), proofs, 0.0)[np.newaxis])])),
        (np.append(asked.toarray()[0], -np.inf), np.append(asked.toarray()[0], bound + PROOF * max(1.0, bound))),
        (np.zeros(len(proofs)), usable),
    )
    count = rows.shape[0]
    found = program.maximise(np.arange(2 * count), np.full(2 * count, -1.0))
    if found.point is None:
        return None
    return np.flatnonzero(found.point[:count] + found.point[count : 2 * count] > _USED)
