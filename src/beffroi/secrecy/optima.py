"""The least loss there can be, proven: cells chosen by whole numbers, against what an attacker would deduce.

Each round chooses the cheapest cells that respect what is known of all good patterns, then asks whether they protect.
Where they do not, the deduction that shows it names cells of which enough must be hidden: one more thing that all good
patterns respect. When nothing can be deduced any more, no pattern costs less. (M. Fischetti and J. J. Salazar-González,
« Solving the cell suppression problem on tabular data with linear constraints », Management Science 47, 2001.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from beffroi.secrecy.components import extremes, held_rows, possible_limits
from beffroi.secrecy.moves import Demand, Ground
from beffroi.secrecy.parts import Indexes
from beffroi.secrecy.problems import Flags, Floats
from beffroi.secrecy.programs import PROOF, Optimum, Program

_BROKEN = 1e-4
"""By how much a choice must break what is known before that is worth adding."""

_FOUND = 1e-6

_BOX = 1e4
"""How far quantities are let go, in the unit of what is asked."""

_PATIENCE, _PROGRESS = 4, 0.01


@dataclass(frozen=True)
class Least:
    """``bound``: no pattern that protects loses less. ``hidden``: one that protects and loses just that, if found.

    ``leaning``: from 0 to 1, how much the cheapest patterns that are not yet excluded hide each cell.
    """

    bound: float
    hidden: Flags | None
    leaning: Floats


def find_least(ground: Ground, given: Flags, demands: Sequence[Demand], *, rounds: int, nodes: int) -> Least:
    """The least loss beside ``given``, or a bound of it when ``rounds`` of cuts or ``nodes`` of a search run out.

    The demands must be ones that can be met.
    """
    choices = _Choices(ground, given)
    cuts: list[Floats] = []
    chosen, bound, leaning = np.zeros(len(choices.cells)), 0.0, np.zeros(len(given))
    bounds: list[float] = []
    whole = False
    for _ in range(rounds):
        new, open_question = choices.cuts(chosen, demands, whole=whole)
        if not new or (not whole and _stalled(bounds)):
            if whole:
                return Least(bound, None if open_question else _flags(given, choices.cells[chosen > 0.5]), leaning)
            if not nodes:
                break
            whole = True
        cuts += new
        answer = choices.cheapest(cuts, whole=whole, nodes=nodes)
        bound = max(bound, -answer.bound) if np.isfinite(answer.bound) else bound
        bounds.append(bound)
        if answer.point is None or not answer.is_proven:
            break
        chosen = answer.point
        if not whole:
            leaning[choices.cells] = chosen
    return Least(bound, None, leaning)


def _stalled(bounds: Sequence[float]) -> bool:
    """Whether the last rounds hardly raised the bound: choosing in whole numbers says more."""
    return len(bounds) > _PATIENCE and bounds[-1] < bounds[-1 - _PATIENCE] * (1 + _PROGRESS)


def _flags(given: Flags, cells: Indexes) -> Flags:
    hidden = given.copy()
    hidden[cells] = True
    return hidden


class _Choices:
    """The cells that can be hidden or not, and what an attacker deduces when some are."""

    def __init__(self, ground: Ground, given: Flags) -> None:
        problem = ground.problem
        self.cells = np.flatnonzero(problem.offered & ~problem.known & ~given)
        self._costs, self._ground = problem.weights[self.cells], ground
        is_choice = np.zeros(len(given), bool)
        is_choice[self.cells] = True
        held, ends = held_rows(problem, problem.known)
        others = ~is_choice[held]
        places = np.concatenate([self.cells, held[others]])
        self._rows = csr_array(problem.relations[places])
        of_choices = [room[self.cells] for room in ground.room]
        self._room = (
            np.concatenate([of_choices[0], ends[0][others]]),
            np.concatenate([of_choices[1], ends[1][others]]),
        )
        self._limits = possible_limits(problem)
        low, high = extremes(problem.relations[self.cells], self._limits)
        low, high = np.maximum(low, ground.loose[0][self.cells]), np.minimum(high, ground.loose[1][self.cells])
        count = len(self.cells)
        # How much farther each choice may go once it is hidden.
        self._farther = np.maximum(self._room[0][:count] - low, 0.0), np.maximum(high - self._room[1][:count], 0.0)

    def cheapest(self, cuts: Sequence[Floats], *, whole: bool, nodes: int) -> Optimum:
        """The choice (in parts, unless ``whole``) of least cost that respects the cuts."""
        count = len(self.cells)
        rows = csr_array(np.array(cuts).reshape(len(cuts), count))
        limits = np.zeros(count), np.ones(count)
        flags = np.full(count, whole)
        program = Program(rows, (np.ones(len(cuts)), np.full(len(cuts), np.inf)), limits, integral=flags)
        return program.maximise(np.arange(count), -self._costs, nodes=nodes)

    def cuts(self, chosen: Floats, demands: Sequence[Demand], *, whole: bool) -> tuple[list[Floats], bool]:
        """What a choice breaks, as shares of cells that must add up to 1 or more; whether a question stayed open."""
        found: dict[bytes, Floats] = {}
        # Partly hidden cells may go part of the way: a guide to what to ask, never a proof by itself.
        far = np.inf if whole else max(abs(demand.amount) for demand in demands)
        unit = float(np.median([abs(demand.amount) for demand in demands]))
        attacker = self._attacker(chosen, far, unit)
        for demand in demands:
            columns, shares = self._ground.row(demand.cell)
            amount = abs(demand.amount) / unit
            answer = attacker.maximise(columns, shares * np.sign(demand.amount))
            if answer.bound >= amount * (1 - PROOF) or answer.multipliers is None:
                continue
            cut = self._cut(answer.multipliers, demand)
            if cut is not None and cut @ chosen < 1 - _BROKEN:
                found[np.round(cut, 9).tobytes()] = cut
        if found or not whole:
            return list(found.values()), False
        return self._whole_cuts(chosen, demands)

    def _whole_cuts(self, chosen: Floats, demands: Sequence[Demand]) -> tuple[list[Floats], bool]:
        """The same against an attacker who knows what is whole: then something more must be hidden, whatever it is."""
        if not self._ground.problem.integral.any():
            return [], False
        open_question = False
        attacker = self._attacker(chosen, np.inf, 1.0, whole=True)
        for demand in demands:
            columns, shares = self._ground.row(demand.cell)
            amount = abs(demand.amount)
            answer = attacker.maximise(columns, shares * np.sign(demand.amount), enough=amount)
            if answer.value >= amount * (1 - PROOF):
                continue
            if answer.bound < amount * (1 - PROOF):
                return [np.where(chosen > 0.5, 0.0, 1.0)], False
            open_question = True
        return [], open_question

    def _attacker(self, chosen: Floats, far: float, unit: float, *, whole: bool = False) -> Program:
        """What is possible (in differences to the truth, over ``unit``) when choices are hidden, or partly."""
        low, high = (limit.copy() for limit in self._room)
        part = np.flatnonzero(chosen > _FOUND)
        farther_down, farther_up = (np.minimum(some[part], far) * chosen[part] for some in self._farther)
        low[part] -= farther_down
        high[part] += farther_up
        flags = self._ground.problem.integral if whole else None
        limits = self._limits[0] / unit, self._limits[1] / unit
        # Of whole numbers, a bound holds as far as the solver looked.
        box = np.inf if whole else _BOX
        return Program(self._rows, (low / unit, high / unit), limits, integral=flags, starts_possible=True, box=box)

    def _cut(self, multipliers: Floats, demand: Demand) -> Floats | None:
        """What a deduction says of all patterns that meet a demand; None where it says nothing.

        Rows that are hidden loosen what it proves by their multiplier times how much farther they may go: that must
        make up for what is short, and no cell alone need make up for more.
        """
        columns, shares = self._ground.row(demand.cell)
        left = np.zeros(self._rows.shape[1])
        left[columns] = shares * np.sign(demand.amount)
        left -= self._rows.T @ multipliers
        left[np.abs(left) < 1e-8] = 0.0
        ends = np.where(left > 0, self._limits[1], self._limits[0])
        room = np.where(multipliers > 0, self._room[1], self._room[0])
        moved, used = left != 0, multipliers != 0
        short = abs(demand.amount) - float(ends[moved] @ left[moved]) - float(room[used] @ multipliers[used])
        if not short > _FOUND * abs(demand.amount):
            return None
        mine = multipliers[: len(self.cells)]
        gain = np.zeros(len(mine))
        for side, farther in zip((mine < -_FOUND, mine > _FOUND), self._farther, strict=True):
            gain[side] = np.abs(mine[side]) * farther[side]
        return np.minimum(gain / short, 1.0)
