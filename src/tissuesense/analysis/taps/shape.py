"""How far a tapped tissue gave way, how stiff it is for that, and how soon it had its shape back.

Acceleration integrated twice is the way, but for two constants. Here they are those of the end: the
swing after the release comes to rest at the level that it swings about, so its way is the closed
form ``Re(c / z**2 exp(z t))`` of an acceleration ``Re(c exp(z t))``. Before the release the samples
are integrated, by trapezoids, back from there.

Stiffness is mass times the first peak of the acceleration that brings the probe back, over the
deepest deformation: for a swing that is free from its turning point on, the stiffness of the spring
times ``exp(2 phi tan phi)``, ``tan phi`` being decay rate over angular frequency.
"""

import cmath
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tissuesense.analysis.taps.damped_oscillation import DampedOscillation
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quantity import Estimate

_FIRST_S = 0.004  # what the probe does at once tells which way it is pushed
_STEP = 1e-5  # of numerical derivatives, relative, and in s


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What came before the free swing.

    Attributes
    ----------
    onset_s, onset_u_s
        When it began.
    t_s, acceleration
        Samples from then to the release, without the level, shape (n,).
    release_s, release_u_s
        When it ended: after the last of these samples, before the next.
    """

    onset_s: float
    onset_u_s: float
    t_s: FloatArray
    acceleration: FloatArray
    release_s: float
    release_u_s: float

    @property
    def inward(self) -> float:
        """Sign of an acceleration into the tissue: that with which the probe begins to move."""
        first = self.acceleration[self.t_s <= self.t_s[0] + _FIRST_S]
        return math.copysign(1.0, float(first.sum()))


class TapShape(NamedTuple):
    """What the way of the probe tells.

    Attributes
    ----------
    deformation_mm
        The deepest.
    peak_m_s2
        First peak of the acceleration that brings the probe back.
    stiffness_per_kg
        Stiffness over mass, 1/s2.
    recovery_time_s, recovery_ratio
        From the deepest deformation to the shape before; the same over the time that it took to
        get there.
    recovery_from_peak_s, recovery_from_peak_ratio
        Likewise, from the peak of the acceleration.
    unrecovered_mm
        By how much the tissue stays deeper than it was.
    """

    deformation_mm: Estimate
    peak_m_s2: Estimate
    stiffness_per_kg: Estimate
    recovery_time_s: Estimate
    recovery_ratio: Estimate
    recovery_from_peak_s: Estimate
    recovery_from_peak_ratio: Estimate
    unrecovered_mm: Estimate


_UNITS = ("mm", "m/s2", "1/s2", "s", "1", "s", "1", "mm")


def tap_shape(swing: DampedOscillation, push: Push) -> TapShape | None:
    """Return what the way of the probe tells; None where it did not go into the tissue."""
    best = np.array(
        [
            swing.decay_per_s,
            swing.angular_per_s,
            push.inward * swing.cosine,
            push.inward * swing.sine,
            push.release_s - swing.start_s,
            push.onset_s - swing.start_s,
        ]
    )
    values = _told(best, swing.start_s, push)
    if values[0] <= 0 or values[1] <= 0:
        return None
    size = math.hypot(best[2], best[3])
    # The release may be anywhere between two samples: try both ends.
    ends_s = math.sqrt(3) * push.release_u_s
    steps = np.array([_STEP * best[0], _STEP * best[1], _STEP * size, _STEP * size, ends_s, _STEP])
    shifted = [
        (_told(best + step, swing.start_s, push), _told(best - step, swing.start_s, push))
        for step in np.diag(steps)
    ]
    slopes = np.array([more - less for more, less in shifted]) / (2 * steps[:, None])
    of_swing = np.sqrt(np.einsum("in,ij,jn->n", slopes[:4], swing.covariance, slopes[:4]))
    estimates = [
        Estimate.from_budget(
            float(value),
            {
                "swing": float(u),
                "release": abs(float(by_release)) * push.release_u_s,
                "onset": abs(float(by_onset)) * push.onset_u_s,
            },
            unit=unit,
            dof={"swing": swing.dof},
        )
        for value, u, by_release, by_onset, unit in zip(
            values, of_swing, slopes[4], slopes[5], _UNITS, strict=True
        )
    ]
    return TapShape._make(estimates)


@dataclass(frozen=True, slots=True)
class _Free:
    """A free swing ``Re(c exp(z t))``, positive into the tissue."""

    c: complex
    z: complex

    def at(self, t_s: float, integrals: int = 0) -> float:
        """Return the acceleration, the speed (one integral) or the way (two)."""
        return (self.c / self.z**integrals * cmath.exp(self.z * t_s)).real

    def falls_s(self, after_s: float, integrals: int) -> float:
        """Return when the acceleration, integrated so many times, next falls through 0."""
        phase = cmath.phase(self.c / self.z**integrals)
        turn = (math.pi / 2 - phase - self.z.imag * after_s) % (2 * math.pi)
        return after_s + turn / self.z.imag


def _pushed(
    free: _Free, release_s: float, start_s: float, push: Push
) -> tuple[FloatArray, FloatArray]:
    """Return speed and way at the samples of the push and at the release, shape (n + 1,)."""
    t_s = np.append(push.t_s - start_s, release_s)
    acceleration = push.inward * np.append(push.acceleration, push.acceleration[-1])
    steps_s = np.diff(t_s)
    gained = (acceleration[1:] + acceleration[:-1]) / 2 * steps_s
    speed = np.append(-np.cumsum(gained[::-1])[::-1], 0.0) + free.at(release_s, 1)
    # Exact for an acceleration that is a straight line between two samples.
    gone = (speed[:-1] + speed[1:]) / 2 * steps_s - np.diff(acceleration) * steps_s**2 / 12
    return speed, np.append(-np.cumsum(gone[::-1])[::-1], 0.0) + free.at(release_s, 2)


def _told(parameters: FloatArray, start_s: float, push: Push) -> FloatArray:
    """Return the numbers of `TapShape`."""
    decay, angular, cosine, sine, release_s, onset_s = map(float, parameters)
    free = _Free(complex(cosine, -sine), complex(-decay, angular))
    speed, way = _pushed(free, release_s, start_s, push)
    turn_s = free.falls_s(release_s, 1)
    deformation = free.at(turn_s, 2)
    if way.max() > deformation:  # it turned while it was pushed
        deepest = int(np.argmax(way))
        turn_s = release_s if deepest == push.t_s.size else float(push.t_s[deepest]) - start_s
        deformation = float(way[deepest])
    back_s = free.falls_s(max(turn_s, release_s), 2)
    # Outwards the acceleration is highest where its slope rises through 0: that of the opposite
    # swing falls there.
    peak_s = _Free(-free.c, free.z).falls_s(release_s, -1)
    if free.at(release_s) < free.at(peak_s):
        peak_s = release_s
    peak = -free.at(peak_s)
    at_onset = float(way[0]) - float(speed[0]) * (float(push.t_s[0]) - start_s - onset_s)
    return np.array(
        [
            1e3 * deformation,
            peak,
            peak / deformation if deformation else 0.0,
            back_s - turn_s,
            (back_s - turn_s) / (turn_s - onset_s),
            back_s - peak_s,
            (back_s - peak_s) / (peak_s - onset_s),
            -1e3 * at_onset,
        ]
    )
