"""The force of a recording: wrong readings taken out, its calibration applied."""

from dataclasses import replace

from tissuesense.analysis.signals.cleaning import CleanSignal, clean
from tissuesense.core.errors import NoColumn
from tissuesense.core.recording import Recording, RecordingKind


def calibrated_force(recording: Recording, *, kind: RecordingKind) -> CleanSignal:
    """Return the cleaned force in newtons, after the calibration that the recording names.

    Raises
    ------
    NoColumn
        When the recording has no force; the message names the `kind` that needs one.
    CalibrationError
        When the calibration is another instrument's, or does not cover what was indicated.
    """
    trace, calibration = recording.trace, recording.context.calibration
    if trace.force_n is None:
        raise NoColumn("force_n", kind=str(kind))
    signal = clean(trace.t_s, trace.force_n)
    if calibration is None:
        return signal
    calibration.check(instrument=recording.context.instrument, on=None)
    calibration.standard_uncertainty_n(signal.values)  # refuses what the range does not cover
    return replace(
        signal,
        values=calibration.apply(signal.values),
        noise=signal.noise * abs(calibration.gain),
        resolution=signal.resolution * abs(calibration.gain),
    )
