"""How the force of a press fades while the depth is held: relaxation with its ramp in it.

The tissue answers with ``F = K [k_inf g + sum k_i h_i]``: g is the elastic response to the depth
(Y. C. Fung, Biomechanics, 2nd ed. 1993, 7.6, with the power law of contact for g), h_i what a
Maxwell branch of time constant tau_i makes of it. A hand takes a second to press in, and the
branches fade meanwhile: the whole record is fitted, the ramp with the hold. Stiffnesses are never
negative; all of them add to 1.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.viscoelastic.relaxation_course import Motion
from tissuesense.analysis.viscoelastic.relaxation_fitted import Fitted, Record
from tissuesense.analysis.viscoelastic.relaxation_fractional import (
    fit_fractional as fit_fractional,  # noqa: PLC0414 - part of this module's own names
)
from tissuesense.analysis.viscoelastic.relaxation_law import Fung, Law, Linear, Power
from tissuesense.analysis.viscoelastic.relaxation_numbers import jitter, shares, time_constant
from tissuesense.analysis.viscoelastic.relaxation_orders import (
    candidates,
    criteria,
    least_equilibrium,
)
from tissuesense.analysis.viscoelastic.relaxation_reading import read_course
from tissuesense.analysis.viscoelastic.relaxation_window import MOST_TERMS
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

_MUCH_BETTER = 10.0
# Of the largest force.
_POOR_SHARE = 0.01
_POOR_RAMP_SHARE, _HOPELESS_RAMP_SHARE = 0.01, 0.03
_RAMP_OVER_HOLD = 1.5
_POOR_OVER_JITTER = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One exponential.

    Attributes
    ----------
    weight
        Its share of the instantaneous stiffness; None where the record cannot tell.
    tau_s
        Its time constant; likewise.
    """

    weight: Estimate | None
    tau_s: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxation:
    """A fitted relaxation.

    Attributes
    ----------
    terms
        In rising order of their times. Weights and `equilibrium_fraction` add to 1.
    equilibrium_fraction
        Share of the instantaneous stiffness that stays; None where the record cannot tell.
    rms_percent
        Root mean square of what the model misses, over all samples and in N, in percent of the
        largest force; so also where the fit weighs residuals as shares of the force.
    model
        "prony1", "prony2", ...; "elastic" where nothing relaxed; None where nothing was fitted.
    law
        Of the elastic response: "power", "linear" (a power of 1), "fung"; None of a step, and of a
        force alone whose ramp had no constant speed.
    exponent
        p of the power law ``(depth / deepest)**p``.
    stiffening
        B of Fung's law, ``(exp(B depth / deepest) - 1) / (exp(B) - 1)``.
    criterion
        Number of terms -> information criterion, for every number that was tried; lower is
        better.
    """

    terms: tuple[Term, ...]
    equilibrium_fraction: Estimate | None
    rms_percent: float | None
    model: str | None
    law: str | None
    exponent: Estimate | None
    stiffening: Estimate | None
    criterion: Mapping[int, float]
    flags: tuple[QualityFlag, ...]
    _fitted: Fitted | None = field(repr=False)
    _start_s: float = field(default=0.0, repr=False)

    def predict(self, time_s: ArrayLike) -> FloatArray:
        """Return the model's force in N, shape (n,).

        It follows the measured motion where one was given, the last depth after its end, and is
        0 before the contact.

        Raises
        ------
        UsageError
            When nothing was fitted, or the times are not finite numbers.
        """
        at_s = column(time_s, "time_s")
        if self._fitted is None:
            raise UsageError("There is no model: nothing was fitted.", hint="See `flags` for why.")
        fitted = self._fitted
        return fitted.amplitudes @ fitted.course.responses(fitted.theta, at_s - self._start_s)


def fit(
    time_s: ArrayLike,
    force_n: ArrayLike,
    displacement_mm: ArrayLike | None = None,
    terms: int | Literal["auto"] = "auto",
) -> Relaxation:
    """Fit a relaxation to a press from contact through ramp and hold.

    Parameters
    ----------
    time_s
        Increasing, even or not, shape (n,).
    force_n
        Above the unloaded level, pressing positive, shape (n,). A record that starts at its peak
        is that of a step.
    displacement_mm
        How deep the tip was, shape (n,): then the measured motion is what the force answers to,
        and a hand that drifts is told from tissue that relaxes. Without it the ramp is taken from
        the force up to its peak, of constant speed unless the force says otherwise, and the hand
        as still from then on.
    terms
        How many exponentials, 1 to 40, or "auto": as many of up to three as the record bears, and
        of more where the hold covers three decades of time: one for each half decade.

    Raises
    ------
    UsageError
        When lengths differ, a value is not finite, the time does not increase, no force is
        positive, or `terms` is none of the above.
    """
    t, force, displacement = _checked(time_s, force_n, displacement_mm)
    count = _count(terms)
    # Times of day would leave no digits for the end of the ramp.
    start_s = float(t[0]) if t.size else 0.0
    reading = read_course(t - start_s, force, displacement)
    if reading.record is None:
        return _without(reading.flags)
    fits = candidates(reading.courses, reading.record, count)
    return replace(_result(fits, reading.record, reading.flags), _start_s=start_s)


def _checked(
    time_s: ArrayLike, force_n: ArrayLike, displacement_mm: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    t, force = column(time_s, "time_s"), column(force_n, "force_n")
    displacement = None if displacement_mm is None else column(displacement_mm, "displacement_mm")
    for name, values in (("force_n", force), ("displacement_mm", displacement)):
        if values is not None and values.size != t.size:
            raise UsageError(f"{name} has {values.size} values and time_s {t.size}.")
    if t.size > 1 and not np.diff(t).min() > 0:
        where = int(np.argmin(np.diff(t) > 0)) + 1
        raise UsageError(f"time_s does not increase at index {where}.")
    if force.size and not force.max() > 0:
        raise UsageError(
            "force_n is nowhere above 0.", hint="Pressing is positive; turn the sign if need be."
        )
    return t, force, displacement


def _count(terms: int | Literal["auto"]) -> int | None:
    if terms == "auto":
        return None
    if terms not in range(1, MOST_TERMS + 1):
        raise UsageError(f"terms must be 'auto' or 1 to {MOST_TERMS}, not {terms!r}.")
    return int(terms)


def _result(fits: tuple[Fitted, ...], record: Record, flags: tuple[QualityFlag, ...]) -> Relaxation:
    criterion = criteria(fits, record)
    ranked = sorted(range(len(fits)), key=criterion.__getitem__)
    best = next((i for i in ranked if fits[i].trusted), ranked[0])
    chosen = fits[best]
    # What the force asks for and the hold cannot show is told, also beside other numbers.
    asked_for = criterion[best] - criterion[ranked[0]] > _MUCH_BETTER
    missed_n = chosen.residuals * record.scale
    rms_n = math.sqrt(float(missed_n @ missed_n) / missed_n.size)
    rms_percent = 100 * rms_n / float(record.force_n.max())
    # A force that stays may be one that the hand kept up: only a depth tells the two apart.
    unmoved = chosen.terms == 0 and not isinstance(chosen.course, Motion)
    raised = {
        QualityFlag.OUTSIDE_WINDOW: asked_for or not chosen.trusted,
        QualityFlag.CREEP: unmoved,
        QualityFlag.POOR_FIT: _is_poor(chosen, record, rms_n),
    }
    equilibrium, terms = _numbers(chosen, record)
    return Relaxation(
        terms=terms,
        equilibrium_fraction=None if chosen.terms == 0 and (asked_for or unmoved) else equilibrium,
        rms_percent=rms_percent,
        model=f"prony{chosen.terms}" if chosen.terms else "elastic",
        law=chosen.course.law.name if chosen.course.law else None,
        exponent=_law_number(chosen, (Power, Linear)),
        stiffening=_law_number(chosen, (Fung,)),
        criterion={one.terms: value for one, value in zip(fits, criterion, strict=True)},
        flags=(*flags, *(flag for flag, is_raised in raised.items() if is_raised)),
        _fitted=chosen,
    )


def _is_poor(fitted: Fitted, record: Record, rms_n: float) -> bool:
    """Return whether the force follows another course than the model's, so far that it matters."""
    much = rms_n > _POOR_SHARE * float(record.force_n.max())
    return _ramp_is_missed(fitted, record, _POOR_RAMP_SHARE) or (
        much and rms_n > _POOR_OVER_JITTER * jitter(fitted.residuals * record.scale)
    )


def _ramp_is_missed(fitted: Fitted, record: Record, least_share: float) -> bool:
    """Return whether a ramp that was only supposed is missed by much more than the hold.

    The hand went up and down, or did something else that the force alone does not tell, and the
    weights suffer from it.
    """
    if isinstance(fitted.course, Motion) or record.ramp_samples == 0:
        return False
    of_ramp, of_hold = np.split(fitted.residuals, [record.ramp_samples])
    ramp_rms_n = math.sqrt(float(of_ramp @ of_ramp) / of_ramp.size)
    if ramp_rms_n < least_share * float(record.force_n.max()):
        return False
    return ramp_rms_n > _RAMP_OVER_HOLD * float(of_hold.std())


def _numbers(fitted: Fitted, record: Record) -> tuple[Estimate | None, tuple[Term, ...]]:
    if not fitted.trusted or _ramp_is_missed(fitted, record, _HOPELESS_RAMP_SHARE):
        return None, (Term(weight=None, tau_s=None),) * fitted.terms
    if fitted.terms == 0:
        return least_equilibrium(fitted, record), ()
    k, known = fitted.theta.size, fitted.spread
    equilibrium, *weights = shares(fitted.amplitudes, known.covariance[k:, k:], known.dof)
    variances = np.diag(known.covariance)
    taus = (
        time_constant(float(fitted.theta[i]), float(variances[i]), known.dof)
        for i in range(fitted.terms)
    )
    return equilibrium, tuple(
        Term(weight=weight, tau_s=tau_s) for weight, tau_s in zip(weights, taus, strict=True)
    )


def _law_number(fitted: Fitted, kinds: tuple[type[Law], ...]) -> Estimate | None:
    """Return the number of the elastic law where it is one of these; exact where it was given."""
    law, at = fitted.course.law, fitted.course.law_at
    if law is None or type(law) not in kinds or not fitted.determined:
        return None
    value, u = law.number(0.0)[0], 0.0
    if at is not None:
        value, slope = law.number(float(fitted.shape[at]))
        place = fitted.terms + at
        u = slope * math.sqrt(float(fitted.spread.covariance[place, place]))
    return Estimate(
        value=value, standard_uncertainty=u, unit="1", dof=fitted.spread.dof, budget={"scatter": u}
    )


def _without(flags: tuple[QualityFlag, ...]) -> Relaxation:
    return Relaxation(
        terms=(Term(weight=None, tau_s=None),),
        equilibrium_fraction=None,
        rms_percent=None,
        model=None,
        law=None,
        exponent=None,
        stiffening=None,
        criterion={},
        flags=flags,
        _fitted=None,
    )
