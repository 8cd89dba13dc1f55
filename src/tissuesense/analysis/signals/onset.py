"""Where a quantity leaves its level: the tip meets the skin, the hand stops or sets off."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.local_fit import correlation_inflation
from tissuesense.core.arrays import FloatArray

_CANDIDATES = 41
_MOST_POINTS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """Place on the axis that was given, with its standard uncertainty."""

    at: float
    u: float


def find_onset(x: FloatArray, y: FloatArray, *, low: float, high: float, sd: float) -> Onset:
    """Find where ``y = k * (x - at)**p``, k > 0, begins, between `low` and `high`.

    `y`, shape (n,), is zero before; `sd` its noise. Sharp and gradual beginnings (p = 1 to 2.5)
    are weighed by how well each fits, so that no choice of a model is needed (flat punch 1, sphere
    1.5, soft tissue about 2); the uncertainty holds that choice and the powers in between.
    """
    x, y = _thinned(x), _thinned(y)
    onset, between_shapes = _among(np.linspace(low, high, _CANDIDATES), x, y, sd)
    step = (high - low) / (_CANDIDATES - 1)
    if onset.u < step:
        closer = np.linspace(onset.at - 2 * step, onset.at + 2 * step, _CANDIDATES)
        onset, _ = _among(np.clip(closer, low, high), x, y, sd)
    # The true power lies anywhere within half a step of the best one: a rectangular distribution.
    return Onset(at=onset.at, u=math.hypot(onset.u, between_shapes / math.sqrt(12)))


def _among(candidates: FloatArray, x: FloatArray, y: FloatArray, sd: float) -> tuple[Onset, float]:
    """Weigh evenly spaced candidates by the likelihood of each with the best size and shape.

    Also returns how far the shapes next to the best one, half a power sharper or softer, would
    move the place.
    """
    beyond = np.maximum(x[None, :] - candidates[:, None], 0.0)
    root = np.sqrt(beyond)
    square = beyond * beyond
    shapes = np.stack([beyond, beyond * root, square, square * root])
    along = np.maximum(shapes @ y, 0.0)
    size = np.maximum(np.einsum("pci,pci->pc", shapes, shapes), np.finfo(float).tiny)
    squares = float(y @ y) - along**2 / size
    p, c = np.unravel_index(int(np.argmin(squares)), squares.shape)
    residuals = y - shapes[p, c] * (along[p, c] / size[p, c])
    variance = max(float(squares[p, c]) / max(x.size - 3, 1), sd * sd, 1e-12)
    variance *= correlation_inflation(residuals)
    weight = np.exp(-(squares - squares[p, c]) / (2 * variance)).sum(axis=0)
    weight /= weight.sum()
    at = float(weight @ candidates)
    spread = float(weight @ (candidates - at) ** 2)
    step = float(candidates[-1] - candidates[0]) / (candidates.size - 1)
    of_shape = np.exp(-(squares - squares.min(axis=1, keepdims=True)) / (2 * variance))
    places = of_shape @ candidates / of_shape.sum(axis=1)
    apart = float(np.abs(np.diff(places))[max(p - 1, 0) : p + 1].max())
    return Onset(at=at, u=float(np.sqrt(spread + step * step / 12))), apart


def _thinned(values: FloatArray) -> FloatArray:
    """Return means of as many equal blocks as are worth fitting."""
    block = max(-(-values.size // _MOST_POINTS), 1)
    if block == 1:
        return values
    whole = values[: values.size // block * block]
    return np.asarray(whole.reshape(-1, block).mean(axis=1))
