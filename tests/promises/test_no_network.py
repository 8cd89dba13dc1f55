"""The test run itself reaches nothing but this machine."""

import socket

import pytest


@pytest.mark.parametrize(
    ("family", "elsewhere"), [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")]
)
def test_another_machine_cannot_be_reached(family: socket.AddressFamily, elsewhere: str) -> None:
    with socket.socket(family) as stranger, pytest.raises(RuntimeError, match="may not reach"):
        stranger.connect((elsewhere, 9))


def test_another_machine_is_not_even_looked_up() -> None:
    with pytest.raises(RuntimeError, match="may not reach"):
        socket.getaddrinfo("example.invalid", 80)


def test_loopback_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        client.sendall(b"here")
        peer, _ = server.accept()
        with peer:
            assert peer.recv(4) == b"here"
