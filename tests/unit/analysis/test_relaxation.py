"""Claim: a relaxation is read with its ramp, follows the hand, and is refused where unseen."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tissuesense as ts
from tissuesense.analysis.relaxation import Relaxation, fit
from tissuesense.analysis.viscoelastic.motion_response import fading_response
from tissuesense.analysis.viscoelastic.ramp_hold import (
    branch_response,
    elastic_response,
    springpot_response,
)
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

TIME_S = np.arange(0.0, 12.0, 1 / 80)
TERMS = ((0.3, 0.4), (0.3, 4.0))
PEAK_N = 20.0
NOISE_N = 0.03


def noise(seed: int, size: int = TIME_S.size) -> FloatArray:
    return np.random.default_rng(seed).normal(0.0, NOISE_N, size)


def ramp_hold(
    terms: tuple[tuple[float, float], ...] = TERMS, p: float = 1.5, ramp_s: float = 1.0
) -> FloatArray:
    equilibrium = 1 - sum(weight for weight, _ in terms)
    branches = sum(w * branch_response(TIME_S, ramp_s, tau, p) for w, tau in terms)
    return PEAK_N * (equilibrium * elastic_response(TIME_S, ramp_s, p) + branches)


def moved(depth_mm: FloatArray, terms: tuple[tuple[float, float], ...] = TERMS) -> FloatArray:
    g = (depth_mm / 10.0) ** 1.5
    equilibrium = 1 - sum(weight for weight, _ in terms)
    branches = sum(w * fading_response(TIME_S, g, tau) for w, tau in terms)
    return np.asarray(PEAK_N * (equilibrium * g + branches))


def step(terms: tuple[tuple[float, float], ...] = TERMS) -> FloatArray:
    equilibrium = 1 - sum(weight for weight, _ in terms)
    branches = [w * np.exp(-TIME_S / tau) for w, tau in terms]
    return np.asarray(PEAK_N * (equilibrium + np.sum(branches, axis=0)))


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.value


def numbers(found: Relaxation) -> list[float]:
    """List equilibrium, weights and time constants."""
    assert found.terms
    weights = [value(term.weight) for term in found.terms]
    return [
        value(found.equilibrium_fraction),
        *weights,
        *(value(term.tau_s) for term in found.terms),
    ]


TRUTH = [0.4, 0.3, 0.3, 0.4, 4.0]
DEPTH_MM = 10.0 * np.minimum(TIME_S, 1.0)
DRIFTING_MM = DEPTH_MM - 0.08 * np.maximum(TIME_S - 1.0, 0.0)


def test_it_is_an_everyday_name() -> None:
    assert ts.relaxation.fit is fit


@pytest.mark.parametrize(
    ("force_n", "displacement_mm"),
    [
        (ramp_hold(), None),
        (ramp_hold(), DEPTH_MM),
        (step(), None),
        (step(), np.full(TIME_S.size, 10.0)),
        (moved(DRIFTING_MM), DRIFTING_MM),
        (moved(DRIFTING_MM), DRIFTING_MM + 37.0),
    ],
    ids=["force only", "depth", "step", "step with depth", "drifting hand", "another zero"],
)
def test_without_noise_the_truth_comes_back(
    force_n: FloatArray, displacement_mm: FloatArray | None
) -> None:
    found = fit(TIME_S, force_n, displacement_mm)

    assert found.model == "prony2"
    assert numbers(found) == pytest.approx(TRUTH, rel=0.003)
    assert value(found.equilibrium_fraction) + sum(
        value(term.weight) for term in found.terms
    ) == pytest.approx(1.0)
    assert found.rms_percent is not None
    assert found.rms_percent < 0.01
    assert found.flags == ()


def test_a_hand_that_lets_up_is_relaxation_only_where_its_depth_is_not_known() -> None:
    force_n = moved(DRIFTING_MM) + noise(1)
    known, taken_for_still = fit(TIME_S, force_n, DRIFTING_MM), fit(TIME_S, force_n)

    assert value(known.equilibrium_fraction) == pytest.approx(0.4, abs=0.005)
    assert value(taken_for_still.equilibrium_fraction) < 0.36


def test_terms_come_in_rising_order_and_as_many_as_were_asked_for() -> None:
    found = fit(TIME_S, ramp_hold() + noise(2), terms=2)

    assert [term.tau_s is not None for term in found.terms] == [True, True]
    assert value(found.terms[0].tau_s) < value(found.terms[1].tau_s)
    assert set(found.criterion) == {2}


def test_auto_tells_what_it_tried() -> None:
    found = fit(TIME_S, ramp_hold() + noise(2))

    assert set(found.criterion) == {1, 2, 3}
    assert min(found.criterion, key=found.criterion.__getitem__) == 2


def test_intervals_keep_within_what_is_possible() -> None:
    gone = ((0.5, 0.4), (0.5, 3.0))  # nothing stays
    found = fit(TIME_S, ramp_hold(gone) + noise(3))
    assert found.equilibrium_fraction is not None
    low, high = found.equilibrium_fraction.ci95

    assert 0.0 <= low < high < 0.02
    for term in found.terms:
        assert term.tau_s is not None
        below, above = term.tau_s.ci95
        assert 0 < below < term.tau_s.value < above
        assert above / term.tau_s.value == pytest.approx(term.tau_s.value / below)


def test_the_elastic_law_is_told() -> None:
    power = fit(TIME_S, ramp_hold(p=1.6) + noise(4), DEPTH_MM)
    flat = fit(TIME_S, ramp_hold(p=1.0) + noise(4), DEPTH_MM)

    assert power.law == "power"
    assert power.exponent is not None
    low, high = power.exponent.ci95
    assert low < 1.6 < high
    assert high - low < 0.05
    assert power.stiffening is None
    assert flat.law == "linear"
    assert value(flat.exponent) == 1.0
    assert fit(TIME_S, step()).law is None


def test_a_prediction_is_the_force_in_newton_before_within_and_after() -> None:
    force_n = ramp_hold() + noise(5)
    found = fit(TIME_S, force_n)

    assert found.predict(TIME_S) == pytest.approx(force_n, abs=6 * NOISE_N)
    assert found.predict([-1.0, -0.01]) == pytest.approx([0.0, 0.0])
    assert found.predict([500.0]) == pytest.approx([0.4 * PEAK_N], rel=0.02)
    assert found.predict(TIME_S[::-1]) == pytest.approx(found.predict(TIME_S)[::-1])


def test_a_prediction_follows_the_measured_motion_also_between_samples() -> None:
    sway_mm = DEPTH_MM * (1 + 0.05 * np.sin(2 * TIME_S))
    found = fit(TIME_S, moved(sway_mm), sway_mm)
    sparse = fit(TIME_S[::2], moved(sway_mm)[::2], sway_mm[::2])

    assert found.predict(TIME_S) == pytest.approx(moved(sway_mm), abs=1e-3)
    assert sparse.predict(TIME_S[100:-1]) == pytest.approx(moved(sway_mm)[100:-1], abs=0.02)


@settings(max_examples=25, deadline=None)
@given(gain=st.floats(0.01, 1e4), stretch=st.floats(0.01, 100.0))
def test_shares_and_exponent_know_no_unit(gain: float, stretch: float) -> None:
    force_n = ramp_hold() + noise(6)
    plain = fit(TIME_S, force_n, DEPTH_MM)
    scaled = fit(TIME_S * stretch, gain * force_n, 2.5 * DEPTH_MM)

    expected = numbers(plain)
    expected[3:] = [stretch * tau_s for tau_s in expected[3:]]
    assert numbers(scaled) == pytest.approx(expected, rel=1e-4)
    assert value(scaled.exponent) == pytest.approx(value(plain.exponent), rel=1e-4)
    assert scaled.rms_percent == pytest.approx(plain.rms_percent, rel=1e-4)


def test_samples_before_the_contact_change_nothing() -> None:
    lead = 40
    time_s = np.arange(TIME_S.size + lead) / 80
    force_n = np.concatenate((np.zeros(lead), ramp_hold())) + noise(7, time_s.size)
    depth_mm = np.concatenate((np.linspace(-3.0, 0.0, lead, endpoint=False), DEPTH_MM)) + 3.0

    for found in (fit(time_s, force_n), fit(time_s, force_n, depth_mm)):
        assert found.model == "prony2"
        assert numbers(found) == pytest.approx(TRUTH, rel=0.05)


def test_nothing_that_relaxes_is_an_equilibrium_of_one_with_a_bound() -> None:
    found = fit(TIME_S, moved(DEPTH_MM, ()) + noise(8), DEPTH_MM)

    assert found.model == "elastic"
    assert found.terms == ()
    assert found.equilibrium_fraction is not None
    low, high = found.equilibrium_fraction.ci95
    assert 0.98 < low < high == found.equilibrium_fraction.value == 1.0


def refused(found: Relaxation, flag: QualityFlag) -> bool:
    nothing = found.equilibrium_fraction is None
    nothing &= all(term.weight is None and term.tau_s is None for term in found.terms)
    return nothing and flag in found.flags


def test_a_time_beyond_the_hold_is_not_told() -> None:
    slow = fit(TIME_S, ramp_hold(((0.5, 60.0),)) + noise(9), DEPTH_MM)

    assert refused(slow, QualityFlag.OUTSIDE_WINDOW)


def test_a_time_below_a_sample_is_not_told() -> None:
    fast = fit(TIME_S, step(((0.4, 0.002),)) + noise(10), terms=1)

    assert refused(fast, QualityFlag.OUTSIDE_WINDOW)


def test_what_only_part_of_the_terms_can_explain_is_flagged() -> None:
    found = fit(TIME_S, ramp_hold(((0.3, 0.5), (0.4, 80.0))) + noise(11), DEPTH_MM)

    assert QualityFlag.OUTSIDE_WINDOW in found.flags


def test_too_few_samples() -> None:
    assert refused(fit(TIME_S[:7], step()[:7]), QualityFlag.TOO_FEW)


def test_a_ramp_without_a_hold() -> None:
    rising = slice(0, 80)

    for depth_mm in (None, DEPTH_MM[rising]):
        found = fit(TIME_S[rising], ramp_hold()[rising], depth_mm)
        assert refused(found, QualityFlag.NO_HOLD)


def test_a_force_that_goes_on_rising_has_no_hold() -> None:
    pressed_on = ramp_hold(()) + 0.3 * np.maximum(TIME_S - 1.0, 0.0)

    assert refused(fit(TIME_S, pressed_on), QualityFlag.NO_HOLD)


def test_a_force_that_was_kept_up_tells_nothing_without_its_depth() -> None:
    assert refused(fit(TIME_S, ramp_hold(()) + noise(12)), QualityFlag.CREEP)


def test_a_record_that_begins_half_way_is_flagged() -> None:
    late = slice(50, None)
    found = fit(TIME_S[late] - TIME_S[50], ramp_hold()[late] + noise(13)[late])

    assert QualityFlag.PRELOAD in found.flags


def eased(share: FloatArray) -> FloatArray:
    return np.asarray(10 * share**3 - 15 * share**4 + 6 * share**5)


@pytest.mark.parametrize(
    "way",
    [eased, lambda s: 1 - (1 - s) ** 2, lambda s: np.where(s < 0.4, 0.5 * s, (4 * s - 1) / 3)],
    ids=["eased", "slowing down", "two speeds"],
)
def test_a_hand_of_any_speed_leaves_the_numbers_right(
    way: Callable[[FloatArray], FloatArray],
) -> None:
    depth_mm = 10 * way(np.minimum(TIME_S, 1.0))
    force_n = moved(depth_mm) + noise(14)

    for found in (fit(TIME_S, force_n), fit(TIME_S, force_n, depth_mm)):
        assert found.flags == ()
        assert numbers(found) == pytest.approx(TRUTH, rel=0.05)


def test_a_hand_that_went_up_and_down_is_told_and_no_number_given() -> None:
    share = np.minimum(TIME_S, 1.0)
    depth_mm = 10 * (share + 0.45 * np.sin(4 * np.pi * share) * share)
    force_n = moved(np.maximum(depth_mm, 0)) + noise(14)

    assert refused(fit(TIME_S, force_n), QualityFlag.POOR_FIT)
    assert numbers(fit(TIME_S, force_n, depth_mm)) == pytest.approx(TRUTH, rel=0.05)


def test_tissue_that_is_nearly_a_sum_of_exponentials_is_no_poor_fit() -> None:
    springpot = springpot_response(TIME_S, 1.0, 0.2, 1.5)
    force_n = PEAK_N * (0.3 * elastic_response(TIME_S, 1.0, 1.5) + 0.7 * springpot)
    found = fit(TIME_S, force_n + noise(16), DEPTH_MM)

    assert found.terms[0].weight is not None
    assert QualityFlag.POOR_FIT not in found.flags


def test_too_few_exponentials_are_a_poor_fit() -> None:
    assert QualityFlag.POOR_FIT in fit(TIME_S, step() + noise(17), terms=1).flags


def test_a_displacement_that_never_moves_is_not_used_and_that_is_told() -> None:
    stuck = fit(TIME_S, ramp_hold(), np.full(TIME_S.size, 12.0))

    assert stuck.flags == (QualityFlag.NO_DISPLACEMENT,)
    assert numbers(stuck) == numbers(fit(TIME_S, ramp_hold()))


def test_the_time_of_day_changes_nothing() -> None:
    force_n, now_s = ramp_hold() + noise(15), 1.7e9
    found, later = fit(TIME_S, force_n), fit(TIME_S + now_s, force_n)

    assert numbers(later) == pytest.approx(numbers(found), rel=1e-5)
    assert later.predict(TIME_S + now_s) == pytest.approx(found.predict(TIME_S), abs=1e-3)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_no_press_gives_flags_or_numbers_but_neither_errors_nor_nan(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 200))
    time_s = np.cumsum(rng.exponential(0.02, count) + 1e-6)
    walk = np.abs(np.cumsum(rng.normal(size=count))) + 0.01
    forces = (walk, np.round(5 * np.exp(-time_s), 1), np.minimum(time_s, 0.3), np.ones(count))
    depths = (None, np.cumsum(rng.normal(size=count)), np.minimum(time_s, 0.2), np.zeros(count))
    found = fit(time_s, forces[seed % 4], depths[seed // 4 % 4], terms=1 + seed % 3)

    if found.model is not None:
        assert np.isfinite(found.predict(time_s)).all()
    assert found.equilibrium_fraction is not None or found.flags


def test_there_is_no_prediction_where_nothing_was_fitted() -> None:
    with pytest.raises(ValueError, match="nothing was fitted"):
        fit(TIME_S[:5], step()[:5]).predict([1.0])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"force_n": step()[:-1]}, "force_n has 959 values and time_s 960"),
        ({"displacement_mm": DEPTH_MM[:-2]}, "displacement_mm has 958"),
        (
            {"force_n": np.where(np.arange(TIME_S.size) == 7, np.nan, 1.0)},
            "force_n holds nan at index 7",
        ),
        ({"time_s": TIME_S[::-1]}, "time_s does not increase at index 1"),
        ({"time_s": np.zeros(TIME_S.size)}, "time_s does not increase"),
        ({"time_s": TIME_S.reshape(2, -1)}, "time_s must be one-dimensional"),
        ({"force_n": -step()}, "force_n is nowhere above 0"),
        ({"terms": 0}, "terms must be"),
        ({"terms": 41}, "terms must be"),
        ({"terms": "many"}, "terms must be"),
    ],
)
def test_a_wrong_call_is_told_by_name(change: dict[str, object], says: str) -> None:
    arguments: dict[str, object] = {"time_s": TIME_S, "force_n": step(), **change}

    with pytest.raises(ValueError, match=says):
        fit(**arguments)  # type: ignore[arg-type]  # wrong on purpose
