"""Fit presses of a hand that moves, its depth measured: two exponentials."""

from collections.abc import Callable

import numpy as np
from benchmarks.timing import Pair, cpu_s
from scipy.optimize import curve_fit
from scipy.signal import fftconvolve

from tissuesense.analysis import relaxation
from tissuesense.core.arrays import FloatArray

Convolve = Callable[[FloatArray, FloatArray], FloatArray]

_PRESSES = 5
_DT_S = 1 / 80
_T_S: FloatArray = np.arange(0.0, 61.0, _DT_S)
_START = (5.0, 5.0, 5.0, np.log(2.8), np.log(21.6), 1.45)


def measure() -> Pair:
    """Time both."""
    presses = [_press(seed) for seed in range(_PRESSES)]
    errors = [
        max(abs(term.tau_s.value / tau - 1) if term.tau_s else np.inf for term, tau in both)
        for both in (
            zip(relaxation.fit(_T_S, force, depth, terms=2).terms, (0.4, 4.0), strict=True)
            for depth, force in presses
        )
    ]
    peers = [float(np.abs(np.exp(_peer(*press)[3:5]) / (0.4, 4.0) - 1).max()) for press in presses]
    fast_s = cpu_s(lambda: [_peer(*press) for press in presses])
    return Pair(
        work=f"relaxation under measured motion: {_PRESSES} presses of 61 s at 80 Hz, two terms",
        ours_s=cpu_s(lambda: [relaxation.fit(_T_S, f, d, terms=2) for d, f in presses]),
        peer="scipy curve_fit over numpy.convolve, same start",
        peer_s=cpu_s(lambda: [_peer(*press, convolve=np.convolve) for press in presses], rounds=2),
        remark=f"over fftconvolve {1e3 * fast_s:.0f} ms; off by, time constants: ours "
        f"{100 * np.median(errors):.1f} %, peer {100 * np.median(peers):.1f} %",
        goal_ratio=10.0,
    )


def _press(seed: int) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    wander = np.interp(_T_S, np.arange(62.0), np.cumsum(rng.normal(0.0, 0.1, 62)))
    depth = (10.0 + wander) * np.minimum(_T_S, 1.0)
    truth = _model(depth, 8.0, 6.0, 6.0, np.log(0.4), np.log(4.0), 1.6)
    return depth, truth + rng.normal(0.0, 0.05, _T_S.size)


def _peer(depth: FloatArray, force: FloatArray, convolve: Convolve = fftconvolve) -> FloatArray:
    def model(_: FloatArray, *parameters: float) -> FloatArray:
        return _model(depth, *parameters, convolve=convolve)

    return np.asarray(curve_fit(model, _T_S, force, p0=_START)[0])


def _model(depth: FloatArray, *parameters: float, convolve: Convolve = fftconvolve) -> FloatArray:
    k, k1, k2, log_tau_1, log_tau_2, p = parameters
    middle_s = _T_S + _DT_S / 2
    kernel = k1 * np.exp(-middle_s / np.exp(log_tau_1)) + k2 * np.exp(-middle_s / np.exp(log_tau_2))
    g = (depth / 10.0) ** p
    return k * g + convolve(np.diff(g, prepend=0.0), kernel)[: g.size]
