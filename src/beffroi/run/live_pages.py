"""Pages while they are written: what their text says now, over the series that the last build released.

Nothing is built and nothing is written in the lake. A page that is at fault, or cannot be drawn, keeps the last text
that could, and its faults are told beside it; declarations of data that changed wait for a build.
"""

import hashlib
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from beffroi.access import BUILDER, Reader
from beffroi.catalog import CheckResult, check_catalog
from beffroi.catalog.catalogs import Catalog
from beffroi.catalog.page_links import Link, find_dead_links
from beffroi.catalog.writing import Change, try_changes
from beffroi.errors import BeffroiError, Fault, Place, fault
from beffroi.lake.releases import EditionInfo, Release
from beffroi.observe.atlases import Atlas
from beffroi.observe.pages import try_page
from beffroi.run.cataloguing import describe_page, describe_workspace
from beffroi.run.freshness import fingerprint_workspace
from beffroi.run.pending import list_pending, list_unpublished
from beffroi.run.workplaces import Workplace

_STILL = 0.05
"""Seconds during which the workspace's files are not looked at again."""


@dataclass(frozen=True)
class Sketch:
    """The workspace as its text is at one moment. ``version`` changes with the text and with the edition.

    ``faults`` are all those of the texts; ``of_pages`` those that keep a page from being shown as it is written;
    ``pending`` names what a build would take up, ``unpublished`` the pages that readers will see after one;
    ``catalog`` is what is declared, without what is at fault.
    """

    version: str
    edition: EditionInfo
    catalogue: Mapping[str, Any]
    faults: tuple[Fault, ...]
    of_pages: Mapping[str, tuple[Fault, ...]]
    pending: tuple[str, ...]
    unpublished: tuple[str, ...]
    catalog: Catalog | None


class LivePages:
    """A workspace that is being written, and its lake. Threads may share one."""

    def __init__(self, workplace: Workplace) -> None:
        self.workplace = workplace
        self._lock = threading.RLock()
        self._looked, self._turns = 0.0, 0
        self._print = ""
        self._sketch: Sketch | None = None
        self._good: dict[str, Mapping[str, Any]] = {}
        self._releases: dict[tuple[str, Reader], Release] = {}
        self._atlas: Atlas | None = None

    @property
    def root(self) -> Path:
        return self.workplace.root

    def turn(self) -> None:
        """Make a new version of the same text: something else that pages tell has changed."""
        with self._lock:
            self._turns, self._looked = self._turns + 1, 0.0

    def sketch(self) -> Sketch:
        """What the workspace says now; nothing is read again while no file has changed. ``no-edition`` when nothing was
        built yet."""
        with self._lock:
            now = time.monotonic()
            if self._sketch is not None and now - self._looked < _STILL:
                return self._sketch
            edition = self.workplace.lake.editions.current_id()
            print_ = f"{edition} {self._turns} {fingerprint_workspace(self.workplace)}"
            self._looked = now
            if self._sketch is None or print_ != self._print:
                self._sketch, self._print = self._draw_up(check_catalog(self.root), print_), print_
            return self._sketch

    def release(self, reader: Reader) -> Release:
        """The released series with the pages as they are written, for a reader."""
        sketch = self.sketch()
        with self._lock:
            key = (sketch.version, reader)
            if key not in self._releases:
                self._releases = {known: kept for known, kept in self._releases.items() if known[0] == sketch.version}
                self._releases[key] = self._lay(sketch.catalogue, sketch.version, reader)
            return self._releases[key]

    def examine(self, changes: Sequence[Change]) -> CheckResult:
        """What would be said of the workspace with some changes."""
        with try_changes(self.root, changes) as folder:
            return replace(self.workplace, root=folder).check()

    def find_dead_links(self, changes: Sequence[Change] = ()) -> list[Link]:
        """The links of texts to pages that are not there, with some changes."""
        if not changes:
            return find_dead_links(self.root)
        with try_changes(self.root, changes) as folder:
            return find_dead_links(folder)

    def try_page(self, page: str, changes: Sequence[Change]) -> tuple[Release | None, tuple[Fault, ...]]:
        """A page as it would be with some changes, and its faults; no release when it cannot be shown."""
        sketch = self.sketch()
        with try_changes(self.root, changes) as folder:
            checked = check_catalog(folder)
        catalog = checked.partial
        if catalog is None or page not in catalog.pages:
            return None, _faults_of(page, checked)
        entry = describe_page(catalog, page)
        catalogue = self._with_pages(sketch.catalogue, catalog, {**sketch.catalogue["pages"], page: entry})
        digest = hashlib.sha256(repr([(change.file, change.content) for change in changes]).encode()).hexdigest()[:12]
        release = self._lay(catalogue, f"{sketch.version}-{digest}", BUILDER)
        told = self._look(release, page, entry, catalog)
        return (None, told) if told else (release, ())

    def _draw_up(self, checked: CheckResult, print_: str) -> Sketch:
        base = self.workplace.lake.release(BUILDER)
        if self._atlas is None or self._atlas.release.edition != base.edition:
            self._atlas, self._good = Atlas(base), {}
        version = f"{base.edition.id}-{hashlib.sha256(print_.encode()).hexdigest()[:12]}"
        catalog = checked.partial
        if catalog is None:
            kept = {name: self._last(name, base) or entry for name, entry in base.catalogue["pages"].items()}
            all_told = dict.fromkeys(kept, checked.faults)
            drawn = {**base.catalogue, "pages": kept}
            return Sketch(version, base.edition, drawn, checked.faults, all_told, (), (), None)
        written = {name: describe_page(catalog, name) for name in catalog.pages}
        catalogue = self._with_pages(base.catalogue, catalog, {**base.catalogue["pages"], **written})
        trial = self._lay(catalogue, version, BUILDER)
        pages: dict[str, Mapping[str, Any]] = {}
        of_pages: dict[str, tuple[Fault, ...]] = {}
        for name in _all_pages(checked):
            entry = written.get(name)
            last = self._last(name, base)
            told: tuple[Fault, ...] = ()
            if entry is None:
                told = _faults_of(name, checked)
            elif last is None or not _says_the_same(entry, last):
                told = self._look(trial, name, entry, catalog)
            if entry is not None and not told:
                self._good[name] = pages[name] = entry
                continue
            of_pages[name] = told
            shelf = catalogue["observatories"].get(name.partition("/")[0], {"audience": "public"})
            pages[name] = last or _blank(name, shelf["audience"], entry)
        drawn = self._with_pages(base.catalogue, catalog, pages)
        pending = list_pending(catalog, base.catalogue, checked.intentions)
        unpublished = list_unpublished(catalog, base.catalogue, checked.intentions)
        return Sketch(version, base.edition, drawn, checked.faults, of_pages, pending, unpublished, catalog)

    def _last(self, page: str, base: Release) -> Mapping[str, Any] | None:
        """The last text of a page that could be shown: one of this sitting, or the one that was released."""
        return self._good.get(page) or base.catalogue["pages"].get(page)

    def _with_pages(
        self, base: Mapping[str, Any], catalog: Catalog, pages: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Any]:
        """The catalogue of an edition with the observatories as they are written, and these pages in their order."""
        shelves: dict[str, Any] = {**base["observatories"], **describe_workspace(catalog)["observatories"]}
        for name, entry in shelves.items():
            listed = [f"{name}/{page}" for page in catalog.observatories[name].pages] if name in catalog.observatories \
                else entry["pages"]  # fmt: skip
            mine = [page for page in pages if pages[page]["observatory"] == name]
            ordered = [page for page in listed if page in mine]
            shelves[name] = {**entry, "pages": [*ordered, *(page for page in mine if page not in ordered)]}
        shown = {page: entry for page, entry in pages.items() if entry["observatory"] in shelves}
        return {**base, "observatories": shelves, "pages": shown}

    def _lay(self, catalogue: Mapping[str, Any], version: str, reader: Reader) -> Release:
        lake = self.workplace.lake
        edition = lake.edition()
        laid = lake.preview(reader, edition.objects, catalogue, edition.built)
        info = EditionInfo(version, edition.built, edition.version)
        return replace(laid, edition=info, load_picture=lambda name: self._picture(name, laid))

    def _picture(self, name: str, laid: Release) -> bytes:
        """A picture of the workspace's folder, or the one that was released."""
        try:
            return (self.root / "observatories" / name).read_bytes()
        except OSError:
            return laid.load_picture(name)

    def _look(self, release: Release, page: str, entry: Mapping[str, Any], catalog: Catalog) -> tuple[Fault, ...]:
        """What keeps a good text from being drawn, in the hands of one territory of each of its levels."""
        assert self._atlas is not None
        known = release.catalogue["indicators"]
        if awaited := [name for name in entry["indicators"] if name not in known]:
            file = next(iter(catalog.pages[page].texts.values())).file
            return (fault("page-awaits-build", Place(file), names=", ".join(awaited[:6])),)
        atlas = self._atlas.over(release)
        try:
            try_page(atlas, page)
        except BeffroiError as error:
            return error.faults
        return ()


def _says_the_same(entry: Mapping[str, Any], last: Mapping[str, Any]) -> bool:
    """Whether two entries have one text; the lines of its file may have moved."""
    return bool(entry["texts"] == last["texts"] and entry["indicators"] == last["indicators"])


def _all_pages(checked: CheckResult) -> list[str]:
    """Pages whose text is there, good or not."""
    names = (name.partition("/")[::2] for name in checked.intentions)
    return [name for folder, name in names if folder == "observatories"]


def _faults_of(page: str, checked: CheckResult) -> tuple[Fault, ...]:
    """The faults of a page's own files; else of its observatory and of what pages include; else of all there is."""
    observatory, _, name = page.partition("/")
    told: dict[int, list[Fault]] = {0: [], 1: []}
    for found in checked.faults:
        folder, _, file = (found.place.file if found.place else "").rpartition("/")
        if folder == f"observatories/{observatory}" and file in (f"{name}.md", f"{name}.en.md"):
            told[0].append(found)
        elif folder.startswith("observatories/") and (file.startswith("_") or file == "observatory.yaml"):
            told[1].append(found)
    return tuple(told[0] or told[1]) or checked.faults or (fault("declaration-faulty"),)


def _blank(name: str, audience: str, entry: Mapping[str, Any] | None) -> dict[str, Any]:
    """What stands in the place of a page that never could be shown."""
    title = name if entry is None else next(iter(entry["texts"].values()))["title"]
    text: dict[str, Any] = {"title": name if "{{" in title else title, "parts": [], "references": {}}
    return {
        "observatory": name.partition("/")[0], "indicators": [], "texts": {"fr": text}, "audience": audience,
        "state": "released", "reasons": [],
    }  # fmt: skip


__all__ = ["LivePages", "Sketch"]
