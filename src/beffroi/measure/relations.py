"""How the cells of a group add up: one problem of secrecy out of the atoms of its tables."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, kron, vstack

from beffroi.measure.atoms import Atoms
from beffroi.measure.disclosures import Cell, Disclosures
from beffroi.measure.equalities import notice_equalities, notice_sums
from beffroi.measure.memories import Begins, Memory, Recalled, has_changed, recall, recalled_rows
from beffroi.measure.showings import Measure
from beffroi.secrecy import Problem

_THOUSAND = 1000.0
_MILLIONTH = 1e-6
"""What a share of a split commune is cut to."""

Block = tuple[Measure, str]
"""A measure at a period: its atoms tie to no other's."""


Saying = tuple[int, float, float, str]
"""A row of the problem, what it is said to be at least and at most, and to whom."""


@dataclass(frozen=True)
class Earlier:
    """What an earlier edition told and hid, by rows of the problem: figures that it told, and to whom; what it said of
    hidden ones; of rows that have not changed since, what was confidential, with its margin, and what was hidden
    besides, and from whom."""

    told: Sequence[tuple[int, str]]
    said: Sequence[Saying]
    confidential: Sequence[tuple[int, float]]
    beside: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Relations:
    """Cells and atoms as a ``Problem`` without anything published; ``number``, for each cell of the disclosures, its
    row there, -1 for one that nothing adds up to. Cells that add up the same are one. ``earlier``: what
    earlier editions told and hid, by memory."""

    problem: Problem
    number: NDArray[np.int64]
    earlier: Sequence[Earlier]


def relate(
    disclosures: Disclosures,
    atoms: Mapping[str, Atoms],
    weights: Mapping[str, float],
    memories: Sequence[Memory] = (),
) -> Relations:
    """The problem of a group, with what earlier editions told. Weights: hiding a cell costs its share of all that its
    measure adds up at that period, and the share of one atom besides, so that a zero costs something; a thousand times,
    and times the weight of its level."""
    columns, values, floors, integral = _columns(disclosures.cells, atoms)
    found = [recall(memory, atoms, columns) for memory in memories]
    width = len(values) + sum(len(one.extra) for one in found)
    rows, order = _rows(disclosures.cells, atoms, columns, width)
    today = len(values)
    noticed = _notice(disclosures, atoms, columns, rows, order, values)
    rows, values = _with_recalled(rows, values, found)
    # What has changed since is not known to be of whole numbers, nor above zero, unless all of it is.
    floors = np.append(floors, np.where(values[len(floors) :] < 0, -np.inf, 0.0))
    integral = np.append(integral, values[len(integral) :] % 1 == 0)
    rows = csr_array(vstack([rows, noticed], format="csr"))
    rows.sum_duplicates()
    rows.eliminate_zeros()
    first, number = _distinct(rows)
    numbers = np.full(len(disclosures.cells), -1, np.int64)
    numbers[order] = number[: len(order)]
    earlier, once_hidden = _read_recalled(found, number[len(order) :].tolist())
    noticed_numbers = number[len(number) - noticed.shape[0] :]
    relations = csr_array(rows[first])
    true = relations @ values
    demands = _demand(disclosures, numbers, true, _sizes(columns, values[:today]), weights)
    demands.known[noticed_numbers[noticed_numbers >= 0]] = True
    for place, margin in once_hidden:
        demands.sensitive[place] = True
        demands.margins[place] = max(demands.margins[place], margin)
    partial = csr_array((relations.data != 1, relations.indices, relations.indptr), shape=relations.shape).sum(axis=1)
    # A share of a split commune is no whole number of units.
    whole = (relations @ (~integral).astype(float) == 0) & (partial == 0)
    asked = np.where(whole, np.maximum(1.0, np.ceil(demands.margins - _MILLIONTH)), demands.margins)
    asked = np.where(demands.sensitive, asked, 0.0)
    problem = Problem(
        relations=relations,
        atoms=values,
        values=true,
        floors=floors,
        ceilings=np.full(len(values), np.inf),
        integral=integral,
        slack=np.maximum(partial * _MILLIONTH, _roundings(disclosures, numbers, true)),
        least=np.full(len(true), -np.inf),
        most=np.full(len(true), np.inf),
        sensitive=demands.sensitive,
        below=asked,
        above=asked,
        offered=np.zeros(len(true), bool),
        known=demands.known,
        weights=demands.weights,
    )
    return Relations(problem, numbers, earlier)


def _notice(
    disclosures: Disclosures,
    atoms: Mapping[str, Atoms],
    begins: Begins,
    rows: csr_array,
    order: NDArray[np.int64],
    values: NDArray[np.float64],
) -> csr_array:
    """Equalities that anybody may notice, as rows that add up to nought."""
    width = rows.shape[1]
    today = rows[:, : len(values)]
    found = vstack(
        [notice_equalities(disclosures.cells, today, order, values, atoms), notice_sums(atoms, begins, len(values))]
    )
    every = csr_array(found, dtype=float)
    every.resize((every.shape[0], width))
    return every


def _with_recalled(
    rows: csr_array, values: NDArray[np.float64], found: Sequence[Recalled]
) -> tuple[csr_array, NDArray[np.float64]]:
    """``rows`` with those that are recalled, and ``values`` with the atoms that have changed since."""
    stacked = [rows]
    at = len(values)
    for one in found:
        stacked.append(recalled_rows(one, at, rows.shape[1]))
        values = np.append(values, one.extra)
        at += len(one.extra)
    return csr_array(vstack(stacked, format="csr")), values


def _read_recalled(found: Sequence[Recalled], numbers: Sequence[int]) -> tuple[list[Earlier], list[tuple[int, float]]]:
    """What each memory recalls, by the numbers of its rows (``numbers``, in order); and of all of them what was
    confidential and has changed since, with its margin."""
    earlier: list[Earlier] = []
    once_hidden: list[tuple[int, float]] = []
    left = iter(numbers)
    for one in found:
        told = [(next(left), audience) for _, audience in one.told]
        hidden = [(next(left), margin, has_changed(row)) for row, margin in one.hidden]
        said = [(next(left), kind) for _, kind in one.said]
        beside = [(next(left), audience) for _, audience in one.beside]
        once_hidden += [(row, margin) for row, margin, is_changed in hidden if is_changed]
        earlier.append(
            Earlier(
                told=[(row, audience) for row, audience in told if row >= 0],
                said=[(row, kind.least, kind.most, kind.audience) for row, kind in said if row >= 0],
                confidential=[(row, margin) for row, margin, is_changed in hidden if row >= 0 and not is_changed],
                beside=[(row, audience) for row, audience in beside if row >= 0],
            )
        )
    return earlier, once_hidden


def _roundings(disclosures: Disclosures, numbers: NDArray[np.int64], true: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much what is told of a cell differs from what it adds up, by the figure that tells it best: numbers of
    observations are whole where a split commune was shared out, those of a median leave out whom nobody can place."""
    nearest = np.full(len(true), np.inf)
    for cell, told in disclosures.figures.values():
        place = numbers[cell]
        if place >= 0:
            nearest[place] = min(nearest[place], abs(told - true[place]))
    return np.where(np.isfinite(nearest) & (nearest > _MILLIONTH), nearest, 0.0)


@dataclass
class _Demands:
    """What is asked of each numbered cell."""

    sensitive: NDArray[np.bool_]
    margins: NDArray[np.float64]
    known: NDArray[np.bool_]
    weights: NDArray[np.float64]


def _demand(
    disclosures: Disclosures,
    numbers: NDArray[np.int64],
    true: NDArray[np.float64],
    sizes: Mapping[Block, tuple[float, int]],
    weights: Mapping[str, float],
) -> _Demands:
    count = len(true)
    found = _Demands(np.zeros(count, bool), np.zeros(count), np.zeros(count, bool), np.zeros(count))
    interval = max((rule.interval for rule in disclosures.rules), default=0.0) / 100
    for cell, place in enumerate(numbers.tolist()):
        if place < 0:
            continue
        one = disclosures.cells[cell]
        total, parts = sizes[one.quantity.measure, one.period]
        if cell in disclosures.sensitive:
            # Around a hidden zero, as much as around an atom of the usual size.
            margin = disclosures.sensitive[cell] if true[place] else interval * total / parts
            found.sensitive[place] = True
            found.margins[place] = max(found.margins[place], margin)
        found.known[place] |= cell in disclosures.known
        share = abs(true[place]) / (total or 1.0) + 1 / parts
        found.weights[place] = max(found.weights[place], _THOUSAND * share * weights.get(one.level, 1.0))
    return found


def _sizes(
    begins: Mapping[Block, tuple[int, NDArray[np.bool_]]], values: NDArray[np.float64]
) -> dict[Block, tuple[float, int]]:
    """What each block adds up, and its number of atoms."""
    ends = dict(itertools.pairwise([*sorted(begin for begin, _ in begins.values()), len(values)]))
    return {
        block: (float(np.abs(values[begin : ends[begin]]).sum()), max(1, ends[begin] - begin))
        for block, (begin, _) in begins.items()
    }


def _columns(
    cells: Sequence[Cell], atoms: Mapping[str, Atoms]
) -> tuple[dict[Block, tuple[int, NDArray[np.bool_]]], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Where the atoms of each block begin, and which bundles it has; then of all atoms the values, floors, and which
    are whole numbers."""
    blocks = sorted({(cell.quantity.measure, cell.period) for cell in cells})
    begins: dict[Block, tuple[int, NDArray[np.bool_]]] = {}
    values, floors, integral = [], [], []
    at = 0
    for measure, period in blocks:
        held = atoms[measure.table]
        if period not in held.periods:
            continue
        when = held.periods.index(period)
        here = held.spoken[when]
        amounts = held.amounts[measure][when][here].ravel()
        begins[measure, period] = (at, here)
        at += len(amounts)
        every = held.amounts[measure]
        values.append(amounts)
        floors.append(np.full(len(amounts), -np.inf if (every < 0).any() else 0.0))
        integral.append(np.full(len(amounts), bool(measure in held.whole)))
    if not values:
        nothing = np.zeros(0)
        return begins, nothing, nothing, nothing.astype(bool)
    return begins, np.concatenate(values), np.concatenate(floors), np.concatenate(integral)


def _rows(
    cells: Sequence[Cell], atoms: Mapping[str, Atoms], begins: Mapping[Block, tuple[int, NDArray[np.bool_]]], width: int
) -> tuple[csr_array, NDArray[np.int64]]:
    """The relations of the cells that something adds up to, and which cells these are, in order."""
    alike: dict[tuple[Measure, str, str, int], list[int]] = {}
    for number, cell in enumerate(cells):
        held = atoms[cell.quantity.measure.table]
        block = (cell.quantity.measure, cell.period)
        if block in begins and (cell.level, cell.territory) in held.places[cell.vintage]:
            alike.setdefault((*block, cell.quantity.condition, cell.vintage), []).append(number)
    stacked, order = [csr_array((0, width))], []
    for (measure, period, condition, vintage), numbers in sorted(alike.items()):
        held = atoms[measure.table]
        begin, here = begins[measure, period]
        places = [held.places[vintage][cells[number].level, cells[number].territory] for number in numbers]
        shares = held.shares[vintage][places][:, np.flatnonzero(here)]
        part = csr_array(kron(shares, csr_array(held.kinds[condition].astype(float)[None, :]), format="csr"))
        moved = csr_array((part.data, part.indices + begin, part.indptr), shape=(part.shape[0], width))
        stacked.append(moved)
        order += numbers
    return csr_array(vstack(stacked, format="csr")), np.array(order, np.int64)


def _distinct(rows: csr_array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first of the rows that are the same, and for each row the number of that one; -1 for rows of nothing."""
    met: dict[bytes, int] = {}
    first: list[int] = []
    number = np.full(rows.shape[0], -1, np.int64)
    for row in range(rows.shape[0]):
        begin, end = rows.indptr[row], rows.indptr[row + 1]
        if begin == end:
            continue
        key = rows.indices[begin:end].tobytes() + rows.data[begin:end].tobytes()
        if key not in met:
            met[key] = len(first)
            first.append(row)
        number[row] = met[key]
    return np.array(first, np.int64), number
