"""Record a device: raw samples into a trace file, with what is known and what went wrong."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tissuesense.core.clock import Clock
from tissuesense.core.errors import CaptureError, FileWriteError, TransportError, UsageError
from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import RecordingContext
from tissuesense.core.trace import Trace
from tissuesense.core.version import __version__
from tissuesense.devices.health import GaugeHealth
from tissuesense.files.sidecar import noticed, sidecar_path
from tissuesense.files.trace_csv import write_trace
from tissuesense.transport.base import LinkState
from tissuesense.transport.device import GIVE_UP_S, Device, open_device

# The last samples of the asked time may still be on their way when it is over.
_ON_THE_WAY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRequest:
    """What to record.

    Attributes
    ----------
    out
        The trace file; side-car and raw capture stand beside it under the same name.
    seconds
        Counted from the first sample, outages included.
    context
        What the caller knows; it outweighs what the device says.
    button
        Device URL of a button that the client holds.
    force
        Replace a recording of the same name.
    """

    url: str
    out: Path
    seconds: float
    context: RecordingContext = field(default_factory=RecordingContext)
    button: str | None = None
    force: bool = False
    give_up_s: float = GIVE_UP_S

    def __post_init__(self) -> None:
        if not self.seconds > 0:
            raise UsageError(f"A recording lasts a positive time, not {self.seconds} s.")
        if self.out.suffix.lower() != ".csv":
            raise UsageError(f"A trace file's name ends in .csv; '{self.out.name}' does not.")

    @property
    def capture_path(self) -> Path:
        """Where the raw bytes go."""
        return self.out.with_suffix(".capture")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a recording is."""

    elapsed_s: float
    samples: int
    link: LinkState
    signals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A finished recording.

    Attributes
    ----------
    error
        Why it ended before its time; None where it did not, or where a person stopped it.
    stopped
        A person stopped it.
    """

    trace: Trace
    quality: QualitySummary
    health: GaugeHealth
    context: RecordingContext
    error: TransportError | CaptureError | None = None
    stopped: bool = False


async def record(
    request: RecordRequest,
    *,
    clock: Clock,
    progress: Callable[[Progress], None] = lambda _: None,
    attend: Callable[[Device], AbstractContextManager[object]] = nullcontext,
) -> Recorded:
    """Record and write the files; what came before a failure or a cancellation is kept.

    `attend` is entered while the device is open: it may listen to keys that mark.

    A disk that takes no more of the raw bytes ends the recording as a lost device does.

    A cancellation before the first sample goes through, and leaves nothing behind.

    Raises
    ------
    TransportError
        When the device could not be opened; nothing was written then.
    CaptureError
        When the raw bytes could not be written at all.
    FileWriteError
        When the trace could not be written; the hint names the raw bytes that are kept.
    ConfigurationError
        When the URL names something unknown.
    UsageError
        When there is no such folder, or a recording of that name is there and not to be replaced.
    """
    _check_place(request)
    raw = request.capture_path
    if raw.exists():  # until the new recording holds something, the older one stays as it is
        raw = raw.with_suffix(".capture.part")
    device = open_device(
        request.url,
        clock=clock,
        capture=raw,
        overwrite=True,
        give_up_s=request.give_up_s,
        stated=request.context,
        button=request.button,
    )
    error: TransportError | CaptureError | None = None
    stopped = False
    try:
        async with device:
            try:
                with attend(device):
                    await _collect(device, request.seconds, progress)
            except (TransportError, CaptureError) as err:
                error = err
    except CaptureError as err:  # while the file was opened or closed
        if not device.trace().size:
            raw.unlink(missing_ok=True)
            raise
        error = err
    except asyncio.CancelledError:  # while it opened, recorded or said goodbye
        if not device.trace().size:
            raw.unlink(missing_ok=True)
            raise
        stopped = True
        _resume()
    recorded = Recorded(
        trace=device.trace(),
        quality=device.quality(),
        health=device.health(),
        context=device.context,
        error=error,
        stopped=stopped,
    )
    _keep(request, device, recorded, raw, clock)
    return recorded


def _check_place(request: RecordRequest) -> None:
    if not request.out.parent.is_dir():
        raise UsageError(f"There is no folder {request.out.parent}.", hint="Create it first.")
    if request.force:
        return
    for path in (request.out, sidecar_path(request.out), request.capture_path):
        if path.exists():
            raise UsageError(
                f"{path} exists already.",
                hint="Choose another name, or add --force to replace that recording.",
            )


async def _collect(device: Device, seconds: float, progress: Callable[[Progress], None]) -> None:
    samples, signals, last_s = 0, 0, -1.0
    async for block in device.stream():
        samples += block.t_s.size
        if block.t_s.size:
            last_s = float(block.t_s[-1])
        signals += len(block.marks_s)
        progress(
            Progress(elapsed_s=block.elapsed_s, samples=samples, link=block.link, signals=signals)
        )
        if last_s >= seconds or block.elapsed_s >= seconds + _ON_THE_WAY_S:
            return


def _resume() -> None:
    """Go on after a cancellation that was heeded: there are files to write."""
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()


def _keep(
    request: RecordRequest, device: Device, recorded: Recorded, raw: Path, clock: Clock
) -> None:
    """Write what there is; a recording without any sample leaves nothing behind."""
    if not recorded.trace.size:
        raw.unlink(missing_ok=True)
        return
    raw.replace(request.capture_path)
    extra: dict[str, Any] = {
        **noticed(recorded.quality, device.clock_source, recorded.health),
        "model": device.profile.model,
        "device_url": request.url,
        "capture": request.capture_path.name,
        "recorded_until": clock.now().isoformat(timespec="seconds"),
        "software": {"name": "tissuesense", "version": __version__},
    }
    if device.parameters.unit is not None:
        extra["assumed_unit"] = device.parameters.unit
    try:
        write_trace(request.out, recorded.trace, recorded.context, extra)
    except FileWriteError as err:
        raise FileWriteError(
            err.message,
            path=err.path,
            hint=f"The raw bytes are kept in {request.capture_path}. Where there is room, make the "
            f"trace of them: tissuesense record --device 'replay:{request.capture_path}?speed=0' "
            f"--seconds {request.seconds:g} --out NAME.csv",
        ) from err
