"""What the machine must have: pseudo-terminals for ports, a private D-Bus for Bluetooth."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Windows has no pseudo-terminals, and only Linux has BlueZ.
collect_ignore: list[str] = []
if sys.platform == "win32":
    collect_ignore.append("test_serial_gauges.py")
if sys.platform != "linux":
    collect_ignore.append("test_ble_gauges.py")

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""


@pytest.fixture(scope="session")
def private_bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a D-Bus of our own and return its address."""
    if shutil.which("dbus-daemon") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("dbus-daemon is not installed, and in CI it must be")
        pytest.skip("dbus-daemon is not installed")
    folder = tmp_path_factory.mktemp("bus")
    (folder / "bus.conf").write_text(_BUS.format(folder=folder))
    with subprocess.Popen(
        ["dbus-daemon", f"--config-file={folder / 'bus.conf'}", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()


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
