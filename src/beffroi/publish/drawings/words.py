"""Where words stand so that none covers another."""

from collections.abc import Sequence

WIDE, NARROW = 768, 328
"""Widths in pixels for which words are chosen: a figure on a desk, a figure on a phone."""

_LETTER = 6.2
"""Width of a letter of figures, in pixels."""


def spread_words(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Heights at least ``gap`` apart, from ``low`` to ``high``, in the order and near the place of those wanted."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    floor = low
    for index in order:
        placed[index] = max(wanted[index], floor)
        floor = placed[index] + gap
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def word_width(word: str) -> float:
    """About how many pixels a word takes."""
    return len(word) * _LETTER


def choose_every(words: Sequence[str], width: float) -> int:
    """One word out of how many can be read when they stand side by side over ``width`` pixels."""
    longest = max((word_width(word) for word in words), default=0.0) + 8
    slot = width / max(1, len(words))
    return max(1, int(-(-longest // slot)))


__all__ = ["NARROW", "WIDE", "choose_every", "spread_words", "word_width"]
