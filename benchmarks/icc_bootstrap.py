"""Bootstrap interval of an intraclass correlation from 2,000 resamples of 24 targets."""

import numpy as np
from benchmarks.icc import tables
from benchmarks.timing import Pair, cpu_s
from scipy.stats import bootstrap

from tissuesense.analysis.agreement.icc_bootstrap import bootstrap_icc
from tissuesense.core.arrays import FloatArray

_RESAMPLES = 2000


def measure() -> Pair:
    """Time both."""
    table = tables()[0]
    targets = np.arange(table.shape[0])
    rng = np.random.default_rng(1)
    return Pair(
        work=f"bootstrap of {_RESAMPLES:,} ICCs",
        ours_s=cpu_s(lambda: bootstrap_icc(table, rng, resamples=_RESAMPLES)),
        peer="scipy.stats.bootstrap, numpy per resample",
        peer_s=cpu_s(
            lambda: bootstrap(
                (targets,),
                lambda chosen: _two_way(table[chosen]),
                vectorized=False,
                n_resamples=_RESAMPLES,
                method="percentile",
                rng=rng,
            ),
            rounds=1,
        ),
        remark="the peer: one form, no interval of each",
        goal_s=1.0,
    )


def _two_way(table: FloatArray) -> float:
    """Return ICC(2,1) as a script computes it from its mean squares."""
    n, k = table.shape
    rows, columns, grand = table.mean(axis=1), table.mean(axis=0), table.mean()
    bms = k * np.square(rows - grand).sum() / (n - 1)
    jms = n * np.square(columns - grand).sum() / (k - 1)
    rest = np.square(table - rows[:, None] - columns + grand).sum() / ((n - 1) * (k - 1))
    return float((bms - rest) / (bms + (k - 1) * rest + k * (jms - rest) / n))
