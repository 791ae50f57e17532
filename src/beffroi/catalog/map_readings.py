"""From the texts of ``maps/`` to drafts: the head that says a map, the heads that translate it, and prose."""

from pathlib import Path

from beffroi.catalog.maps import MapHead, MapTranslation
from beffroi.catalog.reading.documents import read_text
from beffroi.catalog.reading.layouts import Layout
from beffroi.catalog.reading.mismatches import read_declaration
from beffroi.catalog.reading.pages import WrittenBlock, WrittenProse, read_page
from beffroi.catalog.rules.drafts import Draft, Drafts, MapDraft, MapTextDraft
from beffroi.errors import Fault, Place, fault


def read_map_drafts(root: Path, layout: Layout, drafts: Drafts) -> list[tuple[str, Fault]]:
    """Put every map on its shelf; what is ill-formed, with the map that bears it, is given."""
    found: list[tuple[str, Fault]] = []
    drafts.maps.broken |= layout.misplaced["maps"]
    for name, files in layout.maps.items():
        texts = {}
        for language, file in files.items():
            text, faults = _read_text(root, file, name, MapHead if language == "fr" else MapTranslation)
            found += [(f"maps/{name}", each) for each in faults]
            if text is not None:
                texts[language] = text
        if len(texts) == len(files) and "fr" in texts:
            drafts.maps.known[name] = MapDraft(name, texts["fr"].head, texts)
        else:
            drafts.maps.broken.add(name)
    return found


def _read_text(
    root: Path, file: str, name: str, model: type[MapTranslation]
) -> tuple[MapTextDraft | None, list[Fault]]:
    text = read_text(root / file, file)
    if isinstance(text, Fault):
        return None, [text]
    page = read_page(text, file)
    faults = list(page.faults)
    blocks = [part for part in page.parts if isinstance(part, WrittenBlock)]
    faults += [fault("block-in-map", Place(file, part.line), name=part.kind) for part in blocks]
    if page.head is None:
        return None, faults
    reading = read_declaration(model, page.head)
    draft = Draft(f"maps/{name}", name, page.head, reading.value)
    prose = tuple(part for part in page.parts if isinstance(part, WrittenProse))
    return MapTextDraft(file, draft, prose), [*faults, *reading.faults]


__all__ = ["read_map_drafts"]
