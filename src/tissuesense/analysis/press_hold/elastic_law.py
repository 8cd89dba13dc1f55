"""Two laws of how tissue stiffens with depth: a power, and Fung's exponential.

    power    g = x**p                      p = 1 a flat punch, 1.5 a ball, about 2 on limbs
    Fung     g = (exp(b x) - 1) / b        its slope is 1 + b g: stiffness grows in step with force

Sources: H. Hertz (1881) for the ball; Y. C. Fung, Biomechanics, 2nd ed. 1993, 7.5. In this form
neither changes its size when its parameter does, and Fung's passes through the straight line.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray

_NOT_ZERO = 1e-6
_AS_GOOD_AS_STRAIGHT = 1e-3
# Beyond this no tissue goes; a search that tries it is not to overflow.
_DEEPEST = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticLaw:
    """A law of one parameter.

    Attributes
    ----------
    start, least, most
        Where a search for the parameter begins and what it may not leave.
    """

    start: float
    least: float
    most: float
    _of: Callable[[FloatArray, float], tuple[FloatArray, FloatArray, FloatArray]]

    def response(self, share: FloatArray, parameter: float) -> FloatArray:
        """Return the response, and its slopes by depth and by the parameter.

        Parameters
        ----------
        share
            Depth below contact as a share of some depth, shape (n,); negative off the skin.

        Returns
        -------
        FloatArray
            Shape (3, n).
        """
        x = np.clip(share, 0.0, _DEEPEST)
        found = self._of(x, min(max(parameter, self.least), self.most))
        return np.stack(found) * (share > 0)


def _power(x: FloatArray, p: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    inside = np.maximum(x, _NOT_ZERO)
    g = inside**p
    return g, p * g / inside, g * np.log(inside)


def _fung(x: FloatArray, b: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    if math.fabs(b) < _AS_GOOD_AS_STRAIGHT:
        g = x + b * x * x / 2 + b * b * x**3 / 6
        return g, 1 + b * x + b * b * x * x / 2, x * x / 2 + b * x**3 / 3
    slope = np.exp(b * x)
    g = np.expm1(b * x) / b
    return g, slope, (x * slope - g) / b


POWER = ElasticLaw(start=1.6, least=0.4, most=6.0, _of=_power)
FUNG = ElasticLaw(start=1.5, least=-3.0, most=12.0, _of=_fung)
