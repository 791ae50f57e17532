"""Files given by pieces and never held whole in memory; those that take long to write are kept on disk for a while.

A few are written at a time: who asks for one more waits, then is told to come back. What is kept belongs to one process
and goes with it.
"""

import asyncio
import json
import os
import re
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from starlette.requests import Request
from starlette.responses import Response

from beffroi.errors import BeffroiError, fault

_PIECE = 1 << 18
_WRITTEN_AT_ONCE = 2
_PATIENCE = 120.0
"""Seconds that one waits for those who came before."""
_KEPT_BYTES = 2_000_000_000
_STATE = "delivery"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True)
class Delivery:
    """An open file of which ``size`` bytes are given, from where it stands. It is closed once they are, or refused."""

    file: BinaryIO
    size: int

    async def pieces(self) -> AsyncIterator[bytes]:
        if self.size <= _PIECE:
            # So little is read sooner than a thread would be found for it.
            yield self.file.read(self.size)
            return
        left = self.size
        while left > 0 and (piece := await asyncio.to_thread(self.file.read, min(_PIECE, left))):
            left -= len(piece)
            yield piece


def deliver(request: Request, opened: BinaryIO, size: int, media_type: str, headers: dict[str, str]) -> Response:
    """The answer whose body the door will read from an open file."""
    request.scope["state"][_STATE] = Delivery(opened, size)
    return Response(b"", media_type=media_type, headers=headers)


def deliver_part(
    request: Request, path: Path, media_type: str, mark: str | None, language: str,
    headers: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """A file of the lake, or the part of it that ``Range`` asks for; ``mark`` is the ETag that the answer will have."""
    file = path.open("rb")
    size = os.fstat(file.fileno()).st_size
    asked, valid = request.headers.get("range"), request.headers.get("if-range")
    said = {"accept-ranges": "bytes", **(headers or {})}
    # Who has a part of a file that is no longer this one takes the whole anew.
    if asked is None or (valid is not None and valid != mark):
        return deliver(request, file, size, media_type, said)
    try:
        start, end = read_range(asked, size)
    except BeffroiError as error:
        file.close()
        body = json.dumps(error.to_json(language), ensure_ascii=False)
        return Response(body, 416, {"content-range": f"bytes */{size}"}, "application/json")
    file.seek(start)
    said["content-range"] = f"bytes {start}-{end - 1}/{size}"
    answer = deliver(request, file, end - start, media_type, said)
    answer.status_code = 206
    return answer


def read_range(asked: str, size: int) -> tuple[int, int]:
    """The first byte that a header asks for and the one after the last, in a file of ``size`` bytes.

    ``range-refused`` for what is outside, not written as a range of bytes, or several ranges at once.
    """
    found = _RANGE.fullmatch(asked.replace(" ", ""))
    if found is None or found[1] == found[2] == "":
        raise BeffroiError(fault("range-refused", asked=asked[:80], size=size))
    if found[1] == "":
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
    if start >= end:
        raise BeffroiError(fault("range-refused", asked=asked[:80], size=size))
    return start, end


def delivery_of(scope: Any) -> Delivery | None:
    """The file that a request is answered with, if it is."""
    found: Delivery | None = scope["state"].get(_STATE)
    return found


class Stockroom:
    """Files by a key that changes with what they hold, those asked for longest ago removed past ``limit`` bytes."""

    def __init__(self, limit: int = _KEPT_BYTES, at_once: int = _WRITTEN_AT_ONCE, patience: float = _PATIENCE) -> None:
        self._limit, self._patience = limit, patience
        self._folder: TemporaryDirectory[str] | None = None
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._writing: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        self._desks = threading.BoundedSemaphore(at_once)

    def open(self, key: str, extension: str, write: Callable[[Path], None]) -> tuple[BinaryIO, int]:
        """The file of a key, open, and its size; ``write`` makes it where it is not there. ``geodata-busy``."""
        name = f"{sha256(key.encode()).hexdigest()[:32]}.{extension}"
        with self._lock:
            turn = self._writing.setdefault(name, threading.Lock())
        if not turn.acquire(timeout=self._patience):
            raise BeffroiError(fault("geodata-busy"))
        try:
            found = self._find(name)
            if found is None:
                self._write(name, write)
                found = self._find(name)
                assert found is not None
            return found
        finally:
            turn.release()
            with self._lock:
                if not turn.locked():
                    self._writing.pop(name, None)

    def _find(self, name: str) -> tuple[BinaryIO, int] | None:
        with self._lock:
            if self._folder is None or name not in self._sizes:
                return None
            self._sizes.move_to_end(name)
            return (Path(self._folder.name) / name).open("rb"), self._sizes[name]

    def _write(self, name: str, write: Callable[[Path], None]) -> None:
        with self._desk():
            with self._lock:
                self._folder = self._folder or TemporaryDirectory(prefix="beffroi-files-")
                folder = Path(self._folder.name)
            with TemporaryDirectory(dir=folder) as scratch:
                made = Path(scratch) / name
                write(made)
                size = made.stat().st_size
                made.rename(folder / name)
            with self._lock:
                self._sizes[name] = size
                while sum(self._sizes.values()) > self._limit and len(self._sizes) > 1:
                    gone, _ = self._sizes.popitem(last=False)
                    (folder / gone).unlink(missing_ok=True)

    @contextmanager
    def _desk(self) -> Any:
        if not self._desks.acquire(timeout=self._patience):
            raise BeffroiError(fault("geodata-busy"))
        try:
            yield
        finally:
            self._desks.release()


__all__ = ["Delivery", "Stockroom", "deliver", "deliver_part", "delivery_of", "read_range"]
