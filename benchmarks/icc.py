"""Six intraclass correlations with intervals of 200 tables, 24 targets by 3 raters, one a call."""

import warnings

import numpy as np
import pandas as pd
import pingouin
from benchmarks.timing import Pair, cpu_s

from tissuesense.analysis.agreement.icc import icc, icc_of_many
from tissuesense.core.arrays import FloatArray

_TABLES, _TARGETS, _RATERS = 200, 24, 3


def tables() -> FloatArray:
    """Return thresholds of persons who differ more than the raters do, shape (tables, n, k)."""
    rng = np.random.default_rng(1)
    persons = rng.normal(300.0, 80.0, (_TABLES, _TARGETS, 1))
    return persons + rng.normal(0.0, 30.0, (_TABLES, _TARGETS, _RATERS))


def measure() -> Pair:
    """Time both; the vectorised way stands in the remark."""
    scores = tables()
    long = [_long(table) for table in scores]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peer's own, of its libraries' next versions
        peer_s = cpu_s(lambda: [_peer(table) for table in long])
    at_once_s = cpu_s(lambda: icc_of_many(scores), rounds=10)
    return Pair(
        work=f"six ICCs with intervals, {_TABLES} tables {_TARGETS} x {_RATERS}, one a call",
        ours_s=cpu_s(lambda: [icc(table) for table in scores], rounds=5),
        peer="pingouin.intraclass_corr",
        peer_s=peer_s,
        remark=f"all {_TABLES} in one call of ours: {peer_s / at_once_s:,.0f} x faster",
        goal_ratio=100.0,
    )


def _long(table: FloatArray) -> pd.DataFrame:
    target, rater = np.indices(table.shape)
    columns = {"target": target.ravel(), "rater": rater.ravel(), "score": table.ravel()}
    return pd.DataFrame(columns)


def _peer(long: pd.DataFrame) -> pd.DataFrame:
    return pingouin.intraclass_corr(long, targets="target", raters="rater", ratings="score")
