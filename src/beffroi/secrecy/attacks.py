"""The attacker: what somebody who knows all that was told can find of what was not.

He adds and subtracts, and knows what is possible: that persons are whole and never fewer than none. For each cell that
has to stay unknown, the tables that he must hold possible say how near he comes. A cell is only held safe when such
tables were found, and checked; what could not be settled is said to be untested, never safe.
"""

from dataclasses import dataclass

import numpy as np

from beffroi.secrecy.components import Indexes, extremes, find_unknown, held_limits, possible_limits
from beffroi.secrecy.parts import Part, split
from beffroi.secrecy.problems import Flags, Floats, Problem
from beffroi.secrecy.programs import PROOF
from beffroi.secrecy.searches import Search

EFFORT = 6e10
"""Iterations x size of the programs that an attack may spend: some five minutes of a processor. What is not settled by
then is untested."""


@dataclass(frozen=True)
class Attack:
    """What was found, cell by cell of the problem.

    - ``low``, ``high``: what the attacker has to hold possible: at least these values where the cell is safe, at most
      these where it is ``exposed``, exactly these where ``is_exact``; NaN where nothing was looked for or settled.
    - ``exposed``: kept cells whose bounds are closer to the truth than was asked.
    - ``untested``: kept cells that were left out, or that no program settled. ``whole``: there are none.
    - ``components``: how many unknown quantities there are in each group that told cells tie together, largest first.
    """

    low: Floats
    high: Floats
    is_exact: Flags
    exposed: Flags
    untested: Flags
    whole: bool
    components: tuple[int, ...]


def attack(problem: Problem, hidden: Flags, *, exact: bool = False, most: int = 5000, seed: int = 0) -> Attack:
    """Looks for what can be found of the kept cells when ``hidden`` cells are not published.

    ``exact``: how near he comes to each, rather than whether that is too near. Of more than ``most`` kept cells, so
    many are drawn (from ``seed``; each part of the problem has its share) and the attack is not ``whole``: what the
    tables found for these prove of others counts all the same. The order of cells and atoms changes nothing.
    Raises ``ValueError`` where the problem contradicts itself.
    """
    _check(problem, hidden)
    kept = problem.kept()
    low, high = (np.where(kept, problem.relations @ problem.atoms, np.nan) for _ in range(2))
    is_exact, exposed, untested = kept.copy(), np.zeros(len(kept), bool), np.zeros(len(kept), bool)
    sizes: list[int] = []
    share = min(1.0, most / max(1, kept.sum()))
    for rank, part in enumerate(split(problem, hidden)):
        asked = _sample(part.problem.kept(), share, [seed, rank])
        found = _attack_part(part, asked, exact=exact, seed=[seed, rank], effort=EFFORT / max(1, kept.sum()))
        for whole, one in (
            (low, found.low),
            (high, found.high),
            (is_exact, found.is_exact),
            (exposed, found.exposed),
            (untested, found.untested),
        ):
            whole[part.cells] = one
        sizes.extend(found.components)
    return Attack(low, high, is_exact, exposed, untested, not untested.any(), tuple(sorted(sizes, reverse=True)))


def needs(problem: Problem) -> tuple[Floats, Floats]:
    """By how much each cell has to be possible over and under the truth, without what cannot be; 0 when not kept."""
    kept = problem.kept()
    ends = extremes(problem.relations, possible_limits(problem)), held_limits(problem, np.zeros_like(kept))
    low, high = np.maximum(ends[0][0], ends[1][0]), np.minimum(ends[0][1], ends[1][1])
    return np.where(kept, np.minimum(problem.above, high), 0.0), np.where(kept, np.minimum(problem.below, -low), 0.0)


def _sample(kept: Flags, share: float, seed: list[int]) -> Flags:
    cells = np.flatnonzero(kept)
    count = max(1, round(share * len(cells)))
    asked = np.zeros(len(kept), bool)
    asked[np.random.default_rng(seed).choice(cells, count, replace=False)] = True
    return asked


def _attack_part(part: Part, asked: Flags, *, exact: bool, seed: list[int], effort: float) -> Attack:
    problem = part.problem
    unknown = find_unknown(problem, part.hidden)
    wanted = np.stack(needs(problem))
    # Over the truth, then under it: what is proven reached, and what is proven out of reach.
    reach, bound = np.stack([unknown.over, unknown.under]), np.stack([unknown.over, unknown.under])
    left = effort * problem.kept().sum()
    owned = np.bincount(
        np.concatenate([np.empty(0, np.intp), *(one.owners for one in unknown.components)]), minlength=len(asked)
    )
    for rank, component in enumerate(unknown.components):
        owners = component.owners
        search = Search(component, owned[owners] > 1, left, [*seed, rank])
        search.run((wanted - reach)[:, owners].reshape(-1), np.tile(asked[owners], 2), exact=exact)
        reach[:, owners] += search.reach.reshape(2, -1)
        bound[:, owners] += search.bound.reshape(2, -1)
        left -= search.effort
    return _judge(problem, wanted, reach, bound, tuple(len(one.integral) for one in unknown.components))


def _judge(problem: Problem, wanted: Floats, reach: Floats, bound: Floats, components: tuple[int, ...]) -> Attack:
    kept = problem.kept()
    short = bound < wanted * (1 - PROOF)
    exposed = np.logical_or(*short)
    untested = ~exposed & np.logical_or(*(reach < wanted * (1 - PROOF)))
    over, under = np.where(short, bound, reach)
    made = problem.relations @ problem.atoms
    settled = kept & ~untested
    scale = np.maximum(1.0, np.abs(reach))
    exact = (bound == reach) | (bound - np.where(np.isfinite(reach), reach, 0.0) <= PROOF * scale)
    return Attack(
        low=np.where(settled, made - under, np.nan),
        high=np.where(settled, made + over, np.nan),
        is_exact=settled & exact.all(axis=0),
        exposed=exposed,
        untested=untested,
        whole=not untested.any(),
        components=components,
    )


def _check(problem: Problem, hidden: Flags) -> None:
    made = problem.relations @ problem.atoms
    size = np.abs(problem.relations) @ np.abs(problem.atoms)
    if len(hidden) != len(made):
        raise ValueError(f"{len(hidden)} cells are hidden or not, of {len(made)}")
    wrongs = {
        "cells whose figure is not what they add up": np.abs(problem.values - made)
        > problem.slack + 1e-9 * np.maximum(1.0, size),
        "cells beyond what is known of them": (made < problem.least - 1e-9 * np.maximum(1.0, size))
        | (made > problem.most + 1e-9 * np.maximum(1.0, size)),
        "atoms beyond what is possible": (problem.atoms < problem.floors) | (problem.atoms > problem.ceilings),
        "atoms that are not whole": problem.integral & (problem.atoms != np.round(problem.atoms)),
        "cells asked for a negative margin": (problem.below < 0) | (problem.above < 0),
    }
    for words, where in wrongs.items():
        if (places := np.flatnonzero(where)).size:
            raise ValueError(f"{words}: {_listed(places)}")


def _listed(places: Indexes) -> str:
    return ", ".join(map(str, places[:5])) + (", …" if len(places) > 5 else "")
