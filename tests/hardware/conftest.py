"""What the machine must have: pseudo-terminals for ports, a private D-Bus for Bluetooth."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hardware.private_bus import can_run, running_bus

# Windows has no pseudo-terminals, and only Linux has BlueZ.
collect_ignore: list[str] = []
if sys.platform == "win32":
    collect_ignore += [path.name for path in Path(__file__).parent.glob("test_serial_*.py")]
    collect_ignore.append("test_link_firmware.py")
if sys.platform != "linux":
    collect_ignore += [path.name for path in Path(__file__).parent.glob("test_ble_*.py")]

_SOAK_S = 25.0


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("hardware")
    group.addoption("--device", metavar="URL", help="run the claims about any gauge on this one")
    group.addoption(
        "--soak-minutes", type=float, help="break a radio link for so long, instead of 25 s"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Allow a long soak its time; with a device of one's own, leave the others be."""
    if config.getoption("--device", default=None):
        others = [item for item in items if "gauge" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]
    minutes = config.getoption("--soak-minutes", default=None)
    for item in items:
        if minutes and "soak_s" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(60 * minutes + 120))


@pytest.fixture
def soak_s(pytestconfig: pytest.Config) -> float:
    # Where all tests run, this folder's options come too late to be known.
    minutes = pytestconfig.getoption("--soak-minutes", default=None)
    return 60 * minutes if minutes else _SOAK_S


@pytest.fixture(scope="session")
def private_bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a D-Bus of our own and return its address."""
    if not can_run():
        if os.environ.get("CI") == "true":
            pytest.fail("dbus-daemon is not installed, and in CI it must be")
        pytest.skip("dbus-daemon is not installed")
    with running_bus(tmp_path_factory.mktemp("bus")) as address:
        yield address


@pytest.fixture
def system_bus(
    private_bus: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Make the private bus the system's, for bleak to find the Bluetooth service on."""
    folder: Path = tmp_path_factory.mktemp("bin")
    version = folder / "bluetoothctl"  # bleak asks it for the version of BlueZ
    version.write_text("#!/bin/sh\necho 'bluetoothctl: 5.66'\n")
    version.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", private_bus)
    return private_bus
