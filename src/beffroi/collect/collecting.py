"""Collecting a source: for each part, the first location that answers, its bytes kept, the lock written.

When the lock's bytes are in the store nothing is fetched. A package of a pinned version whose bytes differ from the
lock is refused; any other change at the producer's is a new edition, noted, and the earlier one stays in the lock.
"""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from beffroi.catalog.sources import Location, Source
from beffroi.collect.locations import OFFLINE_KINDS, Errand, Fetched, Known, Session, kind_of
from beffroi.collect.locations.files import find_local, signature
from beffroi.collect.locks import LOCK_NAME, Lock, LockedPart, LockEntry, read_lock, write_lock
from beffroi.collect.parts import Part, list_parts, locations_of, part_label
from beffroi.collect.snapshots import Snapshot, SnapshotStore, write_atomically
from beffroi.errors import BeffroiError, Fault, Place, fault

WORKERS = 6
"""Sources fetched at the same time: they wait for the network more than they compute."""


@dataclass(frozen=True)
class Attempt:
    """A location that was asked for a part; ``reason`` says why it did not answer, None when it did."""

    part: str
    location: int
    kind: str
    address: str
    reason: Fault | None = None


@dataclass(frozen=True)
class Collected:
    """What a source gave. ``snapshots`` has one entry by part, in the order of the declaration; a part that could not
    be had is missing there and told in ``faults``. ``attempts`` keeps every location that was asked; ``notes`` what
    changed (a new edition); ``fetched`` says whether anything new came."""

    snapshots: tuple[Snapshot, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    fetched: bool = False


@dataclass(frozen=True)
class Advance:
    """Progress of one source: bytes done, and in all when that is known."""

    source: str
    done: int
    total: int | None


@dataclass
class _Part:
    """What became of one part."""

    entry: LockEntry | None = None
    location: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    fetched: bool = False


@dataclass(frozen=True)
class _Task:
    """One source being collected."""

    id: str
    source: Source
    folder: Path
    store: SnapshotStore
    session: Session
    offline: bool
    refresh: bool
    advance: Callable[[int, int | None], None]

    @property
    def place(self) -> Place:
        return Place(f"sources/{self.id}/source.yaml", None, "locations")


def collect_source(
    source_id: str,
    source: Source,
    folder: Path,
    store: SnapshotStore,
    *,
    offline: bool = False,
    refresh: bool = False,
    progress: Callable[[int, int | None], None] | None = None,
    session: Session | None = None,
) -> Collected:
    """Collect every part of a source; ``folder`` holds its ``source.yaml`` and ``source.lock``.

    ``offline`` asks nobody outside this machine; ``refresh`` asks even for what is kept; ``progress(done, total)``
    counts bytes (``total`` None when unknown). Raises ``BeffroiError`` when a part cannot be had
    (``source-unreachable`` or ``source-offline`` with the reason of each location, ``package-altered``): the parts
    that came are kept and locked all the same.
    """
    collected = _collect(
        _Task(
            source_id,
            source,
            folder,
            store,
            session or Session(),
            offline,
            refresh,
            progress or (lambda done, total: None),
        )
    )
    if collected.faults:
        raise BeffroiError(collected.faults)
    return collected


def collect_all(
    sources: Mapping[str, Source],
    root: Path,
    store: SnapshotStore,
    *,
    offline: bool = False,
    refresh: bool = False,
    progress: Callable[[Advance], None] | None = None,
) -> dict[str, Collected]:
    """Collect the sources of a workspace (``root`` is its folder) in parallel, in one session.

    Never raises for a source: one that fails has its reasons in ``Collected.faults``, and does not stop the others.
    ``progress`` is called from several threads.
    """
    session = Session()

    def collect(source_id: str) -> Collected:
        def advance(done: int, total: int | None) -> None:
            if progress:
                progress(Advance(source_id, done, total))

        folder = root / "sources" / source_id
        return _collect(_Task(source_id, sources[source_id], folder, store, session, offline, refresh, advance))

    with ThreadPoolExecutor(WORKERS, thread_name_prefix="collect") as pool:
        return dict(zip(sources, pool.map(collect, sources), strict=True))


def _collect(task: _Task) -> Collected:
    parts = list_parts(task.source)
    try:
        lock = read_lock(task.folder)
    except BeffroiError as error:
        line = error.faults[0].place.line if error.faults[0].place else None
        return Collected(faults=(replace(error.faults[0], place=Place(f"sources/{task.id}/{LOCK_NAME}", line)),))
    done: dict[Part, _Part] = {}
    before = 0

    def advance(received: int, total: int | None) -> None:
        task.advance(before + received, None if total is None or len(parts) > 1 else total)

    for part in parts:
        outcome = _collect_part(replace(task, advance=advance), part, lock.parts.get(part_label(part)))
        done[part] = outcome
        if outcome.entry and outcome.fetched:
            before += outcome.entry.bytes
            lock = _lock_edition(task, lock, part_label(part), outcome.entry)
    return Collected(
        tuple(_snapshot(task, part, outcome) for part, outcome in done.items() if outcome.entry),
        tuple(one for outcome in done.values() for one in outcome.faults),
        tuple(one for outcome in done.values() for one in outcome.notes),
        tuple(one for outcome in done.values() for one in outcome.attempts),
        any(outcome.fetched for outcome in done.values()),
    )


def _snapshot(task: _Task, part: Part, outcome: _Part) -> Snapshot:
    entry = outcome.entry
    if entry is None:
        raise ValueError(part_label(part))
    return Snapshot(
        task.id,
        part,
        entry.sha256,
        entry.bytes,
        entry.fetched,
        entry.address,
        outcome.location,
        entry.kind,
        task.store.path(entry.sha256),
        entry.etag,
        entry.last_modified,
    )


def _lock_edition(task: _Task, lock: Lock, label: str, entry: LockEntry) -> Lock:
    """The lock with ``entry`` in force; written at once, so that a part that came is never asked for twice."""
    known = lock.parts.get(label)
    if known and known.current == entry:
        return lock
    if known is None:
        part = LockedPart(entry)
    elif known.current.sha256 == entry.sha256:
        part = replace(known, current=entry)
    else:
        part = known.succeed(entry)
    lock = Lock({**lock.parts, label: part})
    write_lock(task.folder, lock)
    return lock


def _collect_part(task: _Task, part: Part, locked: LockedPart | None) -> _Part:
    outcome = _Part()
    try:
        locations = locations_of(task.source, part)
        addresses = [kind_of(location).address(location) for location in locations]
    except BeffroiError as error:
        outcome.faults.extend(replace(one, place=one.place or task.place) for one in error.faults)
        return outcome
    current = locked.current if locked else None
    kept = (
        current if current and current.address in addresses and task.store.has(current.sha256, current.bytes) else None
    )
    if kept and not task.refresh and not _touched(task, locations[addresses.index(kept.address)], kept):
        return _Part(kept, addresses.index(kept.address) + 1)
    for number, (location, address) in enumerate(zip(locations, addresses, strict=True), 1):
        reason = _try_location(task, part, number, location, address, current, outcome)
        outcome.attempts.append(Attempt(part_label(part), number, location.kind, address, reason))
        if reason is None or outcome.faults:
            return outcome
    if kept:
        outcome.entry, outcome.location = kept, addresses.index(kept.address) + 1
        reasons = [attempt.reason for attempt in outcome.attempts if attempt.reason]
        outcome.notes.append(_summary("refresh-failed", task, part, reasons))
        return outcome
    reasons = [attempt.reason for attempt in outcome.attempts if attempt.reason]
    outcome.faults.append(_summary("source-offline" if task.offline else "source-unreachable", task, part, reasons))
    return outcome


def _summary(code: str, task: _Task, part: Part, reasons: list[Fault]) -> Fault:
    named = f"{task.id} ({part_label(part)})" if part else task.id
    return fault(code, task.place, causes=reasons, source=named, count=len(task.source.locations))


def _try_location(
    task: _Task, part: Part, number: int, location: Location, address: str, current: LockEntry | None, outcome: _Part
) -> Fault | None:
    """Ask one location; what came goes into ``outcome``. The reason when it did not answer."""
    if task.offline and location.kind not in OFFLINE_KINDS:
        return fault("location-offline", address=address)
    same_place = current is not None and current.address == address and task.store.has(current.sha256, current.bytes)
    known = Known(current.etag, current.last_modified) if current and same_place else Known()
    try:
        sha256, size, fetched = _fetch_once(task, location, address, known)
    except BeffroiError as error:
        return error.faults[0]
    except Exception as error:
        reason = task.session.hide(str(error)) or "…"
        return fault("location-failed", address=address, error=type(error).__name__, reason=reason)
    if not sha256:
        outcome.entry, outcome.location = current, number
        return None
    entry = LockEntry(
        sha256,
        size,
        datetime.now(UTC).isoformat(timespec="seconds"),
        address,
        number,
        location.kind,
        task.source.licence,
        fetched.etag,
        fetched.last_modified,
    )
    if current and current.sha256 != sha256:
        if location.kind == "package" and current.address == address:
            expected, got = current.sha256, sha256
            altered = fault("package-altered", task.place, address=address, expected=expected, got=got)
            outcome.faults.append(altered)
            return altered
        named = f"{task.id} ({part_label(part)})" if part else task.id
        since = current.fetched[:10]
        outcome.notes.append(fault("edition-new", task.place, source=named, address=address, since=since))
    if current and current.sha256 == sha256 and current.address == address:
        entry = replace(current, etag=entry.etag, last_modified=entry.last_modified)
    outcome.entry, outcome.location, outcome.fetched = entry, number, True
    return None


def _fetch_once(task: _Task, location: Location, address: str, known: Known) -> tuple[str, int, Fetched]:
    """Fetch, or take what another source of this session has just fetched from the same place.

    Gives sha256 (empty when what is kept is still good), size and headers.
    """
    declared = location.model_dump_json(exclude={"files", "note"})
    shared = f"{declared} {known}" if location.kind not in OFFLINE_KINDS else f"{task.folder} {declared}"
    with task.session.turn(shared):
        if done := task.session.shared.get(shared):
            return done
        with task.store.incoming() as incoming:
            errand = Errand(task.folder, incoming, task.store.deposits, task.session, known, task.advance)
            local = find_local(location, task.folder, task.store.deposits)
            seen = signature(local) if local else ""
            fetched = kind_of(location).fetch(location, errand)
            if fetched.file is None:
                return "", 0, fetched
            sha256, size = task.store.keep(fetched.file)
        if local:
            _remember(task.store, local, seen, sha256)
        task.session.shared[shared] = sha256, size, fetched
        return sha256, size, fetched


def _touched(task: _Task, location: Location, kept: LockEntry) -> bool:
    """Whether a file of this machine has changed since its bytes were kept. One that is gone has not."""
    local = find_local(location, task.folder, task.store.deposits)
    if local is None:
        return False
    try:
        memory = json.loads(_memory(task.store, local).read_bytes())
    except (OSError, ValueError):
        return True
    return bool(memory != {"signature": signature(local), "sha256": kept.sha256})


def _remember(store: SnapshotStore, local: Path, seen: str, sha: str) -> None:
    """Note, for this machine alone, that the file at ``local`` is these bytes as long as nobody touches it."""
    memory = json.dumps({"signature": seen, "sha256": sha})
    write_atomically(_memory(store, local), memory.encode())


def _memory(store: SnapshotStore, local: Path) -> Path:
    return store.folder / "local" / sha256(str(local.resolve()).encode()).hexdigest()
