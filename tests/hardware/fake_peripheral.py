"""Peripherals for the fake radio: what a gauge does, and nothing of how a computer hears it."""

import asyncio
import struct
import threading
from collections.abc import Callable, Mapping
from typing import ClassVar

from tissuesense.devices.ble_sig import BATTERY_LEVEL, sig_uuid

_UUID = "7e4e17{:02x}-1ea6-40c9-9dcc-13d34ffead57"
DATA, CONTROL = _UUID.format(2), _UUID.format(3)

Notify = Callable[[str, bytes], bool]


class Peripheral:
    """Somebody around the radio; a gauge derives from it what it needs.

    Attributes
    ----------
    characteristics
        UUIDs and their flags, in BlueZ's words.
    manufacturer_data
        What it advertises, by company id.
    still
        It is always equally near, so that the service has nothing new to tell of it.
    """

    name = "Peripheral"
    address = "C0:FF:EE:00:00:01"
    service = sig_uuid(0x1801)
    characteristics: Mapping[str, tuple[str, ...]] = {}
    manufacturer_data: Mapping[int, bytes] = {}
    rssi_dbm = -55
    still = False
    mtu = 247

    def connected(self, notify: Notify) -> None:
        """Take the way back to whoever connected; it says whether anybody subscribed."""

    def written(self, uuid: str, data: bytes) -> None:
        """React to a write."""

    def read(self, uuid: str) -> bytes:
        """Answer a read."""
        raise AssertionError(f"Nobody should have read {uuid}.")

    def disconnected(self) -> None:
        """Stop talking."""


class Progressor(Peripheral):
    """A pull gauge that counts: sample n weighs n grams and is n samples old.

    Attributes
    ----------
    sent, delivered
        Samples taken, and the numbers of those that went to somebody who had subscribed.
    streaming
        Set from the first sample that was delivered.
    """

    name = "Progressor_0042"
    address = "C0:FF:EE:00:00:2A"
    service = _UUID.format(1)
    characteristics: Mapping[str, tuple[str, ...]] = {
        DATA: ("notify",),
        CONTROL: ("write", "write-without-response"),
    }

    def __init__(self, *, rate_hz: float = 80.0, batch: int = 1, twice: bool = False) -> None:
        self.sent = 0
        self.delivered: list[int] = []
        self.commands: list[int] = []
        self.streaming = threading.Event()
        self._rate_hz = rate_hz
        self._batch = batch
        self._twice = twice
        self._task: asyncio.Task[None] | None = None
        self._notify: Notify = lambda _uuid, _data: False

    def connected(self, notify: Notify) -> None:
        self._notify = notify

    def written(self, uuid: str, data: bytes) -> None:
        assert uuid == CONTROL
        self.commands.append(data[0])
        match data[:1]:
            case b"\x65":
                self.disconnected()
                self._task = asyncio.get_running_loop().create_task(self._stream())
            case b"\x66":
                self.disconnected()
            case b"\x6f":
                self._notify(DATA, struct.pack("<BBI", 0, 4, 3987))
            case b"\x70":
                self._notify(DATA, bytes([0, 3, 0x2A, 0x00, 0x01]))
            case _:
                raise AssertionError(f"Nobody should have sent {data.hex()}.")

    def disconnected(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def stamp_us(self, since_start: int) -> int:
        """Return the gauge's clock at a sample; it starts anew with each stream."""
        return round(since_start / self._rate_hz * 1e6)

    async def _stream(self) -> None:
        loop = asyncio.get_running_loop()
        start_s, first = loop.time(), self.sent
        while True:
            due_s = start_s + (self.sent + self._batch - first) / self._rate_hz
            await asyncio.sleep(due_s - loop.time())
            numbers = range(self.sent + 1, self.sent + self._batch + 1)
            self.sent += self._batch
            body = b"".join(struct.pack("<fI", n / 1000, self.stamp_us(n - first)) for n in numbers)
            for _ in range(2 if self._twice else 1):
                arrived = self._notify(DATA, struct.pack("<BB", 1, len(body)) + body)
            if arrived:
                self.delivered += numbers
                self.streaming.set()


class ProgressorWithBattery(Progressor):
    """It has the standard battery characteristic, too."""

    characteristics: Mapping[str, tuple[str, ...]] = {
        **Progressor.characteristics,
        BATTERY_LEVEL: ("read", "notify"),
    }
    percent = 87

    def read(self, uuid: str) -> bytes:
        assert uuid == BATTERY_LEVEL
        return bytes([self.percent])

    def drain(self) -> None:
        self.percent -= 1
        self._notify(BATTERY_LEVEL, bytes([self.percent]))


class Scale(Peripheral):
    """A crane scale that only advertises, in the frame of the WH-C06."""

    name = "IF_B7"
    address = "2A:C0:19:11:23:E1"
    company_id: ClassVar[int] = 0x0100

    def __init__(self) -> None:
        self.weigh(0.0)

    def weigh(self, kg: float) -> None:
        frame = bytes.fromhex("0203112AC0191123E1010000") + bytes.fromhex("01F401D4CB")
        mass = struct.pack(">h", round(100 * kg))
        self.manufacturer_data = {self.company_id: frame[:10] + mass + frame[12:]}
