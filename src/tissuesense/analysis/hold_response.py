"""The force during a hold: a smooth curve through all of it, read at its ends."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.local_fit import LinearFit, fit_linear, powers
from tissuesense.core.arrays import FloatArray

# Tissue relaxes over decades of time: a cubic in the logarithm of time follows one or several
# exponentials within the noise of a gauge. The unit of that logarithm is a share of the hold.
_LOG_UNIT_SHARE = 0.03
_SAMPLES_PER_COEFFICIENT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldResponse:
    """The force of a hold, from `start_s` on."""

    start_s: float
    end_s: float
    unit_s: float
    degree: int
    fit: LinearFit

    def basis(self, t_s: float) -> FloatArray:
        """Return the basis functions at `t_s`."""
        return powers(math.log1p(max(t_s - self.start_s, 0.0) / self.unit_s), self.degree)

    def at(self, t_s: float) -> float:
        """Return the force at `t_s`."""
        return self.fit.at(self.basis(t_s))

    @property
    def start_n(self) -> float:
        """Force at the start of the hold."""
        return self.at(self.start_s)

    @property
    def end_n(self) -> float:
        """Force at the end of the hold."""
        return self.at(self.end_s)

    @property
    def start_slope_n_s(self) -> float:
        """How fast the force changes at the start of the hold."""
        step = 0.02 * (self.end_s - self.start_s)
        return (self.at(self.start_s + step) - self.start_n) / step

    def ratio_variance(self) -> float:
        """Return the variance of end force / start force that scatter about the curve leaves."""
        start, end = self.basis(self.start_s), self.basis(self.end_s)
        gradient = (end - start * (self.end_n / self.start_n)) / self.start_n
        return max(self.fit.covariance_of(gradient, gradient), 0.0)


def fit_hold(
    t_s: FloatArray, force_n: FloatArray, start_s: float, end_s: float, *, least_sd: float
) -> HoldResponse | None:
    """Fit the samples between `start_s` and `end_s`; None for fewer than three of them."""
    first, stop = np.searchsorted(t_s, [start_s, end_s + 1e-9])
    n = int(stop - first)
    if n < 3:  # noqa: PLR2004 - a level and its scatter
        return None
    degree = min(3, n // _SAMPLES_PER_COEFFICIENT - 1)
    unit_s = max(_LOG_UNIT_SHARE * (end_s - start_s), 1e-3)
    logs = np.log1p(np.maximum(t_s[first:stop] - start_s, 0.0) / unit_s)
    fit = fit_linear(powers(logs, degree), force_n[first:stop], least_sd)
    return HoldResponse(start_s=start_s, end_s=end_s, unit_s=unit_s, degree=degree, fit=fit)
