"""Classes that one can read: round limits, no empty class, zero in the middle of changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.observe.classes import Classes, circle_steps, classify, round_ticks


def test_limits_are_round_and_classes_of_some_size() -> None:
    values = [4 + 12 * (k / 300) ** 1.7 for k in range(300)]
    classes = classify(values, decimals=1)
    assert classes is not None
    assert classes.count == 6
    assert all(round(limit * 2) == limit * 2 for limit in classes.limits), "limits are halves or wholes"
    sizes = [sum(classes.index(v) == k for v in values) for k in range(classes.count)]
    assert min(sizes) >= 300 / 6 * 0.4


def test_limits_are_never_finer_than_the_data() -> None:
    classes = classify([1, 1, 2, 2, 2, 3, 4, 4, 5, 9], decimals=0)
    assert classes is not None
    assert all(limit == int(limit) for limit in classes.limits)


def test_changes_diverge_around_zero() -> None:
    classes = classify([k / 10 - 1.2 for k in range(40)], decimals=2, diverging=True)
    assert classes is not None
    assert classes.diverging_at == 0
    assert 0.0 in classes.limits
    below, above = classes.shade(classes.index(-0.01)), classes.shade(classes.index(0.01))
    assert below < 3 < above, "each side of zero has its own colour"


def test_changes_that_all_go_one_way_are_not_diverging() -> None:
    classes = classify([0.1, 0.2, 0.4, 0.8], decimals=1, diverging=True)
    assert classes is not None
    assert classes.diverging_at is None


def test_places_that_have_none_are_a_class_of_their_own() -> None:
    """Slag heaps in 50 communes of 319: quantiles of all would part those that have none from the others, no more."""
    some = [0.3 + n * n / 80 for n in range(50)]
    classes = classify([0.0] * 269 + some, decimals=1)
    assert classes is not None
    assert classes.count == 6
    assert [classes.index(value) for value in (0.0, 0.3)] == [0, 1]
    sizes = [sum(classes.index(value) == index for value in some) for index in range(1, classes.count)]
    assert min(sizes) >= 4
    assert classify([0.0] * 9, decimals=0) == Classes((), 0.0, 0.0, 0)
    assert classify([0.0] * 90 + [3.0], decimals=0) == Classes((1.0,), 0.0, 3.0, 0)


def test_no_value_no_class() -> None:
    assert classify([], decimals=1) is None


def test_one_value_is_one_class() -> None:
    classes = classify([7.0] * 12, decimals=1)
    assert classes is not None
    assert classes.count == 1
    assert classes.shade(classes.index(7.0)) == 3


def test_a_value_equal_to_a_limit_belongs_above() -> None:
    classes = Classes((5.0, 10.0), 0, 20, 0)
    assert [classes.index(v) for v in (4.9, 5.0, 9.9, 10.0)] == [0, 1, 1, 2]


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=400), st.integers(0, 2), st.booleans())
def test_every_value_has_a_class_and_a_shade(values: list[float], decimals: int, diverging: bool) -> None:
    rounded = [round(v, decimals) for v in values]
    classes = classify(rounded, decimals=decimals, diverging=diverging)
    assert classes is not None
    assert list(classes.limits) == sorted(set(classes.limits))
    assert classes.count <= 7
    shades = [classes.shade(index) for index in range(classes.count)]
    assert shades == sorted(set(shades)), "no two classes share a colour, and colours follow values"
    assert all(0 <= classes.shade(classes.index(v)) <= 6 for v in rounded)


@given(st.floats(-1e6, 1e6, allow_nan=False), st.floats(0, 1e6, allow_nan=False), st.booleans())
def test_ticks_cover_the_values(low: float, width: float, whole: bool) -> None:
    ticks = round_ticks(low, low + width, whole=whole)
    assert len(ticks) >= 2
    slack = 1e-6 * max(1.0, abs(low), width)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + width - slack
    if whole:
        assert all(tick == int(tick) for tick in ticks)


@pytest.mark.parametrize(("highest", "steps"), [(62, (50, 10, 2)), (10, (10, 2)), (0, ()), (2, (2,)), (0.4, (0.2,))])
def test_circles_of_the_legend_are_round(highest: float, steps: tuple[float, ...]) -> None:
    assert circle_steps(highest) == steps
