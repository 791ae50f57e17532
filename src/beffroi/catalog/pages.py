"""A page as it is declared: its head, then prose and blocks in the order of its text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from beffroi.catalog.blocks import Block, FigureBlock, Image
from beffroi.catalog.observatories import PageHead
from beffroi.catalog.references import settle_references

SAID = ("title", "note", "text", "caption")
"""Keys of blocks whose text may hold references."""


@dataclass(frozen=True)
class Prose:
    """A run of Markdown between two blocks; ``line`` is where it begins in its file, counted from 1."""

    markdown: str
    file: str
    line: int


@dataclass(frozen=True)
class Placed:
    """A block with its kind (a key of ``BLOCK_KINDS``) and where it is written."""

    kind: str
    block: Block
    file: str
    line: int


@dataclass(frozen=True)
class PageText:
    """A page in one language."""

    file: str
    head: PageHead
    parts: tuple[Prose | Placed, ...]

    def said(self) -> Iterator[str]:
        """Every text of the page that may hold references."""
        yield self.head.title
        yield self.head.summary or ""
        for part in self.parts:
            if isinstance(part, Prose):
                yield part.markdown
            else:
                yield from (getattr(part.block, key, None) or "" for key in SAID)


@dataclass(frozen=True)
class Page:
    """A page of an observatory, in the languages that it was written in.

    ``indicators`` are all those that it shows or refers to, the members of its breakdowns among them.
    """

    id: str
    observatory: str
    texts: Mapping[str, PageText]
    indicators: tuple[str, ...]
    images: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The page as the catalogue of an edition keeps it."""
        return {
            "observatory": self.observatory,
            "indicators": list(self.indicators),
            "texts": {
                language: {
                    **text.head.model_dump(mode="json", exclude_none=True),
                    "parts": list(_parts(text)),
                    "references": settle_references(text.said()),
                }
                for language, text in self.texts.items()
            },
        }


def _parts(text: PageText) -> Iterator[dict[str, Any]]:
    figures = 0
    for part in text.parts:
        if isinstance(part, Prose):
            yield {"prose": part.markdown, "file": part.file, "line": part.line}
            continue
        said = part.block.model_dump(mode="json", exclude_none=True)
        if isinstance(part.block, FigureBlock | Image):
            figures += 1
            said.setdefault("name", str(figures))
        yield {"block": part.kind, "file": part.file, "line": part.line, **said}
