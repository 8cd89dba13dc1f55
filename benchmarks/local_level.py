"""Fit the local-level model to the Nile by maximum likelihood, 50 times."""

import numpy as np
from benchmarks.timing import Pair, cpu_s
from statsmodels.datasets import nile
from statsmodels.tsa.statespace.structural import UnobservedComponents

from tissuesense.analysis.course.local_level import local_level
from tissuesense.core.arrays import FloatArray

_FITS = 50


def measure() -> Pair:
    """Time both; both log-likelihoods, and what each counts, stand in the remark."""
    flow: FloatArray = np.asarray(nile.load_pandas().data["volume"], dtype=np.float64)
    ours, peer = local_level(flow), _peer(flow)
    ours_at, peer_at = (ours.sigma2_irregular, ours.sigma2_level), peer.params
    return Pair(
        work=f"local level by maximum likelihood, {flow.size} years, {_FITS} fits",
        ours_s=cpu_s(lambda: [local_level(flow) for _ in range(_FITS)]),
        peer="statsmodels UnobservedComponents",
        peer_s=cpu_s(lambda: [_peer(flow) for _ in range(_FITS)]),
        remark=f"log-likelihood {ours.loglik:.4f} at variances {ours_at[0]:.0f}, {ours_at[1]:.0f} "
        f"(exact diffuse) against {peer.llf:.4f} at {peer_at[0]:.0f}, {peer_at[1]:.0f} "
        "(first level given a large variance, first term left out); smoothed as well by both",
        goal_ratio=20.0,
    )


def _peer(flow: FloatArray):  # type: ignore[no-untyped-def] # noqa: ANN202 - a result of statsmodels, which ships no types
    return UnobservedComponents(flow, "llevel").fit(disp=False)
