"""What the readings of a gauge that nobody touches say of it: noise, grain, zero, drift, timing.

The readings that count are those near the level where the gauge stood most: a touch in between,
or a press, is left out and told. Drift is the Theil-Sen slope of what is left (`slope.py`).
"""

from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.slope import theil_sen
from tissuesense.analysis.signals.cleaning import noise_of, resolution_of
from tissuesense.core.arrays import BoolArray, FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome
from tissuesense.core.timebase import usual_rate_hz
from tissuesense.core.trace import ClockSource, Trace

FEWEST_SAMPLES = 10
# A ramp of 50 kPa/s rises by 5 kPa in this time; a shorter wait is how readings arrive.
LONGEST_WAIT_S = 0.1
_GAP_STEPS = 3.0
# The level at which a gauge stood for this share of the time is its unloaded one.
_DENSEST_SHARE = 0.25
# A warm-up moves a gauge by less than this in the seconds of a probe, a finger by more.
_NEAR_N = 0.5
_OUTLYING_SDS = 6.0
_MAD_TO_SD = 1.4826  # for a normal distribution
# Rest for less than this share of the time means that somebody touched the gauge.
_AT_REST_SHARE = 0.9
# Readings of a gauge without a visible grain hardly ever repeat.
_REPEATS = 0.5
_PER_MINUTE = 60.0

_PUSH_N = 3.0
_PUSH_SDS = 20.0
_PUSH_LASTS_S = 0.15
_PUSH_READINGS = 2  # of a gauge so slow that the time alone would be one reading


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRest:
    """A gauge at rest; what the readings cannot tell is None.

    Attributes
    ----------
    samples, duration_s
        Of the whole trace.
    rate_hz
        Samples a second outside gaps; None for fewer than two samples.
    jitter_s
        Standard deviation of the time from one reading to the next, gaps left out.
    longest_step_s
        Longest time from one reading to the next.
    zero_n
        Median of the unloaded force.
    noise_n
        Standard deviation about the drifting zero, outliers left out; never below that of the
        grain, step / sqrt(12).
    step_n
        Smallest step between readings, where one is to be seen.
    drift_n_per_min
        Newtons a minute with its uncertainty, or why there is none.
    rest_share
        Share of the readings that were unloaded.
    """

    samples: int
    duration_s: float
    rate_hz: float | None
    jitter_s: float | None
    longest_step_s: float | None
    zero_n: float | None
    noise_n: float | None
    step_n: float | None
    drift_n_per_min: Outcome
    rest_share: float

    @property
    def touched(self) -> bool:
        """Whether something other than the zero's own drift moved the reading."""
        return self.rest_share < _AT_REST_SHARE

    @property
    def constant(self) -> bool:
        """Whether the reading did not change once, so that its noise cannot be told."""
        return self.zero_n is not None and self.noise_n is None


def at_rest(trace: Trace) -> AtRest:
    """Return what the trace of an unloaded gauge says of it.

    Raises
    ------
    UsageError
        When the trace has no force.
    """
    if trace.force_n is None:
        raise UsageError("A trace without a force says nothing of a gauge.")
    t_s, force_n = trace.t_s, trace.force_n
    steps_s = np.diff(t_s)
    rate_hz = _rate_hz(steps_s, trace.clock) if steps_s.size else None
    figures = AtRest(
        samples=trace.size,
        duration_s=trace.duration_s,
        rate_hz=rate_hz,
        jitter_s=_jitter_s(steps_s, rate_hz),
        longest_step_s=float(steps_s.max()) if steps_s.size else None,
        zero_n=None,
        noise_n=None,
        step_n=None,
        drift_n_per_min=NotEstimable(
            reason=QualityFlag.TOO_FEW, detail="Too few readings came to tell how the zero moves."
        ),
        rest_share=1.0,
    )
    return figures if trace.size < FEWEST_SAMPLES else _at_rest(figures, t_s, force_n)


def push_sign(t_s: FloatArray, force_n: FloatArray, *, zero_n: float, noise_n: float) -> int | None:
    """Return 1 where the first push reads as pressing, -1 where as pulling.

    Parameters
    ----------
    t_s, force_n
        Shape (n,).
    zero_n, noise_n
        Of the gauge at rest.

    Returns
    -------
    int or None
        None where nobody pushed: no departure of 3 N, or of twenty times the noise, lasted.
    """
    if not t_s.size:
        return None
    least_n = max(_PUSH_N, _PUSH_SDS * noise_n)
    away_n = force_n - zero_n
    for first, last in _runs(np.sign(away_n) * (np.abs(away_n) >= least_n)):
        lasted_s = float(t_s[last] - t_s[first])
        if lasted_s >= _PUSH_LASTS_S and last - first + 1 >= _PUSH_READINGS:
            return 1 if away_n[first] > 0 else -1
    return None


def _at_rest(figures: AtRest, t_s: FloatArray, force_n: FloatArray) -> AtRest:
    rest = _unloaded(t_s, force_n)
    t_rest, rest_n = t_s[rest], force_n[rest]
    line = theil_sen(t_rest, rest_n, unit="N/s")
    step_n = _grain_n(rest_n)
    slope = line.value if isinstance(line, Estimate) else 0.0
    noise_n = _spread_n(rest_n - slope * t_rest, step_n)
    return AtRest(
        samples=figures.samples,
        duration_s=figures.duration_s,
        rate_hz=figures.rate_hz,
        jitter_s=figures.jitter_s,
        longest_step_s=figures.longest_step_s,
        zero_n=float(np.median(rest_n)),
        noise_n=noise_n,
        step_n=step_n,
        drift_n_per_min=_drift(line, noise_n, step_n, float(t_rest[-1] - t_rest[0])),
        rest_share=float(rest.mean()),
    )


def _unloaded(t_s: FloatArray, force_n: FloatArray) -> BoolArray:
    """Return which readings lie about the zero, which may drift."""
    level_n = _densest(force_n)
    grain_n = max(noise_of(force_n), resolution_of(force_n))
    near: BoolArray = np.abs(force_n - level_n) <= max(_NEAR_N, _OUTLYING_SDS * grain_n)
    line = theil_sen(t_s[near], force_n[near], unit="N/s")
    slope = line.value if isinstance(line, Estimate) else 0.0
    flat_n = force_n - slope * t_s
    middle_n = float(np.median(flat_n[near]))
    spread_n = max(_MAD_TO_SD * float(np.median(np.abs(flat_n[near] - middle_n))), grain_n)
    unloaded: BoolArray = np.abs(flat_n - middle_n) <= _OUTLYING_SDS * spread_n
    return unloaded


def _densest(values: FloatArray) -> float:
    """Return the middle of the shortest interval that holds a quarter of the values."""
    ordered = np.sort(values)
    held = max(2, int(np.ceil(_DENSEST_SHARE * ordered.size)))
    widths = ordered[held - 1 :] - ordered[: ordered.size - held + 1]
    # Of many equally short ones, as a coarse display has them, the middle one.
    shortest = np.flatnonzero(widths <= widths.min())
    first = int(shortest[shortest.size // 2])
    return float(ordered[first] + ordered[first + held - 1]) / 2


def _grain_n(rest_n: FloatArray) -> float | None:
    """Return the step of the readings, where they repeat as those on a grid do."""
    levels = np.unique(rest_n)
    if levels.size < 2 or levels.size > _REPEATS * rest_n.size:  # noqa: PLR2004 - one step at least
        return None
    return resolution_of(rest_n) or None


def _spread_n(flat_n: FloatArray, step_n: float | None) -> float | None:
    """Return the standard deviation, outliers left out; None where nothing varies."""
    away_n = flat_n - np.median(flat_n)
    usual_n = max(_MAD_TO_SD * float(np.median(np.abs(away_n))), step_n or 0.0)
    kept = away_n[np.abs(away_n) <= _OUTLYING_SDS * usual_n] if usual_n else away_n
    spread_n = max(float(kept.std()), (step_n or 0.0) / float(np.sqrt(12.0)))
    return spread_n if spread_n > 0 else None


def _drift(line: Outcome, noise_n: float | None, step_n: float | None, seconds: float) -> Outcome:
    """Return the slope in N/min; what moves by less than a grain may not show at all."""
    if noise_n is None:
        return NotEstimable(
            reason=QualityFlag.TOO_FEW,
            detail="The reading did not change once, so that nothing can be said of its drift.",
        )
    if not isinstance(line, Estimate):
        return line
    per_minute = line.scaled(_PER_MINUTE, "N/min")
    if step_n is None or noise_n > step_n / 2:  # noise carries the reading over the steps
        return per_minute
    hidden = step_n / np.sqrt(12.0) / seconds * _PER_MINUTE
    return Estimate(
        value=per_minute.value,
        standard_uncertainty=float(np.hypot(per_minute.u, hidden)),
        unit="N/min",
    )


def _rate_hz(steps_s: FloatArray, clock: ClockSource) -> float | None:
    """Return the rate; where times are of arrival, those that came together weigh with the wait."""
    if clock is not ClockSource.HOST:
        return usual_rate_hz(np.concatenate(([0.0], np.cumsum(steps_s))))
    longest_s = max(LONGEST_WAIT_S, _GAP_STEPS * float(np.quantile(steps_s, 0.9)))
    return float(1.0 / steps_s[steps_s <= longest_s].mean())


def _jitter_s(steps_s: FloatArray, rate_hz: float | None) -> float | None:
    """Return how much the steps that are no gaps differ."""
    if rate_hz is None or steps_s.size < FEWEST_SAMPLES - 1:
        return None
    return float(steps_s[steps_s <= _GAP_STEPS * float(np.quantile(steps_s, 0.9))].std())


def _runs(signs: FloatArray) -> list[tuple[int, int]]:
    """Return (first, last) of every stretch of one sign other than 0."""
    edges = np.flatnonzero(np.diff(signs)) + 1
    firsts = np.concatenate(([0], edges))
    lasts = np.concatenate((edges - 1, [signs.size - 1]))
    return [(int(a), int(b)) for a, b in zip(firsts, lasts, strict=True) if signs[a]]
