"""Who may open a serial port, who has it open, and which adapters have none. Linux tells all."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tissuesense.transport.discovery import FoundPort, UsbIdentity
from tissuesense.transport.usb_names import driver_of

_PROC = Path("/proc")
_SYS = Path("/sys")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A program that has a port open."""

    pid: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortAccess:
    """What the system says about one port.

    Attributes
    ----------
    permitted
        Whether this program may read and write it; None where only opening it would tell.
    group
        The group that the device file belongs to; None where there are none.
    joined
        The user is in that group, whether or not this session knows it yet.
    """

    port: str
    on_usb: bool
    permitted: bool | None = None
    group: str | None = None
    joined: bool = False
    holders: tuple[Holder, ...] = ()


def look_at(
    port: FoundPort,
    *,
    user: str,
    proc: Path = _PROC,
    access: Callable[[str, int], bool] = os.access,
) -> PortAccess:
    """Ask the system about a port without opening it, which would reset some gauges."""
    on_usb = port.usb is not None
    if os.name != "posix" or not Path(port.port).exists():
        return PortAccess(port=port.port, on_usb=on_usb)
    group, members = _group_of(port.port)
    return PortAccess(
        port=port.port,
        on_usb=on_usb,
        permitted=access(port.port, os.R_OK | os.W_OK),
        group=group,
        joined=user in members,
        holders=holders_of(port.port, proc=proc),
    )


def holders_of(port: str, *, proc: Path = _PROC) -> tuple[Holder, ...]:
    """Return who has a port open, as far as this user may see it."""
    wanted = os.path.realpath(port)
    return tuple(
        Holder(pid=int(process.name), name=_name_of(process))
        for process in _processes(proc)
        if any(_target(link) == wanted for link in _listed(process / "fd"))
    )


def running(*, proc: Path = _PROC) -> frozenset[str] | None:
    """Return the names of the programs that run; None where the system does not list them so."""
    names = frozenset(_name_of(process) for process in _processes(proc))
    return names or None


def adapters_without_port(
    ports: Iterable[FoundPort], *, sys_root: Path = _SYS
) -> tuple[UsbIdentity, ...]:
    """Return the USB serial adapters that are plugged in and of which no port was made."""
    plugged = Counter(
        ids
        for device in _listed(sys_root / "bus" / "usb" / "devices")
        if (ids := _usb_ids(device)) is not None and driver_of(*ids) is not None
    )
    served = Counter((p.usb.vendor, p.usb.product) for p in ports if p.usb is not None)
    return tuple(
        UsbIdentity(vendor=vendor, product=product, serial=None)
        for vendor, product in (plugged - served)
    )


def _group_of(port: str) -> tuple[str | None, frozenset[str]]:
    import grp  # noqa: PLC0415 - Windows has none
    import pwd  # noqa: PLC0415 - as above

    number = Path(port).stat().st_gid
    try:
        group = grp.getgrgid(number)
    except KeyError:
        return None, frozenset()
    first = {entry.pw_name for entry in pwd.getpwall() if entry.pw_gid == number}
    return group.gr_name, frozenset({*group.gr_mem, *first})


def _processes(proc: Path) -> list[Path]:
    return [path for path in _listed(proc) if path.name.isdigit()]


def _name_of(process: Path) -> str:
    return _text(process / "comm") or "a program"


def _usb_ids(device: Path) -> tuple[int, int] | None:
    try:
        return int(_text(device / "idVendor"), 16), int(_text(device / "idProduct"), 16)
    except ValueError:
        return None  # a hub's interface, which has no numbers


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # not there, gone meanwhile, or another user's
        return []


def _target(link: Path) -> str | None:
    try:
        return str(link.readlink())
    except OSError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
