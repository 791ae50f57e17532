"""Made-up enterprises by commune, sector and size: hierarchies without overlap, as the reference tool can take them.

The same records are given to both sides: as a ``Problem`` here, as micro-data to the other. Nothing is real.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, kron, vstack

from beffroi.secrecy import Problem

MINIMUM, SHARE, P_PERCENT, MARGIN = 5, 85, 15, 20
"""Minimum frequency; largest share of one; p of the p % rule; margin of rare cells, in percent of their value."""

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Survey:
    """Records, with the commune, sector and size of each; ``dimensions`` of the table (territory, then others)."""

    codes: dict[str, list[str]]
    """For each dimension, the code of each record."""
    amounts: Counts
    levels: dict[str, list[tuple[int, str]]]
    """For each dimension, its codes with their depth, total first, as a list that one reads from the top."""

    def hierarchy(self, name: str) -> str:
        """What the reference tool reads: a code a line under its parent, an « @ » a level, the total left out."""
        return "".join("@" * (depth - 1) + code + "\n" for depth, code in self.levels[name] if depth)


def make_survey(communes: int, *, others: int = 2, mean: float = 8.0, counts: bool = False, seed: int = 1) -> Survey:
    """Records of enterprises: ``mean`` by commune and class on average. ``others``: dimensions beside the territory."""
    rng = np.random.default_rng(seed)
    epci = max(2, communes // 12)
    part = np.sort(np.concatenate([np.arange(epci), rng.integers(0, epci, communes - epci)]))
    levels = {"territory": [(0, "Total")]}
    for place in range(epci):
        levels["territory"].append((1, f"E{place:03d}"))
        levels["territory"] += [(2, f"C{commune:04d}") for commune in np.flatnonzero(part == place)]
    sectors = [(1, "S1"), (2, "S1a"), (2, "S1b"), (2, "S1c"), (1, "S2"), (2, "S2a"), (2, "S2b")]
    sizes = [(1, "M1"), (1, "M2"), (1, "M3")]
    legal = [(1, "L1"), (1, "L2")]
    for name, codes in [("sector", sectors), ("size", sizes), ("legal", legal)][:others]:
        levels[name] = [(0, "Total"), *codes]
    leaves = {name: _leaves(listed) for name, listed in levels.items()}
    shape = [len(found) for found in leaves.values()]
    weight = rng.lognormal(0, 1.0, shape[0])
    share = rng.dirichlet(np.full(int(np.prod(shape[1:])), 4.0))
    expected = np.outer(weight / weight.mean(), share * len(share) * mean)
    number = rng.poisson(expected).reshape(-1)
    owner = np.unravel_index(np.repeat(np.arange(len(number)), number), shape)
    codes = {name: [leaves[name][at] for at in places] for name, places in zip(leaves, owner, strict=True)}
    amounts = np.ones(len(owner[0])) if counts else np.ceil(rng.lognormal(4, 1.4, len(owner[0])))
    return Survey(codes, amounts.astype(np.int64), levels)


def _leaves(listed: list[tuple[int, str]]) -> list[str]:
    deepest = [at for at, (depth, _) in enumerate(listed) if at + 1 == len(listed) or listed[at + 1][0] <= depth]
    return [listed[at][1] for at in deepest]


@dataclass(frozen=True)
class Table:
    """A survey as cells: ``keys`` gives the codes of each; frequency, largest and second largest contribution too."""

    problem: Problem
    keys: list[tuple[str, ...]]
    frequency: Counts
    largest: Counts
    second: Counts


def tabulate(survey: Survey) -> Table:
    """The table of a survey: every cell offered, nothing sensitive yet; cells of nothing are known to be empty, as the
    reference tool has it; what hiding a cell costs is its value, as it has it by default."""
    relations = csr_array(np.ones((1, 1)))
    keys: list[tuple[str, ...]] = [()]
    for listed in survey.levels.values():
        relations = csr_array(kron(relations, _sums(listed)))
        keys = [(*key, code) for key in keys for _, code in listed]
    relations.eliminate_zeros()
    relations.sort_indices()
    leaves = [_leaves(listed) for listed in survey.levels.values()]
    places = [
        np.searchsorted(np.sort(codes), survey.codes[name]) for name, codes in zip(survey.levels, leaves, strict=True)
    ]
    ranks = [np.argsort(np.argsort(codes)) for codes in leaves]
    places = [np.argsort(rank)[place] for rank, place in zip(ranks, places, strict=True)]
    atom = np.ravel_multi_index(tuple(places), tuple(len(codes) for codes in leaves))
    count = relations.shape[1]
    frequency = np.bincount(atom, minlength=count)
    atoms = np.bincount(atom, weights=survey.amounts, minlength=count)
    largest, second = _two_largest(relations, atom, survey.amounts)
    values, units = relations @ atoms, (relations @ frequency).astype(np.int64)
    width = len(values)
    problem = Problem(
        relations=relations,
        atoms=atoms,
        values=values,
        floors=np.zeros(count),
        ceilings=np.full(count, np.inf),
        integral=np.zeros(count, bool),
        slack=np.zeros(width),
        least=np.full(width, -np.inf),
        most=np.full(width, np.inf),
        sensitive=np.zeros(width, bool),
        below=np.zeros(width),
        above=np.zeros(width),
        offered=np.ones(width, bool),
        known=units == 0,
        weights=values.copy(),
    )
    return Table(problem, keys, units, largest, second)


def add_groupings(survey: Survey, problem: Problem, count: int, seed: int = 7) -> Problem:
    """The same with the cells of ``count`` groupings of communes across EPCI, by all the other dimensions: no hierarchy
    can hold them beside EPCI. None of them is sensitive; as in the table, a cell costs its value."""
    rng = np.random.default_rng(seed)
    territory, *others = survey.levels.values()
    chosen = rng.random((count, len(_leaves(territory)))) < 0.4
    relations = csr_array(chosen.astype(float))
    for listed in others:
        relations = csr_array(kron(relations, _sums(listed)))
    relations = csr_array(vstack([problem.relations, relations]))
    relations.eliminate_zeros()
    relations.sort_indices()
    values = relations @ problem.atoms
    more = len(values) - len(problem.values)
    fill = {name: np.append(getattr(problem, name), np.zeros(more)) for name in ("slack", "below", "above")}
    no = np.zeros(more, bool)
    return replace(
        problem,
        relations=relations,
        values=values,
        sensitive=np.append(problem.sensitive, no),
        offered=np.append(problem.offered, ~no),
        known=np.append(problem.known, no),
        least=np.append(problem.least, np.full(more, -np.inf)),
        most=np.append(problem.most, np.full(more, np.inf)),
        weights=np.append(problem.weights, values[-more:]),
        **fill,
    )


def protect_as(problem: Problem, sensitive: NDArray[np.bool_], margin: NDArray[np.float64]) -> Problem:
    """The same with these sensitive cells, and these margins on either side."""
    return replace(
        problem, sensitive=sensitive, below=np.where(sensitive, margin, 0.0), above=np.where(sensitive, margin, 0.0)
    )


def _sums(listed: list[tuple[int, str]]) -> csr_array:
    """Codes x leaves: which leaves are under each code."""
    leaves = _leaves(listed)
    rows = []
    for at, (depth, code) in enumerate(listed):
        end = next((later for later in range(at + 1, len(listed)) if listed[later][0] <= depth), len(listed))
        under = {code, *(name for _, name in listed[at:end])}
        rows.append([float(leaf in under) for leaf in leaves])
    return csr_array(np.array(rows))


def _two_largest(relations: csr_array, atom: Counts, amounts: Counts) -> tuple[Counts, Counts]:
    order = np.lexsort((-amounts, atom))
    first = np.concatenate([[True], np.diff(atom[order]) > 0]) if len(order) else np.zeros(0, bool)
    ranks = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    top = np.zeros((2, relations.shape[1]), np.int64)
    for rank in (0, 1):
        here = order[ranks == rank]
        top[rank, atom[here]] = amounts[here]
    found = np.zeros((2, relations.shape[0]), np.int64)
    for row, (start, end) in enumerate(zip(relations.indptr[:-1], relations.indptr[1:], strict=True)):
        held = np.sort(top[:, relations.indices[start:end]].reshape(-1))[::-1]
        found[:, row] = held[:2] if len(held) > 1 else [held[0], 0]
    return found[0], found[1]
