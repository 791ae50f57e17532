"""Short sums that hold of all figures: which quantities add up to another, wherever all of them are told.

Linear algebra on a table of figures, that knows nothing of territories. A sum is a quantity that is made of one to five
others, or up to three that are worth as much as up to three others. What follows from those that are found already, or
from which rows each quantity adds up, is not found again.

How far it looks is counted, never timed. Quantities of one condition are looked at first, then all those that are told
together. Those that no linear relation ties at all are set aside (the null space of the table), and nothing more is
looked for where each relation of the others follows from what is found. Sums of up to three of them are then matched in
pairs, ``_SUMS`` at most: six terms up to 70 quantities that are tied, four up to 400, equalities alone beyond. Fewer
terms are tried where more than ``_MATCHES`` pairs look alike, and ``_LOOKED`` sums are looked at, the shortest first.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SAME = 1e-6
"""By how much the two sides may differ, as a share of the largest figure: figures are sums of millionths."""

_CHANCE = 0.01
"""How many sums could be expected to hold by chance, at most, for one to be held to be none."""

_PATTERNS = 16
"""Sets of quantities that are told together, in which sums are looked for."""

_SUMS = 250_000
_MATCHES = 200_000
_LOOKED = 10_000
_HALF = 3
_TIED = 1e-5
_NOUGHT = 1e-11

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

Identity = tuple[tuple[int, int], ...]
"""Quantities with +1 or -1, in order, that add up to nought; the first is of +1."""


@dataclass(frozen=True)
class Figures:
    """``values``: points x quantities, nan where a quantity is not told. Of each point, ``place`` is the territory,
    ``stratum`` a number that territories have in common of which none holds another. Of each quantity, ``measure`` is
    what it adds up, ``condition`` one that it may have in common with others, and ``kinds`` which rows it is of, as
    columns: what adds up to nought there does so by itself."""

    values: Floats
    place: Numbers
    stratum: Numbers
    measure: Numbers
    condition: Numbers
    kinds: Floats


def find_identities(figures: Figures) -> list[Identity]:
    """The sums that are no chance and hold at every point where all their terms are told, none of them of one measure
    alone; shortest first. The order of points changes nothing, save between sums that say the same."""
    kinds = np.transpose(np.linalg.qr(figures.kinds.T, mode="r"))
    told = np.isfinite(figures.values)
    found: list[Identity] = []
    for columns in _patterns(told):
        found += _find_together(figures, kinds, columns, _have_all(told, columns), found)
    return sorted(found, key=lambda one: (len(one), one))


def _patterns(told: Flags) -> list[Numbers]:
    """Quantities that are told together somewhere, where most are first."""
    patterns, counts = np.unique(told, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_PATTERNS]
    return [np.flatnonzero(patterns[one]) for one in order.tolist() if patterns[one].sum() > 1]


def _have_all(told: Flags, columns: Numbers | Sequence[int]) -> Flags:
    return np.asarray(told[:, columns].all(axis=1), bool)


def _find_together(
    figures: Figures, kinds: Floats, columns: Numbers, here: Flags, before: Sequence[Identity]
) -> list[Identity]:
    """The sums of some quantities that are told together, without what follows from those found ``before``."""
    span = _Span(kinds)
    for one in before:
        if {quantity for quantity, _ in one} <= set(columns.tolist()):
            span.add(one)
    columns = columns[[_weighs(figures, column) for column in columns.tolist()]]
    conditions = figures.condition[columns]
    found: list[Identity] = []
    several = [condition for condition in np.unique(conditions) if (conditions != condition).any()]
    for chosen in (*(columns[conditions == condition] for condition in several), columns):
        found += _find_tied(figures, chosen, here, span)
    return found


def _find_tied(figures: Figures, columns: Numbers, here: Flags, span: "_Span") -> list[Identity]:
    """The sums of these quantities that do not follow from what ``span`` holds, which then holds them too."""
    together = figures.values[here]
    short: set[Identity] = set()
    found = _look(figures, together, columns, 1, span, short)
    # What is known to be worth the same as another has no sums of its own; what happens to be so comes last.
    same = {one[1][0] for one in short if span.holds(one)}
    columns = columns[[column not in same for column in columns.tolist()]]
    _, first = np.unique(together[:, columns], axis=1, return_index=True)
    every = [columns[np.sort(first)], *([columns] if len(first) < len(columns) else [])]
    for chosen in every:
        found += _look(figures, together, chosen, _HALF, span, short)
    return found


def _look(
    figures: Figures, together: Floats, columns: Numbers, half: int, span: "_Span", short: set[Identity]
) -> list[Identity]:
    """The sums of up to ``half`` terms on either side that do not follow from what ``span`` holds, of which it takes
    note; those of few terms that hold at all are added to ``short``."""
    found: list[Identity] = []
    values = together[:, columns]
    null = _null_space(values)
    left = null.shape[1] - span.dimension(columns)
    tied = np.flatnonzero(np.linalg.norm(null, axis=1) > _TIED)
    for one in itertools.islice(_match(values[:, tied], columns[tied], half), _LOOKED) if left > 0 else ():
        if not _holds(together, one):
            continue
        if len(one) <= _HALF:
            short.add(one)
        if not span.holds(one) and _is_noticed(figures, one, short):
            span.add(one)
            found.append(one)
            if len(found) == left:
                break
    return found


def _is_noticed(figures: Figures, one: Identity, short: set[Identity]) -> bool:
    """Whether a sum is of several measures, not two sums side by side, true everywhere and no chance."""
    quantities = [quantity for quantity, _ in one]
    if len(np.unique(figures.measure[quantities])) == 1:
        return False
    if any(_signed(part) in short for size in (2, 3) if 2 * size <= len(one) for part in _parts(one, size)):
        return False
    here = _have_all(np.isfinite(figures.values), quantities)
    return _holds(figures.values[here], one) and _is_no_chance(figures, here, quantities)


def _parts(one: Identity, size: int) -> Iterator[Identity]:
    return itertools.combinations(one, size)


def _signed(one: Identity) -> Identity:
    return one if one[0][1] > 0 else tuple((quantity, -sign) for quantity, sign in one)


def _holds(values: Floats, one: Identity) -> bool:
    quantities, signs = (list(each) for each in zip(*one, strict=True))
    terms = values[:, quantities]
    largest = np.maximum(1.0, np.abs(terms).max(axis=1, initial=0.0))
    return bool(np.all(np.abs(terms @ np.array(signs, float)) <= _SAME * largest))


def _is_no_chance(figures: Figures, here: Flags, quantities: Sequence[int]) -> bool:
    """Whether a sum holds at enough different points: that made-up figures add up at a point has one chance in as many
    as the largest of them; and of each term, that it was the missing figure, one in as many as it is. All that could
    have been tried counts. Points are of one stratum, and figures that stay the same from one period to the next are
    one point."""
    count, terms = figures.values.shape[1], len(quantities)
    values = figures.values[here][:, quantities]
    if len(np.unique(values[(values != 0).any(axis=1)], axis=0)) <= terms:
        return False
    sums, others = math.comb(count, terms) * 2 ** (terms - 1), 2 * (count - terms + 1)
    asked = np.log(np.array([sums, *[others] * terms]) / _CHANCE)
    largest = np.abs(values).max(axis=1, keepdims=True)
    # What is lost in what the sides may differ by is no evidence.
    sizes = np.abs(np.hstack([largest, values])) / np.maximum(1.0, _SAME * largest)
    return bool((_evidence(figures, here, values, sizes) >= asked).all(axis=1).any())


def _weighs(figures: Figures, column: int) -> bool:
    """Whether the figures of a quantity could be enough for it to be a term."""
    here = np.isfinite(figures.values[:, column])
    values = figures.values[here][:, [column]]
    return bool((_evidence(figures, here, values, np.abs(values)) >= math.log(2 / _CHANCE)).any())


def _evidence(figures: Figures, here: Flags, values: Floats, sizes: Floats) -> Floats:
    """Strata x columns of ``sizes``: the logarithm of how many figures there could have been, at all points."""
    strata = figures.stratum[here]
    _, first = np.unique(np.column_stack([figures.place[here], values]), axis=0, return_index=True)
    found = np.zeros((int(strata.max(initial=0)) + 1, sizes.shape[1]))
    np.add.at(found, strata[first], np.log1p(sizes[first]))
    return found


class _Span:
    """What is known to add up to nought: by the rows that quantities add up, and by sums that are found."""

    def __init__(self, kinds: Floats) -> None:
        self._kinds = kinds
        self._basis = np.zeros((0, kinds.shape[1]))

    def _rest(self, one: Identity) -> Floats:
        quantities, signs = zip(*one, strict=True)
        vector = np.array(signs, float) @ self._kinds[list(quantities)]
        for _ in range(2):
            vector = vector - (self._basis @ vector) @ self._basis
        return np.asarray(vector)

    def holds(self, one: Identity) -> bool:
        """Whether a sum follows from what is known."""
        return bool(np.linalg.norm(self._rest(one)) <= _SAME)

    def add(self, one: Identity) -> None:
        """Take note of a sum."""
        rest = self._rest(one)
        size = np.linalg.norm(rest)
        if size > _SAME:
            self._basis = np.vstack([self._basis, rest / size])

    def dimension(self, columns: Numbers) -> int:
        """How many relations of these quantities are known, that do not follow from one another."""
        both = np.vstack([self._kinds[columns], self._basis])
        rank = int(np.linalg.matrix_rank(both)) if both.size else 0
        return len(columns) - (rank - len(self._basis))


def _null_space(values: Floats) -> Floats:
    """The linear relations that hold of all points, as columns. Some that nearly hold may be among them."""
    # Large points, and large quantities, do not hide small ones.
    scaled = values / np.maximum(1.0, np.abs(values).max(axis=1, initial=0.0))[:, None]
    scaled = scaled / np.maximum(_NOUGHT, np.linalg.norm(scaled, axis=0))
    sizes, vectors = np.linalg.eigh(scaled.T @ scaled)
    return np.asarray(vectors[:, sizes <= _NOUGHT * max(1, len(values))])


def _match(values: Floats, columns: Numbers, half: int) -> Iterator[Identity]:
    """Sums that may hold of all points, shortest first: sums of up to ``half`` terms that have the same two marks."""
    # Marks are sums over points, by weights that have nothing in common with the figures.
    weights = np.random.default_rng(0).uniform(0.5, 1.0, (len(values), 2))
    marks = np.vstack([values.T @ weights, np.zeros(2)])
    widths = np.vstack([_SAME * (np.maximum(1.0, np.abs(values)).T @ weights), np.zeros(2)])
    count = len(columns)
    for size in range(half, 0, -1):
        if sum(math.comb(count, each) * (each + 1) for each in range(1, size + 1)) > _SUMS:
            continue
        terms, signs = _sums(count, size)
        own = (signs[:, :, None] * marks[terms]).sum(axis=1)
        found = _pair(own, widths[terms].sum(axis=1), int((signs >= 0).all(axis=1).sum()))
        if found is not None:
            yield from _read(columns, terms, signs, *found)
            return


def _sums(count: int, size: int) -> tuple[Numbers, Numbers]:
    """All the sums of up to ``size`` of ``count`` terms, as terms and signs, filled up with a term of none (``count``);
    then one less up to ``size - 1`` others."""
    terms, signs = [], []
    for each in range(1, size + 1):
        chosen = np.array(list(itertools.combinations(range(count), each)), np.int64).reshape(-1, each)
        terms.append(np.pad(chosen, ((0, 0), (0, size - each)), constant_values=count))
        signs.append(np.pad(np.ones_like(chosen), ((0, 0), (0, size - each))))
    plain = list(zip(terms, signs, strict=True))
    for each, (chosen, plus) in enumerate(plain[1:], 2):
        for whole in range(each):
            terms.append(chosen)
            signs.append(np.where(np.arange(size) == whole, plus, -plus))
    return np.vstack(terms), np.vstack(signs)


def _pair(marks: Floats, widths: Floats, plain: int) -> tuple[Numbers, Numbers] | None:
    """Sums, and the first ``plain`` ones that are worth as much; none where there are too many to look at."""
    order = np.argsort(marks[:plain, 0], kind="stable")
    ranked = marks[order, 0]
    low = np.searchsorted(ranked, marks[:, 0] - widths[:, 0], side="left")
    times = np.searchsorted(ranked, marks[:, 0] + widths[:, 0], side="right") - low
    if times.sum() > _MATCHES:
        return None
    one = np.repeat(np.arange(len(marks)), times)
    other = order[np.repeat(low - np.cumsum(times) + times, times) + np.arange(len(one))]
    near = np.abs(marks[one, 1] - marks[other, 1]) <= widths[one, 1]
    return one[near], other[near]


def _read(columns: Numbers, terms: Numbers, signs: Numbers, one: Numbers, other: Numbers) -> Iterator[Identity]:
    """Pairs of sums of different terms as identities, each once, shortest first."""
    none = len(columns)
    common = (terms[one][:, :, None] == terms[other][:, None, :]) & (terms[one] != none)[:, :, None]
    apart = ~common.any(axis=(1, 2))
    every = np.hstack([terms[one[apart]], terms[other[apart]]])
    each = np.hstack([signs[one[apart]], -signs[other[apart]]])
    order = np.argsort(every, axis=1, kind="stable")
    every, each = (np.take_along_axis(some, order, axis=1) for some in (every, each))
    each = each * each[:, :1]
    width = every.shape[1]
    for row in np.unique(np.hstack([(every != none).sum(axis=1)[:, None], every, each]), axis=0).tolist():
        held = zip(row[1 : 1 + width], row[1 + width :], strict=True)
        yield tuple((int(columns[term]), sign) for term, sign in held if term != none)
