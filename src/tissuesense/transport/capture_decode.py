"""Reproduce a recording from its capture: the same bytes, the same numbers."""

from pathlib import Path

from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import Recording
from tissuesense.core.trace import Trace
from tissuesense.transport.assembly import StreamAssembler
from tissuesense.transport.capture_file import read_capture
from tissuesense.transport.told import Told


def decode_capture(source: Path | bytes) -> tuple[Trace, QualitySummary]:
    """Return the trace that a capture file, or its bytes, amounts to, and its quality.

    Raises
    ------
    CaptureError
        When the file is damaged.
    ConfigurationError
        When it is of a device model or a version that this installation does not know.
    """
    recording = decode_recording(source)
    return recording.trace, recording.quality


def decode_recording(source: Path | bytes) -> Recording:
    """Return what a capture amounts to with what is known of it, as an estimator takes it.

    Raises
    ------
    CaptureError
        When the file is damaged.
    ConfigurationError
        When it is of a device model or a version that this installation does not know.
    """
    capture = read_capture(source)
    header = capture.header
    assembler = StreamAssembler(header.profile, header.parameters)
    told = Told(header.context)
    for chunk in capture.chunks:
        told.notice(assembler.feed(chunk))
    instrument = told.serial or header.instrument or header.model
    return Recording(
        trace=assembler.trace(),
        context=told.context(instrument=instrument, marked_by=assembler.marked_by),
        quality=assembler.quality(),
        name=str(source) if isinstance(source, Path) else "",
        content_sha256=capture.sha256,
    )
