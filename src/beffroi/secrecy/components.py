"""What is left to guess once the sure things are known, in parts that say nothing of one another.

Everything is told as a difference from the truth: nought is what is, and what else is possible is around it. So large
figures lose nothing to rounding, and there is always a possible point to start from. The truth is used to find the
limits of what the attacker can hold possible, never to narrow them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from beffroi.secrecy.problems import Flags, Floats, Problem
from beffroi.secrecy.programs import PROOF

Indexes = NDArray[np.intp]
Limits = tuple[Floats, Floats]


@dataclass(frozen=True)
class Component:
    """Unknown quantities that told cells tie together.

    A column is an unknown atom, or several that are in the same cells with the same shares, added up. ``rows``, within
    ``row_limits``: what was told of them (each of them a difference from the truth, as the columns within ``limits``).
    ``shares``: what each kept cell adds up of these columns, and ``owners`` which cell of the problem that is.
    """

    rows: csr_array
    row_limits: Limits
    limits: Limits
    integral: Flags
    shares: csr_array
    owners: Indexes


@dataclass(frozen=True)
class Unknown:
    """What the audience does not know: ``components``, and by how much each cell of the problem may be under and over
    the truth (``under``, ``over``: not negative) for the atoms that no told cell speaks of. A cell that is in no
    component and may not move is known exactly.
    """

    components: tuple[Component, ...]
    under: Floats
    over: Floats


def find_unknown(problem: Problem, hidden: Flags) -> Unknown:
    """What is left to guess when ``hidden`` cells are not published."""
    told = problem.told(hidden)
    held, row_limits = held_rows(problem, told)
    rows = csr_array(problem.relations[held])
    limits = settle(rows, row_limits, possible_limits(problem), problem.integral)
    kept = np.flatnonzero(problem.kept())
    unknown = np.flatnonzero(limits[0] < limits[1])
    rows, shares = (csc_array(some)[:, unknown] for some in (rows, csr_array(problem.relations[kept])))
    firsts, groups = _alike(rows, shares, problem.integral[unknown])
    count = len(firsts)
    limits = _added(limits[0][unknown], groups, count), _added(limits[1][unknown], groups, count)
    rows, shares = csr_array(rows[:, firsts]), csr_array(shares[:, firsts])
    integral = problem.integral[unknown][firsts]
    # Several atoms made one may leave a row with a single unknown.
    limits = settle(rows, row_limits, limits, integral)
    rows, row_limits = _distinct(rows, row_limits, limits)
    components = [*_components(rows, row_limits, limits, integral, shares, kept)]
    free = np.diff(csc_array(rows).indptr) == 0
    under, over = (np.zeros(len(told)) for _ in range(2))
    low, high = extremes(shares, (np.where(free, limits[0], 0.0), np.where(free, limits[1], 0.0)))
    under[kept], over[kept] = -low, high
    return Unknown(tuple(components), under, over)


def extremes(shares: csr_array, limits: Limits) -> Limits:
    """The least and greatest sums that columns within limits can make, row by row, if nothing ties them."""
    plus, minus = shares.maximum(0), shares.minimum(0)
    low, high = limits
    return _sum(plus, low) + _sum(minus, high), _sum(plus, high) + _sum(minus, low)


def _sum(shares: csr_array, limit: Floats) -> Floats:
    """``shares @ limit`` where a column that a row does not hold adds nothing, even when its limit is infinite."""
    finite = np.isfinite(limit)
    made = shares @ np.where(finite, limit, 0.0)
    endless = shares @ np.where(finite, 0.0, np.sign(limit))
    total: Floats = np.where(endless != 0, np.copysign(np.inf, endless), made)
    return total


def possible_limits(problem: Problem) -> Limits:
    """By how much each atom can be under and over the truth, as far as anybody holds possible."""
    return np.minimum(problem.floors - problem.atoms, 0.0), np.maximum(problem.ceilings - problem.atoms, 0.0)


def held_limits(problem: Problem, told: Flags) -> Limits:
    """By how much what each cell adds up can be under and over the truth, given its figure where it is told (0 when
    that is exact) and what is known of it anyhow: infinite where that is nothing."""
    made = problem.relations @ problem.atoms
    slack = np.where(told, problem.slack, np.inf)
    apart = np.where(told & (slack > 0), problem.values - made, 0.0)
    low, high = np.maximum(apart - slack, problem.least - made), np.minimum(apart + slack, problem.most - made)
    return np.minimum(low, 0.0), np.maximum(high, 0.0)


def held_rows(problem: Problem, told: Flags) -> tuple[Indexes, Limits]:
    """The cells of which something is known, with these limits of theirs."""
    low, high = held_limits(problem, told)
    held = np.flatnonzero(np.isfinite(low) | np.isfinite(high))
    return held, (low[held], high[held])


def settle(rows: csr_array, row_limits: Limits, limits: Limits, integral: Flags) -> Limits:
    """Limits of columns once each row by itself has said all that it can say at once.

    A row with one unknown gives its limits, and sets it when it is exact. A row that is already at an end of its range
    when every column is at that end leaves them nothing else (a total of nought of quantities that are not negative).
    Columns that are ``integral`` have whole limits.
    """
    low, high = limits
    while True:
        names = np.flatnonzero(low < high)
        left = csr_array(rows[:, names])
        counts = np.diff(left.indptr)
        single = np.flatnonzero(counts == 1)
        place = left.indptr[single]
        column, share = names[left.indices[place]], left.data[place]
        ends = row_limits[0][single] / share, row_limits[1][single] / share
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, column, np.minimum(*ends))
        np.minimum.at(new_high, column, np.maximum(*ends))
        least, most = extremes(left, (low[names], high[names]))
        stuck = np.flatnonzero((counts > 1) & ((least >= row_limits[1]) | (most <= row_limits[0])))
        held = names[np.unique(left[stuck].indices)]
        new_low[held] = new_high[held] = 0.0
        new_low[integral] = np.ceil(new_low[integral] - PROOF)
        new_high[integral] = np.floor(new_high[integral] + PROOF)
        if np.array_equal(new_low, low) and np.array_equal(new_high, high):
            return low, high
        low, high = new_low, new_high


def _alike(rows: csc_array, shares: csc_array, integral: Flags) -> tuple[Indexes, Indexes]:
    """Columns that are in the same cells with the same shares: the first of each group, and the group of each."""
    groups: dict[tuple[bytes, bytes, bytes, bytes, bool], int] = {}
    firsts: list[int] = []
    group = np.empty(rows.shape[1], dtype=np.intp)
    for column in range(rows.shape[1]):
        key = (*_entries(rows, column), *_entries(shares, column), bool(integral[column]))
        group[column] = groups.setdefault(key, len(groups))
        if group[column] == len(firsts):
            firsts.append(column)
    return np.array(firsts, dtype=np.intp), group


def _added(limit: Floats, groups: Indexes, count: int) -> Floats:
    added: Floats = np.bincount(groups, limit, count).astype(np.float64)
    return added


def _entries(matrix: csc_array, column: int) -> tuple[bytes, bytes]:
    start, end = matrix.indptr[column], matrix.indptr[column + 1]
    return matrix.indices[start:end].tobytes(), matrix.data[start:end].tobytes()


def _distinct(rows: csr_array, row_limits: Limits, limits: Limits) -> tuple[csr_array, Limits]:
    """Rows over the columns that are not set, each once (whatever its factor), with the narrowest of their limits.

    Rows with one column have become its limits, and are left out.
    """
    unknown = limits[0] < limits[1]
    rows = csr_array(rows.multiply(unknown))
    rows.eliminate_zeros()
    rows.sort_indices()
    low, high = (limit.copy() for limit in row_limits)
    chosen: dict[tuple[bytes, bytes], int] = {}
    for row in np.flatnonzero(np.diff(rows.indptr) > 1).tolist():
        start, end = rows.indptr[row], rows.indptr[row + 1]
        factor = rows.data[start]
        first = chosen.setdefault((rows.indices[start:end].tobytes(), (rows.data[start:end] / factor).tobytes()), row)
        scale = rows.data[rows.indptr[first]] / factor
        ends = sorted((row_limits[0][row] * scale, row_limits[1][row] * scale))
        low[first], high[first] = max(low[first], ends[0]), min(high[first], ends[1])
    kept = np.array(sorted(chosen.values()), dtype=np.intp)
    return csr_array(rows[kept]), (low[kept], high[kept])


def _components(
    rows: csr_array,
    row_limits: Limits,
    limits: Limits,
    integral: Flags,
    shares: csr_array,
    kept: Indexes,
) -> Iterator[Component]:
    _, of_column = connected_components(_neighbours(rows), directed=False)
    of_column = of_column[rows.shape[0] :]
    tied = np.flatnonzero(np.diff(csc_array(rows).indptr) > 0)
    by_column, by_share = csc_array(rows), csc_array(shares)
    order = tied[np.argsort(of_column[tied], kind="stable")]
    for columns in np.split(order, np.flatnonzero(np.diff(of_column[order])) + 1):
        part, share = csr_array(by_column[:, columns]), csr_array(by_share[:, columns])
        here, there = (np.flatnonzero(np.diff(some.indptr)) for some in (part, share))
        if len(there):
            yield Component(
                rows=csr_array(part[here]),
                row_limits=(row_limits[0][here], row_limits[1][here]),
                limits=(limits[0][columns], limits[1][columns]),
                integral=integral[columns],
                shares=csr_array(share[there]),
                owners=kept[there],
            )


def _neighbours(rows: csr_array) -> csr_array:
    """The graph of rows and columns: nodes are rows, then columns."""
    height, width = rows.shape
    ends = np.concatenate([rows.indptr, np.full(width, rows.indptr[-1])])
    return csr_array((np.ones(rows.nnz), rows.indices + height, ends), shape=(height + width, height + width))
