"""Whether the measured value goes the way of the grade, whatever the shape of the relation.

Two coefficients. Spearman's rho is Pearson's of mid-ranks; since a grade has a handful of values,
hundreds of cases tie, and rho stays below 1 even where nothing contradicts. Somers' D of the value
given the grade looks only at pairs of cases with different grades, so that it reaches 1 there, and
it can be said in words: D = 0.6 is 80 of 100 such pairs in the expected order. Kendall's tau-b is
left out: it is between the two and depends on how often each grade was given.

The spread of both comes from the influence of each case on the coefficient, summed by group, with
ties as they are. In simulations the interval at Fisher's z holds the truth in 92 to 97 of 100
samples of 20 cases and 8 clients or more; those of Fieller and others (1957) and of Bonett and
Wright (2000) do as well for independent cases, and neither knows clients.

Sources: Spearman (1904); Somers (1962); Newson (2006) for the interval of D with clusters; Hampel
(1974) for influence.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.hand_and_sensor.cases import (
    Cases,
    IntArray,
    cases,
    not_enough,
    one_kind_only,
)
from tissuesense.analysis.hand_and_sensor.comparison import TENDERNESS, Comparison
from tissuesense.analysis.hand_and_sensor.fisher_interval import fisher_estimate
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_TWO_WAYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RankAgreement:
    """How far grade and value go together.

    Attributes
    ----------
    rho, somers_d
        With 95 % intervals, as they are: below 0 where the value falls as the grade rises.
    in_order_percent
        Of 100 pairs of cases with different grades, how many have their values in the expected
        order; 50 is chance. Not given where `somers_d` is not.
    """

    rho: Outcome
    somers_d: Outcome
    in_order_percent: Outcome
    comparison: Comparison
    n: int
    n_groups: int
    n_missing: int
    flags: tuple[QualityFlag, ...] = ()

    @property
    def sentence(self) -> str:
        """The result in plain words."""
        if isinstance(self.in_order_percent, NotEstimable):
            return self.in_order_percent.detail
        low, high = self.in_order_percent.ci95
        way = "higher" if self.comparison.rising else "lower"
        return (
            f"Of 100 pairs of cases that you graded differently, the one with more "
            f"{self.comparison.hand} had the {way} {self.comparison.sensor} in "
            f"{self.in_order_percent.value:.0f} (95 % interval {low:.0f} to {high:.0f}; chance "
            f"gives 50; {self.n} cases)."
        )


def rank_agreement(
    hand_grades: Sequence[int | None],
    sensor_values: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    at_least: ArrayLike | None = None,
    comparison: Comparison = TENDERNESS,
) -> RankAgreement:
    """Return rank correlations of grades and measured values.

    Parameters
    ----------
    hand_grades
        None: not examined.
    sensor_values
        Positive, shape (n,), in one unit and comparable (see `Comparison.unit`); NaN: not measured.
    groups
        Whose case it is, one label each, usually the client.
    at_least
        True where a press ended at its limit: such values rank above all lower ones, and tie.

    Raises
    ------
    UsageError
        When lengths differ, a grade is not on the scale or a value is not positive.
    """
    both = cases(hand_grades, sensor_values, groups, at_least, comparison)
    rho, somers_d = _coefficients(both)
    in_order: Outcome = somers_d
    if isinstance(somers_d, Estimate):
        in_order = _in_order(somers_d, comparison.sign)
    return RankAgreement(
        rho=rho,
        somers_d=somers_d,
        in_order_percent=in_order,
        comparison=comparison,
        n=both.n,
        n_groups=both.n_groups,
        n_missing=both.n_missing,
        flags=(*both.flags, *((rho.reason,) if isinstance(rho, NotEstimable) else ())),
    )


def _coefficients(both: Cases) -> tuple[Outcome, Outcome]:
    refused = not_enough(both.n, both.n_groups)
    if refused is None and np.unique(both.hand).size < _TWO_WAYS:
        refused = one_kind_only("all cases have one and the same grade")
    if refused is None and np.unique(both.sensor).size < _TWO_WAYS:
        refused = one_kind_only("all measured values are the same")
    if refused is not None:
        return refused, refused
    return (
        _estimate(*_spearman(both.hand, both.sensor), both.groups),
        _estimate(*_somers(both.hand, both.sensor), both.groups),
    )


def _in_order(somers_d: Estimate, sign: int) -> Estimate:
    limits = sorted(50 * (1 + sign * limit) for limit in somers_d.ci95)
    return Estimate(
        value=50 * (1 + sign * somers_d.value),
        standard_uncertainty=50 * somers_d.standard_uncertainty,
        unit="%",
        dof=somers_d.dof,
        interval95=(limits[0], limits[1]),
    )


def _estimate(value: float, influence: FloatArray, groups: IntArray) -> Estimate:
    shares, sizes = np.bincount(groups, influence), np.bincount(groups)
    n, m = influence.size, int(np.count_nonzero(sizes))
    # What leaving a group out moves the coefficient by: a large one pulled the mean to itself.
    moved = shares / (n - sizes)
    spread = math.sqrt((m - 1) / m * float(moved @ moved))
    return fisher_estimate(value, spread, m)


def _spearman(x: IntArray, y: FloatArray) -> tuple[float, FloatArray]:
    """Return rho and the influence of each case on it, shape (n,)."""
    of_x, of_y = (_below(values, np.ones(values.size)) - 0.5 for values in (x, y))
    both, both_i = _product(x, of_x, y, of_y)
    xx, xx_i = _product(x, of_x, x, of_x)
    yy, yy_i = _product(y, of_y, y, of_y)
    scale = math.sqrt(xx * yy)
    rho = both / scale
    return rho, np.asarray(both_i / scale - rho / 2 * (xx_i / xx + yy_i / yy))


def _product(
    x: IntArray | FloatArray, of_x: FloatArray, y: IntArray | FloatArray, of_y: FloatArray
) -> tuple[float, FloatArray]:
    """Return the mean product of two mid-ranks, and the influence of each case on it."""
    own = of_x * of_y
    # A case also moves the ranks of all that lie above it.
    moved = of_y.mean() - _below(x, of_y) + of_x.mean() - _below(y, of_x)
    return float(own.mean()), own + moved - (own + moved).mean()


def _somers(x: IntArray, y: FloatArray) -> tuple[float, FloatArray]:
    """Return D of y given x and the influence of each case on it, shape (n,)."""
    agreed, differing = np.zeros(x.size), np.zeros(x.size)
    for grade in np.unique(x):
        others = np.sort(y[x == grade])
        higher = np.searchsorted(others, y, "left") + np.searchsorted(others, y, "right")
        agreed += np.sign(x - grade) * (higher - others.size)
        differing += others.size * (x != grade)
    d = float(agreed.sum() / differing.sum())
    return d, np.asarray(2 * (agreed - d * differing) / differing.mean())


def _below(values: IntArray | FloatArray, weights: FloatArray) -> FloatArray:
    """Return the mean weight of the cases below each case, half for those that tie with it."""
    _, place = np.unique(values, return_inverse=True)
    of_each = np.bincount(place, weights)
    return np.asarray((np.cumsum(of_each) - of_each / 2)[place] / values.size)
