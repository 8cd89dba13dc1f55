"""Passive stretch: stiffness and damping of a limb about its joint, catches, and range.

The torque of the hand is a column, or its force times the lever arm. Every stretch of a recording
is found in the angle; ways back are left out. Nothing here is a grade on a clinical scale.
"""

from collections.abc import Sequence

import numpy as np

from tissuesense.analysis.movement.limb_load import LimbLoad, limb_load, stated_limb
from tissuesense.analysis.movement.movement_angle import Movement, find_movements
from tissuesense.analysis.movement.movement_ends import EndLevel, movement_ends
from tissuesense.analysis.movement.stretch_law import count_speeds
from tissuesense.analysis.movement.stretch_noise import SampleNoise
from tissuesense.analysis.movement.stretch_reading import (
    Reading,
    ReadStretch,
    StretchSignal,
    read_stretches,
)
from tissuesense.analysis.movement.stretch_result import Stretch, StretchAnalysis, StretchSession
from tissuesense.analysis.movement.stretch_session import NO_LEVER_ARM, TOO_FEW, summarise
from tissuesense.analysis.movement.stretch_work import (
    NOTHING_SHARED,
    TOO_SHORT,
    shared_range_rad,
    slope_n_m_rad,
    work_j,
)
from tissuesense.analysis.result import Estimator
from tissuesense.analysis.signals.cleaning import CleanSignal, clean
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import NoColumn
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, Outcome
from tissuesense.core.recording import Recording, RecordingKind

_LEAST_NOISE_SHARE = 1e-4


def analyse_stretch(recording: Recording) -> StretchAnalysis:
    """Find every stretch of a recording and what resisted it.

    Raises
    ------
    NoColumn
        When the recording has no angle, or neither torque nor force.
    UsageError
        When a key of the side-car is no number or has an impossible value.
    CalibrationError
        When the calibration is another gauge's or does not cover what was indicated.
    """
    trace = recording.trace
    if trace.angle_deg is None:
        raise NoColumn("angle_deg", kind=str(RecordingKind.STRETCH))
    load, limb = limb_load(recording), stated_limb(recording.context)
    angle = clean(trace.t_s, trace.angle_deg)
    movements = find_movements(trace.t_s, angle)
    way = 1 if 2 * sum(m.rises for m in movements) >= len(movements) else -1
    movements = tuple(m for m in movements if m.rises == (way > 0))
    usable = [not movement.has_gap(trace.t_s) for movement in movements]
    reading = None
    if load is not None:
        signal = _signal(trace.t_s, angle, load, movements, way)
        reading = read_stretches(signal, movements, usable, limb)
    shared = load.shared if load else {}
    numbers = _Numbers(reading, shared, way)
    ends = movement_ends(movements, trace.t_s, angle)
    stretches = tuple(
        _stretch(index, *each, numbers)
        for index, each in enumerate(zip(movements, ends, usable, strict=True), start=1)
    )
    session = summarise(stretches, reading, limb, shared, way=way)
    stated = "stated" if limb.weight_n_m is not None else "fitted"
    return StretchAnalysis(
        stretches=stretches,
        session=session,
        n_speeds=count_speeds([s.peak_speed_deg_s for s in stretches if s.accepted]),
        weight="unknown" if load is None else stated,
        flags=_flags(stretches, session, load, angle, reading),
    )


ESTIMATOR = Estimator(
    name="stretch",
    version="1",
    kinds=frozenset({RecordingKind.STRETCH}),
    analyse=analyse_stretch,
)


def _signal(
    t_s: FloatArray, angle: CleanSignal, load: LimbLoad, movements: Sequence[Movement], way: int
) -> StretchSignal:
    torque = load.torque_n_m
    rises = [
        float(np.interp(m.end_s, t_s, torque) - np.interp(m.start_s, t_s, torque))
        for m in movements
    ]
    # A torque may be counted with the angle; a force is positive where it presses.
    if way < 0 and not load.from_force and rises and float(np.median(rises)) < 0:
        torque = -torque
    least = _LEAST_NOISE_SHARE * float(np.ptp(torque)) + np.finfo(np.float64).tiny
    return StretchSignal(
        t_s=t_s,
        angle_rad=np.radians(way * angle.values),
        torque_n_m=torque,
        noise=SampleNoise(
            torque_n_m=max(load.noise_n_m, least), angle_rad=float(np.radians(angle.noise))
        ),
        way=way,
    )


class _Numbers:
    """The numbers of single stretches, once the law is known."""

    def __init__(self, reading: Reading | None, shared: dict[str, float], way: int) -> None:
        self._reading, self._shared, self._way = reading, shared, way
        usable = (
            [s for s in reading.stretches if s.usable and not (s.slipped or s.odd)]
            if reading
            else []
        )
        self._range = shared_range_rad([s.close for s in usable if s.close is not None])

    def of(self, index: int) -> tuple[Outcome | None, Outcome, Outcome]:
        """Return catch, slope and work of a stretch."""
        if self._reading is None:
            return NO_LEVER_ARM, NO_LEVER_ARM, NO_LEVER_ARM
        read, fit = self._reading.stretches[index - 1], self._reading.fit
        if fit is None or read.close is None or not read.usable:
            return TOO_FEW, TOO_SHORT, NOTHING_SHARED
        slope = slope_n_m_rad(read.close, fit, self._shared)
        work: Outcome = NOTHING_SHARED
        if self._range is not None and not (read.slipped or read.odd):
            work = work_j(read.close, self._range, fit, self._shared)
        return self._catch(read), slope, work

    def faults(self, index: int) -> dict[QualityFlag, bool]:
        """Return what may reject a stretch, and whether it does."""
        read = self._reading.stretches[index - 1] if self._reading else None
        return {
            QualityFlag.SLIP: read is not None and read.slipped,
            QualityFlag.POOR_FIT: read is not None and read.odd,
        }

    def _catch(self, read: ReadStretch) -> Estimate | None:
        if read.change is None or not read.change.rises:
            return None
        return read.change.angle_deg.scaled(self._way, "deg")


def _stretch(
    index: int,
    movement: Movement,
    ends: tuple[EndLevel, EndLevel],
    usable: bool,  # noqa: FBT001 - one of the columns that are walked together
    numbers: _Numbers,
) -> Stretch:
    catch, slope, work = numbers.of(index)
    raised = {QualityFlag.GAP: not usable} | numbers.faults(index)
    start, end = ends
    return Stretch(
        index=index,
        start_s=movement.start_s,
        end_s=movement.end_s,
        start_deg=start.deg,
        end_deg=end.deg,
        peak_speed_deg_s=movement.peak_speed_deg_s,
        catch_angle_deg=catch,
        slope_n_m_rad=slope,
        work_j=work,
        accepted=not any(raised.values()),
        flags=tuple(flag for flag, is_raised in raised.items() if is_raised),
    )


def _flags(
    stretches: Sequence[Stretch],
    session: StretchSession,
    load: LimbLoad | None,
    angle: CleanSignal,
    reading: Reading | None,
) -> tuple[QualityFlag, ...]:
    stiffness = session.stiffness_n_m_rad
    flags = [] if isinstance(stiffness, Estimate) or not stretches else [stiffness.reason]
    raised = {
        QualityFlag.NO_MOVEMENT: not stretches,
        QualityFlag.SPIKES: bool(angle.is_spike.any()) or (load is not None and load.spikes),
        QualityFlag.WRONG_SIGN: isinstance(stiffness, Estimate) and stiffness.ci95[1] < 0,
        QualityFlag.POOR_FIT: reading is not None and reading.fits_poorly,
    }
    flags += [flag for flag, is_raised in raised.items() if is_raised]
    return tuple(dict.fromkeys(flags))
