"""The gauge: when it samples, and what it indicates for what it meets."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tissuesense.core.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """A force gauge that was never zeroed, with or without sensors of motion.

    Attributes
    ----------
    offset_n
        Indicated without any load.
    drift_n, drift_tau_s
        How far the zero creeps as the gauge warms up, and how soon.
    full_scale_n
        Forces beyond it are indicated as it.
    acceleration_offset_m_s2
        Indicated in free fall.
    jitter
        Standard deviation of a sampling instant over the sampling interval; times are stated
        truly.
    lost_share, doubled_share, spike_share
        Share of readings that never arrive, arrive twice, or are nonsense.
    """

    noise_n: float = 0.05
    resolution_n: float = 0.01
    offset_n: float = 0.35
    drift_n: float = 0.15
    drift_tau_s: float = 60.0
    full_scale_n: float = 200.0
    depth_noise_mm: float = 0.01
    depth_resolution_mm: float = 0.01
    acceleration_noise_m_s2: float = 0.05
    acceleration_offset_m_s2: float = 0.12
    acceleration_resolution_m_s2: float = 0.005
    angle_noise_deg: float = 0.2
    angle_resolution_deg: float = 0.01
    jitter: float = 0.02
    lost_share: float = 0.0
    doubled_share: float = 0.0
    spike_share: float = 0.0

    def sampling_times_s(
        self, first: int, count: int, rate_hz: float, rng: np.random.Generator
    ) -> FloatArray:
        """Return when samples `first` to `first` + `count` are taken, strictly increasing."""
        # Clipped well below half an interval, so that no two samples can change places.
        late = np.clip(self.jitter * rng.standard_normal(count), -0.4, 0.4)
        return np.maximum((first + np.arange(count) + late) / rate_hz, 0.0)

    def zero_n(self, t_s: FloatArray) -> FloatArray:
        """Return what the gauge says of nothing at each instant, shape (n,)."""
        return np.asarray(self.offset_n - self.drift_n * np.expm1(-t_s / self.drift_tau_s))

    def indicate(
        self, t_s: FloatArray, met: Mapping[str, FloatArray], rng: np.random.Generator
    ) -> dict[str, FloatArray]:
        """Return what the gauge says of all that it meets at each instant, by column."""
        # The order of the draws, and with it the samples of every seed, is older than the rest.
        how: Mapping[str, Callable[[FloatArray], FloatArray]] = {
            "displacement_mm": lambda values: self.indicate_depth(values, rng),
            "force_n": lambda values: self.indicate_force(t_s, values, rng),
            "acceleration_m_s2": lambda values: self.indicate_acceleration(values, rng),
            "angle_deg": lambda values: self.indicate_angle(values, rng),
        }
        return {column: say(met[column]) for column, say in how.items() if column in met}

    def indicate_force(
        self, t_s: FloatArray, force_n: FloatArray, rng: np.random.Generator
    ) -> FloatArray:
        """Return what the gauge says at each instant, shape (n,)."""
        noisy = force_n + self.zero_n(t_s) + self.noise_n * rng.standard_normal(t_s.size)
        rounded = _rounded(noisy + self._spikes(t_s.size, rng), self.resolution_n)
        return np.clip(rounded, -self.full_scale_n, self.full_scale_n)

    def indicate_depth(self, depth_mm: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Return what the depth scale says, shape (n,)."""
        noisy = depth_mm + self.depth_noise_mm * rng.standard_normal(depth_mm.size)
        return _rounded(noisy, self.depth_resolution_mm)

    def indicate_acceleration(
        self, acceleration_m_s2: FloatArray, rng: np.random.Generator
    ) -> FloatArray:
        """Return what the accelerometer says, shape (n,)."""
        size = acceleration_m_s2.size
        noise = self.acceleration_noise_m_s2 * rng.standard_normal(size)
        noisy = acceleration_m_s2 + self.acceleration_offset_m_s2 + noise
        return _rounded(noisy + self._spikes(size, rng), self.acceleration_resolution_m_s2)

    def indicate_angle(self, angle_deg: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Return what the inclinometer says, shape (n,)."""
        noisy = angle_deg + self.angle_noise_deg * rng.standard_normal(angle_deg.size)
        return _rounded(noisy + self._spikes(angle_deg.size, rng), self.angle_resolution_deg)

    def arriving(self, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
        """Return which of `count` readings arrive, in order; a doubled one stands there twice."""
        draw = rng.random(count)
        copies = np.ones(count, dtype=np.intp)
        copies[draw < self.lost_share] = 0
        copies[draw > 1.0 - self.doubled_share] = 2
        return np.repeat(np.arange(count), copies)

    def _spikes(self, size: int, rng: np.random.Generator) -> FloatArray:
        """Return what nonsense adds to each reading, shape (size,): 0 but for a few."""
        hit = rng.random(size) < self.spike_share
        blow = rng.choice((-1.0, 1.0), size) * rng.uniform(20.0, 80.0, size)
        return np.where(hit, blow, 0.0)


PERFECT_SENSOR = Sensor(
    noise_n=0.0,
    resolution_n=0.0,
    offset_n=0.0,
    drift_n=0.0,
    full_scale_n=math.inf,
    depth_noise_mm=0.0,
    depth_resolution_mm=0.0,
    acceleration_noise_m_s2=0.0,
    acceleration_offset_m_s2=0.0,
    acceleration_resolution_m_s2=0.0,
    angle_noise_deg=0.0,
    angle_resolution_deg=0.0,
    jitter=0.0,
)


def _rounded(values: FloatArray, resolution: float) -> FloatArray:
    return np.round(values / resolution) * resolution if resolution else values
