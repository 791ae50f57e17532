"""Searches and witnesses: a table counts for what it proves, once it was checked."""

import numpy as np
import pytest

from beffroi.secrecy.components import find_unknown
from beffroi.secrecy.programs import Optimum
from beffroi.secrecy.searches import Search
from beffroi.secrecy.witnesses import Witnesses, whole_change
from tests.secrecy.written import hide, write

CELLS = ["a", "b", "c", "d", "a+b", "b+c", "c+d"]
HIDDEN = hide(CELLS, ["a", "b", "c", "d"])


def component_of(integral=True, cells=CELLS, hidden=HIDDEN):
    problem = write({"a": 5, "b": 9, "c": 4, "d": 7}, cells, {"a": 1, "b": 1}, integral=integral)
    (component,) = find_unknown(problem, hidden).components
    return component


def test_a_change_that_breaks_a_row_or_a_limit_is_none():
    component = component_of()
    turn = np.linalg.svd(component.rows.toarray())[2][-1]
    turn = turn / np.abs(turn).max()
    assert np.abs(turn).tolist() == pytest.approx([1, 1, 1, 1])
    assert whole_change(component, turn) is not None
    assert whole_change(component, 3.3 * turn).tolist() == (3 * np.round(turn)).tolist()
    assert whole_change(component, 20 * turn) is None
    # Rounded, these are no longer what the rows allow.
    assert whole_change(component, np.round(turn) + np.array([0.7, 0, 0, 0])) is None


def test_a_table_in_fractions_proves_nothing_of_whole_numbers():
    component = component_of(cells=["a", "b", "2*a+3*b"], hidden=hide(["a", "b", "2*a+3*b"], ["a", "b"]))
    search = Search(component, np.zeros(2, bool), np.inf, [0])
    free = np.array([1.0, -2 / 3])
    search._take(Optimum(free, 1.0, 1.0, None, 0), 1.0, None)
    assert not search.reach.any()
    search._take(Optimum(3 * free, 3.0, 3.0, None, 0), 1.0, None)
    assert (search.reach >= 2).all()


def test_a_table_in_a_coarse_unit_says_nothing_of_finer_margins():
    component = component_of(integral=False)
    search = Search(component, np.zeros(2, bool), np.inf, [0])
    targets = np.array([1e-3, 1.0, 0.0, 0.0])
    turn = np.linalg.svd(component.rows.toarray())[2][-1]
    search._take(Optimum(turn, 1.0, 1.0, None, 0), 1.0, targets)
    assert search.reach[0] == 0
    search._take(Optimum(-turn, 1.0, 1.0, None, 0), 1.0, targets)
    assert search.reach[0] == 0
    assert search.reach[1] > 0


@pytest.mark.parametrize("sign", [1, -1])
def test_witnesses_go_as_far_as_was_asked(sign):
    component = component_of()
    witnesses = Witnesses(component, 1e6)
    for target in (1.0, 2.0, 4.0):
        change, is_impossible = witnesses.find(0, sign, target)
        assert not is_impossible
        assert whole_change(component, change) is not None
        assert sign * (component.shares @ change)[0] >= target
    assert witnesses.find(0, sign, 50.0) == (None, False)
    assert witnesses.effort > 0


def test_the_farthest_whole_change():
    cells = ["a", "b", "2*a+3*b"]
    component = component_of(cells=cells, hidden=hide(cells, ["a", "b"]))
    # a is 5: three less is 2, six less cannot be; b is 9: a can gain 13 by fractions, 12 by threes.
    witnesses = Witnesses(component, 1e6)
    change, bound = witnesses.largest(0, 1)
    assert (component.shares @ change)[0] == 12
    assert 12 <= bound < 15
    assert (component.shares @ witnesses.largest(0, -1)[0])[0] == -3
    assert witnesses.find(0, -1, 4.0) == (None, True)


@pytest.mark.parametrize(("sign", "target"), [(1, 0.2), (-1, 0.2), (1, 1.0)])
def test_a_witness_does_what_was_asked_once_it_is_whole(sign, target):
    """The least change in fractions rounds to none at all, which is possible and shows nothing."""
    problem = write({"a": 3, "b": 3, "c": 4}, ["0.7*a", "a+b", "b+c"], {"0.7*a": 0.2})
    (component,) = find_unknown(problem, hide(["0.7*a", "a+b", "b+c"], ["0.7*a"])).components
    change, _ = Witnesses(component, 1e6).find(0, sign, target)
    assert change is not None
    assert sign * float((component.shares @ change)[0]) >= target
