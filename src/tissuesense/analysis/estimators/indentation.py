"""Press and hold: stiffness, stiffening, energy loss and relaxation of the tissue under a tip."""

from dataclasses import dataclass, replace

import numpy as np

from tissuesense.analysis.press_hold.course import Course, cut, with_contact
from tissuesense.analysis.press_hold.indentation_stiffening import Stiffening, stiffening_of
from tissuesense.analysis.press_hold.press import analyse_press
from tissuesense.analysis.press_hold.press_repeats import marked
from tissuesense.analysis.press_hold.result import IndentationAnalysis, IndentationPress
from tissuesense.analysis.press_hold.sampling import with_sampled_contact
from tissuesense.analysis.press_hold.session import summarise
from tissuesense.analysis.press_hold.side_car import IndentationSideCar
from tissuesense.analysis.press_hold.sign import force_is_upside_down, way_is_upside_down
from tissuesense.analysis.press_hold.signal import IndentationSignal
from tissuesense.analysis.press_hold.spans import PressSpans, find_spans
from tissuesense.analysis.result import Estimator
from tissuesense.analysis.signals.calibrated import calibrated_force
from tissuesense.analysis.signals.cleaning import CleanSignal, clean
from tissuesense.core.quality import QualityFlag
from tissuesense.core.recording import Recording, RecordingKind

_LEAST_TARE_N = 0.05


def analyse_indentation(recording: Recording) -> IndentationAnalysis:
    """Find every press of a recording and what it says about the tissue.

    Without a displacement column what needs one is not estimable; the force still gives the
    relaxation. Forces are above the unloaded level around each press.

    Raises
    ------
    NoColumn
        When the recording has no force.
    UsageError
        When a key of the side-car is of the wrong kind, or one that it needs is missing.
    CalibrationError
        When the calibration is another gauge's or does not cover what was indicated.
    """
    side_car = IndentationSideCar.of(recording.context)
    read = read_presses(recording)
    presses = [
        analyse_press(read.signal, course, law, side_car, index=index)
        for index, (course, law) in enumerate(zip(read.courses, read.laws, strict=True), start=1)
    ]
    back = recording.context.taken_back
    presses = [_taken_back(press) if press.index in back else press for press in presses]
    return summarise(marked(presses), read.flags, side_car.layer)


def _taken_back(press: IndentationPress) -> IndentationPress:
    return replace(press, accepted=False, flags=(*press.flags, QualityFlag.TAKEN_BACK))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPresses:
    """The presses of a recording and their laws, before any number is read from them.

    Attributes
    ----------
    flags
        Of the recording.
    """

    signal: IndentationSignal
    courses: tuple[Course, ...]
    laws: tuple[Stiffening, ...]
    flags: tuple[QualityFlag, ...]


def read_presses(recording: Recording) -> ReadPresses:
    """Find the presses of a recording, cut them into phases and fit their laws."""
    trace = recording.trace
    force = calibrated_force(recording, kind=RecordingKind.INDENTATION)
    way = None if trace.displacement_mm is None else clean(trace.t_s, trace.displacement_mm)
    upside_down = force_is_upside_down(trace.t_s, force.values, None if way is None else way.values)
    found = _no_spans(force) if upside_down else find_spans(trace.t_s, force, way)
    if way is not None and not upside_down and way_is_upside_down(force.values, way.values):
        way, upside_down = None, True
    signal = IndentationSignal(
        t_s=trace.t_s,
        indicated_n=force.given,
        force_n=found.force_n,
        force_sd_n=force.noise,
        resolution_n=force.resolution,
        displacement_mm=None if way is None else way.values,
        displacement_sd_mm=0.0 if way is None else way.noise,
        calibration=recording.context.calibration,
        full_scale_n=recording.context.full_scale_n,
    )
    courses = [cut(signal, span) for span in found.spans]
    laws = stiffening_of(signal, courses)
    begun = (_begun(signal, course, law) for course, law in zip(courses, laws, strict=True))
    return ReadPresses(
        signal=signal,
        courses=tuple(begun),
        laws=tuple(laws),
        flags=_recording_flags(force, way, found, upside_down=upside_down),
    )


def _no_spans(force: CleanSignal) -> PressSpans:
    return PressSpans(force_n=force.values, baseline_n=np.zeros_like(force.values), spans=())


def _begun(signal: IndentationSignal, course: Course, law: Stiffening) -> Course:
    """Return the course with the contact of a law that was fitted to rested tissue."""
    if law.contact is not None:
        course = with_contact(signal, course, law.contact)
    return with_sampled_contact(course)


def _recording_flags(
    force: CleanSignal, way: CleanSignal | None, found: PressSpans, *, upside_down: bool
) -> tuple[QualityFlag, ...]:
    flags = [] if way is not None else [QualityFlag.NO_DISPLACEMENT]
    if upside_down:
        flags.append(QualityFlag.WRONG_SIGN)
    if not found.spans:
        flags.append(QualityFlag.NO_PRESS)
    if force.is_spike.any() or (way is not None and way.is_spike.any()):
        flags.append(QualityFlag.SPIKES)
    if found.baseline_n.size and max(found.baseline_n.max(), -found.baseline_n.min()) > max(
        _LEAST_TARE_N, force.noise
    ):
        flags.append(QualityFlag.TARE_APPLIED)
    return tuple(flags)


ESTIMATOR = Estimator(
    name="indentation",
    version="3.1",
    kinds=frozenset({RecordingKind.INDENTATION}),
    analyse=analyse_indentation,
)
