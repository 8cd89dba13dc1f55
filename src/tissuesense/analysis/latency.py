"""Correct a threshold for what the force rose while the client reacted.

Force keeps rising between the sensation and the recorded stop, so the pressure read at the stop is
late by rate x latency: 50 kPa/s and 0.3 s make 15 kPa. The corrected value stands beside the
uncorrected one, which is the field's convention, and never replaces it.
"""

from tissuesense.analysis.ramp import PressedCurve
from tissuesense.analysis.ramp_quality import robust_rate
from tissuesense.analysis.readout import Stop
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome
from tissuesense.core.recording import (
    LATENCY_BY_RELEASE,
    LATENCY_WITH_MARKER,
    ReactionLatency,
    RecordingContext,
)

_LOCAL_RATE_S = 0.75

# By who stops and how: typical of hand-held algometry, from memory of the field's practice, to be
# replaced by the person's own where it was measured.
_LATENCY_OF_STOP_MODE = {
    "button_patient": LATENCY_WITH_MARKER,
    "button_patient_ble": LATENCY_WITH_MARKER,
    "verbal_tester_button": ReactionLatency(mean_s=0.60, sd_s=0.15),
    "verbal_peak": LATENCY_BY_RELEASE,
    "tester_release_on_sign": ReactionLatency(mean_s=0.70, sd_s=0.25),
}


def expected_latency(context: RecordingContext, source: str) -> ReactionLatency:
    """Return the stated latency, else that of the stop mode, else that of the kind of stop."""
    if context.latency is not None:
        return context.latency
    usual = LATENCY_WITH_MARKER if source == "marker" else LATENCY_BY_RELEASE
    return _LATENCY_OF_STOP_MODE.get(context.stop_mode or "", usual)


def latent_threshold(
    curve: PressedCurve,
    stop: Stop,
    threshold: Outcome,
    ramp_start_s: float,
    latency: ReactionLatency,
) -> Outcome:
    """Return ``threshold - rate * latency``, its uncertainty widened for both.

    The rate is that of the last three quarters of a second before the stop, not the nominal one.
    """
    if isinstance(threshold, NotEstimable):
        return threshold
    start = max(ramp_start_s, stop.t_s - max(_LOCAL_RATE_S, 4 * curve.step_s))
    rate = robust_rate(curve, start, stop.t_s) or robust_rate(curve, ramp_start_s, stop.t_s)
    if rate is None:
        return NotEstimable(
            reason=QualityFlag.TOO_FEW,
            detail="Too few samples before the stop to tell how fast the force was rising.",
        )
    rising = max(rate.value, 0.0)  # a falling force was not missed during the reaction
    budget = {
        **threshold.budget,
        "reaction time": rising * latency.sd_s,
        "ramp rate": abs(latency.mean_s * rate.standard_uncertainty),
    }
    return Estimate.from_budget(threshold.value - rising * latency.mean_s, budget, unit="kPa")
