"""How a text is written in canonical YAML: plain where that reads as the same text, quoted or as a block otherwise."""

import re
import textwrap

from beffroi.catalog.reading.documents import ScalarNode
from beffroi.catalog.reading.shapes import read_scalar

WIDTH = 120

_STARTS_PLAIN = re.compile(r"(?![-?:,\[\]{}#&*!|>'\"%@`\s])|[-?:](?=[^\s,\[\]{}])")
_BREAKS_PLAIN = re.compile(
    r":(\s|$)|\s#|[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]|^(---|\.\.\.)(\s|$)"
)
_AMBIGUOUS = re.compile(r"[-+.]?[0-9][0-9_.,:eETZx +-]*|y|yes|n|no|on|off", re.I)
"""What other readers of YAML take for a number, a date or a boolean, where Beffroi sees a text."""

_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_ESCAPED = re.compile(_UNPRINTABLE.pattern + r"|[\n\"\\]")


def write_inline(text: str, style: str | None, *, key: bool = False) -> str:
    """A scalar on one line. ``style`` is how it was written: None for plain, whose reading must not change."""
    if style is None:
        return text
    if can_be_plain(text) and (
        key or not (_AMBIGUOUS.fullmatch(text) or read_scalar(ScalarNode(text, True, 1)) != text)
    ):
        return text
    if ("\\" in text or '"' in text) and not _UNPRINTABLE.search(text) and "\n" not in text:
        return "'" + text.replace("'", "''") + "'"
    return '"' + _ESCAPED.sub(lambda found: _escape(found[0]), text) + '"'


def _escape(character: str) -> str:
    short = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
    return short.get(character) or f"\\u{ord(character):04x}"


def can_be_plain(text: str) -> bool:
    """Whether YAML accepts ``text`` without quotes, outside brackets, and gives back the same characters."""
    return (
        bool(text)
        and text == text.strip()
        and _STARTS_PLAIN.match(text) is not None
        and _BREAKS_PLAIN.search(text) is None
    )


def write_block(text: str, style: str | None, *, margin: str, room: int) -> tuple[str, list[str]] | None:
    """A long text or one of several lines as a block: its mark and its lines; None when one line will do.

    A text that a block could not give back (its lines begin with spaces, it ends in empty lines) stays on one line.
    """
    body = text[:-1] if text.endswith("\n") else text
    several = "\n" in text
    if not several and (len(write_inline(text, style)) <= room or " " not in text):
        return None
    if _UNPRINTABLE.search(text) or not body or body != body.strip() or re.search(r"(^|\n) | (\n|$)", body):
        return None
    chomping = "" if several and text.endswith("\n") else "-"
    lines = body.split("\n")
    width = WIDTH - len(margin)
    if several and style != ">" and all(len(line) <= width for line in lines):
        return f"|{chomping}", [margin + line if line else "" for line in lines]
    folded: list[str] = []
    for index, line in enumerate(lines):
        folded += [""] if index else []
        folded += [margin + part for part in _wrapped(line, width)]
    return f">{chomping}", folded


def _wrapped(line: str, width: int) -> list[str]:
    """Lines of at most ``width`` characters, broken at single spaces only, so that folding gives the text back."""
    glued = re.sub(r" {2,}", lambda found: "\x00" * len(found[0]), line)
    parts = textwrap.wrap(
        glued, width, break_long_words=False, break_on_hyphens=False, expand_tabs=False,
        replace_whitespace=False, drop_whitespace=True,
    )  # fmt: skip
    return [part.replace("\x00", " ") for part in parts]
