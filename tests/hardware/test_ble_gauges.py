"""A Bluetooth gauge is read through bleak's own Linux backend: whole, in order, as it is."""

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.hardware.fake_bluez import FakeBluez
from tests.hardware.fake_peripheral import (
    CONTROL,
    DATA,
    Notify,
    Peripheral,
    Progressor,
    ProgressorWithBattery,
)
from tests.hardware.radio_listening import NEWTON_PER_KG, grams, listen_by_radio

from tissuesense.core.errors import TransportError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.trace import ClockSource
from tissuesense.devices.ble_sig import BATTERY_LEVEL, sig_uuid
from tissuesense.devices.codec import BatteryLevel
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.device import Device

URL = f"ble:{Progressor.address}?model=progressor"
LARGEST = 30  # samples in a notification: 2 + 30 x 8 bytes of the 244 that an MTU of 247 leaves


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "gauge.capture"


@pytest.mark.parametrize(("rate_hz", "batch"), [(80, 1), (80, 8), (1000, 1), (1000, LARGEST)])
def test_a_stream_arrives_whole_and_on_the_gauges_clock(
    system_bus: str, capture: Path, rate_hz: int, batch: int
) -> None:
    gauge = Progressor(rate_hz=rate_hz, batch=batch)
    heard = listen_by_radio(FakeBluez(gauge), URL, capture, system_bus, seconds=1.5)
    assert heard.error is None
    assert grams(heard) == gauge.delivered[: heard.trace.size]
    assert grams(heard) == list(range(1, heard.trace.size + 1))
    assert heard.trace.size >= 1.2 * rate_hz
    assert heard.device.clock_source is ClockSource.DEVICE
    np.testing.assert_allclose(np.diff(heard.trace.t_s), 1 / rate_hz, atol=2e-6)
    assert heard.quality.flags == ()
    assert heard.device.instrument == "01002a"
    assert BatteryLevel(volts=3.987) in heard.events
    assert gauge.commands[-1] == 0x66


def test_a_gauge_with_the_smallest_packets_is_read_the_same(system_bus: str, capture: Path) -> None:
    class Narrow(Progressor):
        mtu = 23

    gauge = Narrow(batch=2)
    heard = listen_by_radio(FakeBluez(gauge), URL, capture, system_bus, seconds=0.5)
    assert grams(heard) == list(range(1, heard.trace.size + 1))
    assert heard.trace.size >= 30
    with pytest.raises(ValueError, match="do not fit"):  # the radio here is as narrow as a real one
        FakeBluez(gauge).notify(gauge, DATA, bytes(21))


def test_notifications_that_arrive_twice_are_kept_once(system_bus: str, capture: Path) -> None:
    gauge = Progressor(twice=True)
    heard = listen_by_radio(FakeBluez(gauge), URL, capture, system_bus, seconds=1.0)
    assert grams(heard) == list(range(1, heard.trace.size + 1))
    assert heard.quality.duplicates >= heard.trace.size - 1
    assert heard.quality.flags == (QualityFlag.DUPLICATES,)


@pytest.mark.parametrize(
    "flags", [("write",), ("write-without-response",), ("write", "write-without-response")]
)
def test_commands_are_written_in_the_way_that_the_gauge_takes_them(
    system_bus: str, capture: Path, flags: tuple[str, ...]
) -> None:
    class Choosy(Progressor):
        characteristics: Mapping[str, tuple[str, ...]] = {DATA: ("notify",), CONTROL: flags}

    # The service refuses a write of the other kind, so that nothing would be streamed.
    heard = listen_by_radio(FakeBluez(Choosy()), URL, capture, system_bus, seconds=0.3)
    assert heard.trace.size > 10


def test_a_command_that_is_refused_costs_nothing(system_bus: str, capture: Path) -> None:
    bluez = FakeBluez(Progressor())
    # Who are you, how is your battery: the first two; the start is understood.
    bluez.refuse(
        "WriteValue", "org.bluez.Error.Failed", "Operation failed with ATT error: 0x80", times=2
    )
    heard = listen_by_radio(bluez, URL, capture, system_bus, seconds=0.5)
    assert heard.error is None
    assert heard.quality.flags == ()
    assert bluez.connections == 1
    assert heard.trace.size > 30


class WeightScale(Peripheral):
    """The standard's weight scale: it indicates, and takes no commands."""

    name = "Scale"
    service = sig_uuid(0x181D)
    characteristics: Mapping[str, tuple[str, ...]] = {sig_uuid(0x2A9D): ("indicate",)}

    def connected(self, notify: Notify) -> None:
        self._notify = notify

    def say(self, kg: float) -> None:
        self._notify(sig_uuid(0x2A9D), struct.pack("<BH", 0, round(kg * 200)))


def test_a_scale_that_indicates_and_takes_no_commands_is_read(
    system_bus: str, capture: Path
) -> None:
    scale = WeightScale()
    said_kg = [0.5, 1.0, 72.5]
    left_kg = list(said_kg)

    def weigh(_: Device, __: SampleBlock) -> None:
        if left_kg:
            scale.say(left_kg.pop(0))

    heard = listen_by_radio(
        FakeBluez(scale),
        "ble:Scale?model=bt-sig-weight",
        capture,
        system_bus,
        seconds=0.8,
        each=weigh,
    )
    assert heard.error is None
    np.testing.assert_allclose(heard.force_n, [kg * NEWTON_PER_KG for kg in said_kg], atol=1e-4)


def test_another_kind_of_peripheral_is_told_by_what_it_has(system_bus: str, capture: Path) -> None:
    url = "ble:Scale?model=progressor"
    with pytest.raises(TransportError) as caught:
        listen_by_radio(FakeBluez(WeightScale()), url, capture, system_bus, seconds=1.0)
    assert DATA in caught.value.message  # looked for
    assert sig_uuid(0x2A9D) in caught.value.message  # there
    assert "model=" in caught.value.hint
    assert not capture.exists()


def test_a_standard_battery_is_read_once_and_then_listened_to(
    system_bus: str, capture: Path
) -> None:
    gauge = ProgressorWithBattery()
    drained: list[float] = []

    def drain(_: Device, block: SampleBlock) -> None:
        if block.elapsed_s >= 0.2 and not drained:
            drained.append(block.elapsed_s)
            gauge.drain()

    heard = listen_by_radio(FakeBluez(gauge), URL, capture, system_bus, seconds=0.6, each=drain)
    levels = [event.percent for event in heard.events if isinstance(event, BatteryLevel)]
    assert [level for level in levels if level is not None] == [87.0, 86.0]
    assert heard.quality.flags == ()


@pytest.mark.parametrize("deaf", [False, True])
def test_a_battery_that_may_not_be_read_costs_nothing(
    system_bus: str, capture: Path, deaf: bool
) -> None:
    bluez = FakeBluez(ProgressorWithBattery())
    bluez.refuse("ReadValue", "org.bluez.Error.NotPermitted", "Read not permitted")
    bluez.never_answers = frozenset({"ReadValue"}) if deaf else frozenset()
    heard = listen_by_radio(bluez, URL, capture, system_bus, seconds=0.4)
    assert heard.error is None
    assert heard.quality.flags == ()
    assert heard.trace.size > 20


def test_a_battery_is_not_taken_for_the_model(system_bus: str, capture: Path) -> None:
    class OnlyBattery(Progressor):
        characteristics: Mapping[str, tuple[str, ...]] = {BATTERY_LEVEL: ("read", "notify")}

    with pytest.raises(TransportError, match="does not speak as this model does"):
        listen_by_radio(FakeBluez(OnlyBattery()), URL, capture, system_bus, seconds=1.0)


def test_a_characteristic_that_cannot_notify_is_not_the_models(
    system_bus: str, capture: Path
) -> None:
    class Mute(Progressor):
        characteristics: Mapping[str, tuple[str, ...]] = {DATA: ("read",), CONTROL: ("write",)}

    with pytest.raises(TransportError, match="does not speak as this model does"):
        listen_by_radio(FakeBluez(Mute()), URL, capture, system_bus, seconds=1.0)
