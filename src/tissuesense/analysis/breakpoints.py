"""Where a line bends: least-squares break points on a grid of candidates."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray

_CANDIDATES = 25
_STEPS = np.arange(float(_CANDIDATES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """A continuous curve of a line and what follows it.

    Attributes
    ----------
    t_s, value
        Where the line ends.
    value_u
        Standard uncertainty of `value`, from the noise of one sample.
    slope_before, slope_after
        Of the line, and at the very start of what follows.
    residual_sd
        Scatter about the fitted curve: noise, and how far what was fitted is not that curve.
    gain
        Share of the single line's squared residuals that the bend explains, 0 to 1.
    """

    t_s: float
    value: float
    value_u: float
    slope_before: float
    slope_after: float
    residual_sd: float
    gain: float


def find_bend(
    t_s: FloatArray,
    values: FloatArray,
    between_s: tuple[float, float],
    *,
    noise: float,
    curved: bool = False,
) -> Bend:
    """Fit a line up to a bend and another (`curved`: a parabola) after it, where that fits best.

    Parameters
    ----------
    t_s, values
        Shape (n,), n at least 4 (`curved`: 5).
    between_s
        The bend is looked for here, first coarsely, then finely about the best place.
    noise
        Standard deviation of one sample.
    """
    t_middle, level = float(t_s.mean()), float(values.mean())
    x, y = t_s - t_middle, values - level
    low, high = between_s[0] - t_middle, between_s[1] - t_middle
    width = (high - low) / (_CANDIDATES - 1)
    at = _best(x, y, low, high, curved=curved)
    at = _best(x, y, max(low, at - width), min(high, at + width), curved=curved)
    return _bend(x, y, at, (t_middle, level), noise=noise, curved=curved)


def _best(x: FloatArray, y: FloatArray, low: float, high: float, *, curved: bool) -> float:
    """Return the candidate that leaves the least squares over; `x` and `y` have mean zero.

    Nothing that is fitted before the bend bears on what is fitted after it but through the level
    at the bend, so each is solved by itself. What is explained is weighed, not what is left.
    """
    candidates = low + (high - low) / (_CANDIDATES - 1) * _STEPS
    after = np.maximum(x - candidates[:, None], 0.0)
    sum_a, squares_a, along_a = after.sum(axis=1), np.einsum("kn,kn->k", after, after), after @ y
    sum_b, along_b = -x.size * candidates - sum_a, float(x @ y) - along_a
    squares_b = float(x @ x) + x.size * candidates * candidates - squares_a
    # A bend at the edge leaves one side empty: the tiny ridge keeps what is divided from zero.
    ridge = 1e-12 * (x.size + float(x @ x))
    squares_b = np.maximum(squares_b, 0.0) + ridge
    level_b, explained = sum_b / squares_b, along_b * along_b / squares_b
    weight, moment = x.size - sum_b * level_b, along_b * level_b
    if curved:
        weight_a, moment_a, explained_a = _parabola(after, y, sum_a, squares_a + ridge, along_a)
    else:
        level_a = sum_a / (squares_a + ridge)
        weight_a, moment_a = sum_a * level_a, along_a * level_a
        explained_a = along_a * along_a / (squares_a + ridge)
    moment += moment_a
    explained += explained_a + moment * moment / (weight - weight_a)
    return float(candidates[explained.argmax()])


def _parabola(
    after: FloatArray, y: FloatArray, sum_a: FloatArray, squares_a: FloatArray, along_a: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return how a parabola through zero takes up the level 1, both together, and `y`."""
    square = after * after
    cubes = np.einsum("kn,kn->k", after, square)
    fourths = np.einsum("kn,kn->k", square, square)
    fourths += 1e-12 * (squares_a + fourths)
    bent = square @ y
    extent = squares_a * fourths - cubes * cubes
    slope_1 = (sum_a * fourths - squares_a * cubes) / extent
    bend_1 = (squares_a * squares_a - cubes * sum_a) / extent
    slope_y = (along_a * fourths - bent * cubes) / extent
    bend_y = (bent * squares_a - cubes * along_a) / extent
    return (
        sum_a * slope_1 + squares_a * bend_1,
        along_a * slope_1 + bent * bend_1,
        along_a * slope_y + bent * bend_y,
    )


def _bend(
    x: FloatArray,
    y: FloatArray,
    at: float,
    origin: tuple[float, float],
    *,
    noise: float,
    curved: bool,
) -> Bend:
    """Fit the curve that bends at `at`; `x` and `y` have mean zero and lie about `origin`."""
    terms = 4 if curved else 3
    design = np.ones((terms, x.size))
    np.subtract(x, at, out=design[1])
    np.maximum(design[1], 0.0, out=design[2])
    design[1] -= design[2]
    if curved:
        np.square(design[2], out=design[3])
    normal = design @ design.T
    normal.flat[:: terms + 1] += 1e-12 * normal.trace()
    inverse = np.linalg.inv(normal)
    coefficients = inverse @ (design @ y)
    left = y - coefficients @ design
    spread, along = float(x @ x), float(x @ y)
    squares = float(left @ left)
    single = float(y @ y) - (along * along / spread if spread > 0 else 0.0)
    value, slope_before, slope_after = coefficients[:3].tolist()
    # A bend seen through noise is known in time to about noise / change of slope.
    timing = slope_before * noise / max(abs(slope_before - slope_after), 1e-9)
    return Bend(
        t_s=at + origin[0],
        value=value + origin[1],
        value_u=math.sqrt(max(float(inverse[0, 0]), 0.0) * noise**2 + timing**2),
        slope_before=slope_before,
        slope_after=slope_after,
        residual_sd=math.sqrt(squares / max(1, x.size - terms - 1)),
        gain=1.0 - squares / single if single > 0 else 0.0,
    )
