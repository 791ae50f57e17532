"""From the texts of observatories to drafts: heads, prose and blocks, each read by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beffroi.catalog.blocks import BLOCK_KINDS, Image
from beffroi.catalog.observatories import PageHead
from beffroi.catalog.pictures import unsafe_parts
from beffroi.catalog.reading.documents import Document, MappingNode, read_text
from beffroi.catalog.reading.layouts import Layout
from beffroi.catalog.reading.mismatches import read_declaration
from beffroi.catalog.reading.pages import WrittenBlock, WrittenProse, read_page
from beffroi.catalog.reading.shapes import UNREAD
from beffroi.catalog.rules.drafts import BlockDraft, Draft, Drafts, PageDraft, TextDraft
from beffroi.errors import Fault, Place, fault


def read_page_drafts(root: Path, layout: Layout, drafts: Drafts) -> list[tuple[str, Fault]]:
    """Put every page and included text on its shelf; what is ill-formed, with the page that bears it, is given."""
    found: list[tuple[str, Fault]] = []
    reader = _Reader(root, found)
    for name, files in layout.pages.items():
        owner, texts = f"observatories/{name}", {}
        for language, file in files.items():
            text = reader.read_text(file, owner, headed=True)
            if text is not None:
                texts[language] = text
        observatory = name.partition("/")[0]
        if len(texts) == len(files):
            drafts.pages.known[name] = PageDraft(name, observatory, texts)
        else:
            drafts.pages.broken.add(name)
    for name, file in layout.fragments.items():
        fragment = reader.read_text(file, f"observatories/{name}", headed=False)
        if fragment is None:
            drafts.fragments.broken.add(name)
        else:
            drafts.fragments.known[name] = fragment
    drafts.images.update(layout.images)
    return found


@dataclass(frozen=True)
class _Reader:
    """Reads the texts of a workspace one by one; what is ill-formed in them goes to ``found``."""

    root: Path
    found: list[tuple[str, Fault]]

    def read_text(self, file: str, owner: str, *, headed: bool) -> TextDraft | None:
        text = read_text(self.root / file, file)
        if isinstance(text, Fault):
            self.found.append((owner, text))
            return None
        page = read_page(text, file, headed=headed)
        self._tell(owner, page.faults)
        head: Draft[PageHead] | None = None
        if page.head is not None:
            reading = read_declaration(PageHead, page.head)
            self._tell(owner, reading.faults)
            head = Draft(owner, owner.partition("/")[2], page.head, reading.value)
        if headed and head is None:
            return None
        return TextDraft(file, head, tuple(self._read_part(part, owner, file) for part in page.parts))

    def _read_part(self, part: WrittenProse | WrittenBlock, owner: str, file: str) -> WrittenProse | BlockDraft:
        if isinstance(part, WrittenProse):
            return part
        value: Any = UNREAD
        if part.kind not in BLOCK_KINDS:
            place, there = Place(file, part.line), BLOCK_KINDS
            self._tell(owner, [fault("unknown-block", place, name=part.kind, instead_of=part.kind, available=there)])
        elif part.document is not None:
            reading = read_declaration(BLOCK_KINDS[part.kind], part.document)
            self._tell(owner, reading.faults)
            value = reading.value
        document = part.document or Document(file, MappingNode({}, {}, part.line))
        if isinstance(value, Image) and isinstance(value.file, str) and value.file.lower().endswith(".svg"):
            self._look_at_drawing(owner, document.place(("file",)), value.file)
        return BlockDraft(owner, owner.partition("/")[2], document, value, kind=part.kind, line=part.line)

    def _look_at_drawing(self, owner: str, place: Place, name: str) -> None:
        """A drawing holds nothing that runs or fetches: it is served as a file, and read at its own address."""
        try:
            content = (self.root / place.file).with_name(name).read_bytes()
        except (OSError, ValueError):
            return  # that it is missing is told of its block
        if unsafe := unsafe_parts(content):
            self._tell(owner, [fault("picture-unsafe", place, name=name, parts=", ".join(unsafe))])

    def _tell(self, owner: str, faults: Iterable[Fault]) -> None:
        self.found.extend((owner, each) for each in faults)


__all__ = ["read_page_drafts"]
