"""Fit presses that were held, of constant speed: two exponentials, the ramp in the model."""

import numpy as np
from benchmarks.timing import Pair, cpu_s
from scipy.optimize import curve_fit

from tissuesense.analysis import relaxation
from tissuesense.analysis.viscoelastic.ramp_hold import branch_response, elastic_response
from tissuesense.core.arrays import FloatArray

_PRESSES = 20
_T_S: FloatArray = np.arange(0.0, 21.0, 1 / 80)
_START = (5.0, 5.0, 5.0, np.log(0.93), np.log(7.2), 1.45)  # stiffnesses, log taus, p; then the ramp


def measure() -> Pair:
    """Time both."""
    forces = [_force(seed) for seed in range(_PRESSES)]
    auto_s = cpu_s(lambda: [relaxation.fit(_T_S, force) for force in forces])
    return Pair(
        work=f"ramp-hold relaxation: {_PRESSES} presses of 21 s at 80 Hz, two terms",
        ours_s=cpu_s(lambda: [relaxation.fit(_T_S, force, terms=2) for force in forces]),
        peer="scipy curve_fit, same closed form and start",
        peer_s=cpu_s(lambda: [_peer(force) for force in forces]),
        remark=f"ours finds its start; with the number of terms found too "
        f"{1e3 * auto_s / _PRESSES:.1f} ms a press",
        goal_ratio=2.5,
    )


def _force(seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    truth = _model(_T_S, 8.0, 6.0, 6.0, np.log(0.4), np.log(4.0), 1.6, 1.0)
    return truth + rng.normal(0.0, 0.05, _T_S.size)


def _peer(force: FloatArray) -> FloatArray:
    start = (*_START, _T_S[int(np.argmax(force))])
    return np.asarray(curve_fit(_model, _T_S, force, p0=start)[0])


def _model(t_s: FloatArray, k: float, k1: float, k2: float, *rest: float) -> FloatArray:
    log_tau_1, log_tau_2, p, ramp_s = rest
    return (
        k * elastic_response(t_s, ramp_s, p)
        + k1 * branch_response(t_s, ramp_s, float(np.exp(log_tau_1)), p)
        + k2 * branch_response(t_s, ramp_s, float(np.exp(log_tau_2)), p)
    )
