"""Polygons that fit: only what does not is touched, unions lose nothing, however the work is shared out."""

import numpy as np
import pytest
import shapely

from beffroi.geo import coverages
from beffroi.geo.coverages import find_holes, fit_together, unfit, unite_groups
from beffroi.geo.projections import Geometries

SIDE = 8


def grid() -> Geometries:
    """Squares of a grid, row after row, with a vertex more on every side."""
    boxes = [shapely.box(column, row, column + 1, row + 1) for row in range(SIDE) for column in range(SIDE)]
    return np.asarray(shapely.segmentize(boxes, 0.5), dtype=object)


def ranks(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, np.int64)


LEVELS = [
    [ranks(n) for n in range(SIDE * SIDE)],
    [np.arange(SIDE * SIDE)],
    [np.arange(start, start + 2) for start in range(0, SIDE * SIDE, 2)],
    [ranks(1, 2, 3, 4, 5, 20), np.arange(4, 30)],
    [np.arange(start, min(start + 6, SIDE * SIDE)) for start in range(0, SIDE * SIDE, 6)],
]
"""Groups alone, all together, nested, overlapping, and in pieces of several."""


def test_a_union_made_of_unions_is_the_one_made_of_polygons() -> None:
    pierced = np.delete(grid(), 27)
    levels = [[group[group < len(pierced)] for group in groups] for groups in LEVELS]
    levels = [[group for group in groups if len(group)] for groups in levels]
    united = unite_groups(pierced, levels)
    directly = [shapely.coverage_union_all(pierced[group]) for groups in levels for group in groups]
    assert shapely.equals_identical(shapely.normalize(united), shapely.normalize(directly)).all()
    assert len(united[len(levels[0])].interiors) == 1


def test_no_territory_has_no_union() -> None:
    assert len(unite_groups(grid(), [])) == 0


@pytest.mark.parametrize("together", [1, 3, 1000])
def test_the_bytes_do_not_depend_on_how_work_is_shared_out(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = grid()
    wrong[9] = shapely.box(0.9, 1, 2, 2)
    as_usual = shapely.to_wkb(unite_groups(fit_together(wrong), LEVELS))
    monkeypatch.setattr(coverages, "_VERIFIED_TOGETHER", together)
    monkeypatch.setattr(coverages, "_UNITED_TOGETHER", together)
    monkeypatch.setattr(coverages, "_AT_ONCE", 1 + together % 4)
    assert unfit(wrong).tolist() == unfit(wrong, np.arange(len(wrong))).tolist() != []
    assert (shapely.to_wkb(unite_groups(fit_together(wrong), LEVELS)) == as_usual).all()


def test_each_polygon_is_found_at_fault_as_among_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    moved = grid()
    for n in rng.choice(len(moved), 9, replace=False):
        moved[n] = shapely.affinity.translate(moved[n], 0.05, 0.02)
    among_all = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(moved)))
    monkeypatch.setattr(coverages, "_VERIFIED_TOGETHER", 5)
    assert unfit(moved).tolist() == among_all.tolist()


def test_two_coverages_one_over_the_other_do_not_fit() -> None:
    """Inside each, every edge is shared as it should be."""
    over = shapely.transform(grid()[: SIDE * 3], lambda points: points + 2.25)
    assert len(unfit(np.concatenate([grid(), over]))) > 0
    assert len(unfit(np.concatenate([grid(), grid()]))) > 0
    reversed_rings = shapely.reverse(grid())
    assert len(unfit(reversed_rings)) == 0
    assert len(unfit(np.concatenate([grid(), reversed_rings[27:28]]))) > 0


def test_edges_of_an_enclave_and_of_the_ring_around_it_match() -> None:
    around = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    assert unfit(np.array([around, shapely.box(1, 1, 2, 2)], object)).tolist() == []
    assert unfit(np.array([around, shapely.box(1, 1, 2, 2.1)], object)).tolist() == [0, 1]


def test_after_a_change_only_what_is_around_it_is_verified() -> None:
    changed, far = 0, SIDE * SIDE - 1
    wrong = grid()
    wrong[changed] = shapely.box(0, 0, 1.1, 1)
    wrong[far] = shapely.box(SIDE - 1.1, SIDE - 1, SIDE, SIDE)
    assert unfit(wrong, ranks(changed)).tolist() == [0, 1, SIDE]
    assert far in unfit(wrong)
    assert unfit(wrong, ranks()).tolist() == []


def test_what_fits_far_from_a_fault_is_left_to_the_last_digit() -> None:
    wrong = grid()
    wrong[0] = shapely.box(0, 0, 1.1, 1)
    mended = fit_together(wrong)
    assert shapely.coverage_is_valid(mended)
    far = [n for n in range(SIDE * SIDE) if n % SIDE > 2 or n // SIDE > 2]
    assert (shapely.to_wkb(mended[far]) == shapely.to_wkb(wrong[far])).all()


def test_a_hole_is_found_without_what_lies_in_it() -> None:
    ring = np.delete(grid(), [27, 28])
    inside = np.append(ring, shapely.box(3.2, 3.2, 3.4, 3.4))
    assert [hole.area for hole in find_holes(ring)] == [2.0]
    assert [hole.area for hole in find_holes(inside)] == [pytest.approx(1.96)]
