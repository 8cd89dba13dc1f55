"""A capture as one file to hand on: with all that is known of it, or with nobody's name in it."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from tissuesense.analysis.pain.latency import STOP_MODES
from tissuesense.core.calibration import Calibration
from tissuesense.core.errors import RecordError, UsageError
from tissuesense.core.recording import SOURCE, RecordingContext
from tissuesense.files.replace import replace_file
from tissuesense.record.measurement import FindingId, MeasurementId
from tissuesense.services.records import load_measurement
from tissuesense.store.opened import Store
from tissuesense.transport.capture_file import read_capture, with_header
from tissuesense.transport.capture_header import CaptureHeader

NOBODY = "anonymous"
# Settings of a device URL that say how the wire was read, and neither where nor of whom.
_OF_THE_WIRE = ("model", "baud", "unit", "invert", "sensitivity_mv_v", "capacity_n", "rate_hz")
_OF_A_SIMULATION = ("subject", "seed", "kind", "fault", "marker", "speed")


def export_capture(store: Store, identifier: MeasurementId | FindingId, path: Path) -> None:
    """Write the raw capture of a measurement with all that the record knows of the recording.

    What it decodes to, and every number computed from that, is what the store has.

    Raises
    ------
    RecordNotFound
        When there is no such finding or measurement.
    RecordError
        When the measurement was imported as a trace and has no capture.
    UsageError
        When the file exists.
    FileWriteError
        When the folder or the disk refuses.
    """
    measurement_id = MeasurementId("-".join(identifier.split("-")[:2]))
    with store.reading():
        measurement = load_measurement(store, measurement_id).measurement
        capture = store.raw.capture(measurement_id)
    if capture is None:
        raise RecordError(
            f"{measurement_id} has no raw capture: it was imported as a trace.",
            hint="Export it as a trace file instead.",
        )
    header = replace(read_capture(capture).header, context=measurement.context)
    _write_new(path, with_header(capture, header))


def export_anonymous(capture: Path, path: Path) -> None:
    """Write a copy of a capture file that may be attached to a public report.

    Site, side, names of instruments, the address in the device URL and when it was recorded are
    taken out. The gauge's own bytes stay as they are: a serial number that it sent is among them.

    Raises
    ------
    CaptureError
        When the capture is damaged.
    UsageError
        When the file exists.
    FileWriteError
        When the folder or the disk refuses.
    """
    header = read_capture(capture).header
    _write_new(path, with_header(capture.read_bytes(), anonymous(header)))


def anonymous(header: CaptureHeader) -> CaptureHeader:
    """Return the header without anything that leads to a person, a practice or a machine."""
    return replace(
        header,
        url=_without_address(header.url),
        instrument=None,
        started_at=None,
        context=_without_names(header.context),
    )


def _without_address(url: str) -> str:
    scheme, _, rest = url.partition(":")
    kept = (*_OF_THE_WIRE, *(_OF_A_SIMULATION if scheme == "sim" else ()))
    settings = [(key, value) for key, value in parse_qsl(rest.partition("?")[2]) if key in kept]
    return f"{scheme}:?{urlencode(settings)}"


def _without_names(context: RecordingContext) -> RecordingContext:
    source = {SOURCE: context.extra[SOURCE]} if SOURCE in context.extra else {}
    return replace(
        context,
        site=None,
        side=None,
        instrument=NOBODY,
        # A word of one's own may say anything; its latency was that of no table.
        stop_mode=context.stop_mode if context.stop_mode in STOP_MODES else None,
        calibration=None if context.calibration is None else _nameless(context.calibration),
        extra=source,
    )


def _nameless(calibration: Calibration) -> Calibration:
    return replace(
        calibration, identifier=NOBODY, instrument=NOBODY, performed_on=None, valid_until=None
    )


def _write_new(path: Path, content: bytes) -> None:
    if path.exists():
        raise UsageError(f"{path} exists already.", hint="Choose another name.")
    replace_file(path, [content])
