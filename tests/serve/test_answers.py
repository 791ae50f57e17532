"""Answers that are kept: within their bound, the oldest let go first."""

import gzip

from beffroi.publish.blocks import Block
from beffroi.serve.answers import Answer, Answers, tag


def page(size: int) -> Answer:
    return Answer(200, "text/html", (b"x" * size,))


def test_the_bound_holds_and_the_oldest_goes_first() -> None:
    answers = Answers(10_000)
    for number in range(20):
        answers.keep(str(number), page(1_000))
        answers.find("0")
    assert answers.weight <= 10_000
    assert answers.find("0") is not None, "what is asked for again stays"
    assert answers.find("1") is None
    assert answers.find("19") is not None


def test_an_answer_too_large_for_the_whole_is_not_kept() -> None:
    answers = Answers(10_000)
    answers.keep("large", page(9_000))
    assert answers.find("large") is None
    assert answers.weight == 0


def test_an_answer_is_compressed_once_and_always_alike() -> None:
    answer = page(5_000)
    assert answer.pack() is answer.pack()
    assert gzip.decompress(answer.pack()) == answer.body
    assert answer.pack() == page(5_000).pack()


def test_a_long_answer_is_packed_apart_unless_its_length_is_shared() -> None:
    assert page(300_000).long_to_pack
    assert not Answer(200, "text/html", (b"x", Block(b"x" * 300_000))).long_to_pack


def test_small_answers_and_pictures_are_sent_as_they_are() -> None:
    assert not page(100).compressible
    assert not Answer(200, "image/png", (b"x" * 5_000,)).compressible


def test_a_tag_is_of_an_edition_a_version_and_an_address() -> None:
    one = tag("1", "a", "/x")
    assert one == tag("1", "a", "/x")
    assert len({one, tag("2", "a", "/x"), tag("1", "b", "/x"), tag("1", "a", "/y")}) == 4
