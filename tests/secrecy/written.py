"""Small problems written by hand: cells as sums of named atoms."""

from collections.abc import Iterable, Mapping

import numpy as np
from scipy.sparse import csr_array

from beffroi.secrecy import Problem


def write(
    atoms: Mapping[str, float],
    cells: Iterable[str],
    kept: Mapping[str, float | tuple[float, float]],
    *,
    integral: bool = True,
    slack: Mapping[str, float] | None = None,
    said: Mapping[str, tuple[float, float]] | None = None,
    known: Iterable[str] = (),
    floor: float = 0.0,
    ceiling: float = np.inf,
) -> Problem:
    """A problem whose cells are written as sums (``a+b``, ``a+1.5*b``); ``kept``: margins asked, under and over.

    ``slack``: for cells of which less is told. ``said``: at least and at most what cells are known to be. ``known``:
    cells that are known, and not offered.
    """
    names, written, slack, said, known = list(atoms), list(cells), slack or {}, said or {}, set(known)
    relations = np.zeros((len(written), len(names)))
    for row, cell in enumerate(written):
        for term in cell.split("+"):
            share, _, name = term.rpartition("*")
            relations[row, names.index(name)] += float(share or 1)
    values = np.array(list(atoms.values()), dtype=np.float64)
    margins = [kept.get(cell, 0.0) for cell in written]
    below, above = np.array([one if isinstance(one, tuple) else (one, one) for one in margins], dtype=np.float64).T
    matrix = csr_array(relations)
    matrix.sort_indices()
    return Problem(
        relations=matrix,
        atoms=values,
        values=matrix @ values,
        floors=np.full(len(names), floor),
        ceilings=np.full(len(names), ceiling),
        integral=np.full(len(names), integral),
        slack=np.array([slack.get(cell, 0.0) for cell in written]),
        least=np.array([said.get(cell, (-np.inf, np.inf))[0] for cell in written]),
        most=np.array([said.get(cell, (-np.inf, np.inf))[1] for cell in written]),
        sensitive=np.array([cell in kept for cell in written]),
        below=below,
        above=above,
        offered=np.array([cell not in known for cell in written]),
        known=np.array([cell in known for cell in written]),
        weights=np.array([0.0 if cell in known else 1.0 for cell in written]),
    )


def hide(cells: Iterable[str], hidden: Iterable[str]) -> np.ndarray:
    """Flags of the cells that are hidden."""
    hidden = set(hidden)
    return np.array([cell in hidden for cell in cells])
