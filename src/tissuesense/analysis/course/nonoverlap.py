"""One person, before and during treatment: how far the two phases do not overlap.

Sources: Parker RI, Vannest K (2009) An improved effect size for single-case research: nonoverlap of
all pairs, Behav Ther 40:357-367; Parker RI, Vannest KJ, Davis JL, Sauber SB (2011) Combining
nonoverlap and trend for single-case research: Tau-U, Behav Ther 42:284-299; Tarlow KR (2017) An
improved rank correlation effect size statistic for single-case designs: baseline corrected tau,
Behav Modif 41:427-467; standard errors after Sen (1967) and Hanley and McNeil (1982), interval
after Newcombe RG (2006) Confidence intervals for an effect size measure based on the Mann-Whitney
statistic, part 2, method 5, Stat Med 25:559-573, as in the R package SingleCaseES.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from tissuesense.analysis.agreement.measurement_error import Z95
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError

_EDGE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonoverlap:
    """Nonoverlap of all pairs (NAP) and the indices that are made of it.

    Attributes
    ----------
    nap
        Share of pairs in which the later phase is better, ties counting half: 0.5 is no effect.
    nap_se, nap_se_hanley, nap_se_null
        Standard errors: unbiased, Hanley and McNeil's, and under no effect. The first is None for
        a phase of one observation.
    nap_ci95
        Newcombe's interval, which stays between 0 and 1.
    tau
        ``2 nap - 1``, also called Tau of A versus B.
    tau_u
        Tau of A versus B less the trend of A (may leave -1 to 1); one of three things that are
        called Tau-U.
    tau_u_full
        The one that also takes in the trend of B.
    tau_corrected
        Baseline-corrected tau: the Theil-Sen slope of A taken from both phases first. None where A
        has fewer than two observations.
    """

    nap: float
    nap_se: float | None
    nap_se_hanley: float
    nap_se_null: float
    nap_ci95: tuple[float, float]
    tau: float
    tau_u: float
    tau_u_full: float
    tau_corrected: float | None


def nonoverlap(
    before: ArrayLike, after: ArrayLike, *, increase_is_better: bool = True
) -> Nonoverlap:
    """Return the indices of two phases, each in the order of its visits.

    Parameters
    ----------
    before, after
        Shape (m,) and (n,), one or more each.
    increase_is_better
        True for a pain threshold; False for a pain rating.

    Raises
    ------
    UsageError
        When a phase is empty or holds a value that is not finite.
    """
    a, b = column(before, "before"), column(after, "after")
    if not (a.size and b.size):
        raise UsageError("Both phases need at least one observation.")
    if not increase_is_better:
        a, b = -a, -b
    m, n = a.size, b.size
    better = _better(a, b)
    nap = float(better.mean())
    s_between, s_before, s_after = (2 * nap - 1) * m * n, _trend(a), _trend(b)
    return Nonoverlap(
        nap=nap,
        nap_se=_unbiased_error(better),
        nap_se_hanley=_hanley_error(better),
        nap_se_null=math.sqrt((m + n + 1) / (12 * m * n)),
        nap_ci95=_newcombe_interval(nap, m, n),
        tau=2 * nap - 1,
        tau_u=(s_between - s_before) / (m * n),
        tau_u_full=(s_between - s_before + s_after) / (m * n + m * (m - 1) / 2 + n * (n - 1) / 2),
        tau_corrected=_corrected(a, b),
    )


def _better(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return 1, 0.5 or 0 for each pair, shape (m, n)."""
    found: FloatArray = 0.5 + 0.5 * np.sign(b[None, :] - a[:, None])
    return found


def _trend(values: FloatArray) -> float:
    """Return S of a phase: pairs that rise less pairs that fall."""
    earlier, later = np.triu_indices(values.size, k=1)
    return float(np.sign(values[later] - values[earlier]).sum())


def _spread(better: FloatArray) -> tuple[float, float, float, float]:
    """Return the truncated NAP and the three mean squares that its variances are made of."""
    m, n = better.shape
    nap = min(max(float(better.mean()), 0.5 / (m * n)), 1 - 0.5 / (m * n))
    about = better - nap
    q1 = float(np.square(about.sum(axis=1)).sum()) / (m * n**2)
    q2 = float(np.square(about.sum(axis=0)).sum()) / (m**2 * n)
    return nap, q1, q2, float(np.square(about).mean())


def _unbiased_error(better: FloatArray) -> float | None:
    m, n = better.shape
    if min(m, n) == 1:
        return None
    nap, q1, q2, each = _spread(better)
    variance = (nap * (1 - nap) + n * q1 + m * q2 - 2 * each) / ((m - 1) * (n - 1))
    return math.sqrt(max(variance, 0.0))


def _hanley_error(better: FloatArray) -> float:
    m, n = better.shape
    nap, q1, q2, _ = _spread(better)
    return math.sqrt((nap * (1 - nap) + (n - 1) * q1 + (m - 1) * q2) / (m * n))


def _newcombe_interval(nap: float, m: int, n: int) -> tuple[float, float]:
    half = (m + n) / 2 - 1

    def beyond(x: float) -> float:
        """How far `nap` lies from x, squared, in units of its variance there; 0 at a limit."""
        spread = x * (1 - x)
        allowed = Z95**2 * spread * (2 + half + (1 + 2 * half) * spread)
        return m * n * (nap - x) ** 2 * (2 - x) * (1 + x) - allowed

    # 0 and 1 are roots of no interest where `nap` is one of them.
    inside = min(max(nap, _EDGE), 1 - _EDGE)
    low = float(brentq(beyond, 0.0, inside)) if nap > 0 else 0.0
    high = float(brentq(beyond, inside, 1.0)) if nap < 1 else 1.0
    return low, high


def _corrected(a: FloatArray, b: FloatArray) -> float | None:
    if a.size < 2:  # noqa: PLR2004 - one visit has no slope
        return None
    earlier, later = np.triu_indices(a.size, k=1)
    slope = float(np.median((a[later] - a[earlier]) / (later - earlier)))
    flat = np.concatenate((a, b)) - slope * np.arange(a.size + b.size)
    return 2 * float(_better(flat[: a.size], flat[a.size :]).mean()) - 1
