"""What a capture file holds, told without a single force: enough to begin with a bug report."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tissuesense.core.errors import ConfigurationError
from tissuesense.devices.codec import Fault, FrameRejected, SamplesMissed
from tissuesense.transport.assembly import StreamAssembler
from tissuesense.transport.base import HostChannel, LinkState
from tissuesense.transport.capture_file import Capture, read_capture
from tissuesense.transport.capture_header import CaptureHeader

SCHEMA = "tissuesense.capture-facts/1"
_UNTOLD = "of unknown source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What the present version makes of the bytes.

    Attributes
    ----------
    rejected
        Pieces of the stream that made no sense, by the reason.
    missed
        Samples that the device numbered and that never came.
    """

    samples: int
    duration_s: float
    sample_rate_hz: float | None
    flags: tuple[str, ...]
    rejected: Counter[str]
    faults: Counter[str]
    missed: int
    signals: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "samples": self.samples,
            "duration_s": self.duration_s,
            "sample_rate_hz": self.sample_rate_hz,
            "flags": list(self.flags),
            "rejected": dict(self.rejected),
            "faults": dict(self.faults),
            "missed": self.missed,
            "stop_signals": self.signals,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFacts:
    """What a capture file holds.

    Attributes
    ----------
    seconds
        From the first chunk to the last, by the computer's clock.
    chunks, device_bytes
        Pieces that came from the device, and their bytes.
    channels
        Pieces by the channel of the radio; empty for a wire that has but one.
    sent
        Commands by their names.
    signals
        The client's signals that came by another way than the gauge, by what gave them.
    link_losses_s
        When the link was lost, in seconds after the first chunk.
    overrun
        Pieces that were lost because the reader was too slow.
    decoded
        None where this version cannot decode it; `why_not` is then the reason.
    """

    header: CaptureHeader
    sha256: str
    seconds: float
    chunks: int
    device_bytes: int
    channels: Counter[str]
    sent: Counter[str]
    signals: Counter[str]
    link_losses_s: tuple[float, ...]
    overrun: int
    closed: bool
    torn_at: int | None
    decoded: Decoded | None
    why_not: str

    def to_dict(self) -> dict[str, Any]:
        """Return the document of `devices capture --json`."""
        header, started = self.header, self.header.started_at
        return {
            "schema": SCHEMA,
            "model": header.model,
            "url": header.url,
            "instrument": header.instrument,
            "started_at": None if started is None else started.isoformat(),
            "written_by": header.software_version,
            "context": header.context.to_dict(),
            "sha256": self.sha256,
            "seconds": self.seconds,
            "chunks": self.chunks,
            "bytes": self.device_bytes,
            "channels": dict(self.channels),
            "sent": dict(self.sent),
            "stop_signals": dict(self.signals),
            "link_losses_s": list(self.link_losses_s),
            "overrun": self.overrun,
            "closed": self.closed,
            "torn_at": self.torn_at,
            "decoded": None if self.decoded is None else self.decoded.to_dict(),
            "why_not_decoded": self.why_not,
        }


def capture_facts(path: Path) -> CaptureFacts:
    """Look into a capture file.

    Raises
    ------
    CaptureError
        When its bytes are damaged, or it is none.
    """
    capture = read_capture(path)
    chunks = capture.chunks
    ours = tuple(HostChannel)
    own = [chunk for chunk in chunks if chunk.channel not in ours]
    start_s = chunks[0].t_host_s if chunks else 0.0
    decoded, why_not = _decoded(capture)
    return CaptureFacts(
        header=capture.header,
        sha256=capture.sha256,
        seconds=max((chunk.t_host_s for chunk in chunks), default=0.0) - start_s,
        chunks=len(own),
        device_bytes=sum(len(chunk.data) for chunk in own),
        channels=Counter(chunk.channel for chunk in own if chunk.channel is not None),
        sent=Counter(_words(capture, HostChannel.SENT)),
        signals=Counter(word or _UNTOLD for word in _words(capture, HostChannel.MARKER)),
        link_losses_s=tuple(
            chunk.t_host_s - start_s
            for chunk in chunks
            if chunk.channel == HostChannel.LINK and chunk.data == LinkState.LOST.encode()
        ),
        overrun=sum(int(word) for word in _words(capture, HostChannel.DROPPED) if word.isdecimal()),
        closed=capture.closed,
        torn_at=capture.torn_at,
        decoded=decoded,
        why_not=why_not,
    )


def _words(capture: Capture, channel: HostChannel) -> list[str]:
    return [c.data.decode(errors="replace") for c in capture.chunks if c.channel == channel]


def _decoded(capture: Capture) -> tuple[Decoded | None, str]:
    try:
        assembler = StreamAssembler(capture.header.profile, capture.header.parameters)
    except ConfigurationError as err:  # of a model, or with settings, that are not known here
        return None, f"{err} {err.hint}".rstrip()
    blocks = [assembler.feed(chunk) for chunk in capture.chunks]
    events = [event for block in blocks for event in block.events]
    trace = assembler.trace()
    decoded = Decoded(
        samples=trace.size,
        duration_s=trace.duration_s,
        sample_rate_hz=trace.sample_rate_hz,
        flags=tuple(str(flag) for flag in assembler.quality().flags),
        rejected=Counter(str(event.why) for event in events if isinstance(event, FrameRejected)),
        faults=Counter(str(event.kind) for event in events if isinstance(event, Fault)),
        missed=sum(event.count for event in events if isinstance(event, SamplesMissed)),
        signals=sum(len(block.marks_s) for block in blocks),
    )
    return decoded, ""
