"""What else is hidden: nothing can be found again, and no more is lost than has to be."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.secrecy import Problem, attack, suppress
from beffroi.secrecy.suppression import QUICK, THOROUGH, Effort
from tests.secrecy.generated import Shape, generate, tell_kinds, thirty_shapes
from tests.secrecy.written import hide, write

FAST = Effort(near=(48,), tries=0, bounded=0, proven=0)
SMALL = Shape(seed=5, communes=9, epcis=2, groupings=2, categories=((2, 2),), mean=9.0)

# M. Fischetti and J. J. Salazar-González, « Solving the cell suppression problem on tabular data with linear
# constraints », Management Science 47 (7), 2001: investments by activity (rows) and region (columns); 22 is secret.
PUBLISHED = {"1a": 20, "1b": 50, "1c": 10, "2a": 8, "2b": 19, "2c": 22, "3a": 17, "3b": 32, "3c": 12}
LINES = ["1a+1b+1c", "2a+2b+2c", "3a+3b+3c", "1a+2a+3a", "1b+2b+3b", "1c+2c+3c"]
PUBLISHED_CELLS = [*PUBLISHED, *LINES, "+".join(PUBLISHED)]


def weigh(problem: Problem) -> Problem:
    return replace(problem, weights=problem.values.copy())


@pytest.mark.parametrize("shape", [*thirty_shapes()], ids=lambda shape: f"{shape.kind}-{shape.seed}")
def test_thirty_tables_leak_until_something_else_is_hidden(shape):
    problem = generate(shape)
    assert attack(problem, problem.sensitive).exposed.any()
    found = suppress(problem, effort=FAST)
    left = attack(problem, found.hidden)
    assert left.whole
    assert not left.exposed.any()
    assert not found.exposed.any()
    assert found.loss == pytest.approx(problem.weights[found.hidden & ~problem.sensitive].sum())


@pytest.mark.parametrize("shape", [[*thirty_shapes()][seed] for seed in (0, 1, 6)], ids=lambda shape: shape.seed)
def test_saying_why_cells_are_hidden_takes_more_of_them(shape):
    """And it may not be enough: what is said can give a cell away when nothing else is told."""
    unsaid = generate(shape)
    problem = tell_kinds(unsaid)
    found = attack(problem, suppress(unsaid, effort=FAST).hidden)
    lost = attack(problem, np.ones_like(problem.offered)).exposed
    assert (found.exposed & ~lost).any()
    better = suppress(problem, effort=FAST)
    left = attack(problem, better.hidden)
    assert left.whole
    assert np.array_equal(left.exposed, lost)
    assert np.array_equal(better.exposed, lost)


def test_the_published_example_hides_what_was_published():
    problem = weigh(write(PUBLISHED, PUBLISHED_CELLS, {"2c": (5, 8)}, integral=False))
    found = suppress(problem)
    assert found.is_optimal
    assert np.array_equal(found.hidden, hide(PUBLISHED_CELLS, ["2a", "2c", "3a", "3c"]))
    assert found.loss == found.bound == 8 + 17 + 12
    bounds = attack(problem, found.hidden, exact=True)
    place = PUBLISHED_CELLS.index("2c")
    assert (bounds.low[place], bounds.high[place]) == pytest.approx((5, 30))


def test_more_protection_than_four_cells_give_takes_others():
    """Those four leave 2c between 5 and 30: ten more is asked than that."""
    problem = weigh(write(PUBLISHED, PUBLISHED_CELLS, {"2c": (5, 18)}, integral=False))
    found = suppress(problem)
    assert found.is_optimal
    assert found.loss > 37
    assert not attack(problem, found.hidden).exposed.any()


def least_by_trying(problem: Problem) -> float:
    """The least loss of all patterns that the attacker cannot undo, tried one after another."""
    others = np.flatnonzero(problem.offered & ~problem.known & ~problem.sensitive)
    patterns = (np.array(some, int) for count in range(len(others) + 1) for some in combinations(others, count))
    for cells in sorted(patterns, key=lambda cells: problem.weights[cells].sum()):
        hidden = problem.sensitive.copy()
        hidden[cells] = True
        if not attack(problem, hidden).exposed.any():
            return float(problem.weights[cells].sum())
    raise AssertionError("nothing protects it")


@pytest.mark.parametrize("integral", [True, False])
@pytest.mark.parametrize(
    ("kept", "atoms"),
    [
        ({"1a": (2, 2)}, {"1a": 3, "1b": 9, "1c": 4, "2a": 7, "2b": 2, "2c": 8}),
        ({"1a": (1, 4), "2c": (2, 2)}, {"1a": 1, "1b": 12, "1c": 5, "2a": 6, "2b": 3, "2c": 2}),
        ({"1b": (0, 3)}, {"1a": 5, "1b": 0, "1c": 1, "2a": 1, "2b": 6, "2c": 0}),
    ],
)
def test_the_optimum_is_what_trying_everything_gives(kept, atoms, integral):
    cells = [*atoms, "1a+1b+1c", "2a+2b+2c", "1a+2a", "1b+2b", "1c+2c"]
    problem = weigh(write(atoms, cells, kept, integral=integral))
    problem = replace(problem, weights=problem.weights + 1)
    least, most = np.where(problem.sensitive, 0, 6), np.where(problem.sensitive, 5, np.inf)
    said = replace(problem, least=np.minimum(least, problem.values), most=np.maximum(most, problem.values))
    for one in (problem, said):
        found = suppress(one, effort=THOROUGH)
        assert found.is_optimal
        assert found.loss == pytest.approx(least_by_trying(one))


def test_the_optimum_of_large_whole_numbers_is_one():
    """What is asked is farther than the solver is first let go: that proves nothing."""
    atoms = {"1a": 3e6, "1b": 9e6, "1c": 4e6, "2a": 7e6, "2b": 2e6, "2c": 8e6}
    cells = [*atoms, "1a+1b+1c", "2a+2b+2c", "1a+2a", "1b+2b", "1c+2c"]
    problem = weigh(write(atoms, cells, {"1a": 2e6, "2b": 1e6}))
    found = suppress(problem, effort=THOROUGH)
    assert found.is_optimal
    assert found.loss == pytest.approx(least_by_trying(problem))


def test_whole_numbers_ask_for_more_than_fractions():
    """Three pairs that are published: halves could move, ones cannot: 0 or 1 of each is told by their sums."""
    atoms = {"a": 1, "b": 0, "c": 0}
    cells = ["a", "b", "c", "a+b", "b+c", "a+c"]
    real = replace(write(atoms, cells, {"a": (0.5, 0)}, integral=False), ceilings=np.ones(3))
    whole = replace(real, integral=np.ones(3, bool), below=hide(cells, ["a"]) * 1.0)
    for problem in (real, whole):
        found = suppress(problem)
        assert found.is_optimal
        assert found.loss == least_by_trying(problem)
        assert not attack(problem, found.hidden).exposed.any()


def test_what_is_known_is_told_to_give_cells_away():
    cells = ["a", "b", "a+b"]
    problem = replace(write({"a": 3, "b": 20}, cells, {"a": 1}), known=hide(cells, ["b", "a+b"]))
    found = suppress(problem)
    assert np.array_equal(found.exposed, hide(cells, ["a"]))
    assert found.loss == 0
    assert np.array_equal(found.hidden, hide(cells, ["a"]))


def test_a_known_secret_is_not_protected_any_more():
    cells = ["a", "b", "a+b"]
    problem = replace(write({"a": 3, "b": 20}, cells, {"a": 1}), known=hide(cells, ["a"]))
    found = suppress(problem)
    assert not found.hidden.any()
    assert not found.exposed.any()


def test_what_is_hidden_already_costs_nothing_and_stays_hidden():
    problem = generate(SMALL)
    first = suppress(problem, effort=QUICK)
    dearer = replace(problem, weights=problem.weights * 7)
    again = suppress(dearer, first.hidden, effort=QUICK)
    assert np.array_equal(again.hidden, first.hidden)
    assert again.loss == 0
    assert again.is_optimal


@pytest.mark.parametrize("seed", range(4))
def test_a_stricter_rule_after_a_looser_one_never_publishes_more(seed):
    """A heuristic by itself may: given what the looser rule hid, it cannot."""
    loose = generate(replace(SMALL, seed=seed))
    wider = loose.sensitive | (loose.values < 9)
    strict = replace(
        loose,
        sensitive=wider,
        below=np.where(wider, np.maximum(loose.below, 2), 0),
        above=np.where(wider, np.maximum(loose.above, 4), 0),
    )
    before = suppress(loose, effort=QUICK)
    after = suppress(strict, before.hidden, effort=QUICK)
    assert (before.hidden <= after.hidden).all()
    assert not attack(strict, after.hidden).exposed.any()


def shuffled(problem: Problem, seed: int) -> tuple[Problem, np.ndarray]:
    drawn = np.random.default_rng(seed)
    cells, atoms = (drawn.permutation(count) for count in problem.relations.shape)
    return problem.restrict(cells, atoms), cells


@pytest.mark.parametrize("kind", ["count", "amount"])
def test_the_order_of_rows_changes_nothing(kind):
    problem = generate(replace(SMALL, kind=kind, mean=30.0))
    other, cells = shuffled(problem, 1)
    first, second = suppress(problem), suppress(other)
    assert first.loss == pytest.approx(second.loss)
    # Amounts tell all cells apart; equal counts are told apart by those around them, where anything does.
    assert np.array_equal(first.hidden[cells], second.hidden)


def test_parts_are_protected_apart_and_need_not_be_protected_again(monkeypatch):
    cells = ["a", "b", "a+b", "c", "d", "c+d"]
    problem = write({"a": 3, "b": 20, "c": 4, "d": 30}, cells, {"a": 1, "c": 2})
    first = suppress(problem)
    assert len(first.patterns) == 2
    changed = replace(problem, weights=np.array([1, 1, 1, 1, 5, 1.0]))
    from beffroi.secrecy import suppression

    asked = []
    protect = suppression._protect
    monkeypatch.setattr(suppression, "_protect", lambda part, effort: asked.append(part.cells) or protect(part, effort))
    second = suppress(changed, patterns=first.patterns)
    assert [sorted(part) for part in asked] == [[3, 4, 5]]
    assert np.array_equal(second.hidden[:3], first.hidden[:3])
    assert np.array_equal(second.hidden[3:], hide(cells, ["c", "c+d"])[3:])


def test_what_is_not_published_is_kept_from_what_is():
    """A secret that nobody offers can be found as well."""
    cells = ["a", "b", "a+b"]
    problem = replace(write({"a": 3, "b": 20}, cells, {"a": 1}), offered=~hide(cells, ["a"]))
    found = suppress(problem)
    assert found.loss == 1
    assert not found.hidden[0]
    assert not attack(problem, found.hidden).exposed.any()


def test_rounded_figures_need_less_hidden():
    """What is told to within ten of the total gives nothing away."""
    cells = ["a", "b", "a+b"]
    problem = write({"a": 3, "b": 20}, cells, {"a": 2}, slack={"a+b": 5})
    found = suppress(problem)
    assert np.array_equal(found.hidden, hide(cells, ["a"]))


@settings(max_examples=25, deadline=None)
@given(
    table=st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=3, max_size=3),
    group=st.sets(st.integers(0, 2), min_size=2, max_size=2),
)
def test_no_cell_of_any_small_table_can_be_found(table, group):
    names = [[f"{row}{column}" for column in "abc"] for row in range(3)]
    atoms = {
        name: value
        for line, figures in zip(names, table, strict=True)
        for name, value in zip(line, figures, strict=True)
    }
    lines = [
        *names,
        *(list(column) for column in zip(*names, strict=True)),
        *zip(*(names[row] for row in sorted(group)), strict=True),
    ]
    cells = [*atoms, *("+".join(line) for line in lines), "+".join(atoms)]
    kept = {name: (1.0, 2.0) for name, value in atoms.items() if 0 < value < 4}
    problem = write(atoms, cells, kept)
    found = suppress(problem, effort=QUICK)
    assert (problem.sensitive <= found.hidden).all()
    if not found.exposed.any():
        assert not attack(problem, found.hidden).exposed.any()
    everything = attack(problem, np.ones(len(cells), bool))
    assert np.array_equal(found.exposed, everything.exposed)
