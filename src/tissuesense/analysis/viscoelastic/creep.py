"""How tissue gives way while the force on it is held: creep.

A step of force is answered by ``d(t) = F J(t)``; superposition (L. Boltzmann 1874) makes the
answer to a ramp of force of it, as it does for relaxation. Three forms of J are compared: a spring
in series with one or two Kelvin-Voigt elements, whose retardation ends, and a power law, which
does not (A. S. Nowick and B. S. Berry 1972):

    J = j_0 + sum j_i (1 - exp(-t / tau_i))        J = j_0 + c t**a

Retardation times are those of creep: longer than the relaxation times of the same tissue.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from tissuesense.analysis.numerics.separable import SeparableFit
from tissuesense.analysis.viscoelastic.hold_fit import (
    Candidate,
    Hold,
    fit_model,
    ranked,
    read_hold,
    spread_of,
)
from tissuesense.analysis.viscoelastic.hold_models import Exponentials, HoldModel, exponentials
from tissuesense.analysis.viscoelastic.hold_numbers import outcomes, scatter
from tissuesense.analysis.viscoelastic.relaxation_numbers import Spread
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

AUTO = "auto"
AFTER_S = (5.0, 10.0, 20.0)

_NO_TIME = 1e-9  # of the time asked for: the power law's slope has no value at 0


def _retarded(
    lags_s: FloatArray, integrals: int, theta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    fading, slopes = exponentials(lags_s, integrals, theta)
    return lags_s**integrals - fading, -slopes


def _power(lags_s: FloatArray, integrals: int, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    order = float(expit(theta[0]))
    power = order + integrals
    value, slope = lags_s**power, np.log(lags_s)
    if integrals:
        value, slope = value / power, slope - 1 / power
    slope = slope * value
    return value[np.newaxis], (slope * order * (1 - order))[np.newaxis, np.newaxis]


MODELS: Mapping[str, HoldModel] = MappingProxyType(
    {
        "kelvin_voigt_1": Exponentials(
            words="a spring and a Kelvin-Voigt element",
            parameters=("tau_1_s",),
            branches=("retarded_1",),
            answer=_retarded,
            spring=True,
        ),
        "kelvin_voigt_2": Exponentials(
            words="a spring and two Kelvin-Voigt elements",
            parameters=("tau_1_s", "tau_2_s"),
            branches=("retarded_1", "retarded_2"),
            answer=_retarded,
            spring=True,
        ),
        "power_law": HoldModel(
            words="a spring and a springpot",
            parameters=("order",),
            branches=("power",),
            answer=_power,
            spring=True,
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Creep:
    """What a hold of constant force says.

    Attributes
    ----------
    instantaneous_mm_n
        Compliance right after a step.
    total_mm_n
        Compliance once all is retarded; a power law has no end.
    retardation_s
        Of the Kelvin-Voigt elements, in rising order; empty for a power law.
    parameters
        All numbers of the form by name: times in s, ``order`` a of the power law, and compliances
        in mm/N, c of the power law (``power``) 1 s after a step.
    creep_fraction
        Seconds after the begin of the hold -> how much deeper the tip is by then, as a share of
        its depth at the begin; only for times within the hold.
    relative_rms
        Root mean square of the residuals, over that of the depth.
    candidates
        The forms that were compared, the best first; one where the form was named.
    """

    model: str
    instantaneous_mm_n: Outcome
    total_mm_n: Outcome
    retardation_s: tuple[Outcome, ...]
    parameters: Mapping[str, Outcome]
    creep_fraction: Mapping[float, Outcome]
    relative_rms: float
    candidates: tuple[Candidate, ...]
    flags: tuple[QualityFlag, ...]


def fit_creep(
    time_s: ArrayLike,
    displacement_mm: ArrayLike,
    *,
    force_n: float,
    model: str = AUTO,
    ramp_s: float | None = None,
) -> Creep:
    """Fit creep under a constant force.

    Parameters
    ----------
    time_s
        Increasing, shape (n,), from the contact on, which is at 0.
    displacement_mm
        Depth below the contact at these times, in mm.
    force_n
        The force that was held, in N.
    model
        A name in `MODELS`, or "auto" for the one that Akaike's criterion prefers.
    ramp_s
        How long the force took to rise, evenly; samples before its end are left out. None for a
        step at time 0.

    Raises
    ------
    UsageError
        When arguments do not fit together, or fewer than 8 samples are left.
    """
    if model != AUTO and model not in MODELS:
        known = ", ".join((AUTO, *MODELS))
        raise UsageError(f"There is no model '{model}'.", hint=f"Known are: {known}.")
    if not (math.isfinite(force_n) and force_n > 0):
        raise UsageError(f"force_n must be positive, not {force_n}.")
    depth = column(displacement_mm, "displacement_mm")
    hold = read_hold(time_s, ("displacement_mm", depth / force_n), (ramp_s, 1.0, None))
    models = MODELS if model == AUTO else {model: MODELS[model]}
    fits = {name: fit_model(one, hold) for name, one in models.items()}
    candidates = ranked(fits, hold.y)
    best = candidates[0].model
    return _creep(best, fits[best], hold, candidates)


_NO_END = NotEstimable(
    reason=QualityFlag.OUTSIDE_WINDOW,
    detail="The tissue was still giving way at the end: hold longer to see where it ends.",
)

_NO_BEGIN = NotEstimable(
    reason=QualityFlag.OUTSIDE_WINDOW,
    detail="The depth right after the step was not seen: there is nothing to compare with.",
)


def _creep(name: str, fit: SeparableFit, hold: Hold, candidates: tuple[Candidate, ...]) -> Creep:
    model = MODELS[name]
    found = outcomes(model, fit, hold, unit="mm/N")
    spread, _ = spread_of(model, fit, hold)
    # Depth over force was fitted: the sizes are compliances.
    times = sorted(
        (found[time] for time in model.parameters if time.startswith("tau")), key=_in_order
    )
    whole = not any(isinstance(one, NotEstimable) for one in found.values())
    begin_s = hold.course.ramp_s or 0.0
    fractions: dict[float, Outcome] = {}
    for after in AFTER_S:
        if begin_s + after <= hold.time_s[-1]:
            seen = begin_s > 0 or isinstance(found["spring"], Estimate)
            at_s = begin_s + np.array([0.0, after])
            fractions[after] = _fraction(model, fit, hold, spread, at_s) if seen else _NO_BEGIN
    total = _total(fit, spread) if times and whole else _NO_END
    refused = [
        one.reason
        for one in (*found.values(), total, *fractions.values())
        if isinstance(one, NotEstimable)
    ]
    return Creep(
        model=name,
        instantaneous_mm_n=found["spring"],
        total_mm_n=total,
        retardation_s=tuple(times),
        parameters=MappingProxyType(found),
        creep_fraction=MappingProxyType(fractions),
        relative_rms=candidates[0].relative_rms,
        candidates=candidates,
        flags=tuple(dict.fromkeys(refused)),
    )


def _in_order(outcome: Outcome) -> float:
    return outcome.value if isinstance(outcome, Estimate) else math.inf


def _total(fit: SeparableFit, spread: Spread) -> Estimate:
    k = fit.theta.size
    variance = float(spread.covariance[k:, k:].sum())
    return scatter(float(fit.amplitudes.sum()), math.sqrt(variance), spread.dof, "mm/N")


def _fraction(
    model: HoldModel, fit: SeparableFit, hold: Hold, spread: Spread, at_s: FloatArray
) -> Outcome:
    """Return ``d(late) / d(begin) - 1`` of the curve."""
    earliest = _NO_TIME * float(at_s[1])
    phi, d_phi = model.columns(hold.course.at(np.maximum(at_s, earliest)), fit.theta)
    begin, late = phi @ fit.amplitudes
    if not begin > 0:
        return _NO_BEGIN
    slopes = np.concatenate((d_phi @ fit.amplitudes, phi[:, fit.amplitudes > 0].T))
    slope = (slopes[:, 1] - slopes[:, 0] * (late / begin)) / begin
    u = math.sqrt(max(float(slope @ spread.covariance @ slope), 0.0))
    return scatter(float(late / begin) - 1, u, spread.dof, "1")
