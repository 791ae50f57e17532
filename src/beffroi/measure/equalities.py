"""Equalities that whoever reads the figures may notice, and that tie unknowns together that nothing declared does.

Two tables that count the same people twice; a producer's figures of communes that add up to those of their EPCI. What
holds of every figure is held to be known, also where the figures are hidden.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from beffroi.measure.atoms import Atoms
from beffroi.measure.disclosures import Cell
from beffroi.measure.memories import Begins
from beffroi.measure.showings import Quantity

_ENOUGH = 3
"""Different figures, none of them zero, from which an equality is no chance."""

_SAME = 1e-6


def notice_equalities(
    cells: Sequence[Cell], rows: csr_array, order: NDArray[np.int64], values: NDArray[np.float64]
) -> csr_array:
    """Differences that are nought (one row each, over the atoms): of quantities of different measures that are equal
    wherever both are. ``rows`` are the relations of the cells ``order``, ``values`` the atoms'."""
    told = rows @ values
    by_quantity: dict[Quantity, dict[tuple[int, str, str, str], int]] = {}
    for row, number in enumerate(order.tolist()):
        cell = cells[number]
        where = (cell.vintage, cell.level, cell.territory, cell.period)
        by_quantity.setdefault(cell.quantity, {})[where] = row
    found = []
    quantities = sorted(by_quantity)
    for place, first in enumerate(quantities):
        for second in quantities[place + 1 :]:
            if first.measure == second.measure:
                continue
            common = sorted(by_quantity[first].keys() & by_quantity[second].keys())
            one = np.array([by_quantity[first][where] for where in common], np.int64)
            other = np.array([by_quantity[second][where] for where in common], np.int64)
            if _are_equal(told[one], told[other]):
                found.append(csr_array(rows[one] - rows[other]))
    return csr_array(vstack(found, format="csr")) if found else csr_array((0, rows.shape[1]))


def _are_equal(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    if len(np.unique(one[one != 0])) < _ENOUGH:
        return False
    return bool(np.all(np.abs(one - other) <= _SAME * np.maximum(1.0, np.abs(one))))


def notice_sums(atoms: Mapping[str, Atoms], begins: Begins, width: int) -> csr_array:
    """Differences that are nought: of a larger territory and of those inside it, where rows are of their own level and
    every figure of the larger ones is the sum of theirs."""
    indices: list[int] = []
    data: list[float] = []
    indptr = [0]
    for (measure, period), (begin, here) in begins.items():
        held = atoms[measure.table]
        rank = np.cumsum(here) - 1
        amounts = held.amounts[measure][held.periods.index(period)]
        kinds = amounts.shape[1]
        for larger, parts in held.made_of.items():
            if here[larger] and all(here[part] for part in parts) and _are_sums(amounts, larger, parts):
                for kind in range(kinds):
                    columns = [int(begin + rank[one] * kinds + kind) for one in (larger, *parts)]
                    indices += columns
                    data += [1.0, *(-1.0 for _ in parts)]
                    indptr.append(len(indices))
    return csr_array((data, indices, indptr), shape=(len(indptr) - 1, width))


def _are_sums(amounts: NDArray[np.float64], larger: int, parts: Sequence[int]) -> bool:
    whole, summed = amounts[larger], amounts[list(parts)].sum(axis=0)
    some = bool((np.abs(whole) > 0).any())
    return some and bool(np.all(np.abs(whole - summed) <= _SAME * np.maximum(1.0, np.abs(whole))))
