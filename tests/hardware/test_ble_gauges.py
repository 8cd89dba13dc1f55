"""A Bluetooth gauge is read through bleak's own Linux backend: no loss, no double, no guess."""

import asyncio
import struct
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from tests.hardware.fake_bluez import FakeBluez

from tissuesense.core.clock import SystemClock
from tissuesense.core.errors import (
    DeviceNotFound,
    LinkLost,
    RadioProblem,
    RadioUnavailable,
    TransportError,
)
from tissuesense.core.quality import QualityFlag
from tissuesense.core.trace import ClockSource
from tissuesense.devices.codec import BatteryLevel
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.capture_decode import decode_capture
from tissuesense.transport.device import Device, open_device
from tissuesense.transport.discovery import FoundPeripheral, scan_ble

NEWTON_PER_KG = 9.80665
UUID = "7e4e17{:02x}-1ea6-40c9-9dcc-13d34ffead57"
DATA, CONTROL = UUID.format(2), UUID.format(3)


class Progressor:
    """A pull gauge that counts: sample n weighs n grams and is n / 80 s old."""

    name = "Progressor_0042"
    address = "C0:FF:EE:00:00:2A"
    service = UUID.format(1)
    characteristics: ClassVar[dict[str, list[str]]] = {
        DATA: ["notify"],
        CONTROL: ["write", "write-without-response"],
    }

    def __init__(self, *, batch: int = 1, twice: bool = False) -> None:
        self.sent = 0
        self.commands: list[int] = []
        self._batch = batch
        self._twice = twice
        self._task: asyncio.Task[None] | None = None
        self._notify: Callable[[str, bytes], None] = lambda _uuid, _data: None

    def connected(self, notify: Callable[[str, bytes], None]) -> None:
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

    async def _stream(self) -> None:
        loop = asyncio.get_running_loop()
        start_s, first = loop.time(), self.sent
        while True:
            due_s = start_s + (self.sent + self._batch - first) / 80
            await asyncio.sleep(due_s - loop.time())
            self.sent += self._batch
            body = b"".join(
                struct.pack("<fI", n / 1000, round((n - first) / 80 * 1e6))
                for n in range(self.sent - self._batch + 1, self.sent + 1)
            )
            for _ in range(2 if self._twice else 1):
                self._notify(DATA, struct.pack("<BB", 1, len(body)) + body)


Hook = Callable[[Device, SampleBlock], None]


def _listen(
    bluez: FakeBluez,
    url: str,
    capture: Path,
    system_bus: str,
    *,
    seconds: float,
    give_up_s: float = 5.0,
    each: Hook = lambda _device, _block: None,
) -> tuple[Device, list[SampleBlock], TransportError | None]:
    """Record for some seconds, and hold the capture to its promise."""

    async def play() -> tuple[Device, list[SampleBlock], TransportError | None]:
        await bluez.start(system_bus)
        blocks: list[SampleBlock] = []
        error: TransportError | None = None
        device = open_device(url, capture=capture, give_up_s=give_up_s)
        try:
            async with device:
                try:
                    async for block in device.stream():
                        each(device, block)
                        blocks.append(block)
                        if block.elapsed_s >= seconds:
                            break
                except TransportError as err:
                    error = err
        finally:
            await bluez.stop()
        return device, blocks, error

    device, blocks, error = asyncio.run(play())
    assert decode_capture(capture) == (device.trace(), device.quality())
    return device, blocks, error


def _grams(device: Device) -> list[int]:
    force_n = device.trace().force_n
    assert force_n is not None
    return [round(1000 * float(f) / NEWTON_PER_KG) for f in force_n]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "gauge.capture"


URL = "ble:Progressor_0042?model=progressor"


@pytest.mark.parametrize("batch", [1, 8])
def test_a_stream_of_80_hz_arrives_whole_and_on_the_gauges_clock(
    system_bus: str, capture: Path, batch: int
) -> None:
    gauge = Progressor(batch=batch)
    device, blocks, error = _listen(FakeBluez(gauge), URL, capture, system_bus, seconds=1.5)
    assert error is None
    grams = _grams(device)
    assert grams == list(range(1, len(grams) + 1))
    assert len(grams) >= 110
    assert device.clock_source is ClockSource.DEVICE
    np.testing.assert_allclose(np.diff(device.trace().t_s), 1 / 80, atol=2e-6)
    assert device.quality().flags == ()
    assert device.instrument == "01002a"
    assert BatteryLevel(volts=3.987) in [event for block in blocks for event in block.events]
    assert gauge.commands[-1] == 0x66


def test_notifications_that_arrive_twice_are_kept_once(system_bus: str, capture: Path) -> None:
    gauge = Progressor(twice=True)
    device, _, _ = _listen(FakeBluez(gauge), URL, capture, system_bus, seconds=1.0)
    grams = _grams(device)
    assert grams == list(range(1, len(grams) + 1))
    assert device.quality().duplicates >= len(grams) - 1
    assert device.quality().flags == (QualityFlag.DUPLICATES,)


def test_a_lost_link_comes_back_with_a_gap_and_no_sample_twice(
    system_bus: str, capture: Path
) -> None:
    gauge = Progressor()
    bluez = FakeBluez(gauge)
    breaks_at = [0.5, 1.5]

    def break_off(_: Device, block: SampleBlock) -> None:
        if breaks_at and block.elapsed_s >= breaks_at[0]:
            breaks_at.pop(0)
            bluez.lose_link(gauge)

    device, _, error = _listen(bluez, URL, capture, system_bus, seconds=2.5, each=break_off)
    assert error is None
    grams = _grams(device)
    assert grams == sorted(set(grams))
    assert set(grams) <= set(range(1, gauge.sent + 1))
    assert bluez.connections == 3
    assert {QualityFlag.RECONNECTED, QualityFlag.GAP} <= set(device.quality().flags)
    assert len(device.quality().gaps) == 2
    # Both clocks agree on how long it all took, though the gauge's own started again twice.
    assert device.trace().duration_s == pytest.approx(2.5, abs=0.3)


def test_a_gauge_that_goes_out_of_reach_is_lost(system_bus: str, capture: Path) -> None:
    gauge = Progressor()
    bluez = FakeBluez(gauge)
    broken: list[float] = []

    def leave(_: Device, block: SampleBlock) -> None:
        if block.elapsed_s >= 0.5 and not broken:
            broken.append(block.elapsed_s)
            bluez.lose_link(gauge, out_of_reach=True)

    device, _, error = _listen(
        bluez, URL, capture, system_bus, seconds=9.0, give_up_s=1.5, each=leave
    )
    assert isinstance(error, LinkLost)
    assert error.last_sample_t_s == device.trace().t_s[-1]
    assert _grams(device)[:30] == list(range(1, 31))


def test_a_link_that_stays_up_without_a_word_is_made_anew(system_bus: str, capture: Path) -> None:
    gauge = Progressor()
    bluez = FakeBluez(gauge)
    hung: list[float] = []

    def hang(_: Device, block: SampleBlock) -> None:
        if block.elapsed_s >= 0.5 and not hung:
            hung.append(block.elapsed_s)
            gauge.disconnected()  # it stops, and nobody tells the system

    device, _, error = _listen(bluez, URL, capture, system_bus, seconds=3.5, each=hang)
    assert error is None
    assert bluez.connections == 2
    grams = _grams(device)
    assert grams == list(range(1, len(grams) + 1))
    ((from_s, to_s),) = device.quality().gaps
    assert 2.0 < to_s - from_s < 4.0


def test_a_gauge_that_does_not_answer_the_goodbye_is_let_go(system_bus: str, capture: Path) -> None:
    bluez = FakeBluez(Progressor())
    bluez.never_answers = frozenset({"StopNotify"})
    _, _, error = _listen(bluez, URL, capture, system_bus, seconds=0.2)
    assert error is None
    assert bluez.disconnections == 1


def test_a_gauge_is_found_by_its_address_in_any_case(system_bus: str, capture: Path) -> None:
    url = "ble:c0:ff:ee:00:00:2a?model=progressor"
    device, _, error = _listen(FakeBluez(Progressor()), url, capture, system_bus, seconds=0.2)
    assert error is None
    assert device.trace().size > 0


def test_an_absent_gauge_is_not_found_and_what_is_there_is_named(
    system_bus: str, capture: Path
) -> None:
    url = "ble:Progressor_9999?model=progressor"
    with pytest.raises(DeviceNotFound) as caught:
        _listen(FakeBluez(Progressor()), url, capture, system_bus, seconds=1.0, give_up_s=0.5)
    assert caught.value.seen == ("Progressor_0042",)
    assert not capture.exists()


@pytest.mark.parametrize("deaf_to", ["Connect", "StartNotify"])
def test_a_gauge_that_does_not_answer_keeps_nobody_longer_than_stated(
    system_bus: str, capture: Path, deaf_to: str
) -> None:
    bluez = FakeBluez(Progressor())
    bluez.never_answers = frozenset({deaf_to})
    clock = SystemClock()
    began_s = clock.monotonic_s()
    with pytest.raises(TransportError, match="did not answer in time"):
        _listen(bluez, URL, capture, system_bus, seconds=9.0, give_up_s=1.0)
    assert clock.monotonic_s() - began_s < 4.0  # the goodbyes included


def test_a_lost_gauge_that_no_longer_answers_is_given_up_in_time(
    system_bus: str, capture: Path
) -> None:
    gauge = Progressor()
    bluez = FakeBluez(gauge)

    def break_off(_: Device, block: SampleBlock) -> None:
        if block.elapsed_s >= 0.5 and not bluez.never_answers:
            bluez.never_answers = frozenset({"Connect"})
            bluez.lose_link(gauge)

    clock = SystemClock()
    began_s = clock.monotonic_s()
    device, _, error = _listen(
        bluez, URL, capture, system_bus, seconds=9.0, give_up_s=1.5, each=break_off
    )
    assert isinstance(error, LinkLost)
    assert device.trace().size > 0
    assert clock.monotonic_s() - began_s < 0.5 + 1.5 + 3.0


def test_a_name_that_would_steer_the_terminal_is_shown_without_that(
    system_bus: str, capture: Path
) -> None:
    class Impostor(Progressor):
        name = "Progressor_\x1b[2J\u202e7"

    async def scan() -> tuple[FoundPeripheral, ...]:
        bluez = await FakeBluez(Impostor()).start(system_bus)
        try:
            return await scan_ble(0.3)
        finally:
            await bluez.stop()

    (found,) = asyncio.run(scan())
    assert found.name == "Progressor_\ufffd[2J\ufffd7"
    absent = "ble:Nobody?model=progressor"
    with pytest.raises(DeviceNotFound) as caught:
        _listen(FakeBluez(Impostor()), absent, capture, system_bus, seconds=1.0, give_up_s=0.5)
    assert caught.value.seen == (found.name,)
    assert caught.value.hint.isprintable()


def test_a_scan_knows_the_model_of_what_it_hears(system_bus: str) -> None:
    async def play() -> tuple[FoundPeripheral, ...]:
        bluez = await FakeBluez(Progressor()).start(system_bus)
        try:
            return await scan_ble(0.3)
        finally:
            await bluez.stop()

    (found,) = asyncio.run(play())
    assert (found.name, found.address) == (Progressor.name, Progressor.address)
    assert found.model == "progressor"


def test_a_radio_that_is_off_is_said_to_be_off(system_bus: str, capture: Path) -> None:
    with pytest.raises(RadioUnavailable) as caught:
        _listen(FakeBluez(Progressor(), powered=False), URL, capture, system_bus, seconds=1.0)
    assert caught.value.reason is RadioProblem.POWERED_OFF
    assert caught.value.hint


def test_a_machine_without_the_service_has_no_adapter(system_bus: str, capture: Path) -> None:
    async def play() -> None:
        async with open_device(URL, capture=capture, give_up_s=1.0):
            pass

    del system_bus
    with pytest.raises(RadioUnavailable) as caught:
        asyncio.run(play())
    assert caught.value.reason is RadioProblem.NO_ADAPTER
