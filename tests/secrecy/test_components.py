"""What is left to guess: sure things taken away, quantities that nothing parts made one, the rest in components."""

from dataclasses import replace

import numpy as np
import pytest

from beffroi.secrecy.components import find_unknown
from tests.secrecy.generated import Shape, generate
from tests.secrecy.written import hide, write

ATOMS = {"a": 4, "b": 7, "c": 2, "d": 9, "e": 1}


def unknown_of(cells, hidden, kept=("a",), **options):
    problem = write(ATOMS, cells, dict.fromkeys(kept, 1.0), **options)
    return find_unknown(problem, hide(cells, hidden))


def test_what_subtraction_gives_is_not_left_to_guess():
    """d is the total less c; then b is what is left of b+d; then a."""
    cells = ["a", "b", "c", "d", "a+b", "b+d", "c+d"]
    found = unknown_of(cells, ["a", "b", "d"])
    assert found.components == ()
    assert found.over.tolist() == found.under.tolist() == [0.0] * 7


def test_quantities_that_are_always_together_are_one():
    cells = ["a", "b", "c", "d", "a+b+c+d"]
    (component,) = unknown_of(cells, ["a", "b", "c", "d"]).components
    assert component.rows.shape == (1, 2)
    # b, c and d together may fall by all that they are, or rise without limit.
    assert sorted(component.limits[0].tolist()) == [-18.0, -4.0]
    assert component.owners.tolist() == [0]


def test_what_is_whole_and_what_is_not_are_never_one():
    cells = ["a", "b", "c", "a+b+c"]
    problem = write(ATOMS, cells, {"a": 1})
    mixed = replace(problem, integral=np.array([True, True, False, True, True]))
    (component,) = find_unknown(mixed, hide(cells, ["a", "b", "c"])).components
    assert sorted(component.integral.tolist()) == [False, True, True]


def test_a_total_of_nought_leaves_nothing_to_guess():
    cells = ["a", "b", "a+b"]
    problem = write({"a": 0, "b": 0}, cells, {"a": 1})
    assert find_unknown(problem, hide(cells, ["a", "b"])).components == ()


def test_rows_that_say_the_same_are_one():
    cells = ["a", "b", "a+b", "2*a+2*b", "a+b+c", "c"]
    (component,) = unknown_of(cells, ["a", "b"], kept=("a", "b")).components
    assert component.rows.shape == (1, 2)


def test_what_is_told_apart_makes_components():
    cells = ["a", "b", "c", "d", "a+b", "c+d"]
    found = unknown_of(cells, ["a", "b", "c", "d"], kept=("a", "c"))
    assert [component.owners.tolist() for component in found.components] == [[0], [2]]
    # Without a kept cell, a component is nobody's business.
    assert len(unknown_of(cells, ["a", "b", "c", "d"]).components) == 1


def test_what_no_told_cell_speaks_of_is_free():
    cells = ["a", "b", "a+b"]
    found = unknown_of(cells, ["a", "b", "a+b"], kept=("a", "a+b"))
    assert found.components == ()
    assert found.under.tolist() == [4.0, 0.0, 11.0]
    assert found.over.tolist() == [np.inf, 0.0, np.inf]


def test_a_rounded_figure_gives_limits_whole_for_what_is_whole():
    cells = ["a", "b", "1.5*a"]
    found = unknown_of(cells, ["a", "b"], slack={"1.5*a": 2.0})
    assert (found.under[0], found.over[0]) == (1.0, 1.0)
    fractions = unknown_of(cells, ["a", "b"], slack={"1.5*a": 2.0}, integral=False)
    assert (fractions.under[0], fractions.over[0]) == pytest.approx((4 / 3, 4 / 3))


def test_the_truth_is_always_possible():
    problem = generate(Shape(seed=3, communes=14, epcis=2, groupings=2, categories=((2, 2),), kind="amount"))
    for component in find_unknown(problem, problem.sensitive).components:
        low, high = component.limits
        assert (low <= 0).all()
        assert (high >= 0).all()
        assert (component.row_limits[0] <= 0).all()
        assert (component.row_limits[1] >= 0).all()
