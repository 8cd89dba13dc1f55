"""Two values of one person by one gauge: difference, percent and logarithm of the ratio.

What both values share (area of the tip, calibration, the person's usual reaction time) moves both
the same way. It is taken with its correlation of 1 and so mostly cancels; adding it as if it were
independent would call real differences error.

Source: JCGM 100:2008, 5.2.2 (law of propagation with correlated inputs), G.4 (degrees of freedom).
"""

import math
from collections.abc import Callable

from numpy.typing import ArrayLike

from tissuesense.core.arrays import column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

Reading = Outcome | ArrayLike

_SHARED_SOURCES = ("probe area", "calibration", "reaction time")
_FEWEST_TRIALS = 2


def reading_of(values: Reading, name: str, *, unit: str) -> Outcome:
    """Return an outcome as it is, and the mean of single readings, shape (n,), with its scatter.

    Raises
    ------
    UsageError
        When readings are not one-dimensional and finite, one is below 0, a pressure is 0, or the
        outcome has another unit.
    """
    if isinstance(values, Estimate):
        if values.unit != unit:
            raise UsageError(f"{name} must be in {unit}, not in {values.unit or 'no unit'}.")
        return values
    if isinstance(values, NotEstimable):
        return values
    numbers = column(values, name)
    lowest = float(numbers.min(initial=math.inf))
    if lowest < 0 or (lowest == 0 and unit == "kPa"):
        raise UsageError(
            f"{name} holds {lowest:g} {unit}: a threshold is positive, a rating not < 0."
        )
    if numbers.size < _FEWEST_TRIALS:
        return NotEstimable(
            reason=QualityFlag.TOO_FEW,
            detail=f"{name} has fewer than two readings, so that its scatter is unknown.",
        )
    scatter = float(numbers.std(ddof=1)) / math.sqrt(numbers.size)
    return Estimate.from_budget(
        float(numbers.mean()),
        {"repeatability": scatter},
        unit=unit,
        dof={"repeatability": numbers.size - 1},
    )


def difference(before: Outcome, after: Outcome) -> Outcome:
    """Return after - before, in their unit."""
    return _combined(before, after, lambda a, b: _linear(b.value - a.value, a, b, (1.0, 1.0)))


def log_ratio(before: Outcome, after: Outcome) -> Outcome:
    """Return ln(after / before) of two positive values; anything else cannot be estimated."""
    return _combined(before, after, _log_ratio)


def ratio(before: Outcome, after: Outcome) -> Outcome:
    """Return after / before; the interval is that of the logarithm, so it never holds 0."""
    return antilogarithm(log_ratio(before, after), unit="")


def percent_change(before: Outcome, after: Outcome) -> Outcome:
    """Return 100 (after / before - 1), with the interval of the logarithm."""
    found = ratio(before, after)
    if isinstance(found, NotEstimable):
        return found
    low, high = found.coverage_interval()
    return Estimate(
        value=100 * (found.value - 1),
        standard_uncertainty=100 * found.standard_uncertainty,
        unit="%",
        dof=found.dof,
        interval95=(100 * (low - 1), 100 * (high - 1)),
    )


def independent_difference(first: Outcome, second: Outcome) -> Outcome:
    """Return second - first of two results that share nothing."""
    return _combined(
        first,
        second,
        lambda a, b: Estimate.from_budget(
            b.value - a.value,
            {"first": a.standard_uncertainty, "second": b.standard_uncertainty},
            unit=a.unit,
            dof={"first": a.dof, "second": b.dof},
        ),
    )


def _combined(
    before: Outcome, after: Outcome, join: Callable[[Estimate, Estimate], Outcome]
) -> Outcome:
    if isinstance(before, NotEstimable):
        return before
    if isinstance(after, NotEstimable):
        return after
    if before.unit != after.unit:
        raise UsageError(f"Two values must have one unit, not {before.unit} and {after.unit}.")
    return join(before, after)


def _log_ratio(before: Estimate, after: Estimate) -> Outcome:
    if not min(before.value, after.value) > 0:
        return NotEstimable(
            reason=QualityFlag.ZERO_RATING,
            detail="A value of 0 or below has no ratio and no logarithm.",
        )
    found = math.log(after.value / before.value)
    return _linear(found, before, after, (1 / before.value, 1 / after.value), unit="")


def _linear(
    value: float,
    before: Estimate,
    after: Estimate,
    weights: tuple[float, float],
    *,
    unit: str | None = None,
) -> Estimate:
    """Return a quantity that rises with `after` and falls with `before` by these weights."""
    own = {"before": _own(before), "after": _own(after)}
    budget = {name: weight * u for (name, (u, _)), weight in zip(own.items(), weights, strict=True)}
    for source in _SHARED_SOURCES:
        if source in before.budget and source in after.budget:
            left = weights[1] * after.budget[source] - weights[0] * before.budget[source]
            budget[source] = math.fabs(left)
    return Estimate.from_budget(
        value,
        budget,
        unit=before.unit if unit is None else unit,
        dof={name: dof for name, (_, dof) in own.items()},
    )


def _own(estimate: Estimate) -> tuple[float, float]:
    """Return what is the value's alone, and its degrees of freedom."""
    total = estimate.standard_uncertainty
    shared = math.fsum(estimate.budget.get(source, 0.0) ** 2 for source in _SHARED_SOURCES)
    own = math.sqrt(max(total**2 - shared, 0.0))
    if not own > 0:
        return 0.0, math.inf
    # Only repeats have few degrees of freedom; sharing made them look like more (G.2b, backwards).
    return own, estimate.dof * (own / total) ** 4


def antilogarithm(log: Outcome, unit: str) -> Outcome:
    """Return the exponential of an estimate, its interval turned back with it."""
    if isinstance(log, NotEstimable):
        return log
    value = math.exp(log.value)
    low, high = (math.exp(bound) for bound in log.coverage_interval())
    return Estimate(
        value=value,
        standard_uncertainty=value * log.standard_uncertainty,
        unit=unit,
        dof=log.dof,
        interval95=(low, high),
    )
