"""A press session as it reaches the record: capture bytes, the trace they give, its analysis."""

import math
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from tissuesense.analysis.analyse import RecordingAnalysis, analyze
from tissuesense.core.clock import ManualClock
from tissuesense.core.recording import Recording
from tissuesense.devices.codec import Command, WireSample
from tissuesense.devices.profile import WireParameters
from tissuesense.devices.registry import DEVICES
from tissuesense.services.records import Acquisition
from tissuesense.simulation.session import simulated_recording
from tissuesense.simulation.spec import SessionSpec
from tissuesense.transport.base import Chunk, HostChannel
from tissuesense.transport.capture_decode import decode_capture
from tissuesense.transport.capture_header import CaptureHeader
from tissuesense.transport.capture_writer import CaptureWriter

CLOCK = ManualClock()
_MODEL = "progressor"
_BATCH = 8


@cache
def captured_session(
    spec: SessionSpec | None = None, presses: int = 3
) -> tuple[RecordingAnalysis, Acquisition]:
    """Return a simulated session, sent over a simulated wire, captured and analysed."""
    simulated = simulated_recording(spec or SessionSpec(), presses)
    trace = simulated.trace
    profile = DEVICES[_MODEL]
    assert trace.force_n is not None
    assert profile.ble is not None
    encoder = profile.encoder(WireParameters())
    encoder.reply(profile.codec(WireParameters()).encode(Command.START))
    channel = profile.ble.notify[0]
    chunks = []
    for rows in np.array_split(np.arange(trace.size), math.ceil(trace.size / _BATCH)):
        samples = [
            WireSample(t_s=float(trace.t_s[i]), force_n=float(trace.force_n[i])) for i in rows
        ]
        now_s = samples[-1].t_s
        chunks.append(Chunk(data=encoder.samples(samples), t_host_s=now_s, channel=channel))
        if trace.marker is not None and trace.marker[rows].any():
            chunks.append(Chunk(data=b"", t_host_s=now_s, channel=HostChannel.MARKER))
    capture = _capture_bytes(chunks)
    decoded, quality = decode_capture(capture)
    assert decoded.size == trace.size
    recording = Recording(trace=decoded, context=simulated.context, quality=quality)
    return analyze(recording), Acquisition(
        device_model=_MODEL, measured_at=CLOCK.now(), capture=capture
    )


def imported_session() -> tuple[RecordingAnalysis, Acquisition]:
    """Return the same session as if its trace had come from a file: without a capture."""
    analysed, acquisition = captured_session()
    return analysed, replace(acquisition, capture=None)


def _capture_bytes(chunks: list[Chunk]) -> bytes:
    header = CaptureHeader(
        model=_MODEL,
        url="sim:",
        parameters=WireParameters(),
        instrument=None,
        started_at=CLOCK.now(),
        started_host_s=0.0,
        software_version="0",
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.capture"
        with CaptureWriter(path, header, clock=CLOCK) as writer:
            for chunk in chunks:
                writer.append(chunk)
        return path.read_bytes()
