"""The table of an indicator: every territory with its value, its parts, and the words that go with them."""

from dataclasses import dataclass

from beffroi.language import format_number, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.frames import Frame, frame_question, period_words
from beffroi.observe.places import fold
from beffroi.observe.questions import Question
from beffroi.observe.sentences import say_place, say_spread
from beffroi.observe.values import Value


@dataclass(frozen=True, slots=True)
class Line:
    """A territory; ``cells`` are in the order of the table's columns, each (words, number to sort by)."""

    code: str
    label: str
    cells: tuple[tuple[str, float | None], ...]
    mention: str
    in_hand: bool
    unlocated: bool


@dataclass(frozen=True)
class Table:
    """Lines by name; what could not be located comes last."""

    frame: Frame
    level: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def observe_table(atlas: Atlas, question: Question) -> Table:
    """The table of a question's level at its period; parts and observations only where there are some."""
    measure, language = question.measure, question.language
    values = atlas.slice(measure, question.level, question.vintage)
    here = sorted(values.at(question.period).values(), key=lambda v: fold(v.label))
    lost = values.unlocated.get(question.period)
    everything = [*here, *([lost] if lost else [])]
    parts = [
        part for part in ("numerator", "denominator", "observations")
        if measure.nature != "amount" and any(getattr(value, part) is not None for value in everything)
    ]  # fmt: skip
    title = text("figure.title_places", language, title=measure.title(language),
                 places=text(f"level_many.{question.level}", language),
                 period=period_words(measure, question.period, language))  # fmt: skip
    unit = measure.unit_words(language)
    sentence = f"{say_place(atlas, question)} {say_spread(question, values)}"
    return Table(
        frame=frame_question(atlas, question, values, title, sentence),
        level=question.level,
        columns=(text("table.value", language) + (f" ({unit})" if unit else ""),
                 *(text(f"table.{part}", language) for part in parts)),
        lines=tuple(_line(question, value, parts, value is lost) for value in everything),
    )  # fmt: skip


def _line(question: Question, value: Value, parts: list[str], unlocated: bool) -> Line:
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
    mention = text(f"state.{value.reason if value.value is None else value.state}", language)
    label = text("table.unlocated", language) if unlocated else value.label
    in_hand = value.territory == question.territory.code and question.territory.level == question.level
    return Line(value.territory, label, tuple(cells), "" if value.state == "sure" else mention, in_hand, unlocated)


__all__ = ["Line", "Table", "observe_table"]
