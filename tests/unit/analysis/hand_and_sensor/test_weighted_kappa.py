"""Weighted kappa is that of two other programs, and says nothing where the cases say nothing."""

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from tissuesense.analysis.hand_and_sensor.weighted_kappa import weighted_kappa
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

GRADES = (0, 1, 2, 3)
SOME = st.lists(st.tuples(st.sampled_from(GRADES), st.sampled_from(GRADES)), min_size=20)


def graded(n: int, seed: int = 1) -> tuple[list[int], list[int]]:
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 4, n)
    return a.tolist(), np.clip(a + rng.integers(-1, 2, n), 0, 3).tolist()


@pytest.mark.parametrize("weights", ["quadratic", "linear"])
@pytest.mark.parametrize("n", [20, 57, 400])
def test_it_is_the_one_of_two_other_programs(
    weights: Literal["quadratic", "linear"], n: int
) -> None:
    a, b = graded(n, seed=n)
    found = weighted_kappa(a, b, GRADES, weights)

    assert isinstance(found.kappa, Estimate)
    assert found.kappa.value == pytest.approx(cohen_kappa_score(a, b, weights=weights))
    other = cohens_kappa(
        np.array(found.counts), wt="linear" if weights == "linear" else "quadratic"
    )
    assert found.kappa.value == pytest.approx(other.kappa)


def test_with_many_cases_its_error_is_the_large_sample_one() -> None:
    found = weighted_kappa(*graded(5000), GRADES)

    assert isinstance(found.kappa, Estimate)
    large_sample = cohens_kappa(np.array(found.counts), wt="quadratic").std_kappa
    assert found.kappa.u == pytest.approx(large_sample, rel=0.01)


def test_a_client_seen_four_times_is_one_client() -> None:
    a, b = graded(40)
    once = weighted_kappa(a, b, GRADES)
    repeated = weighted_kappa(a * 4, b * 4, GRADES, groups=[*range(40)] * 4)

    assert isinstance(once.kappa, Estimate)
    assert isinstance(repeated.kappa, Estimate)
    assert repeated.kappa.ci95 == pytest.approx(once.kappa.ci95)
    assert repeated.n_groups == 40


@given(SOME)
def test_neither_order_nor_direction_nor_unused_grades_matter(cases: list[tuple[int, int]]) -> None:
    a, b = ([case[i] for case in cases] for i in (0, 1))
    plain = weighted_kappa(a, b, GRADES).kappa

    others = [
        weighted_kappa(b, a, GRADES),
        weighted_kappa(a[::-1], b[::-1], GRADES),
        weighted_kappa(a, b, GRADES[::-1]),
        weighted_kappa(a, b, (*GRADES, 4, 5)),
        weighted_kappa([*a, None], [*b, 1], GRADES),
    ]
    for other in others:
        if isinstance(plain, NotEstimable):
            assert other.kappa == plain
        else:
            assert isinstance(other.kappa, Estimate)
            assert other.kappa.value == pytest.approx(plain.value)
            assert other.kappa.ci95 == pytest.approx(plain.ci95)


def test_grades_may_be_words() -> None:
    scale = ("0", "1", "1+", "2")
    a, b = graded(30)
    found = weighted_kappa([scale[i] for i in a], [scale[i] for i in b], scale)
    assert found.kappa == weighted_kappa(a, b, GRADES).kappa


@pytest.mark.parametrize("n", [20, 100])
def test_full_agreement_is_not_certainty(n: int) -> None:
    a, _ = graded(n)
    found = weighted_kappa(a, a, GRADES).kappa

    assert isinstance(found, Estimate)
    assert found.ci95[1] == found.value == 1
    assert 0.5 < found.ci95[0] < 1 - 0.3 / n


@pytest.mark.parametrize(
    ("a", "b", "groups", "words"),
    [
        ([0, 1] * 9, [0, 1] * 9, None, "18 cases"),
        ([2] * 30, [2] * 30, None, "one and the same grade"),
        ([0, 1] * 15, [0, 1] * 15, [i % 7 for i in range(30)], "7 people or places"),
        ([1] * 29 + [0], [1] * 29 + [0], None, "come from one place or person"),
    ],
)
def test_it_says_why_it_cannot_say(
    a: list[int], b: list[int], groups: list[int] | None, words: str
) -> None:
    found = weighted_kappa(a, b, GRADES, groups=groups)

    assert isinstance(found.kappa, NotEstimable)
    assert words in found.sentence
    assert found.flags == (QualityFlag.TOO_FEW,)


def test_what_one_of_the_two_left_out_is_counted_and_left_out() -> None:
    a, b = graded(30)
    found = weighted_kappa([*a, None, 1], [*b, 2, None], GRADES)

    assert (found.n, found.n_missing, found.flags) == (30, 2, (QualityFlag.MISSING_VALUES,))
    assert found.kappa == weighted_kappa(a, b, GRADES).kappa


def test_nothing_at_all_is_not_enough() -> None:
    found = weighted_kappa([], [], GRADES)
    assert isinstance(found.kappa, NotEstimable)
    assert found.same is None


@pytest.mark.parametrize(
    ("a", "b", "scale"),
    [([0], [0, 1], GRADES), ([7], [0], GRADES), ([0], [0], (0,)), ([0], [0], (0, 0, 1))],
)
def test_a_wrong_call_is_told(a: list[int], b: list[int], scale: tuple[int, ...]) -> None:
    with pytest.raises(UsageError):
        weighted_kappa(a, b, scale)


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ([0, 1, 2, 3] * 8, [0, 1, 2, 3] * 7 + [1, 1, 2, 3], "agree more than by chance: "),
        ([0, 3, 1, 2] * 8, [3, 0, 2, 1] * 7 + [0, 0, 2, 1], "agree less than by chance: "),
        ([0, 1] * 16, [0, 0, 1, 1] * 8, "cannot be claimed: "),
    ],
)
def test_the_sentence_claims_no_more_than_the_interval(
    a: list[int], b: list[int], words: str
) -> None:
    assert words in weighted_kappa(a, b, GRADES).sentence
