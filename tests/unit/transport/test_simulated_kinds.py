"""Every kind of session goes over a wire and comes out of its capture again, bit for bit."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from tissuesense.core.quality import QualityFlag
from tissuesense.core.recording import RecordingKind
from tissuesense.core.trace import Trace
from tissuesense.devices.catalog.text_line import PROFILE
from tissuesense.devices.profile import WireParameters
from tissuesense.simulation.session import SessionSpec, simulated_recording
from tissuesense.transport.assembly import StreamAssembler
from tissuesense.transport.base import Chunk
from tissuesense.transport.capture_decode import decode_recording
from tissuesense.transport.device import open_device

# Half a step of each column: a text line has four decimals, the Progressor's number 32 bits.
WITHIN = 1e-4


def recorded(query: str, seconds: float, capture: Path | None = None) -> Trace:
    async def run() -> Trace:
        async with open_device(f"sim:?speed=0&{query}", capture=capture) as device:
            async for block in device.stream():
                if block.t_s.size and block.t_s[-1] >= seconds:
                    break
        return device.trace()

    return asyncio.run(run())


@pytest.mark.parametrize("kind", RecordingKind)
def test_what_is_recorded_is_what_was_simulated(kind: RecordingKind) -> None:
    heard = recorded(f"kind={kind}&marker=0&seed=3", 5.0)
    made = simulated_recording(SessionSpec(kind=kind, marker=False, seed=3), presses=6).trace
    for (name, values), (same, true) in zip(heard.columns(), made.columns(), strict=True):
        assert name == same
        np.testing.assert_allclose(values, true[: values.size], rtol=0, atol=WITHIN)


@pytest.mark.parametrize(
    "query",
    [
        *(f"kind={kind}" for kind in RecordingKind),
        "kind=dose&technique=myofascial",
        "kind=tap&model=tissuesense-link",
        "kind=stretch&model=tissuesense-link",
        "kind=rom&model=tissuesense-link",
        "kind=stretch&fault=garbage",
        "kind=rom&fault=unplug",
    ],
)
def test_a_capture_gives_the_same_trace_again(query: str, tmp_path: Path) -> None:
    path = tmp_path / "raw.capture"
    heard = recorded(query, 14.0, path)
    again = decode_recording(path)
    assert again.trace == heard
    kind = RecordingKind(query.partition("=")[2].partition("&")[0])
    assert again.kind() is kind
    stated = SessionSpec.from_query(
        {k: v for k, v in (part.split("=") for part in query.split("&")) if k != "fault"}
    ).context()
    assert stated.extra.items() <= again.context.extra.items()


def test_a_link_that_breaks_off_in_a_movement_is_a_gap() -> None:
    query = "kind=rom&fault=unplug"
    heard = recorded(query, 20.0)
    assert float(np.diff(heard.t_s).max()) == pytest.approx(1.5, abs=0.8)


def assembled(*lines: bytes) -> StreamAssembler:
    assembler = StreamAssembler(PROFILE, WireParameters(unit="N"))
    for index, line in enumerate(lines):
        assembler.feed(Chunk(data=line + b"\n", t_host_s=float(index)))
    return assembler


def test_a_line_that_lost_its_angle_is_a_damaged_line() -> None:
    wire = assembled(b"0,1 N,10 deg", b"10,1 N", b"20 ms,11 deg", b"30,2 N,12 deg")
    trace = wire.trace()
    assert trace.force_n is not None
    assert trace.angle_deg is not None
    assert trace.force_n.tolist() == [1.0, 2.0]
    assert trace.angle_deg.tolist() == [10.0, 12.0]
    assert wire.quality().rejected_frames == 2
    assert QualityFlag.REJECTED_FRAMES in wire.quality().flags


def test_a_gauge_of_motion_alone_gives_a_trace_without_a_force() -> None:
    trace = assembled(b"0 ms,10 deg,9.81 m/s2", b"10 ms,11 deg,9.82 m/s2").trace()
    assert [name for name, _ in trace.columns()] == ["acceleration_m_s2", "angle_deg"]
    assert trace.t_s.tolist() == [0.0, 0.01]


def test_its_blocks_have_times_and_no_forces() -> None:
    assembler = StreamAssembler(PROFILE, WireParameters())
    block = assembler.feed(Chunk(data=b"0 ms,10 deg\n", t_host_s=0.0))
    assert (block.t_s.size, block.force_n.size) == (1, 0)
    assert list(block.columns) == ["angle_deg"]
