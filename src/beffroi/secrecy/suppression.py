"""Secondary suppression: what else to hide so that what is secret cannot be found from the rest, at the least loss.

Every cell that is hidden is there for a reason that can be shown: a table, as possible as the true one, in which a
secret cell is as far from the truth as was asked. Nothing is held protected without such a table on either side, in
whole numbers where quantities are whole. An attack (``attacks``) on the result says the same from the outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from beffroi.secrecy.moves import Demand, Ground
from beffroi.secrecy.optima import find_least
from beffroi.secrecy.parts import Part, split
from beffroi.secrecy.patterns import Pattern
from beffroi.secrecy.problems import Flags, Floats, Problem


@dataclass(frozen=True)
class Effort:
    """How long to look for a lesser loss: none of it changes what is protected.

    - ``near``: atoms around a cell among which a move is looked for; each size is tried where the last left something
      to pay. Larger is slower, and loses less.
    - ``tries``: moves that may be looked for to take cells back once all are protected, in each part.
    - ``bounded``, ``proven``: demands x cells up to which a part's least loss is bounded, and looked for in whole
      numbers; ``rounds`` and ``nodes`` of these searches.
    """

    near: tuple[int, ...] = (120, 400)
    tries: int = 500
    bounded: int = 100_000
    proven: int = 2_500
    rounds: int = 40
    nodes: int = 1_000


QUICK = Effort(near=(120,), tries=0, bounded=0, proven=0)
USUAL = Effort()
THOROUGH = Effort(near=(120, 400, 1200), tries=10_000, bounded=500_000, proven=60_000, rounds=100, nodes=20_000)


@dataclass(frozen=True)
class Suppression:
    """What is hidden, and what that costs.

    - ``hidden``: all cells that are not to be published: what was hidden already, what is sensitive, and what else.
    - ``loss``: the weights of what else. ``bound``: no protection loses less, as far as was proven (0 when nothing
      was). ``is_optimal``: the two are equal: the solver proved it.
    - ``exposed``: kept cells that nothing protects as asked, whatever is hidden: what is known gives them away.
    - ``patterns``: by part, under the key of its content, which of its cells are hidden. Given back to ``suppress``,
      they spare the work for the parts that have not changed.
    """

    hidden: Flags
    loss: float
    bound: float
    is_optimal: bool
    exposed: Flags
    patterns: Mapping[str, "PartPattern"]


@dataclass(frozen=True)
class PartPattern:
    """What was found for one part: flags of its cells, in its own order."""

    hidden: Flags
    exposed: Flags
    loss: float
    bound: float

    def to_json(self) -> dict[str, Any]:
        """The pattern as JSON."""
        flags = {name: np.flatnonzero(getattr(self, name)).tolist() for name in ("hidden", "exposed")}
        return {"cells": len(self.hidden), **flags, "loss": self.loss, "bound": self.bound}

    @staticmethod
    def from_json(said: Mapping[str, Any]) -> "PartPattern":
        """A pattern as it was before ``to_json``."""
        hidden, exposed = (np.zeros(said["cells"], dtype=np.bool_) for _ in range(2))
        hidden[said["hidden"]], exposed[said["exposed"]] = True, True
        return PartPattern(hidden, exposed, said["loss"], said["bound"])


NOTHING: Mapping[str, PartPattern] = MappingProxyType({})


def suppress(
    problem: Problem,
    hidden: Flags | None = None,
    *,
    effort: Effort = USUAL,
    patterns: Mapping[str, PartPattern] = NOTHING,
) -> Suppression:
    """Chooses what else to hide so that each kept cell keeps its margins, at a small sum of ``weights``.

    ``hidden`` cells are hidden from the start, at no cost, and stay so: given what a looser rule hid, a stricter one
    never publishes more. Parts that nothing ties together are protected one by one, each by its content alone, so that
    the order of cells and atoms does not matter (but to choose between cells that nothing else tells apart).
    ``patterns`` are those of an earlier call with the same effort.
    """
    can_be_hidden = problem.offered & ~problem.known
    secret = problem.sensitive & can_be_hidden
    whole, exposed = secret.copy(), np.zeros_like(secret)
    if hidden is not None:
        whole |= hidden & can_be_hidden
    found: dict[str, PartPattern] = {}
    for part in split(problem, secret):
        pattern = patterns.get(part.key) or _protect(replace(part, hidden=whole[part.cells]), effort)
        found[part.key] = pattern
        whole[part.cells] |= pattern.hidden
        exposed[part.cells] |= pattern.exposed
    loss, bound = (float(sum(getattr(one, name) for one in found.values())) for name in ("loss", "bound"))
    return Suppression(whole, loss, bound, _equal(loss, bound), exposed, MappingProxyType(found))


def _protect(part: Part, effort: Effort) -> PartPattern:
    ground = Ground(part.problem)
    demands = ground.demands()
    # What is not published has no need to be hidden.
    given = ~part.problem.told(part.hidden)
    best = _built(ground, given, demands, effort)
    lost = {demands[at].cell for at in best.lost}
    demands = [demand for at, demand in enumerate(demands) if at not in best.lost]
    bound = 0.0
    size = len(demands) * int((part.problem.offered & ~part.problem.known & ~given).sum())
    if 0 < size <= effort.bounded and best.loss() > 0:
        nodes = effort.nodes if size <= effort.proven else 0
        least = find_least(ground, given, demands, rounds=effort.rounds, nodes=nodes)
        bound = least.bound
        others = [_built(ground, given, demands, effort, leaning=least.leaning)]
        if least.hidden is not None:
            others.append(_checked(ground, given, demands, least.hidden))
        best = min([best, *(other for other in others if not other.lost)], key=Pattern.loss)
    exposed = np.zeros_like(part.hidden)
    exposed[sorted(lost)] = True
    return PartPattern(best.hidden & part.problem.offered, exposed, best.loss(), min(bound, best.loss()))


def _built(
    ground: Ground, given: Flags, demands: list[Demand], effort: Effort, leaning: Floats | None = None
) -> Pattern:
    """A pattern that meets the demands, move after move; cells that are leant towards are preferred."""
    pattern = Pattern(ground, given, demands)
    pattern.protect(effort.near, leaning)
    pattern.spare()
    pattern.reconsider(effort.near[0], effort.tries)
    return pattern


def _checked(ground: Ground, given: Flags, demands: list[Demand], hidden: Flags) -> Pattern:
    """The pattern that hides no more than ``hidden``; demands are lost that this does not meet."""
    pattern = Pattern(ground, given, demands)
    pattern.confine(hidden)
    return pattern


def _equal(loss: float, bound: float) -> bool:
    return loss <= bound + 1e-6 * max(1.0, loss)
