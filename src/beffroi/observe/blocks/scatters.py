"""Scatters: territories by two indicators, one across and one upwards, with the medians that part them in four.

No line is fitted through the points: who wants one must say by which method.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from beffroi.catalog.blocks import Scatter
from beffroi.language import text
from beffroi.observe.blocks.grids import Grid
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
from beffroi.observe.classes import circle_steps, round_ticks
from beffroi.observe.figures.evolutions import say_tick
from beffroi.observe.frames import Frame, Notice, count_places, frame_figure
from beffroi.observe.sentences import in_clause_of, median
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import State


@dataclass(frozen=True, slots=True)
class Spot:
    """A territory: its place on the plot (shares from the left and from the bottom) and the share of the largest area;
    None for a larger body, whose amount does not compare, and where points have no size.

    ``role`` is ``territory`` (in hand), ``compared``, ``inside`` (it lies in the one in hand) or empty.
    """

    key: str
    label: str
    said: str
    x: float
    y: float
    size: float | None
    role: str
    state: State
    values: tuple[float, float]
    """Its two numbers, across and upwards."""

    @property
    def hollow(self) -> bool:
        """Whether its values are in doubt: it is drawn as a ring."""
        return self.state in ("weak", "estimated", "provisional")


@dataclass(frozen=True)
class Axis:
    """One side of the plot: what it measures, its graduations and its median as (share, words)."""

    title: str
    ticks: tuple[tuple[float, str], ...]
    middle: tuple[float, str] | None


@dataclass(frozen=True)
class ScatterFigure:
    """Points from the largest to the smallest. ``sizes`` are (share of the largest area, words), none without a size.

    ``lacking`` counts the territories that lack one of the two values: they are in the table, not on the plot.
    """

    frame: Frame
    readings: tuple[Reading, ...]
    x: Axis
    y: Axis
    spots: tuple[Spot, ...]
    sizes: tuple[tuple[float, str], ...]
    size_title: str
    lacking: tuple[tuple[State, int], ...]
    notes: tuple[str, ...]
    """What the marks of points mean, when they are not all alike."""
    grid: Grid


def observe_scatter(standing: Standing, block: Scatter) -> ScatterFigure:
    """The scatter that a block asks for, the territory in hand and the compared ones named."""
    held, language = standing.take(block.territory), standing.language
    x, y = (read_side(held, name, block.period, block.level) for name in (block.x, block.y))
    size = read_side(held, block.size, block.period, block.level) if block.size else None
    pairs = read_pairs(held, x, y, block.level)
    named = _named(held, block, x, y)
    sized = {pair.place.key: held.read(size.measure, pair.place, size.period) for pair in pairs} if size else {}
    drawn = [*pairs, *(pair for pair in named if pair.place.level != block.level)]
    scales = _scales(x, y, [known for pair in (*drawn, *_others(held, block, x, y)) if (known := pair.known)])
    middles = _middles(pairs)
    highest = max(map(abs, held.slice(size.measure, block.level).span or (0.0,))) if sized and size else 0.0
    roles = {pair.place.key: "territory" if pair.place.key == held.place.key else "compared" for pair in named}
    spots = [_spot(held, pair, sized, highest, scales, roles) for pair in drawn if pair.known is not None]
    measures = [x.measure, y.measure, *([size.measure] if size else [])]
    readings = tuple(read for pair in drawn for read in (*pair.readings, sized.get(pair.place.key)) if read is not None)
    lacking = count_lacking(pairs)
    frame = frame_figure(
        held, measures, readings, _title(x, y, block.level, language), _sentence(held, x, y, pairs, middles),
        subtitle="", counted=True,
    )  # fmt: skip
    columns: list[tuple[Side, Callable[[Pair], Reading | None]]] = [(x, lambda pair: pair.x), (y, lambda pair: pair.y)]
    if size:
        columns.append((size, lambda pair: sized.get(pair.place.key)))
    steps = circle_steps(highest) if size else ()
    return ScatterFigure(
        frame=_with_lacking(frame, lacking, block.level, language),
        readings=readings,
        x=_axis(x, scales[0], middles[0] if middles else None, language),
        y=_axis(y, scales[1], middles[1] if middles else None, language),
        spots=tuple(sorted(spots, key=lambda spot: -(spot.size or 0.0))),
        sizes=tuple((step / highest, size.measure.say(step, language, sign=False)) for step in steps) if size else (),
        size_title=size.words(language) if size else "",
        lacking=lacking,
        notes=tuple(_notes(held, spots)),
        grid=list_pairs(drawn, columns, roles, language),
    )


def _named(held: Standing, block: Scatter, x: Side, y: Side) -> tuple[Pair, ...]:
    """The territory in hand and those to compare with. A total of a larger territory has no place among the small."""
    totals = "amount" in (x.measure.nature, y.measure.nature)
    return tuple(
        read_pair(held, x, y, place)
        for place in (held.place, *held.others(block.compared))
        if place.level == block.level or not totals
    )


def _others(held: Standing, block: Scatter, x: Side, y: Side) -> Iterator[Pair]:
    """The same territories at the other periods, when both sides are of one: axes are the same at all of them."""
    if x.period != y.period:
        return
    shared = set(held.slice(x.measure, block.level).periods) & set(held.slice(y.measure, block.level).periods)
    for period in sorted(shared - {x.period}):
        then = Side(x.measure, period), Side(y.measure, period)
        yield from read_pairs(held, *then, block.level)
        yield from _named(held, block, *then)


def _middles(pairs: Sequence[Pair]) -> tuple[float, float] | None:
    """The medians of the territories that have both values and are not weakly reliable; None under three of them."""
    known = [pair.known for pair in pairs if pair.known is not None and pair.state != "weak"]
    if len(known) < 3:
        return None
    return median(sorted(one for one, _ in known)), median(sorted(other for _, other in known))


def _scales(x: Side, y: Side, known: Sequence[tuple[float, float]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The graduations of both axes; they hold every point."""
    found = []
    for side, numbers in ((x, [pair[0] for pair in known]), (y, [pair[1] for pair in known])):
        whole = side.measure.unit.decimals == 0
        found.append(round_ticks(min(numbers, default=0.0), max(numbers, default=1.0), whole=whole))
    return found[0], found[1]


def _share(number: float, ticks: Sequence[float]) -> float:
    return (number - ticks[0]) / (ticks[-1] - ticks[0])


def _number(read: Reading | None) -> float:
    return 0.0 if read is None or read.value.value is None else read.value.value


def _spot(
    held: Standing, pair: Pair, sized: dict[str, Reading | None], highest: float,
    scales: tuple[tuple[float, ...], tuple[float, ...]], roles: dict[str, str],
) -> Spot:  # fmt: skip
    known = pair.known
    assert known is not None
    place, language = pair.place, held.language
    size = sized.get(place.key)
    said = [say_reading(each, language) for each in (pair.x, pair.y, *([size] if size else []))]
    role = roles.get(place.key) or ("inside" if held.place.key in place.parents else "")
    return Spot(
        place.key, place.short or place.name, text("page.then", language).join(said), _share(known[0], scales[0]),
        _share(known[1], scales[1]), abs(_number(size)) / highest if highest and place.key in sized else None, role,
        pair.state, known,
    )  # fmt: skip


def _axis(side: Side, ticks: tuple[float, ...], middle: float | None, language: str) -> Axis:
    words = None
    if middle is not None:
        said = side.measure.say(middle, language)
        words = (_share(middle, ticks), text("page.median", language, value=said))
    said_ticks = tuple((_share(t, ticks), say_tick(side.measure, t, ticks, True, language)) for t in ticks)
    return Axis(side.words(language), said_ticks, words)


def _notes(held: Standing, spots: Sequence[Spot]) -> Iterator[str]:
    if any(spot.role == "inside" for spot in spots):
        yield text("page.points_inside", held.language, of_place=in_clause_of(held.place, held.language))
    if any(spot.hollow for spot in spots):
        yield text("page.points_weak", held.language)


def _title(x: Side, y: Side, level: str, language: str) -> str:
    return text("page.title_scatter", language, x=x.measure.title(language), y=y.measure.title(language),
                places=text(f"level_many.{level}", language))  # fmt: skip


def _sentence(held: Standing, x: Side, y: Side, pairs: Sequence[Pair], middles: tuple[float, float] | None) -> str:
    """The two values of the territory in hand, then how many territories lie in each quarter."""
    language = held.language
    words = say_both(held.place, x, y, read_pair(held, x, y, held.place), language)
    if middles is None:
        return f"{words} {text('page.too_few_medians', language)}"
    above = [(one > middles[0], other > middles[1]) for one, other in (p.known for p in pairs if p.known is not None)]
    counts = text(
        "page.sentence_quarters", language, both=above.count((True, True)), x_only=above.count((True, False)),
        y_only=above.count((False, True)), none=above.count((False, False)), x_title=x.measure.title(language),
        y_title=y.measure.title(language), places=count_places(len(above), pairs[0].place.level, language),
    )  # fmt: skip
    return f"{words} {counts}"


def _with_lacking(frame: Frame, lacking: tuple[tuple[State, int], ...], level: str, language: str) -> Frame:
    if not lacking:
        return frame
    places = count_places(sum(count for _, count in lacking), level, language)
    return replace(frame, notices=(*frame.notices, Notice("missing", text("page.lacking", language, places=places))))


__all__ = ["Axis", "ScatterFigure", "Spot", "observe_scatter"]
