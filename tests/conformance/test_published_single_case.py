"""Trends, phases and censored thresholds give the figures that their sources print."""

import numpy as np
import pytest
from tests.conformance.test_published_statistics import NILE

from tissuesense.analysis.course.monotone_trend import monotone_trend
from tissuesense.analysis.course.nonoverlap import nonoverlap
from tissuesense.analysis.course.phase_change import randomisation_test, segmented_line
from tissuesense.analysis.numerics.censored import censored_normal


def test_the_slope_of_sen_1968() -> None:
    found = monotone_trend([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78])
    assert found.slope == 4.0
    assert found.slope_ci95 == pytest.approx((26 / 7, 35 / 8))


def test_the_trend_of_the_nile() -> None:
    found = monotone_trend(np.arange(100.0), NILE)
    assert found.s == -1387
    assert found.variance == pytest.approx(112_728.33, abs=0.01)
    assert found.z == pytest.approx(-4.1281, abs=1e-4)
    assert found.slope == pytest.approx(-2.600, abs=1e-9)
    assert found.serially_correlated


@pytest.mark.parametrize(("n", "p"), [(5, 2 / 120), (6, 2 / 720)])
def test_exact_probability_of_an_unbroken_rise(n: int, p: float) -> None:
    assert monotone_trend(range(n), range(n)).p_value == pytest.approx(p)


def test_six_thresholds_that_rise_but_for_one() -> None:
    found = monotone_trend(range(6), [240, 255, 250, 270, 300, 310])
    assert (found.slope, found.slope_ci95, found.s) == (15.0, (5.0, 25.0), 13)
    assert found.z == pytest.approx(2.2544, abs=1e-4)
    assert found.p_value == pytest.approx(0.01667, abs=1e-5)


def test_the_help_example_of_singlecasees() -> None:
    found = nonoverlap([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29])
    assert found.nap == pytest.approx(0.9167, abs=2e-4)
    assert found.nap_se == pytest.approx(0.06901, abs=1e-5)
    assert found.nap_se_hanley == pytest.approx(0.07739, abs=1e-5)
    assert found.nap_se_null == pytest.approx(0.16667, abs=1e-5)
    assert found.nap_ci95 == pytest.approx((0.5973, 0.9860), abs=2e-4)
    assert found.tau == pytest.approx(0.8333, abs=2e-4)
    assert found.tau_u == pytest.approx(31 / 42)
    assert found.tau_corrected == pytest.approx(0.2857, abs=2e-4)


def test_the_series_of_parker_and_vannest_2009() -> None:
    found = nonoverlap([4, 3, 4, 3, 4, 7, 5, 2, 3, 2], [5, 9, 7, 9, 7, 5, 9, 11, 11, 10, 9])
    assert found.nap == pytest.approx(0.9636, abs=1e-4)
    assert found.nap_se == pytest.approx(0.03193, abs=1e-5)
    assert found.nap_ci95 == pytest.approx((0.7500, 0.9951), abs=1e-4)


def test_the_series_of_parker_2011() -> None:
    found = nonoverlap([2, 3, 5, 3], [4, 5, 5, 7, 6])
    assert [found.nap, found.tau, found.tau_u] == pytest.approx([0.90, 0.80, 0.65])
    assert found.tau_u_full == pytest.approx(20 / 36)


def test_two_phases_of_lines() -> None:
    y = [200, 205, 195, 210, 240, 245, 255, 260, 262]
    found = segmented_line(range(1, 10), y, start=5)
    parts = (found.level, found.slope, found.step, found.bend)
    assert [part.value for part in parts] == pytest.approx([197.5, 2.0, 33.1, 3.9])
    assert [part.u for part in parts] == pytest.approx([6.052, 2.210, 7.161, 2.707], abs=1e-3)
    assert found.step.dof == 5


def test_a_randomisation_test_knows_its_own_floor() -> None:
    y = [200, 210, 195, 205, 230, 250, 245, 260, 255, 265, 250, 270]
    found = randomisation_test(y, first_treated=4, admissible=range(4, 9))
    assert (found.statistic, found.p_value, found.floor) == (50.625, 0.2, 0.2)
    assert "cannot be below 0.2" in found.sentence


def test_thresholds_that_reached_the_cut_off_are_no_numbers() -> None:
    kpa = np.log([400, 500, 600, 700, 1000, 1000])
    found = censored_normal(kpa, [False, False, False, False, True, True])
    assert found.mean is not None
    assert found.mean.value == pytest.approx(6.5911, abs=1e-4)
    assert found.sd == pytest.approx(0.4806, abs=1e-4)
    assert np.exp(kpa.mean()) == pytest.approx(661.8, abs=0.1)  # what must not come out
