"""What of a page is not in English yet: its words that are still French, and what one text shows and not the other.

The two texts of a page are laid side by side by their blocks, which are the same figures; what is between is prose.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from beffroi.catalog.reading.documents import ScalarNode
from beffroi.catalog.reading.pages import WrittenBlock, WrittenPage, WrittenProse, read_page
from beffroi.catalog.reading.shapes import read_plainly

Reason = Literal["same", "absent", "surplus"]


@dataclass(frozen=True)
class Untranslated:
    """Something to translate. ``part`` is ``heading``, ``prose``, ``block``, or the key of the words (``title``,
    ``caption``...); ``reason`` is ``same`` where the English is still the French, ``absent`` where it is not there,
    ``surplus`` for a block that the French has no more. Lines are counted from 1, None where there is none."""

    part: str
    reason: Reason
    words: str
    line: int | None
    french_line: int | None


_HEAD = ("title", "summary", "otherwise")
_SAID = ("title", "note", "text", "caption", "alt")
_TELLING = ("indicator", "indicators", "breakdown", "x", "y", "size", "left", "right", "file", "level", "period")
"""Keys that make a block the same figure, whatever its words."""
_SHOWN = 90


def list_untranslated(french: str, english: str | None) -> list[Untranslated]:
    """What is left to translate, in the order of the page; all of the French when there is no English text."""
    source = read_page(french, "", headed=french.startswith("---"))
    other = read_page(english or "", "", headed=(english or "").startswith("---"))
    found = [*_in_head(source, other), *_in_parts(source.parts, other.parts)]
    return sorted(found, key=lambda one: (one.french_line or one.line or 0, one.line or 0))


def _in_head(source: WrittenPage, other: WrittenPage) -> Iterator[Untranslated]:
    if source.head is None:
        return
    for key in _HEAD:
        node = source.head.root.entries.get(key)
        if not isinstance(node, ScalarNode):
            continue
        mine = None if other.head is None else other.head.root.entries.get(key)
        line = source.head.place((key,)).line
        if not isinstance(mine, ScalarNode):
            yield Untranslated(key, "absent", _shorten(node.text), None, line)
        elif _says_words(node.text) and mine.text.split() == node.text.split():
            assert other.head is not None
            yield Untranslated(key, "same", _shorten(node.text), other.head.place((key,)).line, line)


def _in_parts(
    source: Sequence[WrittenProse | WrittenBlock], other: Sequence[WrittenProse | WrittenBlock]
) -> Iterator[Untranslated]:
    left, right = _runs(source), _runs(other)
    matcher = SequenceMatcher(None, [run.figure for run in left], [run.figure for run in right], autojunk=False)
    mine: list[tuple[int, str]] = []
    theirs: list[tuple[int, str]] = []
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag != "equal":
            yield from (_whole(run.block, "absent") for run in left[first:last] if run.block)
            yield from (_whole(run.block, "surplus") for run in right[start:end] if run.block)
            mine += [pair for run in left[first:last] for pair in run.paragraphs]
            theirs += [pair for run in right[start:end] for pair in run.paragraphs]
            continue
        for here, there in zip(left[first:last], right[start:end], strict=True):
            yield from _in_prose([*mine, *here.paragraphs], [*theirs, *there.paragraphs])
            yield from _in_block(here.block, there.block)
            mine, theirs = [], []


@dataclass(frozen=True)
class _Run:
    """A block with the prose before it; the last prose of a page has none."""

    figure: tuple[Any, ...]
    paragraphs: tuple[tuple[int, str], ...]
    block: WrittenBlock | None


def _runs(parts: Sequence[WrittenProse | WrittenBlock]) -> list[_Run]:
    runs: list[_Run] = []
    before: list[tuple[int, str]] = []
    for part in parts:
        if isinstance(part, WrittenProse):
            before += _paragraphs(part)
        else:
            runs.append(_Run(_figure(part), tuple(before), part))
            before = []
    return [*runs, _Run(("end",), tuple(before), None)]


def _figure(block: WrittenBlock) -> tuple[Any, ...]:
    said = read_plainly(block.document.root) if block.document is not None else {}
    return (block.kind, *(repr(said.get(key)) for key in _TELLING))


def _paragraphs(prose: WrittenProse) -> Iterator[tuple[int, str]]:
    line = prose.line
    for piece in re.split(r"(\n\s*\n)", prose.markdown):
        if piece.strip():
            yield line, " ".join(piece.split())
        line += piece.count("\n")


def _in_prose(mine: Sequence[tuple[int, str]], theirs: Sequence[tuple[int, str]]) -> Iterator[Untranslated]:
    """Paragraphs between two figures that stand as they are in both texts; where the English has fewer of them, the
    last ones it lacks."""
    known = {words: line for line, words in theirs}
    for index, (line, words) in enumerate(mine):
        if not _says_words(words):
            continue
        part = "heading" if words.startswith("#") else "prose"
        shown = _shorten(words.lstrip("# "))
        if words in known:
            yield Untranslated(part, "same", shown, known[words], line)
        elif index >= len(theirs):
            yield Untranslated(part, "absent", shown, None, line)


def _in_block(mine: WrittenBlock | None, theirs: WrittenBlock | None) -> Iterator[Untranslated]:
    if mine is None or theirs is None or mine.document is None or theirs.document is None or mine.kind == "include":
        return
    for key in _SAID:
        node, other = mine.document.root.entries.get(key), theirs.document.root.entries.get(key)
        if not isinstance(node, ScalarNode):
            continue
        line = mine.document.place((key,)).line
        if not isinstance(other, ScalarNode):
            yield Untranslated(key, "absent", _shorten(node.text), theirs.line, line)
        elif _says_words(node.text) and other.text.split() == node.text.split():
            yield Untranslated(key, "same", _shorten(node.text), theirs.document.place((key,)).line, line)


def _whole(block: WrittenBlock, reason: Reason) -> Untranslated:
    said = read_plainly(block.document.root) if block.document is not None else {}
    named = next((str(said[key]) for key in ("title", "indicator", "breakdown", "file") if said.get(key)), "")
    lines = (None, block.line) if reason == "absent" else (block.line, None)
    return Untranslated("block", reason, f"{block.kind} {named}".strip(), *lines)


def _says_words(text: str) -> bool:
    """Whether a text has words of its own, beside what it refers to and the addresses that it links to."""
    bare = re.sub(r"\{\{.*?\}\}|\]\([^)]*\)|`[^`]*`", " ", text, flags=re.S)
    return len(re.findall(r"[^\W\d_]{2,}", bare)) >= 2


def _shorten(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1].rsplit(" ", 1)[0] + "…"


__all__ = ["Untranslated", "list_untranslated"]
