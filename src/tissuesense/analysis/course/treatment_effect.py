"""What changed in one visit, from before treatment to after it, beyond what measuring alone gives.

Repeats before and after are compared on the logarithmic scale, on which the scatter of positive
quantities is even, or as they are (angles). Two questions are answered, and both must be passed
before a change is called one: does the 95 % interval leave out no change, and is the change larger
than the minimal detectable one, which 95 % of unchanged persons stay below?

Nothing here says what brought a change about: resting, a second measurement or the hour of the day
change values too.

Sources: Student's interval of a difference of two means with one scatter (JCGM 100:2008, 4.2 and
G.3); the minimal detectable change as in `measurement_error`.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.agreement.measurement_error import minimal_detectable_change
from tissuesense.analysis.course.clinic_sem import ClinicSem
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import (
    Estimate,
    NotEstimable,
    Outcome,
    coverage_factor,
    quantity_json,
)

Scale = Literal["ratio", "difference"]
Verdict = Literal["higher", "lower", "no detectable change", "not enough data"]
Basis = Literal["own", "prior", "stated"]

_CAUSE = "What brought it about cannot be told from this."


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentEffect:
    """How far a quantity is, after, from where it was before.

    Attributes
    ----------
    change
        On the scale it was compared on: the logarithm of after over before, or the difference.
    percent
        100 (after / before - 1); not for differences.
    mdc
        Minimal detectable change of the difference of the two, on the same scale.
    mdc_basis
        What it rests on: "own" repeats, the published "prior" taken half as large again, or what
        was "stated".
    """

    change: Outcome
    percent: Outcome | None
    mdc: float | None
    mdc_basis: Basis | None
    verdict: Verdict
    sentence: str
    n_before: int
    n_after: int
    flags: tuple[QualityFlag, ...] = ()

    @property
    def mdc_percent(self) -> tuple[float, float] | None:
        """Fall and rise that count as measurement error, in percent; None for differences."""
        if self.mdc is None or self.percent is None:
            return None
        return 100 * math.expm1(-self.mdc), 100 * math.expm1(self.mdc)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, null where unknown."""
        return {
            "change": quantity_json(self.change),
            "percent": quantity_json(self.percent),
            "mdc": self.mdc,
            "mdc_percent": self.mdc_percent and list(self.mdc_percent),
            "mdc_basis": self.mdc_basis,
            "verdict": self.verdict,
            "sentence": self.sentence,
            "n_before": self.n_before,
            "n_after": self.n_after,
            "flags": [str(flag) for flag in self.flags],
        }


def treatment_effect(
    before: ArrayLike,
    after: ArrayLike,
    *,
    sem: ClinicSem | float | None = None,
    scale: Scale = "ratio",
    name: str = "The value",
    unit: str = "",
) -> TreatmentEffect:
    """Compare the repeats before with those after.

    Parameters
    ----------
    before, after
        Repeats of one quantity, by one gauge, shapes (n,) and (m,).
    sem
        Standard error of measurement of one side's value (the mean of its repeats), of ln(value)
        for a ratio, else in `unit`. `clinic_sem` gives it for every quantity. That of values on
        different days is on the safe side within one visit. Without it, that of these repeats.
    scale
        "ratio" for positive quantities, "difference" for angles and ratings.
    name, unit
        For the sentence.

    Raises
    ------
    UsageError
        When a value is missing or, for a ratio, not positive; when `sem` is not positive, or is on
        another scale.

    Examples
    --------
    >>> found = treatment_effect([300, 310, 305], [355, 362, 350], name="The threshold")
    >>> found.verdict
    'higher'
    """
    by_ratio = scale == "ratio"
    low, high = (
        _values(v, n, by_ratio=by_ratio) for v, n in ((before, "before"), (after, "after"))
    )
    stated = _stated(sem, by_ratio=by_ratio)
    change = _change(low, high, stated, unit="" if by_ratio else unit)
    if isinstance(change, NotEstimable):
        return TreatmentEffect(
            change=change,
            percent=None,
            mdc=None,
            mdc_basis=None,
            verdict="not enough data",
            sentence=change.detail,
            n_before=low.size,
            n_after=high.size,
            flags=(change.reason,),
        )
    mdc = (
        minimal_detectable_change(stated)
        if stated is not None
        else coverage_factor(change.dof) * change.u
    )
    percent = _percent(change) if by_ratio else None
    verdict = _verdict(change, mdc)
    return TreatmentEffect(
        change=change,
        percent=percent,
        mdc=mdc,
        mdc_basis=_basis(sem),
        verdict=verdict,
        sentence=_sentence(name, percent or change, mdc, verdict, scale, _basis(sem)),
        n_before=low.size,
        n_after=high.size,
    )


def _values(values: ArrayLike, name: str, *, by_ratio: bool) -> FloatArray:
    found = column(values, name)
    if by_ratio and (found <= 0).any():
        raise UsageError(f"{name} holds {found.min():g}; a ratio needs values above 0.")
    return np.log(found) if by_ratio else found


def _stated(sem: ClinicSem | float | None, *, by_ratio: bool) -> float | None:
    if sem is None:
        return None
    if isinstance(sem, ClinicSem):
        if (sem.scale == "ln") is not by_ratio:
            raise UsageError(f"sem is on the scale '{sem.scale}', which does not fit the values.")
        sem = sem.sem
    if not (math.isfinite(sem) and sem > 0):
        raise UsageError(f"sem must be positive, not {sem}.")
    return sem


def _basis(sem: ClinicSem | float | None) -> Basis:
    if isinstance(sem, ClinicSem):
        return "prior" if sem.own_share == 0 else "own"
    return "own" if sem is None else "stated"


def _change(low: FloatArray, high: FloatArray, sem: float | None, *, unit: str) -> Outcome:
    """Return the difference of the means, the scatter pooled over both sides."""
    dof = low.size + high.size - 2
    if not (low.size and high.size) or (dof < 1 and sem is None):
        return NotEstimable(
            reason=QualityFlag.TOO_FEW,
            detail="A change needs values before and after, and two on one side at least.",
        )
    difference = float(high.mean() - low.mean())
    if dof < 1:
        scatter = math.sqrt(2.0) * (sem or 0.0)
        return Estimate.from_budget(difference, {"measurement error": scatter}, unit=unit)
    squares = float(((low - low.mean()) ** 2).sum() + ((high - high.mean()) ** 2).sum())
    if squares <= 0 and sem is None:
        return NotEstimable(
            reason=QualityFlag.TOO_FEW,
            detail="Repeats that do not differ at all do not tell how far measuring scatters.",
        )
    scatter = math.sqrt(squares / dof * (1 / low.size + 1 / high.size))
    return Estimate.from_budget(
        difference, {"repeatability": scatter}, unit=unit, dof={"repeatability": dof}
    )


def _percent(log: Estimate) -> Estimate:
    low, high = (100 * math.expm1(bound) for bound in log.coverage_interval())
    return Estimate(
        value=100 * math.expm1(log.value),
        standard_uncertainty=100 * math.exp(log.value) * log.u,
        unit="%",
        dof=log.dof,
        interval95=(low, high),
    )


def _verdict(change: Estimate, mdc: float) -> Verdict:
    low, high = change.coverage_interval()
    if low > 0 and change.value > mdc:
        return "higher"
    if high < 0 and change.value < -mdc:
        return "lower"
    return "no detectable change"


def _sentence(
    name: str, shown: Estimate, mdc: float, verdict: Verdict, scale: Scale, basis: Basis
) -> str:
    digits = 0 if scale == "ratio" else 1
    low, high = shown.coverage_interval()
    unit = f" {shown.unit}".rstrip()
    error = (
        f"{100 * math.expm1(-mdc):+z.0f} to {100 * math.expm1(mdc):+.0f} %"
        if scale == "ratio"
        else f"{mdc:.{digits}f}{unit} either way"
    )
    if basis == "prior":
        error += ", by published figures"
    size, way = max(shown.value, -shown.value), "higher" if shown.value > 0 else "lower"
    measured = (
        f"{name} was measured {size:.{digits}f}{unit} {way} after than before "
        f"(95 % interval {low:+z.{digits}f} to {high:+z.{digits}f}{unit})"
    )
    if verdict != "no detectable change":
        return f"{measured}, more than measurement error ({error}). {_CAUSE}"
    if low > 0 or high < 0:
        return f"{measured}, no more than measurement error ({error})."
    return f"{measured}, which cannot be told from no change; measurement error is {error}."
