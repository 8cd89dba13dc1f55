"""Force of a press at constant speed that is then held, exactly.

The elastic response ``g = (t / T)**p`` grows for the time T and then stays: p = 1 for a flat
punch on linear tissue, 1.5 for a ball (H. Hertz 1881), about 2 on limbs. With Kummer's function
``M(1, p+1, x)`` a Maxwell branch of unit stiffness answers with

    t <= T:  (t/T)**p M(1, p+1, -t/tau)        t > T:  exp(-(t-T)/tau) M(1, p+1, -T/tau)

which integrates ``g'(s) exp(-(t-s)/tau)`` (M. Abramowitz and I. A. Stegun, Handbook of
Mathematical Functions, 1964, 13.2.1) and never overflows. Reading the hold as if it followed a
step loses the factor M: with T = tau and p = 1 more than a third of the branch.

A springpot, whose step response is ``t**-a``, answers with incomplete beta functions.
"""

import numpy as np
from scipy.special import beta, betainc, hyp1f1

from tissuesense.core.arrays import FloatArray

_NEARLY_NOTHING = 1e-8


def elastic_response(time_s: FloatArray, ramp_s: float, exponent: float = 1.0) -> FloatArray:
    """Return ``g``, from 0 before the contact to 1 in the hold, shape (n,)."""
    return np.asarray((np.clip(time_s, 0.0, ramp_s) / ramp_s) ** exponent)


def branch_response(
    time_s: FloatArray, ramp_s: float, tau_s: float, exponent: float = 1.0
) -> FloatArray:
    """Return the force of a branch of unit stiffness.

    Parameters
    ----------
    time_s
        From the contact, in any order; 0 comes back for what is before it. Shape (n,).
    ramp_s
        T, positive.
    tau_s
        Time constant, positive.
    exponent
        p, positive.

    Returns
    -------
    FloatArray
        As a share of the elastic response at full depth, shape (n,).
    """
    pressing = np.clip(time_s, 0.0, ramp_s) / tau_s
    held = np.maximum(time_s - ramp_s, 0.0) / tau_s
    g = elastic_response(time_s, ramp_s, exponent)
    return np.asarray(g * np.exp(-held) * kept_share(pressing, exponent))


def springpot_response(
    time_s: FloatArray, ramp_s: float, order: float, exponent: float = 1.0
) -> FloatArray:
    """Return the force of an element whose step response is ``t**-order``, t in s.

    Parameters
    ----------
    time_s, ramp_s, exponent
        As for `branch_response`.
    order
        a, from 0 (a spring) to below 1 (a dashpot).
    """
    after = time_s > 0
    t = np.where(after, time_s, ramp_s)
    whole = beta(exponent, 1 - order) * betainc(exponent, 1 - order, np.minimum(ramp_s / t, 1.0))
    force = exponent * ramp_s**-exponent * t ** (exponent - order) * whole
    return np.where(after, force, 0.0)


def kept_share(x: FloatArray, exponent: float) -> FloatArray:
    """Return M(1, p+1, -x): of a ramp of x time constants, what has not relaxed at its end."""
    if exponent == 1.0:
        tiny = np.maximum(x, _NEARLY_NOTHING)
        return np.asarray(-np.expm1(-tiny) / tiny)
    return np.asarray(hyp1f1(1.0, exponent + 1.0, -x))
