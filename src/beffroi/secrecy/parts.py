"""The parts of a problem that have nothing to do with one another, each in an order that only its content gives.

What protects a part is a function of that part alone: its key says whether the same was protected before.
"""

import hashlib
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from beffroi.secrecy.problems import Flags, Floats, Problem

Indexes = NDArray[np.intp]
Colours = NDArray[np.uint64]

_ROUNDS = 4
"""How far from a cell one looks to tell it from another: its atoms, their cells, twice over."""


@dataclass(frozen=True)
class Part:
    """Cells that are tied to one another, with what is hidden of them.

    ``cells`` and ``atoms`` say where they are in the whole. ``key`` is that of its content (sha256): two parts of the
    same key are the same, cell after cell.
    """

    problem: Problem
    hidden: Flags
    cells: Indexes
    atoms: Indexes
    key: str


def split(problem: Problem, hidden: Flags, *, kept_only: bool = True) -> list[Part]:
    """The parts in which something is to be kept (or all of them), in the order of their keys.

    Cells that nobody may read, nor knows anything of, and that nobody wants kept are in none: they tie nothing. Cells
    that nothing distinguishes (as one can tell from their figures and those around) stay in the order in which they
    came.
    """
    is_bounded = np.isfinite(problem.least) | np.isfinite(problem.most)
    matters = problem.offered | problem.known | problem.kept() | is_bounded
    watched = np.flatnonzero(matters & (np.diff(problem.relations.indptr) > 0))
    relations = problem.relations[watched]
    cell_colours, atom_colours = _colours(problem, hidden, watched, relations)
    entries = coo_array(relations)
    count = len(watched)
    graph = coo_array(
        (np.ones(entries.nnz, bool), (entries.row, entries.col + count)), shape=(count + relations.shape[1],) * 2
    )
    _, label = connected_components(graph, directed=False)
    kept = problem.kept()[watched] | (not kept_only)
    parts = []
    for name in np.unique(label[:count][kept]):
        cells = np.flatnonzero(label[:count] == name)
        atoms = np.flatnonzero(label[count:] == name)
        cells = cells[np.argsort(cell_colours[cells], kind="stable")]
        atoms = atoms[np.argsort(atom_colours[atoms], kind="stable")]
        part = problem.restrict(watched[cells], atoms)
        chosen = hidden[watched[cells]]
        parts.append(Part(part, chosen, watched[cells], atoms, _key(part, chosen)))
    return sorted(parts, key=lambda part: (part.key, int(part.cells.min())))


def _key(part: Problem, hidden: Flags) -> str:
    digest = hashlib.sha256()
    relations = part.relations
    shape = np.array(relations.shape)
    arrays = [shape, relations.indptr, relations.indices, relations.data, hidden]
    arrays += [getattr(part, field.name) for field in fields(Problem) if field.name != "relations"]
    for array in arrays:
        wide = np.dtype(np.float64) if array.dtype.kind == "f" else np.dtype(np.int64)
        # Zero without a sign: -0.0 is the same figure.
        digest.update((array.astype(wide) + wide.type(0)).tobytes())
    return digest.hexdigest()


def _colours(problem: Problem, hidden: Flags, watched: Indexes, relations: csr_array) -> tuple[Colours, Colours]:
    """A number for each cell and atom that is the same for two of them when nothing distinguishes them.

    It starts from what each is, then takes in, round after round, what those around it are.
    """
    flags = problem.offered + 2 * problem.known + 4 * problem.kept() + 8 * hidden
    cells = np.zeros(len(watched), np.uint64)
    figures = (problem.values, problem.slack, problem.least, problem.most)
    for column in (*figures, problem.below, problem.above, problem.weights, flags):
        cells = _mixed(cells, column[watched])
    atoms = np.zeros(relations.shape[1], np.uint64)
    for column in (problem.atoms, problem.floors, problem.ceilings, problem.integral):
        atoms = _mixed(atoms, column)
    rows = np.repeat(np.arange(len(watched)), np.diff(relations.indptr))
    shares = _bits(relations.data)
    for _ in range(_ROUNDS):
        seen = np.zeros(len(cells), np.uint64)
        np.add.at(seen, rows, _scramble(shares ^ atoms[relations.indices]))
        cells = _scramble(cells ^ seen)
        seen = np.zeros(len(atoms), np.uint64)
        np.add.at(seen, relations.indices, _scramble(shares ^ cells[rows]))
        atoms = _scramble(atoms ^ seen)
    return cells, atoms


def _mixed(colours: Colours, column: Floats | Flags) -> Colours:
    return _scramble(colours ^ _bits(column))


def _bits(column: Floats | Flags) -> Colours:
    bits: Colours = (column.astype(np.float64) + 0.0).view(np.uint64)
    return bits


def _scramble(numbers: Colours) -> Colours:
    """Each number spread over all the bits (the finaliser of splitmix64): the same number, the same result."""
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
