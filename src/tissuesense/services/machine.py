"""Look at this machine: what a measurement needs of it, as facts and without judgement."""

import getpass
import os
import platform
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from tissuesense.core.clock import Clock
from tissuesense.services.doctor_mends import System
from tissuesense.store.place import StorePlace, data_folder
from tissuesense.transport.discovery import FoundPort, UsbIdentity, scan_serial
from tissuesense.transport.port_access import (
    PortAccess,
    adapters_without_port,
    look_at,
    running,
)
from tissuesense.transport.radio_state import Radio, listen_to_radio

# Module -> package, of what the devices need.
_PACKAGES = {"serial": "pyserial", "bleak": "bleak", "numpy": "numpy", "scipy": "scipy"}
_SYSTEMS = {"darwin": System.MACOS, "win32": System.WINDOWS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What was seen.

    Attributes
    ----------
    packages
        Version of each package; None for one that is not there.
    programs
        Names of running programs; None where the system does not list them.
    unserved
        USB serial adapters of which the system made no port.
    radio
        None where nobody looked.
    store
        Where the clinical record is, or would be.
    columns
        Width of the terminal; None where there is none.
    """

    system: System
    name: str
    user: str
    python: tuple[int, int, int]
    executable: str
    packages: Mapping[str, str | None] = field(default_factory=dict)
    ports: Sequence[FoundPort] = ()
    access: Sequence[PortAccess] = ()
    unserved: Sequence[UsbIdentity] = ()
    programs: frozenset[str] | None = None
    radio: Radio | None = None
    store: Path
    store_writable: bool
    free_bytes: int | None
    now: datetime
    columns: int | None = None


async def look_around(
    *,
    clock: Clock,
    seconds: float,
    data: str | StorePlace | None = None,
    columns: int | None = None,
) -> Machine:
    """Look at everything; listening to the radio takes `seconds`."""
    packages = {package: _version(module, package) for module, package in _PACKAGES.items()}
    user = _user()
    ports = scan_serial() if packages["pyserial"] else ()
    store = data_folder(data)
    return Machine(
        system=_SYSTEMS.get(sys.platform, System.LINUX),
        name=f"{platform.system()} {platform.release()}",
        user=user,
        python=sys.version_info[:3],
        executable=sys.executable,
        packages=packages,
        ports=ports,
        access=tuple(look_at(port, user=user) for port in ports),
        unserved=adapters_without_port(ports),
        programs=running(),
        radio=await listen_to_radio(seconds) if packages["bleak"] else None,
        store=store,
        store_writable=os.access(_nearest(store), os.W_OK | os.X_OK),
        free_bytes=_free_bytes(store),
        now=clock.now(),
        columns=columns,
    )


def _version(module: str, package: str) -> str | None:
    """Return the version of a package that can be imported; None for one that cannot."""
    if find_spec(module) is None:
        return None
    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        return "$USER"


def _nearest(path: Path) -> Path:
    """Return the path itself, or the nearest folder above it that exists."""
    return next((p for p in (path, *path.absolute().parents) if p.exists()), Path())


def _free_bytes(path: Path) -> int | None:
    try:
        return shutil.disk_usage(_nearest(path)).free
    except OSError:
        return None
