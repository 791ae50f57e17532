"""The text of a page: its head between two lines of ``---``, then Markdown whose fenced blocks are figures in YAML.

A block keeps the lines of its file, so that what is wrong in it is told where it stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from beffroi.catalog.reading.documents import Document, MappingNode, parse_document
from beffroi.errors import Fault, Place, fault

_BOUND = "---"
MOST_LINES = 100
"""Most lines of a table in prose. What is longer is data: it has a source, and a figure shows it with its files. Each
page of a territory would write it again: ten thousand lines take a second and a half, three hundred times over."""


@dataclass(frozen=True)
class WrittenProse:
    """Markdown between two blocks; its first line is counted from 1."""

    markdown: str
    line: int


@dataclass(frozen=True)
class WrittenBlock:
    """A fenced block: the word that opens it, its YAML (None when it cannot be read), and the line of its opening."""

    kind: str
    document: Document | None
    line: int


@dataclass(frozen=True)
class WrittenPage:
    """A page as it is written; ``head`` is None where it cannot be read, or for a text that others include."""

    file: str
    head: Document | None
    parts: tuple[WrittenProse | WrittenBlock, ...]
    faults: tuple[Fault, ...]


def read_page(text: str, file: str, *, headed: bool = True) -> WrittenPage:
    """The page of a text, with all that is wrong in its writing; ``headed`` when it must begin with a head."""
    lines = text.split("\n")
    faults: list[Fault] = []
    head: Document | None = None
    start = 0
    if lines[0].rstrip() == _BOUND:
        end = next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() == _BOUND), None)
        if end is None:
            return WrittenPage(file, None, (), (fault("page-head-open", Place(file, 1)),))
        head, found = parse_document("\n" + "\n".join(lines[1:end]), file)
        faults += found
        start = end + 1
    elif headed:
        faults.append(fault("page-head-missing", Place(file, 1)))
    if not headed and head is not None:
        faults.append(fault("page-head-useless", Place(file, 1)))
    parts = tuple(_parts(lines, start, file, faults))
    return WrittenPage(file, head, parts, tuple(faults))


def _parts(lines: list[str], start: int, file: str, faults: list[Fault]) -> Iterator[WrittenProse | WrittenBlock]:
    body = "\n".join(lines[start:])
    at = 0
    for token in MarkdownIt("commonmark").enable("table").parse(body):
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "html_block":
            faults.append(fault("page-html", Place(file, start + first + 1)))
        if token.type == "table_open" and last - first - 2 > MOST_LINES:
            count = last - first - 2
            faults.append(fault("page-table-long", Place(file, start + first + 1), count=count, most=MOST_LINES))
        if token.type == "inline":
            faults.extend(_inline_html(token.children or [], file, start + first + 1))
        if token.type != "fence" or token.level > 0:
            continue
        yield from _prose(lines[start + at : start + first], start + at)
        yield _block(token.info.strip(), token.content, start + first, file, faults)
        at = last
    yield from _prose(lines[start + at :], start + at)


def _inline_html(children: Sequence[Token], file: str, line: int) -> Iterator[Fault]:
    if any(child.type == "html_inline" for child in children):
        yield fault("page-html", Place(file, line))


def _prose(lines: list[str], before: int) -> Iterator[WrittenProse]:
    skipped = next((index for index, line in enumerate(lines) if line.strip()), None)
    if skipped is not None:
        yield WrittenProse("\n".join(lines[skipped:]).rstrip() + "\n", before + skipped + 1)


def _block(kind: str, content: str, opening: int, file: str, faults: list[Fault]) -> WrittenBlock:
    if not content.strip():
        # A block with nothing to say is read as having no key: each that it must have is then named.
        return WrittenBlock(kind, Document(file, MappingNode({}, {}, opening + 1)), opening + 1)
    document, found = parse_document("\n" * (opening + 1) + content, file)
    faults += found
    return WrittenBlock(kind, document, opening + 1)


__all__ = ["MOST_LINES", "WrittenBlock", "WrittenPage", "WrittenProse", "read_page"]
