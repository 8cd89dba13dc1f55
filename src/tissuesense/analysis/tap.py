"""What a tap on muscle tells: how fast it swings and how soon the swing fades.

`identify` reads one free decay; `analyze` reads recordings of several taps, with stiffness.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.signals.cleaning import resolution_of
from tissuesense.analysis.taps.onset import Onset, find_onsets
from tissuesense.analysis.taps.spikes import without_spikes
from tissuesense.analysis.taps.swing import REJECTING, TapSwing, tap_swing
from tissuesense.analysis.taps.swing_fit import FEWEST_SAMPLES
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

__all__ = ["IdentifiedTap", "identify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedTap:
    """The free decay of one tap.

    Attributes
    ----------
    frequency_hz
        Of the damped swing, 5 to 60 Hz.
    log_decrement
        Natural logarithm of the ratio of peaks one period apart; low is elastic.
    damping_ratio
        The same as a share of critical damping.
    onset_s
        When the tap began; None where the recording begins later.
    free_from_s
        From when on the swing was free and fitted.
    accepted
        Whether nothing in `flags` forbids using the numbers.
    flags
        What to know of them, or why they are None.
    """

    frequency_hz: Estimate | None
    log_decrement: Estimate | None
    damping_ratio: Estimate | None
    onset_s: float | None
    free_from_s: float | None
    accepted: bool
    flags: tuple[QualityFlag, ...]


def identify(
    time_s: ArrayLike,
    acceleration_m_s2: ArrayLike,
    *,
    full_scale_m_s2: float | None = None,
) -> IdentifiedTap:
    """Identify the free decay after one tap.

    What comes before the release (rest, the push) is found and left out, as are gravity and a slow
    drift; the sign does not matter. Of several taps the strongest is taken.

    Parameters
    ----------
    time_s
        Increasing, evenly spaced or nearly so, 100 to 3200 samples a second, shape (n,).
    acceleration_m_s2
        Of the probe, shape (n,); several tenths of a second after the tap.
    full_scale_m_s2
        Where the sensor comes to its end; told from the data where None.

    Returns
    -------
    IdentifiedTap
        Its numbers are None, with the reason in `flags`, where nothing swings.

    Raises
    ------
    UsageError
        When an array is not one-dimensional or not finite, the two differ in length, time does not
        increase, or the full scale is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(0.0, 0.4, 0.001)
    >>> found = identify(t, np.exp(-18.0 * t) * np.cos(2 * np.pi * 15.0 * t))
    >>> round(found.frequency_hz.value, 3), round(found.log_decrement.value, 3)
    (15.0, 1.2)
    """
    t_s, acceleration = _checked(time_s, acceleration_m_s2)
    if full_scale_m_s2 is not None and not full_scale_m_s2 > 0:
        raise UsageError(f"full_scale_m_s2 must be positive, not {full_scale_m_s2}.")
    if t_s.size < FEWEST_SAMPLES:
        return _nothing(QualityFlag.SHORT_RECORD)
    acceleration, spikes = without_spikes(t_s, acceleration)
    onset, end = _strongest(t_s, acceleration)
    if onset is None:
        return _nothing(QualityFlag.NO_TAP)
    swing = tap_swing(
        t_s,
        acceleration,
        onset,
        end,
        resolution=resolution_of(acceleration),
        full_scale=full_scale_m_s2,
    )
    if swing is None:
        return _nothing(QualityFlag.NO_SWING)
    return _identified(swing, onset, (QualityFlag.SPIKES,) if spikes else ())


def _checked(time_s: ArrayLike, acceleration: ArrayLike) -> tuple[FloatArray, FloatArray]:
    t_s = column(time_s, "time_s")
    values = column(acceleration, "acceleration_m_s2")
    if values.size != t_s.size:
        raise UsageError(
            f"acceleration_m_s2 has {values.size} samples where time_s has {t_s.size}."
        )
    if t_s.size > 1 and float((t_s[1:] - t_s[:-1]).min()) <= 0:
        where = int(np.argmin(np.diff(t_s))) + 1
        raise UsageError(f"time_s must increase strictly; it does not at index {where}.")
    return t_s, values


def _strongest(t_s: FloatArray, acceleration: FloatArray) -> tuple[Onset | None, int]:
    """Return the strongest tap and the row where the next one begins."""
    onsets = find_onsets(t_s, acceleration)
    if not onsets:
        return None, t_s.size
    ends = [onset.row for onset in onsets[1:]] + [t_s.size]
    return max(zip(onsets, ends, strict=True), key=lambda pair: pair[0].growth)


def _identified(swing: TapSwing, onset: Onset, also: tuple[QualityFlag, ...]) -> IdentifiedTap:
    return IdentifiedTap(
        frequency_hz=swing.frequency_hz,
        log_decrement=swing.log_decrement,
        damping_ratio=swing.damping_ratio,
        onset_s=onset.t_s,
        free_from_s=swing.decay.swing.start_s,
        accepted=REJECTING.isdisjoint(swing.flags),
        flags=(*swing.flags, *also),
    )


def _nothing(reason: QualityFlag) -> IdentifiedTap:
    return IdentifiedTap(
        frequency_hz=None,
        log_decrement=None,
        damping_ratio=None,
        onset_s=None,
        free_from_s=None,
        accepted=False,
        flags=(reason,),
    )
