"""The elastic law of every press of a recording: Fung's numbers and the power of the depth."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.press_hold.course import Course
from tissuesense.analysis.press_hold.elastic_law import FUNG, POWER, ElasticLaw
from tissuesense.analysis.press_hold.pressed import loaded_press, path_before, pressed_samples
from tissuesense.analysis.press_hold.sampling import of_law
from tissuesense.analysis.press_hold.signal import IndentationSignal
from tissuesense.analysis.press_hold.stiffening import (
    ElasticFit,
    Path,
    PressedSamples,
    fit_again,
    fit_rested,
)
from tissuesense.analysis.signals.onset import Onset
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

# Before contact a rested place shows where it begins; afterwards it has not yet risen.
_LEAD_S = 0.3
_MOST_RMS_SHARE = 0.03
# Difference of the Bayesian information criterion that is "very strong" evidence (Kass and
# Raftery 1995); the two laws have as many parameters.
_STRONG = 10.0
# Collars with springs are rare: more is asked of a tilt.
_STRONG_TILT = 30.0
_WORTH_TRYING, _WORTH_TRYING_SDS = 2.0, 3.0
_SURELY_BENT = 2.5
# What laws that are nearly right leave out of the contact's uncertainty, and a level that is
# extrapolated; measured on simulated presses.
_WIDENED, _TILTED = 1.1, 2.0
_SEEN_SHARE = 0.1
_NO_MISFIT = 1e-12

_OTHER_LAW = NotEstimable(
    reason=QualityFlag.OTHER_LAW,
    detail="The tissue does not stiffen by this law; the other one describes it better.",
)
_NEITHER_LAW = NotEstimable(
    reason=QualityFlag.POOR_FIT,
    detail="Neither law of stiffening follows this press; press once, smoothly, on the same place.",
)
_NOT_RESTED = NotEstimable(
    reason=QualityFlag.SHORT_REST,
    detail="The tissue had been pressed before and how cannot be told; let it rest longer.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stiffening:
    """What one press says of its tissue's law.

    Attributes
    ----------
    fung_a_n, fung_b_per_mm
        Of ``force = A (exp(B depth) - 1)``.
    power_exponent
        Of ``force = K depth**p``.
    fits
        The laws that were fitted, the better one first: how force goes with depth.
    path
        Where the tip was; None where nothing was fitted.
    contact
        Where the force begins by the better law; None without any.
    """

    fung_a_n: Outcome
    fung_b_per_mm: Outcome
    power_exponent: Outcome
    fits: tuple[ElasticFit, ...] = ()
    path: Path | None = None
    contact: Onset | None = None


def stiffening_of(signal: IndentationSignal, courses: Sequence[Course]) -> list[Stiffening]:
    """Return what each press says; the first tells contact, fading and law for all."""
    rested: tuple[ElasticFit, ...] = ()
    holding: tuple[ElasticLaw, ...] = ()
    found = []
    for index, course in enumerate(courses):
        loaded = loaded_press(signal, course)
        if isinstance(loaded, NotEstimable) or (index and not rested):
            found.append(_nothing(loaded if isinstance(loaded, NotEstimable) else _NOT_RESTED))
            continue
        pressed = pressed_samples(signal, loaded, lead_s=0.0 if index else _LEAD_S)
        if index:
            before = path_before(signal, loaded)
            fits = _settled(fit_again(pressed, before, law) for law in rested)
        else:
            fits = rested = _rested(pressed)
            holding = _holding(fits)
        found.append(_judged(signal, course, fits, holding, pressed.path))
    return found


def _rested(pressed: PressedSamples) -> tuple[ElasticFit, ...]:
    """Return both laws, on a tilted level where that explains the press better beyond doubt."""
    level = _settled(fit_rested(pressed, law) for law in (POWER, FUNG))
    tilt = _tilt_to_try(pressed, level[0]) if level else 0.0
    if not tilt:
        return level
    tilted = _settled(fit_rested(pressed, law, tilt=tilt) for law in (POWER, FUNG))
    seen_from = pressed.rest_mm + _SEEN_SHARE * pressed.depth_mm
    if not (tilted and tilted[0].contact_mm > seen_from):
        return level
    return tilted if _is_beaten(level[0], tilted[0], _STRONG_TILT) else level


def _tilt_to_try(pressed: PressedSamples, level: ElasticFit) -> float:
    """Return 1 or -1 where a tilt may explain a press better; else 0.

    A tilt so strong that it is all taken for tissue leaves no evidence, but an early contact; or a
    tip that waits above the lowest of the level.
    """
    if math.fabs(level.tilt_evidence) > _WORTH_TRYING:
        return math.copysign(1.0, level.tilt_evidence)
    if math.fabs(pressed.rest_n) > _WORTH_TRYING_SDS * float(pressed.sd_n.min()):
        return -math.copysign(1.0, pressed.rest_n)
    before = level.contact_mm < pressed.rest_mm - _SEEN_SHARE * pressed.depth_mm
    return 1.0 if before else 0.0


def _settled(fits: Iterable[ElasticFit | None]) -> tuple[ElasticFit, ...]:
    """Return the fits that there are, the better one first."""
    return tuple(sorted((fit for fit in fits if fit is not None), key=lambda fit: fit.misfit))


def _holding(fits: tuple[ElasticFit, ...]) -> tuple[ElasticLaw, ...]:
    """Return the laws that hold: the better one, and the other where the press cannot tell."""
    return tuple(fit.law for fit in fits if not _is_beaten(fit, fits[0]))


def _nothing(reason: NotEstimable) -> Stiffening:
    return Stiffening(fung_a_n=reason, fung_b_per_mm=reason, power_exponent=reason)


def _judged(
    signal: IndentationSignal,
    course: Course,
    fits: tuple[ElasticFit, ...],
    holding: tuple[ElasticLaw, ...],
    path: Path,
) -> Stiffening:
    """Give the numbers of the laws that hold."""
    if not fits or fits[0].rms_n > _MOST_RMS_SHARE * course.peak_n:
        return _nothing(_NEITHER_LAW)
    holds = [fit for fit in fits if fit.law in holding]
    power = next((fit for fit in holds if fit.law is POWER), None)
    fung = next((fit for fit in holds if fit.law is FUNG and _is_bent(fit)), None)
    best = fits[0]
    per_mm = 1 / best.depth_mm
    widened = _TILTED if best.tilt_n_mm else _WIDENED
    return Stiffening(
        fung_a_n=_OTHER_LAW if fung is None else _fung_a(signal, course, fung),
        fung_b_per_mm=_OTHER_LAW if fung is None else _estimate(fung, course, per_mm, "1/mm"),
        power_exponent=_OTHER_LAW if power is None else _estimate(power, course, 1.0, "1"),
        fits=fits,
        path=path,
        contact=Onset(at=best.begins_mm, u=best.begins_u_mm * widened),
    )


def _is_beaten(fit: ElasticFit, best: ElasticFit, evidence: float = _STRONG) -> bool:
    return best.worth * math.log(fit.misfit / max(best.misfit, _NO_MISFIT)) > evidence


def _is_bent(fit: ElasticFit) -> bool:
    """Tell whether Fung's law is told from a straight line, which has no A and no B."""
    return fit.parameter > _SURELY_BENT * fit.parameter_u


def _estimate(fit: ElasticFit, course: Course, scale: float, unit: str) -> Estimate:
    budget = {
        "fit": scale * fit.parameter_u,
        "sampling": scale * of_law(course),
        "baseline": scale * math.fabs(fit.per_newton[1]) * course.span.baseline_u_n,
    }
    return Estimate.from_budget(scale * fit.parameter, budget, unit=unit)


def _fung_a(signal: IndentationSignal, course: Course, fit: ElasticFit) -> Estimate:
    """Return A, the size of the law over its parameter."""
    value = fit.size_n / fit.parameter
    slopes = np.array([0.0, -value / fit.parameter, 1 / fit.parameter])
    with_parameter = fit.covariance[1] / fit.covariance[1, 1]  # size goes along with it
    budget = {
        "fit": math.sqrt(float(slopes @ fit.covariance @ slopes)),
        "sampling": math.fabs(float(slopes @ with_parameter)) * of_law(course),
        "baseline": math.fabs(float(slopes @ fit.per_newton)) * course.span.baseline_u_n,
        "calibration": signal.calibration_u_n(value),
    }
    return Estimate.from_budget(value, budget, unit="N")
