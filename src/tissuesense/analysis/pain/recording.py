"""A recording as the pain-threshold estimator sees it: cleaned force, tip, signals, presses."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.analysis.pain.latency import LINK_DELAY
from tissuesense.analysis.pain.ramp import PressedCurve
from tissuesense.analysis.pain.readout import marker_times
from tissuesense.analysis.signals.calibrated import calibrated_force
from tissuesense.analysis.signals.cleaning import CleanSignal
from tissuesense.analysis.signals.segment import Press, find_presses
from tissuesense.core.arrays import FloatArray
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import NoProbeArea, UsageError
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind

_LEAST_PRESS_KPA = 20.0
_BEFORE_S = 0.8
_AFTER_S = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class PainRecording:
    """Force and what surrounds it.

    Attributes
    ----------
    signal
        The force: as indicated, and calibrated and without spikes.
    marker_s, marker_u_s
        When the client signalled, and the standard uncertainty of each time.
    usual_step_s
        Median time between samples; 0 where there are none to tell it.
    angle_deg
        How far the gauge was tilted from the perpendicular, where it tells; shape (n,).
    """

    context: RecordingContext
    tip: ContactTip
    t_s: FloatArray
    signal: CleanSignal
    marker_s: FloatArray
    marker_u_s: FloatArray
    usual_step_s: float
    angle_deg: FloatArray | None

    @classmethod
    def of(cls, recording: Recording) -> "PainRecording":
        """Prepare a recording.

        Raises
        ------
        NoColumn, NoProbeArea
            When the recording has no force or states no probe area.
        CalibrationError
            When the calibration is another gauge's or does not cover what was indicated.
        """
        trace, context = recording.trace, recording.context
        signal = calibrated_force(recording, kind=context.kind or RecordingKind.PPT)
        if context.tip is None:
            raise NoProbeArea
        marks, marks_u = marker_times(trace.t_s, trace.marker)
        return cls(
            context=context,
            tip=context.tip,
            t_s=trace.t_s,
            signal=signal,
            marker_s=marks - _link_delay_s(context),
            marker_u_s=marks_u,
            usual_step_s=median(trace.t_s[1:] - trace.t_s[:-1]) if trace.size > 1 else 0.0,
            angle_deg=trace.angle_deg,
        )

    def presses(self) -> Iterator[tuple[Press, PressedCurve]]:
        """Yield every press that reaches the least pressure of one, with its curve."""
        least_n = _LEAST_PRESS_KPA / self.tip.kpa_per_n
        for press in find_presses(
            self.t_s,
            self.signal.values,
            least_n=least_n,
            noise_n=self.signal.noise,
            usual_step_s=self.usual_step_s,
        ):
            curve = self._curve(press)
            if float(curve.smooth_kpa.max()) >= _LEAST_PRESS_KPA:
                yield press, curve

    def during(self, press: Press) -> slice:
        """Return which samples belong to a press, one more on either side.

        Where the readings were lost, the sample after the loss tells how long it was.
        """
        first, last = self.t_s.searchsorted(press.start_s), self.t_s.searchsorted(press.end_s)
        return slice(max(int(first) - 1, 0), int(last) + 1)

    def tilt_deg(self, start_s: float, end_s: float) -> float | None:
        """Return how far the gauge was tilted between two times; None where it does not tell."""
        if self.angle_deg is None:
            return None
        first, last = self.t_s.searchsorted(start_s), self.t_s.searchsorted(end_s, "right")
        return median(np.abs(self.angle_deg[first:last])) if last > first else None

    def _curve(self, press: Press) -> PressedCurve:
        first = self.t_s.searchsorted(press.start_s - _BEFORE_S)
        last = self.t_s.searchsorted(press.end_s + _AFTER_S)
        t = self.t_s[first:last]
        above_n = self.signal.values[first:last] - press.tare_n(t)
        kpa_per_n = self.tip.kpa_per_n
        return PressedCurve.of(t, above_n * kpa_per_n, self.signal.noise * kpa_per_n)


def _link_delay_s(context: RecordingContext) -> float:
    """Return how late the stop signal arrives by its link, as measured: the side-car may say."""
    stated = context.extra.get(LINK_DELAY, 0.0)
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated < 1:
        raise UsageError(f"{LINK_DELAY} must be a number of seconds below 1, not {stated!r}.")
    return float(stated)
