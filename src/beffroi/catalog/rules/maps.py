"""What maps must be: layers that exist and that its readers may see, views that lead somewhere."""

from collections.abc import Iterator
from typing import Any

from beffroi.catalog.maps import FRANCE, MapHead, View
from beffroi.catalog.reading.documents import MappingNode, ScalarNode
from beffroi.catalog.reading.shapes import unread
from beffroi.catalog.rules.drafts import Draft, Drafts, MapDraft, check_reference, check_repeats
from beffroi.catalog.rules.layers import check_state, layer_audience
from beffroi.catalog.rules.pages import HEAD_SAID, check_references, check_whom
from beffroi.catalog.rules.sources import check_themes
from beffroi.catalog.rules.tables import check_audience, known_audience
from beffroi.errors import Fault, Place


def check_map(declared: MapDraft, drafts: Drafts) -> Iterator[Fault]:
    """The faults of one map, in each of its languages."""
    draft: Draft[MapHead] = declared.head
    yield from check_themes(draft, drafts)
    yield from check_audience(draft, drafts, draft.value.audience, "audience")
    yield from check_state(draft)
    yield from _check_layers(draft, drafts)
    yield from _check_swipe(draft, drafts)
    yield from _check_view(draft, drafts, draft.value.opens, "opens")
    bookmarks = draft.value.bookmarks
    if not unread(bookmarks):
        for index, bookmark in enumerate(bookmarks):
            yield from _check_view(draft, drafts, bookmark, "bookmarks", index)
        titles = [bookmark.title.get("fr", "") for bookmark in bookmarks if not unread(bookmark.title)]
        yield from check_repeats(draft, titles, "bookmarks")
    for text in declared.texts.values():
        for key in HEAD_SAID:
            said = getattr(text.head.value, key)
            if isinstance(said, str):
                yield from check_references(said, text.head.place(key), declared, drafts)
        for part in text.prose:
            yield from check_references(part.markdown, Place(text.file, part.line), declared, drafts)


def named_layers(draft: Draft[MapHead]) -> list[tuple[str, tuple[str | int, ...]]]:
    """The layers that a map names, with the key of each, whatever is wrong beside them."""
    found: list[tuple[str, tuple[str | int, ...]]] = []
    for index, item in enumerate(getattr(draft.node("layers"), "items", ())):
        inner = item.entries.get("layer") if isinstance(item, MappingNode) else None
        if isinstance(item, ScalarNode):
            found.append((item.text, ("layers", index)))
        elif isinstance(inner, ScalarNode):
            found.append((inner.text, ("layers", index, "layer")))
    return found


def _check_layers(draft: Draft[MapHead], drafts: Drafts) -> Iterator[Fault]:
    seen: set[str] = set()
    shown = draft.value.audience
    for name, path in named_layers(draft):
        if name in seen:
            yield draft.fault("duplicate-value", *path, value=name)
            continue
        seen.add(name)
        yield from check_reference(draft, drafts.layers, name, "unknown-layer", *path)
        layer = drafts.layers.find(name)
        if not isinstance(layer, Draft) or unread(shown) or unread(known_audience(shown, drafts)):
            continue
        audience = layer_audience(layer, drafts)
        if not unread(audience) and audience not in ("public", shown):
            yield draft.fault("layer-too-narrow", *path, name=name, audience=audience, shown=shown)


def _check_swipe(draft: Draft[MapHead], drafts: Drafts) -> Iterator[Fault]:
    swipe = draft.value.swipe
    if swipe is None or unread(swipe):
        return
    there = [name for name, _ in named_layers(draft)]
    # A layer that is not read, or not there, may be the one that is meant.
    written = getattr(draft.node("layers"), "items", None)
    wanting = not written or len(written) != len(there) or any(drafts.layers.find(name) is None for name in there)
    for key in ("left", "right"):
        name = getattr(swipe, key)
        if name not in there and not wanting and not unread(name):
            yield draft.fault("unknown-value", "swipe", key, value=name, instead_of=name, available=there)
    if swipe.left == swipe.right and not unread(swipe.left):
        yield draft.fault("duplicate-value", "swipe", "right", value=swipe.right)


def _check_view(draft: Draft[MapHead], drafts: Drafts, view: Any, *path: str | int) -> Iterator[Fault]:
    if not isinstance(view, View) or unread(view.territory, view.centre):
        return
    said = [key for key in ("territory", "centre") if getattr(view, key) is not None]
    if len(said) != 1:
        yield draft.fault("exactly-one-of", *path, keys="territory, centre", found=", ".join(said) or "–")
    elif view.centre is not None and view.zoom is None:
        yield draft.fault("missing-key", *path, "zoom", name="zoom")
    elif view.territory is not None and view.zoom is not None:
        yield draft.fault("key-without-effect", *path, "zoom", name="zoom", cause="territory")
    if view.territory is not None:
        yield from check_whom(draft, drafts, view.territory, *path, "territory")
    if view.centre is not None and len(view.centre) == 2:
        yield from _check_centre(draft, view.centre, *path, "centre")


def _check_centre(draft: Draft[MapHead], centre: list[float], *path: str | int) -> Iterator[Fault]:
    """One fault when a point is nowhere on Earth, or has its latitude first."""
    longitude, latitude = centre
    if not _in_france(longitude, latitude) and _in_france(latitude, longitude):
        better = f"[{latitude:g}, {longitude:g}]"
        yield draft.fault("coordinates-swapped", *path, value=f"[{longitude:g}, {latitude:g}]", better=better)
        return
    for index, (value, most) in enumerate(((longitude, 180), (latitude, 85))):
        if abs(value) > most:
            limit = f"≥ -{most}" if value < 0 else f"≤ {most}"
            yield draft.fault("out-of-range", *path, index, value=f"{value:g}", limit=limit)


def _in_france(longitude: float, latitude: float) -> bool:
    return any(west <= longitude <= east and south <= latitude <= north for west, south, east, north in FRANCE)
