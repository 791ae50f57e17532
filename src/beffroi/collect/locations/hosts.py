"""Hosts: their names looked up once, private addresses refused, connections made to the address that was checked.

The name is resolved, every address that it has is checked, and the connection goes to the checked address itself, so
that a name cannot answer one address to the check and another to the connection (DNS rebinding). Redirects come
through here as well, since each is a connection. With a proxy, the proxy resolves: what can be known here is checked.
"""

import ipaddress
import queue
import socket
import threading
from collections.abc import Iterable
from typing import Any

import httpcore

from beffroi.collect.locations.sessions import Session
from beffroi.errors import BeffroiError, fault

RESOLVE_SECONDS = 5.0
CONNECT_SECONDS = 5.0


def is_private(address: str) -> bool:
    """Whether ``address`` is of this machine or of a network that is not the public one (metadata of clouds too)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    embedded = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if embedded is not None:
        ip = embedded
    if ip.version == 6 and ip in ipaddress.ip_network("64:ff9b::/96"):
        ip = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
    return not ip.is_global or ip.is_multicast


def resolve(host: str, port: int, session: Session, *, allow_private: bool) -> list[str]:
    """Addresses of ``host``, all checked. Raises ``host-unresolved`` (and the host is not asked again in this
    session) or ``address-refused``."""
    with session.turn(f"host {host}"):
        if reason := session.silent(host) or session.silent(f"{host}:{port}"):
            raise BeffroiError(reason)
        try:
            addresses = _look_up(host, port)
        except OSError as error:
            reason = fault("host-unresolved", host=host)
            session.silence(host, reason)
            raise BeffroiError(reason) from error
    if not allow_private:
        for address in addresses:
            if is_private(address):
                raise BeffroiError(fault("address-refused", host=host, address=address))
    return addresses


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses only. Raises ``host-unreachable`` when none of them answers in time."""

    def __init__(self, session: Session, *, allow_private: bool) -> None:
        self._session = session
        self._allow_private = allow_private
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        error: Exception | None = None
        for address in resolve(host, port, self._session, allow_private=self._allow_private)[:3]:
            try:
                return self._sockets.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                error = failure
        reason = fault("host-unreachable", host=host, reason=str(error) or type(error).__name__)
        self._session.silence(f"{host}:{port}", reason)
        raise BeffroiError(reason)

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        raise NotImplementedError("a location is never a socket of this machine")

    def sleep(self, seconds: float) -> None:
        self._session.wait(seconds)


def _look_up(host: str, port: int) -> list[str]:
    """Addresses of ``host``, in a thread, since the system's own look-up cannot be told to hurry."""
    answers: queue.Queue[list[str] | OSError] = queue.Queue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError) as error:
            answers.put(OSError(str(error)))

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=RESOLVE_SECONDS)
    except queue.Empty:
        raise TimeoutError(host) from None
    if isinstance(answer, OSError):
        raise answer
    return answer
