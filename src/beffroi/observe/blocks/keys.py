"""Key figures: a few values in large type, each with what it is, its rank, what it compares with, and its course."""

from dataclasses import dataclass

from beffroi.catalog.blocks import KeyFigures
from beffroi.language import text
from beffroi.observe.blocks.words import say_beside
from beffroi.observe.frames import Frame, frame_figure, period_words
from beffroi.observe.places import Place
from beffroi.observe.sentences import in_clause, say_rank
from beffroi.observe.standings import Reading, Standing
from beffroi.observe.substitutes import Substitute, list_substitutes, say_reason
from beffroi.observe.values import Measure, State, Value


@dataclass(frozen=True)
class KeyFigure:
    """One value. ``compared`` are (name, value in words); ``history`` its course over time, for a small line;
    ``instead`` what there is to read where it is hidden."""

    measure: Measure
    number: str
    title: str
    period: str
    state: State
    reason: str
    rank: str
    compared: tuple[tuple[str, str], ...]
    history: tuple[Value, ...]
    instead: tuple[Substitute, ...] = ()


@dataclass(frozen=True)
class KeyFiguresFigure:
    """Values in the order in which they were declared."""

    frame: Frame
    readings: tuple[Reading, ...]
    place: Place
    entries: tuple[KeyFigure, ...]
    period: str
    """The period that all of them share, in words; empty when they do not."""


def observe_keys(standing: Standing, block: KeyFigures) -> KeyFiguresFigure:
    """The key figures of the territory that a block is about."""
    held, language = standing.take(block.territory), standing.language
    others = held.others(block.compared)
    entries, readings = [], []
    for name in block.indicators:
        measure = held.measure(name)
        entry, read = _entry(held, measure, block.period, others)
        entries.append(entry)
        readings += read
    measures = [entry.measure for entry in entries]
    title = text("page.title_keys", language, place=in_clause(held.place, language))
    periods = {entry.period for entry in entries if entry.state != "missing"}
    shared = periods.pop() if len(periods) == 1 else ""
    said = "; " if language == "en" else "\u202f; "
    sentence = said.join(_say(entry, language) for entry in entries) + "."
    frame = frame_figure(held, measures, readings, title, sentence, subtitle=shared)
    return KeyFiguresFigure(frame, tuple(readings), held.place, tuple(entries), shared)


def _say(entry: KeyFigure, language: str) -> str:
    """One value in words, or why it is not there."""
    words = f"{entry.number}, {entry.period}"
    if entry.state == "missing":
        words = entry.reason
    elif entry.state == "confidential":
        instead = list_substitutes(entry.instead, language)
        words = text("secret.mention", language, reason=entry.reason, values=instead) if instead else entry.reason
    return text("page.named", language, title=entry.title, words=words)


def _entry(
    held: Standing, measure: Measure, asked: str | None, others: tuple[Place, ...]
) -> tuple[KeyFigure, list[Reading]]:
    language = held.language
    if not measure.released:
        return _absent(measure, None, language), []
    period = held.settle(measure, asked)
    reading = held.read(measure, held.place, period)
    if reading is None or reading.value.value is None:
        return _absent(measure, reading, language), [reading] if reading else []
    compared = [read for place in others if (read := held.read(measure, place, period)) is not None]
    # A count of a larger territory says nothing beside this one's: only what can be compared is.
    shown = [(r, r.value.value) for r in compared if r.value.value is not None and measure.nature != "amount"]
    value = reading.value
    entry = KeyFigure(
        measure=measure,
        number=measure.say(value.value, language),
        title=measure.title(language),
        period=period_words(measure, period, language),
        state=value.state,
        reason="" if value.state == "sure" else text(f"state.{value.state}", language),
        rank=say_rank(held.slice(measure, held.place.level), held.place, value, language) or "",
        compared=tuple((r.place.short or r.place.name, say_beside(measure, number, language)) for r, number in shown),
        history=tuple(r.value for r in held.history(measure, held.place, None, None)),
    )
    return entry, [reading, *(read for read, _ in shown)]


def _absent(measure: Measure, reading: Reading | None, language: str) -> KeyFigure:
    title = measure.title(language)
    if reading is None or reading.value.state != "confidential":
        words = say_reason(reading.value.reason if reading else "missing", language)
        return KeyFigure(measure, "–", title, "–", "missing", words, "", (), ())
    period, words = period_words(measure, reading.value.period, language), say_reason(reading.value.reason, language)
    return KeyFigure(measure, "–", title, period, "confidential", words, "", (), (), reading.instead)


__all__ = ["KeyFigure", "KeyFiguresFigure", "observe_keys"]
