"""A Link device on Bluetooth is read and checked however its notifications cut the stream."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.hardware.fake_bluez import FakeBluez
from tests.hardware.fake_peripheral import Notify, Peripheral
from tests.hardware.fake_radio import on_the_air
from tests.hardware.radio_listening import listen_by_radio

from tissuesense.core.clock import SystemClock
from tissuesense.core.quality import QualityFlag
from tissuesense.devices.codec import WireSample
from tissuesense.devices.link.device import SimulatedLink
from tissuesense.devices.profile import WireParameters
from tissuesense.services.link_conformance.bench import Bench
from tissuesense.services.link_conformance.check import Outcome
from tissuesense.services.link_conformance.peer import LinkPeer
from tissuesense.services.link_conformance.run import CHECKS, check_bench
from tissuesense.transport.opening import opening_for
from tissuesense.transport.url import parse_device_url

# By the letter of the protocol.
SERVICE, FROM_DEVICE, TO_DEVICE = (
    f"f4a1000{number}-3c5d-4b8e-9f27-6d2e8b1c7a50" for number in (1, 2, 3)
)
RATE_HZ = 100.0


class LinkPeripheral(Peripheral):
    """Sample n weighs n mN. It notifies as soon as enough bytes are there, wherever that cuts.

    Parameters
    ----------
    at_once
        Bytes of a notification; a smaller rest waits for the next ones.
    """

    name = "Link gauge"
    address = "C0:FF:EE:00:11:4C"
    service = SERVICE
    characteristics: Mapping[str, tuple[str, ...]] = {
        FROM_DEVICE: ("notify",),
        TO_DEVICE: ("write", "write-without-response"),
    }

    def __init__(self, *, mtu: int = 247, at_once: int = 1, counts: bool = True) -> None:
        self.mtu = mtu
        self.parameters = WireParameters(rate_hz=RATE_HZ)
        self._at_once = at_once
        self._counts = counts
        self._device = SimulatedLink(self.parameters)
        self._out = b""
        self._taken = 0
        self._task: asyncio.Task[None] | None = None
        self._notify: Notify = lambda _uuid, _data: False

    def connected(self, notify: Notify) -> None:
        self._notify = notify
        self._task = asyncio.get_running_loop().create_task(self._measure())

    def written(self, uuid: str, data: bytes) -> None:
        assert uuid == TO_DEVICE
        self._say(self._device.reply(data), waits=False)

    def disconnected(self) -> None:
        """Stop streaming and forget half frames, as the protocol says."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._device = SimulatedLink(self.parameters)
        self._out = b""

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        self._taken = max(self._taken, int(loop.time() * RATE_HZ))
        while True:
            await asyncio.sleep((self._taken + 1) / RATE_HZ - loop.time())
            self._taken += 1
            force_n = self._taken % 10_000 / 1000 if self._counts else 1.0
            sample = WireSample(t_s=self._taken / RATE_HZ, force_n=force_n)
            self._say(self._device.samples([sample]), waits=True)

    def _say(self, data: bytes, *, waits: bool) -> None:
        self._out += data
        most = self.mtu - 3
        while self._out and not (waits and len(self._out) < self._at_once):
            piece, self._out = self._out[:most], self._out[most:]
            self._notify(FROM_DEVICE, piece)


URL = f"ble:{LinkPeripheral.address}?model=tissuesense-link"


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "link.capture"


@pytest.mark.parametrize(
    ("mtu", "at_once"),
    [(247, 1), (247, 100), (23, 20), (23, 47)],
    ids=["one", "many", "cut", "mix"],
)
def test_a_stream_arrives_whole_however_it_is_cut(
    system_bus: str, capture: Path, mtu: int, at_once: int
) -> None:
    gauge = LinkPeripheral(mtu=mtu, at_once=at_once)
    heard = listen_by_radio(FakeBluez(gauge), URL, capture, system_bus, seconds=1.5)

    assert heard.error is None
    assert heard.trace.size >= 130
    assert heard.trace.force_n is not None
    np.testing.assert_allclose(np.diff(heard.trace.force_n) % 10.0, 0.001, atol=1e-6)
    np.testing.assert_allclose(np.diff(heard.trace.t_s), 1 / RATE_HZ, atol=2e-6)
    assert heard.quality.flags == ()
    assert heard.device.instrument == "SIM-0001"
    assert heard.device.context.tip is not None
    assert heard.device.context.tip.area_cm2 == 1.0


def test_after_a_lost_link_it_streams_on_with_a_gap_and_nothing_twice(
    system_bus: str, capture: Path
) -> None:
    gauge = LinkPeripheral(mtu=23, at_once=47)
    bluez = FakeBluez(gauge)

    async def lose() -> None:
        await asyncio.sleep(1.5)
        bluez.lose_link(gauge)

    heard = listen_by_radio(bluez, URL, capture, system_bus, seconds=4.0, meanwhile=lose)

    assert heard.error is None
    assert QualityFlag.RECONNECTED in heard.quality.flags
    assert QualityFlag.DROP not in heard.quality.flags
    assert (len(heard.quality.gaps), heard.quality.rejected_frames) == (1, 0)
    assert heard.trace.force_n is not None
    taken = np.unique(heard.trace.force_n)
    assert taken.size == heard.trace.size
    # Its own clock and the forces, which count the samples, agree over the gap.
    steps = np.diff(heard.trace.force_n) % 10.0 / 0.001
    np.testing.assert_allclose(np.diff(heard.trace.t_s), steps / RATE_HZ, atol=2e-6)


def test_a_device_on_the_radio_is_checked(system_bus: str) -> None:
    names = {"hello-order", "command-in-bytes", "overlong", "numbers", "lost-link", "sound-frames"}
    checks = [check for check in CHECKS if check.name in names]
    gauge = LinkPeripheral(mtu=23, at_once=20, counts=False)
    with on_the_air(system_bus, FakeBluez(gauge)):
        peer = LinkPeer(opening_for(parse_device_url(URL), clock=SystemClock()).transport)
        report = asyncio.run(check_bench(Bench(peer), checks=checks))

    assert {(v.check.name, v.outcome) for v in report.verdicts} == {
        (name, Outcome.PASS) for name in names
    }
