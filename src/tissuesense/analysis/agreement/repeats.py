"""Repeats of one quantity at one site: their centre, their scatter, and whether they agree enough.

The centre is the median, which one slipped press does not move. What a median of so few values
scatters by, against their mean, is known exactly for normal values, so that its interval needs no
allowance. Whether a set is good enough is told by a gate: for taps 3 % of coefficient of variation,
for presses by hand 10 %, for angles some degrees.

Sources: D. C. Hoaglin, F. Mosteller and J. W. Tukey, Understanding robust and exploratory data
analysis (1983), for the median of absolute deviations; H. A. David and H. N. Nagaraja, Order
statistics (2003), for the scatter of the median of a normal sample, the figures by quadrature.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome, coverage_factor

_MAD_TO_SD = 1.4826  # for a normal distribution
# Standard deviation of the median of n normal values over that of their mean; more: sqrt(pi / 2).
_MEDIAN_OVER_MEAN = {
    2: 1.0, 3: 1.1602, 4: 1.0922, 5: 1.1976, 6: 1.1351, 7: 1.2137,
    8: 1.1600, 9: 1.2227, 10: 1.1762, 11: 1.2283, 12: 1.1876,
}  # fmt: skip
_FEWEST = 2
# Below this, the median of absolute deviations hardly knows the scatter.
_LOW_N = 5
_SCATTER = "scatter of repeats"
SHARED_SOURCES = ("calibration", "resolution")

Verdict = Literal["accept", "repeat", "flag"]
Repeated = Sequence[Estimate] | ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """How far repeats may scatter.

    Attributes
    ----------
    most
        Largest standard deviation that is still good: over the mean where `relative`, else in the
        unit of the quantity.
    enough
        From so many repeats on a set beyond the gate is flagged and not repeated: more of the same
        would not calm it.
    """

    most: float
    relative: bool = True
    enough: int = 5

    def __post_init__(self) -> None:
        if not (math.isfinite(self.most) and self.most > 0):
            raise UsageError(f"A gate must be positive, not {self.most}.")


# The usual conventions: three per cent within a set of taps, ten between presses by hand.
TAP_GATE = Gate(most=0.03)
PRESS_GATE = Gate(most=0.10)
ANGLE_GATE = Gate(most=5.0, relative=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """What the repeats of one quantity say together.

    Attributes
    ----------
    centre
        The median with its uncertainty; a single repeat keeps its own, a single bare number has
        none and so is no estimate.
    sd, robust_sd
        Between repeats: the usual one, and 1.4826 times the median of absolute deviations; None
        for fewer than two.
    cv
        Standard deviation over mean; None for fewer than two, or where the mean is not positive.
    sem
        Standard error of the centre by the scatter of the repeats alone.
    low_n
        Fewer than five: `robust_sd` is hardly known.
    verdict
        "accept"; "repeat": too few, or beyond the gate; "flag": beyond it in spite of many.
    """

    n: int
    unit: str
    centre: Outcome
    sd: float | None
    robust_sd: float | None
    cv: float | None
    sem: float | None
    low_n: bool
    verdict: Verdict
    flags: tuple[QualityFlag, ...]


def repeats(
    values: Repeated,
    *,
    unit: str = "",
    gate: Gate | None = None,
    shared: Sequence[str] = SHARED_SOURCES,
) -> Repeats:
    """Sum up the repeats of one quantity at one site.

    Parameters
    ----------
    values
        Numbers in `unit`, shape (n,), or estimates, whose unit counts then; may be empty.
    gate
        How far they may scatter; any scatter is accepted without one.
    shared
        Sources in the budgets of estimates that all repeats have in common, so that repeating does
        not make them smaller.

    Raises
    ------
    UsageError
        When numbers are not one-dimensional and finite, or estimates differ in unit.

    Examples
    --------
    >>> found = repeats([1.02, 1.05, 0.99], unit="N/mm", gate=PRESS_GATE)
    >>> found.verdict, round(found.cv, 3), found.low_n
    ('accept', 0.029, True)
    """
    estimates = _estimates(values)
    if estimates:
        unit = estimates[0].unit
    bare = [estimate.value for estimate in estimates] or cast("ArrayLike", values)
    numbers = column(bare, "values")
    n = numbers.size
    centre = _centre(numbers, estimates, unit, shared)
    if n < _FEWEST:
        return Repeats(
            n=n,
            unit=unit,
            centre=centre,
            sd=None,
            robust_sd=None,
            cv=None,
            sem=None,
            low_n=True,
            verdict="repeat",
            flags=(QualityFlag.TOO_FEW,),
        )
    sd, mean = float(numbers.std(ddof=1)), float(numbers.mean())
    verdict = _verdict(n, sd, mean, gate)
    return Repeats(
        n=n,
        unit=unit,
        centre=centre,
        sd=sd,
        robust_sd=_MAD_TO_SD * median(np.abs(numbers - median(numbers))),
        cv=sd / mean if mean > 0 else None,
        sem=standard_error(numbers),
        low_n=n < _LOW_N,
        verdict=verdict,
        flags=() if verdict == "accept" else (QualityFlag.TRIAL_SPREAD,),
    )


def centre_of(
    values: Repeated, *, unit: str = "", shared: Sequence[str] = SHARED_SOURCES
) -> Outcome:
    """Return `repeats(...).centre`: the median of repeats with its uncertainty."""
    return repeats(values, unit=unit, shared=shared).centre


def standard_error(values: FloatArray) -> float:
    """Return the standard error of the median of two or more values by their own scatter."""
    n = values.size
    over_mean = _MEDIAN_OVER_MEAN.get(n, math.sqrt(math.pi / 2))
    return over_mean * float(values.std(ddof=1)) / math.sqrt(n)


def within_gate(values: ArrayLike, gate: Gate) -> bool:
    """Return whether repeats, two at least, scatter no more than `gate` lets them.

    Raises
    ------
    UsageError
        When `values` is not one-dimensional and finite.
    """
    found = repeats(values, gate=gate)
    return found.n >= _FEWEST and found.verdict == "accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRepeat:
    """The first of a row of repeats against the others.

    Attributes
    ----------
    difference
        First less the mean of the others.
    unlike
        Whether it lies outside of where one more repeat like the others would be, in 95 of 100
        cases; None where too few repeats can tell.
    """

    difference: Outcome
    unlike: bool | None


def first_against_others(
    values: ArrayLike, *, unit: str = "", usual_sd: float = 0.0, usual_dof: float = 0.0
) -> FirstRepeat:
    """Tell whether the first repeat is unlike the others, as a press that conditions tissue is.

    Parameters
    ----------
    values
        In the order they were taken, shape (n,); the logarithms for a quantity that scatters in
        proportion to its size.
    usual_sd, usual_dof
        How far repeats usually scatter, in the unit of `values`, and how many degrees of freedom
        that is worth: two or three presses know their own scatter badly. Without it, at least
        three others are needed.

    Returns
    -------
    FirstRepeat
        Student's t of a new observation against a sample of n - 1; the variances, own and usual,
        are pooled by their degrees of freedom.

    Raises
    ------
    UsageError
        When `values` is not one-dimensional and finite, or what is usual is negative.
    """
    numbers = column(values, "values")
    for name, number in (("usual_sd", usual_sd), ("usual_dof", usual_dof)):
        if not (math.isfinite(number) and number >= 0):
            raise UsageError(f"{name} must be finite and not negative, not {number}.")
    others = numbers[1:]
    dof = others.size - 1 + usual_dof
    if others.size < 1 or dof < _FEWEST:
        few = NotEstimable(
            reason=QualityFlag.TOO_FEW,
            detail="Too few repeats to tell whether the first one differs; four or more can.",
        )
        return FirstRepeat(difference=few, unlike=None)
    mean = float(others.mean())
    squares = float(np.square(others - mean).sum()) + usual_dof * usual_sd**2
    u = math.sqrt(squares / dof * (1 + 1 / others.size))
    found = Estimate(
        value=float(numbers[0]) - mean,
        standard_uncertainty=u,
        unit=unit,
        dof=dof,
        budget={_SCATTER: u},
    )
    return FirstRepeat(difference=found, unlike=abs(found.value) > coverage_factor(dof) * u)


def _estimates(values: Repeated) -> Sequence[Estimate]:
    """Return `values` if they are estimates, else nothing."""
    if not isinstance(values, Sequence):
        return ()
    kinds = {isinstance(value, Estimate) for value in values}
    if kinds != {True}:
        if True in kinds:
            raise UsageError("values mixes estimates and bare numbers.")
        return ()
    estimates = cast("Sequence[Estimate]", values)
    units = {estimate.unit for estimate in estimates}
    if len(units) > 1:
        raise UsageError(f"Repeats must have one unit, not {' and '.join(sorted(units))}.")
    return estimates


def _centre(
    numbers: FloatArray, estimates: Sequence[Estimate], unit: str, shared: Sequence[str]
) -> Outcome:
    if numbers.size < _FEWEST:
        if estimates:
            return estimates[0]
        return NotEstimable(
            reason=QualityFlag.TOO_FEW,
            detail="Fewer than two repeats, so that their scatter is unknown; measure again.",
        )
    budget = {_SCATTER: standard_error(numbers)}
    for source in shared:
        common = np.array([estimate.budget.get(source, 0.0) for estimate in estimates])
        if common.any():
            budget[source] = median(common)
    return Estimate.from_budget(
        median(numbers), budget, unit=unit, dof={_SCATTER: numbers.size - 1.0}
    )


def _verdict(n: int, sd: float, mean: float, gate: Gate | None) -> Verdict:
    if gate is None or sd <= gate.most * (mean if gate.relative else 1.0):
        return "accept"
    return "flag" if n >= gate.enough else "repeat"
