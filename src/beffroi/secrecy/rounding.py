"""Controlled rounding: every cell told to within a base, and all of them still adding up.

Atoms are rounded to one of the two multiples of the base around them, and cells are what the rounded atoms add up to.
What readers, and attackers, are told is the base and by how many of them a cell may be off.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack, vstack

from beffroi.secrecy.attacks import needs
from beffroi.secrecy.parts import Part, split
from beffroi.secrecy.problems import Flags, Floats, Problem
from beffroi.secrecy.programs import Limits, Program

_ATOMS, _NODES = 150, 2_000
"""Atoms up to which the best rounding is looked for by a program in whole numbers, and how long."""

_POWERS = (2, 4, 8, 16)

_EXACT = 1e-9


@dataclass(frozen=True)
class Rounding:
    """Figures to publish in place of the true ones.

    - ``values``: of each cell, what its rounded atoms add up to.
    - ``slack``: by how much the truth may differ from it, as is told: less than a base for an atom alone, less than
      ``bases`` of them for what adds up several (1 wherever such a rounding was found). 0 for what is not rounded.
    - ``short``: kept cells whose margins do not fit in what is told of that cell alone: the base is too small for them.
    """

    values: Floats
    slack: Floats
    bases: int
    short: Flags

    def published(self, problem: Problem) -> Problem:
        """The problem as readers have it: what an attack has to be made on."""
        return replace(problem, values=self.values, slack=self.slack)


def round_cells(problem: Problem, base: float, *, seed: int = 0) -> Rounding:
    """Rounds every offered cell to multiples of ``base``, so that those that add up still do.

    Which of its two multiples an atom gets is drawn from ``seed``, with the chances that make it right on average
    (a quarter of the way up, one chance in four); then as few atoms as can be found go the other way, so that every
    cell stays within a base and every kept cell keeps its margins within what is told. This makes the whole only nearly
    right on average. Whoever has the seed and the true figures gets the same; the order of cells and atoms does not
    matter.

    Known cells are told as they are, whatever is rounded: an attack says what they give away.
    Raises ``ValueError`` where a share is not a whole number: multiples of the base would not add up to multiples.
    """
    if base <= 0:
        raise ValueError(f"a base of {base:g}")
    if not np.array_equal(problem.relations.data, np.round(problem.relations.data)):
        raise ValueError("cells that add up parts of atoms cannot be rounded to multiples of a base")
    rounded = np.floor(problem.atoms / base + _EXACT) * base
    parts = split(problem, np.zeros_like(problem.sensitive), kept_only=False)
    tables = [_Table(part, base) for part in parts]
    bases = 1
    for table, part in zip(tables, parts, strict=True):
        up = table.round(np.random.default_rng([seed, *bytes.fromhex(part.key)]))
        rounded[part.atoms] += base * up
        bases = max(bases, table.bases(up))
    told = problem.offered & ~problem.known
    values = np.where(told, problem.relations @ rounded, problem.values)
    slack = np.where(told, _slack(problem, base, bases), problem.slack)
    over, under = needs(problem)
    off = problem.relations @ problem.atoms - values
    short = told & problem.kept() & ((off + over > slack + _EXACT) | (off - under < -slack - _EXACT))
    return Rounding(values, slack, bases, short)


def _slack(problem: Problem, base: float, bases: int) -> Floats:
    """What is told of each cell: whole numbers that differ by less than a base differ by one less than it at most."""
    lengths = np.diff(problem.relations.indptr)
    unit = 1.0 if problem.integral.all() and base == np.round(base) else 0.0
    return np.where(lengths > 1, bases * base, base) - unit


class _Table:
    """A part to round: which atoms go up, and how far that puts each cell from the truth."""

    def __init__(self, part: Part, base: float) -> None:
        problem = part.problem
        self.base = base
        self.relations, self.by_atom = problem.relations, csc_array(problem.relations)
        down = problem.atoms - np.floor(problem.atoms / base + _EXACT) * base
        self.chances = np.where(down > _EXACT * base, down / base, 0.0)
        self._down = self.relations @ down
        self._by_share = [
            (share, csr_array((self.relations * (self.relations == share)).T) / share)
            for share in np.unique(self.relations.data)
        ]
        self._slack = _slack(problem, base, 1)
        self._several = np.diff(self.relations.indptr) > 1
        self._limits = self._kept_limits(problem)

    def _kept_limits(self, problem: Problem) -> Limits:
        """How far under and over the truth each cell may be told: so that its margins fit, where they can."""
        over, under = needs(problem)
        low, high = over - self._slack, self._slack - under
        fits = problem.kept() & (low <= high)
        return np.where(fits, np.maximum(low, -self._slack), -self._slack), np.where(
            fits, np.minimum(high, self._slack), self._slack
        )

    def bases(self, up: Flags) -> int:
        """The least number of bases by which no cell is off."""
        off = np.abs(self.off(up))[self._several]
        slack = self._slack[self._several]
        return 1 + int(np.ceil(np.maximum(off - slack, 0.0).max(initial=0.0) / self.base - _EXACT))

    def off(self, up: Flags) -> Floats:
        """By how much each cell is over the truth."""
        off: Floats = self.base * (self.relations @ up.astype(np.float64)) - self._down
        return off

    def round(self, drawn: np.random.Generator) -> Flags:
        """Atoms that go up."""
        up = drawn.random(len(self.chances)) < self.chances
        if len(up) <= _ATOMS and (best := self._best(up)) is not None:
            return best
        return self._settled(up)

    def _best(self, drawn: Flags) -> Flags | None:
        """The fewest bases off, then the fewest margins broken, then the fewest atoms that do not go as drawn."""
        count, height = len(drawn), self.relations.shape[0]
        low, high = self._limits
        tight = np.flatnonzero((low > -self._slack) | (high < self._slack))
        more = csr_array(np.where(self._several, self.base, 0.0)[:, None])
        places = (tight, np.arange(len(tight)))
        broken = csr_array((np.full(len(tight), 2 * self.base), places), shape=(height, len(tight)))
        moved = self.base * self.relations
        rows = csr_array(vstack([hstack([moved, more, broken]), hstack([moved, -more, -broken])]))
        endless = np.full(height, np.inf)
        row_limits = np.concatenate([low + self._down, -endless]), np.concatenate([endless, high + self._down])
        ends = np.concatenate([(self.chances > 0).astype(np.float64), [height], np.ones(len(tight))])
        whole = np.ones(len(ends), bool)
        # Each thing that matters more costs more than all that matters less.
        costs = np.concatenate(
            [np.where(drawn, 1.0, -1.0), [-4.0 * count * (1 + len(tight))], np.full(len(tight), -2.0 * count)]
        )
        program = Program(rows, row_limits, (np.zeros(len(ends)), ends), integral=whole)
        answer = program.maximise(np.arange(len(ends)), costs, nodes=_NODES)
        return None if answer.point is None else answer.point[:count] > 0.5

    def _settled(self, drawn: Flags) -> Flags:
        """As drawn, but that atoms go the other way, the one that brings cells most back first, until none does.

        What is brought down is first the sum over cells of how far they are off to the square, then to powers that care
        more and more for the cells that are farthest.
        """
        free, up = self._free(drawn)
        off = self.off(up) / self.base
        for power in _POWERS:
            for _ in range(len(up)):
                gains = np.where(free, self._gains(off, up, power), -np.inf)
                atom = int(gains.argmax())
                if gains[atom] <= _EXACT:
                    break
                span = slice(self.by_atom.indptr[atom], self.by_atom.indptr[atom + 1])
                off[self.by_atom.indices[span]] += self.by_atom.data[span] * (-1 if up[atom] else 1)
                up[atom] ^= True
        return up

    def _free(self, drawn: Flags) -> tuple[Flags, Flags]:
        """Atoms that may go either way, and all of them as drawn, or as the margins of their own cell have it."""
        free, up = self.chances > 0, drawn & (self.chances > 0)
        single = np.flatnonzero(~self._several & (np.diff(self.relations.indptr) == 1))
        atoms, (low, high) = self.relations.indices[self.relations.indptr[single]], self._limits
        may_fall = (-self._down >= low - _EXACT)[single]
        may_rise = (self.base - self._down <= high + _EXACT)[single]
        forced = free[atoms] & (may_fall != may_rise) & (self.relations.data[self.relations.indptr[single]] == 1)
        up[atoms[forced]] = may_rise[forced]
        free[atoms[forced]] = False
        return free, up

    def _gains(self, off: Floats, up: Flags, power: int) -> Floats:
        """By how much the sum falls when each atom goes the other way."""
        gains = np.zeros(len(up))
        for share, cells in self._by_share:
            before = np.abs(off) ** power
            rising, falling = (before - np.abs(off + turn) ** power for turn in (share, -share))
            gains += np.where(up, cells @ falling, cells @ rising)
        return gains
