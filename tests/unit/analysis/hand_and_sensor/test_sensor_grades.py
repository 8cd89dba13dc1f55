"""The sensor on the hand's scale: cut points of the therapist's own, never of the case itself."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from tissuesense.analysis.hand_and_sensor.comparison import TONE
from tissuesense.analysis.hand_and_sensor.sensor_grades import graded_by_sensor
from tissuesense.core.quantity import Estimate, NotEstimable

APART = [g for g in (0, 1, 2) for _ in range(10)]
KPA = np.concatenate([np.linspace(top, top * 0.9, 10) for top in (400, 250, 150)])


def test_grades_that_the_values_tell_apart_agree_fully() -> None:
    found = graded_by_sensor(APART, KPA)

    assert isinstance(found.kappa.kappa, Estimate)
    assert found.kappa.kappa.value == 1
    medians = [np.median(KPA[i : i + 10]) for i in (0, 10, 20)]
    assert found.cuts == pytest.approx(
        [np.sqrt(medians[0] * medians[1]), np.sqrt(medians[1] * medians[2])]
    )
    assert found.grades == (0, 1, 2)


def test_it_is_the_kappa_of_cut_points_made_without_the_case() -> None:
    rng = np.random.default_rng(8)
    hand = rng.integers(0, 2, 50)
    values = np.exp(5.6 - 0.3 * hand + rng.normal(0, 0.3, 50))
    put = []
    for i in range(50):
        others = np.arange(50) != i
        zero, one = (np.median(values[others & (hand == g)]) for g in (0, 1))
        put.append(int(values[i] < np.sqrt(zero * one)))
    found = graded_by_sensor(hand.tolist(), values)

    assert isinstance(found.kappa.kappa, Estimate)
    assert found.kappa.kappa.value == pytest.approx(cohen_kappa_score(hand, put))


def test_values_without_any_relation_do_not_agree_with_themselves() -> None:
    rng = np.random.default_rng(9)
    kappas = []
    for _ in range(60):
        found = graded_by_sensor(
            rng.integers(0, 3, 60).tolist(), np.exp(rng.normal(5.5, 0.3, 60))
        ).kappa.kappa
        assert isinstance(found, Estimate)
        kappas.append(found.value)
    assert abs(np.mean(kappas)) < 3 * np.std(kappas) / np.sqrt(60) + 0.02


def test_no_client_grades_himself() -> None:
    """A client alone far from all others: with his own cases he would be graded as he was."""
    hand = APART + [2] * 5
    values = np.concatenate([KPA, np.full(5, 420.0)])
    groups = [*range(30)] + [99] * 5
    found = graded_by_sensor(hand, values, groups=groups)
    assert found.kappa.counts[2][0] == 5


def test_a_grade_given_now_and_then_is_left_out_and_counted() -> None:
    found = graded_by_sensor([*APART, 3, 3, 3, 3], np.append(KPA, [100, 100, 100, 100]))
    assert (found.grades, found.n_rare) == ((0, 1, 2), 4)
    assert found.sentence.endswith("Left out: 4 cases of grades that were given too seldom.")
    of_one = graded_by_sensor(
        [*APART, *[3] * 6], np.append(KPA, [100] * 6), groups=[*range(30)] + [99] * 6
    )
    assert (of_one.grades, of_one.n_rare) == ((0, 1, 2), 6)


def test_tone_is_graded_by_stiffness_the_other_way_round() -> None:
    found = graded_by_sensor([g - 1 for g in APART], 100 / KPA, comparison=TONE)
    assert isinstance(found.kappa.kappa, Estimate)
    assert found.kappa.kappa.value == 1


@pytest.mark.parametrize("n", [0, 4, 30])
def test_one_grade_alone_says_nothing(n: int) -> None:
    found = graded_by_sensor([1] * n, np.linspace(200, 300, n))
    assert isinstance(found.kappa.kappa, NotEstimable)
    assert found.cuts == ()
