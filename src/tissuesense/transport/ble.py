"""A Bluetooth Low Energy peripheral, through bleak."""

import asyncio
import contextlib
from collections.abc import Callable

from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError, BleakGATTProtocolError

from tissuesense.core.clock import Clock
from tissuesense.core.errors import LocalProtocolError, TransportError
from tissuesense.core.printable import printable
from tissuesense.devices.ble_sig import BATTERY_LEVEL, sig_uuid
from tissuesense.devices.profile import BleLink
from tissuesense.transport.base import Chunk, Pace, RealPace
from tissuesense.transport.ble_problems import (
    GONE,
    explained,
    is_passing,
    link_lost,
    told,
    wants_pairing,
    why,
)
from tissuesense.transport.ble_search import RadioSearch
from tissuesense.transport.inbox import Inbox

# Looking for a lost peripheral again and again, rather than once for long, lets its absence show.
_SEARCH_AGAIN_S = 2.0
_ATTEMPTS = 3
_BATTERY_S = 1.0
_WRITE_TIMEOUT_S = 3.0
_GOODBYE_S = 2.0
_STALE_AFTER_S = 2.0
_ANY_SERVICE = sig_uuid(0x1801)  # the Generic Attribute service, which nearly everybody has
_SPEAKING = frozenset({"notify", "indicate"})


class BleTransport:
    """Subscribe to what a peripheral notifies or indicates.

    Each attempt to connect makes a new client, so that nothing of an earlier one can call back.
    Once a peripheral was found only this very one is looked for again, whatever others call
    themselves.

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
        self._address: str | None = None
        self._client: BleakClient | None = None
        self._inbox: Inbox | None = None
        self._control: BleakGATTCharacteristic | None = None
        self._subscribed: list[BleakGATTCharacteristic] = []

    async def open(self, timeout_s: float) -> None:
        """Look for the peripheral, connect and subscribe."""
        until_s = self.pace.now_s() + timeout_s
        search_s = timeout_s if self._address is None else min(timeout_s, _SEARCH_AGAIN_S)
        search = RadioSearch(self._address or self.endpoint)
        async with explained(self.endpoint):
            async with BleakScanner(search.hear):
                for device in await self._connected_already():
                    search.know(device)
                device = await search.result(search_s)
            left_s = max(until_s - self.pace.now_s(), 0.0)
            async with asyncio.timeout(left_s):
                await self._connect(device, left_s)
        self._address = device.address
        self.identity = printable(device.name or device.address)

    async def receive(self, timeout_s: float) -> Chunk | None:
        """Return the next notification."""
        if self._inbox is None:
            raise link_lost(self.endpoint, "it is disconnected")
        chunk = await self._inbox.get(timeout_s)
        return chunk or Chunk(data=b"", t_host_s=self.pace.now_s())

    async def write(self, data: bytes) -> None:
        """Write to the control characteristic.

        Raises
        ------
        LocalProtocolError
            When the peripheral takes no commands, or not this one.
        TransportError
            When it must be paired first.
        """
        if self._client is None:
            raise link_lost(self.endpoint, "it is disconnected")
        if self._control is None:
            raise LocalProtocolError(f"{self.endpoint} takes no commands.")
        # A response tells of a refusal.
        response = "write" in self._control.properties
        try:
            async with asyncio.timeout(_WRITE_TIMEOUT_S):
                await self._client.write_gatt_char(self._control, data, response=response)
        except GONE as err:
            if wants_pairing(err):
                raise told(self.endpoint, err) from err
            if isinstance(err, BleakGATTProtocolError):
                raise LocalProtocolError(f"{self.endpoint} refused: {why(err)}.") from err
            raise link_lost(self.endpoint, why(err)) from err

    async def close(self) -> None:
        """Unsubscribe and disconnect, waiting no longer than a goodbye is worth."""
        client, self._client, self._inbox = self._client, None, None
        if client is None:
            return
        # Each with a time of its own: who does not answer the first must still be let go.
        for goodbye in (self._unsubscribe, BleakClient.disconnect):
            with contextlib.suppress(*GONE):
                async with asyncio.timeout(_GOODBYE_S):
                    await goodbye(client)

    async def _connected_already(self) -> list[BLEDevice]:
        """Return whom a program that was killed has left connected: they do not advertise.

        Only at first: later this is what was believed of a link that has just been lost.
        """
        if self._address is not None:
            return []
        adapter = await BleakAdapter.get()
        services = [_ANY_SERVICE, *([self._link.service] if self._link.service else [])]
        return await adapter.get_connected_devices(services)

    async def _connect(self, device: BLEDevice, timeout_s: float) -> None:
        for left in reversed(range(_ATTEMPTS)):
            try:
                await self._attempt(device, timeout_s)
            except BleakError as err:
                if not (left and is_passing(err)):
                    raise
            else:
                return

    async def _attempt(self, device: BLEDevice, timeout_s: float) -> None:
        inbox = Inbox()
        client = BleakClient(
            device, disconnected_callback=_hang_up(inbox, self.endpoint), timeout=timeout_s
        )
        self._client, self._inbox, self._subscribed = client, inbox, []
        try:
            await client.connect()
            await self._subscribe(client, inbox)
            await self._hear_battery(client, inbox)
        except BaseException:
            await self.close()
            raise

    async def _subscribe(self, client: BleakClient, inbox: Inbox) -> None:
        there = client.services.characteristics.values()
        self._control = next((c for c in there if c.uuid == self._link.write), None)
        for characteristic in there:
            if characteristic.uuid in self._link.notify and _speaks(characteristic):
                await client.start_notify(characteristic, self._listener(inbox))
                self._subscribed.append(characteristic)
        if not self._subscribed:
            raise self._stranger(sorted({c.uuid for c in there}))

    async def _hear_battery(self, client: BleakClient, inbox: Inbox) -> None:
        """Read the standard battery and listen to it, where there is one; it may refuse."""
        for battery in client.services.characteristics.values():
            if battery.uuid != BATTERY_LEVEL or battery in self._subscribed:
                continue
            listen = self._listener(inbox)
            with contextlib.suppress(BleakError, TimeoutError):
                async with asyncio.timeout(_BATTERY_S):
                    # Before subscribing: BlueZ tells subscribers of what was read, too.
                    listen(battery, await client.read_gatt_char(battery))
            with contextlib.suppress(BleakError, TimeoutError):
                async with asyncio.timeout(_BATTERY_S):
                    if _speaks(battery):
                        await client.start_notify(battery, listen)
                        self._subscribed.append(battery)

    async def _unsubscribe(self, client: BleakClient) -> None:
        for characteristic in self._subscribed if client.is_connected else ():
            with contextlib.suppress(BleakError):
                await client.stop_notify(characteristic)

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

    def _stranger(self, there: list[str]) -> TransportError:
        return TransportError(
            f"{self.endpoint} does not speak as this model does: none of the characteristics "
            f"{', '.join(self._link.notify)} is among its own ({', '.join(there) or 'none'}).",
            endpoint=self.endpoint,
            hint="Check that model= is the gauge's.",
        )


def _speaks(characteristic: BleakGATTCharacteristic) -> bool:
    return not _SPEAKING.isdisjoint(characteristic.properties)


def _hang_up(inbox: Inbox, endpoint: str) -> Callable[[BleakClient], None]:
    def hang_up(_: BleakClient) -> None:
        inbox.fail(link_lost(endpoint, "it disconnected"))

    return hang_up
