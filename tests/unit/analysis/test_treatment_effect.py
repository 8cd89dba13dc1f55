"""Claim: a change over one visit counts only beyond measurement error; its interval is honest."""

import math

import numpy as np
import pytest

from tissuesense.analysis.course.clinic_sem import clinic_sem
from tissuesense.analysis.course.treatment_effect import TreatmentEffect, treatment_effect
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

RUNS = 500
BEFORE, AFTER = [300.0, 310.0, 305.0], [355.0, 362.0, 350.0]


def estimate(found: TreatmentEffect) -> Estimate:
    assert isinstance(found.change, Estimate)
    return found.change


def test_the_change_is_the_logarithm_of_the_ratio_of_the_geometric_means() -> None:
    found = treatment_effect(BEFORE, AFTER)
    expected = np.log(AFTER).mean() - np.log(BEFORE).mean()
    assert estimate(found).value == pytest.approx(expected)
    assert isinstance(found.percent, Estimate)
    assert found.percent.value == pytest.approx(100 * math.expm1(expected))
    assert found.verdict == "higher"


def test_swapping_before_and_after_turns_the_sign_and_the_verdict() -> None:
    there, back = treatment_effect(BEFORE, AFTER), treatment_effect(AFTER, BEFORE)
    assert estimate(back).value == pytest.approx(-estimate(there).value)
    assert (there.verdict, back.verdict) == ("higher", "lower")


def test_units_do_not_matter_to_a_ratio() -> None:
    found, other = (
        treatment_effect([k * v for v in BEFORE], [k * v for v in AFTER]) for k in (1.0, 9.81)
    )
    assert estimate(found).value == pytest.approx(estimate(other).value)
    assert found.mdc == pytest.approx(other.mdc)


def test_the_minimal_detectable_change_is_that_of_the_stated_error() -> None:
    found = treatment_effect([60, 61], [55, 56], sem=2.66, scale="difference", unit="degree")
    assert found.mdc == pytest.approx(7.37, abs=0.005)
    assert found.mdc_basis == "stated"
    assert found.verdict == "no detectable change"
    assert found.percent is None
    assert found.mdc_percent is None


def test_a_published_figure_is_named_as_a_prior_until_own_repeats_are_there() -> None:
    prior = clinic_sem([], quantity="tap_frequency_hz")
    found = treatment_effect([15.0, 15.2], [14.0, 14.1], sem=prior)
    assert found.mdc_basis == "prior"
    assert "published" in found.sentence

    own = clinic_sem([[15.0, 15.3], [14.1, 14.0], [16.0, 16.2]], quantity="tap_frequency_hz")
    assert treatment_effect([15.0, 15.2], [14.0, 14.1], sem=own).mdc_basis == "own"


def test_single_values_can_be_compared_by_a_known_error_only() -> None:
    known = treatment_effect([300], [400], sem=0.05)
    assert known.verdict == "higher"
    assert estimate(known).u == pytest.approx(0.05 * math.sqrt(2))

    unknown = treatment_effect([300], [400])
    assert unknown.verdict == "not enough data"
    assert unknown.flags == (QualityFlag.TOO_FEW,)
    assert unknown.to_dict()["change"] is None


def test_repeats_that_never_differ_do_not_make_every_change_real() -> None:
    assert treatment_effect([300, 300], [301, 301]).verdict == "not enough data"


def test_an_empty_side_is_not_enough() -> None:
    assert treatment_effect([], [300, 310]).verdict == "not enough data"


def test_a_change_beyond_its_interval_but_within_the_error_is_none() -> None:
    found = treatment_effect([300, 301, 302], [310, 311, 312], sem=0.10)
    assert estimate(found).coverage_interval()[0] > 0
    assert found.verdict == "no detectable change"


def test_no_sentence_says_that_treatment_did_it() -> None:
    for after in (AFTER, BEFORE, [200.0, 205.0, 210.0]):
        sentence = treatment_effect(BEFORE, after).sentence.lower()
        assert "measured" in sentence
        assert "measurement error" in sentence
        assert not any(word in sentence for word in ("treatment", "effect", "worked", "improved"))


@pytest.mark.parametrize(
    ("before", "after", "how", "said"),
    [
        ([300, 0], [300, 310], {}, "before"),
        ([300, 310], [300, math.nan], {}, "after"),
        ([300, 310], [300, 310], {"sem": 0.0}, "sem"),
        ([60, 61], [60, 61], {"sem": clinic_sem([]), "scale": "difference"}, "scale"),
    ],
)
def test_a_wrong_call_names_its_argument(
    before: list[float], after: list[float], how: dict[str, object], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        treatment_effect(before, after, **how)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize("repeats", [2, 3, 5])
def test_the_interval_holds_the_true_change(repeats: int) -> None:
    rng = np.random.default_rng(20 + repeats)
    hits = 0
    for _ in range(RUNS):
        change = rng.uniform(-0.4, 0.4)
        before, after = np.exp(0.1 * rng.standard_normal((2, repeats)) + [[5.7], [5.7 + change]])
        low, high = estimate(treatment_effect(before, after)).coverage_interval()
        hits += low <= change <= high

    assert 0.92 <= hits / RUNS <= 0.98


def test_unchanged_persons_stay_within_the_minimal_detectable_change() -> None:
    rng = np.random.default_rng(9)
    verdicts = [
        treatment_effect(*np.exp(5.7 + 0.1 * rng.standard_normal((2, 3)))).verdict
        for _ in range(RUNS)
    ]
    assert 0.92 <= verdicts.count("no detectable change") / RUNS <= 0.98
