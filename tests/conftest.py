"""What every test stands on: a clock that stands, seeded numbers, no network but loopback."""

import os
import socket
import sys
from ipaddress import ip_address

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from tissuesense.core.clock import ManualClock

# Time is never the claim of a property; a busy machine must not fail one.
_COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("local", _COMMON)
settings.register_profile("ci", _COMMON, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")

# No test may touch the keyring of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

_LOOKED_UP = "socket.getaddrinfo"
_REACHED = {"socket.connect", "socket.sendto"}
_INTERNET = {socket.AF_INET, socket.AF_INET6}


def _refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:
    """Stop the one test that talks to another machine; ports, pipes and loopback pass."""
    if event == _LOOKED_UP:
        host = arguments[0]
    elif event in _REACHED and getattr(arguments[0], "family", None) in _INTERNET:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if isinstance(host, str) and not _is_here(host):
        raise RuntimeError(f"A test may not reach '{host}': only this machine's loopback.")


def _is_here(host: str) -> bool:
    if host in {"", "localhost"}:
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


# An audit hook sees every way to a socket, those of C extensions too, and cannot be undone.
sys.addaudithook(_refuse_the_network)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20260105)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()
