"""Links from texts to the pages of observatories: those that lead nowhere, and those that follow a page renamed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from beffroi.catalog.reading.documents import read_text
from beffroi.catalog.reading.layouts import Layout, read_layout

_LINK = re.compile(r"/observatoires/([a-z][a-z0-9_]*)(?:/([a-z][a-z0-9_]*))?(?![a-z0-9_])")


@dataclass(frozen=True)
class Link:
    """A link to a page, or to an observatory, where it is written."""

    file: str
    line: int
    target: str


def find_dead_links(root: Path) -> list[Link]:
    """The links of a workspace's texts that lead to a page or an observatory that it has not."""
    layout = read_layout(root)
    there = {*layout.pages, *layout.observatories}
    return [link for link in find_links(read_texts(root, layout)) if link.target not in there]


def find_links(texts: Mapping[str, str]) -> Iterator[Link]:
    """Every link of some texts, by file."""
    for file, text in texts.items():
        for number, line in enumerate(text.split("\n"), 1):
            for found in _LINK.finditer(line):
                yield Link(file, number, "/".join(filter(None, found.groups())))


def follow(text: str, before: str, after: str) -> str:
    """A text whose links to a page lead to its new name; ``before`` and ``after`` are ``<observatory>/<page>``."""
    return _LINK.sub(
        lambda found: f"/observatoires/{after}" if found[0] == f"/observatoires/{before}" else found[0], text
    )


def read_texts(root: Path, layout: Layout | None = None) -> dict[str, str]:
    """The texts of pages and of what they include, by file."""
    layout = layout or read_layout(root)
    files = [*(file for texts in layout.pages.values() for file in texts.values()), *layout.fragments.values()]
    read = {file: read_text(root / file, file) for file in sorted(files)}
    return {file: text for file, text in read.items() if isinstance(text, str)}


__all__ = ["Link", "find_dead_links", "find_links", "follow", "read_texts"]
