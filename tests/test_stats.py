"""Limits between classes: what they promise of the values that they part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.stats import JENKS_VALUES, class_limits, count_by_class

METHODS = ("quantile", "jenks", "equal")
NUMBERS = st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 2)), max_size=60).map(sorted)


@given(values=NUMBERS, method=st.sampled_from(METHODS), wanted=st.integers(3, 7))
def test_every_value_is_in_one_class_and_limits_rise(values, method, wanted):
    limits = class_limits(values, method, wanted, 2)
    counts = count_by_class(values, limits)
    assert sum(counts) == len(values)
    assert list(limits) == sorted(set(limits))
    assert len(counts) <= wanted
    assert all(values[0] < limit <= values[-1] for limit in limits)


@given(values=NUMBERS, wanted=st.integers(3, 7))
def test_natural_breaks_leave_no_class_empty(values, wanted):
    limits = class_limits(values, "jenks", wanted, 2)
    assert min(count_by_class(values, limits)) > 0 or not values


def test_natural_breaks_are_where_the_values_leave_gaps():
    values = sorted([1, 2, 3, 40, 41, 42, 43, 900, 905, 910])
    assert class_limits(values, "jenks", 3, 0) == (25, 500)
    assert count_by_class(values, (25, 500)) == [3, 4, 3]


def test_natural_breaks_of_many_values_are_sought_in_a_sample_that_is_always_the_same():
    values = np.sort(np.random.default_rng(7).lognormal(3, 1, JENKS_VALUES * 3).round(1))
    limits = class_limits(values, "jenks", 5, 1)
    assert limits == class_limits(values, "jenks", 5, 1)
    assert len(limits) == 4
    assert min(count_by_class(values, limits)) > 0


def test_quantiles_are_round_and_fair():
    values = list(range(1, 1001))
    limits = class_limits(values, "quantile", 5, 0)
    assert limits == (200, 400, 600, 800)


def test_a_value_that_most_have_is_a_class_of_its_own():
    values = [0] * 50 + list(range(1, 51))
    limits = class_limits(values, "quantile", 5, 0)
    assert count_by_class(values, limits)[0] == 50
    assert limits[0] == 1


def test_equal_intervals_have_one_width_to_a_fiftieth():
    limits = class_limits([0.0, 3.1, 94.2], "equal", 5, 2)
    exact = [94.2 / 5 * rank for rank in range(1, 5)]
    assert limits == pytest.approx(exact, abs=94.2 / 5 * 0.0201)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("values", [[], [4.0], [4.0, 4.0, 4.0]])
def test_nothing_to_part_makes_no_limit(values, method):
    assert class_limits(values, method, 5, 1) == ()
    assert count_by_class(values, ()) == [len(values)]
