"""The fenced blocks of a page, with the file that the sentence before each of them names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.house.places import ROOT

_FENCE = re.compile(r"^```(\w*)\s*$")
_FILE = re.compile(r"`([\w./<>-]+\.(?:yaml|sql|csv|py))`[^`]*:\s*$")


@dataclass(frozen=True)
class Block:
    """A fenced block. ``file`` is the path that the paragraph before it ends with (« Dans le fichier `x.yaml` : »)."""

    page: str
    line: int
    language: str
    text: str
    file: str | None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@cache
def pages() -> tuple[Path, ...]:
    """Every page that people read, those that the machine writes included."""
    return (
        *sorted(ROOT.glob("*.md")),
        *sorted((ROOT / "docs").rglob("*.md")),
        *sorted((ROOT / "workspaces").rglob("README.md")),
    )


def read_blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    name = str(page.relative_to(ROOT))
    lines = page.read_text("utf-8").splitlines()
    start, language = None, ""
    for number, line in enumerate(lines, 1):
        if start is None:
            if found := _FENCE.match(line):
                start, language = number, found[1]
        elif line.rstrip() == "```":
            text = "\n".join(lines[start : number - 1]) + "\n"
            named = _FILE.search(_paragraph_before(lines, start - 1))
            yield Block(name, start, language, text, named[1] if named else None)
            start = None
    assert start is None, f"{name}:{start}: a block is not closed"


def _paragraph_before(lines: list[str], fence: int) -> str:
    words: list[str] = []
    for line in reversed(lines[:fence]):
        if line.strip():
            words.insert(0, line.strip())
        elif words:
            break
    return " ".join(words)
