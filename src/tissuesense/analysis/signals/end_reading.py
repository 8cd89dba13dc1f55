"""A signal at the two ends of a stretch, each read from a curve through the samples near it."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.local_fit import fit_linear, powers
from tissuesense.core.arrays import FloatArray

# Tissue relaxes fast at first: a parabola follows it for a few tenths of a second, a straight line
# serves at the end. The windows are as short as leaves enough samples to calm the noise.
_START_WINDOW_S = (0.3, 0.7)
_END_WINDOW_S = (0.6, 0.6)
_ENOUGH_SAMPLES = 30
_START_DEGREE = 2
_END_DEGREE = 1
_FEWEST_SAMPLES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class EndReading:
    """A signal at one end.

    Attributes
    ----------
    slope_per_s
        How fast it changes: what an error of the time is multiplied by.
    scatter, curve, hand
        Standard uncertainties: of the curve, by the scatter of the readings; of the curve's being
        right; and of what the hand did about the curve at this very instant.
    """

    value: float
    slope_per_s: float
    scatter: float
    curve: float
    hand: float = 0.0

    @property
    def u(self) -> float:
        """Standard uncertainty without that of the time."""
        return math.hypot(self.scatter, self.curve, self.hand)

    def u_with_time(self, time_u_s: float) -> float:
        """Return the standard uncertainty when that of the time is `time_u_s`."""
        return math.hypot(self.u, self.slope_per_s * time_u_s)


def read_ends(
    t_s: FloatArray, values: FloatArray, start_s: float, end_s: float, *, least_sd: float
) -> tuple[EndReading, EndReading] | None:
    """Read a signal at `start_s` and `end_s` from what lies between; None for too few samples."""
    first, stop = (int(i) for i in np.searchsorted(t_s, [start_s, end_s + 1e-9]))
    if stop - first < _FEWEST_SAMPLES:
        return None
    t, y = t_s[first:stop], values[first:stop]
    return (
        _read(t - start_s, y, _START_WINDOW_S, _START_DEGREE, least_sd),
        _read((t - end_s)[::-1], y[::-1], _END_WINDOW_S, _END_DEGREE, least_sd),
    )


def _read(
    away_s: FloatArray,
    values: FloatArray,
    window_s: tuple[float, float],
    degree: int,
    least_sd: float,
) -> EndReading:
    """Read a signal at 0; samples are ordered away from it, over `window_s` (least, most).

    The difference to what half the window says is taken for the error of the curve's shape.
    """
    shortest, longest = (int(np.count_nonzero(np.abs(away_s) <= window)) for window in window_s)
    n = max(min(max(shortest, _ENOUGH_SAMPLES), longest), min(_FEWEST_SAMPLES, away_s.size))
    degree = degree if n > 2 * _FEWEST_SAMPLES else 1
    whole = fit_linear(powers(away_s[:n], degree), values[:n], least_sd)
    half = whole
    if n // 2 > degree + 1:
        half = fit_linear(powers(away_s[: n // 2], degree), values[: n // 2], least_sd)
    return EndReading(
        value=float(whole.coefficients[0]),
        slope_per_s=float(whole.coefficients[1]),
        scatter=math.sqrt(max(float(whole.covariance[0, 0]), 0.0)),
        curve=math.fabs(float(half.coefficients[0] - whole.coefficients[0])),
        hand=beyond_noise(whole.residual_sd, least_sd, n),
    )


def beyond_noise(residual_sd: float, noise_sd: float, n: int) -> float:
    """Return how far a hand sways about the curve: what is left of the residuals without noise.

    A fit averages over the sway; the force at one instant holds it in full. A variance from `n`
    residuals is itself known to ``sqrt(2 / n)``: what lies within twice that may be noise.
    """
    noise = noise_sd**2
    beyond = residual_sd**2 - noise
    return math.sqrt(beyond) if beyond > 2 * math.sqrt(2 / n) * noise else 0.0
