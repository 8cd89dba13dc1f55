"""Relaxation by springs and springpots: few numbers for a decay over many decades of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.numerics.separable import SeparableFit
from tissuesense.analysis.viscoelastic.fractional_models import MODELS, PRONY
from tissuesense.analysis.viscoelastic.hold_fit import (
    Candidate,
    Course,
    check_times,
    fit_model,
    ranked,
    read_hold,
)
from tissuesense.analysis.viscoelastic.hold_numbers import outcomes
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import NotEstimable, Outcome

AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FractionalFit:
    """A fitted model of springs and springpots.

    Attributes
    ----------
    model
        Its name in `MODELS`.
    parameters
        Orders (``order``, ``early_order``), the time ``tau_s`` in s, and the sizes in N of what
        answers a step to full depth: ``spring``; ``springpot``, 1 s after it; ``branch``, the A of
        `fractional_models`.
    relative_rms
        Root mean square of the residuals, over that of the force.
    residuals_n
        Force less curve, shape (n,), at the samples that were used.
    candidates
        The models that were compared, the best first; one where the model was named.
    """

    model: str
    parameters: Mapping[str, Outcome]
    relative_rms: float
    residuals_n: FloatArray
    candidates: tuple[Candidate, ...]
    flags: tuple[QualityFlag, ...]
    _theta: FloatArray
    _amplitudes: FloatArray
    _course: Course

    def predict(self, time_s: ArrayLike) -> FloatArray:
        """Return the force in N at times of the hold.

        Parameters
        ----------
        time_s
            On the clock of the samples, shape (k,).

        Raises
        ------
        UsageError
            When a time is not within the hold.
        """
        times = column(time_s, "time_s")
        check_times(times, self._course.ramp_s)
        columns, _ = MODELS[self.model].columns(self._course.at(times), self._theta)
        return np.asarray(columns @ self._amplitudes)


def fit_fractional(
    time_s: ArrayLike,
    force_n: ArrayLike,
    *,
    model: str = AUTO,
    ramp_s: float | None = None,
    exponent: float = 1.0,
    depth_mm: ArrayLike | None = None,
    relative: bool = False,
) -> FractionalFit:
    """Fit models of springs and springpots to a hold.

    Parameters
    ----------
    time_s
        Increasing, shape (n,), from the contact on, which is at 0.
    force_n
        Force at these times. Any other unit of force or of stress does as well; what is named in
        N is then in that unit.
    model
        A name in `MODELS`, or "auto" for the one that Akaike's criterion prefers.
    ramp_s
        How long pressing took, at constant speed; samples before its end are left out. None for a
        step at time 0.
    exponent
        p of the elastic response ``(t / ramp_s)**p``, 1 to 4.
    depth_mm
        Depth at each time, 0 at the first, at most 2,000 samples; its elastic response is
        ``depth**p``, straight between samples. Samples before `ramp_s`, where that is given, are
        pressed and not fitted.
    relative
        Whether the noise is a share of the force: for holds over decades of time and of force.

    Raises
    ------
    UsageError
        When arguments do not fit together, or fewer than 8 samples are left.
    """
    if model != AUTO and model not in MODELS:
        known = ", ".join((AUTO, *MODELS))
        raise UsageError(f"There is no model '{model}'.", hint=f"Known are: {known}.")
    hold = read_hold(time_s, ("force_n", force_n), (ramp_s, exponent, depth_mm), relative=relative)
    models = MODELS if model == AUTO else {model: MODELS[model]}
    fits = {name: fit_model(one, hold) for name, one in models.items()}
    candidates = ranked(fits, hold.y)
    best = candidates[0].model
    parameters = outcomes(MODELS[best], fits[best], hold, unit="N")
    return FractionalFit(
        model=best,
        parameters=MappingProxyType(parameters),
        relative_rms=candidates[0].relative_rms,
        residuals_n=fits[best].residuals * hold.scale,
        candidates=candidates,
        flags=_flags(fits[best], parameters),
        _theta=fits[best].theta,
        _amplitudes=fits[best].amplitudes,
        _course=hold.course,
    )


def compare_models(
    time_s: ArrayLike,
    force_n: ArrayLike,
    *,
    ramp_s: float | None = None,
    exponent: float = 1.0,
    depth_mm: ArrayLike | None = None,
    relative: bool = False,
) -> tuple[Candidate, ...]:
    """Return every model, and springs with 1, 2 and 3 exponentials as ``prony1``..., best first.

    All are fitted to the same samples and pressed in the same way; arguments and errors are those
    of `fit_fractional`.
    """
    hold = read_hold(time_s, ("force_n", force_n), (ramp_s, exponent, depth_mm), relative=relative)
    fits = {name: fit_model(model, hold) for name, model in {**MODELS, **PRONY}.items()}
    return ranked(fits, hold.y)


def _flags(fit: SeparableFit, parameters: Mapping[str, Outcome]) -> tuple[QualityFlag, ...]:
    reasons = [one.reason for one in parameters.values() if isinstance(one, NotEstimable)]
    unsettled = [] if fit.settled else [QualityFlag.POOR_FIT]
    return tuple(dict.fromkeys((*unsettled, *reasons)))
