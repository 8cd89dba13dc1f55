"""Recording keeps what came, whatever happens, and states in the side-car what happened."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.unit.services.full_disk import largest_file

from tissuesense.core.clock import ManualClock, SystemClock
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import (
    CaptureError,
    DeviceNotFound,
    FileWriteError,
    TransportTimeout,
    UsageError,
)
from tissuesense.core.recording import RecordingContext
from tissuesense.files.trace_csv import read_trace
from tissuesense.services.capture import Progress, Recorded, RecordRequest, record
from tissuesense.transport.base import LinkState
from tissuesense.transport.capture_decode import decode_capture
from tissuesense.transport.capture_file import read_capture
from tissuesense.transport.simulated import SimulatedTransport


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "trace.csv"


def _record(url: str, out: Path, *, seconds: float = 12.0, **more: Any) -> Recorded:  # noqa: ANN401 - as RecordRequest
    request = RecordRequest(url=url, out=out, seconds=seconds, **more)
    return asyncio.run(record(request, clock=ManualClock()))


def _sidecar(out: Path) -> dict[str, Any]:
    sidecar: dict[str, Any] = json.loads(out.with_suffix(".json").read_text())
    return sidecar


def test_a_recording_is_a_trace_with_its_side_car_and_its_raw_bytes(out: Path) -> None:
    context = RecordingContext(tip=ContactTip(area_cm2=0.5))
    recorded = _record("sim:?speed=0", out, context=context)
    read = read_trace(out)
    assert read.trace == recorded.trace
    assert decode_capture(out.with_suffix(".capture"))[0] == recorded.trace
    assert read.context.tip == ContactTip(area_cm2=0.5)
    assert read.context.instrument == "030201"
    wanted = {"flags": [], "gaps": [], "rejected_frames": 0, "clock": "device"}
    assert {key: _sidecar(out)[key] for key in wanted} == wanted
    assert sorted(p.name for p in out.parent.iterdir()) == [
        "trace.capture",
        "trace.csv",
        "trace.json",
    ]


def test_seconds_count_from_the_first_sample_and_include_outages(out: Path) -> None:
    recorded = _record("sim:?speed=0&fault=unplug", out, seconds=35.0)
    assert recorded.error is None
    assert recorded.trace.duration_s == pytest.approx(35.0, abs=0.1)
    sidecar = _sidecar(out)
    assert set(sidecar["flags"]) == {"reconnected", "gap"}
    ((from_s, to_s),) = sidecar["gaps"]
    assert 1.4 < to_s - from_s < 2.0


def test_a_recording_that_ends_in_an_outage_states_it_up_to_its_end(out: Path) -> None:
    recorded = _record("sim:?speed=0&fault=silence", out, seconds=30.0)
    assert recorded.error is None
    ((from_s, to_s),) = _sidecar(out)["gaps"]
    assert from_s == recorded.trace.t_s[-1]
    assert to_s >= 30.0


def test_a_device_that_falls_silent_is_an_error_and_its_trace_is_kept(out: Path) -> None:
    recorded = _record("sim:?speed=0&fault=silence", out, seconds=99.0)
    assert isinstance(recorded.error, TransportTimeout)
    assert read_trace(out).trace == recorded.trace
    assert recorded.trace.size > 1000
    assert _sidecar(out)["flags"] == ["gap"]


def test_a_unit_that_was_assumed_is_written_down(out: Path) -> None:
    _record("sim:?speed=0&model=mark10&unit=kgf", out, seconds=1.0)
    assert _sidecar(out)["assumed_unit"] == "kgf"
    assert _sidecar(out)["clock"] == "host"


@pytest.mark.parametrize("name", ["trace.csv", "trace.json", "trace.capture"])
def test_nothing_that_exists_is_replaced_unasked(out: Path, name: str) -> None:
    (out.parent / name).write_text("precious")
    with pytest.raises(UsageError, match=name):
        _record("sim:?speed=0", out)
    assert (out.parent / name).read_text() == "precious"


def test_an_older_recording_is_replaced_when_asked(out: Path) -> None:
    _record("sim:?speed=0&seed=1", out, seconds=2.0)
    newer = _record("sim:?speed=0&seed=2", out, seconds=2.0, force=True)
    assert read_trace(out).trace == newer.trace
    assert decode_capture(out.with_suffix(".capture"))[0] == newer.trace


def test_a_device_that_is_not_there_leaves_an_older_recording_as_it_was(out: Path) -> None:
    _record("sim:?speed=0", out, seconds=2.0)
    before = {path: path.read_bytes() for path in out.parent.iterdir()}
    with pytest.raises(DeviceNotFound):
        _record(f"serial://{out.parent}/ttyNONE?model=mark10", out, force=True)
    assert {path: path.read_bytes() for path in out.parent.iterdir()} == before


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_a_recording_lasts_a_positive_time(out: Path, seconds: float) -> None:
    with pytest.raises(UsageError):
        RecordRequest(url="sim:", out=out, seconds=seconds)


def test_a_wrong_name_or_folder_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.csv"):
        RecordRequest(url="sim:", out=tmp_path / "trace.txt", seconds=1.0)
    with pytest.raises(UsageError, match="no folder"):
        _record("sim:?speed=0", tmp_path / "none" / "trace.csv")


def test_progress_tells_time_samples_and_link(out: Path) -> None:
    seen: list[Progress] = []
    request = RecordRequest(url="sim:?speed=0&fault=unplug", out=out, seconds=30.0)
    recorded = asyncio.run(record(request, clock=ManualClock(), progress=seen.append))
    assert seen[-1].samples == recorded.trace.size
    assert {p.link for p in seen} == {LinkState.UP, LinkState.LOST}
    times = [p.elapsed_s for p in seen]
    assert times[-1] >= 30.0


def test_a_cancelled_recording_is_a_recording(out: Path) -> None:
    async def play() -> Recorded:
        task: asyncio.Task[Recorded]

        def stop(progress: Progress) -> None:
            if progress.elapsed_s >= 3.0:
                task.cancel()

        request = RecordRequest(url="sim:?speed=0", out=out, seconds=99.0)
        task = asyncio.get_running_loop().create_task(
            record(request, clock=ManualClock(), progress=stop)
        )
        return await task

    recorded = asyncio.run(play())
    assert recorded.stopped
    assert recorded.error is None
    assert read_trace(out).trace == recorded.trace
    assert recorded.trace.duration_s == pytest.approx(3.0, abs=0.1)


def test_a_cancellation_before_the_first_sample_goes_through_and_leaves_nothing(
    out: Path,
) -> None:
    async def play() -> None:
        request = RecordRequest(url="sim:?speed=1", out=out, seconds=99.0)
        task = asyncio.create_task(record(request, clock=SystemClock()))
        while not request.capture_path.exists():  # noqa: ASYNC110 - the file is the event
            await asyncio.sleep(0)
        task.cancel()  # in the middle of the greeting
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(play())
    assert list(out.parent.iterdir()) == []


def test_a_cancellation_during_the_goodbye_loses_no_sample(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow_goodbye(_: SimulatedTransport) -> None:
        task.cancel()
        await asyncio.sleep(60.0)

    task: asyncio.Task[Recorded]

    async def play() -> Recorded:
        nonlocal task
        request = RecordRequest(url="sim:?speed=0", out=out, seconds=2.0)
        task = asyncio.create_task(record(request, clock=ManualClock()))
        return await task

    monkeypatch.setattr(SimulatedTransport, "close", slow_goodbye)
    recorded = asyncio.run(play())
    assert recorded.stopped
    assert read_trace(out).trace == recorded.trace
    assert recorded.trace.duration_s >= 2.0


def test_a_disk_that_takes_no_more_raw_bytes_ends_the_recording_and_keeps_it(out: Path) -> None:
    with largest_file(20_000):
        recorded = _record("sim:?speed=0&model=mark10", out, seconds=99.0)
    assert isinstance(recorded.error, CaptureError)
    assert recorded.trace.size > 100
    assert read_trace(out).trace == recorded.trace
    capture = out.with_suffix(".capture")
    assert decode_capture(capture) == (recorded.trace, recorded.quality)
    assert not read_capture(capture).closed


def test_a_trace_that_finds_no_room_is_told_with_where_its_raw_bytes_are(out: Path) -> None:
    with largest_file(20_000), pytest.raises(FileWriteError) as told:
        _record("sim:?speed=0&rate_hz=1000", out, seconds=99.0)
    capture = out.with_suffix(".capture")
    assert str(capture) in told.value.hint
    again = out.with_name("again.csv")
    replayed = _record(f"replay:{capture}?speed=0", again, seconds=99.0)
    assert replayed.trace.size > 100
    assert read_trace(again).trace == decode_capture(capture)[0]


def test_a_disk_without_any_room_is_an_error_that_leaves_nothing(out: Path) -> None:
    with largest_file(10), pytest.raises(CaptureError):
        _record("sim:?speed=0", out)
    assert list(out.parent.iterdir()) == []


def test_what_the_gauge_says_of_its_battery_stands_in_the_side_car(out: Path) -> None:
    _record("sim:?speed=0", out, seconds=1.0)
    assert _sidecar(out)["battery_v"] == 4.1
    assert _sidecar(out)["notices"] == []


def test_the_disk_is_not_waited_for_at_the_pace_of_a_simulated_world(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []
    monkeypatch.setattr(os, "fsync", waits.append)
    _record("sim:?speed=0", out, seconds=60.0)
    assert len(waits) == 3  # each file once, when it is whole
