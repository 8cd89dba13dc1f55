"""Scores of pain ratings given along a series of equal presses.

Ratings scatter by themselves. How far is told by how unevenly they follow one another: each is set
against the line between its two neighbours, which leaves any smooth course out.

Sources: Gasser T, Sroka L, Jennen-Steinmetz C (1986) Residual variance and residual pattern in
nonlinear regression, Biometrika 73:625-633 (the scatter); Sen PK (1968) J Am Stat Assoc
63:1379-1389 (the trend); Fieller EC (1954) J R Stat Soc B 16:175-185 (intervals of ratios); the
scores are those in use for temporal summation, see Mailloux C and others (2021) PLoS ONE
16:e0245278. The degrees of freedom of the scatter are derived here.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.numerics.slope import theil_sen
from tissuesense.analysis.numerics.straight_line import straight_line
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome, coverage_factor

# A bare number where two ratings alone cannot tell their own scatter.
Score = Outcome | float
ZeroRule = Literal["refuse", "add_half"]

_TWO, _FEWEST = 2, 4
_THIRD = 3
FIRST_AND_LAST = NotEstimable(
    reason=QualityFlag.TOO_FEW, detail="Only the first and the last press were rated."
)
_TOO_SHORT = NotEstimable(
    reason=QualityFlag.TOO_FEW, detail="A series of fewer than six presses has no thirds."
)
_ZERO_FIRST = NotEstimable(
    reason=QualityFlag.ZERO_RATING,
    detail="The first press was rated 0, and nothing is a multiple of 0.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingScores:
    """What a series of ratings says, in points of its scale.

    Attributes
    ----------
    difference
        Last less first.
    ratio
        Last over first.
    trend
        Median of all pairwise slopes, points a press, with its rank interval.
    trend_ols
        Least-squares slope, points a press.
    area
        Sum of all ratings over the first.
    late_minus_early
        Mean of the last three less mean of the first three.
    rating_sd
        How far one rating scatters; None where it is not known.
    """

    difference: Score
    ratio: Score
    trend: Outcome
    trend_ols: Outcome
    area: Score
    late_minus_early: Outcome
    rating_sd: float | None


def no_scores(why: NotEstimable) -> RatingScores:
    """Return scores that are all refused for one reason."""
    return RatingScores(
        difference=why,
        ratio=why,
        trend=why,
        trend_ols=why,
        area=why,
        late_minus_early=why,
        rating_sd=None,
    )


def rating_scores(
    ratings: ArrayLike, *, known_sd: float | None = None, zero_first: ZeroRule = "refuse"
) -> RatingScores:
    """Score ratings alone; `temporal_summation` also looks at what was pressed.

    Parameters
    ----------
    ratings
        After each press, shape (n,), four or more; or two, after the first and the last.
    known_sd
        Scatter of one rating, where it is known from elsewhere.
    zero_first
        A first rating of 0 has no ratio. `add_half` adds half a point to each rating for it.

    Raises
    ------
    UsageError
        When there are another number of ratings, one is below 0 or not finite, `known_sd` is
        negative, or `zero_first` is another word.
    """
    if zero_first not in get_args(ZeroRule):
        raise UsageError(f"zero_first is one of {', '.join(get_args(ZeroRule))}, not {zero_first}.")
    if known_sd is not None and not (math.isfinite(known_sd) and known_sd >= 0):
        raise UsageError(f"known_sd must be finite and not negative, not {known_sd}.")
    ratings = column(ratings, "ratings")
    if not (ratings.size == _TWO or ratings.size >= _FEWEST):
        raise UsageError(f"Ratings are two, or four and more, not {ratings.size}.")
    if ratings.min() < 0:
        raise UsageError(f"A rating is not below 0, as {ratings.min()} is.")
    each = ratings.size >= _FEWEST
    sd, dof = (known_sd, math.inf) if known_sd is not None else _scatter(ratings)
    first, last = float(ratings[0]), float(ratings[-1])
    rest = float(ratings[1:].sum())
    line = straight_line(_numbers(ratings), ratings, unit="/press") if each else None
    return RatingScores(
        difference=_with_error(last - first, sd, dof, share=math.sqrt(2.0)),
        ratio=_ratio(first, last, 1, sd, dof, zero_first),
        trend=theil_sen(_numbers(ratings), ratings, unit="/press") if each else FIRST_AND_LAST,
        trend_ols=line.slope if line else FIRST_AND_LAST,
        area=_plus_one(_ratio(first, rest, ratings.size - 1, sd, dof, zero_first))
        if each
        else FIRST_AND_LAST,
        late_minus_early=_late_minus_early(ratings, sd, dof),
        rating_sd=sd,
    )


def trend_at_equal_pressure(ratings: FloatArray, pressures_kpa: FloatArray) -> Outcome:
    """Return the slope over presses that is left when the delivered pressure is held equal.

    Least squares on the number of the press and on its pressure; points a press.
    """
    numbers = _numbers(ratings)
    pressed = pressures_kpa - pressures_kpa.mean()
    counted = numbers - numbers.mean()
    both = float(counted @ pressed)
    spread, determinant = float(pressed @ pressed), 0.0
    if spread > 0:
        determinant = float(counted @ counted) - both**2 / spread
    if ratings.size < _FEWEST or not determinant > 1e-6 * float(counted @ counted):
        return NotEstimable(
            reason=QualityFlag.TOO_FEW,
            detail="The pressure did not vary, or only with the number of the press: "
            "the two cannot be told apart.",
        )
    design = np.stack([np.ones(ratings.size), counted, pressed], axis=1)
    inverse = np.linalg.inv(design.T @ design)
    found = inverse @ (design.T @ ratings)
    left = ratings - design @ found
    dof = ratings.size - 3
    variance = float(left @ left) / dof * float(inverse[1, 1])
    return Estimate(
        value=float(found[1]), standard_uncertainty=math.sqrt(variance), unit="/press", dof=dof
    )


def _numbers(ratings: FloatArray) -> FloatArray:
    return np.arange(1, ratings.size + 1, dtype=np.float64)


def _scatter(ratings: FloatArray) -> tuple[float | None, float]:
    """Return the scatter of one rating about a smooth course, and its degrees of freedom.

    Neighbouring second differences are correlated by -2/3 and 1/6; their mean square has the
    degrees of freedom of a chi-square with the same mean and variance.
    """
    if ratings.size < _FEWEST:
        return None, math.inf
    bends = np.diff(ratings, n=2)
    m = bends.size
    dof = m * m / (m + 8 * (m - 1) / 9 + (m - 2) / 18)
    sd = math.sqrt(float(bends @ bends) / (6 * m))
    # Whole numbers cannot be known better than to the half point that rounding leaves.
    whole = bool(np.all(ratings == np.round(ratings)))
    return max(sd, 1 / math.sqrt(12.0) if whole else 0.0), dof


def _with_error(value: float, sd: float | None, dof: float, *, share: float) -> Score:
    if sd is None:
        return value
    return Estimate(value=value, standard_uncertainty=share * sd, unit="points", dof=dof)


def _late_minus_early(ratings: FloatArray, sd: float | None, dof: float) -> Outcome:
    if ratings.size < _FEWEST:
        return FIRST_AND_LAST
    if ratings.size < 2 * _THIRD or sd is None:
        return _TOO_SHORT
    value = float(ratings[-_THIRD:].mean() - ratings[:_THIRD].mean())
    return Estimate(
        value=value, standard_uncertainty=sd * math.sqrt(2 / _THIRD), unit="points", dof=dof
    )


def _ratio(  # the two ratings, how many the upper one sums, their scatter and the rule for 0
    first: float, other: float, summed: int, sd: float | None, dof: float, zero_first: ZeroRule
) -> Score:
    """Return other / first, the other being a sum of so many ratings, with Fieller's interval."""
    if not first > 0:
        if zero_first == "refuse":
            return _ZERO_FIRST
        first, other = first + 0.5, other + 0.5 * summed
    value = other / first
    if sd is None:
        return value
    u = sd / first * math.sqrt(summed + value**2)
    t = coverage_factor(dof)
    g = (t * sd / first) ** 2
    if g >= 1:
        return NotEstimable(
            reason=QualityFlag.UNBOUNDED,
            detail="The first rating is no further from 0 than ratings scatter: its multiples "
            "have no bounds. The difference tells more.",
        )
    half = t * sd / first * math.sqrt(value**2 + summed * (1 - g))
    return Estimate(
        value=value,
        standard_uncertainty=u,
        unit="",
        dof=dof,
        interval95=((value - half) / (1 - g), (value + half) / (1 - g)),
    )


def _plus_one(score: Score) -> Score:
    """Add the first rating, which is 1 in units of itself."""
    if not isinstance(score, Estimate):
        return score
    low, high = score.coverage_interval()
    return Estimate(
        value=score.value + 1,
        standard_uncertainty=score.standard_uncertainty,
        unit=score.unit,
        dof=score.dof,
        interval95=(low + 1, high + 1),
    )
