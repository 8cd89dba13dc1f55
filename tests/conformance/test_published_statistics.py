"""Reliability, agreement and the local level give the figures that their sources print."""

import numpy as np
import pytest

import tissuesense as ts
from tissuesense.analysis.agreement.measurement_error import Z90, minimal_detectable_change
from tissuesense.analysis.course.local_level import LocalLevel
from tissuesense.core.arrays import FloatArray

# Shrout and Fleiss (1979), table 2: six targets, four judges.
JUDGED = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]

# Bland and Altman (1986), table 1: peak expiratory flow, l/min, two readings by each meter.
WRIGHT = np.array(
    [
        [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427],
        [490, 397, 512, 401, 470, 611, 415, 431, 638, 429, 420, 633, 275, 492, 165, 372, 421],
    ]
)
MINI = np.array(
    [
        [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451],
        [525, 415, 508, 444, 500, 625, 460, 390, 642, 432, 420, 605, 227, 467, 268, 370, 443],
    ]
)

# Annual flow of the Nile at Aswan, 1871-1970, 1e8 m3 (Durbin and Koopman 2012, section 2.2.5).
NILE = np.fromstring(
    """
    1120 1160 963 1210 1160 1160 813 1230 1370 1140 995 935 1110 994 1020 960 1180 799 958 1140
    1100 1210 1150 1250 1260 1220 1030 1100 774 840 874 694 940 833 701 916 692 1020 1050 969
    831 726 456 824 702 1120 1100 832 764 821 768 845 864 862 698 845 744 796 1040 759
    781 865 845 944 984 897 822 1010 771 676 649 846 812 742 801 1040 860 874 848 890
    744 749 838 1050 918 986 797 923 975 815 1020 906 901 1170 912 746 919 718 714 740
    """,
    sep=" ",
)


def columns(fitted: LocalLevel) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return level, its sd, the filtered level and its sd."""
    found = (fitted.level, fitted.level_sd, fitted.filtered, fitted.filtered_sd)
    assert all(array is not None for array in found)
    return found  # type: ignore[return-value] # as just asserted


@pytest.mark.parametrize(
    ("form", "value", "low", "high"),
    [
        ("icc1", 0.1657, -0.1329, 0.7226),
        ("icc2", 0.2898, 0.0188, 0.7611),
        ("icc3", 0.7148, 0.3425, 0.9459),
        ("icc1k", 0.4428, -0.8844, 0.9124),
        ("icc2k", 0.6201, 0.0711, 0.9272),
        ("icc3k", 0.9093, 0.6757, 0.9859),
    ],
)
def test_icc_of_shrout_and_fleiss(form: str, value: float, low: float, high: float) -> None:
    """The paper prints the values to two digits; the rest is computed from its formulas."""
    icc = getattr(ts.reliability.icc(JUDGED), form)
    assert icc.value == pytest.approx(value, abs=1e-4)
    assert icc.ci95 == pytest.approx((low, high), abs=2e-4)


def test_f_and_its_degrees_of_freedom_of_shrout_and_fleiss() -> None:
    icc = ts.reliability.icc(JUDGED)
    assert icc.icc1.df == (5, 18)
    assert icc.icc1.f == pytest.approx(11.2417 / 6.2639, abs=1e-3)
    assert icc.icc3.df == (5, 15)
    assert icc.icc3.f == pytest.approx(11.2417 / 1.0194, abs=1e-2)


def test_errors_of_measurement_of_the_same_table() -> None:
    error = ts.reliability.sem_mdc(JUDGED)
    assert error.sem_consistency == pytest.approx(1.0097, abs=5e-4)
    assert error.sem_agreement == pytest.approx(2.5028, abs=5e-4)
    assert error.mdc95_consistency == pytest.approx(2.7986, abs=5e-4)
    assert error.mdc95_agreement == pytest.approx(6.9372, abs=5e-4)


def test_limits_of_agreement_of_bland_and_altman_as_the_paper_of_1986_prints_them() -> None:
    found = ts.reliability.bland_altman(
        WRIGHT[0], MINI[0], multiple=2.0, interval="approximate-1986"
    )
    assert [found.bias, found.sd] == pytest.approx([-2.1, 38.8], abs=0.05)
    assert found.bias.ci95 == pytest.approx((-22.05, 17.81), abs=0.01)
    assert [found.lower, found.upper] == pytest.approx([-79.65, 75.41], abs=0.01)
    assert found.lower.ci95 == pytest.approx((-114.17, -45.13), abs=0.01)
    assert found.upper.ci95 == pytest.approx((40.89, 109.93), abs=0.01)


def test_limits_of_agreement_by_default() -> None:
    found = ts.reliability.bland_altman(WRIGHT[0], MINI[0])
    assert [found.lower, found.upper] == pytest.approx([-78.10, 73.86], abs=0.01)
    assert found.upper.ci95 == pytest.approx((48.86, 119.93), abs=0.01)
    assert found.lower.ci95 == pytest.approx((-124.16, -53.09), abs=0.01)


def test_repeatability_of_bland_and_altman() -> None:
    assert ts.reliability.replicate_sd(*WRIGHT) == pytest.approx(15.307, abs=1e-3)
    assert ts.reliability.replicate_sd(*MINI) == pytest.approx(19.911, abs=1e-3)
    assert ts.reliability.repeatability_coefficient(WRIGHT[0], WRIGHT[1], z=2.0) == pytest.approx(
        43.29, abs=0.01
    )
    averaged = ts.reliability.averaged_agreement(WRIGHT.T, MINI.T)
    assert averaged.sd == pytest.approx(37.7, abs=0.05)
    assert [averaged.lower, averaged.upper] == pytest.approx([-79.83, 67.77], abs=0.01)


def test_limits_from_unequal_replicates() -> None:
    found = ts.reliability.bland_altman_repeated(
        [[2, 4, 3], [-1, 1], [5, 6, 7, 6], [0, -2, 1], [3, 3]]
    )
    assert found.sd == pytest.approx(2.93082, abs=1e-5)
    assert [found.lower, found.upper] == pytest.approx([-3.0301, 8.4587], abs=1e-4)


def test_published_changes_follow_from_their_published_errors() -> None:
    """Chesterton 2007: 6.27 N gives 1.77 kgf; Walton 2011: 20.6 kPa gives 57.1 kPa."""
    assert minimal_detectable_change(6.27) / 9.80665 == pytest.approx(1.7722, abs=1e-4)
    assert minimal_detectable_change(20.6) == pytest.approx(57.10, abs=0.01)
    assert minimal_detectable_change(ts.reliability.sem_from_icc(80, 0.85)) == pytest.approx(
        85.88, abs=0.01
    )
    assert minimal_detectable_change(30.9839, Z90) == pytest.approx(72.07, abs=0.01)


def test_change_of_one_person() -> None:
    assert ts.reliability.reliable_change_index(240, 310, 26) == pytest.approx(1.9038, abs=1e-4)
    change = ts.reliability.reference_change(0.05, 0.12)
    assert change.symmetric == pytest.approx(0.3603, abs=1e-4)
    assert [change.rise, change.fall] == pytest.approx([0.4316, -0.3015], abs=1e-4)
    assert ts.reliability.blended_sem(0.122, 10, 0.08, 4) == pytest.approx(0.11162, abs=1e-5)


@pytest.mark.parametrize(
    ("df", "low", "high"), [(9, 0.6878, 1.8256), (19, 0.7605, 1.4606), (29, 0.7964, 1.3443)]
)
def test_interval_of_a_standard_error(df: int, low: float, high: float) -> None:
    assert ts.reliability.sem_interval(1.0, df) == pytest.approx((low, high), abs=1e-4)


def test_the_nile_with_the_variances_of_durbin_and_koopman() -> None:
    assert NILE.sum() == 91_935
    fitted = ts.trend.local_level(NILE, 15_099.0, 1_469.1)
    level, level_sd, filtered, filtered_sd = columns(fitted)
    assert fitted.loglik == pytest.approx(-632.5456, abs=2e-4)
    assert filtered[-1] == pytest.approx(798.3703, abs=1e-4)
    assert filtered_sd[-1] ** 2 == pytest.approx(4032.158, abs=1e-3)
    assert level[27] == pytest.approx(999.585, abs=1e-3)
    assert level_sd[27] ** 2 == pytest.approx(2326.757, abs=1e-3)
    assert level[28] == pytest.approx(950.930, abs=1e-3)


def test_the_nile_by_maximum_likelihood() -> None:
    fitted = ts.trend.local_level(NILE)
    assert fitted.sigma2_irregular == pytest.approx(15_099, abs=50)
    assert fitted.sigma2_level == pytest.approx(1_469.1, abs=20)


def test_the_nile_with_forty_years_missing() -> None:
    with_gaps = NILE.copy()
    with_gaps[20:40] = with_gaps[60:80] = np.nan
    _, _, filtered, filtered_sd = columns(ts.trend.local_level(with_gaps, 15_099.0, 1_469.1))
    assert filtered[39] == filtered[19]
    assert filtered_sd[39] ** 2 == pytest.approx(33_414.20, abs=0.01)
    assert filtered[40] == pytest.approx(889.949, abs=1e-2)
    assert filtered_sd[40] ** 2 == pytest.approx(10_537.79, abs=0.01)


def test_six_sessions_of_pain_thresholds_with_one_missing() -> None:
    kpa = np.array([240, 255, np.nan, 270, 300, 310])
    level, _, filtered, _ = columns(ts.trend.local_level(np.log(kpa), 0.0148, 0.0025))
    assert np.exp(filtered) == pytest.approx(
        np.array([240, 247.971, 247.971, 258.029, 273.600, 286.113]), abs=1e-3
    )
    assert np.exp(level) == pytest.approx(
        np.array([260.908, 264.616, 270.059, 275.614, 282.264, 286.113]), abs=1e-3
    )
