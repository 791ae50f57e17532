"""Deductions: from which told cells a cell is found, and that they are enough."""

from dataclasses import replace

import numpy as np
import pytest

from beffroi.secrecy import attack, explain_leak
from tests.secrecy.generated import generate, thirty_shapes
from tests.secrecy.written import hide, write


def told_of(problem, hidden, cell, cells):
    found = explain_leak(problem, hide(cells, hidden), cells.index(cell))
    return found.low, found.high, [cells[place] for place in found.told]


def test_a_total_less_the_others():
    cells = ["a", "b", "c", "d", "a+b+c", "a+b+c+d"]
    problem = write({"a": 5, "b": 3, "c": 8, "d": 2}, cells, {"b": 1})
    assert told_of(problem, ["b"], "b", cells) == (3, 3, ["a", "c", "a+b+c"])


def test_a_sub_total_spares_telling_its_parts():
    cells = ["a", "b", "c", "d", "b+c", "a+b+c+d"]
    problem = write({"a": 5, "b": 3, "c": 8, "d": 2}, cells, {"d": 1})
    assert told_of(problem, ["d"], "d", cells) == (2, 2, ["a", "b+c", "a+b+c+d"])


def test_two_groupings_that_differ_by_one_commune():
    cells = ["a", "b", "c", "a+b+c", "a+b"]
    problem = write({"a": 5, "b": 3, "c": 8}, cells, {"c": 1})
    assert told_of(problem, ["a", "b", "c"], "c", cells) == (8, 8, ["a+b+c", "a+b"])


def test_a_ceiling_that_comes_from_a_total_alone():
    """Nothing is negative: « a » is at most the total of two."""
    cells = ["a", "b", "a+b"]
    problem = write({"a": 5, "b": 1}, cells, {"a": (0, 2)})
    assert told_of(problem, ["a", "b"], "a", cells) == (0, 6, ["a+b"])


def test_a_cell_that_is_told_comes_from_itself():
    cells = ["a", "b", "a+b"]
    problem = write({"a": 5, "b": 1}, cells, {"a": 2})
    assert told_of(problem, [], "a", cells) == (5, 5, ["a"])


def test_what_was_found_step_after_step_is_told_from_the_start():
    cells = ["a", "b", "c", "a+b", "b+c", "c+d", "d"]
    problem = write({"a": 5, "b": 1, "c": 4, "d": 2}, cells, {"a": 2})
    assert told_of(problem, ["a", "b", "c"], "a", cells) == (5, 5, ["a+b", "b+c", "c+d", "d"])


def test_both_sides_of_a_safe_cell():
    cells = ["a", "b", "a+b"]
    problem = write({"a": 5, "b": 10}, cells, {"a": 2})
    assert told_of(problem, ["a", "b"], "a", cells) == (0, 15, ["a+b"])


def test_only_kept_cells_are_explained():
    problem = write({"a": 5, "b": 10}, ["a", "b"], {"a": 2})
    with pytest.raises(ValueError, match="cell 1"):
        explain_leak(problem, np.zeros(2, bool), 1)


@pytest.mark.parametrize("shape", list(thirty_shapes())[::5], ids=lambda shape: f"{shape.kind}-{shape.seed}")
def test_the_cells_that_are_named_are_enough(shape):
    """Whoever had these cells alone would find as much, on the side that is too near."""
    problem = generate(shape)
    exposed = np.flatnonzero(attack(problem, problem.sensitive).exposed)
    for cell in exposed[:: max(1, len(exposed) // 4)].tolist():
        leak = explain_leak(problem, problem.sensitive, cell)
        assert leak.told
        assert not problem.sensitive[list(leak.told)].any()
        others = np.ones(len(problem.values), bool)
        others[list(leak.told)] = False
        alone = replace(problem, sensitive=np.arange(len(others)) == cell)
        assert attack(alone, others).exposed[cell]
        # And each is needed: without it, he does not find as much.
        one_less = others.copy()
        one_less[leak.told[0]] = True
        less = attack(alone, one_less, exact=True)
        with_all = attack(alone, others, exact=True)
        assert (less.high - less.low)[cell] > (with_all.high - with_all.low)[cell]
