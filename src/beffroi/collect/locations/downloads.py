"""Downloads: one address to one file, over bad lines, within limits.

Conditional when something is kept, resumed where it was cut (only when the server says that the bytes are the same),
tried again with patience when the server asks for it, stopped past a size or a time. Redirects are followed here, one
by one, so that each is checked.
"""

import email.utils
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import httpcore
import httpx

from beffroi.collect.locations.errands import Errand, Fetched, Known
from beffroi.collect.locations.sessions import Session
from beffroi.collect.locations.transports import open_client
from beffroi.errors import BeffroiError, fault

TRIES = 5
"""Times that an address is asked before it is given up; why: four waits of 0.5 to 4 s outlast a restarted server."""
LONGEST_WAIT = 60.0
REDIRECTS = 10
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
_CUT = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)
_NOT_REACHED = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ProxyError)


@dataclass(frozen=True)
class Bounds:
    """What one location may use: bytes in all, the moment (of the session's clock) when its time is over."""

    max_bytes: int
    seconds: int
    until: float


@dataclass
class _Body:
    """What has come so far of one address, and what says that the rest belongs to it."""

    stream: BinaryIO
    received: int = 0
    validator: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = False


class Downloader:
    """Asks addresses for one errand. Use as a context: it closes its connections."""

    def __init__(self, errand: Errand, *, max_bytes: int, seconds: int, allow_private: bool) -> None:
        self._errand = errand
        self._session: Session = errand.session
        self._client = open_client(errand.session, allow_private=allow_private)
        self._bounds = Bounds(max_bytes, seconds, errand.session.clock() + seconds)
        self._spent = 0

    def __enter__(self) -> "Downloader":
        return self

    def __exit__(self, *reason: object) -> None:
        self._client.close()

    def download(
        self, address: str, file: Path, *, known: Known | None = None, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Write what ``address`` answers to ``file``; without a file when ``known`` is still good (304)."""
        secret = self._session.reveal(address)
        with file.open("wb") as stream:
            body = _Body(stream)
            for attempt in range(1, TRIES + 1):
                try:
                    pause = self._ask(secret, body, known or Known(), headers or {})
                except _NOT_REACHED as error:
                    host = httpx.URL(secret).host
                    raise BeffroiError(fault("host-unreachable", host=host, reason=str(error))) from error
                except _CUT as error:
                    reason = self._session.hide(str(error) or type(error).__name__)
                    if attempt == TRIES:
                        address = self._session.hide(address)
                        raise BeffroiError(fault("download-cut", address=address, reason=reason)) from error
                    pause = None, 0
                if pause is None:
                    break
                self._pause(attempt, pause, address)
        etag, last_modified = body.headers.get("etag"), body.headers.get("last-modified")
        self._spent += body.received
        if body.unchanged:
            file.unlink()
            return Fetched(None, etag, last_modified)
        return Fetched(file, etag, last_modified)

    def _pause(self, attempt: int, pause: tuple[float | None, int], address: str) -> None:
        asked, status = pause
        address = self._session.hide(address)
        if attempt == TRIES:
            raise BeffroiError(fault("http-status", address=address, status=status))
        seconds = 0.5 * 2 ** (attempt - 1) if asked is None else asked
        if seconds > LONGEST_WAIT or self._session.clock() + seconds > self._bounds.until:
            raise BeffroiError(fault("http-status", address=address, status=status))
        self._session.wait(seconds)

    def _ask(
        self, address: str, body: _Body, known: Known, headers: Mapping[str, str]
    ) -> tuple[float | None, int] | None:
        """One try. None when it is over; else how long the server asks to wait (None: as we like), and its status."""
        asked = dict(headers)
        if body.received and body.validator:
            asked |= {"Range": f"bytes={body.received}-", "If-Range": body.validator}
        elif not body.received:
            asked |= {"If-None-Match": known.etag} if known.etag else {}
            asked |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
        for _ in range(REDIRECTS):
            with self._client.stream("GET", _checked(address, self._session), headers=asked) as answer:
                if answer.is_redirect and "location" in answer.headers:
                    address = str(answer.url.join(answer.headers["location"]))
                    continue
                return self._take(answer, body)
        raise BeffroiError(fault("redirects-endless", address=self._session.hide(address), limit=REDIRECTS))

    def _take(self, answer: httpx.Response, body: _Body) -> tuple[float | None, int] | None:
        shown = self._session.hide(str(answer.url.copy_with(query=None)))
        if answer.status_code == 304:
            body.headers, body.unchanged = dict(answer.headers), True
            return None
        if answer.status_code in _TRY_AGAIN:
            return _retry_after(answer.headers.get("retry-after"), datetime.now(UTC)), answer.status_code
        if answer.status_code == 416 and body.received:
            _restart(body)
            return 0.0, 416
        if not answer.is_success:
            raise BeffroiError(fault("http-status", address=shown, status=answer.status_code))
        if answer.status_code != 206 or not _continues(answer, body):
            _restart(body)
        plain = "content-encoding" not in answer.headers
        body.headers = dict(answer.headers)
        body.validator = _validator(answer.headers) if plain else None
        length = answer.headers.get("content-length", "")
        total = body.received + int(length) if plain and length.isdigit() else None
        if total is not None:
            self._check_size(total, shown)
        for chunk in answer.iter_raw() if plain else answer.iter_bytes():
            body.received += len(chunk)
            self._check_size(body.received, shown)
            if self._session.clock() > self._bounds.until:
                raise BeffroiError(fault("download-too-slow", address=shown, seconds=self._bounds.seconds))
            body.stream.write(chunk)
            self._errand.advance(self._spent + body.received, None if total is None else self._spent + total)
        return None

    def _check_size(self, size: int, address: str) -> None:
        if self._spent + size > self._bounds.max_bytes:
            raise BeffroiError(fault("download-too-large", address=address, limit=self._bounds.max_bytes))


def _checked(address: str, session: Session) -> str:
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise BeffroiError(fault("address-invalid", address=session.hide(address))) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise BeffroiError(fault("address-invalid", address=session.hide(address)))
    return address


def _restart(body: _Body) -> None:
    body.stream.seek(0)
    body.stream.truncate()
    body.received = 0


def _continues(answer: httpx.Response, body: _Body) -> bool:
    """Whether a partial answer starts where we stopped."""
    return answer.headers.get("content-range", "").startswith(f"bytes {body.received}-") and body.received > 0


def _validator(headers: httpx.Headers) -> str | None:
    """What a resumed request can lean on: a strong ETag, else the date; a weak ETag promises nothing of bytes."""
    etag: str | None = headers.get("etag")
    date: str | None = headers.get("last-modified")
    return etag if etag and not etag.startswith("W/") else date


def _retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds asked by a ``Retry-After`` header, a number or a date; None when there is none that can be read."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError):
        return None
