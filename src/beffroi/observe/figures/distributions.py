"""How the values of territories are spread: how many in each round interval, and where the one in hand stands."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from beffroi.language import format_number, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.classes import round_ticks
from beffroi.observe.figures.scenes import frame_scene, hold
from beffroi.observe.frames import Frame
from beffroi.observe.questions import Question
from beffroi.observe.sentences import median
from beffroi.observe.values import Measure

_SKEWED = 8
"""From this ratio of the highest value to the middle one, intervals grow as 1, 2, 5, 10, 20, 50..."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How many numbers lie between ``edges``, the lower one included; ``whole`` says that they part whole numbers."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    whole: bool

    def position(self, number: float) -> float:
        """Where a number stands among edges that are drawn at equal distances; whole ones stand in their middle."""
        edges = self.edges
        index = min(len(edges) - 2, max(0, bisect_right(edges, number) - 1))
        inside = (number + (0.5 if self.whole else 0.0) - edges[index]) / (edges[index + 1] - edges[index])
        return (index + min(1.0, max(0.0, inside))) / (len(edges) - 1)


@dataclass(frozen=True, slots=True)
class Bin:
    """An interval, its lower limit included, and how many territories have their value in it."""

    low: float
    high: float
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a territory stands on the axis (0 to 1): the one in hand, one that it is compared with, or the middle."""

    role: str
    label: str
    said: str
    x: float


@dataclass(frozen=True)
class Distribution:
    """Bins of equal width on the drawing; ``limits`` are (share of the axis, words), ``spread`` the same as numbers."""

    frame: Frame
    level: str
    bins: tuple[Bin, ...]
    limits: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]
    highest: int
    spread: Spread
    unit: str


def observe_distribution(atlas: Atlas, question: Question) -> Distribution:
    """The spread of a question's level at its period; each territory counts once, whatever its size."""
    scene = atlas.remember(("distribution", *question.scene), lambda: _observe_scene(atlas, question))
    marks = (*scene.marks, *_marks(atlas, question, scene.spread))
    return replace(scene, frame=hold(atlas, question, scene.frame), marks=marks)


def _observe_scene(atlas: Atlas, question: Question) -> Distribution:
    measure, language = question.measure, question.language
    values = question.values(atlas)
    numbers = values.moment(question.period).numbers
    spread = spread_numbers(numbers, measure, values.numbers)
    highest = max(max(spread_numbers(values.moment(each).numbers, measure, values.numbers).counts)
                  for each in values.periods)  # fmt: skip
    edges, counts, whole = spread.edges, spread.counts, spread.whole
    decimals = _decimals(edges)
    said = [format_number(edge, decimals, language, grouped=measure.unit.grouped) for edge in edges]
    words = [text("figure.between", language, low=low, high=high) for low, high in pairwise(said)]
    if whole:
        words = _count_words(edges, measure, language)
    middle = median(numbers) if len(numbers) > 2 else None
    return Distribution(
        frame=frame_scene(atlas, question, values, "figure.title_spread"),
        level=question.level,
        bins=tuple(Bin(*pair, count, each) for pair, count, each in zip(pairwise(edges), counts, words, strict=True))
        if numbers
        else (),
        limits=tuple(((i + 0.5) / len(words), each) for i, each in enumerate(words))
        if whole
        else tuple((i / (len(edges) - 1), each) for i, each in enumerate(said)),
        marks=()
        if middle is None
        else (
            Mark(
                "middle",
                text("figure.middle", language),
                measure.say(middle, language),
                spread.position(middle),
            ),
        ),
        highest=highest,
        spread=spread,
        unit=measure.unit_words(language),
    )


def spread_numbers(numbers: Sequence[float], measure: Measure, every: Sequence[float]) -> Spread:
    """How numbers in rising order spread over the round intervals of ``every`` number that they are drawn beside."""
    edges = _edges(every, measure)
    below = [0, *(bisect_left(numbers, edge) for edge in edges[1:-1]), len(numbers)]
    counts = tuple(after - before for before, after in pairwise(below))
    return Spread(edges, counts, whole=measure.nature == "amount" and _decimals(edges) == 0)


def _decimals(edges: Sequence[float]) -> int:
    return next((d for d in range(4) if all(abs(e - round(e, d)) < 1e-9 for e in edges)), 3)


def _edges(numbers: Sequence[float], measure: Measure) -> tuple[float, ...]:
    """Round limits of the intervals: of equal width, or growing where a few values are far above the rest."""
    if not numbers:
        return (0.0, 1.0)
    middle = numbers[len(numbers) // 2]
    if numbers[0] >= 0 and numbers[-1] > _SKEWED * max(middle, 1e-9):
        return _growing_edges(numbers, measure.unit.decimals)
    wanted = min(14, max(6, len(numbers) // 8))
    return round_ticks(numbers[0], numbers[-1], wanted, whole=measure.unit.decimals == 0)


def _count_words(edges: tuple[float, ...], measure: Measure, language: str) -> list[str]:
    """Intervals of whole numbers by the numbers that they hold: « 0 », « 1 », « 2–4 », « 5–9 »."""

    def say(number: float) -> str:
        return format_number(number, 0, language, grouped=measure.unit.grouped)

    return [say(low) if high - low <= 1 else f"{say(low)}–{say(high - 1)}" for low, high in pairwise(edges)]


def _growing_edges(numbers: Sequence[float], decimals: int) -> tuple[float, ...]:
    smallest = 10.0**-decimals
    edges, unit = [0.0], max(smallest, 10.0 ** math.floor(math.log10(max(numbers[len(numbers) // 4], smallest))))
    while edges[-1] <= numbers[-1]:
        for step in (1, 2, 5):
            if edges[-1] <= numbers[-1]:
                edges.append(round(step * unit, 9))
        unit *= 10
    return tuple(edges)


def _marks(atlas: Atlas, question: Question, spread: Spread) -> list[Mark]:
    """The territory in hand and those that it is compared with, where their values can be compared at all."""
    measure, language = question.measure, question.language
    found: list[Mark] = []
    for place in (*question.compared, question.territory):
        if measure.nature == "amount" and place.level != question.level:
            continue
        value = atlas.value(measure, place, question.period, question.vintage)
        if value is not None and value.value is not None:
            role = "territory" if place == question.territory else "compared"
            said = measure.say(value.value, language)
            found.append(Mark(role, place.short or place.name, said, spread.position(value.value)))
    return found


__all__ = ["Bin", "Distribution", "Mark", "Spread", "observe_distribution", "spread_numbers"]
