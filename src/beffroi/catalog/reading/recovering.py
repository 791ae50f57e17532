"""What can still be read of a YAML file whose writing is broken somewhere: its other keys, each by itself.

A key at the margin of a file and the lines under it stand alone in YAML, so that a fault in one says nothing of the
others. Nothing is guessed: when the broken place may hold what follows (a quote or a bracket that is never closed),
only what comes before it is read; when it is not one of these pieces that is at fault, nothing is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beffroi.catalog.reading.documents import Document, MappingNode, parse_document
from beffroi.errors import Fault, Place, fault

_BROKEN = frozenset({"yaml-syntax", "yaml-tab"})
_CONTINUES = re.compile(r"[\s#\-\]}]|$")
"""How a line begins that goes on with what is above: a margin, a comment, an item of a list, a closing bracket."""

_STRUCTURE = re.compile(r"---|\.\.\.|[?%&*!{\[]")
"""How a line begins that is not a plain key: then the file is not made of such pieces."""

_OPEN = re.compile(r"""(?:^|[:\-?,\[{]\s)\s*["'\[{]""", re.MULTILINE)
"""A quote or a bracket where a value begins."""


@dataclass(frozen=True)
class Recovered:
    """The keys that could be read, as a document, and the faults of writing of the others, the first one left out."""

    document: Document
    faults: tuple[Fault, ...]


def recover_document(text: str, file: str, found: Fault) -> Recovered | None:
    """What remains of a file that ``found`` makes unreadable; None when nothing can be told for sure."""
    if found.code not in _BROKEN or found.place is None or found.place.line is None:
        return None
    pieces = list(_pieces(text))
    if any(_STRUCTURE.match(lines) for _, lines in pieces):
        return None
    entries = MappingNode({}, {}, 1)
    faults: list[Fault] = []
    explained = False
    for start, lines in pieces:
        # Empty lines in front keep the numbers of the lines.
        document, wrong = parse_document("\n" * start + lines, file)
        here = start < found.place.line <= start + lines.count("\n") + 1
        if document is None:
            explained = explained or here
            faults += [] if here else wrong
            if _may_go_on(lines):
                break
            continue
        for key, node in document.root.entries.items():
            line = document.root.key_lines[key]
            if key in entries.entries:
                faults.append(fault("duplicate-key", Place(file, line, key), first=entries.key_lines[key]))
            else:
                entries.entries[key], entries.key_lines[key] = node, line
        faults += wrong
    return Recovered(Document(file, entries), tuple(faults)) if explained and entries.entries else None


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Each key at the margin with the lines under it, and how many lines come before."""
    start = 0
    held: list[str] = []
    for number, line in enumerate(text.split("\n")):
        if held and not _CONTINUES.match(line):
            yield start, "\n".join(held)
            held = []
        if not held and _CONTINUES.match(line) and not line.startswith((" ", "\t", "-", "]", "}")):
            continue
        start = start if held else number
        held.append(line)
    if held:
        yield start, "\n".join(held)


def _may_go_on(lines: str) -> bool:
    """Whether what is broken could hold the lines that follow: a quote or a bracket that it opens."""
    return _OPEN.search(lines) is not None
