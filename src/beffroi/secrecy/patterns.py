"""A pattern under construction: what is hidden, and the moves that prove what it protects."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from beffroi.secrecy.moves import Demand, Ground, Move
from beffroi.secrecy.parts import Indexes
from beffroi.secrecy.problems import Flags, Floats

ENOUGH = 1 - 1e-9

_LEANT = 1.001
"""So that even a cell that is wholly leant towards costs something."""


class Pattern:
    """Cells hidden by moves, and demands met by them.

    A cell is hidden while a move that is in use changes it, or from the start (``given``: sensitive, or hidden by those
    who ask). A demand is met while a move in use meets it, so that nothing is put back on trust.
    """

    def __init__(self, ground: Ground, given: Flags, demands: Sequence[Demand]) -> None:
        self.ground, self.given, self.demands = ground, given, demands
        problem = ground.problem
        self.hidden = given.copy()
        self.lost: set[int] = set()
        """Demands that nothing can meet."""
        self._costs = np.where(problem.offered & ~problem.known, problem.weights, np.inf)
        self._moves: dict[int, tuple[Move, Indexes]] = {}
        self._used = np.zeros(len(given), dtype=np.int64)
        self._met = np.zeros(len(demands), dtype=np.int64)
        self._by_cell: dict[int, set[int]] = {}
        self._of_cell: dict[int, list[int]] = {}
        for at, demand in enumerate(demands):
            self._of_cell.setdefault(demand.cell, []).append(at)
        self._next = 0

    def loss(self) -> float:
        """What is lost by what is hidden beyond what was given."""
        return float(self.ground.problem.weights[self.hidden & ~self.given].sum())

    def protect(self, sizes: Sequence[int], leaning: Floats | None = None) -> None:
        """Meet demands one after another, each by the cheapest move that is found among ``sizes`` atoms near it.

        A larger size is tried where a smaller one left something to pay; where no size is enough, all atoms that the
        demand could need. ``leaning``, from 0 to 1: cells to hide rather than others.
        """
        costs = self._costs if leaning is None else self._costs * (_LEANT - leaning)
        for at, demand in enumerate(self.demands):
            if self._met[at] or at in self.lost:
                continue
            move = self._find(at, costs, sizes) or self._far(demand, costs, sizes)
            if move is None:
                self.lost.add(at)
            else:
                self._use(move)

    def confine(self, allowed: Flags) -> None:
        """Meet demands by hiding ``allowed`` cells alone; those that this does not meet are lost."""
        costs = np.where(allowed, self._costs, np.inf)
        atoms = np.arange(self.ground.relations.shape[1])
        for at, demand in enumerate(self.demands):
            if self._met[at]:
                continue
            move = self.ground.find(demand, atoms, self.hidden, costs, thorough=True)
            if move is None:
                self.lost.add(at)
            else:
                self._use(move)

    def spare(self) -> None:
        """Put back, dearest first, each cell whose moves are not needed: all that they meet is met by others."""
        for cell in self._dearest():
            names = sorted(self._by_cell.get(cell, ()))
            if names and not len(self._only(names)):
                self._drop(names)

    def reconsider(self, size: int, tries: int) -> None:
        """Take back each cell in turn, dearest first, where meeting its demands otherwise costs less.

        About ``tries`` moves are looked for at most.
        """
        for cell in self._dearest():
            if tries <= 0:
                break
            if self._used[cell] and not self.given[cell]:
                tries -= self._replace(cell, size)

    def _replace(self, cell: int, size: int) -> int:
        """Meet the demands of a cell's moves without it, if that costs less; how many moves were looked for."""
        before = self.loss()
        old = self._drop(sorted(self._by_cell[cell]))
        wanted = sorted({int(at) for move in old for at in self._meets(move)})
        costs = self._costs.copy()
        costs[cell] = np.inf
        new: list[int] = []
        tries = 0
        for at in wanted:
            if self._met[at]:
                continue
            tries += 1
            move = self._find(at, costs, (size,), before - self.loss())
            if move is not None:
                new.append(self._use(move))
            if move is None or self.loss() >= before - 1e-9 * max(1.0, before):
                self._drop(new)
                for move in old:
                    self._use(move)
                break
        return tries

    def _find(self, at: int, costs: Floats, sizes: Sequence[int], budget: float = np.inf) -> Move | None:
        demand, best = self.demands[at], None
        for near in self._near(demand.cell, sizes):
            move = self.ground.find(demand, near, self.hidden, costs, budget=budget)
            if move is None:
                continue
            price = float(costs[move.cells[~self.hidden[move.cells]]].sum())
            if best is None or price < budget:
                best, budget = move, price
            if price == 0:
                break
        return best

    def _near(self, cell: int, sizes: Sequence[int]) -> Iterator[Indexes]:
        """Atoms near a cell, ever more of them, as long as there are more."""
        before = 0
        for size in sizes:
            near = self.ground.near(cell, size, self.hidden)
            if len(near) > before:
                yield near
            before = len(near)

    def _far(self, demand: Demand, costs: Floats, sizes: Sequence[int]) -> Move | None:
        """A move where none was found near: in whole numbers that are hard to find, or of atoms that are far apart."""
        near = list(self._near(demand.cell, sizes))
        for atoms in near:
            if (move := self.ground.find(demand, atoms, self.hidden, costs, thorough=True)) is not None:
                return move
        needed = self.ground.reach(demand)
        if needed is None:
            return None
        for atoms in (np.union1d(near[-1], needed), np.arange(self.ground.relations.shape[1])):
            if (move := self.ground.find(demand, atoms, self.hidden, costs, thorough=True)) is not None:
                return move
        return None

    def _use(self, move: Move) -> int:
        name, self._next = self._next, self._next + 1
        met = self._meets(move)
        self._moves[name] = (move, met)
        self._used[move.cells] += 1
        self._met[met] += 1
        self.hidden[move.cells] = True
        for cell in move.cells.tolist():
            self._by_cell.setdefault(cell, set()).add(name)
        return name

    def _drop(self, names: Iterable[int]) -> list[Move]:
        dropped = []
        for name in names:
            move, met = self._moves.pop(name)
            self._used[move.cells] -= 1
            self._met[met] -= 1
            self.hidden[move.cells] = (self._used[move.cells] > 0) | self.given[move.cells]
            for cell in move.cells.tolist():
                self._by_cell[cell].discard(name)
            dropped.append(move)
        return dropped

    def _only(self, names: Sequence[int]) -> Indexes:
        """The demands that no other move meets."""
        met, times = np.unique(np.concatenate([self._moves[name][1] for name in names]), return_counts=True)
        only: Indexes = met[self._met[met] == times]
        return only

    def _meets(self, move: Move) -> Indexes:
        found = []
        for cell, change in zip(move.cells.tolist(), move.changes.tolist(), strict=True):
            for at in self._of_cell.get(cell, ()):
                amount = self.demands[at].amount
                times = move.most if (change > 0) == (amount > 0) else move.least
                if abs(change) * times >= abs(amount) * ENOUGH:
                    found.append(at)
        return np.array(sorted(found), dtype=np.intp)

    def _dearest(self) -> list[int]:
        cells = np.flatnonzero(self.hidden & ~self.given)
        weights = self.ground.problem.weights[cells]
        return [int(cell) for cell in cells[np.argsort(-weights, kind="stable")]]
