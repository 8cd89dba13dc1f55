"""A press of any rising course that is then held, told from its force alone.

No hand presses at constant speed. The elastic response then rises by a spline: its rate is a
straight line between knots spread evenly over the ramp, and where the tissue's law ends and the
hand's speed begins is not asked. The rates are searched for with everything else, so that what
they leave open widens the intervals.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from tissuesense.analysis.viscoelastic.motion_response import fading_response_and_slope
from tissuesense.analysis.viscoelastic.relaxation_course import faded, time_constants
from tissuesense.core.arrays import FloatArray

_LARGEST_CODE = 20.0
_STRETCHES = 10
_SAMPLES_IN_A_STRETCH = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Swept:
    """A rise to an end that is searched for, then held.

    The shape is the end in s, then the logarithms of the rates at the knots, relative to that at
    the middle one, which is left out.
    """

    time_s: FloatArray
    shape: FloatArray
    contact_s: float
    shortest_s: float
    law: None = None
    law_at: None = None

    @classmethod
    def begun(cls, time_s: FloatArray, contact_s: float, end_s: float, shortest_s: float) -> Self:
        """Return it, the search to begin at a constant rate."""
        samples = int(np.count_nonzero((time_s > contact_s) & (time_s < end_s)))
        stretches = min(max(samples // _SAMPLES_IN_A_STRETCH, 2), _STRETCHES)
        shape = np.concatenate(([end_s], np.zeros(stretches)))
        return cls(time_s=time_s, shape=shape, contact_s=contact_s, shortest_s=shortest_s)

    def from_shape(self, shape: FloatArray) -> Self:
        """See `Course`."""
        return replace(self, shape=shape)

    def linear(self, shape: FloatArray) -> Self:
        """See `Course`."""
        return self.from_shape(shape)

    def rows(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `Course`."""
        taus = time_constants(theta[: theta.size - self.shape.size])
        shape = theta[taus.size :]
        # Up to the first sample at full depth the motion is followed; from there on all fades.
        full = int(np.searchsorted(self.time_s, self._end_s(shape)))
        full = min(max(full, 1), self.time_s.size - 1)
        ramp, hold = slice(0, full), slice(full, None)
        g = self._elastic(shape, self.time_s[: full + 1])
        phi = np.ones((taus.size + 1, self.time_s.size))
        d_phi = np.zeros((theta.size, *phi.shape))
        phi[0, ramp], d_phi[taus.size :, 0, ramp] = g[0, ramp], g[1:, ramp]
        for i, tau_s in enumerate(taus):
            h, slope = fading_response_and_slope(self.time_s[: full + 1], g, tau_s)
            u = (self.time_s[hold] - self.time_s[full]) / tau_s
            left = faded(u)
            phi[i + 1, ramp], phi[i + 1, hold] = h[0, ramp], h[0, full] * left
            d_phi[i, i + 1, ramp] = slope[ramp]
            d_phi[i, i + 1, hold] = (slope[full] + h[0, full] * u) * left
            d_phi[taus.size :, i + 1, ramp] = h[1:, ramp]
            np.multiply.outer(h[1:, full], left, out=d_phi[taus.size :, i + 1, hold])
        return phi, d_phi

    def responses(self, theta: FloatArray, at_s: FloatArray) -> FloatArray:
        """See `Course`."""
        every_s = np.union1d(self.time_s, at_s)
        rows = replace(self, time_s=every_s).rows(theta)[0]
        return rows[:, np.searchsorted(every_s, at_s)]

    def _end_s(self, shape: FloatArray) -> float:
        return max(float(shape[0]), self.contact_s + self.shortest_s)

    def _elastic(self, shape: FloatArray, at_s: FloatArray) -> FloatArray:
        """Return g, and its derivatives with respect to the shape, shape (1 + s, n)."""
        ramp_s = self._end_s(shape) - self.contact_s
        x = np.clip((at_s - self.contact_s) / ramp_s, 0.0, 1.0)
        middle = shape.size // 2
        rates = np.exp(np.clip(np.insert(shape[1:], middle, 0.0), -_LARGEST_CODE, _LARGEST_CODE))
        grown, hats = _hats(rates.size, x)
        whole = _hats(rates.size, np.ones(1))[0][:, 0]
        total = float(rates @ whole)
        g = rates @ grown / total
        by_log = rates[:, np.newaxis] * (grown - np.outer(whole, g)) / total
        rising = (x > 0) & (x < 1)
        by_end = -(rates @ hats) / total * x / ramp_s * rising
        return np.concatenate(([g, by_end], np.delete(by_log, middle, axis=0)))


def _hats(count: int, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what each of `count` hats over 0 to 1 adds up to until x, and is at x."""
    knots = np.linspace(0.0, 1.0, count)[:, np.newaxis]
    width = 1 / (count - 1)
    grown = _below_hat((x - knots) / width) - _below_hat(-knots / width)
    return width * grown, np.maximum(1 - np.abs(x - knots) / width, 0.0)


def _below_hat(y: FloatArray) -> FloatArray:
    y = np.clip(y, -1.0, 1.0)
    return np.asarray(0.5 + y - np.abs(y) * y / 2)
