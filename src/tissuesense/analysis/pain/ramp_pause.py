"""How long a hand stood still on its way up: hesitation, told from a slip and from noise."""

import numpy as np

from tissuesense.analysis.numerics.slope import block_means
from tissuesense.core.arrays import FloatArray

# Slower than this share of the ramp is standing still.
STILL_SHARE = 0.1
_CALMED_OVER_S = 0.08
_FELL_SHARE = 0.05
_NOISES_OF_A_FALL = 8.0


def longest_pause_s(
    t_s: FloatArray, p_kpa: FloatArray, *, rate_kpa_s: float, step_s: float, noise_kpa: float
) -> float:
    """Return the time lost in the longest stretch that rises at less than a tenth of `rate_kpa_s`.

    Seen from a line that rises at a tenth of the rate, such a stretch ends no higher than it
    begins. Its length is what it takes beyond the time in which the ramp would have risen as far,
    so that a sample more or less at either end changes nothing.

    Parameters
    ----------
    t_s, p_kpa
        The ramp, shape (n,).
    step_s, noise_kpa
        Usual time between samples, and standard deviation of one.
    """
    # Means of a few neighbours calm the noise; what is lost at the ends is counted in the end.
    block = max(round(_CALMED_OVER_S / step_s), 1)
    x, y = block_means(t_s, p_kpa, max(t_s.size // block, 1))
    top = int(y.argmax()) + 1  # what comes after is the release, seen a little early
    x, y = x[:top], y[:top]
    if x.size < 3 or rate_kpa_s <= 0:  # noqa: PLR2004 - a stretch and what lies about it
        return 0.0
    above = y - STILL_SHARE * rate_kpa_s * x
    lowest_later = np.minimum.accumulate(above[::-1])[::-1]
    last = lowest_later.searchsorted(above, "right") - 1
    first = int((x[last] - x).argmax())
    end = int(last[first])
    if end == first:
        return 0.0
    stretch = y[first : end + 1]
    valley = first + int((np.maximum.accumulate(stretch) - stretch).argmax())
    peak = first + int(y[first : valley + 1].argmax())
    if y[peak] - y[valley] > max(_FELL_SHARE * y[peak], _NOISES_OF_A_FALL * noise_kpa):
        # Up to there the ramp rises, and from there it is built up again: no standing still.
        first, end = peak, valley
    else:
        first, end = max(first - 1, 0), min(end + 1, x.size - 1)
    rise = max(float(y[end] - y[first]), 0.0)
    return float(x[end] - x[first]) - rise / rate_kpa_s
