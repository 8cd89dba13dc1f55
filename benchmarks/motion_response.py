"""A Maxwell branch's answer to 100,000 samples of a hand's motion."""

import numpy as np
from benchmarks.timing import Pair, cpu_s
from scipy.signal import fftconvolve

from tissuesense.analysis.viscoelastic.motion_response import fading_response
from tissuesense.core.arrays import FloatArray

_SAMPLES = 100_000
_ROUNDS = 20
_TAU_S = 2.0
_DT_S = 1 / 80


def measure() -> Pair:
    """Time both."""
    t_s: FloatArray = _DT_S * np.arange(_SAMPLES, dtype=np.float64)
    g = np.cumsum(np.random.default_rng(1).normal(size=_SAMPLES))
    ours, peers = fading_response(t_s, g, _TAU_S), _peer(t_s, g)
    apart = np.abs(ours - peers).max() / np.abs(ours).max()
    return Pair(
        work=f"a branch under {_SAMPLES:,} samples of motion, {_ROUNDS} times",
        ours_s=cpu_s(lambda: [fading_response(t_s, g, _TAU_S) for _ in range(_ROUNDS)]),
        peer="scipy.signal.fftconvolve",
        peer_s=cpu_s(lambda: [_peer(t_s, g) for _ in range(_ROUNDS)]),
        remark=f"even steps, which the peer needs and ours does not; {apart:.0e} apart",
        goal_ratio=1.0,
    )


def _peer(t_s: FloatArray, g: FloatArray) -> FloatArray:
    gain = -np.expm1(-_DT_S / _TAU_S) * _TAU_S / _DT_S
    rises = np.diff(g, prepend=0.0) * gain
    rises[0] = g[0]
    faded: FloatArray = fftconvolve(rises, np.exp(-t_s / _TAU_S))[: g.size]
    return faded
