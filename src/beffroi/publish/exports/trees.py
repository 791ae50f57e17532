"""The folder that a web server gives: files are made beside, then put in place one by one; it is never half-made.

``.beffroi`` inside the folder holds the manifest (which sheet gave which files, drawn from what) and what is being
made. Each file is whole, and what pages ask for is there before them and goes after them. Whatever is killed, at any
moment, leaves a tree that can be served; the next export finishes the work. Files that no export wrote are left alone.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from beffroi.errors import BeffroiError, fault

FORMAT = 1
_OWN = ".beffroi"


@dataclass(frozen=True)
class Kept:
    """What the manifest knows of one sheet in one language: the key of what it was drawn from, its files with their
    sizes, the families that its links belong to (``sign`` says what there was of them), whether search engines may list
    it, and the day of the edition that it was drawn from."""

    key: str
    files: Mapping[str, int]
    ways: tuple[str, ...] = ()
    sign: str = ""
    listed: bool = False
    built: str = ""


@dataclass(frozen=True)
class Manifest:
    """What an export left, by sheet and language (``fr /explorer``); ``dress`` names the assets that its pages use."""

    edition: str = ""
    dress: str = ""
    sheets: Mapping[str, Kept] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, int]:
        return {path: size for kept in self.sheets.values() for path, size in kept.files.items()}


class Tree:
    """The folder of an export."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._own = root / _OWN
        self.scratch = self._own / "making"

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the folder for one export. ``export-folder-taken`` when it holds files that no export wrote,
        ``export-running`` while another export holds it."""
        if not (self._own / "manifest.json").exists() and not self._own.is_dir() and self.root.is_dir():
            found = sorted(path.name for path in self.root.iterdir() if not path.name.startswith("."))
            if found:
                raise BeffroiError(fault("export-folder-taken", folder=str(self.root), sample=found[0]))
        self._own.mkdir(parents=True, exist_ok=True)
        with (self._own / "lock").open("a+") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise BeffroiError(fault("export-running", folder=str(self.root))) from None
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch.mkdir()
            try:
                yield
            finally:
                shutil.rmtree(self.scratch, ignore_errors=True)

    def read(self) -> tuple[Manifest, frozenset[str]]:
        """The last manifest, and the files that an interrupted export may have put in place since.

        A sheet is forgotten when a file of it is no longer there as it was, or may have been replaced.
        """
        manifest, next_one = self._load("manifest.json"), self._load("next.json")
        doubtful = {name for name, kept in next_one.sheets.items() if _key(manifest, name) != kept.key}
        good = {
            name: kept for name, kept in manifest.sheets.items() if name not in doubtful and self._is_whole(kept.files)
        }
        return Manifest(manifest.edition, manifest.dress, good), frozenset({**manifest.files, **next_one.files})

    def _is_whole(self, files: Mapping[str, int]) -> bool:
        with suppress(OSError):
            return all(os.stat(self.root / path).st_size == size for path, size in files.items())
        return False

    def _load(self, name: str) -> Manifest:
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            found = json.loads((self._own / name).read_text("utf-8"))
            if found["format"] == FORMAT:
                ways, sheets = found["ways"], found["sheets"]
                read = {sheet: Kept(**{**said, "ways": tuple(ways[said["ways"]])}) for sheet, said in sheets.items()}
                return Manifest(found["edition"], found["dress"], read)
        return Manifest()

    def write(self, path: str, body: bytes | Path) -> int:
        """A file of the next tree, not in its place yet; its size."""
        size = size_of(body)
        write_leaf(self.scratch, path, body)
        return size

    def hash(self, path: str) -> str:
        """The sha256 of a file of the next tree: as it was made, or as it is in its place and stays."""
        made = self.scratch / path
        with (made if made.exists() else self.root / path).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def swap(self, manifest: Manifest, before: Iterable[str]) -> tuple[int, int]:
        """Put what was made in place, take away what is no longer exported; how many files of each."""
        _save(self._own / "next.json", manifest)
        made = sorted(_list_files(self.scratch), key=_order)
        for path in made:
            target = self.root / path
            try:
                os.replace(self.scratch / path, target)
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                _make_room(self.root, target)
                os.replace(self.scratch / path, target)
        wanted = manifest.files
        gone = [path for path in before if path not in wanted and (self.root / path).is_file()]
        for path in sorted(gone, key=_order, reverse=True):
            (self.root / path).unlink()
            _prune(self.root, (self.root / path).parent)
        os.replace(self._own / "next.json", self._own / "manifest.json")
        return len(made), len(gone)


def size_of(body: bytes | Path) -> int:
    """How many bytes a file will have."""
    return body.stat().st_size if isinstance(body, Path) else len(body)


def write_leaf(folder: Path, path: str, body: bytes | Path) -> None:
    """Write a file under a folder, whose own folders are made when needed; a body that is a file is moved there."""
    target = folder / path
    if isinstance(body, Path):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(body, target)
        return
    try:
        target.write_bytes(body)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)


def _key(manifest: Manifest, name: str) -> str:
    kept = manifest.sheets.get(name)
    return kept.key if kept else ""


def _order(path: str) -> tuple[int, str]:
    """What pages ask for, then pages, then lists of pages."""
    ranks = {"html": 1, "xml": 2, "json": 2, "txt": 2}
    return ranks.get(path.rpartition(".")[2], 0), path


def _list_files(folder: Path) -> Iterator[str]:
    for where, _, names in os.walk(folder):
        start = os.path.relpath(where, folder)
        yield from (name if start == "." else f"{start}/{name}" for name in names)


def _make_room(root: Path, target: Path) -> None:
    """Make the folder of a file; a file that an older export had where a folder is wanted goes, and the reverse."""
    for parent in (*reversed(target.relative_to(root).parents[:-1]),):
        if (root / parent).is_file():
            (root / parent).unlink()
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        shutil.rmtree(target)


def _prune(root: Path, folder: Path) -> None:
    """Remove folders that are empty now."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _save(file: Path, manifest: Manifest) -> None:
    """Written whole or not at all; families are written once for all the sheets that have the same."""
    known: dict[tuple[str, ...], int] = {}
    sheets: dict[str, Any] = {}
    for name, kept in manifest.sheets.items():
        sheets[name] = {**asdict(kept), "ways": known.setdefault(kept.ways, len(known))}
    words = {
        "format": FORMAT,
        "edition": manifest.edition,
        "dress": manifest.dress,
        "ways": list(known),
        "sheets": sheets,
    }
    partial = file.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as stream:
        json.dump(words, stream, ensure_ascii=False, separators=(",", ":"))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, file)


__all__ = ["FORMAT", "Kept", "Manifest", "Tree", "size_of", "write_leaf"]
