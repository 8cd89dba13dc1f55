"""What a force without a depth can say of a press and hold, and no more than that.

A plain gauge cannot tell stiffness, modulus, compliance, depth, energy loss, muscle from fat, tone
or spasticity; and it cannot tell tissue that relaxes from a hand that gives way. What it says of
the hold is therefore called the response of the hold, not of the tissue, unless a stop kept the
tip where it was.
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.local_fit import fit_linear, powers
from tissuesense.analysis.signals.end_reading import beyond_noise
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

RESPONSES_AFTER_S = (5.0, 10.0, 20.0)
_HALF_WINDOW_S = 0.6
_FEWEST_SAMPLES = 5

_TOO_SHORT = NotEstimable(
    reason=QualityFlag.NO_HOLD, detail="The press was not held that long; hold it longer."
)
_NO_SPEED = NotEstimable(
    reason=QualityFlag.NO_DISPLACEMENT,
    detail="Without a depth, stiffness needs the speed of the hand and where it is known from.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandSpeed:
    """How fast a hand pressed in, from outside of the recording.

    Attributes
    ----------
    source
        Where it is known from: "metronome", "stop", "imu". Shown with whatever rests on it.
    """

    mm_s: float
    u_mm_s: float
    source: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mm_s) and self.mm_s > 0):
            raise UsageError(f"hand_speed_mm_s must be positive, not {self.mm_s}.")
        if not (math.isfinite(self.u_mm_s) and self.u_mm_s > 0):
            raise UsageError(
                f"hand_speed_uncertainty_mm_s must be positive, not {self.u_mm_s}.",
                hint="A hand's speed is known to 10 to 30 percent at best; state how well.",
            )
        if not self.source.strip():
            raise UsageError("hand_speed_source must say where the speed is known from.")


def hold_response(
    t_s: FloatArray,
    force_n: FloatArray,
    start_n: Estimate,
    *,
    start_s: float,
    after_s: float,
    noise_n: float,
) -> Outcome:
    """Return the share of the force that is lost `after_s` after the hold began.

    Parameters
    ----------
    t_s, force_n
        The hold, from the end of the rise to the beginning of the release, shape (n,).
    start_n, start_s
        Force and time at which the hold began.
    noise_n
        Standard deviation of one sample of the gauge.
    """
    at_s = start_s + after_s
    half_s = max(_HALF_WINDOW_S, _FEWEST_SAMPLES / 2 * float(np.diff(t_s).max()))
    if t_s[-1] < at_s - 1e-9 or start_n.value <= 0:
        return _TOO_SHORT
    near = np.abs(t_s - at_s) <= half_s
    fit = fit_linear(powers(t_s[near] - at_s, 1), force_n[near], noise_n)
    kept = float(fit.coefficients[0]) / start_n.value
    budget = {
        "scatter": fit.uncertainty_at(powers(0.0, 1)) / start_n.value,
        "hand": beyond_noise(fit.residual_sd, noise_n, int(near.sum())) / start_n.value,
        "start": kept * start_n.u / start_n.value,
    }
    return Estimate.from_budget(1 - kept, budget, unit="1", dof={"start": start_n.dof})


def apparent_stiffness_n_mm(loading_rate_n_s: Outcome, speed: HandSpeed | None) -> Outcome:
    """Return rate of force over speed of the hand: as good as the speed, and no better."""
    if isinstance(loading_rate_n_s, NotEstimable):
        return loading_rate_n_s
    if speed is None:
        return _NO_SPEED
    value = loading_rate_n_s.value / speed.mm_s
    budget = {
        "loading rate": loading_rate_n_s.u / speed.mm_s,
        "hand speed": value * speed.u_mm_s / speed.mm_s,
    }
    return Estimate.from_budget(value, budget, unit="N/mm")
