"""Where a line bends: least-squares break points on a grid of candidates."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tissuesense.core.arrays import FloatArray

_MANY = np.arange(289.0)
_FEW = np.arange(25.0)


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
        The bend is looked for here, at 289 places.
    noise
        Standard deviation of one sample.
    """
    seen = _Seen.of(t_s, values, curved=curved)
    fit = _best(seen, _candidates(seen, between_s, _MANY), curved=curved)
    return _bend(seen, fit, noise, unknowns=5 if curved else 4)


def bend_place(
    t_s: FloatArray, values: FloatArray, between_s: tuple[float, float], *, curved: bool = False
) -> float:
    """Return about where `find_bend` finds the bend: to a twenty-fourth part of the stretch."""
    seen = _Seen.of(t_s, values, curved=curved)
    return _best(seen, _candidates(seen, between_s, _FEW), curved=curved).at + seen.t_s


@dataclass(frozen=True, slots=True)
class _Seen:
    """Samples seen from their middle, which is at (`t_s`, `level`).

    `sums` are those of 1, x, x^2, y, xy (and x^3, x^4, x^2 y) from each sample to the last, shape
    (5 or 8, n + 1): with them a candidate costs the same however many samples there are.
    """

    t_s: float
    level: float
    x: FloatArray
    y: FloatArray
    sums: FloatArray

    @classmethod
    def of(
        cls,
        t_s: FloatArray,
        values: FloatArray,
        *,
        curved: bool,
    ) -> "_Seen":
        n = t_s.size
        middle, level = float(t_s.sum() / n), float(values.sum() / n)
        x, y = t_s - middle, values - level
        rows = np.zeros((8 if curved else 5, n + 1))
        rows[0, :n], rows[1, :n], rows[3, :n] = 1.0, x, y
        np.multiply(x, x, out=rows[2, :n])
        np.multiply(x, y, out=rows[4, :n])
        if curved:
            np.multiply(rows[2], rows[1], out=rows[5])
            np.multiply(rows[2], rows[2], out=rows[6])
            np.multiply(rows[2], rows[3], out=rows[7])
        sums = rows[:, ::-1].cumsum(axis=1)[:, ::-1]
        return cls(middle, level, x, y, sums)

    @property
    def one_line_explains(self) -> float:
        """What one straight line explains, squared."""
        spread, along = float(self.sums[2, 0]), float(self.sums[4, 0])
        return along * along / spread if spread > 0 else 0.0

    @property
    def one_line_leaves(self) -> float:
        """What one straight line leaves over, squared."""
        return float(self.y @ self.y) - self.one_line_explains


@dataclass(frozen=True, slots=True)
class _Fit:
    """The curve that bends at a candidate, and the squares that it explains."""

    at: float
    value: float
    weight: float
    slope_before: float
    slope_after: float
    explained: float


def _candidates(seen: _Seen, between_s: tuple[float, float], steps: FloatArray) -> FloatArray:
    start, end = between_s
    return (start - seen.t_s) + (end - start) / (steps.size - 1) * steps


def _best(seen: _Seen, c: FloatArray, *, curved: bool) -> _Fit:
    """Return the candidate that explains most.

    Nothing that is fitted before the bend bears on what is fitted after it but through the level
    at the bend, so each is solved by itself. What is explained is weighed, not what is left.
    """
    n, spread, along = seen.x.size, float(seen.sums[2, 0]), float(seen.sums[4, 0])
    sums = seen.sums[:, seen.x.searchsorted(c)]
    sum_a = sums[1] - c * sums[0]
    squares_a = sums[2] - c * (sums[1] + sum_a)
    along_a = sums[4] - c * sums[3]
    sum_b, along_b = -n * c - sum_a, along - along_a
    squares_b = spread + n * c * c - squares_a
    # A bend at the edge leaves one side empty: the tiny ridge keeps what is divided from zero.
    ridge = 1e-12 * (n + spread)
    squares_a, squares_b = np.maximum(squares_a, 0.0) + ridge, np.maximum(squares_b, 0.0) + ridge
    if curved:
        after = _parabola(sums, c, (sum_a, squares_a, along_a), ridge)
    else:
        after = _line(sum_a, squares_a, along_a)
    before = _line(sum_b, squares_b, along_b)
    weight = n - before.weight - after.weight
    value = -(before.moment + after.moment) / weight
    explained = before.explained + after.explained + value * value * weight
    k = int(explained.argmax())
    level = float(value[k])
    return _Fit(
        at=float(c[k]),
        value=level,
        weight=float(weight[k]),
        slope_before=float(before.slope_of_y[k] - level * before.slope_of_level[k]),
        slope_after=float(after.slope_of_y[k] - level * after.slope_of_level[k]),
        explained=float(explained[k]),
    )


class _Side(NamedTuple):
    """How the curve on one side of each candidate, zero there, takes up the level 1 and `y`."""

    slope_of_level: FloatArray
    slope_of_y: FloatArray
    weight: FloatArray
    moment: FloatArray
    explained: FloatArray


def _line(total: FloatArray, squares: FloatArray, along: FloatArray) -> _Side:
    of_level, of_y = total / squares, along / squares
    return _Side(of_level, of_y, total * of_level, along * of_level, along * of_y)


def _parabola(
    sums: FloatArray,
    c: FloatArray,
    line: tuple[FloatArray, FloatArray, FloatArray],
    ridge: float,
) -> _Side:
    total, squares, along = line
    ones, x_1, x_2, y_0, xy, x_3, x_4, x_2y = sums
    cubes = x_3 - c * (3 * x_2 - c * (3 * x_1 - c * ones))
    fourths = x_4 - c * (4 * x_3 - c * (6 * x_2 - c * (4 * x_1 - c * ones)))
    bent = x_2y - c * (2 * xy - c * y_0)
    fourths = np.maximum(fourths, cubes * cubes / squares) + ridge
    extent = squares * fourths - cubes * cubes
    of_level = (total * fourths - squares * cubes) / extent
    of_y = (along * fourths - bent * cubes) / extent
    bend_of_level = (squares * squares - cubes * total) / extent
    bend_of_y = (bent * squares - cubes * along) / extent
    return _Side(
        of_level,
        of_y,
        total * of_level + squares * bend_of_level,
        along * of_level + bent * bend_of_level,
        along * of_y + bent * bend_of_y,
    )


def _bend(seen: _Seen, fit: _Fit, noise: float, *, unknowns: int) -> Bend:
    single, before = seen.one_line_leaves, fit.slope_before
    left = max(single - (fit.explained - seen.one_line_explains), 0.0)
    # A bend seen through noise is known in time to about noise / change of slope.
    timing = before * noise / max(abs(before - fit.slope_after), 1e-9)
    return Bend(
        t_s=fit.at + seen.t_s,
        value=fit.value + seen.level,
        value_u=math.hypot(noise / math.sqrt(fit.weight), timing),
        slope_before=before,
        slope_after=fit.slope_after,
        residual_sd=math.sqrt(left / max(1, seen.x.size - unknowns)),
        gain=1.0 - left / single if single > 0 else 0.0,
    )
