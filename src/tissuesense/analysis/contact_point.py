"""Where a tip first meets the skin, told from the beginning of the loading curve."""

from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray

_CANDIDATES = 41
_MOST_POINTS = 120
_EXPONENTS = (1.0, 1.5, 2.0, 2.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoint:
    """Place of contact on the axis that was given, with its standard uncertainty."""

    at: float
    u: float


def find_contact(
    x: FloatArray, force_n: FloatArray, *, low: float, high: float, sd: float
) -> ContactPoint:
    """Find where ``force = k * (x - at)**p`` begins, between `low` and `high`.

    The axis is displacement or, where there is none, time; `force_n` is above the unloaded level.
    Flat, spherical and softer starts (p = 1 to 2.5) are weighed by how well each fits, so that the
    result needs no choice of a contact model and its uncertainty holds the choice.
    """
    x, force_n = _thinned(x), _thinned(force_n)
    candidates = np.linspace(low, high, _CANDIDATES)
    beyond = np.maximum(x[None, :] - candidates[:, None], 0.0)
    root = np.sqrt(beyond)
    shapes = {1.0: beyond, 1.5: beyond * root, 2.0: beyond**2, 2.5: beyond**2 * root}
    total = float(force_n @ force_n)
    squares = np.empty((len(_EXPONENTS), _CANDIDATES))
    for row, exponent in enumerate(_EXPONENTS):
        shape = shapes[exponent]
        size = np.einsum("ij,ij->i", shape, shape)
        along = shape @ force_n
        squares[row] = total - np.where(along > 0, along, 0.0) ** 2 / np.maximum(size, 1e-12)
    best = float(squares.min())
    variance = max(best / max(x.size - 3, 1), sd * sd, 1e-12)
    weight = np.exp(-(squares - best) / (2 * variance)).sum(axis=0)
    weight /= weight.sum()
    at = float(weight @ candidates)
    spread = float(weight @ (candidates - at) ** 2)
    step = (high - low) / (_CANDIDATES - 1)
    return ContactPoint(at=at, u=float(np.sqrt(spread + step * step / 12)))


def _thinned(values: FloatArray) -> FloatArray:
    """Return means of as many equal blocks as are worth fitting."""
    block = -(-values.size // _MOST_POINTS)
    if block == 1:
        return values
    whole = values[: values.size // block * block]
    return np.asarray(whole.reshape(-1, block).mean(axis=1))
