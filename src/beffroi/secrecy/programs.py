"""Linear programs, with or without whole numbers: the one door to HiGHS.

What the solver says is never taken on trust: every point is checked again against rows and limits, every bound of a
program without whole numbers is computed again from its multipliers. What cannot be checked is not told. One thread,
fixed seeds, no clock: the same program gives the same answer.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from beffroi.secrecy.problems import Flags, Floats

Indexes = NDArray[np.intp]
Limits = tuple[Floats, Floats]

TOLERANCE = 1e-9
"""What the solver may be wrong by, in the unit of a program's rows and columns: callers choose units near 1."""

RESIDUAL = 1e-7
"""By how much a point may break a row before it is held impossible, in the same unit."""

FAR = 1e6
"""Beyond it a limit is no longer met by rounding: what is left of a cost by rounding alone does not count there."""

PROOF = 1e-6
"""By how much a value and a bound may differ, as a share of the value, and be held equal."""


@dataclass(frozen=True)
class Optimum:
    """The answer to one question.

    ``point``: possible values of the columns, checked; None when none was found. ``value``: what they make of the costs
    (-inf without a point). ``bound``: nothing possible makes more; +inf when that is not known, -inf when nothing at
    all is possible. ``multipliers`` of the rows prove the bound: None with whole numbers. ``effort``: iterations.
    """

    point: Floats | None
    value: float
    bound: float
    multipliers: Floats | None
    effort: int

    @property
    def is_proven(self) -> bool:
        """Whether the value is the greatest possible."""
        return self.point is not None and self.bound - self.value <= PROOF * max(1.0, abs(self.value))


class Program:
    """Rows and columns within limits, of which one asks the greatest value of several costs, one after another.

    Each question starts from the answer to the last one, which makes it some ten times as fast as alone.
    """

    def __init__(
        self,
        rows: csr_array,
        row_limits: Limits,
        limits: Limits,
        *,
        integral: Flags | None = None,
        starts_possible: bool = False,
        box: float = np.inf,
    ) -> None:
        """``starts_possible``: all columns at 0 are within every limit: questions start there, without presolve.

        ``box``: how far columns are sought whose limits are farther. Bounds are proven without it; with whole numbers
        they are the solver's own, and there is none where a limit is beyond the box.
        """
        self._rows, self._row_limits, self._limits = rows, row_limits, (limits[0].copy(), limits[1].copy())
        self._integral = integral if integral is not None and integral.any() else None
        self._starts_possible, self._box = starts_possible, box
        self._asked: Indexes = np.empty(0, dtype=np.intp)
        sought = np.maximum(limits[0], -box), np.minimum(limits[1], box)
        self._sees_all = all(np.array_equal(one, other) for one, other in zip(sought, limits, strict=True))
        self._solver = _solver(rows, row_limits, sought, self._integral)

    def limit(self, column: int, low: float, high: float) -> None:
        """Gives one column other limits, for the next questions."""
        self._limits[0][column], self._limits[1][column] = low, high
        self._solver.changeColBounds(column, max(low, -self._box), min(high, self._box))

    def restart(self) -> None:
        """Forgets the last answer: the next question starts from 0."""
        self._solver.setBasis()

    def maximise(
        self,
        columns: Indexes,
        costs: Floats,
        *,
        by_rows: bool = False,
        enough: float = np.inf,
        gap: float = 0.0,
        nodes: int = 10_000,
    ) -> Optimum:
        """The greatest ``costs @ point[columns]``; the other columns cost nothing.

        ``by_rows``: quicker when limits have changed and costs have not. With whole numbers, the search ends at the
        first value of ``enough`` or more, at one that is within ``gap`` of the greatest (a share of it), and after
        ``nodes`` nodes.
        """
        full = self._ask(columns, costs)
        if self._integral is not None:
            return self._search(full, enough, gap, nodes)
        self._solver.setOptionValue("presolve", "off" if self._starts_possible else "choose")
        self._solver.setOptionValue("simplex_strategy", 1 if by_rows or not self._starts_possible else 4)
        found = self._solve(full)
        if found.is_proven or found.bound == -np.inf:
            return found
        # Again from nothing, the other way.
        self._solver.clearSolver()
        self._solver.setOptionValue("presolve", "on")
        self._solver.setOptionValue("simplex_strategy", 1)
        again = self._solve(full)
        best, tight = max(again, found, key=lambda one: one.value), min(again, found, key=lambda one: one.bound)
        return Optimum(best.point, best.value, tight.bound, tight.multipliers, found.effort + again.effort)

    def _ask(self, columns: Indexes, costs: Floats) -> Floats:
        """Sets the costs: minimising the opposite, since the solver's target is only read that way."""
        self._solver.changeColsCost(len(self._asked), self._asked.astype(np.int32), np.zeros(len(self._asked)))
        self._solver.changeColsCost(len(columns), columns.astype(np.int32), -costs)
        self._asked = columns
        full = np.zeros(self._rows.shape[1])
        full[columns] = costs
        return full

    def _search(self, costs: Floats, enough: float, gap: float, nodes: int) -> Optimum:
        solver = self._solver
        solver.clearSolver()
        solver.setOptionValue("objective_target", -enough)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.run()
        info = solver.getInfo()
        point, bound = None, np.inf
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            point = self._checked(np.array(solver.getSolution().col_value))
        if self._sees_all and solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            bound = -np.inf
        elif self._sees_all and np.isfinite(info.mip_dual_bound):
            bound = -float(info.mip_dual_bound)
        value = float(costs @ point) if point is not None else -np.inf
        return Optimum(point, value, bound, None, max(0, info.simplex_iteration_count))

    def _solve(self, costs: Floats) -> Optimum:
        self._solver.run()
        solution = self._solver.getSolution()
        effort = max(0, self._solver.getInfo().simplex_iteration_count)
        if self._solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return Optimum(None, -np.inf, -np.inf, None, effort)
        point, value, bound, multipliers = None, -np.inf, np.inf, None
        if solution.value_valid:
            point = self._checked(np.array(solution.col_value))
            value = float(costs @ point) if point is not None else -np.inf
        if solution.dual_valid:
            # The costs were turned: so are the multipliers.
            bound, multipliers = self._bound(costs, -np.array(solution.row_dual))
        return Optimum(point, value, bound, multipliers, effort)

    def _checked(self, point: Floats) -> Floats | None:
        """The point put within its limits, its whole numbers whole; None if it then breaks a row."""
        if self._integral is not None:
            point = np.where(self._integral, np.round(point), point)
        point = np.clip(point, *self._limits)
        made = self._rows @ point
        low, high = self._row_limits
        return point if np.all((made >= low - RESIDUAL) & (made <= high + RESIDUAL)) else None

    def _bound(self, costs: Floats, multipliers: Floats) -> tuple[float, Floats]:
        """What any multipliers prove that ``costs`` cannot pass (weak duality), with those that were used."""
        low, high = self._row_limits
        usable = np.where(multipliers > 0, np.isfinite(high), np.isfinite(low))
        multipliers = np.where(usable & (np.abs(multipliers) > TOLERANCE), multipliers, 0.0)
        left = costs - self._rows.T @ multipliers
        ends = np.where(left > 0, self._limits[1], self._limits[0])
        # What is left by rounding alone must not make a far limit pass everything.
        ends[(np.abs(left) < 10 * TOLERANCE) & (np.abs(ends) > FAR)] = 0.0
        used, some = multipliers != 0, left != 0
        of_rows = np.where(multipliers > 0, high, low)[used] @ multipliers[used]
        return float(of_rows + ends[some] @ left[some]), multipliers


def _solver(rows: csr_array, row_limits: Limits, limits: Limits, integral: Flags | None) -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for option, value in {
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
        "solver": "simplex" if integral is None else "choose",
        "primal_feasibility_tolerance": TOLERANCE,
        "dual_feasibility_tolerance": TOLERANCE,
        "mip_feasibility_tolerance": TOLERANCE,
        "simplex_iteration_limit": 10_000 + 50 * sum(rows.shape),
    }.items():
        solver.setOptionValue(option, value)
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = rows.shape
    program.col_cost_ = np.zeros(rows.shape[1])
    program.col_lower_, program.col_upper_ = limits
    program.row_lower_, program.row_upper_ = row_limits
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = rows.indptr
    program.a_matrix_.index_ = rows.indices
    program.a_matrix_.value_ = rows.data
    if integral is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        program.integrality_ = [kinds[int(flag)] for flag in integral]
    solver.passModel(program)
    return solver
