"""The springpot exponent of a hold from force alone: no depth, no area, no calibration needed.

Held tissue that relaxes as a springpot does so along a straight line of log force over log time.
The ramp before the hold delays it; instead of waiting ten ramps for that to be forgotten, time is
counted on the clock on which the exact answer to the ramp is a straight line. Muscle may follow
two lines (Y. Kobayashi, arXiv 2401.13217, 2024): the break is kept where the Bayesian information
criterion (G. Schwarz 1978) says that it is there.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.numerics.separable import fit_separable
from tissuesense.analysis.viscoelastic.ramp_hold import springpot_response
from tissuesense.analysis.viscoelastic.relaxation_numbers import independent, lag_one, spread
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

WINDOW_S = (1.0, 20.0)

_FEWEST = 12
_LEAST_SPAN = 2.0  # last over first time on the clock: less is no line
_PLACES = 48
_EDGE = 0.15  # of the line's length, in logarithms: each piece must be seen
# Where a line breaks is chosen from many places, which costs more than one number fitted: counted
# thus, of 1000 straight holds about one in a hundred is broken.
_LINE, _BROKEN = 2, 6
# Of the force: no gauge does better.
_LEAST_SHARE = 1e-4
_CLOCK_ROUNDS = 3
_CLOCK_ORDERS = (0.01, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLine:
    """Two exponents, and when one gives way to the other.

    Attributes
    ----------
    break_s
        Since the end of the ramp, in s.
    """

    early: Estimate
    late: Estimate
    break_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerLawRelaxation:
    """What the force of a hold alone says.

    Attributes
    ----------
    exponent
        Minus the slope of log force over log time, of one line through all of the window; 0 for a
        spring, 1 for a dashpot.
    broken
        Where two lines are clearly better than one.
    r_squared
        Share of the spread of log force that the better of the two explains; None where nothing
        was fitted.
    """

    exponent: Outcome
    broken: BrokenLine | None
    r_squared: float | None
    flags: tuple[QualityFlag, ...]


def power_law_relaxation(
    time_s: ArrayLike,
    force_n: ArrayLike,
    *,
    ramp_s: float,
    exponent: float = 1.0,
    window_s: tuple[float, float] = WINDOW_S,
) -> PowerLawRelaxation:
    """Return the springpot exponent of a hold.

    Parameters
    ----------
    time_s
        Increasing, from the contact, which is at 0; shape (n,).
    force_n
        Above the unloaded level; its scale does not matter.
    ramp_s
        How long pressing took.
    exponent
        p of the elastic response ``(t / ramp_s)**p``.
    window_s
        From when to when after the end of the ramp the line is looked at.

    Raises
    ------
    UsageError
        When arguments do not fit together.
    """
    times, force = _samples(time_s, force_n, ramp_s, exponent, window_s)
    ramp_s, exponent = float(ramp_s), float(exponent)
    since = times - ramp_s
    used = (since >= window_s[0]) & (since <= window_s[1])
    times, force = times[used], force[used]
    if times.size < _FEWEST or times[-1] < _LEAST_SPAN * times[0]:
        return _nothing(
            QualityFlag.NO_HOLD, "The hold is too short for a line of log force over log time."
        )
    if not force.min() > 0:
        return _nothing(
            QualityFlag.NO_HOLD, "The force falls to the unloaded level during the hold."
        )
    return _lines(times, force / force.max(), ramp_s, exponent)


def _samples(
    time_s: ArrayLike,
    force_n: ArrayLike,
    ramp_s: float,
    exponent: float,
    window_s: tuple[float, float],
) -> tuple[FloatArray, FloatArray]:
    times, force = column(time_s, "time_s"), column(force_n, "force_n")
    if times.size != force.size:
        raise UsageError(f"force_n has {force.size} values for {times.size} of time_s.")
    if (np.diff(times) <= 0).any():
        raise UsageError("time_s must increase from each sample to the next.")
    for name, value in (("ramp_s", ramp_s), ("exponent", exponent)):
        if not (math.isfinite(value) and value > 0):
            raise UsageError(f"{name} must be positive, not {value}.")
    if not 0 <= window_s[0] < window_s[1]:
        raise UsageError(f"window_s must be a rising pair from 0 on, not {window_s}.")
    return times, force


def _lines(times: FloatArray, share: FloatArray, ramp_s: float, p: float) -> PowerLawRelaxation:
    x, line = _on_clock(times, share, ramp_s, p)
    places = _places(x)
    tried = [_line(x, share, place) for place in places]
    nearest = min(range(len(tried)), key=lambda i: tried[i].squares)
    broken = _refined(x, share, float(places[nearest]))
    is_broken = _criterion(broken, broken, _BROKEN) < _criterion(line, broken, _LINE)
    found = broken if is_broken else line
    y = np.log(share) * share
    level = share * float(share @ y) / float(share @ share)
    spread_y = float((y - level) @ (y - level))
    return PowerLawRelaxation(
        exponent=line.exponents()[0],
        broken=_broken(broken, x, times, ramp_s) if is_broken else None,
        r_squared=1 - found.squares / spread_y if spread_y > 0 else 0.0,
        flags=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Line:
    """``log F = c - a x - (a' - a) max(x - place, 0)``, weighted by the force.

    Noise is of the force; that of its logarithm is the smaller the larger the force.
    """

    x: FloatArray
    share: FloatArray
    place: FloatArray  # shape (0,) without a break, else (1,)
    coefficients: FloatArray
    residuals: FloatArray

    @property
    def squares(self) -> float:
        return float(self.residuals @ self.residuals)

    def exponents(self) -> tuple[Estimate, ...]:
        phi, slopes = _columns(self.x, self.share, self.place)
        jacobian = np.concatenate((slopes @ self.coefficients, phi.T))
        known = spread(jacobian, self.residuals, _LEAST_SHARE)
        k = self.place.size
        values = np.cumsum(self.coefficients[1:])
        # The slope after the break is the sum of two coefficients.
        sums = np.tri(values.size)
        covariance = sums @ known.covariance[k + 1 :, k + 1 :] @ sums.T
        return tuple(
            Estimate(
                value=-float(value),
                standard_uncertainty=math.sqrt(max(float(variance), 0.0)),
                unit="1",
                dof=known.dof,
                budget={"scatter": math.sqrt(max(float(variance), 0.0))},
            )
            for value, variance in zip(values, np.diag(covariance), strict=True)
        )


def _columns(x: FloatArray, share: FloatArray, place: FloatArray) -> tuple[FloatArray, FloatArray]:
    after = [np.maximum(x - at, 0.0) for at in place]
    phi = np.stack([np.ones_like(x), x, *after], axis=1) * share[:, np.newaxis]
    slopes = np.zeros((place.size, *phi.shape))
    for i, at in enumerate(place):
        slopes[i, :, 2 + i] = np.where(x > at, -share, 0.0)
    return phi, slopes


def _line(x: FloatArray, share: FloatArray, *place: float) -> _Line:
    at = np.array(place)
    phi, _ = _columns(x, share, at)
    y = np.log(share) * share
    coefficients = np.asarray(np.linalg.lstsq(phi, y, rcond=None)[0], dtype=np.float64)
    return _Line(
        x=x, share=share, place=at, coefficients=coefficients, residuals=y - phi @ coefficients
    )


def _refined(x: FloatArray, share: FloatArray, place: float) -> _Line:
    fit = fit_separable(
        lambda theta: _columns(x, share, theta), np.log(share) * share, np.array([place])
    )
    start, end = _ends(x)
    return _line(x, share, min(max(float(fit.theta[0]), start), end))


def _on_clock(
    times: FloatArray, share: FloatArray, ramp_s: float, p: float
) -> tuple[FloatArray, _Line]:
    """Return log time such that a springpot's answer to the ramp is a straight line, and the line.

    That clock hardly depends on the exponent: about half a ramp later than the contact.
    """
    line = _line(np.log(times - ramp_s / (1 + p)), share)
    for _ in range(_CLOCK_ROUNDS):
        order = min(max(-float(line.coefficients[1]), _CLOCK_ORDERS[0]), _CLOCK_ORDERS[1])
        line = _line(-np.log(springpot_response(times, ramp_s, order, p)) / order, share)
    return line.x, line


def _ends(x: FloatArray) -> tuple[float, float]:
    margin = _EDGE * float(x[-1] - x[0])
    return float(x[0]) + margin, float(x[-1]) - margin


def _places(x: FloatArray) -> FloatArray:
    return np.linspace(*_ends(x), _PLACES)


def _criterion(line: _Line, best: _Line, numbers: int) -> float:
    count = independent(line.x.size, lag_one(best.residuals))
    return count * math.log(line.squares / line.x.size + _LEAST_SHARE**2) + numbers * math.log(
        count
    )


def _broken(line: _Line, x: FloatArray, times: FloatArray, ramp_s: float) -> BrokenLine:
    early, late = line.exponents()
    break_s = float(np.interp(line.place[0], x, times)) - ramp_s
    return BrokenLine(early=early, late=late, break_s=break_s)


def _nothing(reason: QualityFlag, detail: str) -> PowerLawRelaxation:
    return PowerLawRelaxation(
        exponent=NotEstimable(reason=reason, detail=detail),
        broken=None,
        r_squared=None,
        flags=(reason,),
    )
