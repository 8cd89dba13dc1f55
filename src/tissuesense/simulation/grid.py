"""The fine grid on which the simulated world stands and its truth is read."""

import numpy as np

from tissuesense.core.arrays import BoolArray, FloatArray

STEP_S = 0.001


def steps(seconds: float) -> int:
    """Return how many grid steps last `seconds`."""
    return round(seconds / STEP_S)


def first_true(mask: BoolArray) -> int | None:
    """Return the first index where the mask is true."""
    return int(np.argmax(mask)) if mask.any() else None


def travelled(speed: FloatArray) -> FloatArray:
    """Return the integral of a speed from 0, shape (n,)."""
    return np.concatenate(([0.0], np.cumsum(speed[:-1]))) * STEP_S


def padded(values: FloatArray, size: int) -> FloatArray:
    """Return `values` followed by zeros up to `size`."""
    return np.pad(values, (0, size - values.size))


def wandering(sd: float, tau_s: float, size: int, rng: np.random.Generator) -> FloatArray:
    """Return a stationary Ornstein-Uhlenbeck process on the grid, shape (size,)."""
    decay = float(np.exp(-STEP_S / tau_s))
    white = rng.standard_normal(size) * sd
    white[1:] *= np.sqrt(1 - decay**2)  # the first value is drawn from the stationary spread
    return fading(white, decay)


def fading(values: FloatArray, decay: float) -> FloatArray:
    """Return ``y[n] = decay y[n-1] + values[n]``, begun at rest, shape (n,)."""
    # Half a second to import, which whoever opens a real gauge should not wait for.
    from scipy.signal import lfilter  # noqa: PLC0415 - see above

    return np.asarray(lfilter([1.0], [1.0, -decay], values), dtype=np.float64)
