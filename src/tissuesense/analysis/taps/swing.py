"""One tap's swing: its numbers, and whether they can be believed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.local_fit import correlation_inflation
from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.analysis.taps.damped_oscillation import DampedOscillation
from tissuesense.analysis.taps.onset import Onset, scatter
from tissuesense.analysis.taps.release import FreeDecay, find_decay
from tissuesense.analysis.taps.swing_fit import HIGHEST_HZ, LOWEST_HZ
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

# What is told of nothing but noise is unlike a swing in one of these.
_MOST_LEFT_OVER = 0.4  # of the energy
_MOST_RELATIVE_U, _MOST_U_DECREMENT = 0.08, 0.6
_LEAST_OVER_REST = 4.0
_GONE = 3.0  # decay times after which little of a swing is left
_MOST_DECREMENT = 4.0
_HIGHEST_SHARE_OF_RATE = 0.45
# Within a session, frequencies differ by a percent or two and decrements by a tenth: what is known
# worse than this says nothing about the tissue.
_NOISY_U_FREQUENCY, _NOISY_U_DECREMENT = 0.03, 0.2
# Two positive peaks, a period apart, the first within half a period of the release.
_LEAST_PERIODS = 1.5
_LEAST_CLIPPED = 3
_CLIP_EDGE_GRAINS = 5.0
_AT_FULL_SCALE = 0.998
_MISFIT_SHARE, _MISFIT_OVER_REST = 0.1, 2.0
_BOUNCE_S, _BOUNCE_SHARE, _BOUNCE_OVER_REST = 0.02, 0.1, 4.0
_LONGEST_GAP_STEPS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TapSwing:
    """The free swing of one tap.

    Attributes
    ----------
    log_decrement
        Natural logarithm of the ratio of peaks one period apart, ``2 pi z / sqrt(1 - z**2)`` for a
        damping ratio z.
    flags
        What to know of it; see `REJECTING`.
    """

    frequency_hz: Estimate
    log_decrement: Estimate
    damping_ratio: Estimate
    decay: FreeDecay
    flags: tuple[QualityFlag, ...]


# A tap with one of these does not count.
REJECTING = frozenset(
    {
        QualityFlag.BOUNCE,
        QualityFlag.CLIP,
        QualityFlag.GAP,
        QualityFlag.NOISY,
        QualityFlag.NOT_RECOVERED,
        QualityFlag.POOR_FIT,
        QualityFlag.SHORT_RECORD,
    }
)


def tap_swing(
    t_s: FloatArray,
    acceleration: FloatArray,
    onset: Onset,
    end: int,
    *,
    resolution: float = 0.0,
    full_scale: float | None = None,
) -> TapSwing | None:
    """Fit the swing after a tap and judge it.

    Parameters
    ----------
    t_s, acceleration
        The recording, shape (n,).
    end
        Row where the next tap begins, or the number of rows.
    resolution, full_scale
        Of the sensor, in the unit of the data; None: not known.

    Returns
    -------
    TapSwing or None
        None where nothing swings.
    """
    tap = slice(onset.row, end)
    decay = find_decay(
        t_s[tap],
        acceleration[tap],
        pushed=onset.t_s is not None,
        least_sd=resolution / math.sqrt(12),
    )
    if decay is None or not _in_range(decay):
        return None
    frequency, decrement, ratio = _estimates(decay.swing)
    known = (
        frequency.u < _MOST_RELATIVE_U * frequency.value
        and decrement.u < _MOST_U_DECREMENT
        and decrement.value < _MOST_DECREMENT
    )
    if not known or not _stands_out(decay, acceleration[onset.rest : onset.row]):
        return None
    raised = {
        QualityFlag.CLIP: _clipped(acceleration[tap], resolution, full_scale),
        QualityFlag.GAP: _has_gap(decay),
        QualityFlag.SHORT_RECORD: _periods(decay) < _LEAST_PERIODS,
        QualityFlag.NOISY: frequency.u > _NOISY_U_FREQUENCY * frequency.value
        or decrement.u > _NOISY_U_DECREMENT,
        QualityFlag.POOR_FIT: _misfit(decay),
        QualityFlag.BOUNCE: _bounced(decay),
    }
    return TapSwing(
        frequency_hz=frequency,
        log_decrement=decrement,
        damping_ratio=ratio,
        decay=decay,
        flags=tuple(flag for flag, is_raised in raised.items() if is_raised),
    )


def _in_range(decay: FreeDecay) -> bool:
    swing = decay.swing
    rate_hz = decay.together * (decay.t_s.size - 1) / float(decay.t_s[-1] - decay.t_s[0])
    highest_hz = min(HIGHEST_HZ, _HIGHEST_SHARE_OF_RATE * rate_hz)
    return LOWEST_HZ <= swing.frequency_hz <= highest_hz and swing.decay_per_s > 0


def _stands_out(decay: FreeDecay, rest: FloatArray) -> bool:
    """Tell a swing from what the rest before it and what follows it do anyway.

    Without a push, a tremor that swells and fades looks like a tap; but what it leaves over goes on
    swinging. Values that follow one another are fewer of their own, and count for as much more.
    """
    swing, residuals = decay.swing, decay.swing.fit.residuals
    gone = int(np.searchsorted(decay.t_s, decay.t_s[0] + _GONE / swing.decay_per_s))
    after = residuals[min(gone, residuals.size // 2) :]
    usual = max(scatter(rest), scatter(after))
    if decay.off_row is None:
        usual *= math.sqrt(correlation_inflation(residuals))
    moved = decay.acceleration - swing.level_at(decay.t_s)
    left_over = float(residuals @ residuals) / float(moved @ moved)
    return left_over < _MOST_LEFT_OVER and swing.amplitude > _LEAST_OVER_REST * usual


def _estimates(swing: DampedOscillation) -> tuple[Estimate, Estimate, Estimate]:
    """Return frequency, decrement and damping ratio."""
    s, w = swing.decay_per_s, swing.angular_per_s
    whole = s * s + w * w
    of_decay_and_angular: Mapping[str, tuple[float, float, float]] = {
        "Hz": (w / (2 * math.pi), 0.0, 1 / (2 * math.pi)),
        "decrement": (2 * math.pi * s / w, 2 * math.pi / w, -2 * math.pi * s / w**2),
        "ratio": (s / math.sqrt(whole), w * w / whole**1.5, -s * w / whole**1.5),
    }
    (vss, vsw), (_, vww) = swing.covariance[:2, :2].tolist()
    frequency, decrement, ratio = (
        _estimate(value, by_s**2 * vss + 2 * by_s * by_w * vsw + by_w**2 * vww, unit, swing.dof)
        for (value, by_s, by_w), unit in zip(
            of_decay_and_angular.values(), ("Hz", "1", "1"), strict=True
        )
    )
    return frequency, decrement, ratio


def _estimate(value: float, variance: float, unit: str, dof: float) -> Estimate:
    u = math.sqrt(max(variance, 0.0))
    return Estimate(value=value, standard_uncertainty=u, unit=unit, dof=dof, budget={"swing": u})


def _periods(decay: FreeDecay) -> float:
    return float(decay.t_s[-1] - decay.t_s[0]) * decay.swing.frequency_hz


def _clipped(acceleration: FloatArray, resolution: float, full_scale: float | None) -> bool:
    """Tell whether the sensor came to its end.

    Unknown: three equal readings at an extreme, with a leap away from them; a swing turns slowly.
    """
    if full_scale is not None:
        return bool((np.abs(acceleration) >= _AT_FULL_SCALE * full_scale).any())
    for extreme in (acceleration.max(), acceleration.min()):
        at_end = np.flatnonzero(acceleration == extreme)
        first, last = int(at_end[0]), int(at_end[-1])
        if at_end.size < _LEAST_CLIPPED or at_end.size < (last - first + 1) / 2:
            continue
        beside = acceleration[[max(first - 1, 0), min(last + 1, acceleration.size - 1)]]
        if np.abs(beside - extreme).min() > _CLIP_EDGE_GRAINS * resolution:
            return True
    return False


def _has_gap(decay: FreeDecay) -> bool:
    """Tell whether samples are missing while the swing is still there."""
    steps = decay.t_s[1:] - decay.t_s[:-1]
    alive = decay.t_s[1:] - decay.t_s[0] < _GONE / decay.swing.decay_per_s
    usual = float(steps.mean())
    return bool((steps[alive] > _LONGEST_GAP_STEPS * usual).any())


def _misfit(decay: FreeDecay) -> bool:
    """Tell whether the swing leaves much of itself, more than the noise of its end."""
    swing, residuals = decay.swing, decay.swing.fit.residuals
    fading = np.exp(-swing.decay_per_s * (decay.t_s - decay.t_s[0]))
    left = math.sqrt(float(fading**2 @ residuals**2) / float(fading @ fading))
    end = residuals[-(residuals.size // 3) :]
    noise = math.sqrt(float(end @ end) / end.size)
    return left > _MISFIT_SHARE * swing.amplitude and left > _MISFIT_OVER_REST * noise


def _bounced(decay: FreeDecay) -> bool:
    """Tell whether for some moment later on far more is left than usual: the probe hit again."""
    swing, residuals = decay.swing, decay.swing.fit.residuals
    step_s = float(decay.t_s[-1] - decay.t_s[0]) / (decay.t_s.size - 1)
    width = max(round(_BOUNCE_S / step_s), 2)
    sums = np.convolve(residuals**2, np.full(width, 1 / width), mode="valid")
    worst, usual = math.sqrt(float(sums.max())), math.sqrt(median(sums))
    return worst > _BOUNCE_SHARE * swing.amplitude and worst > _BOUNCE_OVER_REST * usual
