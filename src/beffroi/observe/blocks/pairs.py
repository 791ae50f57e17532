"""The territories of a level with their values of two indicators: what scatters and maps of two indicators stand on.

A territory without one of the two is kept apart with the reason, never put at zero.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from beffroi.language import text
from beffroi.observe.blocks.grids import Grid, Row, cell_of
from beffroi.observe.frames import period_words
from beffroi.observe.places import Place, fold
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.values import Measure, State


@dataclass(frozen=True)
class Side:
    """One of the two indicators, at the period where it is read."""

    measure: Measure
    period: str

    def words(self, language: str) -> str:
        """Title, unit and period, as an axis is named."""
        # The title of a count says what it counts.
        unit = "" if self.measure.nature == "amount" else self.measure.unit_words(language)
        said = f" ({unit})" if unit else ""
        return f"{self.measure.title(language)}{said}, {period_words(self.measure, self.period, language)}"


@dataclass(frozen=True)
class Pair:
    """A territory with its two values; one that has no line is None."""

    place: Place
    x: Reading | None
    y: Reading | None

    @property
    def known(self) -> tuple[float, float] | None:
        """Both numbers; None when one of the two is not there."""
        x, y = (None if each is None else each.value.value for each in (self.x, self.y))
        return None if x is None or y is None else (x, y)

    @property
    def state(self) -> State:
        """What is most doubtful of the two; one secret value is enough for the mark of secrecy."""
        states = [each.value.state if each else "missing" for each in (self.x, self.y)]
        return next((state for state in _FROM_WORST if state in states), "sure")

    @property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(each for each in (self.x, self.y) if each is not None)


_FROM_WORST: tuple[State, ...] = ("confidential", "missing", "weak", "estimated", "provisional")


def read_side(held: Standing, indicator: str, period: str | None, level: str) -> Side:
    """An indicator at the period that a block asks for, or the last one of a level; ``figure-period-absent`` when it
    does not have it."""
    measure = held.measure(indicator)
    return Side(measure, held.settle(measure, period, level))


def read_pair(held: Standing, x: Side, y: Side, place: Place) -> Pair:
    """The two values of one territory."""
    return Pair(place, held.read(x.measure, place, x.period), held.read(y.measure, place, y.period))


def read_pairs(held: Standing, x: Side, y: Side, level: str) -> tuple[Pair, ...]:
    """The two values of every territory of a level that has a line for one of them, in the order of their codes."""
    codes: set[str] = set()
    for side in (x, y):
        if level in side.measure.entry.get("levels", ()):
            codes |= set(held.slice(side.measure, level).at(side.period))
    places = (held.gazetteer.places.get(f"{level}:{code}") for code in sorted(codes))
    return tuple(read_pair(held, x, y, place) for place in places if place is not None)


def count_lacking(pairs: Iterable[Pair]) -> tuple[tuple[State, int], ...]:
    """How many territories lack one of the two values, the confidential ones apart."""
    states = [pair.state for pair in pairs if pair.known is None]
    found: list[tuple[State, int]] = [(state, states.count(state)) for state in ("confidential", "missing")]
    return tuple(each for each in found if each[1])


def say_reading(reading: Reading | None, language: str) -> str:
    """A value with its unit, or why it is not there; what is doubtful in it."""
    if reading is None:
        return text("state.missing", language)
    value = reading.value
    if value.value is None:
        return reading.say_absence(language)
    said = reading.measure.say(value.value, language)
    return said if value.state == "sure" else f"{said} ({text(f'state.{value.state}', language)})"


def list_pairs(
    pairs: Iterable[Pair], columns: Sequence[tuple[Side, Callable[[Pair], Reading | None]]], roles: Mapping[str, str],
    language: str,
) -> Grid:  # fmt: skip
    """A table of territories and their values: the one in hand and the compared first, then the others by name."""

    def order(pair: Pair) -> tuple[int, str]:
        return ("territory", "compared", "").index(roles.get(pair.place.key, "")), fold(pair.place.name)

    rows = tuple(
        Row(pair.place.name, tuple(cell_of(read(pair), language) for _, read in columns),
            in_hand=roles.get(pair.place.key) == "territory")
        for pair in sorted(pairs, key=order)
    )  # fmt: skip
    return Grid(text("page.territories", language), tuple(side.words(language) for side, _ in columns), rows)


def say_both(place: Place, x: Side, y: Side, pair: Pair, language: str) -> str:
    """The two values of the territory in hand in a sentence."""
    return text(
        "page.sentence_pair", language, place=place.name, x=say_reading(pair.x, language),
        x_title=x.measure.title(language), y=say_reading(pair.y, language), y_title=y.measure.title(language),
    )  # fmt: skip


__all__ = [
    "Pair", "Side", "count_lacking", "list_pairs", "read_pair", "read_pairs", "read_side", "say_both", "say_reading",
]  # fmt: skip
