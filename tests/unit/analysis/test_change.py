"""A change is claimed only where measuring alone would not show it, and is as sure as it says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.course.change import UsualScatter, change_over_visits
from tissuesense.analysis.course.clinic_sem import usual_scatter
from tissuesense.analysis.course.level_path import level_path
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate


def test_the_change_of_six_sessions_with_one_missing() -> None:
    """Worked by hand from the recursions: R .0148, q .0025 a session, exact diffuse."""
    y = np.log(np.array([240, 255, np.nan, 270, 300, 310]))
    mean, variance = level_path(y, np.full(6, 0.0148), np.full(5, 0.0025)).change(0, 5)
    assert mean == pytest.approx(0.092218, abs=1e-6)
    assert math.sqrt(variance) == pytest.approx(0.089361, abs=1e-6)


def test_weekly_visits_of_three_presses_without_treatment_are_that_model() -> None:
    y = [240, 255, np.nan, 270, 300, 310]
    found = change_over_visits(np.arange(6) * 7.0, y, step_sd=0.0)
    assert found.log_change is not None
    assert found.log_change.value == pytest.approx(0.092218, abs=1e-5)
    assert found.probability_higher == pytest.approx(0.8490, abs=1e-4)
    assert found.mdc_rise_percent == pytest.approx(40.1, abs=0.1)
    assert found.mdc_fall_percent == pytest.approx(-28.6, abs=0.1)
    assert found.verdict == "cannot tell"
    assert found.sentence.startswith("No change can be claimed: +10 %")


@pytest.mark.parametrize("baseline", [1, 2, 3])
def test_a_doubling_that_treatment_brings_is_claimed_in_words(baseline: int) -> None:
    values = [200.0] * baseline + [400.0, 410.0, 395.0]
    found = change_over_visits(np.arange(len(values)) * 7.0, values, baseline_visits=baseline)
    assert found.verdict == "very likely"
    assert "very likely higher" in found.sentence
    assert found.percent is not None
    assert found.percent.value == pytest.approx(100, abs=8)


@given(
    before=st.floats(100, 600),
    after=st.lists(st.floats(100, 600), min_size=1, max_size=6),
)
def test_nothing_below_the_minimal_detectable_change_is_ever_claimed(
    before: float, after: list[float]
) -> None:
    found = change_over_visits(np.arange(1.0 + len(after)) * 7.0, [before, *after])
    assert found.percent is not None
    assert found.mdc_rise_percent is not None
    assert found.mdc_fall_percent is not None
    if found.verdict != "cannot tell":
        assert not found.mdc_fall_percent <= found.percent.value <= found.mdc_rise_percent


def test_a_fall_is_a_change_as_a_rise_is() -> None:
    rise = change_over_visits([0, 7, 14], [200, 380, 400])
    fall = change_over_visits([0, 7, 14], [200, 200**2 / 380, 100])
    assert rise.log_change is not None
    assert fall.log_change is not None
    assert fall.log_change.value == pytest.approx(-rise.log_change.value)
    assert "lower" in fall.sentence


def test_unchanged_persons_are_told_of_a_change_in_one_case_of_twenty_at_most() -> None:
    rng = np.random.default_rng(4)
    usual = UsualScatter()
    claimed = []
    for _ in range(2000):
        visits = rng.normal(5.6, usual.visit, 2) + rng.normal(0, usual.trial / 3**0.5, 2)
        found = change_over_visits([0, 7], np.exp(visits))
        claimed.append(found.verdict in {"very likely", "probably"})
    assert np.mean(claimed) <= 0.06  # 0.05 and two standard errors


def test_the_interval_of_the_change_covers_the_truth() -> None:
    rng = np.random.default_rng(5)
    usual = UsualScatter()
    inside = []
    for _ in range(500):
        truth = 5.6 + np.cumsum(np.concatenate(([0.0], rng.normal(0, 0.05, 5))))
        seen = truth + rng.normal(0, math.sqrt(float(usual.variance(3))), 6)
        found = change_over_visits(np.arange(6) * 7.0, np.exp(seen))
        assert found.log_change is not None
        low, high = found.log_change.ci95
        inside.append(low <= truth[-1] - truth[0] <= high)
    assert 0.92 <= np.mean(inside) <= 0.98


def test_from_eight_visits_on_a_steady_person_is_known_more_surely() -> None:
    steady = [300, 302, 299, 301, 300, 298, 301, 300, 299, 301]
    few = change_over_visits(np.arange(7) * 7.0, steady[:7])
    many = change_over_visits(np.arange(10) * 7.0, steady)
    assert few.log_change is not None
    assert many.log_change is not None
    assert many.log_change.u < 0.7 * few.log_change.u


def test_the_rise_from_a_first_session_is_taken_off_once() -> None:
    shift = Estimate(value=0.05, standard_uncertainty=0.02, unit="1")
    plain = change_over_visits([0, 7, 14], [200, 220, 225])
    shifted = change_over_visits([0, 7, 14], [200, 220, 225], retest_shift=shift)
    later = change_over_visits([0, 7, 14], [200, 220, 225], baseline_visits=2, retest_shift=shift)
    assert plain.log_change is not None
    assert shifted.log_change is not None
    assert later.log_change is not None
    assert shifted.log_change.value == pytest.approx(plain.log_change.value - 0.05)
    assert shifted.log_change.u > plain.log_change.u
    assert later == change_over_visits([0, 7, 14], [200, 220, 225], baseline_visits=2)


def test_one_strange_visit_is_pointed_out() -> None:
    found = change_over_visits(np.arange(5) * 7.0, [200, 205, 480, 202, 204])
    assert 2 in found.unusual_visits


@pytest.mark.parametrize("values", [[200.0], [np.nan, 200.0], [200.0, np.nan], [np.nan, np.nan]])
def test_without_before_and_after_there_is_no_change(values: list[float]) -> None:
    found = change_over_visits(range(len(values)), values)
    assert (found.log_change, found.verdict) == (None, "not enough data")
    assert found.flags == (QualityFlag.TOO_FEW,)


@pytest.mark.parametrize(
    ("days", "values", "baseline", "why"),
    [
        ([0, 1], [200.0], 1, "days has 2"),
        ([1, 1], [200.0, 210.0], 1, "increase"),
        ([0, 1], [200.0, -1.0], 1, "positive"),
        ([0, 1], [200.0, 210.0], 0, "baseline"),
    ],
)
def test_a_wrong_call_is_refused(
    days: list[float], values: list[float], baseline: int, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        change_over_visits(days, values, baseline_visits=baseline)


@pytest.mark.parametrize("trials", [0, -1, np.nan, [3, 0], [3, 3, 3]])
def test_a_value_of_no_presses_is_refused(trials: float | list[int]) -> None:
    with pytest.raises(UsageError, match="trials"):
        change_over_visits([0, 7], [200.0, 210.0], trials=trials)


def test_a_missed_visit_may_say_that_it_had_no_presses() -> None:
    days, values = [0, 7, 14], [200.0, np.nan, 260.0]
    assert change_over_visits(days, values, trials=[3, 0, 3]) == change_over_visits(days, values)


def test_no_change_has_no_minus_sign() -> None:
    assert "-0 %" not in change_over_visits([0, 7], [200.0, 199.99]).sentence


def test_what_eight_visits_tell_of_the_scatter_is_not_taken_for_certain() -> None:
    """500 persons of the usual scatter, one visit before treatment and seven after it."""
    rng = np.random.default_rng(23)
    days, usual = 7.0 * np.arange(8), UsualScatter()
    scatter = math.sqrt(float(usual.variance(3)))
    inside = []
    for _ in range(500):
        level = 5.6 + np.append(0.0, np.cumsum(rng.normal(0, usual.wander_per_week, 7)))
        found = change_over_visits(days, np.exp(rng.normal(level, scatter))).log_change
        assert found is not None
        inside.append(found.ci95[0] <= level[-1] - level[0] <= found.ci95[1])
    assert 0.92 <= np.mean(inside) <= 0.98


QUANTITIES = {
    "tangent_stiffness_n_mm": 1.5,
    "tap_frequency_hz": 15.0,
    "stiffness_n_m_rad": 4.0,
    "range_deg": 20.0,
}


def visits(quantity: str, rng: np.random.Generator, course: FloatArray) -> FloatArray:
    """Return what is measured of a quantity whose level follows `course` on its own scale."""
    usual = usual_scatter(quantity)
    seen = course + rng.normal(0, math.sqrt(float(usual.variance(3))), course.size)
    start = QUANTITIES[quantity]
    return np.asarray(start * np.exp(seen) if usual.is_ratio else start + seen)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_the_unchanged_are_told_of_a_change_in_one_case_of_twenty_at_most(quantity: str) -> None:
    rng = np.random.default_rng(8)
    claimed = [
        change_over_visits(
            [0, 7], visits(quantity, rng, np.zeros(2)), usual=usual_scatter(quantity)
        ).verdict
        != "cannot tell"
        for _ in range(1000)
    ]
    assert np.mean(claimed) <= 0.065  # 0.05 and two standard errors


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_the_interval_covers_the_change_of_every_quantity(quantity: str) -> None:
    rng, usual = np.random.default_rng(9), usual_scatter(quantity)
    inside = []
    for _ in range(500):
        course = np.cumsum(np.concatenate(([0.0], rng.normal(0, usual.wander_per_week, 5))))
        found = change_over_visits(np.arange(6) * 7.0, visits(quantity, rng, course), usual=usual)
        change = found.log_change or found.difference
        assert change is not None
        inside.append(change.ci95[0] <= course[-1] <= change.ci95[1])
    assert 0.92 <= np.mean(inside) <= 0.98


@pytest.mark.parametrize("quantity", QUANTITIES)
@given(seed=st.integers(0, 2**32 - 1), size=st.floats(-1, 1))
def test_a_claim_is_beyond_the_detectable_change_and_its_interval_leaves_out_none(
    quantity: str, seed: int, size: float
) -> None:
    usual = usual_scatter(quantity)
    sd = math.sqrt(float(usual.variance(3)))
    course = np.array([0.0, 0.0, 1.0, 1.0, 1.0]) * 8 * size * sd
    values = visits(quantity, np.random.default_rng(seed), course)
    found = change_over_visits(np.arange(5) * 7.0, values, baseline_visits=2, usual=usual)
    change = found.log_change or found.difference

    assert change is not None
    mdc = found.mdc if found.mdc_rise_percent is None else math.log1p(found.mdc_rise_percent / 100)
    assert mdc is not None
    if found.verdict == "very likely":
        assert abs(change.value) > mdc
        assert not change.ci95[0] <= 0 <= change.ci95[1]


def test_angles_change_by_their_difference_also_through_zero() -> None:
    usual = usual_scatter("range_deg")
    found = change_over_visits([0, 7, 14], [-5.0, 25.0, 27.0], usual=usual)

    assert (found.log_change, found.percent, found.mdc_rise_percent) == (None, None, None)
    assert found.difference is not None
    assert found.difference.unit == "degree"
    assert found.difference.value == pytest.approx(31, abs=2)
    assert found.verdict == "very likely"
    assert "degree" in found.sentence
    assert "%" not in found.sentence.replace("95 %", "")


@given(shift=st.floats(-100, 100))
def test_where_an_angle_is_measured_from_does_not_matter(shift: float) -> None:
    usual, angles = usual_scatter("range_deg"), np.array([40.0, 44.0, 61.0])
    one, other = (change_over_visits([0, 7, 14], a, usual=usual) for a in (angles, angles + shift))

    assert one.difference is not None
    assert other.difference is not None
    assert other.difference.value == pytest.approx(one.difference.value, abs=1e-9)
    assert other.verdict == one.verdict
