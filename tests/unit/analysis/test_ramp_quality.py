"""Each rule speaks just above its limit and is silent just below it."""

from dataclasses import replace

import numpy as np
import pytest

from tissuesense.analysis.pain.ramp import PressedCurve
from tissuesense.analysis.pain.ramp_quality import RampFacts, judge, ramp_rate_cv, robust_rate
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag as Flag

RATE = 50.0
PEAK = 300.0
STEP_S = 1 / 80
T_S = np.arange(0, 9, STEP_S)


def curve(*corners: tuple[float, float], noise_kpa: float = 0.0) -> PressedCurve:
    times, levels = zip(*corners, strict=True)
    return PressedCurve(
        t_s=T_S, p_kpa=np.interp(T_S, times, levels), noise_kpa=noise_kpa, step_s=STEP_S
    )


CLEAN = RampFacts(
    curve=curve((0, 0), (6, PEAK), (6.5, 0)),
    onset_s=0.0,
    ramp_start_s=1.2,
    stop_s=6.0,
    stop_kpa=PEAK,
    peak_kpa=PEAK,
    rate_kpa_s=RATE,
    rate_20_80_kpa_s=RATE,
    rate_cv=0.05,
    target_rate_kpa_s=RATE,
    release_s=6.2,
    by_marker=True,
    raw_t_s=T_S,
    usual_step_s=STEP_S,
    resting_kpa=0.0,
    drift_kpa=0.0,
    drift_limit_kpa=3.0,
    five_newton_kpa=50.0,
)


def verdict(facts: RampFacts, flag: Flag) -> str | None:
    """Return what the rules say of `flag`, and that they say nothing else."""
    remarks = judge(facts)
    assert {remark.flag for remark in remarks} <= {flag}
    return ("reject" if remarks[0].rejects else "warn") if remarks else None


def test_a_clean_ramp_earns_no_remark() -> None:
    assert judge(CLEAN) == ()


@pytest.mark.parametrize(
    ("error", "said"), [(0.19, None), (0.21, "warn"), (0.39, "warn"), (0.41, "reject")]
)
@pytest.mark.parametrize("sign", [1, -1], ids=["fast", "slow"])
def test_the_mean_rate_is_judged_against_the_target(
    error: float, sign: int, said: str | None
) -> None:
    facts = replace(CLEAN, rate_20_80_kpa_s=RATE * (1 + sign * error))
    assert verdict(facts, Flag.RATE_MEAN) == said


def test_a_rate_without_a_target_is_not_judged() -> None:
    facts = replace(CLEAN, rate_20_80_kpa_s=9 * RATE)
    assert judge(facts)
    assert judge(replace(facts, target_rate_kpa_s=None)) == ()
    assert judge(replace(facts, rate_20_80_kpa_s=None)) == ()


@pytest.mark.parametrize(
    ("cv", "said"), [(None, None), (0.24, None), (0.26, "warn"), (0.49, "warn"), (0.51, "reject")]
)
def test_an_unsteady_hand_is_remarked(cv: float | None, said: str | None) -> None:
    assert verdict(replace(CLEAN, rate_cv=cv), Flag.RATE_CV) == said


def about_the_line(spread_kpa: float) -> RampFacts:
    """Four waves about the ramp; half of a wave is farther out than its height / sqrt(2)."""
    height = spread_kpa / 1.4826 * np.sqrt(2)
    wave = height * np.sin(2 * np.pi * (T_S - 1.2) / 1.2)
    return replace(CLEAN, curve=replace(CLEAN.curve, p_kpa=CLEAN.curve.p_kpa + wave))


@pytest.mark.parametrize(
    ("spread", "said"), [(0.029, None), (0.0315, "warn"), (0.078, "warn"), (0.082, "reject")]
)
def test_a_crooked_ramp_is_remarked(spread: float, said: str | None) -> None:
    remarks = {r.flag: r.rejects for r in judge(about_the_line(spread * PEAK))}
    found = remarks.get(Flag.NONLINEAR)
    assert {None: None, True: "reject", False: "warn"}[found] == said


def test_noise_does_not_make_a_ramp_crooked() -> None:
    noise = np.random.default_rng(3).normal(0, 0.05 * PEAK, T_S.size)
    noisy = replace(CLEAN.curve, p_kpa=CLEAN.curve.p_kpa + noise, noise_kpa=0.05 * PEAK)
    assert Flag.NONLINEAR not in {remark.flag for remark in judge(replace(CLEAN, curve=noisy))}


def hesitating(seconds: float, slope: float = 0.0) -> RampFacts:
    rest_end = 150 + slope * seconds
    end_s = 3 + seconds + (PEAK - rest_end) / RATE
    corners = [(0, 0), (3, 150), (3 + seconds, rest_end), (end_s, PEAK), (end_s + 0.5, 0)]
    return replace(CLEAN, curve=curve(*corners), stop_s=end_s, release_s=end_s + 0.2)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.30, None), (0.38, None), (0.43, "warn"), (0.97, "warn"), (1.03, "reject")],
)
def test_hesitation_is_remarked_by_its_length(seconds: float, said: str | None) -> None:
    remarks = {r.flag: r.rejects for r in judge(hesitating(seconds))}
    found = remarks.get(Flag.DWELL)
    assert {None: None, True: "reject", False: "warn"}[found] == said


@pytest.mark.parametrize(("share", "remarked"), [(0.08, True), (0.12, False)])
def test_a_tenth_of_the_rate_is_going_on(share: float, remarked: bool) -> None:
    flags = {remark.flag for remark in judge(hesitating(0.8, slope=share * RATE))}
    assert (Flag.DWELL in flags) is remarked


def falling(fall_kpa: float, within_s: float, from_kpa: float = 200.0) -> RampFacts:
    at_s = from_kpa / RATE
    back_s = at_s + within_s
    end_s = back_s + (PEAK - from_kpa + fall_kpa) / RATE
    corners = [(0, 0), (at_s, from_kpa), (back_s, from_kpa - fall_kpa), (end_s, PEAK)]
    return replace(
        CLEAN, curve=curve(*corners, (end_s + 0.5, 0)), stop_s=end_s, release_s=end_s + 0.2
    )


@pytest.mark.parametrize(
    ("fall_kpa", "within_s", "said"),
    [
        (17.0, 0.05, Flag.SLIP),
        (15.0, 0.05, None),
        (60.0, 0.06, Flag.SLIP),
        (60.0, 0.28, Flag.SLIP),
        (60.0, 0.32, Flag.DIP),
        (52.0, 0.6, Flag.DIP),
        (48.0, 0.6, None),
    ],
)
def test_a_fast_fall_is_a_slip_and_a_slow_deep_one_a_new_seat(
    fall_kpa: float, within_s: float, said: Flag | None
) -> None:
    remarks = [r for r in judge(falling(fall_kpa, within_s)) if r.flag in {Flag.SLIP, Flag.DIP}]
    assert [remark.flag for remark in remarks] == ([] if said is None else [said])
    assert all(remark.rejects for remark in remarks)


@pytest.mark.parametrize(("fall_kpa", "slips"), [(9.9, False), (11.5, True)])
def test_early_in_the_ramp_ten_kilopascals_are_the_least_slip(fall_kpa: float, slips: bool) -> None:
    flags = {remark.flag for remark in judge(falling(fall_kpa, 0.04, from_kpa=90.0))}
    assert (Flag.SLIP in flags) is slips


def test_what_noise_may_do_is_no_slip() -> None:
    facts = falling(20.0, 0.05)
    noisy = replace(facts, curve=replace(facts.curve, noise_kpa=2.6))
    assert Flag.SLIP in {remark.flag for remark in judge(facts)}
    assert Flag.SLIP not in {remark.flag for remark in judge(noisy)}


def test_a_dip_within_a_fiftieth_of_a_second_is_no_slip() -> None:
    t_s = np.arange(0, 0.02, 0.005)
    brief = PressedCurve(
        t_s=t_s, p_kpa=np.array([200.0, 120.0, 210.0, 215.0]), noise_kpa=0.1, step_s=0.005
    )
    facts = replace(CLEAN, curve=brief, ramp_start_s=0.0, onset_s=-2.0, stop_s=0.02)
    assert Flag.SLIP not in {remark.flag for remark in judge(facts)}


def test_a_fall_that_is_the_end_of_the_press_is_no_dip() -> None:
    corners = [(0, 0), (4, 200), (4.6, 130), (9, 140)]
    facts = replace(CLEAN, curve=curve(*corners), stop_s=4.8)
    assert {Flag.DIP, Flag.SLIP}.isdisjoint(remark.flag for remark in judge(facts))


@pytest.mark.parametrize(
    ("excess", "said"), [(0.14, None), (0.16, "warn"), (0.29, "warn"), (0.31, "reject")]
)
def test_pressing_on_after_the_signal_is_remarked(excess: float, said: str | None) -> None:
    facts = replace(CLEAN, peak_kpa=PEAK * (1 + excess))
    assert verdict(facts, Flag.OVERSHOOT) == said
    assert judge(replace(facts, by_marker=False)) == ()


@pytest.mark.parametrize(("late_s", "said"), [(0.49, None), (0.51, "warn"), (9.0, "warn")])
def test_letting_go_late_is_remarked_and_never_rejects(late_s: float, said: str | None) -> None:
    facts = replace(CLEAN, release_s=CLEAN.stop_s + late_s)
    assert verdict(facts, Flag.LATE_RELEASE) == said
    assert judge(replace(facts, by_marker=False)) == ()
    assert judge(replace(facts, release_s=None)) == ()


@pytest.mark.parametrize(("ramp_s", "said"), [(0.79, "reject"), (0.81, None)])
def test_a_ramp_of_less_than_eight_tenths_of_a_second_is_rejected(
    ramp_s: float, said: str | None
) -> None:
    facts = replace(CLEAN, onset_s=CLEAN.stop_s - ramp_s)
    assert verdict(facts, Flag.EARLY_RELEASE) == said


@pytest.mark.parametrize(("peak_kpa", "said"), [(19.9, "reject"), (20.1, None)])
def test_a_peak_below_twenty_kilopascals_is_rejected(peak_kpa: float, said: str | None) -> None:
    facts = replace(CLEAN, peak_kpa=peak_kpa, stop_kpa=peak_kpa)
    assert verdict(facts, Flag.EARLY_RELEASE) == said


@pytest.mark.parametrize(
    ("resting_kpa", "said"),
    [(-40.0, None), (9.9, None), (10.1, "warn"), (29.9, "warn"), (30.1, "reject")],
)
def test_resting_on_the_skin_before_the_ramp_is_remarked(
    resting_kpa: float, said: str | None
) -> None:
    assert verdict(replace(CLEAN, resting_kpa=resting_kpa), Flag.PRELOAD) == said


def without(start_s: float, end_s: float) -> FloatArray:
    return T_S[(start_s >= T_S) | (end_s <= T_S)]


@pytest.mark.parametrize(
    ("start_s", "steps", "said"),
    [
        (3.0, 2.9, None),
        (3.0, 3.1, "warn"),
        (3.0, 39.5, "warn"),
        (3.0, 40.5, "reject"),
        (5.5, 19.5, "warn"),
        (5.5, 20.5, "reject"),
        (4.5, 20.5, "warn"),
        (0.9, 39.5, "warn"),
        (0.2, 60.0, None),
        (6.1, 60.0, "warn"),
        (6.3, 60.0, None),
    ],
)
def test_lost_samples_count_on_the_ramp_and_most_at_its_end(
    start_s: float, steps: float, said: str | None
) -> None:
    """At 80 samples a second a quarter of a second is 20 steps, half of one 40."""
    later = T_S[start_s <= T_S]
    raw = np.concatenate((T_S[start_s > T_S], later + (steps - 1) * STEP_S))
    assert verdict(replace(CLEAN, raw_t_s=raw), Flag.DROP) == said


@pytest.mark.parametrize(("per_sample_kpa", "said"), [(4.9, None), (5.1, "warn"), (99.0, "warn")])
def test_a_source_too_slow_for_its_ramp_is_remarked(
    per_sample_kpa: float, said: str | None
) -> None:
    facts = replace(CLEAN, usual_step_s=per_sample_kpa / RATE)
    assert verdict(facts, Flag.SAMPLE_RATE) == said


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("drift_kpa", "said"), [(2.9, None), (3.1, "warn"), (5.9, "warn"), (6.1, "reject")]
)
def test_a_moving_zero_is_remarked(drift_kpa: float, sign: int, said: str | None) -> None:
    assert verdict(replace(CLEAN, drift_kpa=sign * drift_kpa), Flag.DRIFT) == said


def test_a_ramp_of_unknown_rate_is_judged_by_what_is_known() -> None:
    unknown = replace(CLEAN, rate_kpa_s=None, rate_20_80_kpa_s=None, rate_cv=None)
    assert judge(unknown) == ()


def test_a_ramp_of_a_few_samples_is_judged_by_what_is_known() -> None:
    assert judge(replace(CLEAN, ramp_start_s=5.99, onset_s=0.0)) == ()
    assert judge(replace(CLEAN, ramp_start_s=5.9, onset_s=0.0)) == ()


def test_a_steady_ramp_has_no_spread_of_rates() -> None:
    assert ramp_rate_cv(CLEAN.curve, 1.2, 4.8) == pytest.approx(0.0, abs=1e-9)


def test_noise_is_no_spread_of_rates() -> None:
    spreads = []
    for seed in range(100):
        noise = np.random.default_rng(seed).normal(0, 1.0, T_S.size)
        noisy = replace(CLEAN.curve, p_kpa=CLEAN.curve.p_kpa + noise, noise_kpa=1.0)
        spreads.append(ramp_rate_cv(noisy, 1.2, 4.8))
    raw = 1.0 * np.sqrt(12 / 20) / 0.25 / RATE
    assert np.mean([s for s in spreads if s is not None]) < 0.75 * raw


def test_the_spread_of_rates_is_that_of_the_hand() -> None:
    """Quarter seconds at 40 and 60 kPa/s by turns."""
    t_s = np.arange(0, 6, STEP_S)
    rates = np.where((t_s / 0.25).astype(int) % 2, 60.0, 40.0)
    pressure = np.concatenate(([0.0], np.cumsum(rates[:-1]) * STEP_S))
    unsteady = PressedCurve(t_s=t_s, p_kpa=pressure, noise_kpa=0.0, step_s=STEP_S)
    found = ramp_rate_cv(unsteady, 1.0, 5.0)
    sd = 10 * np.sqrt(16 / 15)
    assert found == pytest.approx(sd / 50, rel=0.06)


@pytest.mark.parametrize(("seconds", "known"), [(0.7, False), (0.8, True)])
def test_a_spread_needs_three_quarter_seconds(seconds: float, known: bool) -> None:
    assert (ramp_rate_cv(CLEAN.curve, 1.0, 1.0 + seconds) is not None) is known


def test_a_falling_curve_has_no_spread_of_rates() -> None:
    assert ramp_rate_cv(curve((0, 300), (9, 0)), 1.0, 5.0) is None


def test_stretches_that_were_lost_say_nothing_of_the_spread() -> None:
    kept = (T_S < 1.3) | (T_S > 4.6)
    lost = PressedCurve(t_s=T_S[kept], p_kpa=RATE * T_S[kept], noise_kpa=0.0, step_s=STEP_S)
    assert ramp_rate_cv(lost, 1.2, 4.8) is None


def test_a_rate_between_two_times_is_that_of_the_samples_between_them() -> None:
    bent = curve((0, 0), (3, 60), (6, 360), (9, 0))
    early, late = robust_rate(bent, 0.5, 2.5), robust_rate(bent, 3.5, 5.5)
    assert early is not None
    assert late is not None
    assert early.value == pytest.approx(20)
    assert late.value == pytest.approx(100)
    assert robust_rate(bent, 3.0, 3.01) is None
