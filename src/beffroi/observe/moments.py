"""The values of an indicator at one period, put in order once: without a word, hence the same in every language."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from beffroi.observe.values import State, Value


@dataclass(frozen=True)
class Moment:
    """Values by territory at one period of a level."""

    values: Mapping[str, Value]
    span: tuple[float, float] | None = None
    """Lowest and highest of what it is drawn beside, other periods among others; its own when there is nothing else."""

    @cached_property
    def ordered(self) -> tuple[Value, ...]:
        """Those that are known, from the largest; the names of territories decide between equals."""
        known = [value for value in self.values.values() if value.value is not None]
        return tuple(sorted(known, key=lambda value: (-(value.value or 0.0), value.label)))

    @cached_property
    def ranked(self) -> tuple[Value, ...]:
        """Those that have a rank: weakly reliable values have none."""
        return tuple(value for value in self.ordered if value.state != "weak")

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """By territory, the rank from the largest; equal values share it."""
        ranks: dict[str, int] = {}
        rank, last = 0, None
        for position, value in enumerate(self.ranked, 1):
            if value.value != last:
                rank, last = position, value.value
            ranks[value.territory] = rank
        return ranks

    @cached_property
    def equals(self) -> Mapping[float, int]:
        """How many of those that have a rank have each value."""
        return Counter(value.value or 0.0 for value in self.ranked)

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """What is known, in rising order."""
        return tuple(value.value or 0.0 for value in reversed(self.ordered))

    @cached_property
    def states(self) -> Mapping[State, int]:
        """How many territories are in each state; one that none is in has no key."""
        return Counter(value.state for value in self.values.values())

    @cached_property
    def reach(self) -> tuple[float, float]:
        """Where bars begin and how far they go: from zero, or what lies below, to zero, or what lies above."""
        lowest, highest = self.span or (min((0.0, *self.numbers[:1])), max((0.0, *self.numbers[-1:])))
        low, high = min(0.0, lowest), max(0.0, highest)
        return low, (high - low) or 1.0

    def bar(self, number: float) -> tuple[float, float]:
        """Start and end of the bar of a number, as shares of the width."""
        low, width = self.reach
        zero, end = -low / width, (number - low) / width
        return min(zero, end), max(zero, end)


__all__ = ["Moment"]
