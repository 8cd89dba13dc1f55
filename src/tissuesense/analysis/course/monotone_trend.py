"""Is there a trend over visits, and how steep: Mann-Kendall and Theil-Sen.

Sources: Mann HB (1945) Nonparametric tests against trend, Econometrica 13:245-259; Kendall MG
(1975) Rank correlation methods, 4th ed., for the variance with ties; Sen PK (1968) Estimates of the
regression coefficient based on Kendall's tau, J Am Stat Assoc 63:1379-1389, for the slope, its rank
interval and the worked example; Hamed KH, Rao AR (1998) A modified Mann-Kendall trend test for
autocorrelated data, J Hydrol 204:182-196, for serial correlation. Slope and exact probability are
scipy's.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag

_FEWEST = 3
_CORRELATED = 0.3
_MOST_EXACT = 200  # beyond, the exact p takes minutes and is the normal one to three digits
_ENOUGH_TO_TELL = 10
_MOST_CORRELATED = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class MonotoneTrend:
    """Trend of a series over time.

    Attributes
    ----------
    slope, slope_ci95
        Median of all pairwise slopes, unit of y per unit of time, with its rank interval; None for
        fewer than three visits.
    intercept
        Median of ``y - slope * time`` (Sen's; some programs print another).
    s, variance, z
        Mann-Kendall's S, its variance with correction for ties, and the normal score with
        correction for continuity.
    p_value
        Two-sided; exact where there are no ties, else by the normal score.
    lag1
        Correlation of neighbouring residuals, from ten visits on.
    variance_serial, p_value_serial
        Variance of S and two-sided probability that allow for neighbours' resembling one another,
        from ten visits on: for `p_value` where `serially_correlated`, or throughout.
    """

    s: int
    variance: float
    z: float
    slope: float | None = None
    slope_ci95: tuple[float, float] | None = None
    intercept: float | None = None
    p_value: float | None = None
    lag1: float | None = None
    variance_serial: float | None = None
    p_value_serial: float | None = None
    flags: tuple[QualityFlag, ...] = ()

    @property
    def serially_correlated(self) -> bool:
        """Whether neighbours resemble one another so much that interval and p are too sure."""
        return self.lag1 is not None and self.lag1 > _CORRELATED


def monotone_trend(time: ArrayLike, y: ArrayLike) -> MonotoneTrend:
    """Return slope and significance of a monotone trend.

    Parameters
    ----------
    time, y
        Shape (n,); visits at the same time are not compared with one another.

    Raises
    ------
    UsageError
        When the lengths differ or a value is not finite.
    """
    from scipy.stats import kendalltau, theilslopes  # noqa: PLC0415 - half a second to import

    x, values = column(time, "time"), column(y, "y")
    if x.size != values.size:
        raise UsageError(f"time has {x.size} values where y has {values.size}.")
    earlier, later = np.triu_indices(x.size, k=1)
    s = int((np.sign(x[later] - x[earlier]) * np.sign(values[later] - values[earlier])).sum())
    variance = _variance(x, values)
    z = _score(s, variance)
    if np.unique(x).size < _FEWEST:
        return MonotoneTrend(s=s, variance=variance, z=z, flags=(QualityFlag.TOO_FEW,))
    line = theilslopes(values, x, method="joint")
    tied = any(np.unique(v).size < v.size for v in (x, values))
    exact = not tied and x.size <= _MOST_EXACT
    p_value = kendalltau(x, values, method="exact")[1] if exact else _two_sided(z)
    lag1 = _lag1((values - line.slope * x)[np.argsort(x, kind="stable")])
    serial = None if lag1 is None else variance * _inflation(x.size, lag1)
    return MonotoneTrend(
        s=s,
        variance=variance,
        z=z,
        slope=float(line.slope),
        slope_ci95=(float(line.low_slope), float(line.high_slope)),
        intercept=float(line.intercept),
        p_value=float(p_value),
        lag1=lag1,
        variance_serial=serial,
        p_value_serial=None if serial is None else _two_sided(_score(s, serial)),
    )


def _score(s: int, variance: float) -> float:
    """Return S as a normal score, with correction for continuity."""
    return (s - math.copysign(1, s)) / math.sqrt(variance) if s and variance > 0 else 0.0


def _two_sided(z: float) -> float:
    return math.erfc(math.fabs(z) / math.sqrt(2))


def _variance(x: FloatArray, y: FloatArray) -> float:
    """Return the variance of S without a trend; ties take from it (Kendall 1975, eq. 4.3)."""
    n = x.size
    ties = [np.unique(values, return_counts=True)[1].astype(np.float64) for values in (x, y)]
    fewer = sum(float((t * (t - 1) * (2 * t + 5)).sum()) for t in ties)
    variance = (n * (n - 1) * (2 * n + 5) - fewer) / 18
    for order in (2, 3):
        if n >= order:
            both = math.prod(float(_falling(t, order).sum()) for t in ties)
            variance += both / ({2: 2, 3: 9}[order] * math.perm(n, order))
    return variance


def _falling(t: FloatArray, order: int) -> FloatArray:
    """Return t (t - 1) ... of `order` factors."""
    return np.prod([t - i for i in range(order)], axis=0)  # type: ignore[no-any-return] # an array


def _inflation(n: int, lag1: float) -> float:
    """Return how many times larger the variance of S is for a first-order series (Hamed and Rao).

    Their formula, with the correlations that a first-order series has at every lag in place of
    those of the sample: of a few dozen visits these are noise, and made false alarms no rarer. The
    first is corrected for what estimating it from so few residuals of a line takes off
    (``lag1 ~ r - (2 + 4 r) / n``), and turned into one of ranks.
    """
    r = min(max((n * lag1 + 2) / (n - 4), 0.0), _MOST_CORRELATED)
    lag = np.arange(1, n - 2)
    of_ranks = 6 / math.pi * np.arcsin(r**lag / 2)
    weights = (n - lag) * (n - lag - 1) * (n - lag - 2)
    return 1 + 2 / (n * (n - 1) * (n - 2)) * float(weights @ of_ranks)


def _lag1(residual: FloatArray) -> float | None:
    if residual.size < _ENOUGH_TO_TELL:
        return None
    about = residual - residual.mean()
    total = float(about @ about)
    return float(about[1:] @ about[:-1]) / total if total > 0 else None
