"""Pressure pain threshold: from a force recording to thresholds with uncertainty.

The threshold of a trial is the pressure when the client signalled, else the pressure at which the
force was let go. Both are late by a reaction time during which the force went on rising, so the
latent threshold subtracts rate x latency and carries the uncertainty of the latency.

Sources: Fischer AA (1987) Pain 30:115-126 (the measure); Rolke R et al. (2006) Eur J Pain
10:77-88 (three ascending ramps, arithmetic mean); JCGM 100:2008 (uncertainty).
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.breakpoints import find_bend
from tissuesense.analysis.cleaning import CleanSignal, clean
from tissuesense.analysis.latency import expected_latency, latent_threshold
from tissuesense.analysis.pain_session import summarise, too_spread
from tissuesense.analysis.pain_trials import PainThreshold, PainTrial
from tissuesense.analysis.ramp import PressedCurve, Release, find_release
from tissuesense.analysis.ramp_quality import (
    LONGEST_LOSS_S,
    RampFacts,
    Remark,
    judge,
    ramp_rate_cv,
    robust_rate,
)
from tissuesense.analysis.readout import (
    Stop,
    choose_marker,
    find_dip,
    marker_times,
    refusal,
    stop_at_marker,
    stop_at_release,
)
from tissuesense.analysis.result import Estimator
from tissuesense.analysis.saturation import saturated_from_s
from tissuesense.analysis.segment import Press, find_presses
from tissuesense.core.arrays import FloatArray
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import NoColumn, NoProbeArea
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.recording import Recording, RecordingKind

_LEAST_PRESS_KPA = 20.0
_MARGIN_S = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gauge:
    """The recording as this estimator sees it: cleaned force and what surrounds it."""

    recording: Recording
    t_s: FloatArray
    raw_n: FloatArray
    signal: CleanSignal
    tip: ContactTip
    marker_s: FloatArray
    marker_u_s: FloatArray
    usual_step_s: float

    @property
    def force_n(self) -> FloatArray:
        return self.signal.values


def analyse(recording: Recording) -> PainThreshold:
    """Find every press of a recording and estimate its threshold.

    Raises
    ------
    NoColumn, NoProbeArea
        When the recording has no force or states no probe area.
    """
    gauge = _gauge(recording)
    presses = find_presses(
        gauge.t_s,
        gauge.force_n,
        least_n=_LEAST_PRESS_KPA / gauge.tip.kpa_per_n,
        noise_n=gauge.signal.noise,
    )
    pressed = [(press, curve) for press in presses if _counts(curve := _curve(gauge, press))]
    trials = tuple(
        _trial(gauge, press, curve, index) for index, (press, curve) in enumerate(pressed, start=1)
    )
    flags = [QualityFlag.SPIKES] if gauge.signal.is_spike.any() else []
    if not trials:
        flags.append(QualityFlag.NO_PRESS)
    elif any(abs(trial.tare_n) > 0.1 for trial in trials):  # noqa: PLR2004 - worth a word
        flags.append(QualityFlag.TARE_APPLIED)
    accepted = [trial for trial in trials if trial.accepted]
    session = summarise(accepted)
    if session.n_accepted < 2:  # noqa: PLR2004 - the contract's rule
        flags.append(QualityFlag.TOO_FEW)
    elif too_spread(accepted):
        flags.append(QualityFlag.TRIAL_SPREAD)
    return PainThreshold(trials=trials, session=session, flags=tuple(flags))


ESTIMATOR = Estimator(
    name="pain_threshold",
    version="1",
    kinds=frozenset({RecordingKind.PPT, RecordingKind.TOLERANCE}),
    analyse=analyse,
)


def _gauge(recording: Recording) -> _Gauge:
    trace, context = recording.trace, recording.context
    if trace.force_n is None:
        raise NoColumn("force_n", kind=str(recording.kind()))
    if context.tip is None:
        raise NoProbeArea
    raw = trace.force_n
    force = context.calibration.apply(raw) if context.calibration else raw
    marks, marks_u = marker_times(trace.t_s, trace.marker)
    return _Gauge(
        recording=recording,
        t_s=trace.t_s,
        raw_n=raw,
        signal=clean(trace.t_s, force),
        tip=context.tip,
        marker_s=marks,
        marker_u_s=marks_u,
        usual_step_s=float(np.median(np.diff(trace.t_s))) if trace.size > 1 else 0.0,
    )


def _curve(gauge: _Gauge, press: Press) -> PressedCurve:
    first, last = np.searchsorted(
        gauge.t_s, [press.start_s - _MARGIN_S, press.end_s + 0.5 * _MARGIN_S]
    )
    t = gauge.t_s[first:last]
    pressure = (gauge.force_n[first:last] - press.tare_n(t)) * gauge.tip.kpa_per_n
    return PressedCurve.of(t, pressure, gauge.signal.noise * gauge.tip.kpa_per_n)


def _counts(curve: PressedCurve) -> bool:
    return float(curve.smooth().max()) >= _LEAST_PRESS_KPA


def _trial(gauge: _Gauge, press: Press, curve: PressedCurve, index: int) -> PainTrial:
    release = find_release(curve)
    smooth = curve.smooth()
    top = int(np.argmax(smooth))
    peak_kpa = max(float(smooth[top]), release.p_kpa if release else 0.0)
    peak_s = release.t_s if release and not release.plateau_s else float(curve.t_s[top])
    marker, remarks_of_marker = choose_marker(
        gauge.marker_s,
        onset_s=press.start_s,
        peak_s=max(peak_s, float(curve.t_s[top])),
        release=release,
    )
    stop, refused = _stop(gauge, curve, release, marker, press)
    limit_s, limit_flags = _limit(gauge, press, curve)
    censored = limit_s is not None and (marker is None or stop.t_s > limit_s)

    ramp_start, onset = _ramp_start(curve, stop)
    rate = robust_rate(curve, ramp_start, stop.t_s)
    facts = _facts(gauge, press, curve, stop, release, ramp_start, onset, peak_kpa, rate)
    remarks = [Remark(flag=flag, rejects=False) for flag in (*remarks_of_marker, *stop.flags)]
    remarks += judge(facts)
    if censored:
        remarks += [Remark(flag=flag, rejects=True) for flag in limit_flags]
        refused = NotEstimable(
            reason=QualityFlag.CENSORED,
            detail="The press reached the limit before the client signalled: "
            "the threshold is higher than the limit, how much is unknown.",
        )
    refused = refused or _interrupted(facts)
    if refused is not None:
        remarks.append(Remark(flag=refused.reason, rejects=True))
    threshold = refused or _threshold(gauge, press, stop)
    flags = tuple(dict.fromkeys(remark.flag for remark in remarks))
    return PainTrial(
        index=index,
        onset_s=onset,
        threshold_time_s=None if refused else stop.t_s,
        peak_kpa=peak_kpa,
        peak_time_s=peak_s,
        release_s=release.t_s if release else None,
        threshold_kpa=threshold,
        threshold_source=stop.source,
        latent_threshold_kpa=latent_threshold(
            curve,
            stop,
            threshold,
            ramp_start,
            expected_latency(gauge.recording.context, stop.source),
        ),
        ramp_rate_kpa_s=rate
        or NotEstimable(reason=QualityFlag.TOO_FEW, detail="Too few samples on the ramp."),
        ramp_rate_cv=facts.rate_cv,
        tare_n=float(press.tare_n(np.array([stop.t_s]))[0]),
        accepted=refused is None and not any(remark.rejects for remark in remarks),
        flags=flags,
    )


def _stop(
    gauge: _Gauge,
    curve: PressedCurve,
    release: Release | None,
    marker: int | None,
    press: Press,
) -> tuple[Stop, NotEstimable | None]:
    """Return where the press was stopped, and why it tells no threshold if it does not."""
    if marker is not None:
        at, u = float(gauge.marker_s[marker]), float(gauge.marker_u_s[marker])
        return stop_at_marker(curve, at, u, release), None
    if release is None:
        top = int(np.argmax(curve.smooth()))
        stop = Stop(
            source="release",
            t_s=float(curve.t_s[top]),
            p_kpa=float(curve.p_kpa[top]),
            u_kpa=curve.noise_kpa,
        )
        return stop, refusal(None, None, None)
    stop = stop_at_release(curve, release)
    peaks = find_dip(curve, press.start_s, release.t_s)
    if peaks is not None and peaks[0] - peaks[1] < 8 * curve.noise_kpa:
        peaks = None
    rate = robust_rate(curve, curve.crossing_s(0.2 * stop.p_kpa, stop.t_s) or 0.0, stop.t_s)
    return stop, refusal(release, rate.value if rate else None, peaks)


def _interrupted(facts: RampFacts) -> NotEstimable | None:
    """Say so where the readings were lost for so long that the stop may have been in between."""
    t = facts.raw_t_s
    lost = (np.diff(t) > LONGEST_LOSS_S) & (t[1:] > facts.ramp_start_s) & (t[:-1] <= facts.stop_s)
    if not lost.any():
        return None
    return NotEstimable(
        reason=QualityFlag.DROP,
        detail="The readings were lost during the press; it is kept as interrupted. Press again.",
    )


def _limit(
    gauge: _Gauge, press: Press, curve: PressedCurve
) -> tuple[float | None, tuple[QualityFlag, ...]]:
    """Return when the press met the gauge's end or the safety cut-off, if it did."""
    context = gauge.recording.context
    first, last = np.searchsorted(gauge.t_s, [press.start_s, press.end_s])
    clipped = saturated_from_s(
        gauge.t_s[first:last],
        gauge.raw_n[first:last],
        full_scale_n=context.full_scale_n,
        grain_n=max(gauge.signal.noise, gauge.signal.resolution),
    )
    over = np.flatnonzero(curve.smooth() >= context.cutoff_kpa)
    cut = float(curve.t_s[over[0]]) if over.size else None
    times = [t for t in (clipped, cut) if t is not None]
    flags = (QualityFlag.CLIP,) if clipped is not None else ()
    return (min(times), flags) if times else (None, ())


def _ramp_start(curve: PressedCurve, stop: Stop) -> tuple[float, float]:
    """Return where the ramp passes 20 % of the threshold, and where its line starts from zero.

    A hand that rested on the skin at more than 20 % is left out: the ramp starts where it ends.
    """
    start = curve.crossing_s(0.2 * stop.p_kpa, stop.t_s)
    start = float(curve.t_s[0]) if start is None else start
    x, y = curve.part(start, stop.t_s)
    if x.size >= 12:  # noqa: PLR2004 - a rest, a bend and a ramp
        shortest = max(0.3, 2 * curve.step_s)
        between = (start + shortest, stop.t_s - shortest)
        bend = find_bend(x, y, between, noise=curve.noise_kpa) if between[0] < between[1] else None
        if (
            bend is not None
            and bend.slope_before < 0.25 * bend.slope_after
            and bend.gain > 0.8  # noqa: PLR2004 - two lines, and clearly so
            and bend.value < 0.6 * stop.p_kpa
        ):
            start = bend.t_s
    early = robust_rate(curve, start, start + 0.35 * (stop.t_s - start))
    level = float(np.interp(start, curve.t_s, curve.smooth()))
    onset = start - level / early.value if early and early.value > 0 else start
    return start, max(onset, float(curve.t_s[0]))


def _facts(  # noqa: PLR0913, PLR0917 - one fact each, gathered in one place for the rules
    gauge: _Gauge,
    press: Press,
    curve: PressedCurve,
    stop: Stop,
    release: Release | None,
    ramp_start: float,
    onset: float,
    peak_kpa: float,
    rate: Estimate | None,
) -> RampFacts:
    at_80 = curve.crossing_s(0.8 * stop.p_kpa, stop.t_s) or stop.t_s
    rate_20_80 = robust_rate(curve, ramp_start, at_80)
    _, before = curve.part(onset - 0.6, onset - 0.1)
    first, last = np.searchsorted(gauge.t_s, [press.start_s, press.end_s])
    kpa_per_n = gauge.tip.kpa_per_n
    return RampFacts(
        curve=curve,
        onset_s=onset,
        ramp_start_s=ramp_start,
        stop_s=stop.t_s,
        stop_kpa=max(stop.p_kpa, 1e-9),
        peak_kpa=peak_kpa,
        rate_kpa_s=rate.value if rate else None,
        rate_20_80_kpa_s=rate_20_80.value if rate_20_80 else None,
        rate_cv=ramp_rate_cv(curve, ramp_start, at_80),
        target_rate_kpa_s=gauge.recording.context.target_rate_kpa_s,
        release_s=release.t_s if release else None,
        by_marker=stop.source == "marker",
        raw_t_s=gauge.t_s[first:last],
        usual_step_s=gauge.usual_step_s,
        resting_kpa=float(np.median(before)) if before.size else 0.0,
        drift_kpa=press.drift_n * kpa_per_n,
        drift_limit_kpa=max(5 * gauge.signal.noise, 0.3) * kpa_per_n,
        five_newton_kpa=5.0 * kpa_per_n,
    )


def _threshold(gauge: _Gauge, press: Press, stop: Stop) -> Estimate:
    """Return the pressure at the stop with its budget."""
    kpa_per_n = gauge.tip.kpa_per_n
    budget = {
        "reading": stop.u_kpa,
        "unloaded level": math.hypot(press.tare_noise_n, press.drift_n / math.sqrt(12.0))
        * kpa_per_n,
        "resolution": gauge.signal.resolution / math.sqrt(12.0) * kpa_per_n,
    }
    if gauge.tip.area_uncertainty_cm2 > 0:
        budget["probe area"] = abs(stop.p_kpa) * gauge.tip.relative_uncertainty
    calibration = gauge.recording.context.calibration
    if calibration is not None:
        force = stop.p_kpa / kpa_per_n / calibration.gain
        budget["calibration"] = calibration.difference_uncertainty_n(0.0, force) * kpa_per_n
    return Estimate.from_budget(stop.p_kpa, budget, unit="kPa")
