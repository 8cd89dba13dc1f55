"""How tissue was deformed, as a linear operator on what it answers to a step or to a ramp.

Superposition (L. Boltzmann 1874) makes the force of any motion a sum over delayed answers. Which
delays and how much of each depends on the motion alone, not on the tissue: the operator is built
once, and each try of a tissue's parameters then costs its answer on a grid of times and one
product.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import roots_jacobi

from tissuesense.core.arrays import FloatArray

_PER_E_FOLD = 9  # grid points; an answer bends little over a ninth of a power of e
_STENCIL = np.arange(8)
_SHORTEST = 1e-9  # of the longest lag: answered as the grid's first point
_NODES = 40
_ROWS = 4096


class Loading(Protocol):
    """A motion, as samples saw it."""

    @property
    def lags_s(self) -> FloatArray:
        """Times at which the answer must be known, positive, shape (g,)."""
        ...

    @property
    def integrals(self) -> int:
        """Which answer: 0 to a step of 1, 1 to a ramp of 1 a second."""
        ...

    def force(self, answer: FloatArray) -> FloatArray:
        """Return the force at the samples, shape (..., n), for answers of shape (..., g)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A step of 1 at time 0, and samples after it."""

    lags_s: FloatArray
    integrals: int = 0

    def force(self, answer: FloatArray) -> FloatArray:
        """Return the answer itself."""
        return answer


@dataclass(frozen=True, slots=True, eq=False)
class Ramp:
    """A rise from 0 to 1 at constant speed within `ramp_s`, and samples of the hold after it."""

    time_s: FloatArray
    ramp_s: float
    integrals: int = 1

    @property
    def lags_s(self) -> FloatArray:
        """Times since the begin of the rise, then since its end."""
        since_end = np.maximum(self.time_s - self.ramp_s, _SHORTEST * self.ramp_s)
        return np.concatenate((self.time_s, since_end))

    def force(self, answer: FloatArray) -> FloatArray:
        """Return the ramp that goes on less the one that sets in at its end."""
        since_begin, since_end = np.split(answer, 2, axis=-1)
        ended = np.where(self.time_s > self.ramp_s, since_end, 0.0)
        return np.asarray((since_begin - ended) / self.ramp_s)


@dataclass(frozen=True, slots=True, eq=False)
class Delayed:
    """A weighted sum of delayed answers, read off a logarithmic grid of lags.

    Attributes
    ----------
    weights
        Shape (n, g).
    """

    lags_s: FloatArray
    weights: FloatArray
    integrals: int

    def force(self, answer: FloatArray) -> FloatArray:
        """Return the sum at each sample."""
        return np.asarray(answer @ self.weights.T)


def power_ramp(time_s: FloatArray, ramp_s: float, exponent: float) -> Loading:
    """Return a rise as ``(t / ramp_s)**exponent``, exponent >= 1, and samples of the hold after it.

    The integral over the rise is Gauss's, with Jacobi's weight for the begin of the rise and
    points that crowd towards its end, where a springpot's answer is steepest.
    """
    if exponent == 1:
        return Ramp(time_s, ramp_s)
    # z = 1 - q**4, q from 0 to 1: g'' dz = p (p-1) z**(p-2) 4 q**3 dq, with z = (1 - q) rest.
    nodes, weights = roots_jacobi(_NODES, exponent - 2, 0.0)
    q = (1 + nodes) / 2
    rest = (1 + q) * (1 + q * q)
    weights = weights * (rest / 2) ** (exponent - 2) * 2 * q**3 * (exponent - 1)
    delays = np.append((1 - q) * rest, 1.0) * ramp_s
    bends = np.append(weights, -1.0) * (exponent / ramp_s)
    return _delayed(time_s, delays, bends, integrals=1)


def measured_motion(motion_s: FloatArray, g: FloatArray, time_s: FloatArray) -> Loading:
    """Return a measured elastic response, straight between its points.

    Parameters
    ----------
    motion_s, g
        Shape (m,), from the contact on, where g is 0.
    time_s
        Of the samples, shape (n,).
    """
    bends = np.diff(np.diff(g) / np.diff(motion_s), prepend=0.0)
    used = np.flatnonzero(bends)
    return _delayed(time_s, motion_s[used], bends[used], integrals=1)


def _delayed(
    time_s: FloatArray, delays_s: FloatArray, weights: FloatArray, *, integrals: int
) -> Delayed:
    longest = float(time_s[-1] - delays_s.min())
    first = _shortest_lag(time_s, delays_s, longest)
    count = max(int(_PER_E_FOLD * np.log(longest / first)) + 2, _STENCIL.size)
    grid = np.linspace(np.log(first), np.log(longest), count)
    step = grid[1] - grid[0]
    matrix = np.zeros((time_s.size, count))
    for begin in range(0, time_s.size, max(_ROWS * 64 // delays_s.size, 1)):
        rows = slice(begin, begin + max(_ROWS * 64 // delays_s.size, 1))
        lags = time_s[rows, np.newaxis] - delays_s
        place = (np.log(np.maximum(lags, first)) - grid[0]) / step
        matrix[rows] = _spread(place, np.where(lags > 0, weights, 0.0), count)
    return Delayed(np.exp(grid), matrix, integrals)


def _shortest_lag(time_s: FloatArray, delays_s: FloatArray, longest: float) -> float:
    """Return the shortest lag that occurs, no shorter than what matters."""
    after = np.searchsorted(time_s, delays_s, side="right")
    lags = time_s[np.minimum(after, time_s.size - 1)] - delays_s
    return max(float(lags[lags > 0].min(initial=longest / 2)), _SHORTEST * longest)


def _spread(place: FloatArray, weights: FloatArray, count: int) -> FloatArray:
    """Return Lagrange's weights of the grid's points, summed over the lags of each sample."""
    left = np.clip(np.floor(place).astype(np.intp) - 3, 0, count - _STENCIL.size)
    offset = place - left
    rows = np.arange(place.shape[0])[:, np.newaxis] * count
    summed = np.zeros(place.shape[0] * count)
    for k in _STENCIL:
        others = np.delete(_STENCIL, k)
        lagrange = np.prod(offset[..., np.newaxis] - others, axis=-1) / np.prod(k - others)
        cells = (rows + left + k).ravel()
        summed += np.bincount(cells, (lagrange * weights).ravel(), minlength=summed.size)
    return summed.reshape(place.shape[0], count)
