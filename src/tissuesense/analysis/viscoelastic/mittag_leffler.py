"""The Mittag-Leffler function for negative arguments: how fractional tissue relaxes.

``E_{a,b}(-x)``, 0 < a <= 1, is the inverse Laplace transform of ``s**(a-b) / (s**a + x)`` at time
1 (R. Garrappa 2015). All of that transform's singularities lie on the negative real axis, so that
one parabola round the axis and 17 points of the trapezoidal rule on it serve every x, order and
second parameter (J. A. C. Weideman and L. N. Trefethen 2007). The points being the same for all,
the slopes with respect to a, b and x cost next to nothing more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError

# More than 34 gains nothing: what rounding costs grows with exp of the parabola's vertex.
_POINTS = 34


def _parabola() -> tuple[np.ndarray, np.ndarray]:
    """Return the logarithms of the upper half of the points, and their weights."""
    angle = np.arange(1, _POINTS, 2) * (np.pi / _POINTS)
    s = _POINTS * (0.1309 - 0.1194 * angle**2 + 0.25j * angle)
    along = _POINTS * (-0.2388 * angle + 0.25j)
    return np.log(s), np.exp(s) * along * (2 / (1j * _POINTS))


_LOG_S, _WEIGHT = _parabola()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MittagLeffler:
    """``E_{a,b}(-x)`` and its slopes, each of shape (n,).

    Attributes
    ----------
    by_order, by_second
        Derivatives with respect to a and b.
    by_log_x
        Derivative with respect to ``log(x)``.
    """

    value: FloatArray
    by_order: FloatArray
    by_second: FloatArray
    by_log_x: FloatArray


def mittag_leffler(x: ArrayLike, order: float, second: float = 1.0) -> FloatArray:
    """Return ``E_{a,b}(-x)``.

    Parameters
    ----------
    x
        At least 0, shape (n,).
    order
        a, above 0 and at most 1.
    second
        b, between 0 and 3.

    Returns
    -------
    FloatArray
        To 1e-10 of its value, or to 1e-13 where it is smaller than that allows.

    Raises
    ------
    UsageError
        When an argument is outside its range.
    """
    minus = column(x, "x")
    if (minus < 0).any():
        raise UsageError(f"x must be at least 0, not {minus.min():g}: the function is of -x.")
    if not 0 < order <= 1:
        raise UsageError(f"order must be above 0 and at most 1, not {order:g}.")
    if not 0 <= second <= 3:  # noqa: PLR2004 - as documented
        raise UsageError(f"second must be between 0 and 3, not {second:g}.")
    if order == 1 and second == 1:
        return np.exp(-minus)
    s_a = np.exp(order * _LOG_S)
    return _real((1 / (s_a + minus[:, np.newaxis])) @ (_WEIGHT * np.exp((order - second) * _LOG_S)))


def mittag_leffler_slopes(x: FloatArray, order: float, second: float) -> MittagLeffler:
    """Return `mittag_leffler` with its slopes; arguments are not checked."""
    s_a = np.exp(order * _LOG_S)
    inverse = 1 / (s_a + x[:, np.newaxis])
    numerator = _WEIGHT * np.exp((order - second) * _LOG_S)
    of_value = np.stack([numerator, -numerator * _LOG_S], axis=1)
    of_square = np.stack([numerator * _LOG_S, -numerator], axis=1)
    value, by_second = _real(inverse @ of_value).T
    by_order, by_log_x = x * _real((inverse * inverse) @ of_square).T
    return MittagLeffler(value=value, by_order=by_order, by_second=by_second, by_log_x=by_log_x)


def _real(values: np.ndarray) -> FloatArray:
    return np.ascontiguousarray(values.real)
