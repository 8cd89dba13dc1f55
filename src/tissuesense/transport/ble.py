"""A Bluetooth Low Energy peripheral, through bleak."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from bleak import BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
)

from tissuesense.core.clock import Clock
from tissuesense.core.errors import (
    DeviceNotFound,
    LinkLost,
    RadioProblem,
    RadioUnavailable,
    TransportError,
)
from tissuesense.core.printable import printable
from tissuesense.devices.profile import BleLink
from tissuesense.transport.base import Chunk, Pace, RealPace
from tissuesense.transport.inbox import Inbox

# Looking for a lost peripheral again and again, rather than once for long, lets its absence show.
_SEARCH_AGAIN_S = 2.0
_WRITE_TIMEOUT_S = 3.0
_GOODBYE_S = 2.0
_STALE_AFTER_S = 2.0
_PROBLEMS = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: RadioProblem.NO_ADAPTER,
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: RadioProblem.NO_ADAPTER,
    BleakBluetoothNotAvailableReason.POWERED_OFF: RadioProblem.POWERED_OFF,
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: RadioProblem.PERMISSION_REFUSED,
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: RadioProblem.PERMISSION_REFUSED,
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: RadioProblem.PERMISSION_REFUSED,
}
_HINTS = {
    RadioProblem.NO_ADAPTER: "Plug in a Bluetooth adapter, or start the Bluetooth service.",
    RadioProblem.POWERED_OFF: "Switch Bluetooth on.",
    RadioProblem.PERMISSION_REFUSED: "Allow this program to use Bluetooth in the system settings.",
    RadioProblem.UNKNOWN: "",
}
# What the system's Bluetooth service says, through D-Bus, when there is no radio to talk to.
_NO_SERVICE = frozenset(
    {
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.bluez.Error.NotReady",
    }
)


class BleTransport:
    """Subscribe to what a peripheral notifies.

    Each opening makes a new client, so that nothing of an earlier connection can call back.

    Parameters
    ----------
    target
        Name or address, in any case; a name may be shortened at its end.
    """

    scripted = False
    # The system may say that a peripheral is connected long after it was switched off.
    stale_after_s: float | None = _STALE_AFTER_S

    def __init__(self, target: str, link: BleLink, *, clock: Clock) -> None:
        self.endpoint = target
        self.identity: str | None = None
        self.pace: Pace = RealPace(clock)
        self._link = link
        self._clock = clock
        self._client: BleakClient | None = None
        self._inbox: Inbox | None = None

    async def open(self, timeout_s: float) -> None:
        """Look for the peripheral, connect and subscribe."""
        until_s = self.pace.now_s() + timeout_s
        search_s = timeout_s if self.identity is None else min(timeout_s, _SEARCH_AGAIN_S)
        async with explained(self.endpoint):
            device = await self._find(search_s)
        inbox = Inbox()
        left_s = max(until_s - self.pace.now_s(), 0.0)
        client = BleakClient(
            device, disconnected_callback=_hang_up(inbox, self.endpoint), timeout=left_s
        )
        self._client, self._inbox = client, inbox
        try:
            async with explained(self.endpoint), asyncio.timeout(left_s):
                await client.connect()
                for channel in self._link.notify:
                    await client.start_notify(channel, self._listener(inbox))
        except BaseException:
            await self.close()
            raise
        self.identity = printable(device.name or device.address)

    async def receive(self, timeout_s: float) -> Chunk | None:
        """Return the next notification."""
        if self._inbox is None:
            raise _lost(self.endpoint, "it is disconnected")
        chunk = await self._inbox.get(timeout_s)
        return chunk or Chunk(data=b"", t_host_s=self.pace.now_s())

    async def write(self, data: bytes) -> None:
        """Write to the control characteristic."""
        if self._client is None or self._link.write is None:
            raise _lost(self.endpoint, "it is disconnected")
        try:
            async with asyncio.timeout(_WRITE_TIMEOUT_S):
                await self._client.write_gatt_char(self._link.write, data)
        except (BleakError, OSError, EOFError, TimeoutError) as err:
            raise _lost(self.endpoint, err) from err

    async def close(self) -> None:
        """Unsubscribe and disconnect, waiting no longer than a goodbye is worth."""
        client, self._client, self._inbox = self._client, None, None
        if client is None:
            return
        # Each with a time of its own: who does not answer the first must still be let go.
        for goodbye in (self._unsubscribe, BleakClient.disconnect):
            with contextlib.suppress(BleakError, OSError, EOFError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await goodbye(client)

    async def _unsubscribe(self, client: BleakClient) -> None:
        for channel in self._link.notify if client.is_connected else ():
            with contextlib.suppress(BleakError):
                await client.stop_notify(channel)

    async def _find(self, timeout_s: float) -> BLEDevice:
        wanted = self.endpoint.casefold()
        seen: dict[str, str] = {}

        def matches(device: BLEDevice, advertisement: AdvertisementData) -> bool:
            name = advertisement.local_name or device.name or ""
            seen[device.address] = printable(name or device.address)
            return device.address.casefold() == wanted or name.casefold().startswith(wanted)

        device = await BleakScanner.find_device_by_filter(matches, timeout=timeout_s)
        if device is None:
            names = sorted(seen.values())
            raise DeviceNotFound(
                f"No Bluetooth device '{self.endpoint}' is in reach.",
                endpoint=self.endpoint,
                seen=names,
                hint=f"Switch it on and bring it near. Seen: {', '.join(names) or 'none'}.",
            )
        return device

    def _listener(self, inbox: Inbox) -> Callable[[BleakGATTCharacteristic, bytearray], None]:
        def listen(characteristic: BleakGATTCharacteristic, data: bytearray) -> None:
            inbox.put(
                Chunk(
                    data=bytes(data),
                    t_host_s=self._clock.monotonic_s(),
                    channel=characteristic.uuid,
                )
            )

        return listen


def _hang_up(inbox: Inbox, endpoint: str) -> Callable[[BleakClient], None]:
    def hang_up(_: BleakClient) -> None:
        inbox.fail(_lost(endpoint, "it disconnected"))

    return hang_up


@contextlib.asynccontextmanager
async def explained(endpoint: str) -> AsyncIterator[None]:
    """Turn what bleak raises into the sentence that a person needs."""
    try:
        yield
    except BleakBluetoothNotAvailableError as err:
        raise _radio(endpoint, err, _PROBLEMS.get(err.reason, RadioProblem.UNKNOWN)) from err
    except BleakDBusError as err:
        if err.dbus_error in _NO_SERVICE:
            raise _radio(endpoint, err, RadioProblem.NO_ADAPTER) from err
        raise _failed(endpoint, err) from err
    except (FileNotFoundError, ConnectionRefusedError) as err:
        # Linux without a system bus has no Bluetooth service either.
        raise _radio(endpoint, err, RadioProblem.NO_ADAPTER) from err
    except (BleakError, OSError, EOFError, TimeoutError) as err:
        if isinstance(err, TransportError):
            raise
        raise _failed(endpoint, err) from err


def _radio(endpoint: str, error: Exception, problem: RadioProblem) -> RadioUnavailable:
    return RadioUnavailable(
        f"Bluetooth cannot be used ({problem.value.replace('_', ' ')}): {_first(error)}.",
        endpoint=endpoint,
        reason=problem,
        hint=_HINTS[problem],
    )


def _failed(endpoint: str, error: Exception) -> TransportError:
    return TransportError(
        f"The connection to {endpoint} could not be made: {_first(error)}.", endpoint=endpoint
    )


def _lost(endpoint: str, why: object) -> LinkLost:
    return LinkLost(f"The link to {endpoint} is lost: {why or 'no answer'}.", endpoint=endpoint)


def _first(error: Exception) -> str:
    """Return the part of an error that is a sentence."""
    if isinstance(error, TimeoutError) and not str(error):
        return "it did not answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error.args[0] if error.args else type(error).__name__).rstrip(".")
