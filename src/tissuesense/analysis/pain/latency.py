"""Correct a threshold for what the force rose while the client reacted.

Force keeps rising between the sensation and the recorded stop, so the pressure read at the stop is
late by rate x latency: 50 kPa/s and 0.3 s make 15 kPa. The corrected value stands beside the
uncorrected one, which is the field's convention, and never replaces it.
"""

import math
from dataclasses import replace

from tissuesense.analysis.pain.ramp import PressedCurve
from tissuesense.analysis.pain.ramp_quality import robust_rate
from tissuesense.analysis.pain.readout import Stop
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome
from tissuesense.core.recording import (
    LATENCY_BY_RELEASE,
    LATENCY_WITH_MARKER,
    LatencyOrigin,
    ReactionLatency,
    RecordingContext,
)

_LOCAL_RATE_S = 0.75

# A Bluetooth button speaks at the next connection event, any part of an interval away: half an
# interval late on average, with the spread of an even distribution. Assumed: 50 ms, the longest
# that a host asks for by itself; a lost packet, which costs one interval more, is left out.
_BLE_INTERVAL_S = 0.05
_BLE_DELAY_S = _BLE_INTERVAL_S / 2
_BLE_JITTER_S = _BLE_INTERVAL_S / math.sqrt(12)

# Side-car key: how late the signal arrives by its link, in seconds, as it was measured.
LINK_DELAY = "link_delay_s"

BUTTON_OF_CLIENT = "button_patient"
BLE_BUTTON_OF_CLIENT = "button_patient_ble"
BUTTON_OF_TESTER = "verbal_tester_button"

# By who stops and how: typical of hand-held algometry, from memory of the field's practice, to be
# replaced by the person's own where it was measured.
_LATENCY_OF_STOP_MODE = {
    BUTTON_OF_CLIENT: LATENCY_WITH_MARKER,
    BLE_BUTTON_OF_CLIENT: ReactionLatency(
        mean_s=LATENCY_WITH_MARKER.mean_s + _BLE_DELAY_S,
        sd_s=math.hypot(LATENCY_WITH_MARKER.sd_s, _BLE_JITTER_S),
    ),
    BUTTON_OF_TESTER: ReactionLatency(mean_s=0.60, sd_s=0.15),
    "verbal_peak": LATENCY_BY_RELEASE,
    "tester_release_on_sign": ReactionLatency(mean_s=0.70, sd_s=0.25),
}


STOP_MODES = tuple(_LATENCY_OF_STOP_MODE)
_SIGNALLED = frozenset({BUTTON_OF_CLIENT, BLE_BUTTON_OF_CLIENT, BUTTON_OF_TESTER})


def expected_latency(context: RecordingContext, source: str) -> ReactionLatency:
    """Return the stated latency, else that of the stop mode, else that of the kind of stop.

    A signal's latency that the program itself wrote down is not that of a press without a signal,
    which was read at its release.
    """
    stated = context.latency
    if stated is not None:
        of_signal = stated.origin is not None and context.stop_mode in _SIGNALLED
        return LATENCY_BY_RELEASE if of_signal and source == "release" else stated
    usual = LATENCY_WITH_MARKER if source == "marker" else LATENCY_BY_RELEASE
    if context.stop_mode == BLE_BUTTON_OF_CLIENT and LINK_DELAY in context.extra:
        return usual  # what the link adds was measured, and taken off the signal's time
    return _LATENCY_OF_STOP_MODE.get(context.stop_mode or "", usual)


def with_usual_latency(context: RecordingContext) -> RecordingContext:
    """Return the context with the latency of its stop mode, where it states none itself."""
    usual = _LATENCY_OF_STOP_MODE.get(context.stop_mode or "")
    if context.latency is not None or usual is None:
        return context
    return replace(context, latency=replace(usual, origin=LatencyOrigin.TABLE))


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
