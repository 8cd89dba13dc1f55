"""Everything that one tap tells, from its onset to the next."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.taps.damped_oscillation import DampedOscillation
from tissuesense.analysis.taps.onset import Onset
from tissuesense.analysis.taps.release import FreeDecay
from tissuesense.analysis.taps.result import Tap
from tissuesense.analysis.taps.shape import Push, TapShape, tap_shape
from tissuesense.analysis.taps.swing import REJECTING, tap_swing
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_SHOWN = (
    "recovery_time_s",
    "recovery_ratio",
    "recovery_from_peak_s",
    "recovery_from_peak_ratio",
    "deformation_mm",
    "peak_m_s2",
)
_SPECTRUM_POINTS = 8192
_MOST_RELATIVE_U = 0.15
_UNRECOVERED_SHARE, _UNRECOVERED_SD = 0.25, 3.0
_NO_MASS = NotEstimable(
    reason=QualityFlag.NO_TAP_MASS,
    detail="Without the mass of the probe there is no stiffness; state tap_mass_kg.",
)
_NO_PUSH = NotEstimable(
    reason=QualityFlag.NO_PUSH, detail="The recording does not show the push of this tap."
)
_TOO_SLOW = NotEstimable(
    reason=QualityFlag.SAMPLE_RATE,
    detail="Between two samples the release could be anywhere; this needs more samples a second.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What is known of the instrument.

    Attributes
    ----------
    mass_kg, mass_u_kg
        That swings with the tissue, and its standard uncertainty; None where not stated.
    resolution, full_scale
        Of the acceleration, m/s2.
    """

    mass_kg: float | None
    mass_u_kg: float
    resolution: float
    full_scale: float | None


def read_tap(
    t_s: FloatArray, acceleration: FloatArray, onset: Onset, end: int, probe: Probe
) -> Tap | None:
    """Return what the tap from `onset` up to row `end` tells, as number 1; None: nothing swings."""
    found = tap_swing(
        t_s,
        acceleration,
        onset,
        end,
        resolution=probe.resolution,
        full_scale=probe.full_scale,
    )
    if found is None:
        return None
    tap = slice(onset.row, end)
    push = _push(t_s[tap], acceleration[tap], onset, found.decay)
    shape = None if push is None else tap_shape(found.decay.swing, push)
    flags = (*found.flags, *_shape_flags(shape, probe))
    stiffness = _NO_PUSH if shape is None else _trusted(shape.stiffness_per_kg)
    return Tap(
        index=1,
        onset_s=onset.t_s,
        release_s=None if push is None else push.release_s,
        frequency_hz=found.frequency_hz,
        log_decrement=found.log_decrement,
        damping_ratio=found.damping_ratio,
        stiffness_n_m=_times_mass(stiffness, probe),
        oscillator_stiffness_n_m=_times_mass(_spring_per_kg(found.decay.swing), probe),
        **{name: _NO_PUSH if shape is None else _trusted(getattr(shape, name)) for name in _SHOWN},
        spectral_peak_hz=_spectral_peak_hz(found.decay),
        swings=found.decay.swing.swings,
        accepted=REJECTING.isdisjoint(flags),
        flags=flags,
    )


def _push(t_s: FloatArray, acceleration: FloatArray, onset: Onset, decay: FreeDecay) -> Push | None:
    """Cut the push out of a tap; None where the recording does not show it."""
    if onset.t_s is None or onset.u_s is None or decay.off_row is None:
        return None
    pushed = slice(0, decay.off_row + 1)
    moved = acceleration[pushed] - decay.swing.level_at(t_s[pushed])
    released_s = t_s[decay.off_row : decay.off_row + 2]
    return Push(
        onset_s=onset.t_s,
        onset_u_s=onset.u_s,
        t_s=t_s[pushed],
        acceleration=moved,
        release_s=float(released_s.mean()),
        release_u_s=float(released_s[1] - released_s[0]) / math.sqrt(12),
    )


def _shape_flags(shape: TapShape | None, probe: Probe) -> tuple[QualityFlag, ...]:
    flags = []
    if shape is None:
        flags.append(_NO_PUSH.reason)
    else:
        left, deepest = shape.unrecovered_mm, shape.deformation_mm.value
        if abs(left.value) > max(_UNRECOVERED_SHARE * deepest, _UNRECOVERED_SD * left.u):
            flags.append(QualityFlag.NOT_RECOVERED)
        if any(not isinstance(_trusted(getattr(shape, name)), Estimate) for name in _SHOWN):
            flags.append(_TOO_SLOW.reason)
    if probe.mass_kg is None:
        flags.append(_NO_MASS.reason)
    return tuple(flags)


def _trusted(estimate: Estimate) -> Outcome:
    return estimate if estimate.u <= _MOST_RELATIVE_U * abs(estimate.value) else _TOO_SLOW


def _spring_per_kg(swing: DampedOscillation) -> Estimate:
    s, w = swing.decay_per_s, swing.angular_per_s
    slopes = np.array([2 * s, 2 * w])
    variance = float(slopes @ swing.covariance[:2, :2] @ slopes)
    return Estimate.from_budget(
        s * s + w * w,
        {"swing": math.sqrt(max(variance, 0.0))},
        unit="1/s2",
        dof={"swing": swing.dof},
    )


def _times_mass(per_kg: Outcome, probe: Probe) -> Outcome:
    if probe.mass_kg is None:
        return _NO_MASS
    if not isinstance(per_kg, Estimate):
        return per_kg
    budget = dict(per_kg.scaled(probe.mass_kg, "N/m").budget)
    if probe.mass_u_kg:
        budget["mass"] = per_kg.value * probe.mass_u_kg
    return Estimate.from_budget(
        per_kg.value * probe.mass_kg, budget, unit="N/m", dof={"swing": per_kg.dof}
    )


def _spectral_peak_hz(decay: FreeDecay) -> float:
    """Return where the spectrum of the decay is highest, by a parabola through three points."""
    step_s = float(decay.t_s[-1] - decay.t_s[0]) / (decay.t_s.size - 1)
    about_level = decay.acceleration - decay.swing.level_at(decay.t_s)
    power = np.abs(np.fft.rfft(about_level, _SPECTRUM_POINTS)) ** 2
    top = min(max(int(np.argmax(power)), 1), power.size - 2)
    low, high, up = power[top - 1 : top + 2]
    off = (low - up) / (2 * (low - 2 * high + up))
    return float((top + off) / (_SPECTRUM_POINTS * step_s))
