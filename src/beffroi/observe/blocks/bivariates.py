"""Maps of two indicators at once: each territory in one of nine classes, by thirds of one and of the other."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from beffroi.catalog.blocks import BivariateMap
from beffroi.language import text
from beffroi.observe.blocks.grids import Cell, Grid, Row
from beffroi.observe.blocks.pairs import (
    Pair,
    Side,
    count_lacking,
    list_pairs,
    read_pair,
    read_pairs,
    read_side,
    say_both,
    say_reading,
)
from beffroi.observe.frames import Frame, count_places, frame_figure
from beffroi.observe.places import Place
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import State

FEWEST = 9
"""Fewer territories than classes cannot be parted in thirds of both."""


@dataclass(frozen=True, slots=True)
class CrossArea:
    """A territory of the map. ``cell`` is its third across and its third upwards (0 to 2), None when it has none."""

    code: str
    label: str
    said: str
    state: State
    cell: tuple[int, int] | None


@dataclass(frozen=True)
class Thirds:
    """One of the two indicators, with the two limits of its thirds and each third in words, from the lowest."""

    title: str
    short: str
    limits: tuple[float, float]
    words: tuple[str, str, str]

    def third(self, number: float, decimals: int) -> int:
        """Which third a number falls in, counted from 0, as it is printed: a number equal to a limit is above it."""
        return bisect_right(self.limits, round(number, decimals))


@dataclass(frozen=True)
class BivariateFigure:
    """A map of nine classes. ``counts`` are territories by (third of x, third of y); ``x`` and ``y`` are None, and
    ``refused`` says why, when there are too few territories to part. ``scene`` names what is the same for all who look.
    """

    frame: Frame
    readings: tuple[Reading, ...]
    level: str
    place: Place
    scene: tuple[str, ...]
    x: Thirds | None
    y: Thirds | None
    areas: tuple[CrossArea, ...]
    counts: tuple[tuple[int, int, int], ...]
    states: tuple[tuple[State, int], ...]
    drawable: bool
    refused: str
    grid: Grid
    """How many territories there are in each class."""
    listing: Grid
    """Every territory with its two values."""


def observe_bivariate(standing: Standing, block: BivariateMap) -> BivariateFigure:
    """The map that a block asks for. Thirds are those of the territories that have both values."""
    held, language = standing.take(block.territory), standing.language
    x, y = (read_side(held, name, block.period, block.level) for name in (block.x, block.y))
    pairs = read_pairs(held, x, y, block.level)
    known = [pair.known for pair in pairs if pair.known is not None]
    few = len(known) < FEWEST
    thirds = None if few else (_part(x, [k[0] for k in known], language), _part(y, [k[1] for k in known], language))
    areas = tuple(_area(pair, x, y, thirds, language) for pair in pairs)
    cells = Counter(area.cell for area in areas)
    counts = tuple((cells[0, row], cells[1, row], cells[2, row]) for row in range(3))
    weak = sum(pair.known is not None and pair.state == "weak" for pair in pairs)
    readings = tuple(read for pair in pairs for read in pair.readings)
    title = text("page.title_bivariate", language, x=x.measure.title(language), y=y.measure.title(language),
                 places=text(f"level_many.{block.level}", language))  # fmt: skip
    sentence = _sentence(held, x, y, thirds, counts, len(known), block.level)
    roles = {held.place.key: "territory"} | {place.key: "compared" for place in held.others(block.compared)}
    weakly: tuple[tuple[State, int], ...] = (("weak", weak),) if weak else ()
    return BivariateFigure(
        frame=frame_figure(held, [x.measure, y.measure], readings, title, sentence, subtitle="", counted=True),
        readings=readings,
        level=block.level,
        place=held.place,
        scene=(x.measure.id, x.period, y.measure.id, y.period, block.level, str(held.vintage), language, *held.within),
        x=thirds[0] if thirds else None,
        y=thirds[1] if thirds else None,
        areas=areas,
        counts=counts,
        states=(*weakly, *count_lacking(pairs)),
        drawable=held.vintage == held.atlas.release.reference_vintage,
        refused=text("page.too_few_thirds", language, fewest=FEWEST) if few else "",
        grid=_grid(thirds, counts, language),
        listing=list_pairs(pairs, [(x, lambda pair: pair.x), (y, lambda pair: pair.y)], roles, language),
    )


def _part(side: Side, numbers: Sequence[float], language: str) -> Thirds:
    """The thirds of numbers, their limits rounded as values are printed."""
    measure, ordered = side.measure, sorted(numbers)
    low, high = (
        round(ordered[min(len(ordered) - 1, len(ordered) * k // 3)], measure.unit.decimals) + 0.0 for k in (1, 2)
    )
    said_low, said_high = measure.say(low, language), measure.say(high, language)
    words = (
        text("figure.below", language, limit=said_low),
        text("figure.between", language, low=said_low, high=said_high),
        text("figure.at_least", language, limit=said_high),
    )
    return Thirds(side.words(language), measure.title(language), (low, high), words)


def _area(pair: Pair, x: Side, y: Side, thirds: tuple[Thirds, Thirds] | None, language: str) -> CrossArea:
    cell = _cell(pair, x, y, thirds)
    said = text("page.then", language).join(
        text("page.named", language, title=side.measure.title(language), words=say_reading(read, language))
        for side, read in ((x, pair.x), (y, pair.y))
    )
    return CrossArea(pair.place.code, pair.place.name, said, pair.state, cell)


def _cell(pair: Pair, x: Side, y: Side, thirds: tuple[Thirds, Thirds] | None) -> tuple[int, int] | None:
    if pair.known is None or thirds is None:
        return None
    (one, other), (across, upwards) = pair.known, thirds
    return across.third(one, x.measure.unit.decimals), upwards.third(other, y.measure.unit.decimals)


def _sentence(
    held: Standing, x: Side, y: Side, thirds: tuple[Thirds, Thirds] | None, counts: Sequence[Sequence[int]],
    known: int, level: str,
) -> str:  # fmt: skip
    """The two values of the territory in hand, its thirds, and how many share the ends of the map."""
    language = held.language
    pair = read_pair(held, x, y, held.place)
    words = say_both(held.place, x, y, pair, language)
    if thirds is None:
        return words
    if held.place.level == level and (cell := _cell(pair, x, y, thirds)) is not None:
        said = [text(f"page.third_{index}", language) for index in cell]
        words += " " + text("page.sentence_thirds", language, x=said[0], y=said[1])
    return words + " " + text(
        "page.sentence_bivariate", language, places=count_places(known, level, language), high=counts[2][2],
        low=counts[0][0],
    )  # fmt: skip


def _grid(thirds: tuple[Thirds, Thirds] | None, counts: Sequence[Sequence[int]], language: str) -> Grid:
    """How many territories there are in each of the nine classes, the highest third of y first."""
    if thirds is None:
        return Grid("", (), ())
    across, upwards = thirds
    rows = tuple(
        Row(upwards.words[row], tuple(Cell(str(count), float(count)) for count in counts[row])) for row in (2, 1, 0)
    )
    return Grid(f"{upwards.short} ↓ · {across.short} →", across.words, rows, in_order=True)


__all__ = ["FEWEST", "BivariateFigure", "CrossArea", "Thirds", "observe_bivariate"]
