"""Generalised least squares over several stretches whose noise follows itself in time.

The noise is a gauge's white noise, that of the angle as it reaches the torque by way of stiffness,
damping and inertia, and the wandering of a hand, an Ornstein-Uhlenbeck process. How strong and how
long that wanders is not known, and each pair of answers counts by its restricted likelihood
(H. D. Patterson and R. Thompson, Biometrika 58 (1971), 545-554); the most likely pair alone would
take what is fitted for better known than it is. Noise in a column makes its coefficient too small:
what it adds to the products of columns is taken off again (W. A. Fuller, Measurement Error Models,
1987).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.movement.stretch_points import LASTING_S, StretchPoints
from tissuesense.core.arrays import FloatArray

# Variance of the wandering over that of one sample's white noise.
_SHARES = (0.03, 0.2, 1.0, 5.0, 30.0, 200.0)
_RIDGE = 1e-9
_PASSES = 3
# The whole law judges simpler ones where it knows its first coefficient to this share of it.
_JUDGES = 0.12
# What a column costs of an information criterion: Akaike's takes 2, by which what is simple comes
# out vague, Schwarz's the logarithm of the points, here 4 to 5, by which intervals are too short.
_COLUMN_COSTS = 3.0
Columns = Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleNoise:
    """Standard deviations of one sample."""

    torque_n_m: float
    angle_rad: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NoisyFit:
    """What was fitted, for p columns.

    Attributes
    ----------
    coefficients, covariance
        Shapes (p,) and (p, p).
    share, lasting
        The most likely wandering: its variance over that of one sample's white noise, and which of
        `LASTING_S`.
    scale
        Scatter over what this and the noise of the samples explain.
    freedom
        Points less columns.
    """

    coefficients: FloatArray
    covariance: FloatArray
    share: float
    lasting: int
    scale: float
    freedom: int
    noise: SampleNoise

    def sampling_variance(self, points: StretchPoints) -> float:
        """Return the mean variance of a stretch's torques by the noise of the samples alone."""
        known = _known(points.grams, self.noise, points.slopes(self.coefficients))
        return float(np.mean(np.diag(known)))

    def noise_of(self, points: StretchPoints, by_angle: FloatArray | None = None) -> FloatArray:
        """Return the covariance of a stretch's torques, shape (m, m).

        The angle's noise reaches them by way of slope, damping and inertia: those of the fit, or
        `by_angle`.
        """
        through = points.slopes(self.coefficients) if by_angle is None else by_angle
        known = _known(points.grams, self.noise, through)
        wandering = self.share * self.noise.torque_n_m**2 * points.wandering[self.lasting]
        return np.asarray(self.scale**2 * (known + wandering), dtype=np.float64)


def fit_stretches(
    stretches: Sequence[StretchPoints], noise: SampleNoise, *, laws: Sequence[Columns] = ()
) -> NoisyFit | None:
    """Fit ``torque = design @ coefficients`` to all stretches at once.

    Parameters
    ----------
    laws
        Simpler laws that may do as well, by the columns of the design that each has. They are
        averaged with the whole one by how much worse they fit, at a price for every column, where
        the whole one knows its first coefficient well enough to be a judge of them.

    Returns
    -------
    NoisyFit or None
        None where there are no more points than columns.
    """
    designs = [points.design() for points in stretches]
    columns = designs[0].shape[1] if designs else 0
    if sum(points.at_s.size for points in stretches) <= columns + 1:
        return None
    # Scaled to unit length: radians, newton metres and their derivatives have no size in common.
    length = np.linalg.norm(np.concatenate(designs), axis=0) + _RIDGE
    search = _Search(stretches=stretches, noise=noise, length=length, laws=laws)
    fit = search.fit(np.zeros(columns))
    for _ in range(_PASSES - 1 if noise.angle_rad > 0 else 0):
        fit = search.fit(fit.coefficients)
    return fit


def _known(grams: FloatArray, noise: SampleNoise, by_angle: FloatArray) -> FloatArray:
    """Return the covariance of the points that the noise of torque and angle samples makes."""
    through = np.einsum("i,j,ijmk->mk", by_angle, by_angle, grams, optimize=True)
    known = noise.torque_n_m**2 * grams[0, 0] + noise.angle_rad**2 * through
    ridge = _RIDGE * float(np.trace(known)) / known.shape[0]
    return np.asarray(known + ridge * np.eye(known.shape[0]), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Products:
    """What a fit needs of p scaled columns and the torque, under each of h kinds of wandering.

    Attributes
    ----------
    whole
        Products of columns and torque with one another, shape (h, p + 1, p + 1).
    added
        What noise of the angle adds to those of the columns, shape (h, p, p).
    log_det
        Of the covariance of all points, shape (h,).
    """

    whole: FloatArray
    added: FloatArray
    log_det: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Solved:
    """The fit of one law under each kind of wandering; shapes (h, p), (h, p, p) and (h,)."""

    coefficients: FloatArray
    covariance: FloatArray  # for points of variance 1
    squares: FloatArray


class _Search:
    """Stretches side by side, each padded to as many points as the longest has."""

    def __init__(
        self,
        *,
        stretches: Sequence[StretchPoints],
        noise: SampleNoise,
        length: FloatArray,
        laws: Sequence[Columns],
    ) -> None:
        self._stretches, self._noise, self._length, self._laws = stretches, noise, length, laws
        sizes = [points.at_s.size for points in stretches]
        self._most, self._points = max(sizes), sum(sizes)
        p = length.size
        self._blocks = np.zeros((len(sizes), self._most, p + 1))
        self._wandering = np.zeros((len(LASTING_S), len(sizes), self._most, self._most))
        self._shared = np.zeros((len(sizes), p * p, self._most, self._most))
        for place, (points, m) in enumerate(zip(stretches, sizes, strict=True)):
            self._blocks[place, :m, :p] = points.design() / length
            self._blocks[place, :m, p] = points.torque_n_m
            self._wandering[:, place, :m, :m] = points.wandering
            self._shared[place, :, :m, :m] = points.shared_noise().reshape(p * p, m, m)

    @property
    def _freedom(self) -> int:
        return self._points - self._length.size

    def fit(self, near: FloatArray) -> NoisyFit:
        """Fit, noise of the angle reaching the torque by way of the coefficients `near`."""
        products = self._products(near)
        free = self._solved(products, range(self._length.size))
        least = 1e-15 * products.whole[:, -1, -1] + 1e-300
        squares = np.maximum(free.squares, least)
        variance = squares / self._freedom
        normal = products.whole[:, :-1, :-1] + self._ridge
        log_likelihood = -0.5 * (
            self._freedom * np.log(variance) + products.log_det + np.linalg.slogdet(normal)[1]
        )
        weight = _shares_of(log_likelihood)
        best = int(np.argmax(log_likelihood))
        coefficients, covariance = _averaged(weight, free, variance)
        if self._laws and covariance[0, 0] <= (_JUDGES * coefficients[0]) ** 2:
            coefficients, covariance = self._with_simpler(products, free, squares, weight)
        lasting, share = divmod(max(best - 1, 0), len(_SHARES))
        return NoisyFit(
            coefficients=coefficients / self._length,
            covariance=covariance / np.outer(self._length, self._length),
            share=_SHARES[share] if best else 0.0,
            lasting=lasting,
            scale=float(np.sqrt(variance[best])),
            freedom=self._freedom,
            noise=self._noise,
        )

    @property
    def _ridge(self) -> FloatArray:
        return np.asarray(_RIDGE**1.5 * np.eye(self._length.size), dtype=np.float64)

    def _products(self, near: FloatArray) -> _Products:
        """Whiten columns and torque by the covariance under each kind of wandering, none first."""
        count, most, p = len(self._stretches), self._most, self._length.size
        known = np.tile(np.eye(most), (count, 1, 1))
        for place, points in enumerate(self._stretches):
            m = points.at_s.size
            known[place, :m, :m] = _known(points.grams, self._noise, points.slopes(near))
        strength = self._noise.torque_n_m**2 * np.array(_SHARES)
        wandering = strength[:, None, None, None] * self._wandering[:, None]
        wandering = wandering.reshape(-1, count, most, most)
        total = known + np.concatenate((np.zeros((1, count, most, most)), wandering))
        triangle = np.linalg.cholesky(total)
        whitened = np.linalg.solve(triangle, self._blocks).reshape(total.shape[0], -1, p + 1)
        diagonal = np.diagonal(triangle, axis1=2, axis2=3)
        added = np.zeros((total.shape[0], p, p))
        if self._noise.angle_rad > 0:
            inverse = np.linalg.inv(total).reshape(total.shape[0], -1)
            shared = self._shared.transpose(0, 2, 3, 1).reshape(-1, p * p)
            added = self._noise.angle_rad**2 * (inverse @ shared).reshape(-1, p, p)
        return _Products(
            whole=whitened.transpose(0, 2, 1) @ whitened,
            added=added / np.outer(self._length, self._length),
            log_det=2 * np.log(diagonal).sum(axis=(1, 2)),
        )

    def _solved(self, products: _Products, law: Columns) -> _Solved:
        places = np.ix_(range(len(products.whole)), law, law)
        normal = (products.whole[:, :-1, :-1] + self._ridge)[places]
        right = products.whole[:, law, -1]
        inverse = np.linalg.inv(normal - products.added[places])
        found = (inverse @ right[..., None])[..., 0]
        fitted = np.einsum("hp,hpq,hq->h", found, normal, found)
        coefficients = np.zeros((len(found), self._length.size))
        coefficients[:, law] = found
        covariance = np.zeros((len(found), self._length.size, self._length.size))
        covariance[places] = inverse @ normal @ inverse
        squares = products.whole[:, -1, -1] - 2 * np.einsum("hp,hp->h", found, right) + fitted
        return _Solved(coefficients=coefficients, covariance=covariance, squares=squares)

    def _with_simpler(
        self, products: _Products, free: _Solved, squares: FloatArray, weight: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Average simpler laws with the whole one, under each kind of wandering by itself."""
        solved = [free, *(self._solved(products, law) for law in self._laws)]
        sizes = np.array([self._length.size, *(len(law) for law in self._laws)])
        fits = np.array([np.maximum(one.squares, squares) / squares for one in solved])
        criterion = self._points * np.log(fits) + _COLUMN_COSTS * sizes[:, None]
        each = weight * _shares_of(-criterion / 2)
        together = _Solved(
            coefficients=np.concatenate([one.coefficients for one in solved]),
            covariance=np.concatenate([one.covariance for one in solved]),
            squares=squares,
        )
        variance = np.tile(squares / self._freedom, len(solved))
        return _averaged(each.ravel(), together, variance)


def _shares_of(log_likelihood: FloatArray) -> FloatArray:
    """Return how much each counts along the first axis; together 1."""
    weight = np.exp(log_likelihood - log_likelihood.max(axis=0))
    return np.asarray(weight / weight.sum(axis=0), dtype=np.float64)


def _averaged(
    weight: FloatArray, solved: _Solved, variance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the mean of the coefficients, and their covariance within and between the fits."""
    mean = weight @ solved.coefficients
    apart = solved.coefficients - mean
    between = apart.T @ (apart * weight[:, None])
    within = np.tensordot(weight * variance, solved.covariance, axes=1)
    return mean, within + between
