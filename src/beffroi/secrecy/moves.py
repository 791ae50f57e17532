"""Moves: other tables that are as possible as the true one to somebody who does not see what is hidden.

A move says by how much each atom differs. It protects all the cells that it changes enough, and hides all those that it
changes: those who saw one of them would know that the other table is not the true one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, hstack

from beffroi.secrecy.attacks import needs
from beffroi.secrecy.components import held_limits, held_rows
from beffroi.secrecy.parts import Indexes
from beffroi.secrecy.problems import Flags, Floats, Problem
from beffroi.secrecy.programs import Limits, Program

STILL = 1e-9
"""Below this share of what was asked, a cell has not moved: it is the solver's rounding."""

_SMALL, _LARGE = 24, 2000
"""Atoms of a cell whose atoms go together (a commune by age and sex), and of one that says nothing of who is near."""

_CELL = 1e-3
"""What changing a cell costs beside its weight, where one looks for neighbours: cells of no weight are cells."""

_FAR, _FARTHEST = 4.0, 1000.0
"""No atom is moved farther than so many times what is asked, at first and in a thorough search; nor is a move repeated
more often, when one looks how far it leads."""

_MULTIPLES = 6
"""A move in halves, thirds… is whole once it is made that many times, if there is room for it."""

_LEAST = 1e-5
"""What it costs to change an atom as much as is asked, beside the least price of hiding a cell."""

_NEAR, _NODES = 0.05, 300
"""How near to the cheapest a move in whole numbers has to be, and where the search for it is given up."""


@dataclass(frozen=True)
class Demand:
    """What is asked for one cell: another table in which it is ``amount`` more (less, when negative)."""

    cell: int
    amount: float


@dataclass(frozen=True)
class Move:
    """Atoms that differ, and by how much; ``cells`` that then differ by more than is told of them.

    ``most`` and ``least``: times the move can be made, and undone, without any atom passing what is possible.
    ``changes`` go with ``cells``.
    """

    atoms: Indexes
    amounts: Floats
    cells: Indexes
    changes: Floats
    most: float
    least: float


class Ground:
    """What moves are made on: the cells and atoms of a part, what holds them, what hiding each cell costs."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.relations = problem.relations
        self.by_atom = csc_array(problem.relations)
        self.down, self.up = problem.floors - problem.atoms, problem.ceilings - problem.atoms
        self.room = held_limits(problem, np.ones(len(problem.values), bool))
        self.loose = held_limits(problem, np.zeros(len(problem.values), bool))
        self._is_bounded = np.isfinite(self.loose[0]) | np.isfinite(self.loose[1])
        self.sizes = np.diff(problem.relations.indptr)
        self._memberships = csr_array(problem.relations != 0)
        self._marks = 0.5 + np.random.default_rng(0).random(problem.relations.shape[1])

    def demands(self) -> list[Demand]:
        """What the problem asks for, without what cannot be, largest first; more before less."""
        over, under = needs(self.problem)
        found = []
        for cell in np.flatnonzero((over > 0) | (under > 0)).tolist():
            atoms, shares = self.row(cell)
            amounts = [float(over[cell]), float(under[cell])]
            if self.problem.integral[atoms].all() and np.array_equal(shares, np.round(shares)):
                amounts = [float(np.ceil(amount - 1e-6)) for amount in amounts]
            found += [Demand(cell, amount) for amount in (amounts[0], -amounts[1]) if amount]
        return sorted(found, key=lambda demand: (-abs(demand.amount), demand.cell, -demand.amount))

    def near(self, cell: int, wanted: int, hidden: Flags) -> Indexes:
        """The atoms of a cell (or some of them), then those to which a move changes least, up to about ``wanted``.

        What is changed: the told cells that the one adds up and the other does not, at what hiding them costs. Atoms
        come with those of the same small cells, so that moves can close there.
        """
        atoms, _ = self.row(cell)
        # The largest first: they can move both ways.
        atoms = np.sort(atoms[np.argsort(-self.problem.atoms[atoms], kind="stable")[: max(1, wanted // 4)]])
        family = self._family(atoms)
        chosen = np.zeros(self.relations.shape[1], bool)
        chosen[family] = True
        costs = np.where(self.problem.told(hidden) & (self.sizes <= _LARGE), self.problem.weights + _CELL, 0.0)
        around = np.unique(taken(self.by_atom.indptr, family, self.by_atom.indices)[0])
        around = around[costs[around] > 0]
        shared, of = taken(self.relations.indptr, around, self.relations.indices)
        changed = self._memberships.T @ costs - np.bincount(shared, weights=costs[around][of], minlength=len(chosen))
        changed[chosen | ((self.down >= 0) & (self.up <= 0))] = np.inf
        count = len(family)
        for atom in np.argsort(changed, kind="stable")[: 4 * wanted]:
            if count >= wanted or np.isinf(changed[atom]):
                break
            if not chosen[atom]:
                chosen[self._family(np.array([atom]))] = True
                count = int(chosen.sum())
        return np.flatnonzero(chosen)

    def reach(self, demand: Demand) -> Indexes | None:
        """Atoms whose move meets a demand if all that can be hidden is; None where even that does not."""
        held, room = held_rows(self.problem, self.problem.known)
        asked, shares = self.row(demand.cell)
        unit = abs(demand.amount)
        limits = (np.maximum(self.down, -_FARTHEST * unit) / unit, np.minimum(self.up, _FARTHEST * unit) / unit)
        rows = csr_array(self.relations[held])
        program = Program(rows, (room[0] / unit, room[1] / unit), limits, starts_possible=True)
        answer = program.maximise(asked, shares * np.sign(demand.amount))
        if answer.point is None or answer.value < 1 - STILL:
            return None
        return np.flatnonzero(np.abs(answer.point) > STILL)

    def find(
        self,
        demand: Demand,
        atoms: Indexes,
        hidden: Flags,
        costs: Floats,
        *,
        budget: float = np.inf,
        thorough: bool = False,
    ) -> Move | None:
        """The move of these atoms alone that meets a demand and changes as little as can be of what is not hidden.

        ``costs``: of changing a cell by 1; infinite where it must stay. Cells dearer than ``budget`` must stay too.
        None where there is no such move, or none in whole numbers where it takes whole numbers: these are searched for
        only when ``thorough``.
        """
        whole = self.problem.integral[atoms]
        unit = 1.0 if whole.any() else abs(demand.amount)
        rows, limits, farther, prices = self._rows(demand, atoms, hidden, costs)
        free = np.flatnonzero(np.isfinite(prices) & (prices <= budget))
        loose = csr_array((np.ones(len(free)), (free, np.arange(len(free)))), shape=(len(prices), len(free)))
        cap = np.ceil((_FARTHEST if thorough else _FAR) * abs(demand.amount) / unit)
        loss, gain = np.minimum(-self.down[atoms] / unit, cap), np.minimum(self.up[atoms] / unit, cap)
        beyond = np.concatenate([farther[0][free], farther[1][free]]) / unit
        row_limits, paid = (limits[0] / unit, limits[1] / unit), np.concatenate([prices[free]] * 2)
        # Of moves that hide as much, the least: it is of few atoms, and most often whole.
        least = _LEAST * min(paid[paid > 0], default=1.0) * unit / abs(demand.amount)
        count, price = len(atoms), np.concatenate([np.full(2 * len(atoms), least), paid])
        ends = np.zeros(len(price)), np.concatenate([gain, loss, beyond])
        program = Program(csr_array(hstack([rows, -rows, loose, -loose])), row_limits, ends)
        point = program.maximise(np.arange(len(price)), -price).point
        if point is None:
            return None
        amounts = (point[:count] - point[count : 2 * count]) * unit
        if (move := self._whole(atoms, amounts, whole, demand)) is not None or not thorough:
            return move
        # A real move need not have a whole one beside it: whole ones are looked for from the start.
        ends = np.append(-loss, np.zeros(len(paid))), np.append(gain, beyond)
        flags = np.append(whole, np.zeros(len(paid), bool))
        program = Program(csr_array(hstack([rows, loose, -loose])), row_limits, ends, integral=flags)
        point = program.maximise(count + np.arange(len(paid)), -paid, gap=_NEAR, nodes=_NODES).point
        return None if point is None else self._whole(atoms, point[:count], whole, demand)

    def _whole(self, atoms: Indexes, amounts: Floats, whole: Flags, demand: Demand) -> Move | None:
        """The move of these amounts, or the first of its multiples that is whole where it has to be, if possible."""
        for times in range(1, _MULTIPLES + 1):
            several = amounts * times
            rounded = np.where(whole, np.round(several), several)
            if np.all(np.abs(several - rounded) < 1e-6 * times):
                return self.move(atoms, rounded, demand)
        return None

    def move(self, atoms: Indexes, amounts: Floats, demand: Demand) -> Move | None:
        """The move that these amounts are, None unless it is possible and meets the demand."""
        still = STILL * abs(demand.amount)
        moved = np.abs(amounts) > still
        atoms, amounts = atoms[moved], amounts[moved]
        cells, of = taken(self.by_atom.indptr, atoms, self.by_atom.indices)
        shares, _ = taken(self.by_atom.indptr, atoms, self.by_atom.data)
        changes = np.bincount(cells, weights=shares * amounts[of], minlength=len(self.sizes)).astype(np.float64)
        (low, high), (lowest, highest) = self.room, self.loose
        cells = np.flatnonzero((changes > high + 1e3 * still) | (changes < low - 1e3 * still))
        if changes[demand.cell] * np.sign(demand.amount) < abs(demand.amount) * (1 - STILL):
            return None
        if np.any((changes > highest + 1e3 * still) | (changes < lowest - 1e3 * still)):
            return None
        most, least = self._times(atoms, amounts, changes), self._times(atoms, -amounts, -changes)
        return Move(atoms, amounts, cells, changes[cells], most, least) if most >= 1 else None

    def _times(self, atoms: Indexes, amounts: Floats, changes: Floats) -> float:
        """How often a move can be made before an atom, or a cell of which something is known, gets to its limit."""
        limits = np.where(amounts > 0, self.up[atoms], self.down[atoms]) / amounts
        within = (changes <= self.room[1]) & (changes >= self.room[0])
        low, high = (np.where(within, room, loose) for room, loose in zip(self.room, self.loose, strict=True))
        held = np.flatnonzero((changes != 0) & (high > low))
        slack = np.where(changes[held] > 0, high[held], low[held]) / changes[held]
        times = min(float(limits.min(initial=_FARTHEST)), float(slack.min(initial=_FARTHEST))) * (1 + STILL)
        return float(np.floor(times)) if self.problem.integral[atoms].any() else times

    def row(self, cell: int) -> tuple[Indexes, Floats]:
        """The atoms of a cell, and the share of each that it adds up."""
        span = slice(self.relations.indptr[cell], self.relations.indptr[cell + 1])
        return self.relations.indices[span], self.relations.data[span]

    def _family(self, atoms: Indexes) -> Indexes:
        cells = np.unique(taken(self.by_atom.indptr, atoms, self.by_atom.indices)[0])
        small = cells[self.sizes[cells] <= _SMALL]
        return np.union1d(atoms, taken(self.relations.indptr, small, self.relations.indices)[0])

    def _rows(
        self, demand: Demand, atoms: Indexes, hidden: Flags, costs: Floats
    ) -> tuple[csr_array, Limits, Limits, Floats]:
        """What a move has to respect, over these atoms: cells of which something is known, then the demand; their
        limits, how much farther they may go under and over these once they are hidden, the price of each.

        Cells that are the same sum over these atoms are one row, at the price of all.
        """
        cells, of = taken(self.by_atom.indptr, atoms, self.by_atom.indices)
        shares, _ = taken(self.by_atom.indptr, atoms, self.by_atom.data)
        told = self.problem.told(hidden)
        held = (told | self._is_bounded)[cells]
        cells, of, shares = cells[held], of[held], shares[held]
        marks = np.bincount(cells, weights=shares * self._marks[of], minlength=len(self.sizes))
        present = np.unique(cells)
        _, first, group = np.unique(marks[present], return_index=True, return_inverse=True)
        count = len(first)
        is_told = told[present]
        prices = np.full(count, np.inf)
        prices[group[is_told]] = 0.0
        np.add.at(prices, group[is_told], costs[present[is_told]])
        low, high = np.full(count + 1, -np.inf), np.full(count + 1, np.inf)
        np.maximum.at(low, group, self.loose[0][present])
        np.minimum.at(high, group, self.loose[1][present])
        least, most = low.copy(), high.copy()
        np.maximum.at(low, group[is_told], self.room[0][present[is_told]])
        np.minimum.at(high, group[is_told], self.room[1][present[is_told]])
        farther = tuple(
            np.subtract(*ends, out=np.zeros(count + 1), where=ends[0] > ends[1])
            for ends in ((low, least), (most, high))
        )
        (low if demand.amount > 0 else high)[count] = demand.amount
        place = np.full(len(self.sizes), -1)
        place[present[first]] = np.arange(count)
        one = place[cells] >= 0
        asked, its = self.row(demand.cell)
        there = np.isin(asked, atoms)
        columns = np.concatenate([of[one], np.searchsorted(atoms, asked[there])])
        lines = np.concatenate([place[cells[one]], np.full(there.sum(), count)])
        entries = np.concatenate([shares[one], its[there]])
        rows = csr_array((entries, (lines, columns)), shape=(count + 1, len(atoms)))
        return rows, (low, high), (farther[0], farther[1]), np.concatenate([prices, [np.inf]])


def taken(starts: Indexes, lines: Indexes, entries: NDArray[Any]) -> tuple[NDArray[Any], Indexes]:
    """The entries of some lines of a sparse array, and which of the lines each is of."""
    first = starts[lines].astype(np.intp)
    lengths = starts[lines + 1] - first
    before = np.cumsum(lengths) - lengths
    places = np.repeat(first - before, lengths) + np.arange(lengths.sum())
    return entries[places], np.repeat(np.arange(len(lines)), lengths)
