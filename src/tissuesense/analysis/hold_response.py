"""The force at the two ends of a hold, each read from a curve through the samples near it."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.local_fit import fit_linear, powers
from tissuesense.core.arrays import FloatArray

# Tissue relaxes fast at first: a parabola over less than a second follows it, a straight line
# serves at the end. Both are short beside the sway of a hand.
_START_WINDOW_S = 0.7
_END_WINDOW_S = 0.6
_START_DEGREE = 2
_END_DEGREE = 1
_FEWEST_SAMPLES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class EndReading:
    """Force at one end of a hold.

    Attributes
    ----------
    scatter_n, curve_n
        Standard uncertainties: of the readings about the curve, and of the curve's being right.
    slope_n_s
        How fast the force changes: what an error of the time is multiplied by.
    """

    force_n: float
    slope_n_s: float
    scatter_n: float
    curve_n: float

    @property
    def u_n(self) -> float:
        """Standard uncertainty without that of the time."""
        return math.hypot(self.scatter_n, self.curve_n)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldResponse:
    """Force where a hold starts and where it ends."""

    start: EndReading
    end: EndReading


def read_hold(
    t_s: FloatArray, force_n: FloatArray, start_s: float, end_s: float, *, least_sd: float
) -> HoldResponse | None:
    """Read the force at `start_s` and `end_s`; None when there are too few samples between."""
    first, stop = (int(i) for i in np.searchsorted(t_s, [start_s, end_s + 1e-9]))
    if stop - first < _FEWEST_SAMPLES:
        return None
    inside_s, inside_n = t_s[first:stop], force_n[first:stop]
    return HoldResponse(
        start=_read(inside_s - start_s, inside_n, _START_WINDOW_S, _START_DEGREE, least_sd),
        end=_read((inside_s - end_s)[::-1], inside_n[::-1], -_END_WINDOW_S, _END_DEGREE, least_sd),
    )


def _read(
    away_s: FloatArray, force_n: FloatArray, window_s: float, degree: int, least_sd: float
) -> EndReading:
    """Read the force at 0; samples are ordered away from it, over `window_s` at most.

    Half the difference to what half the window says is taken for the error of the curve's shape.
    """
    within = int(np.count_nonzero(away_s / window_s <= 1))
    n = min(max(within, _FEWEST_SAMPLES), away_s.size)
    degree = degree if n > 2 * _FEWEST_SAMPLES else 1
    whole = fit_linear(powers(away_s[:n], degree), force_n[:n], least_sd)
    half = whole
    if n // 2 > degree + 1:
        half = fit_linear(powers(away_s[: n // 2], degree), force_n[: n // 2], least_sd)
    return EndReading(
        force_n=float(whole.coefficients[0]),
        slope_n_s=float(whole.coefficients[1]),
        scatter_n=math.sqrt(max(float(whole.covariance[0, 0]), 0.0)),
        curve_n=math.fabs(float(half.coefficients[0] - whole.coefficients[0])) / 2,
    )
