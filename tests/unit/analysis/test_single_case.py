"""What a handful of visits can say is said, what they cannot say is not."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from tissuesense.analysis.course.monotone_trend import monotone_trend
from tissuesense.analysis.course.nonoverlap import nonoverlap
from tissuesense.analysis.course.phase_change import randomisation_test, segmented_line
from tissuesense.analysis.numerics.censored import censored_normal
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag

PHASE = st.lists(st.integers(0, 9).map(float), min_size=2, max_size=8)


def test_the_variance_with_ties_is_that_of_all_orders() -> None:
    time, y = np.array([1.0, 1, 2, 3, 3]), np.array([5.0, 6, 6, 7, 8])
    earlier, later = np.triu_indices(5, 1)
    direction = np.sign(time[later] - time[earlier])
    orders = np.array(list(itertools.permutations(y)))
    s = (direction * np.sign(orders[:, later] - orders[:, earlier])).sum(axis=1)
    assert monotone_trend(time, y).variance == pytest.approx(np.var(s))


def test_two_visits_have_no_trend() -> None:
    found = monotone_trend([0.0, 1.0], [3.0, 4.0])
    assert (found.slope, found.p_value, found.flags) == (None, None, (QualityFlag.TOO_FEW,))


@given(y=st.lists(st.floats(-100, 100), min_size=3, max_size=12), shift=st.floats(-50, 50))
def test_a_trend_does_not_depend_on_the_zero_of_time(y: list[float], shift: float) -> None:
    time = np.arange(float(len(y)))
    plain, moved = monotone_trend(time, y), monotone_trend(time + round(shift), y)
    assert moved.slope == pytest.approx(plain.slope)
    assert moved.s == plain.s


@given(before=PHASE, after=PHASE)
def test_turning_the_scale_over_is_turning_the_phases_over(
    before: list[float], after: list[float]
) -> None:
    up = nonoverlap(before, after)
    down = nonoverlap(before, after, increase_is_better=False)
    assert up.nap + down.nap == pytest.approx(1.0)
    assert up.nap == pytest.approx(nonoverlap(after, before, increase_is_better=False).nap)
    assert up.nap_ci95[0] <= up.nap <= up.nap_ci95[1]


def test_complete_separation_has_an_interval_that_ends_at_one() -> None:
    found = nonoverlap([210, 225, 205, 215], [240, 255, 235, 270, 290])
    assert (found.nap, found.tau, found.tau_u) == (1.0, 1.0, 1.0)
    assert found.nap_ci95[1] == 1.0
    assert 0.4 < found.nap_ci95[0] < 0.9


def test_one_observation_has_no_unbiased_error_and_no_slope() -> None:
    found = nonoverlap([1.0], [2.0, 3.0])
    assert (found.nap_se, found.tau_corrected) == (None, None)


def test_a_phase_that_is_empty_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one"):
        nonoverlap([], [1.0])


@pytest.mark.parametrize(
    ("time", "start"), [([1, 2, 3, 4], 3), ([1, 2, 3, 4, 5], 5), ([1, 2, 3, 4, 5], 9)]
)
def test_lines_of_too_few_visits_are_refused(time: list[int], start: float) -> None:
    with pytest.raises(UsageError, match="Five visits"):
        segmented_line(time, time, start=start)


def test_a_start_that_no_lot_gave_has_no_randomisation_test() -> None:
    with pytest.raises(UsageError, match="lot"):
        randomisation_test([1.0, 2.0, 3.0], first_treated=1, admissible=[2])
    with pytest.raises(UsageError, match="empty"):
        randomisation_test([1.0, 2.0, 3.0], first_treated=1, admissible=[1, 3])


def test_under_no_effect_the_randomisation_test_is_as_rare_as_it_says() -> None:
    rng = np.random.default_rng(1)
    starts = range(5, 25)
    p = [
        randomisation_test(
            rng.normal(size=30), first_treated=int(rng.choice(starts)), admissible=starts
        ).p_value
        for _ in range(1000)
    ]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.02)


def test_without_a_limit_the_censored_mean_is_the_mean() -> None:
    found = censored_normal([1.0, 2.0, 4.0], [False] * 3)
    assert found.mean is not None
    assert found.mean.value == pytest.approx(7 / 3)
    assert found.flags == ()


def test_the_censored_mean_is_not_drawn_down_by_the_limit_and_its_interval_covers() -> None:
    rng = np.random.default_rng(6)
    truth, inside, means = 6.0, [], []
    for _ in range(500):
        y = rng.normal(truth, 0.3, 25)
        found = censored_normal(np.minimum(y, 6.2), y > 6.2)
        assert found.mean is not None
        low, high = found.mean.ci95
        inside.append(low <= truth <= high)
        means.append(found.mean.value)
    assert np.mean(means) == pytest.approx(truth, abs=0.01)
    assert 0.92 <= np.mean(inside) <= 0.98


@pytest.mark.parametrize("censored", [[True, True, True], [True, True, False]])
def test_limits_alone_have_no_mean(censored: list[bool]) -> None:
    found = censored_normal([6.0, 6.0, 6.0], censored)
    assert (found.mean, found.sd, found.flags) == (None, None, (QualityFlag.TOO_FEW,))


def test_lengths_must_agree() -> None:
    for call in (
        lambda: censored_normal([1.0, 2.0], [True]),
        lambda: monotone_trend([1.0], [1.0, 2.0]),
        lambda: segmented_line([1.0], [1.0, 2.0], start=1),
    ):
        with pytest.raises(UsageError):
            call()


def test_a_step_is_the_same_in_seconds_since_1970_as_in_days() -> None:
    days, y = np.arange(9.0), np.array([200, 205, 195, 210, 240, 245, 255, 260, 262.0])
    second = 1.7e9 + 86400 * days
    near, far = segmented_line(days, y, start=4), segmented_line(second, y, start=second[4])
    assert far.step.value == pytest.approx(near.step.value, rel=1e-9)
    assert far.step.u == pytest.approx(near.step.u, rel=1e-9)
    assert far.bend.value == pytest.approx(near.bend.value / 86400, rel=1e-9)


def test_a_long_series_is_tested_by_the_normal_score() -> None:
    found = monotone_trend(np.arange(400.0), np.random.default_rng(2).normal(size=400))
    assert found.p_value == pytest.approx(2 * ndtr(-abs(found.z)))
