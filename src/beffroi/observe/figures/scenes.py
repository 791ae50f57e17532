"""What every figure of places shares: a scene made once, then put in the hands of one territory."""

from dataclasses import replace

from beffroi.language import text
from beffroi.observe.atlases import Atlas, Slice
from beffroi.observe.frames import Frame, Notice, frame_figure, period_words
from beffroi.observe.places import Place
from beffroi.observe.questions import Question
from beffroi.observe.sentences import in_clause_of, say_place, say_spread
from beffroi.observe.standings import Reading, Standing


def frame_scene(atlas: Atlas, question: Question, values: Slice, title: str = "figure.title_places") -> Frame:
    """The frame of a figure that shows all territories of a level; its sentence says how they are spread."""
    measure, language = question.measure, question.language
    places = text(f"level_many.{question.level}", language)
    if question.within == (question.territory.key,):
        places += f" {in_clause_of(question.territory, language)}"
    words = text(
        title,
        language,
        title=measure.title(language),
        places=places,
        period=period_words(measure, question.period, language),
    )
    return frame_values(atlas, question, values, words, say_spread(question, values))


def frame_values(atlas: Atlas, question: Question, values: Slice, title: str, sentence: str) -> Frame:
    """The frame of a figure that answers ``question`` with ``values``: a question turned into what it reads."""
    measure, period = question.measure, question.period
    here = values.at(period)
    told = [value for value in here.values() if value.state != "sure"] or list(here.values())[:1]
    over_time = question.view in {"evolution", "table"}
    return frame_figure(
        Standing(atlas, question.language, question.territory, question.vintage, within=question.within),
        [measure], [Reading(measure, Place(question.level, v.territory, v.label), v) for v in told], title, sentence,
        level=question.level, over_time=over_time, until=values.periods[-1] if over_time and values.periods else "",
        counted=True, lost=values.unlocated.get(period),
    )  # fmt: skip


def hold(atlas: Atlas, question: Question, frame: Frame) -> Frame:
    """The frame of a scene with what its reader holds: the territory's own sentence, and what was replaced."""
    replaced = tuple(Notice("replaced", words) for words in question.replaced)
    return replace(
        frame, sentence=f"{say_place(atlas, question)} {frame.sentence}", notices=(*replaced, *frame.notices)
    )


__all__ = ["frame_scene", "frame_values", "hold"]
