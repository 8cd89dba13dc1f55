"""A radio link that breaks comes back with a marked gap: no sample twice, none made up."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.hardware.fake_bluez import FakeBluez, Loss
from tests.hardware.fake_peripheral import Progressor, ProgressorWithBattery
from tests.hardware.fake_radio import on_the_air
from tests.hardware.radio_listening import grams, listen_by_radio

from tissuesense.core.clock import SystemClock
from tissuesense.core.errors import LinkLost, TransportError
from tissuesense.core.quality import QualityFlag
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.device import Device

URL = f"ble:{Progressor.address}?model=progressor"


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "gauge.capture"


@pytest.mark.parametrize("loss", [Loss.OBJECTS_FIRST, Loss.WORD_FIRST])
def test_a_lost_link_comes_back_with_a_gap_and_no_sample_twice(
    system_bus: str, capture: Path, loss: Loss
) -> None:
    gauge = ProgressorWithBattery()
    bluez = FakeBluez(gauge)

    async def break_twice() -> None:
        for _ in range(2):
            await asyncio.sleep(0.7)
            bluez.lose_link(gauge, loss)

    heard = listen_by_radio(bluez, URL, capture, system_bus, seconds=2.5, meanwhile=break_twice)
    assert heard.error is None
    assert grams(heard) == gauge.delivered[: heard.trace.size]
    assert bluez.connections == 3
    assert set(heard.quality.flags) == {QualityFlag.RECONNECTED, QualityFlag.GAP}
    assert len(heard.quality.gaps) == 2
    # Both clocks agree on how long it all took, though the gauge's own started again twice.
    assert heard.trace.duration_s == pytest.approx(2.5, abs=0.3)


def test_a_link_whose_end_nobody_tells_is_made_anew(system_bus: str, capture: Path) -> None:
    gauge = Progressor()
    bluez = FakeBluez(gauge)

    async def forget() -> None:
        await asyncio.sleep(0.5)
        bluez.lose_link(gauge, Loss.OBJECTS_ONLY)

    heard = listen_by_radio(bluez, URL, capture, system_bus, seconds=3.5, meanwhile=forget)
    _one_gap_of_a_watchdog(heard.quality.gaps)
    assert heard.error is None
    assert bluez.connections == 2
    assert grams(heard) == gauge.delivered[: heard.trace.size]


def test_a_link_that_stays_up_without_a_word_is_made_anew(system_bus: str, capture: Path) -> None:
    gauge = Progressor()
    bluez = FakeBluez(gauge)

    async def hang() -> None:
        await asyncio.sleep(0.5)
        gauge.disconnected()  # it stops, and nobody tells the system

    heard = listen_by_radio(bluez, URL, capture, system_bus, seconds=3.5, meanwhile=hang)
    _one_gap_of_a_watchdog(heard.quality.gaps)
    assert heard.error is None
    assert bluez.connections == 2
    assert grams(heard) == gauge.delivered[: heard.trace.size]


def test_a_service_that_is_started_again_is_waited_for(system_bus: str, capture: Path) -> None:
    gauge = Progressor()
    bluez = FakeBluez(gauge)

    async def restart() -> None:
        await asyncio.sleep(0.5)
        await bluez.crash()
        await asyncio.sleep(2.5)  # longer than it takes to notice
        await bluez.appear()

    heard = listen_by_radio(bluez, URL, capture, system_bus, seconds=4.5, meanwhile=restart)
    assert heard.error is None
    ((from_s, to_s),) = heard.quality.gaps
    assert 2.5 < to_s - from_s < 4.0
    assert grams(heard) == gauge.delivered[: heard.trace.size]
    assert heard.trace.t_s[-1] > to_s


def test_a_radio_that_is_pulled_out_ends_the_recording_and_keeps_the_trace(
    system_bus: str, capture: Path
) -> None:
    bluez = FakeBluez(Progressor())

    async def pull() -> None:
        await asyncio.sleep(0.5)
        bluez.unplug_adapter()

    heard = listen_by_radio(
        bluez, URL, capture, system_bus, seconds=9.0, give_up_s=3.0, meanwhile=pull
    )
    assert isinstance(heard.error, LinkLost)
    assert "no adapter" in heard.error.message
    assert grams(heard)[:30] == list(range(1, 31))


def _one_gap_of_a_watchdog(gaps: tuple[tuple[float, float], ...]) -> None:
    ((from_s, to_s),) = gaps
    assert 2.0 < to_s - from_s < 4.0


def test_a_gauge_that_goes_out_of_reach_is_lost(system_bus: str, capture: Path) -> None:
    gauge = Progressor()
    bluez = FakeBluez(gauge)

    async def leave() -> None:
        await asyncio.sleep(0.5)
        bluez.lose_link(gauge, out_of_reach=True)

    heard = listen_by_radio(
        bluez, URL, capture, system_bus, seconds=9.0, give_up_s=1.5, meanwhile=leave
    )
    assert isinstance(heard.error, LinkLost)
    assert heard.error.last_sample_t_s == heard.trace.t_s[-1]
    assert grams(heard) == gauge.delivered


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
    heard = listen_by_radio(
        bluez, URL, capture, system_bus, seconds=9.0, give_up_s=1.5, each=break_off
    )
    assert isinstance(heard.error, LinkLost)
    assert heard.trace.size > 0
    assert clock.monotonic_s() - began_s < 0.5 + 1.5 + 3.0


def test_a_gauge_that_wants_to_be_paired_after_all_says_so(system_bus: str, capture: Path) -> None:
    gauge = Progressor()
    bluez = FakeBluez(gauge)

    async def forget_the_bond() -> None:
        await asyncio.sleep(0.5)
        bluez.refuse("WriteValue", "org.bluez.Error.NotPermitted", "Not paired")
        bluez.lose_link(gauge)

    heard = listen_by_radio(
        bluez, URL, capture, system_bus, seconds=9.0, give_up_s=3.0, meanwhile=forget_the_bond
    )
    assert isinstance(heard.error, TransportError)
    assert "Pair it" in heard.error.hint
    assert grams(heard) == gauge.delivered


def test_a_gauge_that_does_not_answer_the_goodbye_is_let_go(system_bus: str, capture: Path) -> None:
    bluez = FakeBluez(Progressor())
    bluez.never_answers = frozenset({"StopNotify"})
    heard = listen_by_radio(bluez, URL, capture, system_bus, seconds=0.2)
    assert heard.error is None
    assert bluez.disconnections == 1


def test_the_libraries_below_say_nothing_on_the_terminal(system_bus: str, tmp_path: Path) -> None:
    gauge = Progressor()
    bluez = FakeBluez(gauge)
    environment = {**os.environ, "PATH": str(tmp_path)}  # without bluetoothctl bleak warns
    with (
        on_the_air(system_bus, bluez) as radio,
        subprocess.Popen(
            [
                *(sys.executable, "-m", "tissuesense", "record", "--device", URL),
                *("--seconds", "4", "--out", str(tmp_path / "trace.csv")),
            ],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as program,
    ):
        streams = gauge.streaming.wait(20)
        radio.do(lambda: bluez.lose_link(gauge, Loss.OBJECTS_ONLY))
        _, said = program.communicate()
    assert streams, said
    assert program.returncode == 0, said
    for library in ("bleak", "dbus", "asyncio", "Traceback", "/org/bluez"):
        assert library not in said
    assert np.genfromtxt(tmp_path / "trace.csv", delimiter=",", skip_header=1).shape[0] > 50
