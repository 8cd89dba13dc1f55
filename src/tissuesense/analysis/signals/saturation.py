"""Where a gauge stopped following the force because it had come to its end."""

import numpy as np

from tissuesense.core.arrays import FloatArray

_AT_FULL_SCALE = 0.998
_SHORTEST_RUN_S = 0.05
_SHORTEST_RUN = 3
_SHARE_AT_END = 0.7
_GRAINS = 6.0


def saturated_from_s(
    t_s: FloatArray, indicated_n: FloatArray, *, full_scale_n: float | None, grain_n: float
) -> float | None:
    """Return when the reading came to the gauge's end; None when it never did.

    Known full scale: at the first of three samples at it. Unknown: where the reading stands exactly
    still at its highest while the force was rising too fast for that, given noise and resolution.

    Parameters
    ----------
    t_s, indicated_n
        One press as indicated, shape (n,).
    grain_n
        The larger of noise and resolution.
    """
    if indicated_n.size < 2 * _SHORTEST_RUN:
        return None
    if full_scale_n is not None:
        at_end = np.flatnonzero(indicated_n >= _AT_FULL_SCALE * full_scale_n)
        return float(t_s[at_end[0]]) if at_end.size >= _SHORTEST_RUN else None
    highest = float(indicated_n.max())
    at_end = np.flatnonzero(indicated_n >= highest - 1e-9)
    first, last = int(at_end[0]), int(at_end[-1])
    # Noise lets the reading touch the end and leave it again while the force passes it.
    mostly = at_end.size > _SHARE_AT_END * (last - first + 1)
    stood_s = float(t_s[last] - t_s[first])
    if at_end.size < _SHORTEST_RUN or not mostly or stood_s < _SHORTEST_RUN_S:
        return None
    before = np.searchsorted(t_s, t_s[first] - max(stood_s, 0.2))
    if first - before < 2:  # noqa: PLR2004 - the slope before it
        return None
    rise = float(indicated_n[first] - indicated_n[before]) / float(t_s[first] - t_s[before])
    return float(t_s[first]) if rise * stood_s > _GRAINS * max(grain_n, 1e-6) else None
