"""A device that lets nobody connect: its readings are in what it advertises, through bleak."""

import asyncio
import contextlib

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from tissuesense.core.clock import Clock
from tissuesense.core.errors import LocalProtocolError
from tissuesense.core.printable import printable
from tissuesense.devices.profile import AdvertisementLink
from tissuesense.transport.base import ADVERTISEMENT, Chunk, Pace, RealPace
from tissuesense.transport.ble_problems import GONE, explained, link_lost, why
from tissuesense.transport.ble_search import RadioSearch
from tissuesense.transport.inbox import Inbox

# Slow scales speak about once a second; much rarer than this, and the listening itself is broken.
_LISTEN_ANEW_S = 3.0
_SWITCH_S = 2.0


class AdvertisementTransport:
    """Give each changed advertisement of one device; an unchanged one is not a new sample.

    Nobody tells that such a device has gone, nor that the system's Bluetooth service was started
    again and listens no more: for the first there is giving up, for the second listening anew.

    Parameters
    ----------
    target
        Name or address, in any case; a name may be shortened at its end.
    """

    scripted = False
    stale_after_s: float | None = None

    def __init__(self, target: str, link: AdvertisementLink, *, clock: Clock) -> None:
        self.endpoint = target
        self.identity: str | None = None
        self.pace: Pace = RealPace(clock)
        self._company_id = link.company_id
        self._clock = clock
        self._address: str | None = None
        self._search: RadioSearch | None = None
        self._scanner: BleakScanner | None = None
        self._inbox: Inbox | None = None
        self._last: bytes | None = None
        self._heard_s = 0.0

    async def open(self, timeout_s: float) -> None:
        """Listen until the device is heard, and go on listening."""
        until_s = self.pace.now_s() + timeout_s
        search = RadioSearch(self._address or self.endpoint, company_id=self._company_id)
        self._search, self._inbox, self._last = search, Inbox(), None
        try:
            async with explained(self.endpoint):
                async with asyncio.timeout(timeout_s):
                    await self._listen()
                device = await search.result(until_s - self.pace.now_s())
        except BaseException:
            await self.close()
            raise
        self._address = device.address
        self.identity = printable(device.name or device.address)
        self._search, self._heard_s = None, self.pace.now_s()

    async def receive(self, timeout_s: float) -> Chunk | None:
        """Return the next advertisement that differs from the one before."""
        if self._inbox is None:
            raise link_lost(self.endpoint, "nobody listens")
        chunk = await self._inbox.get(timeout_s)
        if chunk is None and self.pace.now_s() - self._heard_s > _LISTEN_ANEW_S:
            await self._listen_anew()
        return chunk or Chunk(data=b"", t_host_s=self.pace.now_s())

    async def write(self, data: bytes) -> None:
        """Refuse: such a device only speaks.

        Raises
        ------
        LocalProtocolError
            Always.
        """
        del data
        raise LocalProtocolError(f"{self.endpoint} takes no commands.")

    async def close(self) -> None:
        """Stop listening."""
        self._search = self._inbox = None
        await self._stop()

    async def _listen(self) -> None:
        # Without duplicates, hearing nothing and hearing the same again would look alike.
        self._scanner = BleakScanner(self._hear, bluez={"filters": {"DuplicateData": True}})
        await self._scanner.start()

    async def _stop(self) -> None:
        scanner, self._scanner = self._scanner, None
        if scanner is not None:
            with contextlib.suppress(*GONE):
                async with asyncio.timeout(_SWITCH_S):
                    await scanner.stop()

    async def _listen_anew(self) -> None:
        self._heard_s = self.pace.now_s()
        await self._stop()
        try:
            async with asyncio.timeout(_SWITCH_S):
                await self._listen()
        except GONE as err:
            raise link_lost(self.endpoint, why(err)) from err

    def _hear(self, device: BLEDevice, advertisement: AdvertisementData) -> None:
        if self._search is not None:
            self._search.hear(device, advertisement)
            return
        data = advertisement.manufacturer_data.get(self._company_id)
        if self._inbox is None or device.address != self._address or data is None:
            return
        self._heard_s = self._clock.monotonic_s()
        if data != self._last:
            self._last = data
            self._inbox.put(Chunk(data=data, t_host_s=self._heard_s, channel=ADVERTISEMENT))
