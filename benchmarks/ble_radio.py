"""Listen to a Progressor of 80 Hz by radio, once as we do and once with bleak alone.

The radio is a fake Bluetooth service in another process; everything from the system's D-Bus up is
real, and the same for both.
"""

import asyncio
import contextlib
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from benchmarks.timing import NotHereError
from bleak import BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from tests.hardware.fake_peripheral import CONTROL, DATA, Progressor
from tests.hardware.private_bus import can_run, running_bus

from tissuesense.core.arrays import FloatArray
from tissuesense.transport.capture_file import read_capture
from tissuesense.transport.device import open_device

RATE_HZ = 80
PEER = "bleak alone, struct.unpack in its callback"
_ROUNDS = 3
_SECONDS = 10.0
_SAMPLE = struct.Struct("<fI")
_HEADER_BYTES = 2
_CLOCK_US = 2**32


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """How one of the two did.

    Attributes
    ----------
    latency_s
        From when a sample was sent to when it was decoded, shape (n,).
    cpu_share
        Processor time of the listening process for each second of listening.
    """

    latency_s: FloatArray
    cpu_share: float

    def at(self, percent: float) -> float:
        """Return a percentile of the latency, in seconds."""
        return float(np.percentile(self.latency_s, percent))

    def told(self) -> str:
        """Return the latency in words."""
        ms = [1000 * self.at(percent) for percent in (50, 99, 100)]
        return "p50 {:.2f}, p99 {:.2f}, max {:.2f} ms".format(*ms)


@cache
def both() -> tuple[Listening, Listening]:
    """Return how we did, and how the peer did, each in the round that was best for it.

    They take turns, since what else runs on this machine only ever adds to both.

    Raises
    ------
    NotHereError
        When there is no D-Bus daemon to run the fake service on.
    """
    if sys.platform != "linux" or not can_run():
        raise NotHereError("it needs Linux and dbus-daemon")
    with tempfile.TemporaryDirectory() as folder, _gauge(Path(folder)):
        turns = [
            (asyncio.run(_ours(Path(folder) / f"{turn}.capture")), asyncio.run(_peers()))
            for turn in range(_ROUNDS)
        ]
    ours, peers = zip(*turns, strict=True)
    return _best(ours), _best(peers)


def _best(rounds: Sequence[Listening]) -> Listening:
    return min(rounds, key=lambda listening: listening.at(99))


@contextlib.contextmanager
def _gauge(folder: Path) -> Iterator[None]:
    with running_bus(folder) as bus:
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = bus
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.ble_gauge", bus], stdout=subprocess.PIPE
        ) as gauge:
            try:
                if gauge.stdout is None or not gauge.stdout.readline():
                    raise RuntimeError("The gauge did not start.")
                yield
            finally:
                gauge.terminate()


async def _ours(capture: Path) -> Listening:
    """Record as the program does, the capture included."""
    decoded_s: list[float] = []
    sampled_s: list[FloatArray] = []
    url = f"ble:{Progressor.address}?model=progressor"
    async with open_device(url, capture=capture) as device:
        spent = _Spent()
        async for block in device.stream():
            if block.t_s.size:
                decoded_s += [time.monotonic()] * block.t_s.size
                sampled_s.append(block.t_s)
            if spent.wall_s() > _SECONDS:
                break
        share = spent.share()
    sent_s = _first_sent_us(capture) / 1e6 + np.concatenate(sampled_s)
    return Listening(latency_s=_since(sent_s, np.array(decoded_s)), cpu_share=share)


def _first_sent_us(capture: Path) -> int:
    """Return the gauge's clock at the first sample, which is zero in the trace."""
    first = next(chunk for chunk in read_capture(capture).chunks if chunk.data[:1] == b"\x01")
    return int(_SAMPLE.unpack_from(first.data, _HEADER_BYTES)[1])


async def _peers() -> Listening:
    decoded_s: list[float] = []
    sent_s: list[float] = []

    def listen(_: BleakGATTCharacteristic, data: bytearray) -> None:
        for place in range(_HEADER_BYTES, len(data), _SAMPLE.size):
            _, us = _SAMPLE.unpack_from(data, place)
            sent_s.append(us / 1e6)
            decoded_s.append(time.monotonic())

    device = await BleakScanner.find_device_by_address(Progressor.address)
    if device is None:
        raise RuntimeError("The gauge was not found.")
    async with BleakClient(device) as client:
        await client.start_notify(DATA, listen)
        await client.write_gatt_char(CONTROL, b"\x65", response=True)
        spent = _Spent()
        await asyncio.sleep(_SECONDS)
        share = spent.share()
        await client.write_gatt_char(CONTROL, b"\x66", response=True)
    count = len(decoded_s)
    return Listening(
        latency_s=_since(np.array(sent_s[:count]), np.array(decoded_s)), cpu_share=share
    )


class _Spent:
    """Processor time and time on the wall since it was made."""

    def __init__(self) -> None:
        self._cpu_s, self._wall_s = time.process_time(), time.monotonic()

    def wall_s(self) -> float:
        return time.monotonic() - self._wall_s

    def share(self) -> float:
        return (time.process_time() - self._cpu_s) / self.wall_s()


def _since(sent_s: FloatArray, decoded_s: FloatArray) -> FloatArray:
    """Return how long ago samples were sent, by a clock of 32 bits that goes round."""
    return np.mod(decoded_s - sent_s, _CLOCK_US / 1e6)
