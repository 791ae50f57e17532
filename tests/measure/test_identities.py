"""Sums that whoever reads the figures may notice: found where they hold of all of them and are no chance, else not."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from beffroi.measure.identities import Figures, find_identities

Found = set[frozenset[tuple[int, int]]]


def figures_of(
    *columns: object,
    place: object = None,
    stratum: object = None,
    measure: object = None,
    condition: object = None,
    kinds: object = None,
) -> Figures:
    """Figures of as many measures as there are columns, one point for each territory of one level."""
    values = np.column_stack([np.asarray(column, float) for column in columns])
    points, count = values.shape

    def numbers(given: object, default: object) -> NDArray[np.int64]:
        return np.asarray(default if given is None else given, np.int64)

    return Figures(
        values,
        numbers(place, np.arange(points)),
        numbers(stratum, np.zeros(points)),
        numbers(measure, np.arange(count)),
        numbers(condition, np.zeros(count)),
        np.eye(count) if kinds is None else np.asarray(kinds, float),
    )


def drawn(count: int, points: int = 12, mean: float = 30, seed: int = 1) -> NDArray[np.float64]:
    return np.random.default_rng(seed).poisson(mean, (count, points)).astype(float)


def found(figures: Figures) -> Found:
    return {frozenset(one) for one in find_identities(figures)}


def sums(*wholes: tuple[int, ...]) -> Found:
    """A whole and its parts, in the order of columns, each."""
    return {frozenset([(whole, 1), *((part, -1) for part in parts)]) for whole, *parts in wholes}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_a_whole_and_its_parts_are_noticed(count: int) -> None:
    parts = drawn(count)
    others = drawn(3, seed=2)
    assert found(figures_of(parts.sum(axis=0), *parts, *others)) == sums((0, *range(1, count + 1)))


def test_a_whole_of_six_parts_is_not() -> None:
    parts = drawn(6)
    assert found(figures_of(parts.sum(axis=0), *parts)) == set()


def test_two_ways_to_share_out_what_is_not_told() -> None:
    houses, flats, owners = drawn(3, mean=200)
    tenants = houses + flats - owners
    assert found(figures_of(houses, flats, owners, tenants)) == {frozenset([(0, 1), (1, 1), (2, -1), (3, -1)])}


@pytest.mark.parametrize(
    ("points", "mean", "count"), [(330, 1, 20), (40, 3, 40), (7, 400, 30), (5, 20, 8), (4, 2, 12), (3, 9, 4)]
)
def test_nothing_is_noticed_of_what_is_drawn(points: int, mean: float, count: int) -> None:
    for seed in range(6):
        assert found(figures_of(*drawn(count, points, mean, seed))) == set(), seed


def test_a_sum_that_is_false_of_one_point_is_not_noticed() -> None:
    one, other = drawn(2, 300)
    whole = one + other
    whole[17] += 1
    assert found(figures_of(whole, one, other)) == set()
    whole[17] = np.nan
    assert found(figures_of(whole, one, other)) == sums((0, 1, 2)), "where a term is not told, nothing is said"


def test_a_sum_is_looked_for_where_its_own_terms_are_told() -> None:
    one, other, third = drawn(3, 40)
    whole = one + other
    third[5:] = np.nan
    one[30:] = np.nan
    assert found(figures_of(whole, one, other, third)) == sums((0, 1, 2))
    whole[3] += 1
    assert found(figures_of(whole, one, other, third)) == set()


def test_what_is_told_beside_others_each_time_is_looked_at_as_one() -> None:
    """Four territories at four periods, each of which has something else that no other has."""
    one, other = drawn(2, 16, mean=4)
    beside = np.where(np.repeat(np.eye(4), 4, axis=1) > 0, drawn(4, 16), np.nan)
    place = np.tile(np.arange(4), 4)
    assert found(figures_of(one + other, one, other, *beside, place=place)) == sums((0, 1, 2))


def test_a_term_that_is_nothing_everywhere_is_no_term() -> None:
    one, other = drawn(2)
    assert found(figures_of(one + other, one, other, np.zeros(12))) == sums((0, 1, 2))
    assert found(figures_of(one, np.zeros(12), np.zeros(12))) == set()


def test_a_term_that_is_met_once_may_be_chance() -> None:
    one = drawn(1)[0]
    once = np.where(np.arange(12) == 4, 7.0, 0.0)
    assert found(figures_of(one + once, one, once)) == set()
    often = np.where(np.arange(12) % 3 == 0, 7.0 + np.arange(12), 0.0)
    assert found(figures_of(one + often, one, often)) == sums((0, 1, 2))


def test_too_few_points_tell_nothing() -> None:
    one, other = drawn(2, 3, mean=500)
    assert found(figures_of(one + other, one, other)) == set()
    one, other = drawn(2, 4, mean=500)
    assert found(figures_of(one + other, one, other)) == sums((0, 1, 2))
    one, other = drawn(2, 4, mean=2)
    assert found(figures_of(one + other, one, other)) == set(), "figures of few add up by chance"


def test_the_same_figures_again_are_no_more_points() -> None:
    """Three territories at four periods that are alike, or in four vintages of the geography."""
    one, other = (np.tile(each, 4) for each in drawn(2, 3, mean=500))
    periods = figures_of(one + other, one, other, place=np.tile(np.arange(3), 4))
    assert found(periods) == set()
    vintages = figures_of(one + other, one, other, place=np.arange(12), stratum=np.repeat(np.arange(4), 3))
    assert found(vintages) == set()
    changed = one + np.arange(12)
    assert found(figures_of(changed + other, changed, other, place=np.tile(np.arange(3), 4))) == sums((0, 1, 2))


def test_the_order_of_points_changes_nothing() -> None:
    parts = drawn(4)
    figures = figures_of(parts.sum(axis=0), *parts, parts[0] + parts[1])
    turned = figures_of(*figures.values[::-1].T, place=figures.place[::-1])
    assert find_identities(figures) == find_identities(turned)
    assert len(find_identities(figures)) == 2


def test_millionths_may_be_lost_but_no_more() -> None:
    one, other = drawn(2, 40) + np.random.default_rng(3).uniform(size=(2, 40))
    whole = np.round(one + other, 6)
    assert found(figures_of(whole, np.round(one, 6), np.round(other, 6))) == sums((0, 1, 2))
    assert found(figures_of(np.round(whole, 3), np.round(one, 3), np.round(other, 3))) == set()


def test_large_figures_do_not_hide_small_ones() -> None:
    one, other = drawn(2, 40)
    incomes = drawn(3, 40, mean=1e9)
    figures = figures_of(one + other, one, other, incomes.sum(axis=0), *incomes)
    assert found(figures) == sums((0, 1, 2), (3, 4, 5, 6))


def by_kind(parts: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """A measure under the conditions of nine ages and two sexes: all, by age, by sex, by both."""
    each = parts.reshape(9, 2, -1)
    return [each.sum(axis=(0, 1)), *each.sum(axis=1), *each.sum(axis=0), *parts]


CONDITIONS = np.vstack([np.ones(18), np.kron(np.eye(9), [1, 1]), np.kron(np.ones(9), np.eye(2)), np.eye(18)])


def conditioned(measures: list[NDArray[np.float64]]) -> Figures:
    count = len(measures)
    return figures_of(
        *itertools.chain.from_iterable(by_kind(each) for each in measures),
        measure=np.repeat(np.arange(count), 30),
        condition=np.tile(np.arange(30), count),
        kinds=np.kron(np.eye(count), CONDITIONS),
    )


def test_conditions_of_one_measure_add_up_by_themselves() -> None:
    assert found(conditioned([drawn(18, 100)])) == set()
    assert found(conditioned([drawn(18, 100), drawn(18, 100, seed=2)])) == set()


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_sum_under_each_condition_is_noticed_once(count: int) -> None:
    """Of 18 ages and sexes, 18 sums: those of all ages follow."""
    parts = [drawn(18, 100, seed=seed) for seed in range(count)]
    figures = conditioned([np.sum(parts, axis=0), *parts])
    seen = found(figures)
    assert len(seen) == 18
    assert sums((0, *(30 * (each + 1) for each in range(count)))) <= seen
    kinds = np.array([sum(sign * figures.kinds[column] for column, sign in one) for one in seen])
    assert np.linalg.matrix_rank(kinds) == 18


def test_sums_of_one_measure_alone_are_left_to_its_rows() -> None:
    one, other = drawn(2)
    assert found(figures_of(one + other, one, other, measure=[0, 0, 0])) == set()
    assert found(figures_of(one + other, one, other, measure=[0, 1, 1])) == sums((0, 1, 2))


def test_two_sums_side_by_side_are_not_a_third() -> None:
    """Of one measure, two columns are worth the same: it ties to nothing of another measure."""
    one, other, third = drawn(3)
    figures = figures_of(one, one, other, other, third, measure=[0, 0, 1, 1, 2])
    assert found(figures) == set()


def test_conditions_that_happen_to_keep_as_much_hide_no_sum() -> None:
    one, other = drawn(2)
    figures = figures_of(*[one] * 20, *[other] * 20, one + other, measure=[0] * 20 + [1] * 20 + [2])
    assert frozenset([(0, 1), (20, 1), (40, -1)]) in found(figures)
