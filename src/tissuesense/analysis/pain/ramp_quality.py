"""Rules that judge one press: each gives a flag, and some reject the trial.

Limits are the usual defaults of pressure algometry with a hand-held gauge;
`docs/reference/flags.md` lists them in words.
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.analysis.numerics.slope import median_slope, theil_sen
from tissuesense.analysis.pain.ramp import PressedCurve
from tissuesense.analysis.pain.ramp_pause import longest_pause_s
from tissuesense.analysis.pain.readout import find_dip
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

_CV_WINDOW_S = 0.25
_MAD_TO_SD = 1.4826
_SHORTEST_SLIP_S = 0.02
_LONGEST_SLIP_S = 0.15
_NOISES_OF_A_SLIP = 7.0  # noise then is a fifth of the rate, and the limit four rates
# Nobody knows what the hand did in a longer silence: the press is void.
LONGEST_LOSS_S = 0.5
# Just before the stop less is enough to lose the value itself.
_LATE_S = 1.0
_LONGEST_LATE_LOSS_S = 0.25
_LOADED = 0.8  # of the peak
_LOST_STEPS = 3.0 * (1 + 1e-6)  # times as they are written are not exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something to say of a trial, and whether it costs the trial its acceptance."""

    flag: QualityFlag
    rejects: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RampFacts:
    """What the rules look at.

    Attributes
    ----------
    ramp_start_s, stop_s
        From 20 % of the threshold (or the end of a rest before it) to the threshold.
    raw_t_s
        Times of the samples of the press as they came, shape (n,).
    resting_kpa
        Mean pressure in the half second before the ramp.
    tilt_deg
        Of the gauge during the ramp, where it tells.
    """

    curve: PressedCurve
    onset_s: float
    ramp_start_s: float
    stop_s: float
    stop_kpa: float
    peak_kpa: float
    rate_kpa_s: float | None
    rate_20_80_kpa_s: float | None
    rate_cv: float | None
    target_rate_kpa_s: float | None
    release_s: float | None
    by_marker: bool
    raw_t_s: FloatArray
    usual_step_s: float
    resting_kpa: float
    drift_kpa: float
    drift_limit_kpa: float
    five_newton_kpa: float
    tilt_deg: float | None = None


def judge(facts: RampFacts) -> tuple[Remark, ...]:
    """Return every remark that the ramp earns, in the order of the rules."""
    remarks = (
        _rate(facts),
        _steadiness(facts),
        _straightness(facts),
        _dwell(facts),
        _dip_or_slip(facts),
        _overshoot(facts),
        _late_release(facts),
        _too_short(facts),
        _graded(QualityFlag.PRELOAD, facts.resting_kpa, warn=10.0, reject=30.0),
        _graded(QualityFlag.OFF_AXIS, facts.tilt_deg, warn=10.0, reject=np.inf),
        _lost_samples(facts),
        _slow_source(facts),
        _drift(facts),
    )
    return tuple(remark for remark in remarks if remark is not None)


def ramp_rate_cv(curve: PressedCurve, start_s: float, end_s: float) -> float | None:
    """Return the spread of the slopes of quarter-second stretches over their mean, noise removed.

    Parameters
    ----------
    start_s, end_s
        Where the ramp passes 20 % and 80 % of the threshold.
    """
    # Below 20 samples a second tremor looks like changes of rate; five samples average most of it.
    width = max(_CV_WINDOW_S, 5.5 * curve.step_s)
    count = int((end_s - start_s) / width)
    if count < 3:  # noqa: PLR2004 - a spread of fewer says nothing
        return None
    slopes, spreads = _slopes(curve, start_s + width * np.arange(count + 1.0))
    if slopes.size < 3 or (mean := float(slopes.mean())) <= 0:  # noqa: PLR2004 - as above
        return None
    off = slopes - mean
    by_noise = curve.noise_kpa**2 * float((1 / spreads).mean())
    true_variance = max(float(off @ off) / (slopes.size - 1) - by_noise, 0.0)
    return math.sqrt(true_variance) / mean


def _slopes(curve: PressedCurve, edges_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the least-squares slope between each two edges with three samples or more.

    Beside it the spread of the times, which the square of the noise over gives its variance.
    """
    edges = curve.t_s.searchsorted(edges_s)
    enough = edges[1:] - edges[:-1] >= 3  # noqa: PLR2004 - a slope and its error
    if not enough.any():
        return np.empty(0), np.empty(0)
    x, y = curve.t_s[edges[0] : edges[-1]] - edges_s[0], curve.p_kpa[edges[0] : edges[-1]]
    starts = edges[:-1][enough] - edges[0]
    stops = edges[1:][enough] - edges[0]
    sums = np.zeros((4, x.size + 1))
    sums[0, :-1], sums[1, :-1] = x, y
    np.multiply(x, x, out=sums[2, :-1])
    np.multiply(x, y, out=sums[3, :-1])
    within = np.add.reduceat(sums, np.column_stack((starts, stops)).ravel(), axis=1)[:, ::2]
    sum_x, sum_y, squares, along = within
    n = stops - starts
    spreads = squares - sum_x * sum_x / n
    return (along - sum_x * sum_y / n) / spreads, spreads


def _graded(flag: QualityFlag, value: float | None, *, warn: float, reject: float) -> Remark | None:
    if value is None or value <= warn:
        return None
    return Remark(flag=flag, rejects=value > reject)


def _rate(facts: RampFacts) -> Remark | None:
    if facts.target_rate_kpa_s is None or facts.rate_20_80_kpa_s is None:
        return None
    error = abs(facts.rate_20_80_kpa_s / facts.target_rate_kpa_s - 1)
    return _graded(QualityFlag.RATE_MEAN, error, warn=0.20, reject=0.40)


def _steadiness(facts: RampFacts) -> Remark | None:
    return _graded(QualityFlag.RATE_CV, facts.rate_cv, warn=0.25, reject=0.50)


def _straightness(facts: RampFacts) -> Remark | None:
    x, y = facts.curve.part(facts.ramp_start_s, facts.stop_s)
    if x.size < 4 or facts.rate_kpa_s is None:  # noqa: PLR2004 - a line with something left over
        return None
    residual = y - facts.rate_kpa_s * x
    spread = _MAD_TO_SD * median(np.abs(residual - median(residual)))
    bend = math.sqrt(max(spread**2 - facts.curve.noise_kpa**2, 0.0))
    return _graded(QualityFlag.NONLINEAR, bend / facts.peak_kpa, warn=0.03, reject=0.08)


def _dwell(facts: RampFacts) -> Remark | None:
    """Hesitation: the pressure hardly rises for a while, then goes on."""
    if facts.rate_kpa_s is None:
        return None
    curve = facts.curve
    x, y = curve.part(facts.ramp_start_s, facts.stop_s)
    paused = longest_pause_s(
        x, y, rate_kpa_s=facts.rate_kpa_s, step_s=curve.step_s, noise_kpa=curve.noise_kpa
    )
    return _graded(QualityFlag.DWELL, paused, warn=0.4, reject=1.0)


def _dip_or_slip(facts: RampFacts) -> Remark | None:
    """Find a fall within the ramp: fast, the tip slipped; else it was seated again."""
    dip = find_dip(facts.curve, facts.ramp_start_s, facts.stop_s)
    if dip is None or facts.rate_kpa_s is None:
        return None
    before, valley, after = dip
    fall = before - valley
    noise = facts.curve.noise_kpa
    if fall < max(0.05 * before, 8 * noise) or after < valley + 0.5 * fall:
        return None
    steepest = _steepest_fall(facts)
    if fall > max(0.08 * before, 10.0) and steepest > 4 * facts.rate_kpa_s:
        return Remark(flag=QualityFlag.SLIP, rejects=True)
    if fall > facts.five_newton_kpa:
        return Remark(flag=QualityFlag.DIP, rejects=True)
    return None


def _steepest_fall(facts: RampFacts) -> float:
    """Return how fast the pressure falls at most, over as short a time as noise allows."""
    rate, noise = facts.rate_kpa_s or 0.0, facts.curve.noise_kpa
    over_s = min(
        max(_SHORTEST_SLIP_S, _NOISES_OF_A_SLIP * noise / max(rate, 1e-9)), _LONGEST_SLIP_S
    )
    reach = max(1, int(over_s / facts.curve.step_s))
    x, y = facts.curve.part(facts.ramp_start_s, facts.stop_s)
    if x.size <= reach:
        return 0.0
    return float(-((y[reach:] - y[:-reach]) / (x[reach:] - x[:-reach])).min())


def _overshoot(facts: RampFacts) -> Remark | None:
    if not facts.by_marker:
        return None
    excess = (facts.peak_kpa - facts.stop_kpa) / facts.stop_kpa
    return _graded(QualityFlag.OVERSHOOT, excess, warn=0.15, reject=0.30)


def _late_release(facts: RampFacts) -> Remark | None:
    if not facts.by_marker or facts.release_s is None:
        return None
    return _graded(
        QualityFlag.LATE_RELEASE, facts.release_s - facts.stop_s, warn=0.5, reject=np.inf
    )


def _too_short(facts: RampFacts) -> Remark | None:
    short = facts.stop_s - facts.onset_s < 0.8 or facts.peak_kpa < 20.0  # noqa: PLR2004
    return Remark(flag=QualityFlag.EARLY_RELEASE, rejects=True) if short else None


def _lost_samples(facts: RampFacts) -> Remark | None:
    t = facts.raw_t_s
    steps = t[1:] - t[:-1]
    let_go_s = max(facts.stop_s, facts.release_s or facts.stop_s)
    # While the hand still holds, nobody saw it let go, wherever the release was read off.
    loaded = np.interp(t[:-1], facts.curve.t_s, facts.curve.p_kpa) >= _LOADED * facts.peak_kpa
    before_release = loaded | (t[:-1] < let_go_s)
    wide = (t[1:] > facts.ramp_start_s) & before_release
    wide &= steps > _LOST_STEPS * facts.usual_step_s
    if not wide.any():
        return None
    # Without a signal what is lost up to the release may hold the stop itself.
    on_ramp = wide & (t[:-1] < facts.stop_s) if facts.by_marker else wide
    late = on_ramp & (t[1:] > facts.stop_s - _LATE_S)
    lost_late = bool(steps[late].max(initial=0.0) > _LONGEST_LATE_LOSS_S)
    lost = bool(steps[on_ramp].max(initial=0.0) > LONGEST_LOSS_S)
    return Remark(flag=QualityFlag.DROP, rejects=lost_late or lost)


def _slow_source(facts: RampFacts) -> Remark | None:
    if facts.rate_kpa_s is None:
        return None
    per_sample = facts.rate_kpa_s * facts.usual_step_s
    return _graded(QualityFlag.SAMPLE_RATE, per_sample, warn=5.0, reject=np.inf)


def _drift(facts: RampFacts) -> Remark | None:
    moved = abs(facts.drift_kpa)
    if moved <= facts.drift_limit_kpa:
        return None
    return Remark(flag=QualityFlag.DRIFT, rejects=moved > 0.02 * facts.peak_kpa)


def robust_slope(curve: PressedCurve, start_s: float, end_s: float) -> float | None:
    """Return the Theil-Sen slope between two times alone; None with too few samples."""
    return median_slope(*curve.part(start_s, end_s))


def robust_rate(curve: PressedCurve, start_s: float, end_s: float) -> Estimate | None:
    """Return the Theil-Sen slope between two times; None with too few samples."""
    outcome = theil_sen(*curve.part(start_s, end_s), unit="kPa/s")
    return outcome if isinstance(outcome, Estimate) else None
