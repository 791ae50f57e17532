"""The map of an indicator: ratios as shaded areas, counts as circles; what is missing or secret has its own mark."""

from dataclasses import dataclass, replace

from beffroi.language import format_number, text
from beffroi.observe.atlases import Atlas, Slice
from beffroi.observe.classes import Classes, circle_steps
from beffroi.observe.figures.scenes import frame_scene, hold
from beffroi.observe.frames import Frame
from beffroi.observe.questions import Question
from beffroi.observe.sentences import ordinal, say_value_absent
from beffroi.observe.values import State, Value

_MARKED: tuple[State, ...] = ("weak", "confidential", "missing")


@dataclass(frozen=True, slots=True)
class Area:
    """A territory of the map. ``shade`` is a colour of the ramp (0 to 6) or None; ``amount`` the area of its circle."""

    code: str
    label: str
    said: str
    state: State
    shade: int | None
    amount: float | None
    rank: int | None


@dataclass(frozen=True)
class LegendClass:
    """One class of the legend: its limits in words, its colour, how many territories it has."""

    words: str
    shade: int
    count: int


@dataclass(frozen=True)
class Map:
    """A map at one level and period. Areas are in the order of the territories' codes.

    ``drawable`` is False at another vintage than the reference one, which is the only one that has contours.
    """

    frame: Frame
    level: str
    areas: tuple[Area, ...]
    legend: tuple[LegendClass, ...]
    circles: tuple[tuple[float, str], ...]
    highest: float
    states: tuple[tuple[State, int], ...]
    diverging: bool
    drawable: bool


def observe_map(atlas: Atlas, question: Question) -> Map:
    """The map of a question's indicator at its level and period."""
    scene = atlas.remember(("map", *question.scene), lambda: _observe_scene(atlas, question))
    return replace(scene, frame=hold(atlas, question, scene.frame))


def _observe_scene(atlas: Atlas, question: Question) -> Map:
    measure, language = question.measure, question.language
    values = question.values(atlas)
    here, states = values.at(question.period), values.moment(question.period).states
    amount = measure.nature in {"amount", "amount_change"}
    areas = tuple(_area(atlas, question, values, value) for _, value in sorted(here.items()))
    known = [value for value in here.values() if value.value is not None]
    steps = circle_steps(values.highest) if amount else ()
    return Map(
        frame=frame_scene(atlas, question, values),
        level=question.level,
        areas=areas,
        legend=tuple(_legend(question, values.classes, known)) if values.classes and not amount else (),
        circles=tuple((step, measure.say(step, language, sign=False)) for step in steps),
        highest=values.highest,
        states=tuple((state, states[state]) for state in _MARKED if state in states),
        diverging=measure.is_change,
        drawable=question.vintage == atlas.release.reference_vintage,
    )


def _area(atlas: Atlas, question: Question, values: Slice, value: Value) -> Area:
    measure, language = question.measure, question.language
    if value.value is None:
        said = say_value_absent(atlas, question, value)
        return Area(value.territory, value.label, said, value.state, None, None, None)
    ranked = values.moment(question.period).ranks.get(value.territory)
    said = measure.say(value.value, language)
    if ranked:
        said += text("figure.rank_short", language, rank=ordinal(ranked, language))
    if value.state != "sure":
        said += f" ({text(f'state.{value.state}', language)})"
    if measure.nature in {"amount", "amount_change"}:
        return Area(value.territory, value.label, said, value.state, None, value.value, ranked)
    shade = values.classes.shade_of(value.value) if values.classes else None
    return Area(value.territory, value.label, said, value.state, shade, None, ranked)


def _legend(question: Question, classes: Classes, known: list[Value]) -> list[LegendClass]:
    language = question.language
    counts = [0] * classes.count
    for value in known:
        if value.value is not None:
            counts[classes.index(value.value)] += 1

    def say(limit: float) -> str:
        return format_number(limit, classes.decimals, language, grouped=question.measure.unit.grouped)

    found = []
    for index in range(classes.count):
        if not classes.limits:
            words = say(classes.lowest)
        elif index == 0:
            words = text("figure.below", language, limit=say(classes.limits[0]))
        elif index == classes.count - 1:
            words = text("figure.at_least", language, limit=say(classes.limits[-1]))
        else:
            words = text(
                "figure.between", language, low=say(classes.limits[index - 1]), high=say(classes.limits[index])
            )
        found.append(LegendClass(words, classes.shade(index), counts[index]))
    return found


__all__ = ["Area", "LegendClass", "Map", "observe_map"]
