"""How far and how fast a hand glides along the skin.

The path is the sum of the ways from one turning point to the next. Back-and-forth movement of less
than 2 mm is a hand's own unrest and the sensor's noise, and no travel: adding up every step of the
samples would make the path longer the faster the sensor is read.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from tissuesense.analysis.signals.cleaning import binned, clean
from tissuesense.core.arrays import FloatArray

_UNREST_MM = 2.0
_UNREST_SDS = 6.0
_BIN_S = 0.1
_WANTED_SD_MM = 0.1
_WIDEST_S = 0.5
_SPEED_OVER_S = 1.0
_SLOWEST_MM_S, _MOVING_SHARE = 0.3, 0.25
_FEWEST = 5
# Of the range of the force, within a tenth of a second: the hand presses or lets go.
_PRESSING_SHARE = 0.02
_MOSTLY = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """A way along the skin.

    Attributes
    ----------
    mm
        Path, there and back added up.
    mm_s
        Mean speed while it moves; 0 where it does not.
    """

    mm: float
    mm_s: float


def find_travel(t_s: FloatArray, way_mm: FloatArray) -> Travel | None:
    """Return the travel in a position along the skin, shape (n,); None for too few samples."""
    from scipy.signal import find_peaks  # noqa: PLC0415 - loads all of scipy.stats

    if t_s.size < _FEWEST:
        return None
    signal = clean(t_s, way_mm)
    t, way = binned(t_s, signal.values, _BIN_S)
    sd = signal.noise / math.sqrt(t_s.size / t.size)
    step = float(t[-1] - t[0]) / max(t.size - 1, 1)
    width = min(math.ceil((sd / _WANTED_SD_MM) ** 2), max(1, round(_WIDEST_S / step))) or 1
    way = uniform_filter1d(way, width, mode="nearest")
    unrest = max(_UNREST_MM, _UNREST_SDS * sd / math.sqrt(width))
    turns = np.sort(np.concatenate([find_peaks(s * way, prominence=unrest)[0] for s in (1, -1)]))
    path = np.diff(way[[0, *turns, -1]])
    mm = float(np.maximum(path, -path).sum())
    return Travel(mm=mm, mm_s=_speed(t, way, mm)) if mm >= unrest else Travel(mm=0.0, mm_s=0.0)


def goes_with_pressing(t_s: FloatArray, way_mm: FloatArray, force_n: FloatArray) -> bool:
    """Tell a depth, which goes in and out with the force, from a way along the skin."""
    if t_s.size < _FEWEST:
        return False
    _, way = binned(t_s, way_mm, _BIN_S)
    _, force = binned(t_s, force_n, _BIN_S)
    steps, pressing = np.abs(np.diff(way)), np.abs(np.diff(force))
    with_it = float(steps[pressing > _PRESSING_SHARE * np.ptp(force)].sum())
    return with_it > _MOSTLY * float(steps.sum())


def _speed(t_s: FloatArray, way_mm: FloatArray, mm: float) -> float:
    """Return the travel over the time for which the hand moves."""
    half = _SPEED_OVER_S / 2
    early, late = np.maximum(t_s - half, t_s[0]), np.minimum(t_s + half, t_s[-1])
    speed = (np.interp(late, t_s, way_mm) - np.interp(early, t_s, way_mm)) / (late - early)
    speed = np.maximum(speed, -speed)
    limit = max(_SLOWEST_MM_S, _MOVING_SHARE * float(np.quantile(speed, 0.9)))
    moving = np.count_nonzero(speed >= limit) / t_s.size * float(t_s[-1] - t_s[0])
    return mm / moving if moving > 0 else 0.0
