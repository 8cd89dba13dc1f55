"""Claim: on textbook presses whose answer is known on paper, the estimator gives that answer.

The recipes are those of the acceptance list of pressure algometry: pure ramp, latency, plateau,
double peak, clip, drift, slip, dwell, rate, gap, nothing at all.
"""

from dataclasses import replace

import numpy as np
import pytest

from tissuesense.analysis.estimators.pain_threshold import analyse
from tissuesense.analysis.pain.trials import PainThreshold
from tissuesense.core.arrays import FloatArray
from tissuesense.core.calibration import Calibration
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import CalibrationError, NoColumn, NoProbeArea
from tissuesense.core.quality import QualityFlag as Flag
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.recording import ReactionLatency, Recording, RecordingContext, RecordingKind
from tissuesense.core.timebase import regularise
from tissuesense.core.trace import Trace

KPA_PER_N = 10.0
CONTEXT = RecordingContext(
    kind=RecordingKind.PPT, tip=ContactTip(area_cm2=1.0), target_rate_kpa_s=50.0
)


def press(
    *corners: tuple[float, float], rate_hz: float = 80.0, tail_s: float = 3.0
) -> tuple[FloatArray, FloatArray]:
    """Return times and pressure of straight lines through (time, pressure) corners."""
    times, levels = zip(*corners, strict=True)
    t = np.arange(0.0, times[-1] + tail_s, 1 / rate_hz)
    return t, np.interp(t, times, levels)


def recording(
    t_s: FloatArray,
    pressure_kpa: FloatArray,
    *,
    marker_s: float | None = None,
    noise_kpa: float = 0.0,
    seed: int = 0,
    context: RecordingContext = CONTEXT,
) -> Recording:
    noise = np.random.default_rng(seed).normal(0, noise_kpa, t_s.size) if noise_kpa else 0.0
    marker = None
    if marker_s is not None:
        marker = ((t_s >= marker_s) & (t_s < marker_s + 0.1)).astype(float)
    trace = Trace(t_s=t_s, force_n=(pressure_kpa + noise) / KPA_PER_N, marker=marker)
    return Recording(trace=trace, context=context)


def threshold_kpa(result: PainThreshold, trial: int = 0) -> float:
    value = result.trials[trial].threshold_kpa
    assert isinstance(value, Estimate), value
    return value.value


def test_a_pure_ramp_reads_the_pressure_at_the_marker_and_corrects_for_the_reaction() -> None:
    t, p = press((0, 0), (2, 0), (9, 350), (9.5, 0), rate_hz=1000)
    result = analyse(recording(t, p, marker_s=8.0))
    trial = result.trials[0]
    assert trial.threshold_source == "marker"
    assert threshold_kpa(result) == pytest.approx(300.0, abs=0.1)
    assert isinstance(trial.latent_threshold_kpa, Estimate)
    assert trial.latent_threshold_kpa.value == pytest.approx(285.0, abs=0.1)
    assert trial.latent_threshold_kpa.standard_uncertainty == pytest.approx(5.0, abs=0.1)
    assert isinstance(trial.ramp_rate_kpa_s, Estimate)
    assert trial.ramp_rate_kpa_s.value == pytest.approx(50.0, abs=0.01)


def test_a_stated_latency_replaces_the_usual_one() -> None:
    t, p = press((0, 0), (2, 0), (9, 350), (9.5, 0))
    stated = replace(CONTEXT, latency=ReactionLatency(mean_s=0.5, sd_s=0.02))
    latent = analyse(recording(t, p, marker_s=8.0, context=stated)).trials[0].latent_threshold_kpa
    assert isinstance(latent, Estimate)
    assert latent.value == pytest.approx(275.0, abs=0.5)
    assert latent.budget["reaction time"] == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("stop_mode", "mean_s"),
    [("button_patient", 0.30), ("verbal_tester_button", 0.60), (None, 0.55)],
)
def test_the_stop_mode_decides_the_usual_latency(stop_mode: str | None, mean_s: float) -> None:
    t, p = press((0, 0), (2, 0), (8, 300), (8.5, 0))
    context = replace(CONTEXT, stop_mode=stop_mode)
    latent = analyse(recording(t, p, context=context)).trials[0].latent_threshold_kpa
    assert isinstance(latent, Estimate)
    assert latent.value == pytest.approx(300 - 50 * mean_s, abs=1.0)


@pytest.mark.parametrize("phase", np.linspace(0.0, 0.099, 12))
def test_a_sharp_peak_between_sparse_samples_is_found_by_its_two_slopes(phase: float) -> None:
    """Argmax at 10 Hz reads up to 4.5 kPa low; the meeting point of both lines does not."""
    t, p = press((0, 0), (2 + phase, 0), (8 + phase, 300), (8.6 + phase, 0), rate_hz=10)
    assert threshold_kpa(analyse(recording(t, p))) == pytest.approx(300.0, abs=0.5)


def test_a_plateau_is_read_at_its_knee_not_at_the_highest_tremor() -> None:
    knees, durations, tops = [], [], []
    for seed in range(60):
        t, p = press((0, 0), (1, 0), (7, 300), (8, 300), (8.5, 0))
        rng = np.random.default_rng(seed)
        p = p + rng.normal(0, 4.0, t.size) * ((t > 7) & (t < 8))
        result = analyse(recording(t, p, noise_kpa=0.5, seed=seed + 1000))
        trial = result.trials[0]
        assert Flag.PLATEAU in trial.flags
        assert trial.accepted
        assert trial.release_s is not None
        assert trial.threshold_time_s is not None
        knees.append(threshold_kpa(result))
        durations.append(trial.release_s - trial.threshold_time_s)
        tops.append(float(p.max()))
    assert np.mean(tops) > 305  # what a peak-hold gauge would have shown
    assert np.mean(knees) == pytest.approx(300.2, abs=1.0)
    assert np.std(knees) < 4.4
    assert np.mean(durations) == pytest.approx(0.98, abs=0.05)


def test_a_plateau_of_two_seconds_is_refused() -> None:
    t, p = press((0, 0), (1, 0), (7, 300), (9, 300), (9.5, 0))
    trial = analyse(recording(t, p, noise_kpa=0.5)).trials[0]
    assert isinstance(trial.threshold_kpa, NotEstimable)
    assert Flag.PLATEAU in trial.flags
    assert not trial.accepted


def test_two_peaks_of_one_height_are_refused() -> None:
    t, p = press((0, 0), (1, 0), (7, 300), (7.3, 240), (8.5, 290), (9, 0))
    result = analyse(recording(t, p, noise_kpa=0.5))
    assert len(result.trials) == 1
    assert isinstance(result.trials[0].threshold_kpa, NotEstimable)
    assert Flag.DOUBLE_PEAK in result.trials[0].flags


def test_a_press_that_clips_before_any_signal_is_censored() -> None:
    t, p = press((0, 0), (1, 0), (9.4, 420), (9.9, 0))
    clipped = replace(CONTEXT, full_scale_n=40.0)
    trial = analyse(recording(t, np.minimum(p, 400), context=clipped)).trials[0]
    assert isinstance(trial.threshold_kpa, NotEstimable)
    assert {Flag.CLIP, Flag.CENSORED} <= set(trial.flags)
    assert not trial.accepted


def test_a_signal_before_the_clip_stands() -> None:
    t, p = press((0, 0), (1, 0), (9.4, 420), (9.9, 0))
    clipped = replace(CONTEXT, full_scale_n=40.0)
    result = analyse(recording(t, np.minimum(p, 400), marker_s=8.0, context=clipped))
    assert threshold_kpa(result) == pytest.approx(350.0, abs=0.5)
    assert Flag.CENSORED not in result.trials[0].flags


def test_reaching_the_cut_off_without_a_signal_is_censored() -> None:
    t, p = press((0, 0), (1, 0), (9, 400), (9.5, 0))
    trial = analyse(recording(t, p, context=replace(CONTEXT, cutoff_kpa=380.0))).trials[0]
    assert isinstance(trial.threshold_kpa, NotEstimable)
    assert Flag.CENSORED in trial.flags


def test_a_clip_is_seen_without_a_stated_full_scale() -> None:
    t, p = press((0, 0), (1, 0), (9.4, 420), (9.9, 0))
    rng = np.random.default_rng(5)
    noisy = np.minimum(p + rng.normal(0, 0.5, t.size), 380.0)
    assert Flag.CLIP in analyse(recording(t, noisy)).trials[0].flags


def test_drift_is_taken_out_by_the_unloaded_level_on_both_sides() -> None:
    t, p = press((0, 0), (3, 0), (9, 300), (9.5, 0), tail_s=3.5)
    drifting = p + 6.0 * t / t[-1]
    result = analyse(recording(t, drifting, noise_kpa=0.2))
    trial = result.trials[0]
    assert threshold_kpa(result) == pytest.approx(300.0, abs=1.5)
    assert trial.accepted


def test_a_gauge_that_was_never_zeroed_reads_the_same_and_says_so() -> None:
    t, p = press((0, 0), (2, 0), (8, 300), (8.5, 0))
    zeroed = analyse(recording(t, p))
    offset = analyse(recording(t, p - 73.0))
    assert threshold_kpa(offset) == pytest.approx(threshold_kpa(zeroed), abs=1e-6)
    assert offset.trials[0].tare_n == pytest.approx(-7.3, abs=1e-3)
    assert Flag.TARE_APPLIED in offset.flags
    assert Flag.TARE_APPLIED not in zeroed.flags


def test_a_slip_is_rejected() -> None:
    t, p = press((0, 0), (1, 0), (4, 150), (4.06, 90), (8.26, 300), (8.8, 0))
    trial = analyse(recording(t, p, noise_kpa=0.3)).trials[0]
    assert Flag.SLIP in trial.flags
    assert not trial.accepted


@pytest.mark.parametrize(("seconds", "accepted"), [(0.6, True), (1.2, False)])
def test_hesitation_is_remarked_and_a_long_one_rejected(seconds: float, accepted: bool) -> None:
    t, p = press(
        (0, 0), (1, 0), (5, 200), (5 + seconds, 200), (7 + seconds, 300), (7.5 + seconds, 0)
    )
    trial = analyse(recording(t, p, noise_kpa=0.3)).trials[0]
    assert Flag.DWELL in trial.flags
    assert trial.accepted is accepted


@pytest.mark.parametrize(
    ("rate", "flagged", "accepted"), [(41, False, True), (35, True, True), (28, True, False)]
)
def test_the_achieved_rate_is_judged_against_the_target(
    rate: float, flagged: bool, accepted: bool
) -> None:
    t, p = press((0, 0), (1, 0), (1 + 300 / rate, 300), (1.5 + 300 / rate, 0))
    trial = analyse(recording(t, p, noise_kpa=0.3)).trials[0]
    assert (Flag.RATE_MEAN in trial.flags) is flagged
    assert trial.accepted is accepted


def test_without_a_target_the_rate_is_reported_and_not_judged() -> None:
    t, p = press((0, 0), (1, 0), (4, 300), (4.5, 0))
    trial = analyse(recording(t, p, context=replace(CONTEXT, target_rate_kpa_s=None))).trials[0]
    assert Flag.RATE_MEAN not in trial.flags
    assert isinstance(trial.ramp_rate_kpa_s, Estimate)
    assert trial.ramp_rate_kpa_s.value == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(("start_s", "end_s", "accepted"), [(6.3, 6.6, False), (2.8, 2.9, True)])
def test_lost_samples_late_in_the_ramp_reject_it(
    start_s: float, end_s: float, accepted: bool
) -> None:
    t, p = press((0, 0), (1, 0), (7, 300), (7.5, 0))
    keep = (t < start_s) | (t > end_s)
    trial = analyse(recording(t[keep], p[keep], noise_kpa=0.3)).trials[0]
    assert Flag.DROP in trial.flags
    assert trial.accepted is accepted


def test_two_testers_of_different_speed_agree_after_correction() -> None:
    """30 and 70 kPa/s, one pain threshold, reaction 0.55 s: raw values differ by 22 kPa."""
    raw, corrected = [], []
    for rate in (30.0, 70.0):
        top = 250 + rate * 0.55
        t, p = press((0, 0), (1, 0), (1 + top / rate, top), (1.5 + top / rate, 0))
        result = analyse(recording(t, p, noise_kpa=0.3))
        raw.append(threshold_kpa(result))
        latent = result.trials[0].latent_threshold_kpa
        assert isinstance(latent, Estimate)
        corrected.append(latent.value)
    assert raw[1] - raw[0] == pytest.approx(22.0, abs=1.0)
    assert corrected[1] - corrected[0] == pytest.approx(0.0, abs=2.0)


def test_noise_alone_is_never_a_press() -> None:
    t = np.arange(0, 20, 1 / 40)
    for seed in range(200):
        noise = np.random.default_rng(seed).normal(0, 0.5, t.size)
        result = analyse(recording(t, noise))
        assert result.trials == ()
        assert result.flags == (Flag.NO_PRESS, Flag.TOO_FEW)


def test_tremor_without_a_press_is_never_a_press() -> None:
    t = np.arange(0, 20, 1 / 80)
    for seed in range(60):
        rng = np.random.default_rng(seed)
        tremor = 30.0 * np.sin(2 * np.pi * (9 * t + rng.uniform())) + rng.normal(0, 0.5, t.size)
        assert analyse(recording(t, tremor)).trials == ()


def test_a_manual_ramp_with_a_soft_toe_is_corrected_without_bias() -> None:
    """OU rate, soft toe, button after 0.30 s: bias under 2.5 kPa, spread under 8."""
    errors = []
    dt = 1 / 80
    for seed in range(150):
        rng = np.random.default_rng(seed)
        steps = int(16 / dt)
        wander = np.zeros(steps)
        decay = np.exp(-dt / 0.5)
        kicks = rng.normal(size=steps) * np.sqrt(1 - decay**2)
        for i in range(1, steps):
            wander[i] = decay * wander[i - 1] + kicks[i]
        t = np.arange(float(steps)) * dt
        toe = np.clip((t - 1) / 0.4, 0, 1)
        p = np.cumsum(50 * (1 + 0.1 * wander) * toe) * dt
        truth = rng.uniform(150, 500)
        felt = float(t[np.argmax(p >= truth)])
        signal = felt + max(0.1, rng.normal(0.30, 0.08))
        let_go = signal + max(0.1, rng.normal(0.25, 0.05)) + 0.05
        p = np.minimum(
            p, np.interp(let_go, t, p) - 600 * np.maximum(t - let_go, -1e9) * (t > let_go)
        )
        p = np.where(t > let_go, np.maximum(p, 0), p) + 1.0
        p = np.round((p + rng.normal(0, 0.5, t.size)) / 0.1) * 0.1
        latent = analyse(recording(t, p, marker_s=signal)).trials[0].latent_threshold_kpa
        assert isinstance(latent, Estimate)
        errors.append(latent.value - truth)
    assert abs(np.mean(errors)) < 2.5
    assert np.std(errors) < 8


def test_a_marker_long_before_the_press_is_not_its_signal() -> None:
    t, p = press((0, 0), (3, 0), (9, 300), (9.5, 0))
    trial = analyse(recording(t, p, marker_s=0.5)).trials[0]
    assert trial.threshold_source == "release"
    assert isinstance(trial.threshold_kpa, Estimate)
    assert Flag.MARKER_FAR in trial.flags


def test_a_stray_marker_is_told_at_the_press_it_lies_nearest_to() -> None:
    t, p = press((0, 0), (2, 0), (8, 300), (8.5, 0), (14, 0), (20, 300), (20.5, 0))
    first, second = analyse(recording(t, p, marker_s=13.0)).trials
    assert Flag.MARKER_FAR not in first.flags
    assert Flag.MARKER_FAR in second.flags


def test_a_marker_after_the_release_came_too_late_to_read() -> None:
    t, p = press((0, 0), (1, 0), (7, 300), (7.5, 0))
    result = analyse(recording(t, p, marker_s=7.3))
    assert Flag.MARKER_AFTER_RELEASE in result.trials[0].flags
    assert threshold_kpa(result) == pytest.approx(300, abs=1.0)


def test_the_session_is_the_arithmetic_mean_of_the_accepted_trials() -> None:
    corners = [(0.0, 0.0)]
    for peak in (240, 300, 360):
        start = corners[-1][0] + 3
        corners += [(start, 0), (start + peak / 50, peak), (start + peak / 50 + 0.5, 0)]
    t, p = press(*corners)
    session = analyse(recording(t, p, noise_kpa=0.2)).session
    assert session.n_accepted == 3
    assert isinstance(session.ppt_kpa, Estimate)
    assert session.ppt_kpa.value == pytest.approx(300.0, abs=0.5)
    assert session.ppt_kpa.standard_uncertainty == pytest.approx(60 / np.sqrt(3), rel=0.02)
    assert session.ppt_kpa.dof == pytest.approx(2.0, rel=0.05)


def test_one_accepted_trial_gives_no_session_value() -> None:
    t, p = press((0, 0), (1, 0), (7, 300), (7.5, 0))
    result = analyse(recording(t, p))
    assert isinstance(result.session.ppt_kpa, NotEstimable)
    assert Flag.TOO_FEW in result.flags


def test_a_doubled_and_a_lost_row_change_nothing() -> None:
    t, p = press((0, 0), (1, 0), (7, 300), (7.5, 0))
    whole = threshold_kpa(analyse(recording(t, p)))
    rows = np.sort(np.concatenate((np.delete(np.arange(t.size), [130, 300]), [200, 201])))
    timebase = regularise(t[rows], p[rows, None])
    mended = recording(timebase.t_s, p[rows][timebase.keep])
    assert timebase.quality.duplicates == 2
    assert threshold_kpa(analyse(mended)) == pytest.approx(whole, abs=0.05)


def test_without_force_or_area_the_error_says_what_to_add() -> None:
    t, p = press((0, 0), (1, 0), (7, 300), (7.5, 0))
    with pytest.raises(NoProbeArea, match="probe area"):
        analyse(recording(t, p, context=replace(CONTEXT, tip=None)))
    with pytest.raises(NoColumn, match="force_n"):
        analyse(Recording(trace=Trace(t_s=t, angle_deg=p), context=CONTEXT))


@pytest.mark.parametrize("samples", [0, 1, 2, 4])
def test_a_handful_of_samples_holds_no_press(samples: int) -> None:
    t = np.arange(samples) / 80
    assert analyse(recording(t, np.full(samples, 50.0))).trials == ()


def test_a_calibration_scales_the_threshold_and_widens_it() -> None:
    t, p = press((0, 0), (2, 0), (8, 300), (8.5, 0))
    plain = analyse(recording(t, p)).trials[0].threshold_kpa
    gain = Calibration(
        identifier="C-1",
        instrument="G-1",
        gain=1.02,
        covariance=((0, 0, 0), (0, 1e-4, 0), (0, 0, 0)),
        range_n=(-1.0, 50.0),
    )
    context = replace(CONTEXT, calibration=gain, instrument="G-1")
    scaled = analyse(recording(t, p, context=context)).trials[0].threshold_kpa
    assert isinstance(plain, Estimate)
    assert isinstance(scaled, Estimate)
    assert scaled.value == pytest.approx(1.02 * plain.value)
    assert scaled.budget["calibration"] == pytest.approx(3.0, rel=0.01)


@pytest.mark.parametrize(
    ("instrument", "range_n", "told"),
    [("G-2", (-1.0, 50.0), "not of 'G-2'"), ("G-1", (-1.0, 20.0), "outside the calibrated range")],
)
def test_a_calibration_that_does_not_apply_is_refused(
    instrument: str, range_n: tuple[float, float], told: str
) -> None:
    t, p = press((0, 0), (2, 0), (8, 300), (8.5, 0))
    calibration = Calibration(identifier="C-1", instrument="G-1", range_n=range_n)
    context = replace(CONTEXT, calibration=calibration, instrument=instrument)
    with pytest.raises(CalibrationError, match=told):
        analyse(recording(t, p, context=context))


def test_a_gauge_with_its_sign_turned_gives_no_trial_and_is_told() -> None:
    corners = [(0.0, 0.0)]
    for _ in range(3):
        start = corners[-1][0] + 3
        corners += [(start, 0), (start + 6, 300), (start + 6.4, 0)]
    t, p = press(*corners)
    result = analyse(recording(t, -p, noise_kpa=0.3))
    assert result.trials == ()
    assert Flag.WRONG_SIGN in result.flags
    assert Flag.WRONG_SIGN not in analyse(recording(t, p, noise_kpa=0.3)).flags


def test_a_reading_that_a_gauge_repeats_wrongly_does_not_become_the_threshold() -> None:
    t, p = press((0, 0), (2, 0), (8, 300), (8.5, 0), (12, 0), (18, 280), (18.5, 0))
    wrong = p.copy()
    wrong[300:305] += 600.0
    result = analyse(recording(t, wrong, noise_kpa=0.3))
    assert [threshold_kpa(result, i) for i in (0, 1)] == pytest.approx([300, 280], abs=1.5)
    assert Flag.SPIKES in result.flags
    assert Flag.WRONG_SIGN not in result.flags


def test_a_gauge_that_drifts_down_and_is_knocked_was_not_pressed() -> None:
    t = np.arange(0, 25, 1 / 40)
    p = -24.0 * t / t[-1]
    for at in (6.0, 13.0):
        near = (t > at) & (t < at + 0.15)
        p[near] += 150 * np.sin(np.pi * (t[near] - at) / 0.15)
    assert analyse(recording(t, p, noise_kpa=0.5)).trials == ()
