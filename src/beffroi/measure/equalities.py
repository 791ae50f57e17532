"""Equalities that whoever reads the figures may notice, and that tie unknowns together that nothing declared does.

Two tables that count the same people twice; dwellings that are the occupied ones and the vacant ones; a producer's
figures of communes that add up to those of their EPCI. What holds of every figure is held to be known, also where the
figures are hidden; what is false of one, hidden or not, is not.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from beffroi.measure.atoms import Atoms
from beffroi.measure.disclosures import Cell
from beffroi.measure.identities import Figures, find_identities
from beffroi.measure.memories import Begins
from beffroi.measure.showings import Quantity

_SAME = 1e-6


def notice_equalities(
    cells: Sequence[Cell],
    rows: csr_array,
    order: NDArray[np.int64],
    values: NDArray[np.float64],
    atoms: Mapping[str, Atoms],
) -> csr_array:
    """Differences that are nought (one row each, over the atoms): of quantities of different measures that are equal
    wherever both are, or of which some add up to others wherever all of them are. ``rows`` are the relations of the
    cells ``order``, ``values`` the atoms' values."""
    places = {number: (cell.vintage, cell.level, cell.territory, cell.period) for number, cell in enumerate(cells)}
    points = sorted({places[number] for number in order.tolist()})
    quantities = sorted({cells[number].quantity for number in order.tolist()})
    point, column = _ranks(points), _ranks(quantities)
    row_of = np.full((len(points), len(quantities)), -1, np.int64)
    for row, number in enumerate(order.tolist()):
        row_of[point[places[number]], column[cells[number].quantity]] = row
    told = np.append(rows @ values, np.nan)[row_of]
    strata = _ranks(sorted({one[:2] for one in points}))
    inside = _ranks(sorted({one[:3] for one in points}))
    measures = _ranks(sorted({one.measure for one in quantities}))
    conditions = _ranks(sorted({one.condition for one in quantities}))
    figures = Figures(
        values=told,
        place=np.array([inside[one[:3]] for one in points], np.int64),
        stratum=np.array([strata[one[:2]] for one in points], np.int64),
        measure=np.array([measures[one.measure] for one in quantities], np.int64),
        condition=np.array([conditions[one.condition] for one in quantities], np.int64),
        kinds=_kinds(quantities, atoms),
    )
    found = [csr_array((0, rows.shape[1]))]
    for identity in find_identities(figures) if len(measures) > 1 else ():
        own = row_of[:, [quantity for quantity, _ in identity]]
        own = own[(own >= 0).all(axis=1)]
        found.append(csr_array(sum(sign * rows[own[:, term]] for term, (_, sign) in enumerate(identity))))
    return csr_array(vstack(found, format="csr"))


Ranked = TypeVar("Ranked", bound=Hashable)


def _ranks(values: Sequence[Ranked]) -> dict[Ranked, int]:
    return {value: rank for rank, value in enumerate(values)}


def _kinds(quantities: Sequence[Quantity], atoms: Mapping[str, Atoms]) -> NDArray[np.float64]:
    """Quantities x measures and kinds: which rows of which measure each adds up."""
    begins, width = {}, 0
    for measure in sorted({one.measure for one in quantities}):
        begins[measure] = width
        width += len(atoms[measure.table].kinds[""])
    found = np.zeros((len(quantities), width))
    for place, one in enumerate(quantities):
        kept = atoms[one.measure.table].kinds[one.condition]
        found[place, begins[one.measure] : begins[one.measure] + len(kept)] = kept
    return found


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
