"""How many exponentials a relaxation holds, and of which course.

Orders are fitted one after the other; the one that the Bayesian information criterion (G. Schwarz
1978) prefers is taken, among those whose time constants the record can tell. The criterion counts
independent samples, not samples: residuals that follow one another would buy terms that are not
there. An order's fit is the same whether it was asked for or is one of several to choose from.
"""

import math
from collections.abc import Sequence

import numpy as np

from tissuesense.analysis.viscoelastic.relaxation_course import Course
from tissuesense.analysis.viscoelastic.relaxation_fitted import Fitted, Record, fit_terms
from tissuesense.analysis.viscoelastic.relaxation_growth import one_more
from tissuesense.analysis.viscoelastic.relaxation_law import Power
from tissuesense.analysis.viscoelastic.relaxation_numbers import (
    independent,
    lag_one,
    nothing_relaxed,
    spread,
)
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quantity import Estimate, coverage_factor

_MUCH_BETTER = 6.0
_TAUS_TO_HIDE = 6
_NOT_WHITE_SD = 2.5
_SURELY_SD = 4.0
_ORDERS_WITHOUT_GAIN = 2
_CURVE_IS_WRONG, _LESS_LEFT = 0.5, 0.9
# Residuals that leave fewer follow one another because the curve is wrong, not because noise does.
_FEWEST_INDEPENDENT = 20


def candidates(courses: Sequence[Course], record: Record, terms: int | None) -> tuple[Fitted, ...]:
    """Fit `terms` exponentials; or none, one, two and more as far as they may be wanted."""
    two = _told(fit_terms(courses[0], record, record.window.spaced(2)), courses, record)
    if terms == two.terms and two.trusted and _ramp_is_explained(two, record):
        return (two,)  # none of the other orders would change it
    fits = _first_orders(two, courses, record)
    if terms is None:
        return _as_wanted(fits, record)
    while len(fits) < terms:
        fits.append(one_more(fits[-1], record))
    return (fits[terms - 1],)


def _first_orders(two: Fitted, courses: Sequence[Course], record: Record) -> list[Fitted]:
    """Return one exponential and two; and three where they may tell the course better.

    Of the courses the first is taken, unless a later one explains the force much better.
    """
    fits = _from_two(two, record)
    if _ramp_is_explained(two, record) or not _gains(fits, record):
        return fits
    three = one_more(fits[-1], record)
    other = _told(three, courses, record)
    if other.course is three.course:
        return [*fits, three]
    # What looked like the ramp's own way was a third exponential, or the other way round.
    course = other.course.from_shape(other.shape)
    start = record.window.brought_in(two.log_tau)
    fits = _from_two(fit_terms(course, record, start), record)
    return [*fits, other if other.squares <= fits[-1].squares else one_more(fits[-1], record)]


def _from_two(two: Fitted, record: Record) -> list[Fitted]:
    course, logs = two.course.from_shape(two.shape), record.window.brought_in(two.log_tau)
    one = fit_terms(course, record, logs.mean(keepdims=True))
    return [one, two if two.squares <= one.squares else one_more(one, record)]


def _as_wanted(fits: list[Fitted], record: Record) -> tuple[Fitted, ...]:
    if not fits[0].trusted:
        course = fits[1].course.from_shape(fits[1].shape)
        fits.insert(0, fit_terms(course, record, fits[1].log_tau[:0]))
    since = 0
    while len(fits) < record.window.most_terms and since < _ORDERS_WITHOUT_GAIN:
        since = 0 if _gains(fits, record) else since + 1
        if since and not record.window.wide:
            break
        fits.append(one_more(fits[-1], record))
    return tuple(fits)


def _gains(fits: Sequence[Fitted], record: Record) -> bool:
    """Return whether the last order is worth its numbers.

    Over many decades it may take several more exponentials to be worth them: what is left follows
    one another until the curve is right, and grows less with each.
    """
    before, last = criteria(fits[-2:], record)
    wrong = record.window.wide and lag_one(fits[-1].of_blocks) > _CURVE_IS_WRONG
    return last < before or (wrong and fits[-1].squares < _LESS_LEFT * fits[-2].squares)


def _told(fitted: Fitted, courses: Sequence[Course], record: Record) -> Fitted:
    """Return the fit of the course that explains the force, as many exponentials to each."""
    best = fitted
    for course in courses:
        if _ramp_is_explained(best, record):
            break
        best = _better(best, course, record, margin=_MUCH_BETTER)
    if _may_be_linear(best):
        best = _better(best, best.course.linear(best.shape), record)
    return best


def _better(fitted: Fitted, course: Course, record: Record, margin: float = 0.0) -> Fitted:
    """Return the fit of another course where it is better by more than the margin."""
    other = fit_terms(course, record, record.window.brought_in(fitted.log_tau))
    criterion, of_other = criteria((fitted, other), record)
    return other if of_other < criterion - margin else fitted


def _ramp_is_explained(fitted: Fitted, record: Record) -> bool:
    """Return whether the residuals of the ramp look like noise: none follows from the one before.

    As they would for no law but the right one, and no contact but the right one.
    """
    return _is_noise(fitted.residuals[: record.ramp_samples])


def _is_noise(residuals: FloatArray) -> bool:
    return lag_one(residuals) < _NOT_WHITE_SD / math.sqrt(max(residuals.size, 1))


def _may_be_linear(fitted: Fitted) -> bool:
    """Return whether a power was searched for, and 1 is not out of the question."""
    law, at = fitted.course.law, fitted.course.law_at
    if at is None or not isinstance(law, Power):
        return False
    p, slope = law.number(float(fitted.shape[at]))
    place = fitted.terms + at
    variance = float(fitted.spread.covariance[place, place])
    return (p - 1.0) ** 2 < _SURELY_SD**2 * slope**2 * variance


def least_equilibrium(elastic: Fitted, record: Record) -> Estimate:
    """Return 1, and how far below it the part that stays may be without being noticed.

    A term of every time constant of the window is tried; that which could hide most counts.
    """
    stiffness = float(elastic.amplitudes[0])
    hidden = 0.0
    for log_tau in record.window.spaced(_TAUS_TO_HIDE):
        phi, d_phi = record.rows(elastic.course, np.append(log_tau, elastic.theta))
        jacobian = record.blocks.spread_out(np.concatenate((phi, d_phi[1:, 0] * stiffness)))
        known = spread(jacobian, elastic.residuals, record.least_sd_n)
        term = float(np.linalg.lstsq(jacobian.T, elastic.residuals)[0][1])
        reach = coverage_factor(known.dof) * math.sqrt(float(known.covariance[1, 1]))
        hidden = max(hidden, (max(term, 0.0) + reach) / stiffness)
    return nothing_relaxed(hidden)


def criteria(fits: Sequence[Fitted], record: Record) -> tuple[float, ...]:
    """Return the criterion of each; lower is better."""
    squares = [float(one.of_blocks @ one.of_blocks) for one in fits]
    best = fits[int(np.argmin(squares))]
    rows = best.of_blocks.size
    count = max(independent(rows, lag_one(best.of_blocks)), min(_FEWEST_INDEPENDENT, rows))
    samples = max(independent(best.residuals.size, lag_one(best.residuals)), count)
    return tuple(
        count * math.log(of_one / rows + record.least_sd_n**2)
        + (one.theta.size + one.amplitudes.size) * math.log(samples)
        for one, of_one in zip(fits, squares, strict=True)
    )
