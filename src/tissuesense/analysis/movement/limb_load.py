"""What the hand brings up about the joint, and what is stated of the limb's weight and inertia."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.signals.calibrated import calibrated_force
from tissuesense.analysis.signals.cleaning import CleanSignal, clean
from tissuesense.core.arrays import BoolArray, FloatArray
from tissuesense.core.errors import NoColumn, UsageError
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.units import STANDARD_GRAVITY_M_S2

_ORDINARY_MASS_SHARE = 0.10  # how well tables of body segments know the mass of one person's limb
_ORDINARY_INERTIA_SHARE = 0.15
_RUN = 3  # samples; the longest wrong reading that is taken out of a torque is shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedLimb:
    """Weight and inertia as the side-car states them.

    Attributes
    ----------
    weight_n_m
        Torque of the weight about the joint where the limb is level; None where it is not stated,
        0 where the torque is already free of it.
    vertical_deg
        What the angle reads where the limb hangs straight down.
    inertia_kg_m2
        About the joint; None where it is not stated.
    """

    weight_n_m: float | None = None
    weight_u_n_m: float = 0.0
    vertical_deg: float = 0.0
    inertia_kg_m2: float | None = None
    inertia_u_kg_m2: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LimbLoad:
    """Torque of the hand, shape (n,), and what multiplies all of it alike.

    Attributes
    ----------
    from_force
        Whether it is force times lever arm: pressing is then positive whichever way the angle runs.
    shared
        Source of uncertainty -> its relative standard uncertainty, the same in every sample.
    """

    torque_n_m: FloatArray
    noise_n_m: float
    resolution_n_m: float
    spikes: bool
    from_force: bool
    shared: dict[str, float]


def limb_load(recording: Recording) -> LimbLoad | None:
    """Return the torque about the joint; None for a force whose lever arm is not stated.

    A column of torque goes before force and lever arm.

    Raises
    ------
    NoColumn
        When the recording has neither torque nor force.
    UsageError
        When the side-car's lever arm is no positive number.
    CalibrationError
        When the force's calibration does not fit.
    """
    trace, context = recording.trace, recording.context
    if trace.torque_n_m is not None:
        torque = clean(trace.t_s, trace.torque_n_m)
        return _load(torque, torque.given, 1.0, {}, from_force=False)
    if trace.force_n is None:
        raise NoColumn("torque_n_m, or force_n and a lever_arm_m", kind=str(RecordingKind.STRETCH))
    arm_m = context.number("lever_arm_m", positive=True)
    if arm_m is None:
        return None
    arm_u_m = _not_negative(context, "lever_arm_uncertainty_m") or 0.0
    force = calibrated_force(recording, kind=RecordingKind.STRETCH)
    shared = {"lever arm": arm_u_m / arm_m} if arm_u_m else {}
    calibration, given = context.calibration, force.given
    if calibration is not None:
        given = calibration.apply(given)
        low, high = (float(q / calibration.gain) for q in (force.values.min(), force.values.max()))
        if high > low:
            spread_n = calibration.difference_uncertainty_n(low, high)
            shared["calibration"] = spread_n / float(force.values.max() - force.values.min())
    return _load(force, given, arm_m, shared, from_force=True)


def _load(
    signal: CleanSignal,
    given: FloatArray,
    per_unit: float,
    shared: dict[str, float],
    *,
    from_force: bool,
) -> LimbLoad:
    # What sets a limb going and stops it looks like a reading that is stuck for a moment.
    brief = signal.is_spike & ~_in_runs(signal.is_spike)
    values = np.where(_in_runs(signal.is_spike), given, signal.values)
    return LimbLoad(
        torque_n_m=values * per_unit,
        noise_n_m=signal.noise * per_unit,
        resolution_n_m=signal.resolution * per_unit,
        spikes=bool(brief.any()),
        from_force=from_force,
        shared=shared,
    )


def _in_runs(raised: BoolArray) -> BoolArray:
    """Tell which are raised along with the sample before and the sample after, or beside such."""
    middle = raised[:-2] & raised[1:-1] & raised[2:]
    inside = np.zeros_like(raised)
    for shift in range(_RUN):
        inside[shift : shift + middle.size] |= middle
    return inside


def stated_limb(context: RecordingContext) -> StatedLimb:
    """Read `limb_mass_kg`, `limb_centre_m`, `vertical_deg` and `limb_inertia_kg_m2`.

    The weight is known from the first three together, or from a mass of 0 alone.

    Raises
    ------
    UsageError
        When one of them is no number, or negative where it cannot be.
    """
    mass_kg = _not_negative(context, "limb_mass_kg")
    centre_m = _not_negative(context, "limb_centre_m")
    vertical_deg = context.number("vertical_deg")
    inertia = _not_negative(context, "limb_inertia_kg_m2")
    inertia_u = _not_negative(context, "limb_inertia_uncertainty_kg_m2")
    known = mass_kg == 0 or None not in {mass_kg, centre_m, vertical_deg}
    if not known:
        return StatedLimb(
            inertia_kg_m2=inertia, inertia_u_kg_m2=_or_share(inertia_u, inertia or 0.0)
        )
    mass_u_kg = _not_negative(context, "limb_mass_uncertainty_kg")
    mass, centre = mass_kg or 0.0, centre_m or 0.0
    if mass_u_kg is None:
        mass_u_kg = _ORDINARY_MASS_SHARE * mass
    return StatedLimb(
        weight_n_m=mass * STANDARD_GRAVITY_M_S2 * centre,
        weight_u_n_m=mass_u_kg * STANDARD_GRAVITY_M_S2 * centre,
        vertical_deg=vertical_deg or 0.0,
        inertia_kg_m2=inertia,
        inertia_u_kg_m2=_or_share(inertia_u, inertia or 0.0),
    )


def _or_share(stated: float | None, value: float) -> float:
    return _ORDINARY_INERTIA_SHARE * value if stated is None else stated


def _not_negative(context: RecordingContext, key: str) -> float | None:
    value = context.number(key)
    if value is not None and not (math.isfinite(value) and value >= 0):
        raise UsageError(f"{key} must not be negative, and is {value}.")
    return value
