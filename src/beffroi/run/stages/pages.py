"""Looking at every page before it is published: one that cannot be drawn keeps its last good text.

A page is looked at in the hands of the territory that it opens on and of the first one of each of its levels. What a
page needs of one territory it needs of them all: indicators, periods, levels.
"""

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from beffroi.access import reader_of
from beffroi.errors import fault
from beffroi.lake.objects import staleness_key, write_bytes
from beffroi.observe.atlases import Atlas
from beffroi.observe.pages import try_page
from beffroi.run.cataloguing import describe_page
from beffroi.run.reports import Item
from beffroi.run.states import BuildState


def look_at_pages(
    state: BuildState, catalogue: dict[str, Any], objects: Mapping[str, str], built: str
) -> dict[str, Any]:
    """The catalogue with its pages: as written where they can be drawn, as they were before where they cannot."""
    before: Mapping[str, Any] = state.previous_catalogue.get("pages", {})
    atlases: dict[str, Atlas] = {}
    pages: dict[str, Any] = {}
    drafted = {name: _entry(state, name, catalogue, objects) for name in state.catalog.pages}
    whole = {**catalogue, "pages": drafted}
    for name, entry in drafted.items():
        started = time.monotonic()
        if name in before and before[name].get("key") == entry["key"] and before[name]["state"] == "released":
            pages[name] = entry
            state.note(Item("page", name, "unchanged"))
            continue
        audience = entry["audience"]
        if audience not in atlases:
            atlases[audience] = Atlas(state.lake.preview(reader_of(audience), objects, whole, built))
        try:
            try_page(atlases[audience], name)
        except Exception as error:
            reasons = state.faults_of(error)
            kept = _keep(state, name, before.get(name), catalogue)
            if kept is not None:
                pages[name] = {**kept, "state": "kept", "reasons": [reason.to_json() for reason in reasons]}
            seconds = time.monotonic() - started
            state.note(Item("page", name, "blocked" if kept is None else "kept", seconds, None, reasons))
            continue
        pages[name] = entry
        state.note(Item("page", name, "built", time.monotonic() - started))
    _keep_faulty(state, catalogue, before, pages)
    listed = {name: _list(state, name, entry, pages) for name, entry in catalogue["observatories"].items()}
    return {**catalogue, "observatories": listed, "pages": pages}


def _list(state: BuildState, name: str, entry: Mapping[str, Any], pages: Mapping[str, Any]) -> dict[str, Any]:
    """An observatory with the pages that are published, in the order that it declares, kept ones among them; and with
    every picture that they show."""
    declared = state.catalog.observatories.get(name)
    order = [f"{name}/{page}" for page in declared.pages] if declared else []
    shown = [page for page in dict.fromkeys((*order, *entry["pages"])) if page in pages]
    parts = [part for page in shown for text in pages[page]["texts"].values() for part in text["parts"]]
    pictures = {part["file"] for part in parts if part.get("block") == "image"}
    return {**entry, "pages": shown, "pictures": sorted(pictures)}


def _entry(state: BuildState, name: str, catalogue: Mapping[str, Any], objects: Mapping[str, str]) -> dict[str, Any]:
    """The page as the catalogue keeps it; ``key`` changes with its text, with the territories and with every series
    that it shows, as it is released: whoever reads the page may read the key."""
    page = state.catalog.pages[name]
    known = catalogue["indicators"]
    shown = {one: [known.get(one, {}).get(said) for said in ("object", "state")] for one in page.indicators}
    entry = describe_page(state.catalog, name)
    where = [entry.get("perimeter"), objects.get("territories")]
    looked = {"stage": "page", "page": page.to_json(), "series": shown, "within": where}
    return {**entry, "key": staleness_key(looked)}


def _keep(
    state: BuildState, name: str, before: Mapping[str, Any] | None, catalogue: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The last good page, while those who saw it still may see it, and all that it shows."""
    if before is None or not state.may_be_kept(f"page:{name}", before["audience"]):
        return None
    seen = {
        one for one, entry in catalogue["indicators"].items() if entry["audience"] in ("public", before["audience"])
    }
    return before if seen.issuperset(before["indicators"]) else None


def _keep_faulty(
    state: BuildState, catalogue: dict[str, Any], before: Mapping[str, Any], pages: dict[str, Any]
) -> None:
    """Pages whose text is at fault now, and that are still written."""
    known: Mapping[str, Any] = state.previous_catalogue.get("observatories", {})
    for name in before:
        if name in state.catalog.pages or f"observatories/{name}" not in state.intentions:
            continue
        kept = _keep(state, name, before[name], catalogue)
        reason = fault("declaration-faulty")
        state.note(Item("page", name, "blocked" if kept is None else "kept", 0.0, None, (reason,), "texte"))
        observatory = before[name]["observatory"]
        if kept is None or (observatory not in catalogue["observatories"] and observatory not in known):
            continue
        pages[name] = {**kept, "state": "kept", "reasons": [reason.to_json()]}
        listed = catalogue["observatories"].setdefault(observatory, {**known.get(observatory, {}), "pages": []})
        if name not in listed["pages"]:
            listed["pages"] = [*listed["pages"], name]


def keep_pictures(state: BuildState, catalogue: Mapping[str, Any]) -> dict[str, str]:
    """The pictures of observatories as objects of the lake, by the name that an edition gives them."""
    kept: dict[str, str] = {}
    before = state.previous.objects if state.previous else {}
    for observatory, entry in catalogue["observatories"].items():
        for name in entry.get("pictures", ()):
            label = f"picture:{observatory}/{name}"
            try:
                content = (Path(state.catalog.root) / "observatories" / observatory / name).read_bytes()
            except OSError:
                if label in before:
                    kept[label] = before[label]
                continue
            digest = hashlib.sha256(content).hexdigest()
            key = staleness_key({"stage": "picture", "name": label, "sha256": digest, "for": entry["audience"]})
            made = state.lake.objects.get(key) or write_bytes(
                state.lake.objects, key, kind="picture", name=f"{observatory}/{name}", audience=entry["audience"],
                file=name, content=content,
            )  # fmt: skip
            kept[label] = made.key
    return kept


__all__ = ["keep_pictures", "look_at_pages"]
