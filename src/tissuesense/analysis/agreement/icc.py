"""Intraclass correlation in its six forms, each with its name and its confidence interval.

Sources: Shrout and Fleiss (1979) for the forms, their F tests and intervals; the interval of the
two-way random forms is theirs, with Satterthwaite's degrees of freedom; McGraw and Wong (1996).

===========  ===========================  =====================================================
here         Shrout and Fleiss            what it answers
===========  ===========================  =====================================================
``icc1``     ICC(1,1)                     one score, each target judged by raters of its own
``icc2``     ICC(2,1)                     one score, absolute agreement, raters drawn at random
``icc3``     ICC(3,1)                     one score, consistency: the raters' means do not count
``icc1k``    ICC(1,k)                     the mean of k scores; the rest as above
``icc2k``    ICC(2,k)
``icc3k``    ICC(3,k)
===========  ===========================  =====================================================
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtri

from tissuesense.analysis.agreement.score_table import (
    MeanSquares,
    Number,
    mean_squares,
    score_tables,
)
from tissuesense.core.quality import QualityFlag

_UPPER_95 = 0.975
FORMS = ("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")


@dataclass(frozen=True, slots=True, kw_only=True)
class Icc:
    """One form.

    Attributes
    ----------
    value
        None where the scores cannot answer; for a stack of tables an array, NaN there.
    ci95
        Two-sided 95 % confidence interval (low, high), likewise.
    f, df
        The F ratio that tests value = 0, and its two degrees of freedom.
    """

    value: Number | None
    ci95: tuple[Number | None, Number | None]
    f: Number | None
    df: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class IccForms:
    """All six forms of one table, or of a stack of tables.

    Attributes
    ----------
    flags
        Why values are missing: `too_few` where the targets do not differ at all.
    """

    icc1: Icc
    icc2: Icc
    icc3: Icc
    icc1k: Icc
    icc2k: Icc
    icc3k: Icc
    n_targets: int
    n_raters: int
    flags: tuple[QualityFlag, ...] = ()


def icc(scores: ArrayLike) -> IccForms:
    """Return the six intraclass correlations of one table.

    The intervals of `icc2` and `icc2k` are approximate: where three raters' means differ as much as
    the targets do, they hold the true value in 87 % of tables instead of 95 %. More raters cure it.

    Parameters
    ----------
    scores
        Shape (n targets, k raters); no score may be missing.

    Raises
    ------
    UsageError
        When the shape is another, or a score is missing.

    Examples
    --------
    >>> left_and_right_hand_kpa = [[310, 305], [250, 262], [405, 390], [280, 291]]
    >>> round(icc(left_and_right_hand_kpa).icc2.value, 3)
    0.983
    """
    squares = mean_squares(score_tables(scores, axes=2))
    if not squares.targets > 0:
        return _not_estimable(squares)
    return _forms(squares)


def icc_of_many(scores: ArrayLike) -> IccForms:
    """Return the six forms of every table of a stack at once, as arrays of shape (...).

    Parameters
    ----------
    scores
        Shape (..., n targets, k raters), such as the resamples of a bootstrap.

    Raises
    ------
    UsageError
        As `icc`.
    """
    squares = mean_squares(score_tables(scores))
    with np.errstate(divide="ignore", invalid="ignore"):
        return _forms(squares)


def _forms(s: MeanSquares) -> IccForms:
    n, k = s.n, s.k
    agreement = (s.targets - s.residual) / (
        s.targets + (k - 1) * s.residual + k * (s.raters - s.residual) / n
    )
    within_df, residual_df = n * (k - 1), (n - 1) * (k - 1)
    low1, high1 = _known_quantiles(n - 1, within_df)
    low3, high3 = _known_quantiles(n - 1, residual_df)
    low2, high2 = _agreement_limits(s, *_quantiles(n - 1, _satterthwaite(s, agreement)))
    one_way = (n - 1, within_df)
    two_way = (n - 1, residual_df)
    return IccForms(
        icc1=_single(s.targets, s.within, (low1, high1), k, one_way),
        icc2=Icc(value=agreement, ci95=(low2, high2), f=_ratio(s.targets, s.residual), df=two_way),
        icc3=_single(s.targets, s.residual, (low3, high3), k, two_way),
        icc1k=_mean(s.targets, s.within, (low1, high1), one_way),
        icc2k=Icc(
            value=(s.targets - s.residual) / (s.targets + (s.raters - s.residual) / n),
            ci95=(_spearman_brown(low2, k), _spearman_brown(high2, k)),
            f=_ratio(s.targets, s.residual),
            df=two_way,
        ),
        icc3k=_mean(s.targets, s.residual, (low3, high3), two_way),
        n_targets=n,
        n_raters=k,
    )


@lru_cache(maxsize=64)
def _known_quantiles(targets_df: int, error_df: int) -> tuple[float, float]:
    """Return `_quantiles` of a design: they depend on its size alone."""
    return _quantiles(targets_df, error_df)  # type: ignore[return-value] # floats of floats


def _quantiles(targets_df: int, error_df: Number) -> tuple[Number, Number]:
    """Return the divisor of F for a lower limit, and the reciprocal multiplier for an upper one."""
    low = fdtri(targets_df, error_df, _UPPER_95)
    high = fdtri(error_df, targets_df, _UPPER_95)
    return (low, high) if np.ndim(low) else (float(low), float(high))


def _single(
    targets: Number, error: Number, q: tuple[Number, Number], k: int, df: tuple[int, int]
) -> Icc:
    """Return a form for one score: (F - 1) / (F + k - 1), for F and for its two limits."""

    def form(divisor: Number) -> Number:
        return (targets - divisor * error) / (targets + (k - 1) * divisor * error)

    limits = (form(q[0]), form(1 / q[1]))
    return Icc(value=form(1.0), ci95=limits, f=_ratio(targets, error), df=df)


def _mean(targets: Number, error: Number, q: tuple[Number, Number], df: tuple[int, int]) -> Icc:
    """Return a form for the mean of k scores: 1 - 1 / F, for F and for its two limits."""

    def form(divisor: Number) -> Number:
        return 1 - divisor * error / targets

    limits = (form(q[0]), form(1 / q[1]))
    return Icc(value=form(1.0), ci95=limits, f=_ratio(targets, error), df=df)


def _satterthwaite(s: MeanSquares, rho: Number) -> Number:
    """Return the degrees of freedom of the two-way random forms (Shrout and Fleiss, p. 424)."""
    n, k = s.n, s.k
    of_raters = k * rho * s.raters
    of_rest = (n * (1 + (k - 1) * rho) - k * rho) * s.residual
    squared = of_raters * of_raters * (n - 1) + of_rest * of_rest
    # Raters who agree to the last digit leave 0 / 0, and limits of 1 whatever is put for it.
    exact = squared == 0
    return (k - 1) * (n - 1) * ((of_raters + of_rest) ** 2 + exact) / (squared + exact)


def _agreement_limits(s: MeanSquares, q_low: Number, q_high: Number) -> tuple[Number, Number]:
    n, k = s.n, s.k
    rest = k * s.raters + (k * n - k - n) * s.residual
    low = n * (s.targets - q_low * s.residual) / (q_low * rest + n * s.targets)
    high = n * (q_high * s.targets - s.residual) / (rest + n * q_high * s.targets)
    return low, high


def _spearman_brown(single: Number, k: int) -> Number:
    """Return the reliability of a mean of k scores; one that no mean can have is minus infinity."""
    below = 1 + (k - 1) * single
    if isinstance(below, float):
        return k * single / below if below > 0 else -math.inf
    return np.where(below > 0, k * single / below, -np.inf)


def _ratio(above: Number, below: Number) -> Number:
    if isinstance(below, float) and below == 0:
        return math.inf
    return above / below


def _not_estimable(s: MeanSquares) -> IccForms:
    one_way, two_way = (s.n - 1, s.n * (s.k - 1)), (s.n - 1, (s.n - 1) * (s.k - 1))
    nothing = {
        form: Icc(value=None, ci95=(None, None), f=None, df=one_way if "1" in form else two_way)
        for form in FORMS
    }
    return IccForms(**nothing, n_targets=s.n, n_raters=s.k, flags=(QualityFlag.TOO_FEW,))
