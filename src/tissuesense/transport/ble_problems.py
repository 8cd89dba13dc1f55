"""What goes wrong with Bluetooth, in sentences that a person can act on.

The D-Bus errors are those of BlueZ's public documentation (doc/org.bluez.*.rst); the codes of a
refusal are those of the Attribute Protocol (Bluetooth Core Specification 5.2, vol 3, part F,
3.4.1.1).
"""

import contextlib
import sys
from collections.abc import AsyncIterator

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from tissuesense.core.errors import LinkLost, RadioProblem, RadioUnavailable, TransportError

_REASONS = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: RadioProblem.NO_ADAPTER,
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: RadioProblem.NO_ADAPTER,
    BleakBluetoothNotAvailableReason.POWERED_OFF: RadioProblem.POWERED_OFF,
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: RadioProblem.PERMISSION_REFUSED,
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: RadioProblem.PERMISSION_REFUSED,
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: RadioProblem.PERMISSION_REFUSED,
}
_DBUS_ERRORS = {
    "org.freedesktop.DBus.Error.ServiceUnknown": RadioProblem.NO_ADAPTER,
    "org.freedesktop.DBus.Error.NameHasNoOwner": RadioProblem.NO_ADAPTER,
    "org.freedesktop.DBus.Error.AccessDenied": RadioProblem.PERMISSION_REFUSED,
    "org.bluez.Error.NotAuthorized": RadioProblem.PERMISSION_REFUSED,
    "org.bluez.Error.NotPermitted": RadioProblem.PERMISSION_REFUSED,
    "org.bluez.Error.NotReady": RadioProblem.POWERED_OFF,
}
_ALLOW = {
    "linux": "Join the group of those who may use Bluetooth (sudo usermod -aG bluetooth $USER), "
    "then log out and in again.",
    "darwin": "Allow your terminal under System Settings, Privacy & Security, Bluetooth.",
    "win32": "Let desktop apps use Bluetooth under Settings, Privacy & security.",
}
_HINTS = {
    RadioProblem.NO_ADAPTER: "Plug one in, or start the Bluetooth service: `tissuesense devices "
    "doctor` says which.",
    RadioProblem.POWERED_OFF: "Switch Bluetooth on.",
    RadioProblem.PERMISSION_REFUSED: _ALLOW.get(sys.platform, "Allow this program Bluetooth."),
    RadioProblem.UNKNOWN: "",
}
_PAIR = "Pair it in the system's Bluetooth settings, then try again."
_UNPAIRED_DBUS_ERRORS = frozenset(
    f"org.bluez.Error.Authentication{how}" for how in ("Failed", "Canceled", "Rejected", "Timeout")
)
_UNPAIRED_CODES = frozenset(
    {
        BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHORIZATION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION_KEY_SIZE,
    }
)
GONE = (BleakError, OSError, EOFError, TimeoutError)
"""What bleak, the bus below it and our own patience raise when something is not there any more."""
# Linux without a system bus has no Bluetooth service.
_NO_BUS = (FileNotFoundError, ConnectionRefusedError)
_TEXT_SECOND = (BleakDBusError, BleakGATTProtocolError)


@contextlib.asynccontextmanager
async def explained(endpoint: str) -> AsyncIterator[None]:
    """Turn what bleak raises into the sentence that a person needs."""
    try:
        yield
    except TransportError:
        raise
    except GONE as err:
        raise told(endpoint, err) from err


def told(endpoint: str, error: Exception) -> TransportError:
    """Return what `error`, of bleak or of the system, means."""
    if wants_pairing(error):
        return TransportError(
            f"{endpoint} talks only to whom it is paired with: {why(error)}.",
            endpoint=endpoint,
            hint=_PAIR,
        )
    problem = _radio_problem(error)
    if problem is not None:
        return RadioUnavailable(
            f"Bluetooth cannot be used ({problem.value.replace('_', ' ')}): {why(error)}.",
            endpoint=endpoint,
            reason=problem,
            hint=_HINTS[problem],
        )
    return TransportError(
        f"The connection to {endpoint} could not be made: {why(error)}.", endpoint=endpoint
    )


def link_lost(endpoint: str, reason: str) -> LinkLost:
    """Return the error for a peripheral that was there and is gone."""
    return LinkLost(f"The link to {endpoint} is lost: {reason}.", endpoint=endpoint)


def wants_pairing(error: Exception) -> bool:
    """Whether the peripheral refused because nobody has paired with it."""
    if isinstance(error, BleakGATTProtocolError):
        return error.code in _UNPAIRED_CODES
    if isinstance(error, BleakDBusError):
        return error.dbus_error in _UNPAIRED_DBUS_ERRORS or why(error) == "Not paired"
    return False


def is_passing(error: BleakError) -> bool:
    """Whether the same attempt may well succeed when it is made again.

    Radios interfere, so that connecting fails now and then for no lasting reason.
    """
    if isinstance(error, BleakDBusError):
        return error.dbus_error == "org.bluez.Error.Failed"
    return type(error) is BleakError  # such as a link that broke while it was being made


def why(error: Exception) -> str:
    """Return the part of an error that is a sentence, without its full stop."""
    if isinstance(error, TimeoutError) and not str(error):
        return "it did not answer in time"
    if isinstance(error, _NO_BUS):
        return "no Bluetooth service runs here"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    texts = error.args[1:] if isinstance(error, _TEXT_SECOND) else ()
    texts = texts or error.args or (type(error).__name__,)
    return str(texts[0]).rstrip(".")


def _radio_problem(error: Exception) -> RadioProblem | None:
    """Return what is wrong with the radio itself; None where something else is."""
    if isinstance(error, BleakBluetoothNotAvailableError):
        return _REASONS.get(error.reason, RadioProblem.UNKNOWN)
    if isinstance(error, BleakDBusError):
        # One listener at a time may take a characteristic over; that is no matter of permission.
        return None if why(error) == "Notify acquired" else _DBUS_ERRORS.get(error.dbus_error)
    if isinstance(error, _NO_BUS):
        return RadioProblem.NO_ADAPTER
    return None
