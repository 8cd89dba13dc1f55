"""Where the ramp of a press begins: after the toe, after a hand that rested on the skin."""

import numpy as np

from tissuesense.analysis.numerics.breakpoints import find_bend
from tissuesense.analysis.pain.ramp import PressedCurve
from tissuesense.analysis.pain.ramp_quality import robust_slope
from tissuesense.analysis.pain.readout import Stop

RAMP_FROM_SHARE = 0.2  # of the threshold: the contract's window of the ramp rate
_SHORTEST_REST_S = 0.3
_SLOWER_START_S = 0.5 * _SHORTEST_REST_S
_FEWEST_SAMPLES = 12
_RESTING_SLOPE_SHARE = 0.25
_HIGHEST_REST_SHARE = 0.6
_CLEARLY_TWO_LINES = 0.8


def ramp_start(curve: PressedCurve, stop: Stop) -> tuple[float, float]:
    """Return where the ramp passes 20 % of the threshold, and where its line starts from zero.

    A hand that rested on the skin at more than 20 % is left out: the ramp starts where it ends.
    """
    start = curve.crossing_s(RAMP_FROM_SHARE * stop.p_kpa, stop.t_s)
    start = float(curve.t_s[0]) if start is None else start
    start = _end_of_rest(curve, start, stop) or start
    early = robust_slope(curve, start, start + 0.35 * (stop.t_s - start))
    level = float(np.interp(start, curve.t_s, curve.smooth_kpa))
    onset = start - level / early if early and early > 0 else start
    return start, max(onset, float(curve.t_s[0]))


def _end_of_rest(curve: PressedCurve, start_s: float, stop: Stop) -> float | None:
    halfway_s = curve.crossing_s(_HIGHEST_REST_SHARE * stop.p_kpa, stop.t_s)
    # A rest makes the first two fifths of the threshold take longer than the last two, by its
    # length less what it rises at a quarter of the speed; without that there is none to look for.
    if halfway_s is not None and halfway_s - start_s < stop.t_s - halfway_s + _SLOWER_START_S:
        return None
    x, y = curve.part(start_s, stop.t_s)
    shortest = max(_SHORTEST_REST_S, 2 * curve.step_s)
    between = (start_s + shortest, stop.t_s - shortest)
    if x.size < _FEWEST_SAMPLES or between[0] >= between[1]:
        return None
    bend = find_bend(x, y, between, noise=curve.noise_kpa)
    rested = bend.slope_before < _RESTING_SLOPE_SHARE * bend.slope_after
    low = bend.value < _HIGHEST_REST_SHARE * stop.p_kpa
    return bend.t_s if rested and low and bend.gain > _CLEARLY_TWO_LINES else None
