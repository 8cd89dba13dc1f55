"""Whether the Bluetooth radio works, and what keeps it from it."""

import enum
from dataclasses import dataclass
from pathlib import Path

from tissuesense.core.errors import RadioProblem, RadioUnavailable, TransportError
from tissuesense.transport.discovery import scan_ble

_SYS = Path("/sys")


class RadioState(enum.StrEnum):
    """What closes the way to the air, in the order in which one meets it; each needs its remedy."""

    NO_SERVICE = "no_service"
    NO_ADAPTER = "no_adapter"
    BLOCKED_BY_SWITCH = "blocked_by_switch"
    BLOCKED = "blocked"
    POWERED_OFF = "powered_off"
    REFUSED = "refused"
    FAILED = "failed"
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Radio:
    """The state of the radio.

    Attributes
    ----------
    detail
        The system's own words where something failed.
    heard
        How many devices were heard.
    """

    state: RadioState
    detail: str = ""
    heard: int = 0


async def listen_to_radio(seconds: float, *, sys_root: Path = _SYS) -> Radio:
    """Scan for a moment and say how that went."""
    try:
        found = await scan_ble(seconds)
    except RadioUnavailable as err:
        return Radio(state=_why(err, sys_root), detail=err.message)
    except TransportError as err:
        return Radio(state=RadioState.FAILED, detail=err.message)
    return Radio(state=RadioState.READY, heard=len(found))


def _why(error: RadioUnavailable, sys_root: Path) -> RadioState:
    from bleak.exc import BleakBluetoothNotAvailableError  # noqa: PLC0415 - it may be missing

    if error.reason is RadioProblem.PERMISSION_REFUSED:
        return RadioState.REFUSED
    if error.reason is RadioProblem.UNKNOWN:
        return RadioState.FAILED
    # A blocked adapter is there and off, or not there at all, as its driver likes it.
    blocked = _blocked(sys_root)
    if blocked is not None:
        return blocked
    if error.reason is RadioProblem.POWERED_OFF:
        return RadioState.POWERED_OFF
    # A service that says that it has no adapter is there; anything else is its absence.
    service_says = isinstance(error.__cause__, BleakBluetoothNotAvailableError)
    return RadioState.NO_ADAPTER if service_says else RadioState.NO_SERVICE


def _blocked(sys_root: Path) -> RadioState | None:
    """Return how Linux's radio switch blocks Bluetooth (Documentation/driver-api/rfkill.rst)."""
    for switch in sorted(sys_root.glob("class/rfkill/rfkill*")):
        if _read(switch / "type") != "bluetooth":
            continue
        if _read(switch / "hard") == "1":
            return RadioState.BLOCKED_BY_SWITCH
        if _read(switch / "soft") == "1":
            return RadioState.BLOCKED
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
