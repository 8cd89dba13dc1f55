"""A relaxation of a given number of exponentials, fitted to a record of given course."""

from dataclasses import dataclass, replace

import numpy as np

from tissuesense.analysis.numerics.separable import fit_separable
from tissuesense.analysis.viscoelastic.relaxation_blocks import Blocks
from tissuesense.analysis.viscoelastic.relaxation_course import Course
from tissuesense.analysis.viscoelastic.relaxation_numbers import Spread, spread
from tissuesense.analysis.viscoelastic.relaxation_swept import Swept
from tissuesense.analysis.viscoelastic.relaxation_window import Window
from tissuesense.core.arrays import FloatArray

# Of the largest force: no gauge does better, and a model of tissue hardly.
_LEAST_SHARE = 1e-4
_MOST_LOG_UNCERTAINTY = 0.7
# Where a ramp that eases off has its end is not a matter of small errors: simulated, standard
# uncertainties come out a tenth too small, bias included.
_NOT_LINEAR = 1.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record:
    """A force to explain.

    Attributes
    ----------
    force_n
        Shape (n,).
    scale
        What a residual is divided by, shape (n,) or (1,): 1, or where noise is a share of the
        force, the force over its largest.
    ramp_samples
        How many samples come before the hold.
    blocks
        Over which force and model are averaged.
    """

    force_n: FloatArray
    scale: FloatArray
    ramp_samples: int
    blocks: Blocks
    window: Window

    @property
    def least_sd_n(self) -> float:
        """Of the noise; residuals may be smaller."""
        return _LEAST_SHARE * float(self.force_n.max())

    def rows(self, course: Course, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the course's rows and their derivatives, over the scale."""
        phi, d_phi = course.rows(theta)
        if self.scale.size > 1:
            phi /= self.scale
            d_phi /= self.scale
        return phi, d_phi

    def basis(self, course: Course, theta: FloatArray) -> FloatArray:
        """Return the rows alone, averaged, shape (1 + m, blocks)."""
        return self.blocks.means(course.responses(theta, course.time_s) / self.scale)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """A relaxation with a certain number of terms.

    Attributes
    ----------
    theta
        Log time constants in rising order, then the shape of the course.
    amplitudes
        Stiffness that stays, then one for each term; force at full depth, in N.
    residuals
        Of every sample, over the record's scale, shape (n,).
    of_blocks
        Of every block's mean times the root of its length.
    within
        For each term, whether its time constant lies in the window and is known at all.
    """

    course: Course
    theta: FloatArray
    amplitudes: FloatArray
    residuals: FloatArray
    of_blocks: FloatArray
    spread: Spread
    within: tuple[bool, ...]

    @property
    def terms(self) -> int:
        """How many exponentials."""
        return len(self.within)

    @property
    def log_tau(self) -> FloatArray:
        """Logarithms of the time constants, rising."""
        return self.theta[: self.terms]

    @property
    def shape(self) -> FloatArray:
        """What was found of the course."""
        return self.theta[self.terms :]

    @property
    def squares(self) -> float:
        """Sum of squared residuals."""
        return float(self.residuals @ self.residuals)

    @property
    def determined(self) -> bool:
        """Whether every parameter has a variance, and there is a stiffness to share."""
        variances = np.diag(self.spread.covariance)
        return bool((variances >= 0).all() and self.amplitudes.sum() > 0)

    @property
    def trusted(self) -> bool:
        """Whether the record can tell every term."""
        return self.determined and all(self.within)


def fit_terms(course: Course, record: Record, log_tau: FloatArray) -> Fitted:
    """Fit as many exponentials as the start `log_tau` has."""
    start = np.concatenate((log_tau, course.shape))
    means = record.blocks.means
    y = means(record.force_n / record.scale)
    if start.size == 0:  # nothing but a spring under a known motion
        g = means(record.rows(course, start)[0][0])
        return assembled(course, record, start, np.atleast_1d(g @ y / (g @ g)))

    def columns(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        phi, d_phi = record.rows(course, theta)
        return means(phi).T, means(d_phi).transpose(0, 2, 1)

    fit = fit_separable(columns, y, start, nonnegative=True)
    return assembled(course, record, fit.theta, fit.amplitudes)


def assembled(course: Course, record: Record, theta: FloatArray, amplitudes: FloatArray) -> Fitted:
    """Return the model with these numbers, its terms brought into rising order."""
    terms = amplitudes.size - 1
    order = np.argsort(theta[:terms])
    theta = np.concatenate((theta[:terms][order], theta[terms:]))
    amplitudes = amplitudes[np.concatenate(([0], order + 1))]
    phi, d_phi = record.rows(course, theta)
    residuals = record.force_n / record.scale - amplitudes @ phi
    jacobian = record.blocks.spread_out(np.concatenate((amplitudes @ d_phi, phi)))
    known = spread(jacobian, residuals, record.least_sd_n)
    if isinstance(course, Swept):
        known = replace(known, covariance=known.covariance * _NOT_LINEAR**2)
    return Fitted(
        course=course,
        theta=theta,
        amplitudes=amplitudes,
        residuals=residuals,
        of_blocks=record.blocks.means(residuals),
        spread=known,
        within=within_window(theta[:terms], amplitudes[1:], known, record.window),
    )


def within_window(
    log_tau: FloatArray, stiffnesses: FloatArray, known: Spread, window: Window
) -> tuple[bool, ...]:
    """Return for each term whether its time constant lies in the window and is known at all."""
    u = np.sqrt(np.maximum(np.diag(known.covariance)[: log_tau.size], 0.0))
    return tuple(
        bool(stiffness > 0 and u_log < _MOST_LOG_UNCERTAINTY and window.holds(log))
        for stiffness, u_log, log in zip(stiffnesses, u, log_tau, strict=True)
    )
