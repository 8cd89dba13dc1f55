"""Least squares for one swing that fades, or two, about a level that may drift.

The model is ``sum of exp(-s t) (a cos w t + b sin w t) + level + slope t``. The matrix pencil finds
a start and variable projection the best parameters.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from tissuesense.analysis.numerics.local_fit import correlation_inflation
from tissuesense.analysis.numerics.separable import SeparableFit, fit_separable
from tissuesense.analysis.taps.matrix_pencil import exponents
from tissuesense.core.arrays import FloatArray

LOWEST_HZ, HIGHEST_HZ = 5.0, 60.0
FEWEST_SAMPLES = 10
# How many of the amplitudes, the last, are level and slope.
LEVEL = 2
_LOWEST, _HIGHEST = 2 * math.pi * LOWEST_HZ, 2 * math.pi * HIGHEST_HZ
# The pencil looks at so many samples a second at most: enough for the highest frequency.
_PENCIL_HZ = 200.0
_SLACK = 1e-6  # else rounding would decide where a whole number is meant
# A swing, and what of the level the mean leaves.
_PENCIL_RANK = 3
_MOST_GROWTH = 50.0
_RIDGE = 1e-13
_NOTHING = 1e-200
# Of the squares that are left, and of the angular frequency: a step so small is the last.
_SMALL_GAIN, _SMALL_STEP = 1e-6, 1e-9
_MOST_STEPS = 8
# Residuals that follow one another no more than noise does, in standard deviations of that, weighed
# by how strong the swing still is, leave nothing for a second.
_SUSPICIOUS_SD = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Cosine and sine of each swing, then level and slope."""

    t_s: FloatArray

    def rows(self, theta: FloatArray) -> FloatArray:
        """Return the columns, one a row, shape (k + 2, n)."""
        t_s = self.t_s
        phi = np.empty((theta.size + LEVEL, t_s.size))
        for one in range(0, theta.size, 2):
            decay, angular = theta[one : one + 2].tolist()
            # A search may try a swing that grows: let it grow into something finite.
            fading, turn = np.exp(np.minimum(-decay * t_s, _MOST_GROWTH)), angular * t_s
            np.multiply(fading, np.cos(turn), out=phi[one])
            np.multiply(fading, np.sin(turn), out=phi[one + 1])
        phi[-2] = 1.0
        phi[-1] = t_s
        return phi

    def slopes(self, phi: FloatArray, amplitudes: FloatArray) -> FloatArray:
        """Return how the model goes with `theta` and then the amplitudes, shape (2 k + 2, n)."""
        size = amplitudes.size - LEVEL
        slopes = np.empty((size + amplitudes.size, self.t_s.size))
        slopes[size:] = phi
        for one in range(0, size, 2):
            a, b = amplitudes[one : one + 2].tolist()
            turned = np.array([[-a, -b], [b, -a]]) @ phi[one : one + 2]
            np.multiply(turned, self.t_s, out=slopes[one : one + 2])
        return slopes

    def __call__(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        phi = self.rows(theta)
        d_phi = np.zeros((theta.size, *phi.shape))
        for one in range(0, theta.size, 2):
            later = self.t_s * phi[one : one + 2]
            np.negative(later, out=d_phi[one, one : one + 2])
            np.negative(later[1], out=d_phi[one + 1, one])
            d_phi[one + 1, one + 1] = later[0]
        return phi.T, d_phi.transpose(0, 2, 1)


def fit_swings(
    since_s: FloatArray,
    values: FloatArray,
    *,
    start: FloatArray | None = None,
    least_sd: float = 0.0,
) -> SeparableFit | None:
    """Fit one swing, or two where one leaves more than noise.

    Parameters
    ----------
    since_s, values
        Times that begin with 0, evenly spaced or nearly so, and data, shape (n,).
    start
        Decay rate and angular frequency to begin with; found where None.
    least_sd
        Of the noise, such as that of rounding.

    Returns
    -------
    SeparableFit or None
        Its `theta` are decay rate and angular frequency of each swing, its amplitudes those of
        cosine and sine of each, level and slope. None where the samples are too few or show no
        swing between 5 and 60 Hz to begin with.
    """
    if since_s.size < FEWEST_SAMPLES:
        return None
    start = _start(since_s, values) if start is None else _sound(start)
    if start is None:
        return None
    # A search for what is not there may run away; what it comes to is not believed.
    with np.errstate(over="ignore", invalid="ignore"):
        one = _stepped(since_s, values, start, least_sd=least_sd)
        if not one.settled:
            one = fit_separable(_Columns(since_s), values, start, least_sd=least_sd)
        return _with_second(since_s, values, one, least_sd)


def rough_swing(since_s: FloatArray, values: FloatArray) -> SeparableFit | None:
    """Return one swing, one step of Gauss and Newton from its start: as good as it is cheap."""
    start = _start(since_s, values) if since_s.size >= FEWEST_SAMPLES else None
    if start is None:
        return None
    return replace(_stepped(since_s, values, start, steps=1), settled=False)


def _stepped(
    since_s: FloatArray,
    values: FloatArray,
    theta: FloatArray,
    *,
    least_sd: float = 0.0,
    steps: int = _MOST_STEPS,
) -> SeparableFit:
    """Fit one swing by steps of Gauss and Newton, for as long as each leaves less than the last.

    From a start that is nearly right two or three are enough; a search pays from any other.
    """
    columns = _Columns(since_s)
    phi = columns.rows(theta)
    amplitudes = _least_squares(phi, values)[0]
    left, settled = math.inf, False
    for _ in range(steps):
        slopes = columns.slopes(phi, amplitudes)
        residuals = values - amplitudes @ phi
        step, inverse = _least_squares(slopes, residuals)
        theta, amplitudes = theta + step[: theta.size], amplitudes + step[theta.size :]
        # As the model goes along a straight line; over the last, short step it does.
        after = residuals - step @ slopes
        before, least = float(residuals @ residuals), float(after @ after)
        small = np.abs(step[: theta.size]).max() <= _SMALL_STEP * theta[1]
        settled = before <= left and bool(small or before - least <= _SMALL_GAIN * least)
        if settled or before > left:
            break
        left, phi = before, columns.rows(theta)
    variance = least / max(values.size - step.size, 1) * correlation_inflation(after)
    return SeparableFit(
        theta=theta if settled else _sound(theta),
        amplitudes=amplitudes,
        residuals=after,
        covariance=max(variance, least_sd**2) * inverse,
        settled=settled,
    )


def _least_squares(rows: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return amplitudes and the inverse of the rows' products, scaled first as times are."""
    products = rows @ rows.T
    scale = np.sqrt(products.diagonal() + _NOTHING)
    scales = scale[:, np.newaxis] * scale
    inverse = np.linalg.inv(products / scales + _RIDGE * np.eye(scale.size)) / scales
    return inverse @ (rows @ values), inverse


def expected(fit: SeparableFit, since_s: FloatArray) -> FloatArray:
    """Return the model at other times, shape (n,)."""
    return fit.amplitudes @ _Columns(since_s).rows(fit.theta)


def foretold(fit: SeparableFit, since_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the model at other times, shape (n,), and how it goes with its parameters, (k, n).

    The parameters are `theta` and then the amplitudes.
    """
    columns = _Columns(since_s)
    phi = columns.rows(fit.theta)
    return fit.amplitudes @ phi, columns.slopes(phi, fit.amplitudes)


def _start(since_s: FloatArray, values: FloatArray) -> FloatArray | None:
    """Return decay rate and angular frequency by the matrix pencil; None where nothing swings."""
    since_s, values = _thinned(since_s, values)
    if values.size < 2 * _PENCIL_RANK + 2:
        return None
    step_s = float(since_s[-1] - since_s[0]) / (since_s.size - 1)
    evenly = np.interp(since_s[0] + step_s * np.arange(since_s.size), since_s, values)
    evenly -= evenly[-(evenly.size // 3) :].mean()
    # What changes sign from sample to sample is no swing.
    highest = min(2 * _HIGHEST, 0.95 * math.pi / step_s)
    for exponent in exponents(evenly, step_s, _PENCIL_RANK).tolist():
        if _LOWEST / 2 < exponent.imag < highest:
            return _sound(np.array([-exponent.real, exponent.imag]))
    return None


def _sound(start: FloatArray) -> FloatArray:
    """Return a start without what would lead the search astray: growing, or being gone at once."""
    decay, angular = start.tolist()
    angular = min(max(angular, _LOWEST / 2), 2 * _HIGHEST)
    return np.array([min(max(decay, 0.05 * angular), 0.7 * angular), angular])


def _thinned(since_s: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return means of neighbours, so that nothing too fast for the pencil folds down."""
    few = int((since_s.size - 1) / (float(since_s[-1]) * _PENCIL_HZ) + _SLACK)
    if few < 2:  # noqa: PLR2004 - as it is
        return since_s, values
    return means(since_s, few), means(values, few)


def means(values: FloatArray, few: int) -> FloatArray:
    """Return means of so many neighbours each; what is left over at the end is left out."""
    size = values.size // few * few
    return np.asarray(values[:size].reshape(-1, few) @ np.full(few, 1 / few))


def _with_second(
    since_s: FloatArray, values: FloatArray, one: SeparableFit, least_sd: float
) -> SeparableFit:
    """Return the fit with a second swing where the first leaves more than noise."""
    fading = np.exp(-float(one.theta[0]) * since_s[1:])
    products = one.residuals[1:] * one.residuals[:-1]
    usual = one.squares / one.residuals.size * math.sqrt(float(fading @ fading))
    suspicious = float(products @ fading) > _SUSPICIOUS_SD * usual
    if not suspicious or one.squares <= since_s.size * least_sd**2:
        return one
    second = _start(since_s, one.residuals)
    if second is None:
        return one
    both = fit_separable(
        _Columns(since_s), values, np.concatenate((one.theta, second)), least_sd=least_sd
    )
    # By the Bayesian criterion; noise that follows itself is like fewer samples of other noise.
    independent = since_s.size / correlation_inflation(both.residuals)
    gain = independent * math.log(max(one.squares, 1e-300) / max(both.squares, 1e-300))
    cost = (both.free - one.free) * math.log(max(independent, 2.0))
    # What hardly swings is a drift, which needs no second one.
    decays, angulars = both.theta[::2], both.theta[1::2]
    sound = both.settled and bool(decays.min() > 0 and angulars.min() > _LOWEST / 2)
    return both if sound and gain > cost else one
