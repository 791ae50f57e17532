"""The attacker: what he finds in tables of which the answer is known, by hand or by trying every table there is."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from beffroi.secrecy import Problem, attack
from beffroi.secrecy import attacks as attacks_module
from beffroi.secrecy import searches as searches_module
from beffroi.secrecy.programs import Optimum, Program
from tests.secrecy.generated import generate, thirty_shapes
from tests.secrecy.written import hide, write

# A table of three communes (rows) and three classes (columns), with its totals.
TABLE = {"a1": 20, "a2": 50, "a3": 10, "b1": 8, "b2": 19, "b3": 22, "c1": 17, "c2": 32, "c3": 12}
ROWS = ["a1+a2+a3", "b1+b2+b3", "c1+c2+c3"]
COLUMNS = ["a1+b1+c1", "a2+b2+c2", "a3+b3+c3"]
CELLS = [*TABLE, *ROWS, *COLUMNS, "+".join(TABLE)]


def bounds(problem, hidden, cell, cells, **options):
    found = attack(problem, hidden, exact=True, **options)
    place = list(cells).index(cell)
    assert found.is_exact[place]
    return found.low[place], found.high[place], bool(found.exposed[place])


def test_one_hidden_cell_is_found_by_subtraction():
    problem = write(TABLE, CELLS, {"b2": 1})
    assert bounds(problem, hide(CELLS, ["b2"]), "b2", CELLS) == (19, 19, True)


def test_two_hidden_cells_of_a_row_are_each_found_in_their_column():
    problem = write(TABLE, CELLS, {"b2": 1, "b3": 1})
    found = attack(problem, hide(CELLS, ["b2", "b3"]))
    assert found.exposed[[CELLS.index("b2"), CELLS.index("b3")]].all()


def test_a_hidden_square_leaves_what_can_turn_in_it():
    """b2 and c3 may lose what the least of them has (12) for b3 and c2 to gain it; then these lose up to 22 and 32."""
    problem = write(TABLE, CELLS, {"b2": (12, 22), "c2": (22, 12)})
    hidden = hide(CELLS, ["b2", "b3", "c2", "c3"])
    assert bounds(problem, hidden, "b2", CELLS) == (7, 41, False)
    assert bounds(problem, hidden, "c2", CELLS) == (10, 44, False)
    asked_more = write(TABLE, CELLS, {"b2": (13, 22)})
    assert bounds(asked_more, hidden, "b2", CELLS) == (7, 41, True)


def test_a_published_cell_is_no_secret():
    problem = write(TABLE, CELLS, {"b2": 1})
    assert bounds(problem, hide(CELLS, []), "b2", CELLS) == (19, 19, True)


def test_groupings_that_overlap_give_a_commune_by_difference():
    cells = ["a", "b", "c", "d", "a+b+c", "a+b+c+d"]
    atoms = {"a": 11, "b": 3, "c": 40, "d": 2}
    epci_alone = write(atoms, cells[:5], {"d": 1, "a": 1})
    assert not attack(epci_alone, hide(cells[:5], ["a", "b", "c", "d"])).exposed.any()
    with_grouping = write(atoms, cells, {"d": 1, "a": 1})
    found = attack(with_grouping, hide(cells, ["a", "b", "c", "d"]))
    assert found.exposed.tolist() == [False, False, False, True, False, False]


def test_an_earlier_vintage_of_communes_gives_what_a_merger_hid():
    """« ab » was two communes: the figure of one in an earlier edition takes away the mask of their sum."""
    atoms = {"a": 60, "b": 3, "c": 25}
    cells = ["a", "b", "c", "a+b", "a+b+c"]
    hidden = hide(cells, ["a", "b", "c"])
    assert not attack(write(atoms, cells, {"b": 1}), hidden).exposed.any()
    known = write(atoms, cells, {"b": 1}, known=["a"])
    assert bounds(known, hidden, "b", cells) == (3, 3, True)


def test_rounding_leaves_as_much_as_it_hides():
    """A total of 103 said as « 100, give or take 5 », and 99 said exactly: between 0 and 6."""
    cells = ["a", "b", "a+b"]
    problem = write({"a": 99, "b": 4}, cells, {"b": (4, 2)}, slack={"a+b": 5})
    problem = replace(problem, values=np.array([99.0, 4.0, 100.0]))
    hidden = hide(cells, ["b"])
    assert bounds(problem, hidden, "b", cells) == (0, 6, False)
    asked_more = replace(problem, above=problem.above * 1.5)
    assert bounds(asked_more, hidden, "b", cells) == (0, 6, True)


def test_a_total_of_nought_says_that_every_part_is_nought():
    cells = ["a", "b", "c", "a+b+c"]
    problem = write({"a": 0, "b": 0, "c": 0}, cells, {"a": 1})
    hidden = hide(cells, ["a", "b", "c"])
    assert bounds(problem, hidden, "a", cells) == (0, 0, True)
    may_be_negative = replace(problem, floors=np.full(3, -np.inf))
    assert bounds(may_be_negative, hidden, "a", cells) == (-np.inf, np.inf, False)


def test_why_a_cell_is_hidden_tells_of_its_figure():
    """Under three, it is said of both, and four together: they are two and two. Three or more is said of d."""
    cells = ["a", "b", "a+b", "c", "d", "c+d"]
    said = {"a": (0, 2), "b": (0, 2), "c": (0, 2), "d": (3, np.inf)}
    kept = {"a": 1, "b": 1, "c": 1}
    problem = write({"a": 2, "b": 2, "c": 1, "d": 3}, cells, kept, said=said)
    hidden = hide(cells, ["a", "b", "c", "d"])
    found = attack(problem, hidden, exact=True)
    assert (found.low[0], found.high[0]) == (2, 2)
    assert (found.low[3], found.high[3]) == (0, 1)
    # What cannot be is not asked: nothing over two is possible of c, and one of nought or two is.
    assert found.exposed.tolist() == [True, True, False, True, False, False]
    unsaid = attack(write({"a": 2, "b": 2, "c": 1, "d": 3}, cells, kept), hidden, exact=True)
    assert not unsaid.exposed.any()


def test_whole_numbers_can_leave_one_table_where_fractions_leave_many():
    cells = ["a", "b", "a+1.5*b"]
    atoms = {"a": 2, "b": 1}
    hidden = hide(cells, ["a", "b"])
    whole = write(atoms, cells, {"a": 1})
    assert bounds(whole, hidden, "a", cells) == (2, 2, True)
    assert attack(whole, hidden).exposed.any()
    # Where fractions already stop short (at 3.5), what is told of it is whole.
    assert attack(write(atoms, cells, {"a": 4}), hidden).high[0] == 3
    low, high, exposed = bounds(write(atoms, cells, {"a": 1}, integral=False), hidden, "a", cells)
    assert (low, high, exposed) == (0, 3.5, False)


def test_whole_numbers_that_meet_what_fractions_pass():
    """Halves would reach 2 under and 2 over; whole numbers stop at 1, which is enough for who asks 1."""
    cells = ["a", "b", "2*a+2*b", "a+3*b"]
    problem = write({"a": 3, "b": 3}, cells, {"a": 1}, slack={"a+3*b": 2.9})
    hidden = hide(cells, ["a", "b"])
    assert bounds(problem, hidden, "a", cells) == (2, 4, False)


def test_what_cannot_be_is_not_asked():
    cells = ["a", "b", "a+b"]
    problem = write({"a": 1, "b": 9}, cells, {"a": (5, 5)})
    assert bounds(problem, hide(cells, ["a", "b"]), "a", cells) == (0, 10, False)
    capped = write({"a": 1, "b": 9}, cells, {"a": (5, 9.5)}, ceiling=9)
    assert bounds(capped, hide(cells, ["a", "b"]), "a", cells) == (1, 9, True)


def test_a_cell_over_several_components_is_as_free_as_all_of_them():
    """« a+c » is hidden, and so are a, b, c, d, told in pairs: it moves by what each pair leaves."""
    cells = ["a", "b", "c", "d", "a+b", "c+d", "a+c"]
    problem = write({"a": 1, "b": 2, "c": 3, "d": 4}, cells, {"a+c": (4, 6)})
    hidden = hide(cells, ["a", "b", "c", "d", "a+c"])
    assert bounds(problem, hidden, "a+c", cells) == (0, 10, False)
    assert bounds(replace(problem, above=problem.above * 1.1), hidden, "a+c", cells) == (0, 10, True)


def test_whole_numbers_of_several_components_add_up():
    """Of 2a + 3b = 5k told, a can only move by threes: what a component lacks for the margin, the other one gives."""
    cells = ["a", "b", "c", "d", "2*a+3*b", "2*c+3*d", "a+c"]
    atoms = {"a": 4, "b": 4, "c": 4, "d": 4}
    hidden = hide(cells, ["a", "b", "c", "d", "a+c"])
    # Fractions reach 4 under and 6 over in each; whole numbers 3 and 6.
    assert bounds(write(atoms, cells, {"a+c": (6, 12)}), hidden, "a+c", cells) == (2, 20, False)
    asked_more = write(atoms, cells, {"a+c": (7, 12)})
    for found in (attack(asked_more, hidden), attack(asked_more, hidden, exact=True)):
        assert (found.low[6], found.high[6], found.exposed[6], found.whole) == (2, 20, True, True)
    assert not attack(write(atoms, cells, {"a+c": (6, 12)}), hidden).exposed.any()


def test_nothing_told_leaves_everything():
    cells = ["a", "b"]
    problem = write({"a": 1, "b": 2}, cells, {"a": 1, "b": 1})
    assert bounds(problem, hide(cells, cells), "a", cells) == (0, np.inf, False)


def test_large_figures_with_small_secrets():
    """Billions around a secret of some units: rounding errors neither hide it nor find it."""
    atoms = {"a": 1_234_567_891.0, "b": 3.25, "c": 987_654_321.5, "d": 2.5}
    cells = ["a", "b", "c", "d", "a+b", "c+d", "a+c", "b+d"]
    problem = write(atoms, cells, {"b": 2}, integral=False)
    low, high, exposed = bounds(problem, hide(cells, ["a", "b", "c", "d"]), "b", cells)
    assert (low, exposed) == (pytest.approx(0, abs=1e-6), False)
    assert high == pytest.approx(5.75, abs=1e-6)
    assert bounds(problem, hide(cells, ["a", "b", "d"]), "b", cells)[:2] == pytest.approx((3.25, 3.25), abs=1e-6)
    assert attack(problem, hide(cells, ["a", "b", "d"])).exposed.any()


@pytest.mark.parametrize("wrong", ["values", "atoms", "integral", "below"])
def test_a_problem_that_contradicts_itself_is_refused(wrong):
    problem = write({"a": 2, "b": 3}, ["a", "b", "a+b"], {"a": 1})
    broken = {
        "values": replace(problem, values=problem.values + 1),
        "atoms": replace(problem, ceilings=np.array([1.0, np.inf])),
        "integral": replace(problem, atoms=np.array([2.5, 2.5]), values=np.array([2.5, 2.5, 5.0])),
        "below": replace(problem, below=-problem.below),
    }[wrong]
    with pytest.raises(ValueError, match=r"cells|atoms"):
        attack(broken, np.zeros(3, bool))
    with pytest.raises(ValueError, match="hidden"):
        attack(problem, np.zeros(2, bool))


# Every table there is.


def tiny(seed: int) -> tuple[Problem, np.ndarray]:
    """A problem of up to six atoms between 0 and 4: sums of some of them, some rounded, some known, some hidden."""
    drawn = np.random.default_rng(seed)
    width = int(drawn.integers(2, 7))
    relations = (drawn.random((int(drawn.integers(3, 10)), width)) < 0.5).astype(np.float64)
    relations = np.concatenate([np.eye(width), relations, np.ones((1, width))])
    if seed % 5 == 0:
        relations[-2] *= 1.5
    atoms = drawn.integers(0, 5, width).astype(np.float64)
    count = len(relations)
    slack = np.where(drawn.random(count) < 0.15, 1.0, 0.0)
    matrix = csr_array(relations)
    matrix.sort_indices()
    sensitive = drawn.random(count) < 0.5
    known = drawn.random(count) < 0.1
    said = drawn.random(count) < 0.3
    true = matrix @ atoms
    problem = Problem(
        relations=matrix,
        atoms=atoms,
        values=true + np.where(slack > 0, drawn.integers(-1, 2, count), 0),
        floors=np.zeros(width),
        ceilings=np.full(width, 4.0),
        integral=np.ones(width, bool),
        slack=slack,
        least=np.where(said, np.maximum(true - drawn.integers(0, 3, count), 0), -np.inf),
        most=np.where(said & (drawn.random(count) < 0.5), true + drawn.integers(0, 3, count), np.inf),
        sensitive=sensitive,
        below=np.where(sensitive, drawn.integers(0, 3, count), 0).astype(np.float64),
        above=np.where(sensitive, drawn.integers(0, 3, count), 0).astype(np.float64),
        offered=~known & (drawn.random(count) < 0.9),
        known=known,
        weights=np.ones(count),
    )
    return problem, sensitive | (drawn.random(count) < 0.3)


def every_table(problem: Problem, hidden: np.ndarray) -> np.ndarray:
    """All cells of each table of whole numbers that agrees with what is told."""
    tables = np.array(list(product(range(5), repeat=len(problem.atoms))), dtype=np.float64)
    cells = tables @ problem.relations.toarray().T
    told = problem.told(hidden)
    agrees = np.abs(cells - problem.values)[:, told] <= problem.slack[told] + 1e-9
    possible = (cells >= problem.least) & (cells <= problem.most)
    return cells[agrees.all(axis=1) & possible.all(axis=1)]


@pytest.mark.parametrize("seed", [*range(60), 230, 710])
def test_bounds_are_those_of_every_table_there_is(seed):
    problem, hidden = tiny(seed)
    tables, kept = every_table(problem, hidden), problem.kept()
    found = attack(problem, hidden, exact=True)
    assert found.whole
    assert found.is_exact[kept].all()
    low, high = tables.min(axis=0), tables.max(axis=0)
    assert found.low[kept] == pytest.approx(low[kept], abs=1e-6)
    assert found.high[kept] == pytest.approx(high[kept], abs=1e-6)
    true = problem.relations @ problem.atoms
    least, most = np.maximum(problem.least, 0), np.minimum(problem.most, problem.relations @ problem.ceilings)
    asked_low = np.maximum(true - problem.below, least)
    asked_high = np.minimum(true + problem.above, most)
    exposed = kept & ((low > asked_low + 1e-9) | (high < asked_high - 1e-9))
    assert found.exposed.tolist() == exposed.tolist()
    assert attack(problem, hidden).exposed.tolist() == exposed.tolist()


# Generated tables.


def reached(problem: Problem, hidden: np.ndarray, cell: int) -> tuple[float, float]:
    """The bounds of one cell by one plain program over all atoms, in plain figures."""
    told = problem.told(hidden)
    rows = problem.relations[np.flatnonzero(told)]
    shares = problem.relations[[cell]].toarray()[0]
    found = []
    for sign in (1, -1):
        done = linprog(sign * shares, A_eq=rows, b_eq=problem.values[told], bounds=(0, None), method="highs")
        assert done.status == 0
        found.append(sign * done.fun)
    return found[0], found[1]


@pytest.mark.parametrize("shape", list(thirty_shapes()), ids=lambda shape: f"{shape.kind}-{shape.seed}")
def test_hiding_what_the_rules_mark_is_not_enough(shape):
    problem = generate(shape)
    hidden = problem.sensitive
    found = attack(problem, hidden)
    count, kept = int(found.exposed.sum()), int(problem.kept().sum())
    assert found.whole
    assert count > kept / 2, f"{count} cells are found of {kept}"
    if shape.kind == "count":
        known = np.concatenate([found.low[problem.kept()], found.high[problem.kept()]])
        assert np.array_equal(known, np.round(known))
    for cell in np.flatnonzero(problem.kept())[:: kept // 3]:
        low, high = reached(problem, hidden, int(cell))
        true, scale = problem.values[cell], 1e-6 * max(1.0, problem.values[cell])
        too_near = low > max(0, true - problem.below[cell]) + scale or high < true + problem.above[cell] - scale
        # Whole numbers may only bring him nearer than fractions do.
        assert found.exposed[cell] or not too_near
        assert too_near or not found.exposed[cell] or shape.kind == "count"


def test_what_is_proven_safe_is_so_by_a_table(monkeypatch):
    """Each cell that is held safe was reached by a table that agrees with all that is told."""
    problem = generate(next(thirty_shapes()))
    hidden = problem.sensitive
    told = problem.told(hidden)
    seen = []
    take = searches_module.Search._take_whole

    def spy(self, change):
        assert np.array_equal(change, np.round(change))
        seen.append(np.abs(self.component.rows @ change).max())
        take(self, change)

    monkeypatch.setattr(searches_module.Search, "_take_whole", spy)
    found = attack(problem, hidden)
    assert (problem.kept() & ~found.exposed).any()
    assert told.any()
    assert seen
    assert max(seen) == 0


def test_a_solver_that_fails_proves_nothing(monkeypatch):
    problem = generate(next(thirty_shapes()))
    hidden = problem.sensitive
    whole = attack(problem, hidden)
    assert (problem.kept() & ~whole.exposed).any()
    monkeypatch.setattr(Program, "maximise", lambda *_, **__: Optimum(None, -np.inf, np.inf, None, 0))
    found = attack(problem, hidden)
    assert not found.whole
    assert (found.exposed | found.untested)[problem.kept() & ~whole.exposed].all()
    assert np.isnan(found.low[found.untested]).all()


def test_what_would_take_too_long_is_untested(monkeypatch):
    problem = generate(next(thirty_shapes()))
    whole = attack(problem, problem.sensitive)
    monkeypatch.setattr(attacks_module, "EFFORT", 0.0)
    found = attack(problem, problem.sensitive)
    assert not found.whole
    assert found.untested.any()
    assert not (found.exposed & ~whole.exposed).any()


def test_of_many_cells_some_are_drawn_and_that_is_said():
    problem = generate(next(thirty_shapes()))
    whole = attack(problem, problem.sensitive)
    some = attack(problem, problem.sensitive, most=12)
    assert not some.whole
    assert some.untested.any()
    assert some.exposed.any()
    assert not (some.exposed & ~whole.exposed).any()
    assert not (some.untested & ~problem.kept()).any()
    again = attack(problem, problem.sensitive, most=12)
    assert again.untested.tolist() == some.untested.tolist()
    other = attack(problem, problem.sensitive, most=12, seed=1)
    assert other.untested.tolist() != some.untested.tolist()


def test_figures_of_cells_that_are_not_kept_are_not_looked_for():
    problem = generate(next(thirty_shapes()))
    found = attack(problem, problem.sensitive)
    assert np.isnan(found.low[~problem.kept()]).all()
    assert not found.exposed[~problem.kept()].any()


# Properties.

SEEDS = st.integers(0, 10_000)


def same(one, other):
    """Bounds that are equal, nothing beside nothing included."""
    return np.allclose(one, other, rtol=1e-9, atol=1e-6, equal_nan=True)


@settings(max_examples=40)
@given(seed=SEEDS, order=SEEDS)
def test_the_order_of_cells_and_atoms_changes_nothing(seed, order):
    problem, hidden = tiny(seed)
    drawn = np.random.default_rng(order)
    cells, atoms = drawn.permutation(len(hidden)), drawn.permutation(len(problem.atoms))
    moved = problem.restrict(cells, atoms)
    one, other = attack(problem, hidden, exact=True), attack(moved, hidden[cells], exact=True)
    assert other.exposed.tolist() == one.exposed[cells].tolist()
    assert same(other.low, one.low[cells])
    assert same(other.high, one.high[cells])


@settings(max_examples=40)
@given(seed=SEEDS, more=SEEDS)
def test_hiding_more_never_brings_anybody_nearer(seed, more):
    problem, hidden = tiny(seed)
    one = attack(problem, hidden, exact=True)
    other = attack(problem, hidden | (np.random.default_rng(more).random(len(hidden)) < 0.3), exact=True)
    kept = problem.kept()
    assert (other.low[kept] <= one.low[kept] + 1e-6).all()
    assert (other.high[kept] >= one.high[kept] - 1e-6).all()
    assert not (other.exposed & ~one.exposed).any()


@settings(max_examples=40)
@given(seed=SEEDS, whole=st.booleans(), times=st.sampled_from([1e-3, 1.0, 1e4, 1e8]))
def test_the_truth_is_within_the_bounds_whatever_the_unit(seed, whole, times):
    problem, hidden = tiny(seed)
    if not whole:
        scaled = ("atoms", "values", "ceilings", "slack", "least", "most", "below", "above")
        fractions = replace(problem, integral=np.zeros(len(problem.atoms), bool))
        plain = attack(fractions, hidden, exact=True)
        problem = replace(fractions, **{name: getattr(problem, name) * times for name in scaled})
        found = attack(problem, hidden, exact=True)
        assert found.exposed.tolist() == plain.exposed.tolist()
        assert same(found.low / times, plain.low)
        assert same(found.high / times, plain.high)
    else:
        found = attack(problem, hidden)
    true, kept = problem.relations @ problem.atoms, problem.kept() & ~found.untested
    scale = 1e-9 * np.maximum(1.0, np.abs(true[kept]))
    assert (found.low[kept] <= true[kept] + scale).all()
    assert (found.high[kept] >= true[kept] - scale).all()
