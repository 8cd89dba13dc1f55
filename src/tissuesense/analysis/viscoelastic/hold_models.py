"""Models of a hold: what each answers to a step or a ramp, and how that changes.

A model is linear in its sizes. What it is searched for are orders of springpots and times; the
search is not bounded: it goes over the logits of orders and the logarithms of times.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from scipy.special import expit, logit

from tissuesense.analysis.viscoelastic.loading import Loading
from tissuesense.core.arrays import FloatArray

_ORDERS = (0.06, 0.2, 0.45, 0.75)
_SHARES = (0.3, 0.6, 0.9)
_TIMES = 6
_FARTHEST_LOG, _FARTHEST_LOGIT = 90.0, 15.0

# Of the branches: answers at the lags, shape (m, g), and slopes with theta, shape (k, m, g).
Answer = Callable[[FloatArray, int, FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HoldModel:
    """One model.

    Attributes
    ----------
    words
        What it is built of.
    parameters
        Names of what is searched for, in the order of theta: ``order...`` as a logit, ``tau_s`` as
        a logarithm.
    spring
        Whether a spring lies beside the rest.
    branches
        Names of the sizes of what `answer` gives, in the unit of the force.
    """

    words: str
    parameters: tuple[str, ...]
    branches: tuple[str, ...]
    answer: Answer
    spring: bool

    @property
    def amplitudes(self) -> tuple[str, ...]:
        """Names of the amplitudes, in the order of the columns."""
        return ("spring", *self.branches) if self.spring else self.branches

    def columns(self, loading: Loading, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the columns, shape (n, m), and their slopes, shape (k, n, m)."""
        lags, integrals = loading.lags_s, loading.integrals
        answers, slopes = self.answer(lags, integrals, self.bounded(theta))
        if self.spring:
            answers = np.concatenate(([lags**integrals], answers))
            slopes = np.insert(slopes, 0, 0.0, axis=1)
        return loading.force(answers).T, loading.force(slopes).swapaxes(1, 2)

    def bounded(self, theta: FloatArray) -> FloatArray:
        """Return theta, held where a search that runs away would overflow."""
        is_time = np.array([name.startswith("tau") for name in self.parameters])
        farthest = np.where(is_time, _FARTHEST_LOG, _FARTHEST_LOGIT)
        return np.clip(theta, -farthest, farthest)

    def starts(self, first_s: float, last_s: float) -> FloatArray:
        """Return places to begin a search at, shape (s, k)."""
        axes = [self.axis(name, first_s, last_s) for name in self.parameters]
        return np.array(list(product(*axes)))

    @staticmethod
    def axis(name: str, first_s: float, last_s: float) -> FloatArray:
        """Return where a search for the parameter called `name` may begin."""
        if name.startswith("tau"):
            return np.linspace(np.log(first_s), np.log(2 * last_s), _TIMES)
        return np.asarray(logit(np.array(_SHARES if name == "order" else _ORDERS)))

    def natural(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the parameters as they are read, and their slopes with theta, shape (k, k)."""
        values, slopes = np.empty_like(theta), np.zeros((theta.size, theta.size))
        for i, name in enumerate(self.parameters):
            values[i] = np.exp(theta[i]) if name.startswith("tau") else expit(theta[i])
            slopes[i, i] = values[i] if name.startswith("tau") else values[i] * (1 - values[i])
        return values, slopes


class Exponentials(HoldModel):
    """Exponentials; the search begins at times in rising order."""

    __slots__ = ()

    def starts(self, first_s: float, last_s: float) -> FloatArray:
        """Return sets of different times."""
        times = self.axis("tau_s", first_s, last_s)
        return np.array(list(combinations(times, len(self.parameters))))


def exponentials(
    lags_s: FloatArray, integrals: int, theta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return ``exp(-t / tau)`` for each log tau in theta."""
    tau_s = np.exp(theta)[:, np.newaxis]
    u = lags_s / tau_s
    fading = np.exp(-u)
    value, slope = fading, u * fading
    if integrals:
        value = -tau_s * np.expm1(-u)
        slope = value - lags_s * fading
    return value, np.eye(theta.size)[:, :, np.newaxis] * slope
