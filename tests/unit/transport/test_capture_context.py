"""A capture knows its recording: nothing has to be stated again, and older captures still read."""

import asyncio
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tissuesense.analysis.analyse import analyze
from tissuesense.core.calibration import Calibration
from tissuesense.core.clock import ManualClock, SystemClock
from tissuesense.core.contact import ContactTip
from tissuesense.core.recording import (
    LatencyOrigin,
    ReactionLatency,
    Recording,
    RecordingContext,
    RecordingKind,
)
from tissuesense.core.site import Side
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.base import HostChannel
from tissuesense.transport.capture_decode import decode_capture, decode_recording
from tissuesense.transport.capture_file import read_capture, with_header
from tissuesense.transport.device import Device, open_device

# Written by version 0.1.0, whose header had no context.
OF_0_1_0 = b64decode("""
VFNDQVAxIDZlYmQyN2E4IHsic2NoZW1hIjogInRpc3N1ZXNlbnNlLmNhcHR1cmUvMSIsICJtb2RlbCI6ICJ0ZXh0LWxpbmUi
LCAidXJsIjogInNlcmlhbDovLy9kZXYvdHR5QUNNMD9tb2RlbD10ZXh0LWxpbmUiLCAicGFyYW1ldGVycyI6IHsidW5pdCI6
IG51bGwsICJpbnZlcnQiOiBmYWxzZSwgInNlbnNpdGl2aXR5X212X3YiOiBudWxsLCAiY2FwYWNpdHlfbiI6IG51bGwsICJy
YXRlX2h6IjogbnVsbCwgImpvaW5lZF9taWR3YXkiOiBmYWxzZX0sICJpbnN0cnVtZW50IjogbnVsbCwgInN0YXJ0ZWRfYXQi
OiAiMjAyNi0wMS0wNVQwOTowMDowMCswMDowMCIsICJzdGFydGVkX2hvc3RfcyI6IDEyLjUsICJzb2Z0d2FyZSI6IHsibmFt
ZSI6ICJ0aXNzdWVzZW5zZSIsICJ2ZXJzaW9uIjogIjAuMS4wIn19ClRSAAAAAAAAKUACAAAABNxsgz1saW5rdXDAI+DHClRS
MzMzMzMzKUALAAAAAA4TSMAxMDAsMS41IE4NCjJ1Rr8KVFLNzMzMzEwpQAAAAAAGpWjZT21hcmtlcv4gz4IKVFJmZmZmZmYp
QAsAAAAAgX/iAzIwMCwyLjUgTg0KrglMFwpUUpqZmZmZmSlAAAAAAAM0wH7PZW5ksTP8AAo=
""")

STATED = RecordingContext(
    kind=RecordingKind.PPT,
    tip=ContactTip(area_cm2=0.5, area_uncertainty_cm2=0.01),
    target_rate_kpa_s=40.0,
    site="thenar",
    side=Side.RIGHT,
    stop_mode="button_patient",
    latency=ReactionLatency(mean_s=0.27, sd_s=0.04, origin=LatencyOrigin.SELF_TEST),
    cutoff_kpa=800.0,
    calibration=Calibration(identifier="C-7", instrument="030201", gain=1.01),
    extra={"tester": "Zoë"},
)

Each = Callable[[Device, SampleBlock], None]


def listen(
    url: str,
    capture: Path | None = None,
    *,
    seconds: float = 30.0,
    stated: RecordingContext | None = None,
    each: Each = lambda _device, _block: None,
) -> Recording:
    """Listen, and return what it amounts to; a replay keeps real time, for its speed to matter."""
    clock = SystemClock() if url.startswith("replay:") else ManualClock()

    async def play() -> Recording:
        device = open_device(url, clock=clock, capture=capture, stated=stated)
        async with device:
            async for block in device.stream():
                each(device, block)
                if block.elapsed_s >= seconds:
                    break
        return Recording(trace=device.trace(), context=device.context, quality=device.quality())

    return asyncio.run(play())


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "a.capture"


def test_a_capture_of_an_earlier_version_still_reads() -> None:
    capture = read_capture(OF_0_1_0)
    assert capture.closed
    assert capture.header.context == RecordingContext()
    recording = decode_recording(OF_0_1_0)
    assert recording.trace.force_n is not None
    assert recording.trace.force_n.tolist() == [1.5, 2.5]
    assert recording.trace.marker is not None
    assert recording.context.instrument == "text-line"
    assert recording.context.stop_mode is None  # it did not say what had given the signal


def test_what_was_stated_is_in_the_capture_and_comes_back_from_it(capture: Path) -> None:
    live = listen("sim:?speed=0&seed=2", capture, stated=STATED)
    assert live.context.to_dict() == {
        **STATED.to_dict(),
        "instrument": "030201",
        "full_scale_n": 200.0,
        "source": "simulated",
    }
    assert decode_recording(capture).context == live.context
    assert listen(f"replay:{capture}?speed=0").context == live.context


@pytest.mark.parametrize("speed", [0, 20])
def test_a_replay_at_any_speed_gives_the_same_bits(capture: Path, speed: int) -> None:
    live = listen("sim:?speed=0&seed=4", capture, seconds=14.0, stated=STATED)
    again = listen(f"replay:{capture}?speed={speed}")
    assert again.trace.sha256 == live.trace.sha256
    assert again.quality == live.quality
    assert analyze(again).to_dict()["trials"] == analyze(live).to_dict()["trials"]
    assert analyze(live).to_dict()["trials"]


def test_a_capture_whose_program_was_killed_needs_nothing_restated(capture: Path) -> None:
    live = listen("sim:?speed=0&seed=4", capture, stated=STATED)
    capture.write_bytes(capture.read_bytes()[:-200])
    killed = decode_recording(capture)
    assert not read_capture(capture).closed
    assert killed.context == live.context
    assert analyze(killed).to_dict()["trials"]


def test_a_replay_takes_no_signal_from_now(capture: Path) -> None:
    live = listen("sim:?speed=0&marker=0", capture, seconds=5.0)

    def press(device: Device, block: SampleBlock) -> None:
        if block.t_s.size:
            device.mark()

    again = listen(f"replay:{capture}?speed=0", each=press)
    assert again.trace == live.trace
    assert again.trace.marker is None


def test_another_header_leaves_every_record_as_it_was(capture: Path) -> None:
    listen("sim:?speed=0", capture, seconds=3.0)
    before = capture.read_bytes()
    header = read_capture(before).header
    changed = with_header(before, replace(header, context=STATED, started_at=None))
    assert read_capture(changed).header.context == STATED
    assert read_capture(changed).header.started_at is None
    assert read_capture(changed).chunks == read_capture(before).chunks
    assert decode_capture(changed) == decode_capture(before)


def press_at_2_s(device: Device, block: SampleBlock) -> None:
    if block.elapsed_s >= 2.0 and device.trace().marker is None:
        device.mark()


def test_a_key_is_the_tester_s_unless_somebody_says_otherwise(capture: Path) -> None:
    """The simulated indentation states no way of stopping, as a real gauge would not."""
    url = "sim:?speed=0&kind=indentation"
    live = listen(url, capture, seconds=4.0, each=press_at_2_s)
    assert live.context.stop_mode == "verbal_tester_button"
    assert live.context.latency == ReactionLatency(
        mean_s=0.60, sd_s=0.15, origin=LatencyOrigin.TABLE
    )
    (mark,) = [c for c in read_capture(capture).chunks if c.channel == HostChannel.MARKER]
    assert mark.data == b"key"
    assert decode_recording(capture).context == live.context
    said = RecordingContext(stop_mode="button_patient")
    by_client = listen(url, seconds=4.0, each=press_at_2_s, stated=said).context
    assert (by_client.stop_mode, by_client.latency) == (
        "button_patient",
        ReactionLatency(mean_s=0.30, sd_s=0.10, origin=LatencyOrigin.TABLE),
    )


def test_a_way_of_stopping_that_was_stated_brings_its_own_latency() -> None:
    said = RecordingContext(stop_mode="tester_release_on_sign")
    stated = listen("sim:?speed=0", seconds=1.0, stated=said).context
    assert stated.latency is not None
    assert stated.latency.mean_s == 0.70


def test_without_any_signal_nobody_is_said_to_have_given_one() -> None:
    assert listen("sim:?speed=0&kind=indentation", seconds=4.0).context.stop_mode is None
