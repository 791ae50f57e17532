"""The table of an indicator: every territory with its value, its parts, and the words that go with them."""

from dataclasses import dataclass, replace

from beffroi.language import format_number, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.figures.scenes import frame_scene, hold
from beffroi.observe.frames import Frame
from beffroi.observe.questions import Question
from beffroi.observe.sentences import say_value_absent
from beffroi.observe.values import Value


@dataclass(frozen=True, slots=True)
class Line:
    """A territory; ``cells`` are in the order of the table's columns, each (words, number to sort by)."""

    code: str
    label: str
    cells: tuple[tuple[str, float | None], ...]
    mention: str
    unlocated: bool


@dataclass(frozen=True)
class Table:
    """Lines by name; what could not be located comes last. ``in_hand`` is the code of the line to mark."""

    frame: Frame
    level: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    in_hand: str | None


def observe_table(atlas: Atlas, question: Question) -> Table:
    """The table of a question's level at its period; parts and observations only where there are some."""
    scene = atlas.remember(("table", *question.scene), lambda: _observe_scene(atlas, question))
    in_hand = question.territory.code if question.territory.level == question.level else None
    return replace(scene, frame=hold(atlas, question, scene.frame), in_hand=in_hand)


def _observe_scene(atlas: Atlas, question: Question) -> Table:
    measure, language = question.measure, question.language
    values = question.values(atlas)
    here = values.by_name(question.period)
    lost = values.unlocated.get(question.period)
    everything = [*here, *([lost] if lost else [])]
    parts = [
        part
        for part in ("numerator", "denominator", "observations")
        if measure.nature != "amount" and any(getattr(value, part) is not None for value in everything)
    ]
    unit = measure.unit_words(language)
    first = text("table.value", language) + (f" ({unit})" if unit else "")
    return Table(
        frame=frame_scene(atlas, question, values),
        level=question.level,
        columns=(first, *(text(f"table.{part}", language) for part in parts)),
        lines=tuple(_line(atlas, question, value, parts, value is lost) for value in everything),
        in_hand=None,
    )


def _line(atlas: Atlas, question: Question, value: Value, parts: list[str], unlocated: bool) -> Line:
    measure, language = question.measure, question.language
    if value.value is None:
        cells: list[tuple[str, float | None]] = [("–", None)]
    else:
        said = format_number(value.value, measure.unit.decimals, language, grouped=measure.unit.grouped,
                             sign=measure.is_change)  # fmt: skip
        cells = [(said, value.value)]
    for part in parts:
        number = getattr(value, part)
        cells.append(("–" if number is None else format_number(number, 0, language), number))
    mention = ""
    if value.value is None:
        mention = say_value_absent(atlas, question, value)
    elif value.state != "sure":
        mention = text(f"state.{value.state}", language)
    label = text("table.unlocated", language) if unlocated else value.label
    return Line(value.territory, label, tuple(cells), mention, unlocated)


__all__ = ["Line", "Table", "observe_table"]
