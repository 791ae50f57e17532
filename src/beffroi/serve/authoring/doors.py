"""The door of who writes, around the whole server: this machine only, one author, nothing from another page.

Every request must name this server by its address on this machine, or a page of the web could reach it under a name of
its own. What writes asks for more: the session that the one-time key of the terminal opened, a request that comes from
a page of this server, and the pass that its forms hold.
"""

import hmac
import json
import logging
import secrets
from collections.abc import Mapping, MutableMapping
from typing import Any

from beffroi.errors import BeffroiError, fault, system_fault
from beffroi.language import LANGUAGES
from beffroi.publish.authoring import render_refusal
from beffroi.publish.pages import Visit
from beffroi.serve.answers import list_headers
from beffroi.serve.authoring.forms import Form, read_body, read_form
from beffroi.serve.authoring.replies import Asked
from beffroi.serve.authoring.routes import answer_desk
from beffroi.serve.authoring.studios import Reply, Studio
from beffroi.serve.doors import AsgiApp, Receive, Send

_log = logging.getLogger("beffroi.serve")
PATH = "/redaction"
_OPEN = {f"{PATH}/etat", f"{PATH}/construire"}
"""What needs no session: whether a text was saved, and building what is written."""
_WITH_FILE = (f"{PATH}/classeurs", f"{PATH}/images/nouvelle")
_LARGEST_FORM, _LARGEST_FILE = 2_000_000, 21_000_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_LASTING = ("/assets/", "/tokens-")


def hosts_of(port: int) -> frozenset[str]:
    """How a browser of this machine names a server that listens on 127.0.0.1."""
    names = ("127.0.0.1", "localhost")
    return frozenset({*(f"{name}:{port}" for name in names), *(names if port == 80 else ())})


class AuthoringDoor:
    """An ASGI application around the server of a workspace that is being written."""

    def __init__(self, app: AsgiApp, studio: Studio, hosts: frozenset[str]) -> None:
        self._app, self._studio, self._hosts = app, studio, hosts
        self._cookie = f"beffroi_redaction_{next(iter(hosts)).rpartition(':')[2]}"

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if headers.get("host", "").lower() not in self._hosts:
            said = fault("host-refused", host=headers.get("host", "")[:100]).message("fr")
            await _send(send, Reply(403, said.encode(), "text/plain; charset=utf-8"))
            return
        language, path = _split(scope["path"])
        if path != PATH and not path.startswith(f"{PATH}/"):
            await self._app(scope, receive, _fresh(send, scope["path"]))
            return
        visit = Visit(language, path, scope["query_string"].decode("latin-1"))
        try:
            reply = await self._answer(scope, receive, headers, visit)
        except Exception as error:
            reply = self._refuse(error, visit, headers)
        await _send(send, reply)

    async def _answer(
        self, scope: Mapping[str, Any], receive: Receive, headers: Mapping[str, str], visit: Visit
    ) -> Reply:
        query = read_form(scope["query_string"], "")
        if self._studio.edits and (key := query.one("cle")):
            return self._open(key, visit)
        if visit.path not in _OPEN and not self._knows(headers.get("cookie", "")):
            raise BeffroiError(fault("writing-closed"))
        if scope["method"] in ("GET", "HEAD"):
            return await answer_desk(self._studio, Asked(visit, query, None))
        if scope["method"] != "POST":
            raise BeffroiError(fault("method-refused", asked=scope["method"], allowed="GET, HEAD, POST"))
        if not self._is_own(headers):
            raise BeffroiError(fault("writing-from-elsewhere"))
        largest = _LARGEST_FILE if visit.path in _WITH_FILE else _LARGEST_FORM
        form = read_form(await read_body(receive, largest), headers.get("content-type", ""))
        given = headers.get("x-laissez-passer") or form.one("laissez_passer")
        if not hmac.compare_digest(given.encode(), self._studio.pass_.encode()):
            raise BeffroiError(fault("writing-from-elsewhere"))
        return await answer_desk(self._studio, Asked(visit, query, form))

    def _open(self, key: str, visit: Visit) -> Reply:
        """The one-time key is changed for a session, and the address shown without it."""
        session = self._studio.open_session(key)
        if session is None:
            raise BeffroiError(fault("writing-closed"))
        cookie = f"{self._cookie}={session}; Path=/; HttpOnly; SameSite=Strict"
        prefix = "" if visit.language == LANGUAGES[0] else f"/{visit.language}"
        return Reply(303, headers=(("location", f"{prefix}{visit.path}"), ("set-cookie", cookie)))

    def _knows(self, cookies: str) -> bool:
        pairs = (piece.strip().partition("=") for piece in cookies.split(";"))
        return any(name == self._cookie and self._studio.knows(value) for name, _, value in pairs)

    def _is_own(self, headers: Mapping[str, str]) -> bool:
        """Whether a request was sent by a page of this server, as browsers say it."""
        origin = headers.get("origin")
        if origin is None or origin == "null":
            return headers.get("sec-fetch-site") == "same-origin"
        return origin.removeprefix("http://") == headers["host"].lower() and origin.startswith("http://")

    def _refuse(self, error: Exception, visit: Visit, headers: Mapping[str, str]) -> Reply:
        if isinstance(error, OSError):
            error = BeffroiError(system_fault(error))
        if not isinstance(error, BeffroiError):
            _log.error("no answer to %s", visit.path, exc_info=error)
            error = BeffroiError(fault("unexpected", detail=type(error).__name__))
        said = error.to_json(visit.language)
        beside = tuple((name.decode(), value.decode()) for name, value in list_headers(error))
        if "application/json" in headers.get("accept", ""):
            body = json.dumps(said, ensure_ascii=False).encode()
            return Reply(error.http_status, body, "application/json", headers=beside)
        try:
            page = render_refusal(self._studio.site(), visit, error.http_status, said["faults"])
        except BeffroiError:  # the lake itself cannot be opened: its fault is said in words alone
            return Reply(error.http_status, str(error).encode(), "text/plain; charset=utf-8")
        return Reply(error.http_status, page.encode(), headers=beside)


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_urlsafe(24)


def _split(path: str) -> tuple[str, str]:
    path = path.rstrip("/") or "/"
    for code in LANGUAGES[1:]:
        if path == f"/{code}" or path.startswith(f"/{code}/"):
            return code, path[len(code) + 1 :] or "/"
    return LANGUAGES[0], path


def _fresh(send: Send, path: str) -> Send:
    """Answers as ``send`` does; a browser keeps nothing of what may have been written again."""

    async def send_fresh(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and not path.startswith(_LASTING):
            headers = [(name, value) for name, value in message["headers"] if name != b"cache-control"]
            message = {**message, "headers": [*headers, (b"cache-control", b"no-cache")]}
        await send(message)

    return send_fresh


async def _send(send: Send, reply: Reply) -> None:
    safety = {
        "cache-control": "no-store", "content-security-policy": _POLICY, "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin", "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin", "content-type": reply.media_type,
        "content-length": str(len(reply.body)),
    }  # fmt: skip
    headers = [(name.encode(), value.encode("latin-1")) for name, value in (*safety.items(), *reply.headers)]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


__all__ = ["PATH", "AuthoringDoor", "Form", "hosts_of", "new_key"]
