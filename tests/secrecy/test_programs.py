"""Programs: what the solver says is checked, and what cannot be checked is not told."""

import highspy
import numpy as np
import pytest
from scipy.sparse import csr_array

from beffroi.secrecy.programs import Program

ROWS = csr_array(np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]))
LIMITS = np.full(3, -3.0), np.full(3, 5.0)
EXACT = np.zeros(2), np.zeros(2)
ALL = np.arange(3)


def test_the_greatest_value_is_proven_by_multipliers():
    program = Program(ROWS, EXACT, LIMITS, starts_possible=True)
    found = program.maximise(np.array([0]), np.array([1.0]))
    assert found.is_proven
    assert found.value == found.bound == 3
    assert found.point.tolist() == [3, -3, 3]
    # 1 x the first row says what the first column can gain: what the second can lose.
    assert found.multipliers.tolist() == [1, 0]
    assert found.effort > 0


def test_questions_follow_one_another_and_limits_change():
    program = Program(ROWS, EXACT, LIMITS, starts_possible=True)
    assert program.maximise(np.array([0]), np.array([1.0])).value == 3
    assert program.maximise(np.array([1]), np.array([2.0])).value == 6
    program.limit(1, -1.0, 2.0)
    assert program.maximise(np.array([1]), np.array([2.0])).value == 4
    program.restart()
    assert program.maximise(np.array([0, 2]), np.array([1.0, 1.0])).value == 2


def test_without_a_limit_there_is_a_value_and_no_bound():
    endless = np.full(3, -np.inf), np.full(3, np.inf)
    found = Program(ROWS, EXACT, endless, starts_possible=True, box=1e6).maximise(np.array([0]), np.array([1.0]))
    assert found.value == 1e6
    assert found.bound == np.inf
    assert not found.is_proven


def test_nothing_possible_is_told():
    impossible = np.array([20.0, -1.0]), np.array([np.inf, 1.0])
    for integral in (None, np.ones(3, bool)):
        found = Program(ROWS, impossible, LIMITS, integral=integral).maximise(ALL, np.ones(3))
        assert found.point is None
        assert found.bound == -np.inf


def test_whole_numbers_stop_where_fractions_go_on():
    rows, room = csr_array(np.array([[2.0, 1.5, 0.0]])), (np.array([-1.0]), np.array([5.0]))
    limits = np.zeros(3), np.full(3, 9.0)
    assert Program(rows, room, limits).maximise(np.array([0]), np.ones(1)).value == 2.5
    whole = Program(rows, room, limits, integral=np.ones(3, bool)).maximise(np.array([0]), np.ones(1))
    assert (whole.value, whole.is_proven, whole.multipliers) == (2, True, None)


def test_enough_is_enough():
    limits = np.zeros(3), np.full(3, 9.0)
    room = np.full(2, -np.inf), np.array([7.5, 8.5])
    program = Program(ROWS, room, limits, integral=np.ones(3, bool))
    assert program.maximise(ALL, np.ones(3), enough=4.0).value >= 4


@pytest.mark.parametrize("integral", [None, np.ones(3, bool)])
def test_a_point_that_breaks_a_row_is_none(integral, monkeypatch):
    class Wrong:
        def __init__(self, solution):
            self.value_valid, self.dual_valid = True, False
            self.col_value = [value + 1e-3 for value in solution.col_value]

    right = highspy.Highs.getSolution
    monkeypatch.setattr(highspy.Highs, "getSolution", lambda solver: Wrong(right(solver)))
    limits = np.full(3, -0.7), np.full(3, 0.7)
    if integral is not None:
        # Whole numbers are made whole first: a small error is then none.
        limits = LIMITS
    found = Program(ROWS, EXACT, limits, integral=integral).maximise(np.array([0]), np.ones(1))
    assert (found.point is None) == (integral is None)
    assert found.is_proven == (integral is not None)
    monkeypatch.undo()
    assert Program(ROWS, EXACT, limits, integral=integral).maximise(np.array([0]), np.ones(1)).point is not None
