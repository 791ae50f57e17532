"""The sections of a page's text, and where a block may be put in it: between two pieces, never inside one."""

from dataclasses import dataclass

from markdown_it import MarkdownIt

_BOUND = "---"


@dataclass(frozen=True)
class Section:
    """A part of a page: its heading as it is written (empty before the first one), its line counted from 1, and how
    many lines of the text are before its end."""

    heading: str
    line: int
    end: int


@dataclass(frozen=True)
class Inserted:
    """A text with one more block, and the line of the mark that opens it, counted from 1."""

    text: str
    line: int


def list_sections(text: str) -> list[Section]:
    """The sections of a page in order; the first has no heading, and is there even without a word."""
    start, body = _body(text)
    found: list[tuple[str, int]] = [("", start)]
    tokens = MarkdownIt("commonmark").parse(body)
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map is not None:
            found.append((tokens[index + 1].content, start + token.map[0]))
    ends = [line for _, line in found[1:]] + [len(text.rstrip().split("\n"))]
    return [Section(heading, line + 1, max(end, start)) for (heading, line), end in zip(found, ends, strict=True)]


def insert_block(text: str, block: str, after: int) -> Inserted:
    """A page with a block after so many of its lines, or after the piece that the last of them belongs to: a paragraph,
    a list, a block are not cut, and nothing comes before the end of the head."""
    start, body = _body(text)
    lines = text.split("\n")
    at = max(start, min(after, len(lines)))
    for token in MarkdownIt("commonmark").parse(body):
        if token.level == 0 and token.map is not None and token.type != "heading_close":
            first, last = (start + line for line in token.map)
            if first < at < last:
                at = last
    before, rest = "\n".join(lines[:at]).rstrip(), "\n".join(lines[at:]).strip("\n")
    opening = f"{before}\n\n" if before else ""
    closing = f"\n{rest}\n" if rest.strip() else ""
    return Inserted(f"{opening}{block.rstrip()}\n{closing}", opening.count("\n") + 1)


def _body(text: str) -> tuple[int, str]:
    """How many lines the head takes, and the text after it."""
    lines = text.split("\n")
    start = 0
    if lines[0].rstrip() == _BOUND:
        start = next((index + 1 for index, line in enumerate(lines[1:], 1) if line.rstrip() == _BOUND), len(lines))
    return start, "\n".join(lines[start:])


__all__ = ["Inserted", "Section", "insert_block", "list_sections"]
