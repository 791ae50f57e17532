"""Witnesses: possible tables, whole where they have to be, in which a cell is as far from the truth as was asked.

A table in whole numbers proves that an attacker who knows that persons are whole cannot come nearer; one in fractions
proves nothing to him. The least change is looked for first: it concerns few quantities, and is most often whole.
"""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import block_array, csc_array, csr_array, eye_array, hstack, vstack

from beffroi.secrecy.components import Component, Indexes
from beffroi.secrecy.problems import Floats
from beffroi.secrecy.programs import PROOF, RESIDUAL, Limits, Program

_MULTIPLES = 6
"""A change in halves, thirds… is whole once it is made that many times, if there is room for it."""

_WITHIN = (96, 512)
"""Columns near a cell among which the least change is looked for first."""

_SMALL = 12
"""Columns of a row whose columns are taken together."""

_AROUND = (0, 1, 2, 4, 8)
"""How many more rows a quantity may be in, beside those of the quantities that change, to be let change as well."""

_NODES = 300
"""Where the search for whole numbers is given up, around a change."""

_ALL_NODES = 3_000
"""The same, over the whole component."""

_ALL = 5_000
"""Columns beyond which a whole component is not searched: it would take minutes for one cell."""


class Witnesses:
    """Finds witnesses in one component. ``effort`` counts what was spent: iterations x size of the program."""

    def __init__(self, component: Component, box: float) -> None:
        self.effort = 0.0
        self._component, self._box = component, box
        self._by_column = csc_array(component.rows)
        self._held_in, self._lengths = np.diff(self._by_column.indptr), np.diff(component.rows.indptr)
        self._width = len(component.integral)
        self._present = csr_array(self._by_column.astype(bool).astype(np.float64).T)
        rows, shares = component.rows, component.shares
        # A column's change is what it gains less what it loses, so that the size of a change is linear. Kept cells that
        # add up several columns have theirs in a column of their own, after the others.
        self._sums = np.flatnonzero(np.diff(shares.indptr) > 1)
        sums, count = shares[self._sums], len(self._sums)
        matrix = csr_array(block_array([[rows, -rows, None], [sums, -sums, -eye_array(count)]]))
        nought, far = np.zeros(count), np.full(count, box)
        self._sizes = np.arange(2 * self._width)
        self._limits = (
            np.append(np.zeros(2 * self._width), -far),
            np.concatenate([component.limits[1], -component.limits[0], far]),
        )
        row_limits = tuple(np.append(limit, nought) for limit in component.row_limits)
        self._program = Program(matrix, (row_limits[0], row_limits[1]), self._limits, starts_possible=True, box=box)

    def find_near(self, share: int, sign: int, target: float) -> Floats | None:
        """A whole change that brings a kept cell ``target`` over (``sign`` 1) or under (-1) the truth, if there is one
        among the columns near it: most often there is, and it is found ten times as fast."""
        for wanted in _WITHIN:
            if wanted < self._width / 2:
                near = self._smallest_within(self._neighbourhood(share, wanted), share, sign, target)
                if (whole := self._whole_multiple(near, share, sign, target)) is not None:
                    return whole
        return None

    def find(self, share: int, sign: int, target: float) -> tuple[Floats | None, bool]:
        """The same among all columns; without one, whether it is proven that there is none."""
        near = self._smallest(share, sign, target)
        if near is None:
            return None, False
        if (whole := self._whole_multiple(near, share, sign, target)) is not None:
            return whole, False
        is_impossible = False
        for columns, nodes in self._around(near):
            whole, is_impossible = self._search(columns, share, sign, target, nodes)
            if whole is not None:
                return whole, False
        return None, is_impossible

    def largest(self, share: int, sign: int) -> tuple[Floats | None, float]:
        """The farthest whole change of a kept cell that was found, and how far none can go."""
        component = self._component
        program = Program(component.rows, component.row_limits, component.limits, integral=component.integral)
        span = slice(component.shares.indptr[share], component.shares.indptr[share + 1])
        found = program.maximise(component.shares.indices[span], sign * component.shares.data[span], nodes=_ALL_NODES)
        self.effort += found.effort * sum(component.rows.shape)
        whole = None if found.point is None else whole_change(component, found.point)
        return whole, found.bound

    def _smallest(self, share: int, sign: int, target: float) -> Floats | None:
        """The least change that does it, fractions allowed."""
        shares = self._component.shares
        first = shares.indptr[share]
        asked: dict[int, tuple[float, float]] = {}
        if shares.indptr[share + 1] - first > 1:
            column = 2 * self._width + int(np.searchsorted(self._sums, share))
            asked[column] = (target, self._box) if sign > 0 else (-self._box, -target)
        else:
            # It gains that much and loses nothing, or the other way round.
            gain, loss = int(shares.indices[first]), int(shares.indices[first]) + self._width
            gain, loss = (gain, loss) if sign * shares.data[first] > 0 else (loss, gain)
            asked[gain], asked[loss] = (target / abs(shares.data[first]), self._limits[1][gain]), (0.0, 0.0)
        self._program.restart()
        for column, (low, high) in asked.items():
            self._program.limit(column, low, high)
        found = self._program.maximise(self._sizes, np.full(len(self._sizes), -1.0), by_rows=True)
        for column in asked:
            self._program.limit(column, self._limits[0][column], self._limits[1][column])
        self.effort += found.effort * (sum(self._component.rows.shape) + self._width)
        if found.point is None:
            return None
        change: Floats = found.point[: self._width] - found.point[self._width : 2 * self._width]
        return change

    def _smallest_within(self, columns: Indexes, share: int, sign: int, target: float) -> Floats | None:
        """The same, of these columns alone."""
        rows, row_limits = self._restricted(columns, share, sign, target)
        low, high = (limit[columns] for limit in self._component.limits)
        count = 2 * len(columns)
        program = Program(
            csr_array(hstack([rows, -rows])),
            row_limits,
            (np.zeros(count), np.append(high, -low)),
            starts_possible=True,
            box=self._box,
        )
        found = program.maximise(np.arange(count), np.full(count, -1.0), by_rows=True)
        self.effort += found.effort * (rows.shape[0] + count)
        if found.point is None:
            return None
        change = np.zeros(self._width)
        change[columns] = found.point[: len(columns)] - found.point[len(columns) :]
        return change

    def _neighbourhood(self, share: int, wanted: int) -> Indexes:
        """Columns near a kept cell: those of the same small rows (a commune by age and sex), then those that share most
        of their rows with them, each with its own small rows, so that changes can close there."""
        rows, shares = self._component.rows, self._component.shares
        chosen = np.zeros(self._width, bool)
        chosen[self._family(shares.indices[shares.indptr[share] : shares.indptr[share + 1]])] = True
        touched = (rows @ chosen.astype(np.float64)) != 0
        common = (self._present @ touched.astype(np.float64)) / self._held_in
        common[chosen] = -1
        for column in np.argsort(-common, kind="stable")[:wanted].tolist():
            if chosen.sum() >= wanted:
                break
            chosen[self._family(np.array([column]))] = True
        return np.flatnonzero(chosen)

    def _family(self, columns: Indexes) -> Indexes:
        rows = np.unique(_entries(self._by_column, columns))
        small = rows[self._lengths[rows] <= _SMALL]
        return np.append(columns, _entries(self._component.rows, small))

    def _around(self, near: Floats) -> Iterator[tuple[Indexes, int]]:
        """Ever more columns among which a whole change is looked for: those that change, then what is tied to them."""
        moving = np.abs(near) > RESIDUAL
        rows = (abs(self._component.rows) @ moving.astype(np.float64)) > 0
        other = self._held_in - self._present @ rows.astype(np.float64)
        tried = -1
        for more in _AROUND:
            columns = np.flatnonzero(other <= more)
            if tried < len(columns) < self._width:
                yield columns, _NODES
            tried = len(columns)
        if self._width <= _ALL:
            yield np.arange(self._width), _ALL_NODES

    def _search(self, columns: Indexes, share: int, sign: int, target: float, nodes: int) -> tuple[Floats | None, bool]:
        """A whole change of these columns alone; without one, whether it is proven that there is none at all."""
        component = self._component
        rows, row_limits = self._restricted(columns, share, sign, target)
        limits = component.limits[0][columns], component.limits[1][columns]
        # Within the box it is found sooner; only without can it be proven that there is none.
        for box in (self._box, np.inf) if len(columns) == self._width else (self._box,):
            program = Program(rows, row_limits, limits, integral=component.integral[columns], box=box)
            found = program.maximise(np.arange(1), np.zeros(1), nodes=nodes)
            self.effort += found.effort * sum(rows.shape)
            if found.point is not None:
                break
        if found.point is None:
            return None, len(columns) == self._width and found.bound == -np.inf
        change = np.zeros(self._width)
        change[columns] = found.point
        return whole_change(component, change), False

    def _restricted(self, columns: Indexes, share: int, sign: int, target: float) -> tuple[csr_array, Limits]:
        """What holds these columns when the others do not change; then what is asked of the kept cell."""
        component = self._component
        rows = csr_array(self._by_column[:, columns])
        present = np.flatnonzero(np.diff(rows.indptr))
        asked = csr_array(component.shares[[share]][:, columns]) * sign
        low, high = (limit[present] for limit in component.row_limits)
        return csr_array(vstack([rows[present], asked])), (np.append(low, target), np.append(high, np.inf))

    def _whole_multiple(self, change: Floats | None, share: int, sign: int, target: float) -> Floats | None:
        """The change, or the least multiple of it, that is whole, possible, and still does what is asked."""
        for times in range(1, _MULTIPLES + 1):
            whole = None if change is None else whole_change(self._component, change * times)
            if whole is not None and self._does(whole, share, sign, target):
                return whole
        return None

    def _does(self, change: Floats, share: int, sign: int, target: float) -> bool:
        return bool(sign * float((self._component.shares[[share]] @ change)[0]) >= target * (1 - PROOF))


def _entries(matrix: csr_array | csc_array, lines: Indexes) -> Indexes:
    """The places of what some rows (or columns) hold."""
    starts, ends = matrix.indptr[lines], matrix.indptr[lines + 1]
    spans = [matrix.indices[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return np.concatenate([np.empty(0, np.intp), *spans]).astype(np.intp)


def whole_change(component: Component, change: Floats) -> Floats | None:
    """The change with its whole numbers made whole, if it is possible so: checked against every row and limit."""
    rounded = np.where(component.integral, np.round(change), change)
    if np.any((rounded < component.limits[0]) | (rounded > component.limits[1])):
        return None
    made = component.rows @ rounded
    low, high = component.row_limits
    return rounded if np.all((made >= low - RESIDUAL) & (made <= high + RESIDUAL)) else None
