"""What holds for every gauge: it streams in time, in order, at its rate, and starts afresh.

Runs against a simulated gauge, one on a pseudo-terminal and one on the fake radio. With
``--device=URL`` it runs against that gauge instead, and no other test of this folder runs.
"""

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tissuesense.core.quality import QualitySummary
from tissuesense.core.trace import ClockSource, Trace
from tissuesense.devices.profile import DeviceProfile
from tissuesense.transport.base import HostChannel
from tissuesense.transport.capture_file import read_capture
from tissuesense.transport.device import GIVE_UP_S, Device, open_device

SECONDS = 3.0
RATE_TOLERANCE = 0.2
BURST = 10  # samples of one notification, or of what a port hands over at once


@dataclass(frozen=True, kw_only=True)
class Listened:
    """One time of listening, by its capture.

    Attributes
    ----------
    up_s
        From the link's coming up to the last bytes.
    """

    profile: DeviceProfile
    trace: Trace
    quality: QualitySummary
    capture: Path
    up_s: float


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "gauge" in metafunc.fixturenames:
        here = {"win32": ["simulator"], "linux": ["simulator", "port", "radio"]}
        device = metafunc.config.getoption("--device", default=None)
        gauges = [device] if device else here.get(sys.platform, ["simulator", "port"])
        metafunc.parametrize("gauge", gauges, indirect=True, scope="module")


@pytest.fixture(scope="module")
def gauge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Have a gauge running, and give its URL."""
    match request.param:
        case "simulator":
            yield "sim:?subject=relaxed"
        case "port":
            with _on_a_port(tmp_path_factory.mktemp("port") / "ttyGAUGE") as url:
                yield url
        case "radio":
            with _on_the_radio(request.getfixturevalue("private_bus")) as url:
                yield url
        case url:
            yield url


@contextlib.contextmanager
def _on_a_port(port: Path) -> Iterator[str]:
    from tests.hardware.pty_gauge import Counting, PtyGauge

    counting = Counting()
    with PtyGauge(port, answer=lambda _: [(0.0, b"%.2f N\r\n" % counting.next_n())]):
        yield f"serial://{port}?model=mark10"


@contextlib.contextmanager
def _on_the_radio(bus: str) -> Iterator[str]:
    from tests.hardware.fake_bluez import FakeBluez
    from tests.hardware.fake_peripheral import Progressor
    from tests.hardware.fake_radio import on_the_air

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
        with on_the_air(bus, FakeBluez(Progressor())):
            yield f"ble:{Progressor.address}?model=progressor"


@pytest.fixture(scope="module")
def listened(gauge: str, tmp_path_factory: pytest.TempPathFactory) -> Listened:
    """Listen once for the claims that need no more."""
    return _listen(gauge, tmp_path_factory.mktemp("gauge") / "gauge.capture")


def _listen(url: str, capture: Path) -> Listened:
    device = open_device(url, capture=capture)
    asyncio.run(_record(device))
    chunks = read_capture(capture).chunks
    up_s = next(c.t_host_s for c in chunks if c.channel == HostChannel.LINK)
    last_s = max(c.t_host_s for c in chunks if c.channel not in set(HostChannel))
    return Listened(
        profile=device.profile,
        trace=device.trace(),
        quality=device.quality(),
        capture=capture,
        up_s=last_s - up_s,
    )


async def _record(device: Device) -> None:
    async with device, asyncio.timeout(SECONDS + 2 * GIVE_UP_S):
        async for block in device.stream():
            if block.elapsed_s >= SECONDS:
                break


async def _replay(capture: Path) -> tuple[Trace, QualitySummary]:
    async with open_device(f"replay:{capture}?speed=0") as device:
        async for _ in device.stream():
            pass
    return device.trace(), device.quality()


def _usual_rate_hz(profile: DeviceProfile) -> float | None:
    asked = profile.serial and profile.serial.poll_interval_s
    return 1 / asked if asked else profile.nominal_rate_hz


def test_it_streams_before_it_would_be_given_up(listened: Listened) -> None:
    assert listened.trace.size > 0
    assert listened.up_s < SECONDS + GIVE_UP_S
    # Where only arrival tells the time, a busy machine's own pauses cannot be told from a gauge's.
    if listened.trace.clock is ClockSource.DEVICE:
        assert not listened.quality.gaps


def test_time_only_goes_on(listened: Listened) -> None:
    assert np.all(np.diff(listened.trace.t_s) > 0)


def test_samples_come_at_about_the_models_rate(listened: Listened) -> None:
    rate_hz = _usual_rate_hz(listened.profile)
    if rate_hz is None:
        pytest.skip("this model has no usual rate")
    step_s = float(np.median(np.diff(listened.trace.t_s)))
    assert step_s == pytest.approx(1 / rate_hz, rel=RATE_TOLERANCE)


def test_its_capture_replays_to_the_same_trace(listened: Listened) -> None:
    assert asyncio.run(_replay(listened.capture)) == (listened.trace, listened.quality)


def test_listening_again_brings_nothing_from_before(
    gauge: str, listened: Listened, tmp_path: Path
) -> None:
    """What was kept from before would be older than the link, or more than it had time for."""
    del listened  # it was listened to before
    again = _listen(gauge, tmp_path / "again.capture")
    rate_hz = _usual_rate_hz(again.profile)
    step_s = float(np.median(np.diff(again.trace.t_s)))
    assert again.trace.duration_s < again.up_s + BURST * step_s
    if rate_hz is not None:
        assert again.trace.size < (1 + RATE_TOLERANCE) * rate_hz * again.up_s + BURST
