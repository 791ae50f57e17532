"""The canonical form of pages: their head as a declaration, their blocks likewise, one empty line between parts.

A page is prose: its words are never touched, nor where its lines end, nor the order of the keys of a block, which its
author chose. A page that would not then be read as it was is left alone.
"""

import re
from typing import Any

from markdown_it import MarkdownIt
from pydantic import BaseModel

from beffroi.catalog.blocks import BLOCK_KINDS
from beffroi.catalog.formatting import format_text
from beffroi.catalog.observatories import PageHead
from beffroi.catalog.reading.pages import WrittenPage, WrittenProse, read_page
from beffroi.catalog.reading.shapes import read_plainly

_BOUND = "---"
_FOLDED = re.compile(r":[ ]*[>|][-+]?[ ]*$", re.M)
"""A text that its author parted into lines: they are kept where they end."""


def format_page(text: str, head: type[BaseModel] = PageHead) -> str:
    """The text of a page, of what pages include, or of a map by the model of its head, in canonical form."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    parts = list(_write(plain, head))
    canonical = "\n\n".join(parts) + "\n"
    return canonical if _says(canonical) == _says(plain) else text


def _write(text: str, model: type[BaseModel]) -> Any:
    lines = text.split("\n")
    start = 0
    if lines[0].rstrip() == _BOUND:
        end = next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() == _BOUND), None)
        if end is None:
            yield text.rstrip("\n")
            return
        head = "\n".join(lines[1:end])
        yield f"{_BOUND}\n{_canonical(head, model)}{_BOUND}"
        start = end + 1
    body, at = lines[start:], 0
    for token in MarkdownIt("commonmark").parse("\n".join(body)):
        if token.type != "fence" or token.level > 0 or token.map is None:
            continue
        first, last = token.map
        yield from _prose(body[at:first])
        kind = token.info.strip()
        inside = _canonical(token.content, Any) if kind in BLOCK_KINDS else token.content
        yield f"{token.markup}{kind}\n{inside}{token.markup}"
        at = last
    yield from _prose(body[at:])


def _canonical(text: str, model: Any) -> str:
    written = format_text(text, model) if text.strip() else ""
    if _FOLDED.search(text) and _without_folds(written) == _without_folds(text):
        written = "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))
    return written if not written or written.endswith("\n") else written + "\n"


def _without_folds(text: str) -> str:
    """A text whatever the places where its lines are folded, and the marks of YAML that say so."""
    return re.sub(r"[>|][-+]?\s|[\s\"']", "", text + "\n")


def _prose(lines: list[str]) -> Any:
    """The lines between two blocks without the empty ones around; two spaces that break a line stay."""
    kept = "\n".join(_trim(line) for line in lines).strip("\n")
    if kept.strip():
        yield kept.rstrip()


def _trim(line: str) -> str:
    bare = line.rstrip()
    return f"{bare}  " if bare and re.search(r"\S {2,}$", line) else bare


def _says(text: str) -> list[Any]:
    """All that a page says, whatever its layout."""
    page: WrittenPage = read_page(text, "", headed=text.startswith(_BOUND))
    said: list[Any] = [read_plainly(page.head.root) if page.head else None]
    for part in page.parts:
        if isinstance(part, WrittenProse):
            said.append([_trim(line) for line in part.markdown.rstrip().split("\n")])
        else:
            said.append((part.kind, read_plainly(part.document.root) if part.document else None))
    return [*said, [found.code for found in page.faults]]


__all__ = ["format_page"]
