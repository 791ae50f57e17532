"""Parts that nothing ties together, known by their content."""

from dataclasses import replace

import numpy as np

from beffroi.secrecy.parts import split
from tests.secrecy.generated import Shape, generate
from tests.secrecy.test_suppression import shuffled
from tests.secrecy.written import write

CELLS = ["a", "b", "a+b", "c", "d", "c+d", "e"]
ATOMS = {"a": 3, "b": 20, "c": 4, "d": 30, "e": 2}


def test_only_parts_with_something_to_keep_are_given():
    problem = write(ATOMS, CELLS, {"a": 1, "c": 1})
    hidden = problem.sensitive
    assert sorted(sorted(part.cells.tolist()) for part in split(problem, hidden)) == [[0, 1, 2], [3, 4, 5]]
    assert len(split(problem, hidden, kept_only=False)) == 3


def test_what_nobody_reads_ties_nothing():
    problem = write(ATOMS, [*CELLS[:6], "a+c"], {"a": 1, "c": 1})
    assert len(split(problem, problem.sensitive)) == 1
    unread = replace(problem, offered=np.arange(7) < 6)
    assert len(split(unread, unread.sensitive)) == 2


def test_a_part_is_known_by_its_content_in_any_order():
    problem = generate(Shape(seed=5, communes=7, epcis=2, groupings=2, categories=((2, 2),), mean=30.0))
    other, cells = shuffled(problem, 2)
    (one,), (two,) = split(problem, problem.sensitive), split(other, other.sensitive)
    assert one.key == two.key
    assert np.array_equal(cells[two.cells], one.cells)
    assert np.array_equal(one.problem.values, problem.values[one.cells])
    assert np.array_equal(one.problem.relations.toarray(), problem.relations.toarray()[np.ix_(one.cells, one.atoms)])


def test_anything_that_matters_changes_the_key():
    problem = write(ATOMS, CELLS[:3], {"a": 1})
    keys = {split(problem, problem.sensitive)[0].key}
    more = np.array([True, True, False])
    for change in (
        {"weights": problem.weights * 2},
        {"above": problem.above * 2},
        {"known": np.array([False, False, True])},
        {"integral": ~problem.integral},
        {"slack": problem.slack + 1},
    ):
        keys.add(split(replace(problem, **change), problem.sensitive)[0].key)
    keys.add(split(problem, more)[0].key)
    assert len(keys) == 7
