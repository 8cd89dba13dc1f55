"""Fitting models to a hold that was reached by a step, a ramp or a measured motion.

Variable projection searches over orders and times alone, and the sizes follow (`separable`). It
begins at the best of a coarse grid, so that nobody has to guess. Models are compared by Akaike's
criterion, corrected for few samples (C. M. Hurvich and C.-L. Tsai 1989), counting as samples only
those that residuals which follow one another leave.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.numerics.separable import Columns, SeparableFit, fit_separable
from tissuesense.analysis.viscoelastic.hold_models import HoldModel
from tissuesense.analysis.viscoelastic.loading import Loading, Step, measured_motion, power_ramp
from tissuesense.analysis.viscoelastic.relaxation_numbers import (
    Spread,
    independent,
    lag_one,
    spread,
)
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError

_FEWEST = 8
_MOST_MOTION = 2000
_SCAN = 40
_REFINED = 2
# Residuals that leave fewer follow one another because the curve is wrong, not because noise does.
_FEWEST_INDEPENDENT = 20
_MOST_CORRELATION = 0.95
# Of the largest value: below it, noise is no share of what is measured.
_LEAST_RELATIVE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One model among those that were compared.

    Attributes
    ----------
    free
        How many numbers were fitted, those that came out as 0 among them.
    relative_rms
        Root mean square of the residuals, over that of the force.
    excess
        Of Akaike's criterion over the best candidate's; below 2 the two are as good as each other.
    """

    model: str
    free: int
    relative_rms: float
    excess: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """How the tissue was deformed, for samples at any time."""

    ramp_s: float | None
    exponent: float
    time_s: FloatArray
    depth: FloatArray | None

    def at(self, time_s: FloatArray) -> Loading:
        """Return it as seen by samples at `time_s`."""
        if self.depth is not None:
            g = np.maximum(self.depth / self.depth.max(), 0.0) ** self.exponent
            return measured_motion(self.time_s, g, time_s)
        if self.ramp_s is None:
            return Step(time_s)
        return power_ramp(time_s, self.ramp_s, self.exponent)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hold:
    """Samples that are fitted: `y` is what was measured over `scale`, at `time_s`."""

    course: Course
    loading: Loading
    time_s: FloatArray
    y: FloatArray
    scale: FloatArray
    few: tuple[Loading, FloatArray, FloatArray]

    def columns(self, model: HoldModel) -> Columns:
        """Return the model's columns at the samples, over `scale`."""

        def of(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
            phi, d_phi = model.columns(self.loading, theta)
            return phi / self.scale[:, np.newaxis], d_phi / self.scale[:, np.newaxis]

        return of

    @property
    def window_s(self) -> tuple[float, float]:
        """The shortest and the longest time that the samples can tell of."""
        shortest = float(np.diff(self.time_s).min())
        if isinstance(self.loading, Step):
            shortest = max(float(self.time_s[0]), 1e-3 * shortest)
        return shortest, float(self.time_s[-1])

    def misfit(self, model: HoldModel, theta: FloatArray) -> float:
        """Return how badly the model does at a few samples; lower is better."""
        loading, y, scale = self.few
        phi, _ = model.columns(loading, theta)
        basis, _ = np.linalg.qr(phi / scale[:, np.newaxis])
        explained = basis.T @ y
        return -float(explained @ explained)


def read_hold(
    time_s: ArrayLike,
    values: tuple[str, ArrayLike],
    pressing: tuple[float | None, float, ArrayLike | None],
    *,
    relative: bool = False,
) -> Hold:
    """Return the samples of a hold.

    Parameters
    ----------
    values
        Name, for what is said of it, and what was measured.
    pressing
        Length of the ramp in s, exponent, depth: as `fit_fractional` takes them.

    Raises
    ------
    UsageError
        As `fit_fractional`.
    """
    name, _ = values
    times, y = _samples(time_s, values)
    course = _course(times, *pressing)
    used = times >= (course.ramp_s or 0.0)
    if course.depth is not None:
        used[0] = False
    times, y = times[used], y[used]
    if times.size < _FEWEST:
        raise UsageError(f"time_s must hold at least {_FEWEST} samples of the hold.")
    if relative and not y.min() > _LEAST_RELATIVE * max(y.max(), 0.0):
        raise UsageError(f"{name} must be above 0 everywhere where the noise is a share of it.")
    scale = y if relative else np.ones_like(y)
    y = y / scale
    thin = _thinned(times)
    return Hold(
        course=course,
        loading=course.at(times),
        time_s=times,
        y=y,
        scale=scale,
        few=(course.at(times[thin]), y[thin], scale[thin]),
    )


def ranked(fits: Mapping[str, SeparableFit], y: FloatArray) -> tuple[Candidate, ...]:
    """Return the models in the order of Akaike's criterion, the best first.

    Parameters
    ----------
    fits
        Name -> fit, all to the same `y`; of two that are alike the one named first is preferred.
    """
    least = min(fits.values(), key=lambda fit: fit.squares)
    count = independent(y.size, lag_one(least.residuals))
    count = max(count, min(_FEWEST_INDEPENDENT, y.size))
    power = float(y @ y)
    # What rounding leaves of an exact curve must not decide between two exact curves.
    floor = 1e-24 * power + np.finfo(np.float64).tiny

    def criterion(fit: SeparableFit) -> float:
        k = numbers(fit) + 1
        return count * math.log(fit.squares + floor) + 2 * k * count / max(count - k - 1, 1)

    scores = {name: criterion(fit) for name, fit in fits.items()}
    order = sorted(scores, key=lambda name: scores[name])
    lowest = scores[order[0]]
    return tuple(
        Candidate(
            model=name,
            free=numbers(fits[name]),
            relative_rms=math.sqrt(fits[name].squares / power) if power > 0 else 0.0,
            excess=scores[name] - lowest if scores[name] > lowest else 0.0,
        )
        for name in order
    )


def numbers(fit: SeparableFit) -> int:
    """Return how many numbers were fitted, those that came out as 0 among them."""
    return fit.theta.size + fit.amplitudes.size


def _samples(time_s: ArrayLike, values: tuple[str, ArrayLike]) -> tuple[FloatArray, FloatArray]:
    name, measured = values
    times, y = column(time_s, "time_s"), column(measured, name)
    if times.size != y.size:
        raise UsageError(f"{name} has {y.size} values for {times.size} of time_s.")
    if (np.diff(times) <= 0).any():
        raise UsageError("time_s must increase from each sample to the next.")
    return times, y


def _course(
    times: FloatArray, ramp_s: float | None, exponent: float, depth_mm: ArrayLike | None
) -> Course:
    if ramp_s is not None and not (math.isfinite(ramp_s) and ramp_s > 0):
        raise UsageError(f"ramp_s must be positive, not {ramp_s}; leave it out for a step.")
    if not 1 <= exponent <= 4:  # noqa: PLR2004 - no tissue is known beyond 3
        raise UsageError(f"exponent must be between 1 and 4, not {exponent}.")
    if depth_mm is None:
        check_times(times if ramp_s is None else times[-1:], ramp_s)
        return Course(ramp_s=ramp_s, exponent=exponent, time_s=times, depth=None)
    depth = column(depth_mm, "depth_mm")
    if depth.size != times.size:
        raise UsageError(f"depth_mm has {depth.size} values for {times.size} of time_s.")
    if depth.size > _MOST_MOTION:
        raise UsageError(
            f"depth_mm may hold {_MOST_MOTION} samples, not {depth.size}.",
            hint="Average neighbouring samples first, or state ramp_s instead.",
        )
    if not depth.size or not depth.max() > 0 or depth[0] != 0:
        raise UsageError("depth_mm must begin at 0, at the contact, and rise.")
    return Course(ramp_s=ramp_s, exponent=exponent, time_s=times, depth=depth)


def check_times(times: FloatArray, ramp_s: float | None) -> None:
    """Refuse times that are not within the hold."""
    if ramp_s is None and times.size and not times[0] > 0:
        raise UsageError(
            "time_s must be above 0: right after a step a springpot's force has no bound.",
            hint="Count time from the step and leave out the sample at 0, or state ramp_s.",
        )
    if ramp_s is not None and times.size and times[-1] < ramp_s:
        raise UsageError(f"time_s ends at {times[-1]:g} s, before ramp_s = {ramp_s:g} s.")


def _thinned(times: FloatArray) -> FloatArray:
    """Return some of the samples, about as many in each decade of time since the first."""
    since = np.geomspace(max(times[0], 1e-3 * times[-1]), times[-1], _SCAN)
    return np.unique(np.searchsorted(times, since).clip(0, times.size - 1))


def fit_model(model: HoldModel, hold: Hold) -> SeparableFit:
    """Fit one model from the best of its starts."""
    starts = model.starts(*hold.window_s)
    misfits = [hold.misfit(model, theta) for theta in starts]
    fits = [
        fit_separable(hold.columns(model), hold.y, starts[i], nonnegative=True)
        for i in np.argsort(misfits, kind="stable")[:_REFINED]
    ]
    best = min(fits, key=lambda fit: fit.squares)
    return replace(best, theta=model.bounded(best.theta))


def spread_of(model: HoldModel, fit: SeparableFit, hold: Hold) -> tuple[Spread, FloatArray]:
    """Return how well a fit is known, and the standard uncertainty of each of its sizes.

    The first is of theta and the sizes above 0 alone; that of a size held at 0 is given as 0.
    """
    there = fit.amplitudes > 0
    phi, slopes = hold.columns(model)(fit.theta)
    jacobian = np.concatenate((slopes @ fit.amplitudes, phi[:, there].T))
    found = spread(jacobian, fit.residuals, 0.0)
    found = replace(found, covariance=found.covariance * _missed(jacobian, fit.residuals))
    sizes_u = np.zeros(there.size)
    sizes_u[there] = np.sqrt(np.maximum(np.diag(found.covariance)[fit.theta.size :], 0.0))
    return found, sizes_u


def _missed(jacobian: FloatArray, residuals: FloatArray) -> float:
    """Return by how much the residuals understate what their following one another costs.

    Each of k fitted numbers takes slow noise out of the n residuals: their correlation r comes out
    too low by about ``(k (1 + r) + 2 r) / n`` (derived here for slow columns; for the mean alone
    F. H. C. Marriott and J. A. Pope 1954).
    """
    r = lag_one(residuals)
    if r <= 0:
        return 1.0
    k, n = (float(size) for size in jacobian.shape)
    whole = min(r + (k * (1 + r) + 2 * r) / n, max(r, _MOST_CORRELATION))
    return (1 + whole) * (1 - r) / ((1 - whole) * (1 + r))
