"""Editions: which object each thing has, published by one rename.

Going back is publishing too: an edition that has the data of an older one again. Numbers only grow, so that what is
served always knows all that was.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from beffroi.collect.snapshots import write_atomically
from beffroi.errors import BeffroiError, fault

EDITION_VERSION = 1

_NUMBER = re.compile(r"[0-9]{6,}")
"""What the name of an edition looks like; the pointer could hold anything, were it written by hand."""


@dataclass(frozen=True)
class Edition:
    """A list of objects by name (``table:insee/rp_iris``, ``series:housing/dwellings``, ``catalogue``...).

    ``built`` is the moment of publication (ISO, UTC), ``version`` that of Beffroi. What objects themselves hold
    depends on inputs only, so two builds of the same inputs share every object and differ by this file alone.
    ``restores`` is the number of the edition whose data this one has again, after a rollback.
    """

    id: str
    built: str
    version: str
    objects: Mapping[str, str]
    restores: str = ""


class EditionStore:
    """The files ``editions/*.json`` and ``current`` of a lake."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._current = root / "current"

    def ids(self) -> list[str]:
        """Every edition kept, oldest first."""
        return sorted(path.stem for path in (self.root / "editions").glob("*.json") if _NUMBER.fullmatch(path.stem))

    def current_id(self) -> str | None:
        """The edition that is served; None when nothing was ever published."""
        try:
            return self._current.read_text("utf-8").strip() or None
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            return "?"

    def current(self) -> Edition | None:
        """The edition that is served; None when nothing was ever published."""
        current = self.current_id()
        return self.get(current) if current else None

    def last_good(self) -> Edition | None:
        """The edition that is served, or the newest that can be read when the pointer or its file is damaged."""
        for name in dict.fromkeys([self.current_id(), *reversed(self.ids())]):
            with suppress(BeffroiError):
                if name:
                    return self.get(name)
        return None

    def get(self, edition: str) -> Edition:
        """An edition by number; ``unknown-edition`` when it is not kept, ``edition-format`` when it cannot be read."""
        file = self.root / "editions" / f"{edition}.json"
        if not _NUMBER.fullmatch(edition) or not file.exists():
            raise BeffroiError(fault("unknown-edition", name=edition, instead_of=edition, available=self.ids()))
        try:
            found = json.loads(file.read_text("utf-8"))
            version = found["format"]
            if version == EDITION_VERSION:
                again = str(found.get("restores", ""))
                return Edition(found["id"], found["built"], found["version"], dict(found["objects"]), again)
        except (ValueError, TypeError, KeyError) as error:
            raise BeffroiError(fault("edition-format", name=edition, format="?")) from error
        raise BeffroiError(fault("edition-format", name=edition, format=version))

    def next_id(self) -> str:
        """The number of the edition that would be published now."""
        ids = self.ids()
        return f"{int(ids[-1]) + 1 if ids else 1:06d}"

    def publish(self, objects: Mapping[str, str], *, built: str, version: str, restores: str = "") -> Edition:
        """Record a new edition and serve it. The pointer moves last, so that a reader never sees a part of it."""
        number = self.next_id()
        edition = Edition(number, built, version, dict(sorted(objects.items())), restores)
        said = {name: value for name, value in vars(edition).items() if name != "restores" or value}
        text = json.dumps({"format": EDITION_VERSION, **said}, ensure_ascii=False, indent=1)
        write_atomically(self.root / "editions" / f"{number}.json", text.encode())
        write_atomically(self._current, f"{number}\n".encode())
        return edition

    def choose_older(self, edition: str | None = None) -> Edition:
        """The edition to go back to: the one named, or the one before that whose data are served.

        ``no-older-edition``, ``unknown-edition``, ``edition-format``.
        """
        if edition is None:
            current = self._served_data()
            before = [name for name in self.ids() if current is not None and name < current]
            if not before:
                raise BeffroiError(fault("no-older-edition", current=current or "–", available=self.ids()))
            edition = before[-1]
        return self.get(edition)

    def _served_data(self) -> str | None:
        """The edition that first had the data that are served: after a rollback, one goes back further."""
        current = self.current_id()
        with suppress(BeffroiError):
            return (self.get(current).restores or current) if current else None
        return current

    def forget(self, keep: int) -> list[str]:
        """Drop the oldest editions beyond ``keep``, never the one that is served; those dropped."""
        current = self.current_id()
        dropped = [name for name in self.ids()[:-keep] if name != current]
        for name in dropped:
            (self.root / "editions" / f"{name}.json").unlink()
        return dropped


@contextmanager
def build_lock(root: Path) -> Iterator[None]:
    """Hold the lake for one build. The lock belongs to the process: it goes with it, however it ends.

    Raises ``build-running`` when another build holds it.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / "build.lock").open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.seek(0)
            raise BeffroiError(fault("build-running", process=stream.read().strip() or "?")) from None
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield
