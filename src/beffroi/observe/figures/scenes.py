"""What every figure of places shares: a scene made once, then put in the hands of one territory."""

from dataclasses import replace

from beffroi.language import text
from beffroi.observe.atlases import Atlas, Slice
from beffroi.observe.frames import Frame, Notice, frame_question, period_words
from beffroi.observe.questions import Question
from beffroi.observe.sentences import say_place, say_spread


def frame_scene(atlas: Atlas, question: Question, values: Slice, title: str = "figure.title_places") -> Frame:
    """The frame of a figure that shows all territories of a level; its sentence says how they are spread."""
    measure, language = question.measure, question.language
    words = text(
        title,
        language,
        title=measure.title(language),
        places=text(f"level_many.{question.level}", language),
        period=period_words(measure, question.period, language),
    )
    return frame_question(atlas, question, values, words, say_spread(question, values))


def hold(atlas: Atlas, question: Question, frame: Frame) -> Frame:
    """The frame of a scene with what its reader holds: the territory's own sentence, and what was replaced."""
    replaced = tuple(Notice("replaced", words) for words in question.replaced)
    return replace(
        frame, sentence=f"{say_place(atlas, question)} {frame.sentence}", notices=(*replaced, *frame.notices)
    )


__all__ = ["frame_scene", "hold"]
