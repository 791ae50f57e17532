"""Limits between classes of numbers: where they are put, how they are rounded so that one can read them, how many
values each class then has.

Pure arithmetic over values in rising order. It knows nothing of colours, of units nor of where values come from.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import jenkspy
import numpy as np

Method = Literal["quantile", "jenks", "equal"]

JENKS_VALUES = 10_000
"""Values among which natural breaks are sought exactly. Of more, as many are taken at even ranks, both ends included:
the search takes a time that grows with the square of their number (0.6 s for these)."""

_STEPS = (1.0, 2.0, 2.5, 5.0)

_APART = 0.4
"""Share of the values above which the lowest is a class of its own: quantiles would all fall on it."""

_EASED = 0.02
"""How far a limit of equal intervals may be moved to be round, as a share of an interval."""


def class_limits(ordered: Sequence[float], method: Method, wanted: int, decimals: int) -> tuple[float, ...]:
    """At most ``wanted - 1`` limits that part values given in rising order; a value on a limit is of the class above.

    ``quantile``: the coarsest round limits near the quantiles that still leave no class under 45 % of its share; a
    lowest value that more than 40 % of them have is a class of its own. ``jenks``: the breaks of Fisher and Jenks, each
    put at the roundest number of the gap that it lies in, so that no value changes class. ``equal``: intervals of one
    width, each limit at the roundest number within 2 % of a width. ``decimals`` is what the data bear: no limit is
    finer. Fewer distinct values than classes make fewer classes (equal intervals apart), and a single one no limit.
    """
    distinct = _distinct(ordered, wanted)
    if distinct < 2:
        return ()
    if method == "equal":
        width = (ordered[-1] - ordered[0]) / wanted
        sought = (ordered[0] + width * rank for rank in range(1, wanted))
        eased = {_roundest(limit - _EASED * width, limit + _EASED * width, decimals) for limit in sought}
        return tuple(sorted(limit for limit in eased if ordered[0] < limit <= ordered[-1]))
    find = _quantiles if method == "quantile" else _natural_breaks
    return find(ordered, min(wanted, distinct), decimals)


def limits_around(
    ordered: Sequence[float], centre: float, method: Method, wanted: int, decimals: int
) -> tuple[float, ...]:
    """Limits of which ``centre`` is one, with as many classes wanted below it as above, each side parted by itself."""
    middle = bisect_left(ordered, centre)
    sides = (class_limits(side, method, max(1, wanted // 2), decimals) for side in (ordered[:middle], ordered[middle:]))
    return tuple(sorted({centre, *(limit for side in sides for limit in side)}))


def count_by_class(ordered: Sequence[float], limits: Sequence[float]) -> list[int]:
    """How many values each class has, the lowest first; a value on a limit is of the class above."""
    edges = [0, *(bisect_left(ordered, limit) for limit in limits), len(ordered)]
    return [after - before for before, after in pairwise(edges)]


def round_limits(ordered: Sequence[float], wanted: int, decimals: int) -> tuple[tuple[float, ...], int]:
    """The coarsest round limits near the quantiles that still part the values in ``wanted`` classes of some size, and
    the decimals that they need."""
    if wanted < 2 or ordered[0] == ordered[-1]:
        return (), decimals
    quantiles = [float(ordered[min(len(ordered) - 1, len(ordered) * k // wanted)]) for k in range(1, wanted)]
    low, high = float(ordered[0]), float(ordered[-1])
    finest = 10.0**-decimals
    step = 10.0 ** math.ceil(math.log10(max(high - low, finest)))
    best: tuple[float, ...] = ()
    while step >= finest * 0.999:
        for size in sorted((step * s for s in _STEPS), reverse=True):
            if size < finest * 0.999 or size > (high - low):
                continue
            limits = _snap(quantiles, size, low, high)
            if len(limits) > len(best):
                best = limits
            if len(limits) == wanted - 1 and _fair(ordered, limits, wanted):
                return limits, needed_decimals(limits, decimals)
        step /= 10
    return best, needed_decimals(best, decimals)


def needed_decimals(limits: Sequence[float], decimals: int) -> int:
    """How many digits the limits need, ``decimals`` at most."""
    for places in range(decimals + 1):
        if all(abs(limit - round(limit, places)) < 1e-9 for limit in limits):
            return places
    return decimals


def _snap(quantiles: Sequence[float], size: float, low: float, high: float) -> tuple[float, ...]:
    snapped = {round(round(q / size) * size, 9) + 0.0 for q in quantiles}
    return tuple(sorted(limit for limit in snapped if low < limit <= high))


def _fair(ordered: Sequence[float], limits: Sequence[float], wanted: int) -> bool:
    edges = [0, *(bisect_right(ordered, limit - 1e-12) for limit in limits), len(ordered)]
    return min(b - a for a, b in pairwise(edges)) >= 0.45 * len(ordered) / wanted


def _quantiles(ordered: Sequence[float], wanted: int, decimals: int) -> tuple[float, ...]:
    lowest = bisect_right(ordered, ordered[0])
    if lowest <= _APART * len(ordered):
        return round_limits(ordered, wanted, decimals)[0]
    rest = ordered[lowest:]
    first = _roundest(math.nextafter(float(ordered[0]), math.inf), float(rest[0]), decimals)
    others = round_limits(rest, wanted - 1, decimals)[0]
    return tuple(sorted({first, *others}))


def _natural_breaks(ordered: Sequence[float], wanted: int, decimals: int) -> tuple[float, ...]:
    values = np.asarray(ordered, dtype=np.float64)
    if len(values) > JENKS_VALUES:
        values = values[np.linspace(0, len(values) - 1, JENKS_VALUES).round().astype(np.int64)]
        wanted = min(wanted, _distinct(values.tolist(), wanted))
    # The library gives the highest value of each class: the limit is in the gap above it.
    highest = [float(value) for value in jenkspy.jenks_breaks(values, wanted)[1:-1]]
    gaps = ((value, float(ordered[bisect_right(ordered, value)])) for value in highest)
    return tuple(sorted({_roundest(math.nextafter(low, math.inf), high, decimals) for low, high in gaps}))


def _roundest(low: float, high: float, decimals: int) -> float:
    """The number between both, ends included, that takes the fewest digits; the highest end, rounded, when none has at
    most ``decimals``."""
    for power in range(math.floor(math.log10(max(abs(low), abs(high), 1.0))) + 1, -decimals - 1, -1):
        for step in (5.0, 2.5, 2.0, 1.0):
            size = step * 10.0**power
            found = round(math.ceil(low / size) * size, max(decimals, 0)) + 0.0
            if size >= 10.0**-decimals * 0.999 and low <= found <= high:
                return found
    return round(high, decimals)


def _distinct(ordered: Sequence[float], enough: int) -> int:
    """How many different values there are, counted no further than ``enough``."""
    found, at = 0, 0
    while at < len(ordered) and found < enough:
        at = bisect_right(ordered, ordered[at])
        found += 1
    return found


__all__ = [
    "JENKS_VALUES",
    "Method",
    "class_limits",
    "count_by_class",
    "limits_around",
    "needed_decimals",
    "round_limits",
]
