"""The pressure of one application over time, and what its readings leave uncertain."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.dose.contacts import Application
from tissuesense.analysis.dose.levels import Rise, Touch
from tissuesense.analysis.dose.travel import Travel, find_travel
from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.analysis.numerics.slope import median_slope
from tissuesense.analysis.signals.cleaning import CleanSignal
from tissuesense.analysis.signals.press_grid import PressGrid
from tissuesense.core.arrays import BoolArray, FloatArray
from tissuesense.core.calibration import Calibration
from tissuesense.core.contact import ContactTip
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

_LONGEST_STEP_S, _GAP_STEPS = 0.3, 3.0
# What a hand may do to a pressure while nobody looks.
_UNSEEN_SHARE = 0.05
# By how much a zero may have moved that was seen on one side only.
_UNSEEN_DRIFT_N = 0.1
_DRIFT_NOISES, _LEAST_DRIFT_N = 5.0, 0.3
_FULL_SHARE = 0.998


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSignal:
    """A recording as treatment is measured in it.

    Attributes
    ----------
    grid
        Of the force in newtons.
    way_mm
        Along the skin, shape (n,); None where it was not recorded.
    usual_step_s
        Median time between samples.
    """

    t_s: FloatArray
    force: CleanSignal
    grid: PressGrid
    tip: ContactTip
    calibration: Calibration | None
    full_scale_n: float | None
    usual_step_s: float
    way_mm: FloatArray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseCourse:
    """One application.

    Attributes
    ----------
    t_s, kpa
        Its samples, one more on either side; shape (n,).
    indicated_n
        The same as they came.
    touches
        Pressure on the grid without anything brief, once for each time on the skin.
    """

    signal: DoseSignal
    application: Application
    t_s: FloatArray
    kpa: FloatArray
    indicated_n: FloatArray
    way_mm: FloatArray | None
    touches: tuple[Touch, ...]

    @classmethod
    def of(cls, signal: DoseSignal, application: Application) -> "DoseCourse":
        """Take one application out of a recording."""
        first = max(int(signal.t_s.searchsorted(application.start_s)) - 1, 0)
        part = slice(first, int(signal.t_s.searchsorted(application.end_s, "right")) + 1)
        t_s, grid, tare = signal.t_s[part], signal.grid, application.tare
        return cls(
            signal=signal,
            application=application,
            t_s=t_s,
            kpa=(signal.force.values[part] - tare.tare_n(t_s)) * signal.tip.kpa_per_n,
            indicated_n=signal.force.given[part],
            way_mm=None if signal.way_mm is None else signal.way_mm[part],
            touches=tuple(
                (
                    grid.t_s[a:b],
                    (grid.calm_n[a:b] - tare.tare_n(grid.t_s[a:b])) * signal.tip.kpa_per_n,
                )
                for a, b in (
                    (int(grid.t_s.searchsorted(start)), int(grid.t_s.searchsorted(end, "right")))
                    for start, end in application.touches_s
                )
            ),
        )

    @property
    def contact_s(self) -> float:
        """Seconds on the skin."""
        return sum(end - start for start, end in self.application.touches_s)

    @property
    def _steps_s(self) -> FloatArray:
        return np.asarray(self.t_s[1:] - self.t_s[:-1])

    @property
    def _gaps(self) -> BoolArray:
        """Tell which steps are gaps, shape (n - 1,)."""
        return self._steps_s > max(_LONGEST_STEP_S, _GAP_STEPS * self.signal.usual_step_s)

    def mean_kpa(self) -> Estimate:
        """Return the mean pressure while on the skin: its integral over the time."""
        integral = float(np.trapezoid(self.kpa, self.t_s))
        return self._estimate(integral / self.contact_s, self._reading_u_kpa_s() / self.contact_s)

    def _reading_u_kpa_s(self) -> float:
        """Return what noise, and stretches without readings, leave uncertain of the integral."""
        steps, gaps = self._steps_s, self._gaps
        weights = (np.append(steps, 0.0) + np.append(0.0, steps)) / 2
        noise = self.signal.force.noise * self.signal.tip.kpa_per_n
        low, high = self.kpa[:-1][gaps], self.kpa[1:][gaps]
        # A change of level within a gap lies anywhere in it: a rectangular distribution.
        unseen = steps[gaps] * np.hypot((high - low) / math.sqrt(12.0), _UNSEEN_SHARE * high)
        return math.hypot(
            noise * float(np.sqrt(weights @ weights)), float(np.sqrt(unseen @ unseen))
        )

    def stay_kpa(self, kpa: float, seconds: float) -> Estimate:
        """Return the mean pressure of a stay with its uncertainty."""
        noise = self.signal.force.noise * self.signal.tip.kpa_per_n
        samples = max(seconds / self.signal.usual_step_s, 1.0)
        return self._estimate(kpa, noise / math.sqrt(samples))

    def _estimate(self, kpa: float, reading_u: float) -> Estimate:
        """Return a mean pressure with what the instrument leaves uncertain of it."""
        tip, tare, calibration = self.signal.tip, self.application.tare, self.signal.calibration
        unseen_n = _UNSEEN_DRIFT_N if self.application.zeros == 1 else 0.0
        zero_n = math.hypot(tare.tare_u_n, unseen_n)
        budget = {"reading": reading_u, "unloaded level": zero_n * tip.kpa_per_n}
        if tip.area_uncertainty_cm2 > 0:
            budget["probe area"] = kpa * tip.relative_uncertainty
        if calibration is not None:
            low, high = (
                (n - calibration.offset_n) / calibration.gain
                for n in (tare.tare_before_n, tare.tare_before_n + kpa / tip.kpa_per_n)
            )
            u_n = calibration.difference_uncertainty_n(low, high)
            budget["calibration"] = u_n * tip.kpa_per_n
        return Estimate.from_budget(kpa, budget, unit="kPa")

    def rate_kpa_s(self, rises: Sequence[Rise]) -> float | None:
        """Return the median rate of the rises between a tenth and nine tenths of their way."""
        rates = [self._rate(rise) for rise in rises if rise.end_s > rise.start_s]
        return median(np.array(rates)) if rates else None

    def _rate(self, rise: Rise) -> float:
        first, last = self.t_s.searchsorted([rise.start_s, rise.end_s])
        slope = median_slope(self.t_s[first:last], self.kpa[first:last])
        return 0.8 * rise.kpa / (rise.end_s - rise.start_s) if slope is None else slope

    def seconds_above(self, limit_kpa: float) -> float:
        """Return how long the pressure lay above a limit, a straight line between readings."""
        low = np.minimum(self.kpa[1:], self.kpa[:-1])
        high = np.maximum(self.kpa[1:], self.kpa[:-1])
        above = np.clip((high - limit_kpa) / np.maximum(high - low, 1e-9), 0.0, 1.0)
        return float(above @ self._steps_s)

    def kpa_at(self, t_s: float) -> float:
        """Return the pressure at a time of the application, without anything brief."""
        times = np.concatenate([t for t, _ in self.touches])
        return float(np.interp(t_s, times, np.concatenate([kpa for _, kpa in self.touches])))

    def travel(self) -> Travel | None:
        """Return the way along the skin; None where it was not recorded."""
        return None if self.way_mm is None else find_travel(self.t_s, self.way_mm)

    def flags(self) -> tuple[QualityFlag, ...]:
        """Return what the reader of its numbers must know."""
        signal, tare = self.signal, self.application.tare
        limit_n = max(_LEAST_DRIFT_N, _DRIFT_NOISES * signal.force.noise)
        raised = {
            QualityFlag.NOT_RELEASED: not self.application.whole,
            QualityFlag.GAP: bool(self._gaps.any()),
            QualityFlag.CLIP: signal.full_scale_n is not None
            and bool((self.indicated_n >= _FULL_SHARE * signal.full_scale_n).any()),
            QualityFlag.DRIFT: not -limit_n <= tare.drift_n <= limit_n,
        }
        return tuple(flag for flag, is_raised in raised.items() if is_raised)
