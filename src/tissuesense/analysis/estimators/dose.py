"""The dose of a hands-on treatment: how much, how long and how, from the force under the hand.

A sensor lies between the treating thumb or tool and the tissue. Each application is measured from
contact to release: the levels it alternates between, the holds, the pressure-time integral, how
fast it was applied, how far the hand glided, and what the client said meanwhile. Pressures are
above the unloaded level around the application.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tissuesense.analysis.dose.contacts import (
    LEAST_DOSE_KPA,
    Application,
    find_applications,
)
from tissuesense.analysis.dose.course import DoseSignal
from tissuesense.analysis.dose.measure import measure_dose
from tissuesense.analysis.dose.result import Dose, DoseAnalysis
from tissuesense.analysis.dose.session import summarise
from tissuesense.analysis.dose.side_car import DoseSideCar
from tissuesense.analysis.dose.travel import goes_with_pressing
from tissuesense.analysis.numerics.order_statistics import median, quantile
from tissuesense.analysis.pain.readout import marker_times
from tissuesense.analysis.result import Estimator
from tissuesense.analysis.signals.calibrated import calibrated_force
from tissuesense.analysis.signals.cleaning import CleanSignal
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import NoProbeArea
from tissuesense.core.quality import QualityFlag
from tissuesense.core.recording import Recording, RecordingKind
from tissuesense.core.trace import Trace

_TARE_WORTH_A_WORD_N = 0.1


def analyse_dose(recording: Recording) -> DoseAnalysis:
    """Find every application of a recording and measure it.

    Raises
    ------
    NoColumn, NoProbeArea
        When the recording has no force or states no probe area.
    CalibrationError
        When the calibration is another gauge's or does not cover what was indicated.
    UsageError
        When the side-car states a threshold, ratings or a band that cannot be; it names the key.
    """
    trace, context = recording.trace, recording.context
    force = calibrated_force(recording, kind=RecordingKind.DOSE)
    if context.tip is None:
        raise NoProbeArea
    told = DoseSideCar.of(context)
    way_mm = _way_mm(trace, told, force)
    grid, applications = find_applications(trace.t_s, force, context.tip.kpa_per_n)
    upside_down = _is_upside_down(trace.t_s, force, context.tip.kpa_per_n, applications)
    doses: tuple[Dose, ...] = ()
    if grid is not None and not upside_down:
        signal = DoseSignal(
            t_s=trace.t_s,
            force=force,
            grid=grid,
            tip=context.tip,
            calibration=context.calibration,
            full_scale_n=context.full_scale_n,
            usual_step_s=median(np.diff(trace.t_s)),
            way_mm=way_mm,
        )
        marks_s, _ = marker_times(trace.t_s, trace.marker)
        known = [application for application in applications if application.zeros]
        doses = tuple(
            measure_dose(signal, application, told, marks_s, index=index)
            for index, application in enumerate(known, start=1)
        )
    raised = {
        QualityFlag.SPIKES: bool(force.is_spike.any()),
        QualityFlag.WRONG_SIGN: upside_down,
        QualityFlag.NOT_RELEASED: any(not application.zeros for application in applications),
        QualityFlag.NO_PRESS: not doses,
        QualityFlag.TARE_APPLIED: any(
            not -_TARE_WORTH_A_WORD_N <= application.tare.tare_before_n <= _TARE_WORTH_A_WORD_N
            for application in applications
        ),
        QualityFlag.NO_PPT: told.site_ppt_kpa is None,
        QualityFlag.NO_TRAVEL: way_mm is None,
    }
    return DoseAnalysis(
        doses=doses,
        session=summarise(doses, told),
        flags=tuple(flag for flag, is_raised in raised.items() if is_raised),
    )


def _way_mm(trace: Trace, told: DoseSideCar, force: CleanSignal) -> FloatArray | None:
    """Return the position along the skin: a displacement, or the arc of an angle.

    What nobody called a way along the skin, and what moves as the force does, is a depth.
    """
    way_mm, along_skin = trace.displacement_mm, told.along_skin
    if way_mm is not None and along_skin is None:
        along_skin = not goes_with_pressing(trace.t_s, way_mm, force.values)
    if way_mm is not None and along_skin:
        return way_mm
    if trace.angle_deg is not None and told.tool_radius_mm is not None:
        return np.radians(trace.angle_deg) * told.tool_radius_mm
    return None


def _is_upside_down(
    t_s: FloatArray, force: CleanSignal, kpa_per_n: float, applications: Sequence[Application]
) -> bool:
    """Tell a gauge that counts pulling: loaded at both ends, and far below zero in between."""
    ends = (*applications[:1], *applications[-1:])
    if any(end.whole for end in ends) or not force.values.size:
        return False
    if quantile(force.values, 0.01) * kpa_per_n > -LEAST_DOSE_KPA:
        return False
    _, turned = find_applications(t_s, replace(force, values=-force.values), kpa_per_n)
    return bool(turned) and all(application.whole for application in turned)


ESTIMATOR = Estimator(
    name="dose",
    version="1",
    kinds=frozenset({RecordingKind.DOSE}),
    analyse=analyse_dose,
)
