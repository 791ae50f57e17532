"""Writing the text of a workspace on behalf of somebody who edits it in a browser.

A file is named by its path inside the workspace, and is replaced whole or not at all. Nothing is written that its
author has not seen as a difference: each change says what the file held when it was shown, and is refused when that is
no longer so. No path leads out of the folders of text, by ``..`` or by a link.
"""

import difflib
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from beffroi.catalog.pictures import LARGEST_KEPT
from beffroi.catalog.reading.layouts import IMAGES
from beffroi.errors import BeffroiError, Place, fault

FOLDERS = ("indicators", "observatories", "sources")
"""Where a browser may write; the rest of a workspace is for a text editor."""
LARGEST = {
    ".md": 512 * 1024, ".yaml": 512 * 1024, ".sql": 512 * 1024, ".xlsx": 20_000_000,
    **dict.fromkeys(IMAGES, LARGEST_KEPT),
}  # fmt: skip
"""Bytes of each kind of file that may be written, and the only kinds."""

_SEGMENT = re.compile(r"[a-z_][a-z0-9_]*(\.en)?(\.[a-z]+)?")
_PICTURE = re.compile(r"observatories/[a-z][a-z0-9_]*/\w[\w.-]*\.(png|jpe?g|webp|svg)", re.ASCII)
"""Pictures lie beside the pages of their observatory; their authors named those that were put there by hand."""
_DEEPEST = 8


@dataclass(frozen=True)
class Change:
    """A file as it is to be; without ``content``, it is to go. ``seen`` is the mark of what it held when its author
    saw it, empty where it was not."""

    file: str
    content: bytes | None
    seen: str

    @property
    def text(self) -> str | None:
        """The content as text, empty for what is to go; None for a workbook or a picture."""
        if not is_text(self.file):
            return None
        return "" if self.content is None else self.content.decode("utf-8")


def is_text(file: str) -> bool:
    """Whether a file has lines to compare."""
    return Path(file).suffix in (".md", ".yaml", ".sql")


@dataclass(frozen=True)
class Line:
    """A line of a difference, with its number on each side; ``kind`` is ``same``, ``old``, ``new`` or ``gap``."""

    kind: Literal["same", "old", "new", "gap"]
    text: str
    before: int | None = None
    after: int | None = None


def locate(root: Path, file: str) -> Path:
    """Where a file of the workspace is, there or not; ``file-outside`` for any path that a browser may not write."""
    parts = file.split("/")
    good = 2 <= len(parts) <= _DEEPEST and parts[0] in FOLDERS and Path(file).suffix in LARGEST
    if Path(file).suffix in IMAGES:
        named = bool(_PICTURE.fullmatch(file))
    else:
        named = all(_SEGMENT.fullmatch(part) or part == "README.md" for part in parts)
    if not good or not named:
        raise BeffroiError(fault("file-outside", name=file[:200]))
    path = root
    for part in parts:
        path = path / part
        if path.is_symlink():
            raise BeffroiError(fault("file-outside", name=file))
    if not path.resolve().is_relative_to(root.resolve()):
        raise BeffroiError(fault("file-outside", name=file))
    return path


def read_bytes(root: Path, file: str) -> bytes | None:
    """What a file holds; None when it is not there."""
    try:
        return locate(root, file).read_bytes()
    except FileNotFoundError:
        return None


def mark(content: bytes | None) -> str:
    """A mark of what a file holds, to tell later whether it changed; empty for a file that is not there."""
    return "" if content is None else hashlib.sha256(content).hexdigest()


def propose(root: Path, file: str, content: str | bytes) -> Change:
    """A change of a file from what it holds now; ``file-too-large`` beyond what a workspace takes."""
    written = content.encode("utf-8") if isinstance(content, str) else content
    if len(written) > LARGEST[locate(root, file).suffix]:
        raise BeffroiError(fault("file-too-large", name=file, limit=LARGEST[Path(file).suffix] // 1024))
    return Change(file, written, mark(read_bytes(root, file)))


def remove(root: Path, file: str) -> Change:
    """A change that takes a file away, as it is now."""
    return Change(file, None, mark(read_bytes(root, file)))


def write_changes(root: Path, changes: Sequence[Change]) -> None:
    """Write files, each replaced atomically, then take away those that are to go; all or nothing.

    None is touched when one of them is not as its author saw it (``file-changed``). When the disk refuses one, those
    that were done are put back as they were.
    """
    for change in changes:
        locate(root, change.file)
        if mark(read_bytes(root, change.file)) != change.seen:
            raise BeffroiError(fault("file-changed", Place(change.file), name=change.file))
    done: list[tuple[str, bytes | None]] = []
    try:
        for change in sorted(changes, key=lambda one: one.content is None):
            done.append((change.file, read_bytes(root, change.file)))
            _put(root, change.file, change.content)
    except OSError:
        # A source without its table, or a page that nothing lists, would be at fault: all of it goes back.
        for file, before in reversed(done):
            with suppress(OSError):
                _put(root, file, before)
        raise


def _put(root: Path, file: str, content: bytes | None) -> None:
    """A file with this content, or gone with the folder that it leaves empty."""
    path = locate(root, file)
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(locate(root, file), content)
        return
    path.unlink(missing_ok=True)
    with suppress(OSError):
        if path.parent.parent != root:
            path.parent.rmdir()


def _replace(path: Path, content: bytes) -> None:
    """The file whole, old or new, whatever happens: beside it first, then in its place."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def compare(before: str | None, after: str, around: int = 3) -> tuple[Line, ...]:
    """The difference of two texts line by line, with so many unchanged lines around what changed."""
    old, new = (before or "").splitlines(), after.splitlines()
    lines: list[Line] = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(around):
        if lines or group[0][1] > 0:
            lines.append(Line("gap", ""))
        for tag, first, last, start, end in group:
            if tag == "equal":
                pairs = zip(range(first, last), range(start, end), strict=True)
                lines += [Line("same", new[at], was + 1, at + 1) for was, at in pairs]
                continue
            lines += [Line("old", old[at], at + 1) for at in range(first, last)]
            lines += [Line("new", new[at], None, at + 1) for at in range(start, end)]
    return tuple(lines)


@contextmanager
def try_changes(root: Path, changes: Iterable[Change]) -> Iterator[Path]:
    """A folder that reads as the workspace would once the changes are written; nothing of the workspace is touched.

    All that does not change is a link to where it is.
    """
    contents: dict[str, bytes | None] = {change.file: change.content for change in changes}
    with tempfile.TemporaryDirectory(prefix="beffroi-") as folder:
        _mirror(root, Path(folder), contents)
        yield Path(folder)


def _mirror(source: Path, target: Path, contents: Mapping[str, bytes | None]) -> None:
    inside: dict[str, dict[str, bytes | None]] = {}
    for file, content in contents.items():
        first, _, rest = file.partition("/")
        inside.setdefault(first, {})[rest] = content
    names: set[str] = set()
    with suppress(FileNotFoundError):
        names = {entry.name for entry in os.scandir(source) if not entry.name.startswith(".")}
    for name in names - inside.keys():
        (target / name).symlink_to((source / name).resolve())
    for name, within in inside.items():
        if "" in within:
            if (content := within[""]) is not None:
                (target / name).write_bytes(content)
        else:
            (target / name).mkdir()
            _mirror(source / name, target / name, within)


__all__ = [
    "FOLDERS", "LARGEST", "Change", "Line", "compare", "is_text", "locate", "mark", "propose", "read_bytes", "remove",
    "try_changes", "write_changes",
]  # fmt: skip
