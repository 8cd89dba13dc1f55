"""Pressure pain threshold: from a force recording to thresholds with uncertainty.

The threshold of a trial is the pressure when the client signalled, else the pressure at which the
force was let go. Both are late by a reaction time during which the force went on rising, so the
latent threshold subtracts rate x latency and carries the uncertainty of the latency.

Sources: Fischer AA (1987) (the measure); Rolke R et al. (2006) Eur J Pain
10:77-88 (three ascending ramps, arithmetic mean); JCGM 100:2008 (uncertainty).
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.analysis.pain.aggregation import aggregation_of, pooled_sd_of
from tissuesense.analysis.pain.latency import expected_latency, latent_threshold
from tissuesense.analysis.pain.ramp import RAMP_WINDOW_S, PressedCurve, Release, find_release
from tissuesense.analysis.pain.ramp_quality import (
    RampFacts,
    Remark,
    judge,
    ramp_rate_cv,
    robust_rate,
    robust_slope,
)
from tissuesense.analysis.pain.ramp_start import ramp_start
from tissuesense.analysis.pain.readout import Stop, stray_markers
from tissuesense.analysis.pain.recording import PainRecording
from tissuesense.analysis.pain.session import FEWEST_TRIALS, summarise
from tissuesense.analysis.pain.stop import find_stop
from tissuesense.analysis.pain.trials import PainThreshold, PainTrial
from tissuesense.analysis.result import Estimator
from tissuesense.analysis.signals.segment import Press
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.recording import Recording, RecordingKind

_TARE_WORTH_A_WORD_N = 0.1
_STRAY_SHARE = 0.12
_AT_THE_FIRST_SAMPLE_S = 0.2


def analyse(recording: Recording) -> PainThreshold:
    """Find every press of a recording and estimate its threshold.

    Raises
    ------
    NoColumn, NoProbeArea
        When the recording has no force or states no probe area.
    UsageError
        When the side-car names an aggregation that there is not, or what it lists as taken back
        are no numbers of presses.
    """
    pain = PainRecording.of(recording)
    found = tuple(pain.presses())
    pressed = [(press, curve) for press, curve in found if not curve.is_upside_down()]
    if 2 * len(pressed) <= len(found):
        pressed = []  # mostly upside down: what is left is a pause cut short by the recording
    trials = _trials(pain, pressed)
    session = summarise(trials, aggregation_of(pain.context), pooled_sd_of(pain.context))
    raised = {
        QualityFlag.SPIKES: bool(pain.signal.is_spike.any()),
        QualityFlag.WRONG_SIGN: len(pressed) < len(found),
        QualityFlag.NO_PRESS: not trials,
        QualityFlag.TARE_APPLIED: any(abs(t.tare_n) > _TARE_WORTH_A_WORD_N for t in trials),
        QualityFlag.CENSORED: session.n_censored > 0,
        QualityFlag.TOO_FEW: session.n_counted < FEWEST_TRIALS,
        QualityFlag.TRIAL_SPREAD: session.too_spread,
    }
    flags = tuple(flag for flag, is_raised in raised.items() if is_raised)
    return PainThreshold(trials=trials, session=session, flags=flags)


ESTIMATOR = Estimator(
    name="pain_threshold",
    version="1.3",
    kinds=frozenset({RecordingKind.PPT, RecordingKind.TOLERANCE}),
    analyse=analyse,
)


def _trials(
    pain: PainRecording, pressed: Sequence[tuple[Press, PressedCurve]]
) -> tuple[PainTrial, ...]:
    """Return the trials, numbered in order."""
    stray = stray_markers(pain.marker_s, [(press.start_s, press.peak_s) for press, _ in pressed])
    trials: list[PainTrial] = []
    for place, (press, curve) in enumerate(pressed):
        trial = _trial(pain, press, curve, index=len(trials) + 1, stray=place in stray)
        if _pressed(trial, float(pain.t_s[0])):
            trials.append(trial)
    back = pain.context.taken_back
    return tuple(_taken_back(trial) if trial.index in back else trial for trial in trials)


def _taken_back(trial: PainTrial) -> PainTrial:
    flags = (*trial.flags, QualityFlag.TAKEN_BACK)
    return replace(trial, accepted=False, at_least_kpa=None, flags=flags)


def _pressed(trial: PainTrial, first_s: float) -> bool:
    """Tell a press from a gauge that drifts down from the first sample on and is knocked."""
    rate = trial.ramp_rate_kpa_s
    falls = isinstance(rate, Estimate) and rate.value <= 0
    return not (falls and trial.onset_s < first_s + _AT_THE_FIRST_SAMPLE_S)


def _trial(
    pain: PainRecording, press: Press, curve: PressedCurve, *, index: int, stray: bool
) -> PainTrial:
    release = find_release(curve)
    smooth = curve.smooth_kpa
    top = int(np.argmax(smooth))
    top_s = float(curve.t_s[top])
    peak_kpa = max(float(smooth[top]), release.p_kpa if release else 0.0)
    peak_s = release.t_s if release and not release.plateau_s else top_s
    found = find_stop(pain, press, curve, release, max(peak_s, top_s))
    stop, refused = found.stop, found.refused
    start_s, onset_s = ramp_start(curve, stop)
    rate = robust_rate(curve, start_s, stop.t_s)
    facts = _facts(pain, press, curve, stop, release, (start_s, onset_s, peak_kpa, rate))
    far = (Remark(flag=QualityFlag.MARKER_FAR, rejects=False),) if stray else ()
    of_ramp = judge(facts)
    remarks = (*found.remarks, *far, *of_ramp)
    spoilt = any(remark.rejects for remark in of_ramp)
    threshold = refused or _threshold(pain, press, stop, facts)
    latency = expected_latency(pain.context, stop.source)
    return PainTrial(
        index=index,
        onset_s=onset_s,
        threshold_time_s=None if refused else stop.t_s,
        peak_kpa=peak_kpa,
        peak_time_s=peak_s,
        release_s=release.t_s if release else None,
        threshold_kpa=threshold,
        threshold_source=stop.source,
        latent_threshold_kpa=latent_threshold(curve, stop, threshold, start_s, latency),
        ramp_rate_kpa_s=rate
        or NotEstimable(reason=QualityFlag.TOO_FEW, detail="Too few samples on the ramp."),
        ramp_rate_cv=facts.rate_cv,
        tare_n=press.tare_at_n(stop.t_s),
        at_least_kpa=None if spoilt else found.at_least_kpa,
        accepted=refused is None and not any(remark.rejects for remark in remarks),
        flags=tuple(dict.fromkeys(remark.flag for remark in remarks)),
    )


def _facts(
    pain: PainRecording,
    press: Press,
    curve: PressedCurve,
    stop: Stop,
    release: Release | None,
    ramp: tuple[float, float, float, Estimate | None],
) -> RampFacts:
    start_s, onset_s, peak_kpa, rate = ramp
    at_80_s = curve.crossing_s(0.8 * stop.p_kpa, stop.t_s) or stop.t_s
    _, before = curve.part(onset_s - 0.6, onset_s - 0.1)
    kpa_per_n = pain.tip.kpa_per_n
    return RampFacts(
        curve=curve,
        onset_s=onset_s,
        ramp_start_s=start_s,
        stop_s=stop.t_s,
        stop_kpa=max(stop.p_kpa, 1e-9),
        peak_kpa=peak_kpa,
        rate_kpa_s=rate.value if rate else None,
        rate_20_80_kpa_s=robust_slope(curve, start_s, at_80_s),
        rate_cv=ramp_rate_cv(curve, start_s, at_80_s),
        target_rate_kpa_s=pain.context.target_rate_kpa_s,
        release_s=release.t_s if release else None,
        by_marker=stop.source == "marker",
        raw_t_s=pain.t_s[pain.during(press)],
        usual_step_s=pain.usual_step_s,
        tilt_deg=pain.tilt_deg(start_s, stop.t_s),
        resting_kpa=median(before) if before.size else 0.0,
        drift_kpa=press.drift_n * kpa_per_n,
        drift_limit_kpa=max(5 * pain.signal.noise, 0.3) * kpa_per_n,
        five_newton_kpa=5.0 * kpa_per_n,
    )


def _threshold(pain: PainRecording, press: Press, stop: Stop, facts: RampFacts) -> Estimate:
    """Return the pressure at the stop with its budget."""
    kpa_per_n = pain.tip.kpa_per_n
    budget = {
        "reading": stop.u_kpa,
        "unloaded level": press.tare_u_n * kpa_per_n,
        "resolution": pain.signal.resolution / math.sqrt(12.0) * kpa_per_n,
    }
    if stop.source == "release" and facts.rate_cv and facts.rate_kpa_s:
        # The level is read off a line through the last of the ramp; a hand that changes its pace
        # leaves that line by then. The share was found by simulation of wandering hands.
        budget["hand"] = _STRAY_SHARE * facts.rate_cv * abs(facts.rate_kpa_s) * RAMP_WINDOW_S
    if pain.tip.area_uncertainty_cm2 > 0:
        budget["probe area"] = abs(stop.p_kpa) * pain.tip.relative_uncertainty
    calibration = pain.context.calibration
    if calibration is not None:
        tare_n = press.tare_at_n(stop.t_s)
        low, high = (n / calibration.gain for n in (tare_n, tare_n + stop.p_kpa / kpa_per_n))
        budget["calibration"] = calibration.difference_uncertainty_n(low, high) * kpa_per_n
    return Estimate.from_budget(stop.p_kpa, budget, unit="kPa")
