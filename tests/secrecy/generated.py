"""Made-up tables under secrecy: territories that overlap, categories with sub-totals, periods, two rules of secrecy.

Every table comes from a seed and stands for nothing. Only what a rule marks is sensitive: closing what can be found
from the rest is left to those who use the tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, kron, vstack

from beffroi.secrecy import Problem

Floats = NDArray[np.float64]

MINIMUM = 5
"""Minimum frequency: a cell of fewer units is confidential, an empty one too."""

SHARE = 0.85
"""Dominance: a cell of which one unit makes more than this share is confidential."""


@dataclass(frozen=True)
class Shape:
    """How a table is made; the number of cells is (communes + epcis + groupings + 1) x those of categories x periods.

    ``categories``: for each dimension, the sizes of its sub-totals: ``(3, 3, 3)`` is nine classes in three groups and
    a total; ``(2,)`` two classes and their total, with no group between. ``kind``: ``count`` of persons, under the
    minimum frequency; ``amount`` in euros of enterprises, under that and dominance. ``mean``: units for each atom, on
    average.
    """

    seed: int
    communes: int
    epcis: int
    groupings: int
    categories: tuple[tuple[int, ...], ...]
    periods: int = 1
    kind: str = "count"
    mean: float = 12.0


ARTOIS = Shape(seed=322, communes=322, epcis=5, groupings=8, categories=((3, 3, 3), (2,)), mean=40.0)
"""322 communes x 9 ages x 2 sexes, in 5 EPCI, 8 groupings that overlap and the agency: 13,104 cells."""

CELLS_20000 = Shape(seed=20, communes=498, epcis=7, groupings=8, categories=((3, 3, 3), (2,)), mean=40.0)
CELLS_100000 = Shape(seed=100, communes=2540, epcis=20, groupings=8, categories=((3, 3, 3), (2,)), mean=40.0)


def thirty_shapes() -> Iterator[Shape]:
    """Thirty tables of 2, 3 and 4 dimensions (territory included), of counts and of amounts: 100 to 1,300 cells."""
    categories: tuple[tuple[tuple[int, ...], ...], ...] = (((3, 2),), ((3, 2), (2,)), ((2, 2), (2,), (3,)))
    for seed in range(30):
        dimensions = categories[seed % 3]
        yield Shape(
            seed=seed,
            communes=(24, 16, 9)[seed % 3] + seed % 5,
            epcis=2 + seed % 2,
            groupings=2 + seed % 3,
            categories=dimensions,
            periods=1 + (seed % 4 == 3),
            kind=("count", "amount")[seed // 3 % 2],
            mean=(14.0, 14.0, 11.0)[seed % 3],
        )


def generate(shape: Shape) -> Problem:
    """The table of that shape, every cell of it offered, with what the rules mark as its only sensitive cells."""
    drawn = np.random.default_rng(shape.seed)
    territories = _territories(drawn, shape)
    categories = csr_array(np.ones((1, 1)))
    for sizes in shape.categories:
        categories = csr_array(kron(categories, _sub_totals(sizes)))
    relations = csr_array(kron(eye_array(shape.periods), kron(territories, categories)))
    relations.sum_duplicates()
    relations.eliminate_zeros()
    relations.sort_indices()
    units = _units(drawn, shape, categories.shape[1])
    if shape.kind == "count":
        return _counts(shape, relations, units)
    return _amounts(drawn, shape, relations, units)


def tell_kinds(problem: Problem) -> Problem:
    """A table of counts where it is said of each hidden cell whether it is under the minimum frequency or not: nobody
    is then to know how many units one under it has."""
    margin = np.where(problem.sensitive, 1.0, 0.0)
    return replace(
        problem,
        below=margin,
        above=margin,
        least=np.where(problem.sensitive, 0.0, MINIMUM),
        most=np.where(problem.sensitive, MINIMUM - 1.0, np.inf),
    )


def _territories(drawn: np.random.Generator, shape: Shape) -> csr_array:
    """Communes, EPCI that part them, groupings that do not care for EPCI, then the agency, over communes."""
    communes = np.arange(shape.communes)
    part = np.sort(
        np.concatenate([np.arange(shape.epcis), drawn.integers(0, shape.epcis, shape.communes - shape.epcis)])
    )
    epcis = np.equal.outer(np.arange(shape.epcis), part)
    groupings = []
    for _ in range(shape.groupings):
        # Neighbours in the list, some of them left out: across the limits of EPCI, as a living area is.
        start, length = (
            drawn.integers(0, shape.communes),
            drawn.integers(shape.communes // 6 + 2, shape.communes // 2 + 2),
        )
        near = (communes - start) % shape.communes < length
        groupings.append(near & (drawn.random(shape.communes) < 0.9))
    rows = [np.eye(shape.communes), epcis, *([np.array(groupings)] if groupings else []), np.ones((1, shape.communes))]
    return csr_array(vstack([csr_array(np.asarray(row, dtype=np.float64)) for row in rows]))


def _sub_totals(sizes: tuple[int, ...]) -> csr_array:
    """Classes, their groups (when there are several), and the total."""
    classes = sum(sizes)
    group = np.repeat(np.arange(len(sizes)), sizes)
    groups = np.equal.outer(np.arange(len(sizes)), group)
    rows = [np.eye(classes), *([groups] if len(sizes) > 1 else []), np.ones((1, classes))]
    return csr_array(np.concatenate(rows).astype(np.float64))


def _units(drawn: np.random.Generator, shape: Shape, classes: int) -> NDArray[np.int64]:
    """Units of each atom: few communes are large, classes are uneven, periods alike."""
    size = drawn.lognormal(0, 1.3, shape.communes)
    share = drawn.dirichlet(np.full(classes, 6.0))
    expected = np.outer(size / size.mean(), share * classes * shape.mean)
    return np.concatenate([drawn.poisson(expected).reshape(-1) for _ in range(shape.periods)])


def _counts(shape: Shape, relations: csr_array, units: NDArray[np.int64]) -> Problem:
    values = relations @ units.astype(np.float64)
    sensitive = values < MINIMUM
    # Nobody is to know for certain that there are fewer than the minimum, nor how many fewer.
    return _problem(
        relations,
        units.astype(np.float64),
        integral=True,
        sensitive=sensitive,
        below=np.where(sensitive, 1.0, 0.0),
        above=np.where(sensitive, MINIMUM - values, 0.0),
        # What a larger territory or class loses is missed by more readers.
        weights=1 + np.log2(1 + values),
    )


def _amounts(drawn: np.random.Generator, shape: Shape, relations: csr_array, units: NDArray[np.int64]) -> Problem:
    owner = np.repeat(np.arange(len(units)), units)
    turnover = np.round(drawn.lognormal(11, 1.6, int(units.sum())))
    atoms = np.bincount(owner, turnover, len(units))
    largest = np.zeros(len(units))
    np.maximum.at(largest, owner, turnover)
    values = relations @ atoms
    # Each enterprise is in one atom: the largest of a cell is the largest of its atoms'.
    top = np.array([largest[relations.indices[a:b]].max(initial=0) for a, b in _spans(relations)])
    few = relations @ units < MINIMUM
    sensitive = few | (top > SHARE * values)
    # The protection levels that go with dominance: as much as would bring the largest back to the allowed share.
    level = np.where(top > SHARE * values, top / SHARE - values, 0.1 * values)
    level = np.where(sensitive, np.maximum(level, np.maximum(1.0, 0.05 * values)), 0.0)
    return _problem(
        relations,
        atoms,
        integral=False,
        sensitive=sensitive,
        below=level,
        above=level,
        weights=1 + np.log2(1 + relations @ units),
    )


def _spans(relations: csr_array) -> Iterator[tuple[int, int]]:
    return zip(relations.indptr[:-1].tolist(), relations.indptr[1:].tolist(), strict=True)


def _problem(
    relations: csr_array,
    atoms: Floats,
    *,
    integral: bool,
    sensitive: NDArray[np.bool_],
    below: Floats,
    above: Floats,
    weights: Floats,
) -> Problem:
    cells, width = relations.shape
    return Problem(
        relations=relations,
        atoms=atoms,
        values=relations @ atoms,
        floors=np.zeros(width),
        ceilings=np.full(width, np.inf),
        integral=np.full(width, integral),
        slack=np.zeros(cells),
        least=np.full(cells, -np.inf),
        most=np.full(cells, np.inf),
        sensitive=sensitive,
        below=below,
        above=above,
        offered=np.ones(cells, dtype=bool),
        known=np.zeros(cells, dtype=bool),
        weights=weights,
    )
