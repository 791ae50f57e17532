"""What a server keeps for who writes: the desk, the sites drawn of it, the session, what waits to be saved, the build.

All of it is in memory, of one process, and goes with it.
"""

import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beffroi.access import BUILDER, Reader
from beffroi.catalog.writing import Change
from beffroi.errors import BeffroiError, Fault, fault
from beffroi.lake.releases import Release
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site
from beffroi.publish.benches import Bench
from beffroi.run import BuildOptions, Workplace, build, open_workplace
from beffroi.run.consoles import summarize
from beffroi.run.live_pages import LivePages, Sketch

_PROPOSALS_KEPT = 16
_TRIALS_KEPT = 16


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
    goes once it is saved."""

    id: str
    changes: tuple[Change, ...]
    back: str
    after: str


@dataclass(frozen=True)
class Built:
    """What came of the last build that was asked here: its closing line, and its faults; no line when it failed."""

    words: Mapping[str, str]
    faults: tuple[Fault, ...]


class Studio:
    """The memory of one server. ``edits`` when texts may be written here; ``key`` then opens the one session."""

    def __init__(self, workplace: Workplace, assets: Assets, base_url: str = "", *, key: str | None = None) -> None:
        self.live, self.workplace, self.edits = LivePages(workplace), workplace, key is not None
        self.pass_ = secrets.token_urlsafe(24)
        self.built: Built | None = None
        self.closing: Callable[[], bool] = lambda: False
        """Whether the server is about to stop: nobody is kept waiting then."""
        self.building = False
        self._assets, self._base_url, self._key = assets, base_url, key
        self._session: str | None = None
        self._sites: dict[Reader, tuple[str, Site]] = {}
        self._last: tuple[str, Site] | None = None
        self._proposals: OrderedDict[str, Proposal] = OrderedDict()
        self._trials: OrderedDict[tuple[str, str], str] = OrderedDict()
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
        site = self.site().over(release, Bench("", {}, (), (), False, ""))
        site.bench = None
        return site

    def _bench(self, sketch: Sketch) -> Bench:
        told = {found for faults in sketch.of_pages.values() for found in _ids(faults)}
        others = tuple(found for found in sketch.faults if id(found) not in told)
        return Bench(sketch.version, sketch.of_pages, others, sketch.pending, self.edits, self.pass_, self.building)

    def propose(self, changes: Sequence[Change], back: str, after: str) -> Proposal:
        with self._lock:
            proposal = Proposal(secrets.token_urlsafe(12), tuple(changes), back, after)
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

    def keep_trial(self, page: str, language: str, text: str) -> None:
        """The text of a page that was last tried, for its preview to show."""
        with self._lock:
            self._trials[page, language] = text
            while len(self._trials) > _TRIALS_KEPT:
                self._trials.popitem(last=False)

    def trial(self, page: str, language: str) -> str | None:
        return self._trials.get((page, language))

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

    def start_build(self) -> None:
        """Build what is written, beside the server; nothing more when a build runs already."""
        with self._lock:
            if self.building:
                return
            self.building = True
            self.live.turn()
        threading.Thread(target=self._build, name="build", daemon=True).start()

    def _build(self) -> None:
        try:
            apart = open_workplace(self.workplace.root, self.workplace.settings)
            report = build(apart, BuildOptions(offline=apart.settings.offline))
            words = {language: summarize(report, language) for language in ("fr", "en")}
            self.built = Built(words, tuple(report.own_faults))
        except BeffroiError as error:
            self.built = Built({}, error.faults)
        except Exception as error:  # A defect of ours must not leave the desk waiting for ever.
            self.built = Built({}, (fault("unexpected", detail=type(error).__name__),))
        finally:
            self.building = False
            self.live.turn()


def _ids(faults: Sequence[Any]) -> set[int]:
    return {id(found) for found in faults}


__all__ = ["Built", "Proposal", "Reply", "Studio"]
