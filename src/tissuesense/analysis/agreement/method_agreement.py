"""Agreement of two methods, instruments or raters: Bland and Altman's limits.

Sources: Bland JM, Altman DG (1986) Statistical methods for assessing agreement between two methods
of clinical measurement, Lancet 1:307-310; (1999) Measuring agreement in method comparison studies,
Stat Methods Med Res 8:135-160; (2007) Agreement between methods of measurement with multiple
observations per individual, J Biopharm Stat 17:571-582. Exact intervals of the limits: Carkeet A
(2015) Exact parametric confidence intervals for Bland-Altman limits of agreement, Optom Vis Sci
92:e71-e80.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Self, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import nctdtrit, stdtrit

from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError

Interval = Literal["exact", "approximate-1999", "approximate-1986"]
_FEWEST = 3
_USUAL_MULTIPLE = 1.96  # as the papers print it


class WithInterval(float):
    """A number that carries its 95 % confidence interval."""

    ci95: tuple[float, float]

    def __new__(cls, value: float, ci95: tuple[float, float]) -> Self:  # noqa: D102 - the class says it
        made = super().__new__(cls, value)
        made.ci95 = ci95
        return made

    def __getnewargs__(self) -> tuple[float, tuple[float, float]]:  # type: ignore[override] # float's own has but one
        return float(self), self.ci95

    @property
    def value(self) -> float:
        """The number alone."""
        return float(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Differences ``a - b`` of one method to another, in their unit.

    Attributes
    ----------
    bias
        Mean difference.
    sd
        Standard deviation of the differences.
    lower, upper
        Limits of agreement: 95 % of single differences are expected between them.
    n
        How many pairs, or how many subjects where each was measured repeatedly.
    """

    bias: WithInterval
    sd: float
    lower: WithInterval
    upper: WithInterval
    n: int


def bland_altman(
    a: ArrayLike, b: ArrayLike, *, multiple: float = _USUAL_MULTIPLE, interval: Interval = "exact"
) -> Agreement:
    """Return the limits of agreement of paired readings.

    Parameters
    ----------
    a, b
        One reading of each subject by each method, shape (n,), n at least 3.
    multiple
        Standard deviations from the bias to a limit: 1.96; the paper of 1986 took 2.
    interval
        How the limits' own intervals are made: exact, by the non-central t distribution, or by
        one of the approximations that the papers of 1986 and 1999 print.

    Raises
    ------
    UsageError
        When the lengths differ, there are fewer than 3 pairs, a value is not finite, `multiple`
        is not positive or `interval` is another word.
    """
    first, second = column(a, "a"), column(b, "b")
    if first.size != second.size:
        raise UsageError(f"a has {first.size} readings and b {second.size}; they must be pairs.")
    if first.size < _FEWEST:
        raise UsageError(f"Limits of agreement need {_FEWEST} pairs or more, not {first.size}.")
    if not (math.isfinite(multiple) and multiple > 0):
        raise UsageError(f"multiple must be positive, not {multiple}.")
    if interval not in get_args(Interval):
        raise UsageError(f"interval is one of {', '.join(get_args(Interval))}, not {interval}.")
    d = first - second
    return _agreement(d, float(d.std(ddof=1)), multiple, interval)


def _agreement(d: FloatArray, sd: float, multiple: float, interval: Interval) -> Agreement:
    """Return mean difference and limits, `sd` being that of differences of single readings."""
    n, bias = d.size, float(d.mean())
    half = float(stdtrit(n - 1, 0.975)) * float(d.std(ddof=1)) / math.sqrt(n)
    near, far = _limit_factors(n, multiple, interval)
    return Agreement(
        bias=WithInterval(bias, (bias - half, bias + half)),
        sd=sd,
        lower=WithInterval(bias - multiple * sd, (bias - far * sd, bias - near * sd)),
        upper=WithInterval(bias + multiple * sd, (bias + near * sd, bias + far * sd)),
        n=n,
    )


@lru_cache(maxsize=64)
def _limit_factors(n: int, multiple: float, interval: Interval) -> tuple[float, float]:
    """Return between which multiples of the sd, from the bias, a limit lies with 95 %."""
    if interval == "exact":
        shift = multiple * math.sqrt(n)
        near, far = (float(nctdtrit(n - 1, shift, p)) / math.sqrt(n) for p in (0.025, 0.975))
        return near, far
    variance = 3.0 / n if interval == "approximate-1986" else 1.0 / n + multiple**2 / (2 * (n - 1))
    half = float(stdtrit(n - 1, 0.975)) * math.sqrt(variance)
    return multiple - half, multiple + half


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedAgreement:
    """Limits for single readings where each subject was measured several times by both methods.

    Attributes
    ----------
    bias, sd, lower, upper
        As in `Agreement`; the sd is that of a difference between two single readings.
    sd_within, sd_between
        Its parts: within a subject, and between the subjects' mean differences.
    """

    bias: float
    sd: float
    lower: float
    upper: float
    sd_within: float
    sd_between: float
    n: int


def bland_altman_repeated(differences: Sequence[ArrayLike]) -> RepeatedAgreement:
    """Return limits of agreement from replicate pairs while the true value changes.

    Parameters
    ----------
    differences
        For each subject the differences of its pairs, shape (m_i,); numbers m_i may differ.

    Raises
    ------
    UsageError
        When there are fewer than 2 subjects, or no subject has more than one pair.
    """
    groups = [column(group, f"differences[{i}]") for i, group in enumerate(differences)]
    counts = np.array([group.size for group in groups])
    n, total = len(groups), int(counts.sum())
    if n < 2 or counts.min() < 1 or total == n:  # noqa: PLR2004 - one subject differs from none
        raise UsageError(
            "Repeated agreement needs two subjects or more, and one of them measured twice or more."
        )
    every = np.concatenate(groups)
    means = np.array([group.mean() for group in groups])
    within = float(sum(np.square(g - m).sum() for g, m in zip(groups, means, strict=True)))
    ms_within = within / (total - n)
    ms_between = float((counts * np.square(means - every.mean())).sum()) / (n - 1)
    usual_count = (total - float(np.square(counts).sum()) / total) / (n - 1)
    between = max((ms_between - ms_within) / usual_count, 0.0)
    bias, sd = float(every.mean()), math.sqrt(ms_within + between)
    return RepeatedAgreement(
        bias=bias,
        sd=sd,
        lower=bias - _USUAL_MULTIPLE * sd,
        upper=bias + _USUAL_MULTIPLE * sd,
        sd_within=math.sqrt(ms_within),
        sd_between=math.sqrt(between),
        n=n,
    )


def replicate_sd(first: ArrayLike, second: ArrayLike) -> float:
    """Return the standard deviation of one method within a subject, from pairs of readings.

    Raises
    ------
    UsageError
        When the lengths differ.
    """
    return math.sqrt(float(np.square(_pairs(first, second)).mean()) / 2)


def repeatability_coefficient(
    first: ArrayLike, second: ArrayLike, z: float = _USUAL_MULTIPLE
) -> float:
    """Return what two readings of one subject differ by at most, with 95 %; 1986 took z = 2."""
    return z * math.sqrt(2.0) * replicate_sd(first, second)


def _pairs(first: ArrayLike, second: ArrayLike) -> FloatArray:
    a, b = column(first, "first"), column(second, "second")
    if a.size != b.size or a.size == 0:
        raise UsageError(f"There are {a.size} first and {b.size} second readings.")
    return a - b


def averaged_agreement(a: ArrayLike, b: ArrayLike) -> Agreement:
    """Return limits for single readings where each method read each subject k times.

    The true value must not have changed meanwhile. The standard deviation of the differences of
    the means is widened by what averaging took away (Bland and Altman 1999, section 5.2); the
    intervals of the limits are those of that many subjects.

    Parameters
    ----------
    a, b
        Shape (n subjects, m readings) each; m may differ between them.

    Raises
    ------
    UsageError
        When the numbers of subjects differ, or there are too few.
    """
    tables = [np.asarray(values, dtype=np.float64) for values in (a, b)]
    if any(t.ndim != 2 or not np.isfinite(t).all() for t in tables):  # noqa: PLR2004 - a table
        raise UsageError("a and b must be tables of finite readings, a row for each subject.")
    if len(tables[0]) != len(tables[1]) or len(tables[0]) < _FEWEST:
        raise UsageError(f"a has {len(tables[0])} subjects and b {len(tables[1])}.")
    d = tables[0].mean(axis=1) - tables[1].mean(axis=1)
    taken = sum(
        (1 - 1 / t.shape[1]) * float(t.var(axis=1, ddof=1).mean()) for t in tables if t.shape[1] > 1
    )
    return _agreement(d, math.sqrt(float(d.var(ddof=1)) + taken), _USUAL_MULTIPLE, "exact")
