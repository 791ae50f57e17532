"""From the texts of observatories to drafts: heads, prose and blocks, each read by itself."""

from pathlib import Path
from typing import Any

from beffroi.catalog.blocks import BLOCK_KINDS
from beffroi.catalog.observatories import PageHead
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
    for name, files in layout.pages.items():
        owner, texts = f"observatories/{name}", {}
        for language, file in files.items():
            text = _read_text(root, file, owner, found, headed=True)
            if text is not None:
                texts[language] = text
        observatory = name.partition("/")[0]
        if len(texts) == len(files):
            drafts.pages.known[name] = PageDraft(name, observatory, texts)
        else:
            drafts.pages.broken.add(name)
    for name, file in layout.fragments.items():
        fragment = _read_text(root, file, f"observatories/{name}", found, headed=False)
        if fragment is None:
            drafts.fragments.broken.add(name)
        else:
            drafts.fragments.known[name] = fragment
    drafts.images.update(layout.images)
    return found


def _read_text(root: Path, file: str, owner: str, found: list[tuple[str, Fault]], *, headed: bool) -> TextDraft | None:
    text = read_text(root / file, file)
    if isinstance(text, Fault):
        found.append((owner, text))
        return None
    page = read_page(text, file, headed=headed)
    found += [(owner, each) for each in page.faults]
    head: Draft[PageHead] | None = None
    if page.head is not None:
        reading = read_declaration(PageHead, page.head)
        found += [(owner, each) for each in reading.faults]
        head = Draft(owner, owner.partition("/")[2], page.head, reading.value)
    if headed and head is None:
        return None
    return TextDraft(file, head, tuple(_read_part(part, owner, file, found) for part in page.parts))


def _read_part(
    part: WrittenProse | WrittenBlock, owner: str, file: str, found: list[tuple[str, Fault]]
) -> WrittenProse | BlockDraft:
    if isinstance(part, WrittenProse):
        return part
    value: Any = UNREAD
    if part.kind not in BLOCK_KINDS:
        place = Place(file, part.line)
        there = BLOCK_KINDS
        found.append((owner, fault("unknown-block", place, name=part.kind, instead_of=part.kind, available=there)))
    elif part.document is not None:
        reading = read_declaration(BLOCK_KINDS[part.kind], part.document)
        found += [(owner, each) for each in reading.faults]
        value = reading.value
    document = part.document or Document(file, MappingNode({}, {}, part.line))
    return BlockDraft(owner, owner.partition("/")[2], document, value, kind=part.kind, line=part.line)


__all__ = ["read_page_drafts"]
