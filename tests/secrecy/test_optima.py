"""The least loss: what is proven is true, and what is found protects."""

from dataclasses import replace

import numpy as np
import pytest

from beffroi.secrecy import attack
from beffroi.secrecy.moves import Ground
from beffroi.secrecy.optima import find_least
from beffroi.secrecy.suppression import QUICK, Effort, suppress
from tests.secrecy.generated import Shape, generate
from tests.secrecy.test_suppression import least_by_trying, weigh
from tests.secrecy.written import write

CELLS = ["1a", "1b", "1c", "2a", "2b", "2c", "1a+1b+1c", "2a+2b+2c", "1a+2a", "1b+2b", "1c+2c"]


@pytest.mark.parametrize("seed", range(6))
def test_no_bound_is_above_what_trying_everything_gives(seed):
    drawn = np.random.default_rng(seed)
    atoms = dict(zip(CELLS[:6], drawn.integers(1, 15, 6).tolist(), strict=True))
    problem = weigh(write(atoms, CELLS, {CELLS[drawn.integers(6)]: (1, 3)}))
    ground = Ground(problem)
    least = least_by_trying(problem)
    for rounds, nodes in ((1, 0), (3, 0), (40, 0), (40, 1000)):
        found = find_least(ground, problem.sensitive, ground.demands(), rounds=rounds, nodes=nodes)
        assert found.bound <= least + 1e-6
        if found.hidden is not None:
            assert problem.weights[found.hidden & ~problem.sensitive].sum() == pytest.approx(least)
            assert not attack(problem, found.hidden).exposed.any()
    assert found.hidden is not None


def test_the_search_is_never_below_the_bound():
    problem = generate(Shape(seed=1, communes=8, epcis=2, groupings=2, categories=((3, 2),), mean=9.0))
    ground = Ground(problem)
    found = find_least(ground, problem.sensitive, ground.demands(), rounds=20, nodes=0)
    quick = suppress(problem, effort=QUICK)
    usual = suppress(problem, effort=Effort(proven=0))
    assert 0 < found.bound <= usual.loss <= quick.loss
    assert usual.bound >= found.bound * 0.5


def test_cells_that_cost_nothing_are_hidden_rather_than_others():
    problem = write({"a": 3, "b": 9, "c": 5}, ["a", "b", "c", "a+b+c"], {"a": 1})
    problem = replace(problem, weights=np.array([0, 1, 0, 5.0]))
    found = suppress(problem)
    assert found.is_optimal
    assert found.loss == 0
    assert list(found.hidden) == [True, False, True, False]
