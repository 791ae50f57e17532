"""The server of a workspace, started on a port."""

import socket

import pytest

from beffroi.errors import BeffroiError
from beffroi.serve import running


def test_a_port_that_is_taken_is_said_before_anything_is_served() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        with pytest.raises(BeffroiError) as error:
            running._listen("127.0.0.1", port)
    assert error.value.faults[0].code == "port-taken"
    assert str(port) in error.value.faults[0].message("fr")


@pytest.mark.parametrize("host", ["192.0.2.1", "nulle part"])
def test_an_address_that_is_not_of_this_machine_is_not_called_a_port_that_is_taken(host: str) -> None:
    with pytest.raises(BeffroiError) as error:
        running._listen(host, 0)
    (found,) = error.value.faults
    assert found.code == "host-not-here"
    assert host in found.message("fr")
    assert "--port" not in found.remedy("fr")
