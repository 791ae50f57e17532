"""What a server keeps for who writes: the pages and their sites, the session, what waits to be saved, the build.

All of it is in memory, of one process, and goes with it.
"""

import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from beffroi.access import BUILDER, Reader
from beffroi.catalog.page_files import page_file
from beffroi.catalog.writing import Change, mark
from beffroi.errors import BeffroiError, Fault, fault
from beffroi.lake.releases import Release
from beffroi.language import LANGUAGES
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site
from beffroi.publish.benches import Bench
from beffroi.run import Workplace
from beffroi.run.live_pages import LivePages, Sketch
from beffroi.run.reports import Stage
from beffroi.serve.authoring.runs import BuildRun

_PROPOSALS_KEPT = 16
_TRIALS_KEPT = 16
_PICTURES_KEPT = 12


@dataclass(frozen=True)
class Reply:
    """An answer of the desk."""

    status: int = 200
    body: bytes = b""
    media_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Proposal:
    """Changes that wait for their author to have read them. ``back`` is where the text is written, ``after`` where one
    goes once it is saved; ``moves`` has the file that each file under a new name comes from."""

    id: str
    changes: tuple[Change, ...]
    back: str
    after: str
    moves: Mapping[str, str]


@dataclass(frozen=True)
class Trial:
    """The text of a page as it was last seen in its editor, saved or not. ``seen`` is the mark of what its file held
    when it was opened, ``opened`` that of the text then: an English that is not written yet begins with the French.
    ``line`` is where the cursor was, 0 when nobody knows."""

    text: str
    seen: str
    opened: str
    line: int = 0

    @property
    def changed(self) -> bool:
        """Whether there is something to save."""
        return mark(self.text.encode()) != self.opened


@dataclass(frozen=True)
class Typed:
    """What was typed in a form, and what was said of it when it was sent."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


class Studio:
    """The memory of one server. ``edits`` when texts may be written here; ``key`` then opens the one session."""

    def __init__(self, workplace: Workplace, assets: Assets, base_url: str = "", *, key: str | None = None) -> None:
        self.live, self.workplace, self.edits = LivePages(workplace), workplace, key is not None
        self.pass_ = secrets.token_urlsafe(24)
        self.run: BuildRun | None = None
        """The build that runs, or the last one that did."""
        self.closing: Callable[[], bool] = lambda: False
        """Whether the server is about to stop: nobody is kept waiting then."""
        self.point: tuple[str, str] | None = None
        """The page and the language of the text that its author left to look for a figure."""
        self._assets, self._base_url, self._key = assets, base_url, key
        self._session: str | None = None
        self._sites: dict[Reader, tuple[str, Site]] = {}
        self._last: tuple[str, Site] | None = None
        self._proposals: OrderedDict[str, Proposal] = OrderedDict()
        self._trials: OrderedDict[tuple[str, str], Trial] = OrderedDict()
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self._typed: OrderedDict[str, Typed] = OrderedDict()
        self._books: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._lock = threading.RLock()

    def open_session(self, key: str) -> str | None:
        """A session for who brings the key, which then opens nothing more; None for any other key."""
        with self._lock:
            if self._key is None or not hmac.compare_digest(key.encode(), self._key.encode()):
                return None
            self._key, self._session = None, secrets.token_urlsafe(24)
            return self._session

    def knows(self, session: str) -> bool:
        return self._session is not None and hmac.compare_digest(session.encode(), self._session.encode())

    def lay(self, release: Release) -> Site:
        """The site of a release with the pages as they are written."""
        edition = release.edition.id.partition("-")[0]
        bench = self._bench(self.live.sketch())
        with self._lock:
            known = self._sites.get(release.reader)
            if known is not None and known[0] == edition:
                return known[1].over(release, bench)
            site = Site(Atlas(release), self._assets, self._base_url)
            site.bench = bench
            self._sites[release.reader] = (edition, site)
            return site

    def site(self) -> Site:
        """The site that the author sees, of everything."""
        release = self.live.release(BUILDER)
        with self._lock:
            if self._last is None or self._last[0] != release.edition.id:
                self._last = (release.edition.id, self.lay(release))
            return self._last[1]

    def site_of(self, release: Release) -> Site:
        """The site of a page that is tried, without what is told to its author over it."""
        site = self.site().over(release, Bench("", {}, (), (), (), False, ""))
        site.bench = None
        return site

    def _bench(self, sketch: Sketch) -> Bench:
        told = {found for faults in sketch.of_pages.values() for found in _ids(faults)}
        others = tuple(found for found in sketch.faults if id(found) not in told)
        progress = self.run.progress() if self.run and self.building else None
        return Bench(
            sketch.version, sketch.of_pages, others, sketch.pending, sketch.unpublished, self.edits, self.pass_,
            progress is not None, progress.whole if progress else 0,
        )  # fmt: skip

    def propose(
        self, changes: Sequence[Change], back: str, after: str, moves: Mapping[str, str] | None = None
    ) -> Proposal:
        with self._lock:
            proposal = Proposal(secrets.token_urlsafe(12), tuple(changes), back, after, moves or {})
            self._proposals[proposal.id] = proposal
            while len(self._proposals) > _PROPOSALS_KEPT:
                self._proposals.popitem(last=False)
            return proposal

    def proposal(self, name: str) -> Proposal:
        """Changes that wait; ``proposal-gone`` when they do no longer."""
        with self._lock:
            if name not in self._proposals:
                raise BeffroiError(fault("proposal-gone"))
            return self._proposals[name]

    def forget(self, name: str) -> None:
        with self._lock:
            self._proposals.pop(name, None)

    def keep_trial(self, page: str, language: str, trial: Trial) -> None:
        """The text of a page that is being written, for its preview, and for what is put in it."""
        with self._lock:
            self._trials[page, language] = trial
            self._trials.move_to_end((page, language))
            while len(self._trials) > _TRIALS_KEPT:
                self._trials.popitem(last=False)

    def trial(self, page: str, language: str) -> Trial | None:
        return self._trials.get((page, language))

    def drop_trials(self, page: str) -> None:
        """Forget what was written of a page and not saved."""
        with self._lock:
            for language in LANGUAGES:
                self._trials.pop((page, language), None)

    def keep_picture(self, name: str, content: bytes) -> None:
        """A picture (``<observatory>/<file>``) that was sent, until a page that shows it is saved."""
        with self._lock:
            self._pictures[name] = content
            while len(self._pictures) > _PICTURES_KEPT:
                self._pictures.popitem(last=False)

    def picture(self, name: str) -> bytes | None:
        return self._pictures.get(name)

    def pictures(self, observatory: str) -> dict[str, bytes]:
        """The pictures of an observatory that wait to be saved, by the name of their file."""
        start = f"{observatory}/"
        with self._lock:
            return {name.removeprefix(start): held for name, held in self._pictures.items() if name.startswith(start)}

    def forget_saved(self, changes: Sequence[Change]) -> None:
        """Forget what waited and is written now."""
        with self._lock:
            for change in changes:
                name = change.file.removeprefix("observatories/")
                self._pictures.pop(name, None)
                for (page, language), trial in list(self._trials.items()):
                    if page_file(page, language) == change.file:
                        saved = mark(change.content)
                        written = replace(trial, text=change.text or "", seen=saved, opened=saved)
                        self._trials[page, language] = written

    def keep_typed(self, typed: Typed) -> str:
        """A form that was sent, for who comes back to it; under which name."""
        with self._lock:
            name = secrets.token_urlsafe(12)
            self._typed[name] = typed
            while len(self._typed) > _PROPOSALS_KEPT:
                self._typed.popitem(last=False)
            return name

    def typed(self, name: str) -> Typed:
        """What was typed; nothing when it is no longer there."""
        return self._typed.get(name, Typed())

    def keep_book(self, name: str, content: bytes) -> str:
        """A workbook that was sent, until it is made a source; three at most."""
        with self._lock:
            book = secrets.token_urlsafe(12)
            self._books[book] = (name, content)
            while len(self._books) > 3:
                self._books.popitem(last=False)
            return book

    def book(self, name: str) -> tuple[str, bytes]:
        with self._lock:
            if name not in self._books:
                raise BeffroiError(fault("proposal-gone"))
            return self._books[name]

    @property
    def building(self) -> bool:
        return self.run is not None and self.run.running

    def start_build(self, back: str = "") -> None:
        """Build what is written, beside the server; nothing more when a build runs already."""
        with self._lock:
            if self.building:
                return
            catalog = self.live.sketch().catalog
            expected: dict[Stage, int] = {}
            if catalog is not None:
                expected = {"source": len(catalog.sources), "table": len(catalog.tables), "territories": 1,
                            "indicator": len(catalog.indicators), "layer": len(catalog.layers),
                            "map": len(catalog.maps), "page": len(catalog.pages)}  # fmt: skip
            self.run = BuildRun(self.workplace, expected, back, self.live.turn)
            self.live.turn()
            self.run.start()


def _ids(faults: Sequence[Any]) -> set[int]:
    return {id(found) for found in faults}


__all__ = ["Proposal", "Reply", "Studio", "Trial", "Typed"]
