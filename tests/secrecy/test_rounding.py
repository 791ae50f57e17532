"""Controlled rounding: figures that still add up, each within what is told of it."""

from dataclasses import replace

import numpy as np
import pytest

from beffroi.secrecy import attack, round_cells
from beffroi.secrecy import rounding as rounding_module
from tests.secrecy.generated import Shape, generate, thirty_shapes
from tests.secrecy.test_suppression import shuffled
from tests.secrecy.written import hide, write

SHAPES = [*thirty_shapes()]
COUNTS = [shape for shape in SHAPES if shape.kind == "count"]
WIDE = Shape(seed=9, communes=60, epcis=3, groupings=5, categories=((3, 3), (2,)), mean=20.0)


def check(problem, rounded, base):
    assert np.allclose(np.round(rounded.values / base) * base, rounded.values)
    off = np.abs(rounded.values - problem.values)
    assert (off <= rounded.slack + 1e-9).all()
    # What was added up before still adds up: cells are what their atoms' own cells make.
    single = np.flatnonzero(np.diff(problem.relations.indptr) == 1)
    atoms = np.zeros(len(problem.atoms))
    atoms[problem.relations.indices[problem.relations.indptr[single]]] = rounded.values[single]
    assert np.allclose(problem.relations @ atoms, rounded.values)


@pytest.mark.parametrize("shape", COUNTS[:6], ids=lambda shape: str(shape.seed))
def test_counts_rounded_to_tens_protect_all_of_them(shape):
    problem = generate(shape)
    assert attack(problem, np.zeros_like(problem.sensitive)).exposed.all() or problem.sensitive.any()
    rounded = round_cells(problem, 10)
    check(problem, rounded, 10)
    assert not rounded.short.any()
    assert not attack(rounded.published(problem), np.zeros_like(problem.sensitive)).exposed.any()


def test_a_small_table_is_off_by_less_than_a_base_everywhere():
    problem = generate(COUNTS[0])
    rounded = round_cells(problem, 10)
    assert rounded.bases == 1
    assert np.abs(rounded.values - problem.values).max() < 10


def test_a_large_table_says_by_how_many_bases_its_sums_are_off():
    problem = generate(WIDE)
    rounded = round_cells(problem, 10)
    check(problem, rounded, 10)
    off = np.abs(rounded.values - problem.values)
    several = np.diff(problem.relations.indptr) > 1
    assert off[~several].max() < 10
    assert 10 * (rounded.bases - 1) <= off.max() < 10 * rounded.bases
    # Drawn alone, the total of a thousand atoms would be off by ten bases or so.
    assert rounded.bases <= 3


def test_multiples_of_the_base_stay_what_they_are():
    cells = ["a", "b", "c", "a+b+c"]
    problem = write({"a": 0, "b": 20, "c": 3}, cells, {"c": 1})
    rounded = round_cells(problem, 10)
    assert list(rounded.values[:2]) == [0, 20]
    assert rounded.values[2] in (0, 10)
    assert rounded.values[3] == 20 + rounded.values[2]


def test_figures_are_right_on_average():
    problem = generate(replace(WIDE, communes=20))
    off = [(round_cells(problem, 10, seed=seed).values - problem.values).mean() for seed in range(12)]
    assert abs(np.mean(off)) < 0.5


def test_a_draw_that_would_leave_too_little_goes_the_other_way():
    """Rounded up, a one would be told as 10 within 9: nobody would hold 0 possible."""
    cells = ["a", "b", "a+b"]
    problem = write({"a": 1, "b": 14}, cells, {"a": (1, 4)})
    assert {round_cells(problem, 10, seed=seed).values[0] for seed in range(20)} == {0}


def test_a_base_that_is_too_small_is_said():
    cells = ["a", "b", "a+b"]
    problem = write({"a": 4, "b": 14}, cells, {"a": (4, 20)})
    rounded = round_cells(problem, 5)
    assert np.array_equal(rounded.short, hide(cells, ["a"]))
    assert attack(rounded.published(problem), hide(cells, [])).exposed[0]


def test_known_totals_are_told_as_they_are():
    cells = ["a", "b", "a+b"]
    problem = write({"a": 4, "b": 14}, cells, {"a": (1, 1)}, known=["a+b"])
    rounded = round_cells(problem, 10)
    assert rounded.values[2] == 18
    assert rounded.slack[2] == 0


@pytest.mark.parametrize("atoms", [150, 10])
def test_the_order_of_rows_changes_nothing(atoms, monkeypatch):
    monkeypatch.setattr(rounding_module, "_ATOMS", atoms)
    problem = generate(Shape(seed=5, communes=7, epcis=2, groupings=2, categories=((2, 2),), mean=30.0))
    other, cells = shuffled(problem, 3)
    assert np.array_equal(round_cells(problem, 10).values[cells], round_cells(other, 10).values)


def test_parts_of_atoms_cannot_be_rounded():
    problem = write({"a": 4, "b": 14}, ["a", "a+0.5*b"], {"a": 1})
    with pytest.raises(ValueError, match="parts of atoms"):
        round_cells(problem, 10)
    with pytest.raises(ValueError, match="base of 0"):
        round_cells(problem, 0)
