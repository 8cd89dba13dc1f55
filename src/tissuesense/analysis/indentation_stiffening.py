"""The elastic law of every press of a recording: Fung's numbers and the power of the depth."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tissuesense.analysis.elastic_law import FUNG, POWER, ElasticLaw
from tissuesense.analysis.indentation_course import Course
from tissuesense.analysis.indentation_refusals import (
    NO_DISPLACEMENT,
    PRELOADED,
    TOO_COARSE,
)
from tissuesense.analysis.indentation_signal import IndentationSignal
from tissuesense.analysis.onset import Onset
from tissuesense.analysis.stiffening import (
    ElasticFit,
    Path,
    PressedSamples,
    fit_again,
    fit_rested,
)
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

# Before contact a rested place shows where it begins; afterwards it has not yet risen.
_LEAD_S = 0.3
# A press that turns is followed until the tip may have left the tissue, which lags behind.
_FOLLOWED_SHARE = 0.25
_LOADING_POINTS, _HOLD_POINTS = 120, 60
_CORNER_S = 0.2
_FIRST_HOLD_STEP_S = 0.1
_BEFORE_STEP_S = 0.03
_FEWEST_SAMPLES = 12
_LEAST_SD_SHARE = 0.001
_USUAL_POWER = 1.7
_LEAST_DEPTH_SHARE = 0.1
_MOST_RMS_SHARE = 0.03
# Difference of the Bayesian information criterion that is "very strong" evidence (Kass and
# Raftery 1995); the two laws have as many parameters.
_STRONG = 10.0
# Collars with springs are rare: more is asked of a tilt.
_STRONG_TILT = 30.0
_SURELY_BENT = 2.5
# What laws that are nearly right leave out of the contact's uncertainty, and a level that is
# extrapolated; measured on simulated presses.
_WIDENED, _TILTED = 1.1, 2.0
_SEEN_SHARE = 0.1
_NO_MISFIT = 1e-12
_ROUNDING_S = 1e-9

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
        loaded = _loaded(signal, course)
        if isinstance(loaded, NotEstimable) or (index and not rested):
            found.append(_nothing(loaded if isinstance(loaded, NotEstimable) else _NOT_RESTED))
            continue
        pressed = _samples(signal, loaded, lead_s=0.0 if index else _LEAD_S)
        if index:
            before = _path_before(signal, loaded)
            fits = _settled(fit_again(pressed, before, law) for law in rested)
        else:
            fits = rested = _rested(pressed)
            holding = _holding(fits)
        found.append(_judged(signal, course, fits, holding, pressed.path))
    return found


def _rested(pressed: PressedSamples) -> tuple[ElasticFit, ...]:
    """Return both laws, on a tilted level where that explains the press better beyond doubt."""
    level = _settled(fit_rested(pressed, law) for law in (POWER, FUNG))
    tilted = _settled(
        fit_rested(pressed, law, tilt=tilt) for law in (POWER, FUNG) for tilt in (1.0, -1.0)
    )
    seen_from = float(pressed.path.way_mm.min()) + _SEEN_SHARE * pressed.depth_mm
    if not (level and tilted and tilted[0].contact_mm > seen_from):
        return level
    if not _is_beaten(level[0], tilted[0], _STRONG_TILT):
        return level
    of_law = (next((fit for fit in tilted if fit.law is law), None) for law in (POWER, FUNG))
    return _settled(of_law)


def _settled(fits: Iterable[ElasticFit | None]) -> tuple[ElasticFit, ...]:
    """Return the fits that there are, the better one first."""
    return tuple(sorted((fit for fit in fits if fit is not None), key=lambda fit: fit.misfit))


def _holding(fits: tuple[ElasticFit, ...]) -> tuple[ElasticLaw, ...]:
    """Return the laws that hold: the better one, and the other where the press cannot tell."""
    return tuple(fit.law for fit in fits if not _is_beaten(fit, fits[0]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Loaded:
    """A press of which all is known that a fit begins with."""

    way_mm: FloatArray
    free_from: int
    contact_mm: float
    contact_s: float
    top_s: float
    end_s: float
    depth_mm: float
    peak_n: float


def _loaded(signal: IndentationSignal, course: Course) -> _Loaded | NotEstimable:
    if signal.displacement_mm is None:
        return NO_DISPLACEMENT
    contact_mm, contact_s, depth_mm = course.contact_mm, course.contact_s, course.depth_mm
    if contact_mm is None or contact_s is None or depth_mm is None:
        return PRELOADED
    end_s = _end_s(course)
    if depth_mm <= 0 or np.searchsorted(course.t_s, end_s) < _FEWEST_SAMPLES:
        return TOO_COARSE
    return _Loaded(
        way_mm=signal.displacement_mm,
        free_from=course.span.before,
        contact_mm=contact_mm,
        contact_s=contact_s,
        top_s=course.top.t_s,
        end_s=end_s,
        depth_mm=depth_mm,
        peak_n=course.peak_n,
    )


def _end_s(course: Course) -> float:
    """Return until when a press is followed."""
    if not course.turns:
        return course.leave.t_s
    left = (course.t_s > course.top.t_s) & (course.force_n < _FOLLOWED_SHARE * course.peak_n)
    return float(course.t_s[int(np.argmax(left)) if left.any() else -1])


def _nothing(reason: NotEstimable) -> Stiffening:
    return Stiffening(fung_a_n=reason, fung_b_per_mm=reason, power_exponent=reason)


def _samples(signal: IndentationSignal, loaded: _Loaded, *, lead_s: float) -> PressedSamples:
    """Return a press from a little before its contact to its end, dense where much happens."""
    bounds_s = [loaded.contact_s - lead_s, loaded.end_s + _ROUNDING_S]
    first, stop = (int(i) for i in np.searchsorted(signal.t_s, bounds_s))
    part = slice(max(first, loaded.free_from), stop)
    t = signal.t_s[part]
    corner_s = loaded.top_s + _CORNER_S
    longest = max(loaded.end_s - corner_s, _CORNER_S)
    steps = np.geomspace(_FIRST_HOLD_STEP_S, longest + _FIRST_HOLD_STEP_S, _HOLD_POINTS)
    edges = (np.linspace(t[0], corner_s, _LOADING_POINTS), corner_s + steps - _FIRST_HOLD_STEP_S)
    blocks = _Blocks.of(t, np.concatenate(edges))
    path = Path(t_s=blocks.means(t), way_mm=blocks.means(loaded.way_mm[part]))
    force = blocks.means(signal.force_n[part])
    below = np.maximum(path.way_mm - loaded.contact_mm, _LEAST_DEPTH_SHARE * loaded.depth_mm)
    steepness = _USUAL_POWER * np.maximum(force, 0.0) / below
    variance = signal.force_sd_n**2 + (steepness * signal.displacement_sd_mm) ** 2
    least = _LEAST_SD_SHARE * loaded.peak_n
    return PressedSamples(
        path=path,
        force_n=force,
        sd_n=np.sqrt(variance / blocks.counts + least * least),
        contact_mm=loaded.contact_mm,
        depth_mm=loaded.depth_mm,
        loading_s=loaded.top_s - loaded.contact_s,
    )


def _path_before(signal: IndentationSignal, loaded: _Loaded) -> Path:
    """Return where the tip was from the beginning of the recording to this contact."""
    t = signal.t_s[: int(np.searchsorted(signal.t_s, loaded.contact_s))]
    blocks = _Blocks.of(t, np.arange(t[0], t[-1], _BEFORE_STEP_S))
    return Path(t_s=blocks.means(t), way_mm=blocks.means(loaded.way_mm[: t.size]))


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Neighbouring samples to be averaged."""

    starts: NDArray[np.intp]
    counts: NDArray[np.intp]

    @classmethod
    def of(cls, t_s: FloatArray, edges_s: FloatArray) -> "_Blocks":
        starts = np.unique(np.concatenate(([0], np.searchsorted(t_s, edges_s))))
        starts = starts[starts < t_s.size]
        return cls(starts, np.diff(np.append(starts, t_s.size)))

    def means(self, values: FloatArray) -> FloatArray:
        return np.asarray(np.add.reduceat(values, self.starts) / self.counts)


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
        "baseline": scale * math.fabs(fit.per_newton[1]) * course.span.baseline_u_n,
    }
    return Estimate.from_budget(scale * fit.parameter, budget, unit=unit)


def _fung_a(signal: IndentationSignal, course: Course, fit: ElasticFit) -> Estimate:
    """Return A, the size of the law over its parameter."""
    value = fit.size_n / fit.parameter
    slopes = np.array([0.0, -value / fit.parameter, 1 / fit.parameter])
    budget = {
        "fit": math.sqrt(float(slopes @ fit.covariance @ slopes)),
        "baseline": math.fabs(float(slopes @ fit.per_newton)) * course.span.baseline_u_n,
        "calibration": signal.calibration_u_n(value),
    }
    return Estimate.from_budget(value, budget, unit="N")
