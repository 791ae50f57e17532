"""Archives: members taken out by name or pattern, an archive inside another after ``!``.

zip, tar (plain, gz, bz2, xz) and single files under gz, bz2, xz, lzma. What is taken out goes into the scratch folder,
once for the same bytes and the same member, whole or not at all. Names that leave the folder, links, bombs and
endless lists are refused. Nothing that an archive says of itself (sizes, types, suffixes) is believed.
"""

import bz2
import gzip
import json
import lzma
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path, PurePosixPath
from stat import S_ISLNK
from typing import IO

from beffroi.errors import BeffroiError, fault

_VERSION = 1
"""Raised when members are taken out otherwise: what scratch holds is then not reused."""

_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError)
_INDEX = "members.json"


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive may hold. why: the largest source known here is 0.8 GB in 0.07 (11 to 1), and text of one
    repeated byte reaches 1,000 to 1; small files are let be, whatever their ratio."""

    total_bytes: int = 20_000_000_000
    ratio: int = 250
    ratio_from: int = 64_000_000
    members: int = 100_000


@dataclass(frozen=True)
class Member:
    """A file taken out, and its way in the archive: ``resources/fr.csv.tgz!fr_01.csv`` (empty: not in an archive)."""

    path: Path
    name: str


@dataclass
class _Meter:
    """Counts what comes out against the limits."""

    label: str
    limits: ArchiveLimits
    size: int
    out: int = 0

    def add(self, count: int) -> None:
        self.out += count
        bomb = self.out > self.limits.ratio_from and self.out > self.limits.ratio * max(self.size, 1)
        if bomb or self.out > self.limits.total_bytes:
            raise BeffroiError(fault("archive-too-large", file=self.label, limit=self.limits.total_bytes))

    def check_count(self, count: int) -> None:
        if count > self.limits.members:
            raise BeffroiError(fault("archive-too-many", file=self.label, limit=self.limits.members))


class _Counted:
    """A stream whose bytes are counted as they are read."""

    def __init__(self, stream: IO[bytes], meter: _Meter) -> None:
        self._stream, self._meter = stream, meter

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size if 0 <= size < 1 << 20 else 1 << 20)
        self._meter.add(len(data))
        return data


def open_members(
    file: Path,
    member: str | None,
    scratch: Path,
    *,
    label: str,
    fingerprint: str,
    companions: str | None = None,
    limits: ArchiveLimits | None = None,
) -> list[Member]:
    """The files that ``member`` names in ``file``, in the order of their names; ``file`` itself when it is no archive.

    ``fingerprint`` stands for the file's bytes. ``companions`` is the suffix of a format in several files
    (``.shp``): those with the same stem come along, beside. Faults: ``member-not-found`` (with what there is),
    ``member-needed``, ``archive-expected``, ``archive-unsafe``, ``archive-too-large``, ``archive-too-many``,
    ``archive-damaged``, ``archive-encrypted``.
    """
    if member is None and _form(file) is None:
        return [Member(file, "")]
    identity = f"{_VERSION}\n{fingerprint}\n{member or ''}\n{companions or ''}"
    folder = scratch / "members" / sha256(identity.encode()).hexdigest()[:40]
    if found := _read_index(folder):
        return found
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as name:
        work = Path(name) / "work"
        work.mkdir()
        meter = _Meter(label, limits or ArchiveLimits(), file.stat().st_size)
        try:
            members = _follow(file, member, work, meter, companions)
        except _DAMAGED as error:
            raise BeffroiError(
                fault("archive-damaged", file=label, reason=str(error) or type(error).__name__)
            ) from error
        except RuntimeError as error:
            raise BeffroiError(fault("archive-encrypted", file=label)) from error
        if members and members[0].path == file:
            return members
        done = Path(name) / "done"
        done.mkdir()
        _write_index(work, done, members)
        try:
            done.rename(folder)
        except OSError:
            if not _read_index(folder):
                shutil.rmtree(folder, ignore_errors=True)
                done.rename(folder)
    return _read_index(folder) or []


def _follow(file: Path, member: str | None, work: Path, meter: _Meter, companions: str | None) -> list[Member]:
    """Go into the archive step by step; a single compressed file at the end is opened too."""
    current = [Member(file, "")]
    for depth, step in enumerate(member.split("!") if member else []):
        inside: list[Member] = []
        for one in current:
            inside += _take(one, step, work / str(depth), meter, companions)
        current = inside
    finished: list[Member] = []
    for number, one in enumerate(current):
        if _form(one.path) is None:
            finished.append(one)
        else:
            finished += _take(one, None, work / f"last{number}", meter, companions)
    return finished


def _take(one: Member, step: str | None, folder: Path, meter: _Meter, companions: str | None) -> list[Member]:
    """The members of one archive that fit ``step``; the only one it has when ``step`` is None."""
    form = _form(one.path)
    if form is None:
        raise BeffroiError(fault("archive-expected", file=_shown(meter, one), member=step))
    taken = folder / str(len(list(folder.iterdir())) if folder.exists() else 0)
    taken.mkdir(parents=True)
    reader: Callable[[Member, str | None, Path, _Meter, str | None], list[Member]] = _READERS[form]
    return reader(one, step, taken, meter, companions)


def _from_zip(one: Member, step: str | None, folder: Path, meter: _Meter, companions: str | None) -> list[Member]:
    with zipfile.ZipFile(one.path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        meter.check_count(len(entries))
        names = [entry.filename for entry in entries]
        main = _choose(names, step, one, meter, companions)
        stems = {_stem(name) for name in main}
        taken = []
        for number, entry in enumerate(entries):
            if entry.filename not in main and not (companions and _stem(entry.filename) in stems):
                continue
            if S_ISLNK(entry.external_attr >> 16):
                raise BeffroiError(fault("archive-unsafe", file=_shown(meter, one), name=entry.filename))
            with archive.open(entry) as stream:
                taken.append(_copy(stream, entry.filename, number, folder, meter, one, companions))
    return _main_members(taken, main, one, companions)


def _from_tar(one: Member, step: str | None, folder: Path, meter: _Meter, companions: str | None) -> list[Member]:
    """In one pass, for a large compressed tar takes long to go through; all of what goes by counts as coming out."""
    names: list[str] = []
    taken: list[Member] = []
    with _decompressed(one.path) as stream:
        counted = _Counted(stream, replace(meter, size=max(one.path.stat().st_size, 1)))
        with tarfile.open(fileobj=counted, mode="r|", bufsize=1 << 20) as archive:  # type: ignore[call-overload]
            for number, entry in enumerate(archive):
                meter.check_count(number)
                if entry.isdir():
                    continue
                _check_name(entry.name, one, meter)
                names.append(entry.name)
                if not _fits(entry.name, step, companions):
                    continue
                content = archive.extractfile(entry) if entry.isreg() else None
                if content is None:
                    raise BeffroiError(fault("archive-unsafe", file=_shown(meter, one), name=entry.name))
                taken.append(_copy(content, entry.name, number, folder, meter, one, companions))
    return _main_members(taken, _choose(names, step, one, meter, companions), one, companions)


def _from_compressed(
    one: Member, step: str | None, folder: Path, meter: _Meter, companions: str | None
) -> list[Member]:
    """The one file inside, whose name is nowhere: any step names it."""
    with _decompressed(one.path) as stream:
        inside = step or PurePosixPath(one.name).name.rpartition(".")[0] or "data"
        copied = _copy(stream, inside.replace("*", "_"), 0, folder, meter, one, companions)
    return [replace(copied, name=one.name)]


_READERS = {"zip": _from_zip, "tar": _from_tar, "compressed": _from_compressed}


def _choose(names: list[str], step: str | None, one: Member, meter: _Meter, companions: str | None) -> set[str]:
    """The names that ``step`` means; faults when it means none, or when one of the archive's names is unsafe."""
    for name in names:
        _check_name(name, one, meter)
    if step is None:
        main = [name for name in names if companions is None or name.lower().endswith(companions)]
        if len(main) != 1:
            raise BeffroiError(fault("member-needed", file=_shown(meter, one), available=main or names))
    else:
        main = [name for name in names if name == step] or [name for name in names if fnmatchcase(name, step)]
        if not main:
            available = _nearby(names, step)
            raise BeffroiError(
                fault("member-not-found", file=_shown(meter, one), member=step, instead_of=step, available=available)
            )
    return set(main)


def _nearby(names: list[str], step: str) -> list[str]:
    """What to show instead of a member that is not there: files of the same kind first."""
    suffix = PurePosixPath(step).suffix.lower()
    return [name for name in names if suffix and name.lower().endswith(suffix)] or names


def _fits(name: str, step: str | None, companions: str | None) -> bool:
    if step is None or name == step or fnmatchcase(name, step):
        return True
    return companions is not None and fnmatchcase(_stem(name), _stem(step))


def _check_name(name: str, one: Member, meter: _Meter) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or "\0" in name or (path.parts and path.parts[0].endswith(":")):
        raise BeffroiError(fault("archive-unsafe", file=_shown(meter, one), name=name))


def _copy(
    stream: IO[bytes], name: str, number: int, folder: Path, meter: _Meter, one: Member, companions: str | None
) -> Member:
    """Copy one member out, under its own folder so that names never meet; companions share one."""
    place = folder / (sha256(_stem(name).encode()).hexdigest()[:12] if companions else str(number))
    place.mkdir(exist_ok=True)
    target = place / PurePosixPath(name).name[-120:]
    with target.open("wb") as out:
        while chunk := stream.read(1 << 20):
            meter.add(len(chunk))
            out.write(chunk)
    return Member(target, f"{one.name}!{name}" if one.name else name)


def _main_members(taken: Iterable[Member], names: set[str], one: Member, companions: str | None) -> list[Member]:
    """The members to read, in the order of their names: of a format in several files, the one that leads."""
    full = {f"{one.name}!{name}" if one.name else name for name in names}
    ordered = sorted(taken, key=lambda member: member.name)
    leading = [member for member in ordered if companions and member.path.suffix.lower() == companions]
    return leading or [member for member in ordered if member.name in full]


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix("")) if PurePosixPath(name).name else name


def _shown(meter: _Meter, one: Member) -> str:
    return f"{meter.label}!{one.name}" if one.name else meter.label


def _form(file: Path) -> str | None:
    """``zip``, ``tar``, ``compressed``, or None; office documents are zips but no archives to us."""
    with file.open("rb") as stream:
        head = stream.read(265)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        try:
            with zipfile.ZipFile(file) as archive:
                names = set(archive.namelist())
        except zipfile.BadZipFile:
            return "zip"
        return None if names & {"[Content_Types].xml", "mimetype"} else "zip"
    if head[257:262] == b"ustar":
        return "tar"
    if _opener(head) is None:
        return None
    try:
        with _decompressed(file) as stream:
            return "tar" if stream.read(265)[257:262] == b"ustar" else "compressed"
    except _DAMAGED:
        return "compressed"


def _opener(head: bytes) -> Callable[[Path], IO[bytes]] | None:
    if head.startswith(b"\x1f\x8b"):
        return lambda path: gzip.open(path)  # type: ignore[return-value]
    if head.startswith(b"BZh"):
        return lambda path: bz2.open(path)
    if head.startswith((b"\xfd7zXZ\x00", b"\x5d\x00\x00")):
        return lambda path: lzma.open(path)
    return None


@contextmanager
def _decompressed(file: Path) -> Iterator[IO[bytes]]:
    with file.open("rb") as raw:
        opener = _opener(raw.read(6))
    with opener(file) if opener else file.open("rb") as stream:
        yield stream


def _write_index(work: Path, done: Path, members: list[Member]) -> None:
    """Move the members taken out from ``work`` to ``done``, with what is needed to find them whole again."""
    entries = []
    for number, member in enumerate(members):
        place = done / str(number)
        member.path.parent.rename(place)
        path = place / member.path.name
        entries.append({"path": f"{number}/{path.name}", "name": member.name, "bytes": path.stat().st_size})
    (done / _INDEX).write_text(json.dumps(entries), "utf-8")


def _read_index(folder: Path) -> list[Member]:
    """The members that ``folder`` holds; none when it is not there or not whole."""
    try:
        entries = json.loads((folder / _INDEX).read_text("utf-8"))
        if any((folder / entry["path"]).stat().st_size != entry["bytes"] for entry in entries):
            return []
        return [Member(folder / entry["path"], entry["name"]) for entry in entries]
    except (OSError, ValueError, KeyError):
        return []
