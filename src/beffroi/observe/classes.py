"""Classes of a choropleth: five to seven, with round limits that one can read, and the scale of circles.

The limits come from all the periods of an indicator at a level together, so that the same colour means the same
thing from one year to the next.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from beffroi.stats import needed_decimals, round_limits


@dataclass(frozen=True)
class Classes:
    """Limits between classes, in rising order: ``n`` limits make ``n + 1`` classes.

    A value equal to a limit belongs to the class above. ``diverging_at`` is the value around which colours
    diverge (always one of the limits), or None. ``decimals`` is how many digits the limits need.
    """

    limits: tuple[float, ...]
    lowest: float
    highest: float
    decimals: int
    diverging_at: float | None = None

    @property
    def count(self) -> int:
        return len(self.limits) + 1

    def index(self, value: float) -> int:
        """Which class a value falls in, counted from 0."""
        return bisect_right(self.limits, value)

    def shade_of(self, value: float) -> int:
        """Colour of a value."""
        return self._shades[bisect_right(self.limits, value)]

    @cached_property
    def _shades(self) -> tuple[int, ...]:
        return tuple(self.shade(index) for index in range(self.count))

    def shade(self, index: int) -> int:
        """Colour of a class on the ramp of seven, 0 to 6; a diverging ramp keeps 3 for no class at all."""
        if self.diverging_at is None:
            return _SHADES[self.count][index]
        below = self.limits.index(self.diverging_at) + 1
        if index < below:
            return 3 - _SIDE[min(below, 3)][min(below - index, 3) - 1]
        return 3 + _SIDE[min(self.count - below, 3)][min(index - below + 1, 3) - 1]


_SHADES = {
    1: (3,), 2: (1, 5), 3: (1, 3, 5), 4: (0, 2, 4, 6), 5: (0, 1, 3, 5, 6), 6: (0, 1, 2, 4, 5, 6),
    7: (0, 1, 2, 3, 4, 5, 6),
}  # fmt: skip
"""Shades taken from the ramp of seven when there are fewer classes, as far apart as can be."""
_SIDE = {0: (1,), 1: (2,), 2: (1, 3), 3: (1, 2, 3)}


def classify(values: Iterable[float], *, decimals: int, diverging: bool = False) -> Classes | None:
    """Round limits that part ``values`` in classes of like sizes; None when there is no value at all.

    ``decimals`` is what the data bear: no limit is finer.
    """
    ordered = sorted(values)
    if not ordered:
        return None
    if diverging and ordered[0] < 0 < ordered[-1]:
        return _classify_around_zero(ordered, decimals)
    wanted = 7 if len(ordered) >= 400 else 6 if len(ordered) >= 60 else 5
    wanted = max(1, min(wanted, len(set(ordered))))
    zeros = bisect_right(ordered, 0.0) if ordered[0] == 0 else 0
    if len(ordered) > zeros > 0.4 * len(ordered):
        return _classify_apart_from_zero(ordered, zeros, decimals)
    limits, places = round_limits(ordered, wanted, decimals)
    return Classes(limits, ordered[0], ordered[-1], places)


def _classify_apart_from_zero(ordered: Sequence[float], zeros: int, decimals: int) -> Classes:
    """Most places have none: they are a class of their own, and quantiles part the others."""
    some, finest = ordered[zeros:], 10.0**-decimals
    wanted = max(1, min(5 if len(some) >= 40 else 4 if len(some) >= 12 else 3, len(set(some))))
    limits, places = round_limits(some, wanted, decimals)
    least = max(finest, 10.0 ** math.floor(math.log10(some[0])))
    if not limits or least < limits[0]:
        limits = (round(least, 9), *limits)
    return Classes(limits, 0.0, ordered[-1], max(places, needed_decimals(limits, decimals)))


def _classify_around_zero(ordered: Sequence[float], decimals: int) -> Classes:
    below, above = [-v for v in ordered if v < 0][::-1], [v for v in ordered if v > 0]
    sides = []
    for side in (below, above):
        wanted = 3 if len(set(side)) >= 9 else 2 if len(set(side)) >= 4 else 1
        sides.append(round_limits(side, wanted, decimals))
    limits = (*(-limit for limit in reversed(sides[0][0])), 0.0, *sides[1][0])
    return Classes(limits, ordered[0], ordered[-1], max(sides[0][1], sides[1][1]), 0.0)


def round_ticks(low: float, high: float, wanted: int = 4, *, whole: bool = False) -> tuple[float, ...]:
    """Round graduations covering ``low`` to ``high``, about ``wanted`` of them; ``whole`` numbers where they count."""
    if high - low <= 1e-9 * max(1.0, abs(high)):
        high = low + 1
    rough = (high - low) / wanted
    if whole:
        rough = max(rough, 1.0)
    unit = 10.0 ** math.floor(math.log10(rough))
    sizes = (1, 2, 5, 10) if whole else (1, 2, 2.5, 5, 10)
    step = next(s * unit for s in sizes if s * unit >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(k * step, 9) + 0.0 for k in range(first, last + 1))


def circle_steps(highest: float) -> tuple[float, ...]:
    """Round amounts for the legend of circles, each at most a fifth of the one before: 50, 10, 2."""
    if highest <= 0:
        return ()
    steps = [_round_below(highest)]
    while len(steps) < 3 and steps[-1] >= 5:
        steps.append(_round_below(steps[-1] / 5))
    return tuple(steps)


def _round_below(amount: float) -> float:
    unit = 10.0 ** math.floor(math.log10(amount * 1.0001))
    return next(size * unit for size in (5, 2, 1) if size * unit <= amount * 1.0001)


__all__ = ["Classes", "circle_steps", "classify", "round_ticks"]
