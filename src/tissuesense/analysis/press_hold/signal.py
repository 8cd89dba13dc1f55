"""What the analysis of one press is given: the cleaned columns of its recording and their grain."""

from dataclasses import dataclass

from tissuesense.core.arrays import FloatArray
from tissuesense.core.calibration import Calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class IndentationSignal:
    """Cleaned columns, shape (n,) each.

    Attributes
    ----------
    indicated_n
        As the gauge gave it.
    force_n
        Calibrated, without spikes, above the unloaded level.
    force_sd_n, displacement_sd_mm
        Noise of one sample.
    """

    t_s: FloatArray
    indicated_n: FloatArray
    force_n: FloatArray
    force_sd_n: float
    resolution_n: float
    displacement_mm: FloatArray | None
    displacement_sd_mm: float
    calibration: Calibration | None
    full_scale_n: float | None

    def calibration_u_n(self, step_n: float) -> float:
        """Return what the calibration leaves uncertain in a difference of forces."""
        if self.calibration is None:
            return 0.0
        low = float(self.indicated_n.min())
        return self.calibration.difference_uncertainty_n(low, low + step_n / self.calibration.gain)
