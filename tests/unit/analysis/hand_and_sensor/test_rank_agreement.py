"""Rank coefficients are those of another program, with ties, and follow order alone."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import somersd, spearmanr

from tissuesense.analysis.hand_and_sensor.comparison import TENDERNESS, TONE
from tissuesense.analysis.hand_and_sensor.rank_agreement import rank_agreement
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable


def examined(n: int, seed: int = 2, digits: int = 6) -> tuple[list[int], FloatArray]:
    rng = np.random.default_rng(seed)
    grades = rng.integers(0, 4, n)
    values = np.exp(5.5 - 0.2 * grades + rng.normal(0, 0.3, n))
    return grades.tolist(), values.round(digits)


@pytest.mark.parametrize("digits", [6, -2])
@pytest.mark.parametrize("n", [20, 150])
def test_they_are_those_of_scipy(n: int, digits: int) -> None:
    grades, values = examined(n, digits=digits)
    found = rank_agreement(grades, values)

    assert isinstance(found.rho, Estimate)
    assert isinstance(found.somers_d, Estimate)
    assert found.rho.value == pytest.approx(spearmanr(grades, values).statistic)
    assert found.somers_d.value == pytest.approx(somersd(grades, values).statistic)


def test_their_errors_are_those_of_leaving_one_out() -> None:
    grades, values = examined(120, digits=-1)
    found = rank_agreement(grades, values)
    hand = np.array(grades)
    kept = ~np.eye(120, dtype=bool)
    assert isinstance(found.rho, Estimate)
    assert isinstance(found.somers_d, Estimate)
    for estimate, other in ((found.rho, spearmanr), (found.somers_d, somersd)):
        without = np.array([other(hand[k], values[k]).statistic for k in kept])
        jackknife = np.sqrt(119 * without.var())
        assert estimate.u == pytest.approx(jackknife, rel=0.05)


@given(power=st.floats(0.2, 3), factor=st.floats(0.01, 100))
def test_only_the_order_counts(power: float, factor: float) -> None:
    grades, values = examined(40)
    plain, bent = rank_agreement(grades, values), rank_agreement(grades, factor * values**power)
    assert plain == bent


def test_a_client_seen_four_times_is_one_client() -> None:
    grades, values = examined(40)
    once = rank_agreement(grades, values)
    repeated = rank_agreement(grades * 4, np.tile(values, 4), groups=[*range(40)] * 4)

    for name in ("rho", "somers_d"):
        one, four = getattr(once, name), getattr(repeated, name)
        assert four.value == pytest.approx(one.value)
        assert four.ci95 == pytest.approx(one.ci95)


def test_grades_that_nothing_contradicts_are_in_order_and_not_certain() -> None:
    grades = [0] * 10 + [1] * 10 + [2] * 10
    found = rank_agreement(grades, np.linspace(400, 100, 30))

    assert isinstance(found.rho, Estimate)
    assert isinstance(found.in_order_percent, Estimate)
    assert -1 < found.rho.value < -0.9
    assert found.in_order_percent.value == 100
    assert 80 < found.in_order_percent.ci95[0] < 95
    assert found.in_order_percent.ci95[1] == 100


def test_tone_is_expected_to_rise_with_stiffness_and_tenderness_to_fall_with_threshold() -> None:
    grades, values = examined(60)
    tender = rank_agreement(grades, values)
    firm = rank_agreement([-g + 1 for g in grades], values, comparison=TONE)

    assert isinstance(tender.in_order_percent, Estimate)
    assert isinstance(firm.in_order_percent, Estimate)
    assert tender.in_order_percent.value > 50
    assert firm.in_order_percent.value == pytest.approx(tender.in_order_percent.value)
    assert "lower pain threshold" in tender.sentence
    assert "higher stiffness" in firm.sentence


def test_values_that_are_at_least_something_tie_at_the_top() -> None:
    grades, values = examined(60)
    bound = float(np.quantile(values, 0.8))
    reached = values >= bound
    lowered = np.where(reached, bound, values)
    found = rank_agreement(grades, lowered, at_least=reached)

    assert isinstance(found.rho, Estimate)
    assert found.rho.value == pytest.approx(spearmanr(grades, lowered).statistic)
    assert QualityFlag.CENSORED in found.flags
    # Another limit on another day: what lies above the lower of the two is not told apart.
    first = int(np.flatnonzero(reached)[0])
    higher = lowered.copy()
    higher[first] *= 1.5
    assert rank_agreement(grades, higher, at_least=reached).rho == found.rho


def test_a_missing_voice_is_counted_and_left_out() -> None:
    grades, values = examined(30)
    found = rank_agreement([*grades, None, 2], [*values, 300, np.nan])

    assert (found.n, found.n_missing, found.flags) == (30, 2, (QualityFlag.MISSING_VALUES,))
    assert found.rho == rank_agreement(grades, values).rho


@pytest.mark.parametrize(
    ("grades", "values", "groups", "words"),
    [
        ([0, 1] * 9, np.arange(1, 19), None, "18 cases"),
        ([1] * 30, np.arange(1, 31), None, "one and the same grade"),
        ([0, 1] * 15, np.ones(30), None, "measured values are the same"),
        ([0, 1] * 15, np.arange(1, 31), [i % 7 for i in range(30)], "7 people or places"),
        ([], [], None, "0 cases"),
    ],
)
def test_it_says_why_it_cannot_say(
    grades: list[int], values: FloatArray, groups: list[int] | None, words: str
) -> None:
    found = rank_agreement(grades, values, groups=groups)

    for outcome in (found.rho, found.somers_d, found.in_order_percent):
        assert isinstance(outcome, NotEstimable)
    assert words in found.sentence
    assert QualityFlag.TOO_FEW in found.flags


@pytest.mark.parametrize(
    ("grades", "values", "more"),
    [
        ([0, 1], [300.0], {}),
        ([4], [300.0], {}),
        ([0], [0.0], {}),
        ([0], [float("inf")], {}),
        ([0], [300.0], {"groups": ["a", "b"]}),
        ([0], [300.0], {"at_least": [True, False]}),
    ],
)
def test_a_wrong_call_is_told(grades: list[int], values: list[float], more: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        rank_agreement(grades, values, comparison=TENDERNESS, **more)
