"""Reproduce a trace from its capture: the same bytes, the same numbers."""

from pathlib import Path

from tissuesense.core.quality import QualitySummary
from tissuesense.core.trace import Trace
from tissuesense.transport.assembly import StreamAssembler
from tissuesense.transport.capture_file import read_capture


def decode_capture(source: Path | bytes) -> tuple[Trace, QualitySummary]:
    """Return the trace that a capture file, or its bytes, amounts to, and its quality.

    Raises
    ------
    CaptureError
        When the file is damaged.
    ConfigurationError
        When it is of a device model or a version that this installation does not know.
    """
    capture = read_capture(source)
    assembler = StreamAssembler(capture.header.profile, capture.header.parameters)
    for chunk in capture.chunks:
        assembler.feed(chunk)
    return assembler.trace(), assembler.quality()
