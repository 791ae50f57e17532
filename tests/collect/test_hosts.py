"""Which addresses may be connected to, and hosts that are asked once."""

import socket
import threading

import pytest

from beffroi.collect.locations.hosts import GuardedBackend, is_private, resolve
from beffroi.collect.locations.sessions import Session
from beffroi.errors import BeffroiError
from tests.collect.invented import codes


@pytest.mark.parametrize(
    "address",
    "fe80::1%eth0 fd00:ec2::254 127.0.0.1 "
    "10.1.2.3 192.168.0.1 172.16.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 240.0.0.1 198.18.0.1 "
    "::1 fe80::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1:: 64:ff9b::7f00:1 ff02::1".split(),
)
def test_addresses_of_this_machine_and_of_private_networks(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "185.15.58.224", "2a02:2e0:3fe:1001:302::", "64:ff9b::808:808"])
def test_addresses_of_the_public_network(address: str) -> None:
    assert not is_private(address)


def answer_with(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """Let the system's look-up answer these addresses, round after round; gives the names that were asked."""
    asked: list[str] = []
    remaining = list(rounds)

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        found = remaining.pop(0)
        if not found:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(BeffroiError) as refused:
        resolve("two.example", 443, Session({}), allow_private=False)
    assert codes(refused.value) == ["address-refused"]


def test_a_name_that_changes_its_mind_is_asked_once_by_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the connection goes to the address that was checked; there is no second look-up to deceive."""
    asked = answer_with(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    connected: list[str] = []

    class Sockets:
        def connect_tcp(self, host: str, *_: object) -> str:
            connected.append(host)
            return "stream"

    backend = GuardedBackend(Session({}), allow_private=False)
    monkeypatch.setattr(backend, "_sockets", Sockets())
    assert backend.connect_tcp("rebind.example", 80) == "stream"  # type: ignore[comparison-overlap]
    assert connected == ["8.8.8.8"]
    assert asked == ["rebind.example"]


def test_a_name_that_was_not_found_is_not_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answer_with(monkeypatch, [])
    session = Session({})
    for _ in range(3):
        with pytest.raises(BeffroiError) as refused:
            resolve("gone.example", 443, session, allow_private=False)
        assert codes(refused.value) == ["host-unresolved"]
    assert asked == ["gone.example"]


def test_a_look_up_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = threading.Event()
    monkeypatch.setattr("beffroi.collect.locations.hosts.RESOLVE_SECONDS", 0.01)

    def never(*_: object, **__: object) -> list[object]:
        stuck.wait(5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", never)
    with pytest.raises(BeffroiError, match="host-unresolved"):
        resolve("slow.example", 443, Session({}), allow_private=False)
    stuck.set()
