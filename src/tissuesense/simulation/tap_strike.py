"""One tap on a simulated muscle: a probe that rests on the skin is pushed for a moment and let go.

Probe and tissue swing as one mass on a spring with a dashpot, which a constant force pushes for
`PUSH_S`. With x towards the body, ``s = decay rate``, ``w = angular frequency`` and the answer to a
force that stays, ``b(t) = (F / m) exp(-s t) (cos w t - (s / w) sin w t)``, the acceleration is
``b(t)`` during the push and ``b(t) - b(t - PUSH_S)`` after it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.simulation.subjects import SiteTruth

PUSH_S = 0.015
TAP_MASS_KG = 0.034  # probe and what swings with it
_PUSH_N, _PRELOAD_N = 0.40, 0.18
_SECONDS = 1.2
_ONSET_S = (0.25, 0.35)
_GRAVITY_M_S2 = 9.80665
_TILT_SD_RAD = 0.05
# A relaxed muscle of ordinary firmness: 15 Hz and a decrement of 1.2 with this mass.
_SPRING_N_M, _DECREMENT = 313.0, 1.2
# From tap to tap, natural logarithm: a coefficient of variation of a percent or two is usual.
_SPRING_SPREAD_LN, _DECREMENT_SPREAD_LN = 0.015, 0.02
_FINE_S = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class TapTruth:
    """What is true of one tap; seconds are of session time.

    Attributes
    ----------
    index
        Which tap of the session, from 1.
    log_decrement
        Natural logarithm of the ratio of peaks one period apart.
    spring_n_m
        Stiffness of the spring itself.
    stiffness_n_m
        Mass times the highest upward acceleration over the deepest deformation, which is more than
        that of the spring the more the swing is damped.
    recovery_time_s, recovery_ratio
        From the deepest deformation to the shape before; the same over the time that it took to
        get there.
    """

    index: int
    onset_s: float
    release_s: float
    frequency_hz: float
    log_decrement: float
    mass_kg: float
    spring_n_m: float
    stiffness_n_m: float
    deformation_mm: float
    recovery_time_s: float
    recovery_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TapStrike:
    """A mass on a spring with a dashpot, pushed once.

    Attributes
    ----------
    index
        Which tap of the session, from 0.
    tilt_rad
        Of the probe from the vertical: how much of gravity its accelerometer feels.
    """

    index: int
    onset_s: float
    mass_kg: float
    spring_n_m: float
    log_decrement: float
    tilt_rad: float

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return _SECONDS

    def at(self, t_s: FloatArray) -> Mapping[str, FloatArray]:
        """Return acceleration, with gravity as an accelerometer feels it, and force on the probe.

        Both are positive towards the body.
        """
        since_s = t_s - self.onset_s
        pushed = (since_s >= 0) & (since_s < PUSH_S)
        gravity = _GRAVITY_M_S2 * math.cos(self.tilt_rad)
        return {
            "acceleration_m_s2": self._acceleration(since_s) - gravity,
            "force_n": np.where(pushed, _PRELOAD_N + _PUSH_N, _PRELOAD_N),
        }

    def truth(self, start_s: float) -> TapTruth:
        """Return what an analysis should find, the tap's piece beginning at `start_s`."""
        s, w = self._decay
        fine_s = np.arange(0.0, PUSH_S + 2.0 * math.pi / w, _FINE_S)
        way_m = self._way(fine_s)
        deepest = int(np.argmax(way_m))
        back = deepest + int(np.argmax(way_m[deepest:] <= 0.0))
        after = fine_s >= PUSH_S
        upward_m_s2 = -float(self._acceleration(fine_s[after]).min())
        recovery_s = float(fine_s[back] - fine_s[deepest])
        return TapTruth(
            index=self.index + 1,
            onset_s=start_s + self.onset_s,
            release_s=start_s + self.onset_s + PUSH_S,
            frequency_hz=w / (2 * math.pi),
            log_decrement=2 * math.pi * s / w,
            mass_kg=self.mass_kg,
            spring_n_m=self.spring_n_m,
            stiffness_n_m=self.mass_kg * upward_m_s2 / float(way_m[deepest]),
            deformation_mm=1e3 * float(way_m[deepest]),
            recovery_time_s=recovery_s,
            recovery_ratio=recovery_s / float(fine_s[deepest]),
        )

    @property
    def _decay(self) -> tuple[float, float]:
        """Decay rate and angular frequency, both a second."""
        damping = self.log_decrement / math.hypot(2 * math.pi, self.log_decrement)
        undamped = math.sqrt(self.spring_n_m / self.mass_kg)
        return damping * undamped, math.sqrt(1 - damping**2) * undamped

    def _acceleration(self, t_s: FloatArray) -> FloatArray:
        return self._answer(t_s) - self._answer(t_s - PUSH_S)

    def _answer(self, t_s: FloatArray) -> FloatArray:
        """Return the acceleration under a force that stays from time 0 on."""
        s, w = self._decay
        t = np.maximum(t_s, 0.0)
        swing = np.exp(-s * t) * (np.cos(w * t) - s / w * np.sin(w * t))
        return np.where(t_s >= 0, _PUSH_N / self.mass_kg * swing, 0.0)

    def _way(self, t_s: FloatArray) -> FloatArray:
        """Return how far the probe has sunk in, in m."""
        s, w = self._decay

        def sunk(t_s: FloatArray) -> FloatArray:
            t = np.maximum(t_s, 0.0)
            swing = np.exp(-s * t) * (np.cos(w * t) + s / w * np.sin(w * t))
            return np.asarray(_PUSH_N / self.spring_n_m * (1 - swing))

        return sunk(t_s) - sunk(t_s - PUSH_S)


def tap_strike(place: SiteTruth, index: int, rng: np.random.Generator) -> TapStrike:
    """Tap once on a muscle whose spring is as firm as the place; `index` counts from 0."""
    spring, decrement, tilt = rng.standard_normal(3)
    return TapStrike(
        index=index,
        onset_s=rng.uniform(*_ONSET_S),
        mass_kg=TAP_MASS_KG,
        spring_n_m=_SPRING_N_M * place.firmness * math.exp(_SPRING_SPREAD_LN * spring),
        log_decrement=_DECREMENT * math.exp(_DECREMENT_SPREAD_LN * decrement),
        tilt_rad=_TILT_SD_RAD * tilt,
    )
