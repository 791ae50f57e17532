"""Made-up counts by commune, age, sex and year, as cells that add up: 322 communes, 5 EPCI, 8 overlapping groupings.

Nothing here reads anything real. Communes are points drawn at random; a grouping parts some or all of them by the
nearest of a few centres, so that groupings overlap as those of an agency do.
"""

import numpy as np
from scipy.sparse import csr_array, kron

from beffroi.secrecy import Problem

COMMUNES, EPCI, GROUPINGS = 322, 5, 8
MINIMUM = 11
"""Counts from 1 to ten are secret, as a common rule for fiscal households has it."""

_MARGIN = 5
_SHARES = np.array([0.17, 0.12, 0.13, 0.13, 0.13, 0.12, 0.11, 0.06, 0.03])
_AGES = [[0, 1, 2], [3, 4, 5, 6], [7, 8], [1, 2, 3, 4, 5, 6]]
"""Broad ages over the nine classes; the last one overlaps the three others."""


def make_populations(years: int = 1, seed: int = 20250101) -> Problem:
    """Some 20,000 cells a year; with several years, the sum of all of them is published as well and ties them."""
    rng = np.random.default_rng(seed)
    territories, levels = _territories(rng)
    ages = np.vstack([np.eye(9), *([np.isin(np.arange(9), broad)] for broad in _AGES), [np.ones(9)]]).astype(float)
    sexes = np.vstack([np.eye(2), np.ones((1, 2))])
    periods = np.eye(years) if years == 1 else np.vstack([np.eye(years), np.ones((1, years))])
    relations = csr_array(kron(kron(csr_array(periods), territories), kron(csr_array(ages), csr_array(sexes))))
    relations.sum_duplicates()
    relations.eliminate_zeros()
    relations.sort_indices()
    size = np.exp(rng.normal(6.5, 1.1, COMMUNES)) + 40
    expected = np.einsum("c,a,s->cas", size, _SHARES, [0.49, 0.51])
    atoms = np.concatenate([rng.poisson(expected * 1.003**year).ravel() for year in range(years)]).astype(float)
    values = relations @ atoms
    sensitive = (values > 0) & (values < MINIMUM)
    totals = np.kron(np.kron(periods.sum(1) > 1, np.ones(territories.shape[0])), np.ones(len(ages) * len(sexes)))
    by_age, by_sex = np.where(ages.sum(1) > 1, 2.0, 1.0), np.where(sexes.sum(1) > 1, 2.0, 1.0)
    weights = np.kron(np.kron(np.ones(len(periods)), levels), np.kron(by_age, by_sex)) * (1 + totals)
    count, width = len(atoms), len(values)
    return Problem(
        relations=relations,
        atoms=atoms,
        values=values,
        floors=np.zeros(count),
        ceilings=np.full(count, np.inf),
        integral=np.ones(count, bool),
        slack=np.zeros(width),
        least=np.full(width, -np.inf),
        most=np.full(width, np.inf),
        sensitive=sensitive,
        below=np.where(sensitive, np.minimum(values, _MARGIN), 0.0),
        above=np.where(sensitive, float(_MARGIN), 0.0),
        offered=np.ones(width, bool),
        known=np.zeros(width, bool),
        weights=weights,
    )


def _territories(rng: np.random.Generator) -> tuple[csr_array, np.ndarray]:
    """Territories x communes, and what hiding one cell of each costs: a larger territory is read more."""
    places = rng.random((COMMUNES, 2))
    parts, levels = [np.eye(COMMUNES), _nearest(places, rng.random((EPCI, 2)))], [1.0] * COMMUNES + [10.0] * EPCI
    for grouping in range(GROUPINGS):
        parted = _nearest(places, rng.random((8 + 3 * grouping, 2)))
        if grouping % 2:
            parted = parted * (places[:, grouping % 4 // 2] < 0.8)
        parted = parted[parted.sum(1) > 1]
        parts.append(parted)
        levels += [4.0] * len(parted)
    parts.append(np.ones((1, COMMUNES)))
    return csr_array(np.vstack(parts)), np.array([*levels, 20.0])


def _nearest(places: np.ndarray, centres: np.ndarray) -> np.ndarray:
    far = ((places[:, None, :] - centres[None, :, :]) ** 2).sum(2)
    return np.equal.outer(np.arange(len(centres)), far.argmin(1)).astype(float)
