"""A relaxation as a sum of many exponentials at given times: a curve to compare curves with.

Stiffnesses that are not negative, at times spread evenly over the logarithm of time, follow any
relaxation that fades without end or turn (non-negative least squares: C. L. Lawson and R. J.
Hanson 1974). There are too many of them for any one to mean something: they come without
uncertainty, and say nothing that `relaxation` would say.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from tissuesense.analysis.viscoelastic.hold_fit import Course, check_times, read_hold
from tissuesense.analysis.viscoelastic.hold_models import exponentials
from tissuesense.analysis.viscoelastic.loading import Loading
from tissuesense.core.arrays import FloatArray, column, frozen
from tissuesense.core.errors import UsageError

_MOST_PER_DECADE = 10
_BEYOND = 10.0  # times up to so far outside of the window still bend the curve in it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spectrum:
    """Exponentials that follow a hold together.

    Attributes
    ----------
    tau_s, size_n
        Times in rising order and the force of each after a step to full depth, shape (m,); only
        those that count.
    staying_n
        Force that does not fade.
    relative_rms
        Root mean square of the residuals, over that of the force; with relative noise that of
        their shares of the force.
    """

    tau_s: FloatArray
    size_n: FloatArray
    staying_n: float
    relative_rms: float
    _course: Course

    def predict(self, time_s: ArrayLike) -> FloatArray:
        """Return the force in N at times of the hold, shape (k,).

        Raises
        ------
        UsageError
            When a time is not within the hold.
        """
        times = column(time_s, "time_s")
        check_times(times, self._course.ramp_s)
        columns = _columns(self._course.at(times), self.tau_s)
        return np.asarray(columns @ np.concatenate(([self.staying_n], self.size_n)))


def relaxation_spectrum(
    time_s: ArrayLike,
    force_n: ArrayLike,
    *,
    per_decade: int = 2,
    ramp_s: float | None = None,
    relative: bool = False,
) -> Spectrum:
    """Follow a hold by exponentials at `per_decade` times in each decade of time.

    Parameters
    ----------
    time_s, force_n, ramp_s, relative
        As for `relaxation_fractional.fit_fractional`.
    per_decade
        1 to 10.

    Raises
    ------
    UsageError
        When arguments do not fit together, or fewer than 8 samples are left.
    """
    if not 1 <= per_decade <= _MOST_PER_DECADE:
        raise UsageError(f"per_decade must be 1 to {_MOST_PER_DECADE}, not {per_decade}.")
    hold = read_hold(time_s, ("force_n", force_n), (ramp_s, 1.0, None), relative=relative)
    shortest, longest = hold.window_s
    shortest, longest = shortest / _BEYOND, longest * _BEYOND
    tau_s = np.geomspace(shortest, longest, round(per_decade * np.log10(longest / shortest)) + 1)
    columns = _columns(hold.loading, tau_s) / hold.scale[:, np.newaxis]
    sizes, left = nnls(columns, hold.y)
    there = sizes[1:] > 0
    return Spectrum(
        tau_s=frozen(tau_s[there]),
        size_n=frozen(sizes[1:][there]),
        staying_n=float(sizes[0]),
        relative_rms=float(left / max(np.linalg.norm(hold.y), np.finfo(np.float64).tiny)),
        _course=hold.course,
    )


def _columns(loading: Loading, tau_s: FloatArray) -> FloatArray:
    """Return what stays, and each exponential, shape (n, 1 + m)."""
    lags = loading.lags_s
    fading, _ = exponentials(lags, loading.integrals, np.log(tau_s))
    return loading.force(np.concatenate(([lags**loading.integrals], fading))).T
