"""Value and speed of a sampled motion: polynomials about each instant, at any spacing of samples.

On even samples this is the filter of A. Savitzky and M. J. E. Golay, Anal Chem 36 (1964),
1627-1639; fitted anew at each place it needs neither an even step nor a record without gaps.
"""

from typing import NamedTuple

import numpy as np

from tissuesense.core.arrays import FloatArray

_CUBIC = 3
_FEWEST = 5
_RIDGE = 1e-12


class LocalMotion(NamedTuple):
    """Smoothed value, speed and the share of one sample's noise in each; every one of shape (m,).

    The noise of the speed is in the unit of the value per second, for white noise of deviation 1.
    """

    value: FloatArray
    speed: FloatArray
    value_gain: FloatArray
    speed_gain: FloatArray


def local_motion(
    t_s: FloatArray,
    values: FloatArray,
    at_s: FloatArray,
    half_width_s: float,
    *,
    degree: int = _CUBIC,
) -> LocalMotion:
    """Fit a polynomial to the samples within `half_width_s` of each instant, five at least.

    Parameters
    ----------
    t_s, values
        Samples at increasing times, shape (n,) with n >= 5.
    at_s
        Instants to read, shape (m,).
    degree
        3 follows a rounded peak better; 1 never overshoots where the motion begins or ends at once.
    """
    low = np.searchsorted(t_s, at_s - half_width_s, side="left")
    high = np.searchsorted(t_s, at_s + half_width_s, side="right")
    count = np.maximum(high - low, _FEWEST)
    first = np.clip((low + high - count) // 2, 0, t_s.size - count)
    here = np.arange(int(count.max()))
    inside = here < count[:, None]
    place = np.minimum(first[:, None] + here, t_s.size - 1)
    since_s = np.where(inside, t_s[place] - at_s[:, None], 0.0)
    scale = np.abs(since_s).max(axis=1)
    share = since_s / scale[:, None]
    design = np.empty((*share.shape, degree + 1))
    design[..., 0] = inside
    for power in range(degree):
        design[..., power + 1] = design[..., power] * share
    products = design.transpose(0, 2, 1) @ design + _RIDGE * np.eye(degree + 1)
    # Row 0 of the solution reads the value, row 1 the slope, each a weight for every sample.
    weights = np.linalg.inv(products)[:, :2] @ design.transpose(0, 2, 1)
    weights[:, 1] /= scale[:, None]
    read = (weights * values[place][:, None]).sum(axis=2)
    gain = np.sqrt(np.square(weights).sum(axis=2))
    return LocalMotion(read[:, 0], read[:, 1], gain[:, 0], gain[:, 1])
