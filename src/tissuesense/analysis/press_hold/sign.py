"""Which way round the columns of a press-and-hold recording are: pressing in counts as positive."""

import math

from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.core.arrays import FloatArray

_LEAST_RANGE_N = 2.5
_END_S = 0.3
_AT_THE_TOP, _PRESSED, _FREE = 0.9, 0.5, 0.25
_AGAINST_SHARE = 0.3


def force_is_upside_down(t_s: FloatArray, force_n: FloatArray, way_mm: FloatArray | None) -> bool:
    """Tell a force that is highest where nobody presses: as the recording begins and as it ends.

    One that begins and ends pressed in goes with its displacement.
    """
    share = _shares(force_n, least=_LEAST_RANGE_N)
    if share is None:
        return False
    begin, end = t_s <= t_s[0] + _END_S, t_s >= t_s[-1] - _END_S
    free_at_top = min(median(share[begin]), median(share[end])) > _AT_THE_TOP
    return free_at_top and (way_mm is None or _goes_against(share, way_mm))


def way_is_upside_down(force_n: FloatArray, way_mm: FloatArray) -> bool:
    """Tell a displacement that goes down while a force, itself the right way round, rises."""
    share = _shares(force_n, least=_LEAST_RANGE_N)
    return share is not None and _goes_against(share, way_mm)


def _goes_against(share: FloatArray, way_mm: FloatArray) -> bool:
    way = _shares(way_mm, least=math.ulp(1.0))
    if way is None:
        return False
    return median(way[share > _PRESSED]) < median(way[share < _FREE]) - _AGAINST_SHARE


def _shares(values: FloatArray, *, least: float) -> FloatArray | None:
    """Return values as shares of their range; None where that is less than `least`."""
    if values.size == 0:
        return None
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high - low > least else None
