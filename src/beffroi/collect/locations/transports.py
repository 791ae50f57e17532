"""The one way out to HTTP: an httpx client whose connections all go through ``hosts``.

The proxies of the environment are respected: many administrations have no other way out.
"""

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from beffroi import __version__
from beffroi.collect.locations.hosts import CONNECT_SECONDS, GuardedBackend, is_private
from beffroi.collect.locations.sessions import Session
from beffroi.errors import BeffroiError, fault

READ_SECONDS = 30.0


def open_client(session: Session, *, allow_private: bool) -> httpx.Client:
    """A client that follows no redirect by itself and asks for bytes as they are kept (no compression on the way)."""
    return httpx.Client(
        transport=_GuardedTransport(session, allow_private),
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        headers={"User-Agent": f"beffroi/{__version__}", "Accept-Encoding": "identity"},
        follow_redirects=False,
        trust_env=False,
    )


class _GuardedTransport(httpx.BaseTransport):
    def __init__(self, session: Session, allow_private: bool) -> None:
        self._session = session
        self._allow_private = allow_private
        self._trust = httpx.create_ssl_context()
        self._direct = httpcore.ConnectionPool(
            ssl_context=self._trust,
            network_backend=GuardedBackend(session, allow_private=allow_private),
        )
        self._proxied: dict[str, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme not in ("http", "https") or not url.host:
            raise BeffroiError(fault("address-invalid", address=self._session.hide(str(url))))
        answer = self._pool(url).handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._direct.close()
        for pool in self._proxied.values():
            pool.close()

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        proxy = None if proxy_bypass(url.host) else getproxies().get(url.scheme)
        if not proxy:
            return self._direct
        if not self._allow_private and _is_private_literal(url.host):
            raise BeffroiError(fault("address-refused", host=url.host, address=url.host))
        if proxy not in self._proxied:
            parsed = httpx.Proxy(proxy)
            self._proxied[proxy] = httpcore.HTTPProxy(
                proxy_url=httpcore.URL(str(parsed.url)), proxy_auth=parsed.raw_auth, ssl_context=self._trust
            )
        return self._proxied[proxy]


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        stream: Any = self._answer.stream
        yield from stream

    def close(self) -> None:
        self._answer.close()


def _is_private_literal(host: str) -> bool:
    """Whether ``host``, which the proxy will resolve, is plainly of this machine or of a private network."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.lower().rstrip(".").rpartition(".")[2] in ("localhost", "internal", "local")
    return is_private(host)
