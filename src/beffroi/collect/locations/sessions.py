"""One run of collecting, as seen by the locations: secrets from the environment, hosts that do not answer, time.

A session is shared by the sources that are collected together, in threads. A host whose name could not be found, or
that refused to be reached, is not asked again in the same session: each later source fails at once.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from beffroi.errors import BeffroiError, Fault, fault

CLIENT_PROCESSES = 3
"""Clients of registries that run at the same time."""

_SECRET = re.compile(r"\$\{(\w+)\}")


@dataclass
class Session:
    """What the sources of one run share. ``wait`` and ``clock`` are given by tests that must not sleep."""

    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    clients: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(CLIENT_PROCESSES))
    shared: dict[str, tuple[str, int, Any]] = field(default_factory=dict)
    """What was fetched in this session, by what was asked, for the sources that ask the same."""
    _silent: dict[str, Fault] = field(default_factory=dict)
    _turns: dict[str, threading.Lock] = field(default_factory=dict)
    _door: threading.Lock = field(default_factory=threading.Lock)
    _used: set[str] = field(default_factory=set)

    def reveal(self, text: str) -> str:
        """``text`` with each ``${BEFFROI_…}`` replaced by that variable of the environment.

        Only names that start with ``BEFFROI_`` are taken, so that a workspace written by somebody else cannot send
        the machine's other secrets away. ``secret-missing`` when one is not set.
        """

        def value(found: re.Match[str]) -> str:
            name = found[1]
            secret = self.environment.get(name, "")
            if not name.startswith("BEFFROI_") or not secret:
                raise BeffroiError(fault("secret-missing", name=name))
            self._used.add(secret)
            return secret

        return _SECRET.sub(value, text)

    def hide(self, text: str) -> str:
        """``text`` without any secret that was revealed, nor any user or password of an address."""
        for secret in sorted(self._used, key=len, reverse=True):
            text = text.replace(secret, "***")
        return re.sub(r"(?<=://)[^/@\s]+@", "***@", text)

    def keep_secret(self, secret: str) -> None:
        """Hide ``secret`` from now on."""
        if secret:
            self._used.add(secret)

    def silent(self, host: str) -> Fault | None:
        """Why ``host`` is not asked again, or None."""
        return self._silent.get(host)

    def silence(self, host: str, reason: Fault) -> None:
        """Do not ask ``host`` again in this session."""
        self._silent[host] = reason

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """One thread at a time for what bears this name: a host being found, a package that two sources share."""
        with self._door:
            lock = self._turns.setdefault(name, threading.Lock())
        with lock:
            yield
