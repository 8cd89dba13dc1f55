"""What a Maxwell branch makes of any motion of the hand, in one pass over the samples.

A branch of time constant tau obeys ``h' = g' - h / tau``, g being the elastic response. Where g
is a straight line between samples this integrates exactly to
``h[n+1] = e h[n] + (1 - e) (tau / dt) (g[n+1] - g[n])`` with ``e = exp(-dt / tau)``, whatever the
steps dt are (derived here; the equation is J. C. Maxwell's of 1867).

The recursion runs without a loop over samples: within a stretch short enough that
``exp(t / tau)`` does not overflow it is a running sum of ``exp(t / tau)`` times what each step
adds, and stretches hand their last value on.
"""

import numpy as np

from tissuesense.core.arrays import FloatArray

# exp of it is still a number; and what one step leaves of more than the second is below rounding.
_MOST_IN_A_STRETCH = 600.0
_MOST_IN_A_STEP = 40.0


def fading_response(time_s: FloatArray, g: FloatArray, tau_s: float) -> FloatArray:
    """Return the force of a branch of unit stiffness at each sample.

    Parameters
    ----------
    time_s
        Increasing, steps of any length, shape (n,) with n >= 1.
    g
        Elastic response at these times, straight between them, shape (n,) or (m, n) for several
        at once. At rest before the first sample: a first value other than 0 is a jump.
    tau_s
        Time constant, positive.

    Returns
    -------
    FloatArray
        In the unit of `g`, of its shape.
    """
    x = np.diff(time_s) / tau_s
    return Fading(x).sums(np.diff(g) * _gain(x), g[..., 0])


def fading_response_and_slope(
    time_s: FloatArray, g: FloatArray, tau_s: float
) -> tuple[FloatArray, FloatArray]:
    """Return `fading_response` of several g, and how the first changes with ``log(tau_s)``.

    `g` has the shape (m, n), as the responses; the slope has the shape (n,).
    """
    x = np.diff(time_s) / tau_s
    fading, gain, steps = Fading(x), _gain(x), np.diff(g)
    h = fading.sums(steps * gain, g[:, 0])
    # The recursion's own derivative is the same recursion, of other additions.
    left = np.exp(-x)
    return h, fading.sums(left * x * h[0, :-1] + steps[0] * (gain - left), 0.0)


class Fading:
    """The recursion ``y[k+1] = exp(-exponents[k]) y[k] + added[k]``, without a loop over samples.

    Parameters
    ----------
    exponents
        Not negative, shape (n,).
    """

    __slots__ = ("_stretches",)

    def __init__(self, exponents: FloatArray) -> None:
        steps = np.minimum(exponents, _MOST_IN_A_STEP)
        reached = np.cumsum(steps)
        self._stretches = []
        begin, before = 0, 0.0
        while begin < steps.size:
            limit = before + _MOST_IN_A_STRETCH
            end = max(int(np.searchsorted(reached, limit, side="right")), begin + 1)
            self._stretches.append((begin, end, np.exp(np.cumsum(steps[begin:end]))))
            begin, before = end, float(reached[end - 1])

    def sums(self, added: FloatArray, first: FloatArray | float) -> FloatArray:
        """Return y, shape (..., n + 1), for additions of shape (..., n) and a first value."""
        y = np.empty((*added.shape[:-1], added.shape[-1] + 1))
        y[..., 0] = first
        for begin, end, growth in self._stretches:
            part = np.cumsum(added[..., begin:end] * growth, axis=-1)
            y[..., begin + 1 : end + 1] = (part + y[..., begin, np.newaxis]) / growth
        return y


class Branches:
    """`fading_response` of several branches to any number of motions on the same times.

    Parameters
    ----------
    time_s
        Increasing, shape (n,).
    taus_s
        Time constants, positive, shape (k,).
    """

    __slots__ = ("_each",)

    def __init__(self, time_s: FloatArray, taus_s: FloatArray) -> None:
        steps = np.diff(time_s)
        exponents = [steps / tau for tau in taus_s]
        self._each = [(Fading(x), _gain(x)) for x in exponents]

    def responses(self, g: FloatArray) -> FloatArray:
        """Return the response of each branch, shape (k, ..., n), to motions of shape (..., n)."""
        rises, first = np.diff(g), g[..., 0]
        return np.stack([fading.sums(rises * gain, first) for fading, gain in self._each])


def _gain(x: FloatArray) -> FloatArray:
    return np.asarray(-np.expm1(-x) / x)
