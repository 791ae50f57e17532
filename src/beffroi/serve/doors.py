"""The outer door of the server: language, reader, edition, kept answers, ETag, compression, headers of safety.

It stands before routing, so that an answer that is kept costs next to nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from beffroi import __version__
from beffroi.access import PUBLIC, Reader
from beffroi.errors import BeffroiError, fault
from beffroi.language import LANGUAGES
from beffroi.publish.maps import base_hosts
from beffroi.serve.answers import Answer, Answers, tag
from beffroi.serve.deliveries import Delivery, delivery_of
from beffroi.serve.editions import Doorkeeper, Editions
from beffroi.serve.negotiations import is_ogc, prefers_html

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = logging.getLogger("beffroi.serve")
COOKIE = "beffroi_token"
_LASTING = ("/assets/", "/tokens-")
_UNTAGGED = ("/health",)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{data}{hosts}; font-src 'self'; "
    "connect-src 'self'{hosts}; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
_MAPS = "/cartes/"
_SAFETY: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


_OPEN: tuple[tuple[bytes, bytes], ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Content-Crs, ETag, Link"),
)
"""Pages of other sites may read what is for geographic tools, never with the cookie of a partner."""
_PREFLIGHT = Answer(
    204, "text/plain",
    headers=(
        (b"access-control-allow-methods", b"GET, HEAD"), (b"access-control-allow-headers", b"Authorization"),
        (b"allow", b"GET, HEAD, OPTIONS"),
    ),
)  # fmt: skip


READING = "GET, HEAD"
"""What addresses answer."""


class Door:
    """An ASGI application around another, as said above. Faults that it meets are answered by ``explain``."""

    def __init__(
        self, app: AsgiApp, editions: Editions, doorkeeper: Doorkeeper, answers: Answers, version: str,
        explain: Callable[[Scope, BeffroiError], Answer], secure: bool,
    ) -> None:  # fmt: skip
        self._app, self._editions, self._doorkeeper, self._answers = app, editions, doorkeeper, answers
        self._version, self._explain, self._secure = f"{__version__}-{version}", explain, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _split_language(scope)
        headers = {name: value for name, value in scope["headers"] if name in _READ}
        try:
            if scope["method"] == "OPTIONS" and is_ogc(scope["path"]):
                await _send(scope, send, _PREFLIGHT, {}, _dress(scope, PUBLIC, None))
                return
            if scope["method"] not in ("GET", "HEAD"):
                allowed = READING + (", OPTIONS" if is_ogc(scope["path"]) else "")
                raise BeffroiError(fault("method-refused", asked=scope["method"], allowed=allowed))
            if given := _given_token(scope):
                await self._greet(scope, send, given)
                return
            token, kept_by_browser = _token(headers)
            try:
                reader = self._doorkeeper.reader(token)
            except BeffroiError:
                if not kept_by_browser:
                    raise
                # Nobody chose to send this cookie: the visitor is of the public, and the cookie goes.
                reader, scope["state"]["forgotten"], send = PUBLIC, True, _forgetting(send)
            scope["state"] |= {"reader": reader, "site": self._editions.site(reader)}
            await self._answer(scope, receive, send, headers, reader)
        except Exception as error:
            known = error if isinstance(error, BeffroiError) else _unforeseen(scope, error)
            await _send(scope, send, self._explain(scope, known), headers, _dress(scope, PUBLIC, None, error=True))

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, headers: Mapping[bytes, bytes], reader: Reader
    ) -> None:
        state = scope["state"]
        path: str = scope["path"]
        if path in _UNTAGGED or reader != PUBLIC:
            answer = await self._ask(scope, receive)
            await _send(scope, send, answer, headers, _dress(scope, reader, None, error=answer.status >= 400))
            return
        address = f"{state['language']} {path}?{scope['query_string'].decode('latin-1')}"
        if is_ogc(path) and prefers_html(headers.get(b"accept", b"").decode("latin-1")):
            address += " html"
        mark = tag(state["site"].edition, self._version, address)
        if headers.get(b"if-none-match") == mark.encode():
            await _send(scope, send, Answer(304, ""), headers, _dress(scope, reader, mark))
            return
        state["mark"] = mark
        kept = self._answers.find(mark)
        answer = kept or await self._ask(scope, receive)
        if answer.status == 404 and state.get("forgotten"):
            raise BeffroiError(fault("token-forgotten"))
        if kept is None and answer.status in (200, 204) and delivery_of(scope) is None:
            self._answers.keep(mark, answer)
        good = answer.status in (200, 204, 206)
        await _send(
            scope, send, answer, headers, _dress(scope, reader, mark if good else None, error=answer.status >= 400)
        )

    async def _ask(self, scope: Scope, receive: Receive) -> Answer:
        """What the application answers, taken whole."""
        status, headers, pieces = 500, [], []

        async def collect(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message.get("headers", []))
            elif message.get("body"):
                pieces.append(message["body"])

        await self._app({**scope, "method": "GET"}, receive, collect)
        kinds = [value.decode("latin-1") for name, value in headers if name == b"content-type"]
        kept = tuple((n, v) for n, v in headers if n not in {b"content-type", b"content-length"})
        return Answer(status, kinds[0] if kinds else "", tuple(pieces), kept)

    async def _greet(self, scope: Scope, send: Send, given: tuple[str, str]) -> None:
        """A token given in an address is moved to a cookie, and the address is shown without it."""
        token, rest = given
        self._doorkeeper.reader(token)
        cookie = f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if self._secure else ''}"
        prefix = "" if scope["state"]["language"] == "fr" else f"/{scope['state']['language']}"
        # Two slashes would lead to another server, and a line's end would write headers.
        path = quote("/" + scope["path"].lstrip("/"))
        where = f"{prefix}{path}{'?' + rest if rest else ''}"
        headers = ((b"location", where.encode("latin-1")), (b"set-cookie", cookie.encode("latin-1")))
        await _send(
            scope, send, Answer(303, "text/plain", headers=headers), {}, [(b"cache-control", b"private, no-store")]
        )


_READ = frozenset({b"accept", b"accept-encoding", b"if-none-match", b"authorization", b"cookie"})


def _unforeseen(scope: Scope, error: Exception) -> BeffroiError:
    _log.error("no answer to %s", scope["path"], exc_info=error)
    return BeffroiError(fault("unexpected", detail=type(error).__name__))


def _split_language(scope: Scope) -> None:
    """``/en/explorer`` is ``/explorer`` in English, and ``/explorer/`` is ``/explorer``."""
    path: str = scope["path"].rstrip("/") or "/"
    scope["path"] = path
    scope["raw_path"] = path.encode("utf-8")
    language = LANGUAGES[0]
    for code in LANGUAGES[1:]:
        if path == f"/{code}" or path.startswith(f"/{code}/"):
            language, path = code, path[len(code) + 1 :] or "/"
            scope["path"] = path
            scope["raw_path"] = path.encode("utf-8")
    scope.setdefault("state", {})["language"] = language


def _given_token(scope: Scope) -> tuple[str, str] | None:
    query: bytes = scope["query_string"]
    if b"token=" not in query:
        return None
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    tokens = [value for key, value in pairs if key == "token" and value]
    return (tokens[-1], urlencode([pair for pair in pairs if pair[0] != "token"], safe=":/")) if tokens else None


def _token(headers: Mapping[bytes, bytes]) -> tuple[str | None, bool]:
    """The token that comes with a request, and whether a cookie holds it rather than the hand of who asks."""
    scheme, _, credentials = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer" and credentials.strip():
        return credentials.strip(), False
    for piece in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        name, _, value = piece.strip().partition("=")
        if name == COOKIE and value:
            return value, True
    return None, False


def _forgetting(send: Send) -> Send:
    """Answers as ``send`` does, and tells the browser to forget its token; no cache shares what says so."""

    async def send_forgetting(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, value) for name, value in message["headers"] if name != b"cache-control"]
            headers.append((b"cache-control", b"private, no-store"))
            headers.append((b"set-cookie", f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax".encode()))
            message = {**message, "headers": headers}
        await send(message)

    return send_forgetting


def _dress(scope: Scope, reader: Reader, mark: str | None, *, error: bool = False) -> list[tuple[bytes, bytes]]:
    """Headers of caching and of safety."""
    path: str = scope["path"]
    ancestors = "*" if path == "/integrer" else "'self'"
    # A map may ask the phone where it is, show images of the services that maps of this edition name, and hold some
    # in its still picture.
    is_map = path.startswith(_MAPS)
    data = " data:" if is_map else ""
    hosts = "".join(f" {host}" for host in _list_hosts(scope)) if is_map else ""
    headers = [
        *_SAFETY,
        (b"permissions-policy", f"camera=(), geolocation=({'self' if is_map else ''}), microphone=()".encode()),
        (b"content-security-policy", _POLICY.format(ancestors=ancestors, data=data, hosts=hosts).encode()),
    ]
    if reader != PUBLIC:
        headers.append((b"cache-control", b"private, no-store"))
    elif error or path in _UNTAGGED:
        headers.append((b"cache-control", b"no-store"))
    elif path.startswith(_LASTING):
        headers.append((b"cache-control", b"public, max-age=31536000, immutable"))
    else:
        headers.append((b"cache-control", b"public, max-age=60, must-revalidate"))
    if is_ogc(path):
        headers += _OPEN
    headers.append((b"vary", b"Accept, Accept-Encoding, Authorization, Cookie"))
    if mark:
        headers.append((b"etag", mark.encode()))
    return headers


def _list_hosts(scope: Scope) -> list[str]:
    site = scope["state"].get("site")
    if site is None:
        return []
    hosts: frozenset[str] = site.fragment("base hosts", lambda: base_hosts(site.atlas.catalogue["maps"].values()))
    return sorted(hosts)


async def _send(
    scope: Scope, send: Send, answer: Answer, asked: Mapping[bytes, bytes], dress: Iterable[tuple[bytes, bytes]]
) -> None:
    if answer.status in (200, 206) and (delivery := delivery_of(scope)) is not None:
        await _send_file(scope, send, answer, delivery, dress)
        return
    packed = answer.compressible and b"gzip" in asked.get(b"accept-encoding", b"")
    if packed and answer.long_to_pack:
        await asyncio.to_thread(answer.pack)
    body = answer.pack() if packed else answer.body
    headers = [*answer.headers, *dress]
    if answer.status not in (204, 304):
        headers += [(b"content-type", answer.media_type.encode()), (b"content-length", str(len(body)).encode())]
    if packed:
        headers.append((b"content-encoding", b"gzip"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _send_file(
    scope: Scope, send: Send, answer: Answer, delivery: Delivery, dress: Iterable[tuple[bytes, bytes]]
) -> None:
    """A file, piece after piece: it never stands whole in memory."""
    with delivery.file:
        headers = [
            *answer.headers, *dress, (b"content-type", answer.media_type.encode()),
            (b"content-length", str(delivery.size).encode()),
        ]  # fmt: skip
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if scope["method"] != "HEAD":
            async for piece in delivery.pieces():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


__all__ = ["COOKIE", "Door"]
