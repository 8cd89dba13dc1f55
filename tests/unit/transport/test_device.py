"""A device opened by its URL streams, marks, records and replays as one and the same trace."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import tissuesense as ts
from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import (
    CaptureError,
    ConfigurationError,
    LinkLost,
    TransportTimeout,
    UsageError,
)
from tissuesense.core.quality import QualityFlag
from tissuesense.core.trace import ClockSource
from tissuesense.devices.codec import ForceReading
from tissuesense.devices.profile import WireParameters
from tissuesense.simulation.faults import FAULTS, FaultPlace
from tissuesense.simulation.session import SessionSpec, simulated_recording
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.base import HostChannel, LinkState
from tissuesense.transport.capture_decode import decode_capture
from tissuesense.transport.capture_file import read_capture
from tissuesense.transport.device import Device, open_device

Each = Callable[[Device, SampleBlock], None]


def listen(
    url: str,
    *,
    seconds: float = 30.0,
    capture: Path | None = None,
    each: Each = lambda _device, _block: None,
) -> Device:
    """Listen to a world without real time until its own time is over."""

    async def play() -> Device:
        device = open_device(url, clock=ManualClock(), capture=capture)
        async with device:
            async for block in device.stream():
                each(device, block)
                if block.elapsed_s >= seconds:
                    break
        return device

    return asyncio.run(play())


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "a.capture"


def test_the_everyday_name_is_this_one() -> None:
    assert ts.open_device is open_device


def test_a_simulated_session_arrives_as_it_was_made() -> None:
    device = listen("sim:?seed=3&speed=0")
    made = simulated_recording(SessionSpec(seed=3), presses=3).trace
    heard = device.trace()
    assert heard.force_n is not None
    assert made.force_n is not None
    # The first samples pass while the gauge is asked its name and told to start.
    lost = next(
        n for n in range(40) if np.allclose(made.force_n[n : n + 50], heard.force_n[:50], atol=1e-4)
    )
    part = slice(lost, lost + heard.size)
    np.testing.assert_allclose(heard.force_n, made.force_n[part], atol=1e-4)
    np.testing.assert_allclose(heard.t_s, made.t_s[part] - made.t_s[lost], atol=2e-6)
    assert device.clock_source is ClockSource.DEVICE


def test_the_button_of_the_simulated_client_stands_where_it_was_pressed() -> None:
    made = simulated_recording(SessionSpec(seed=3), presses=2).trace
    heard = listen("sim:?seed=3&speed=0", seconds=float(made.t_s[-1])).trace()
    assert made.marker is not None
    assert heard.marker is not None
    assert made.force_n is not None
    assert heard.force_n is not None
    np.testing.assert_allclose(
        heard.force_n[heard.marker == 1][:2], made.force_n[made.marker == 1], atol=1e-4
    )


@pytest.mark.parametrize("model", ["progressor", "mark10", "wagner-fpx", "text-line"])
def test_every_simulated_model_can_be_listened_to(model: str, capture: Path) -> None:
    device = listen(f"sim:?speed=0&model={model}", seconds=12.0, capture=capture)
    trace = device.trace()
    assert trace.duration_s >= 11.5
    assert trace.force_n is not None
    assert trace.force_n.max() > 20.0
    assert device.quality().flags == ()
    assert decode_capture(capture) == (trace, device.quality())


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        listen("sim:?seed=9&speed=0", seconds=5.0, capture=tmp_path / name)
    first, second = (read_capture(tmp_path / name).chunks for name in "ab")
    assert first == second


def test_a_simulated_depth_reaches_the_trace() -> None:
    trace = listen("sim:?kind=indentation&speed=0", seconds=5.0).trace()
    assert trace.displacement_mm is not None
    assert np.ptp(trace.displacement_mm) > 1.0


@pytest.mark.parametrize(
    ("fault", "flags"),
    [
        ("unplug", {QualityFlag.RECONNECTED, QualityFlag.GAP}),
        ("garbage", {QualityFlag.REJECTED_FRAMES}),
        ("doubled", {QualityFlag.DUPLICATES}),
        ("late_notifications", set()),
    ],
)
@pytest.mark.parametrize("model", ["progressor", "text-line"])
def test_a_fault_of_the_link_is_told_by_its_flags_and_reproduced(
    fault: str, flags: set[QualityFlag], model: str, capture: Path
) -> None:
    device = listen(f"sim:?speed=0&fault={fault}&model={model}", seconds=40.0, capture=capture)
    assert set(device.quality().flags) == flags
    assert decode_capture(capture) == (device.trace(), device.quality())
    assert np.diff(device.trace().t_s).min() > 0


def test_every_fault_of_the_link_is_made() -> None:
    made = {"unplug", "garbage", "late_notifications", "silence"}
    assert {name for name, f in FAULTS.items() if f.place is FaultPlace.LINK} == made


def test_a_silent_simulated_gauge_is_given_up_and_its_trace_kept(capture: Path) -> None:
    devices: list[Device] = []
    with pytest.raises(TransportTimeout):
        listen(
            "sim:?speed=0&fault=silence",
            capture=capture,
            seconds=99.0,
            each=lambda device, _: devices.append(device),
        )
    assert devices[-1].trace().size > 1000
    assert decode_capture(capture)[0] == devices[-1].trace()


def test_late_notifications_do_not_move_the_samples() -> None:
    late = listen("sim:?seed=5&speed=0&fault=late_notifications").trace()
    prompt = listen("sim:?seed=5&speed=0").trace()
    np.testing.assert_allclose(late.t_s[:2000], prompt.t_s[:2000], atol=2e-6)


def test_a_replay_is_the_recording_itself(capture: Path, tmp_path: Path) -> None:
    live = listen("sim:?speed=0&fault=unplug", seconds=35.0, capture=capture)
    again = tmp_path / "again.capture"
    replayed = listen(f"replay:{capture}?speed=0", seconds=1e9, capture=again)
    assert replayed.trace() == live.trace()
    assert replayed.quality() == live.quality()
    assert replayed.profile is live.profile
    assert read_capture(again).chunks == read_capture(capture).chunks


def test_the_clock_of_a_simulated_gauge_starts_again_with_it(capture: Path) -> None:
    device = listen("sim:?speed=0&fault=unplug", seconds=35.0, capture=capture)
    chunks = read_capture(capture).chunks
    back = max(n for n, c in enumerate(chunks) if (c.channel, c.data) == (HostChannel.LINK, b"up"))
    codec = device.profile.codec(WireParameters())
    events = [e for c in chunks[back:] for e in codec.receive(c.data, c.t_host_s, "data")]
    first = next(event for event in events if isinstance(event, ForceReading))
    assert first.t_device_s == pytest.approx(0.0, abs=0.1)


def test_a_replay_shows_the_link_as_it_was(capture: Path) -> None:
    listen("sim:?speed=0&fault=unplug", seconds=35.0, capture=capture)
    states: list[LinkState] = []
    listen(f"replay:{capture}?speed=0", seconds=1e9, each=lambda _, b: states.append(b.link))
    assert {LinkState.UP, LinkState.LOST} == set(states)


def test_a_damaged_capture_is_not_replayed(capture: Path) -> None:
    listen("sim:?speed=0", seconds=2.0, capture=capture)
    raw = bytearray(capture.read_bytes())
    raw[len(raw) // 2] ^= 1
    capture.write_bytes(raw)
    with pytest.raises(CaptureError):
        open_device(f"replay:{capture}")


def test_a_key_pressed_here_reaches_stream_trace_and_capture(capture: Path) -> None:
    marks: list[float] = []

    def press_once(device: Device, block: SampleBlock) -> None:
        marks.extend(block.marks_s)
        if block.elapsed_s >= 2.0 and device.trace().marker is None:
            device.mark()

    device = listen("sim:?speed=0&marker=0", seconds=4.0, capture=capture, each=press_once)
    assert marks == [pytest.approx(2.0, abs=0.1)]
    assert decode_capture(capture)[0].marker is not None
    assert device.trace().marker is not None


def test_the_serial_number_that_the_device_states_is_the_instrument() -> None:
    assert listen("sim:?speed=0", seconds=0.5).instrument == "030201"
    assert listen("sim:?speed=0&model=mark10", seconds=0.5).instrument == "simulated mark10"


def test_a_capture_is_not_overwritten_unasked(capture: Path) -> None:
    listen("sim:?speed=0", seconds=0.5, capture=capture)
    before = capture.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        listen("sim:?speed=0", seconds=0.5, capture=capture)
    assert capture.read_bytes() == before


@pytest.mark.parametrize("give_up_s", [0.0, -1.0, float("nan")])
def test_giving_up_takes_a_positive_time(give_up_s: float) -> None:
    with pytest.raises(UsageError):
        open_device("sim:", give_up_s=give_up_s)


def test_a_wrong_simulation_is_refused_before_anything_opens() -> None:
    with pytest.raises(ConfigurationError, match="fault"):
        open_device("sim:?fault=gremlins")


def test_an_unplugged_gauge_that_is_given_up_soon_is_lost() -> None:
    async def play() -> None:
        async with open_device("sim:?speed=0&fault=unplug", give_up_s=0.7) as device:
            async for _ in device.stream():
                pass

    with pytest.raises(LinkLost):
        asyncio.run(play())
