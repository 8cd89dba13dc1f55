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

from tissuesense.analysis.stretch_points import LASTING_S, StretchPoints
from tissuesense.core.arrays import FloatArray

# Variance of the wandering over that of one sample's white noise.
_SHARES = (0.03, 0.2, 1.0, 5.0, 30.0, 200.0)
_RIDGE = 1e-9
_PASSES = 3


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


def fit_stretches(stretches: Sequence[StretchPoints], noise: SampleNoise) -> NoisyFit | None:
    """Fit ``torque = design @ coefficients`` to all stretches at once.

    None where there are no more points than columns.
    """
    designs = [points.design() for points in stretches]
    columns = designs[0].shape[1] if designs else 0
    if sum(points.at_s.size for points in stretches) <= columns + 1:
        return None
    # Scaled to unit length: radians, newton metres and their derivatives have no size in common.
    length = np.linalg.norm(np.concatenate(designs), axis=0) + _RIDGE
    search = _Search(
        blocks=[
            np.column_stack((design / length, points.torque_n_m))
            for points, design in zip(stretches, designs, strict=True)
        ],
        stretches=stretches,
        shared=[points.shared_noise() for points in stretches],
        wandering=[[points.wandering[i] for points in stretches] for i in range(len(LASTING_S))],
        noise=noise,
        length=length,
    )
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """The fit for one strength and length of the wandering."""

    share: float
    lasting: int
    log_likelihood: float
    coefficients: FloatArray
    covariance: FloatArray
    variance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """Scaled columns with the torque beside them, and the covariances of what may scatter."""

    stretches: Sequence[StretchPoints]
    blocks: Sequence[FloatArray]
    shared: Sequence[FloatArray]
    wandering: Sequence[Sequence[FloatArray]]
    noise: SampleNoise
    length: FloatArray

    @property
    def freedom(self) -> int:
        points = sum(block.shape[0] for block in self.blocks)
        return int(points - self.length.size)

    def fit(self, near: FloatArray) -> NoisyFit:
        """Fit, noise of the angle reaching the torque by way of the coefficients `near`."""
        known = [_known(one.grams, self.noise, one.slopes(near)) for one in self.stretches]
        tried = [self._solved(known, 0.0, 0)]
        variance = self.noise.torque_n_m**2
        for lasting, wandering in enumerate(self.wandering):
            for share in _SHARES:
                total = [k + share * variance * w for k, w in zip(known, wandering, strict=True)]
                tried.append(self._solved(total, share, lasting))
        return self._averaged(tried)

    def _solved(self, total: Sequence[FloatArray], share: float, lasting: int) -> _Tried:
        p = self.length.size
        products, added, log_det = np.zeros((p + 1, p + 1)), np.zeros((p, p)), 0.0
        for block, shared, covariance in zip(self.blocks, self.shared, total, strict=True):
            triangle = np.linalg.cholesky(covariance)
            whitened = np.linalg.solve(triangle, block)
            products += whitened.T @ whitened
            log_det += 2 * float(np.log(np.diag(triangle)).sum())
            if self.noise.angle_rad > 0:
                half = np.linalg.inv(triangle)
                added += (shared.reshape(p * p, -1) @ (half.T @ half).ravel()).reshape(p, p)
        normal, right = products[:p, :p] + _RIDGE**1.5 * np.eye(p), products[:p, p]
        corrected = normal - self.noise.angle_rad**2 * added / np.outer(self.length, self.length)
        inverse = np.linalg.inv(corrected)
        found = inverse @ right
        squares = float(products[p, p] - 2 * found @ right + found @ normal @ found)
        variance = max(squares, 1e-15 * float(products[p, p]), 1e-300) / self.freedom
        log_likelihood = -0.5 * (
            self.freedom * np.log(variance) + log_det + np.linalg.slogdet(normal)[1]
        )
        return _Tried(
            share=share,
            lasting=lasting,
            log_likelihood=float(log_likelihood),
            coefficients=found,
            covariance=inverse @ normal @ inverse * variance,
            variance=variance,
        )

    def _averaged(self, tried: Sequence[_Tried]) -> NoisyFit:
        log_likelihood = np.array([one.log_likelihood for one in tried])
        weight = np.exp(log_likelihood - log_likelihood.max())
        weight /= weight.sum()
        each = np.array([one.coefficients for one in tried])
        mean = weight @ each
        between = (each - mean).T @ ((each - mean) * weight[:, None])
        within = np.tensordot(weight, np.array([one.covariance for one in tried]), axes=1)
        best = tried[int(np.argmax(log_likelihood))]
        return NoisyFit(
            coefficients=mean / self.length,
            covariance=(within + between) / np.outer(self.length, self.length),
            share=best.share,
            lasting=best.lasting,
            scale=float(np.sqrt(best.variance)),
            freedom=self.freedom,
            noise=self.noise,
        )
