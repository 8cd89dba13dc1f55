"""Tables that cannot answer are told from calls that are wrong, and stacks agree with tables."""

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tissuesense.analysis import reliability
from tissuesense.analysis.agreement.icc import FORMS
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag

TABLES = arrays(np.float64, (6, 3), elements=st.floats(min_value=100, max_value=900, width=32))


def test_targets_that_do_not_differ_have_no_reliability() -> None:
    found = reliability.icc([[3.0, 4.0], [3.0, 4.0], [3.0, 4.0]])
    assert found.icc2.value is None
    assert found.icc2.ci95 == (None, None)
    assert found.flags == (QualityFlag.TOO_FEW,)
    assert (found.icc1.df, found.icc3k.df) == ((2, 3), (2, 2))


def test_raters_that_differ_by_a_constant_are_consistent_and_do_not_agree() -> None:
    found = reliability.icc([[1.0, 3.0], [2.0, 4.0], [4.0, 6.0]])
    assert found.icc3.value == 1.0
    assert found.icc3.ci95 == (1.0, 1.0)
    assert found.icc3.f == float("inf")
    assert found.icc2.value is not None
    assert 0 < found.icc2.value < 0.99


@pytest.mark.parametrize(
    "scores", [[1.0, 2.0], [[1.0, 2.0]], [[1.0], [2.0]], [[1.0, np.nan], [2.0, 3.0]], [["a", "b"]]]
)
def test_a_wrong_table_is_refused(scores: list[object]) -> None:
    for call in (reliability.icc, reliability.sem_mdc):
        with pytest.raises(UsageError, match="scores"):
            call(scores)  # type: ignore[arg-type] # on purpose


@given(table=TABLES, offset=st.floats(-50, 50), factor=st.floats(0.1, 10))
def test_reliability_does_not_depend_on_unit_or_zero(
    table: np.ndarray, offset: float, factor: float
) -> None:
    if np.ptp(table.mean(axis=1)) < 1:
        return
    plain, moved = reliability.icc(table), reliability.icc(factor * table + offset)
    for form in FORMS:
        assert getattr(moved, form).value == pytest.approx(getattr(plain, form).value, abs=1e-6)


@given(table=TABLES)
def test_each_form_lies_within_its_interval(table: np.ndarray) -> None:
    found = reliability.icc(table)
    if found.icc2.value is None or not found.icc2.value > 0:
        return  # below 0 the approximation of the two-way limits has no meaning
    for form in FORMS:
        icc = getattr(found, form)
        assert icc.ci95[0] <= icc.value + 1e-12
        assert icc.value <= icc.ci95[1] + 1e-12


def test_a_stack_of_tables_gives_what_each_table_gives() -> None:
    rng = np.random.default_rng(5)
    stack = rng.normal(size=(3, 4, 12, 3)) + rng.normal(size=(3, 4, 12, 1))
    many = reliability.icc_of_many(stack)
    one = reliability.icc(stack[1, 2])
    for form in FORMS:
        found, wanted = getattr(many, form), getattr(one, form)
        assert found.value[1, 2] == pytest.approx(wanted.value)
        assert [limit[1, 2] for limit in found.ci95] == pytest.approx(wanted.ci95)


def test_intervals_of_the_agreement_form_cover_the_truth() -> None:
    """500 tables of 20 persons by 3 raters, true ICC(2,1) = 4 / (4 + 0.5 + 1)."""
    rng = np.random.default_rng(11)
    persons, raters = rng.normal(0, 2, (500, 20, 1)), rng.normal(0, 0.5**0.5, (500, 1, 3))
    found = reliability.icc_of_many(persons + raters + rng.normal(0, 1, (500, 20, 3))).icc2
    low, high = (np.asarray(limit) for limit in found.ci95)
    inside = np.mean((low <= 4 / 5.5) & (high >= 4 / 5.5))
    assert 0.92 <= inside <= 0.98


def test_exact_limits_of_agreement_cover_the_true_limit() -> None:
    rng = np.random.default_rng(3)
    inside = [
        found.upper.ci95[0] <= 1.959964 <= found.upper.ci95[1]
        for found in (
            reliability.bland_altman(rng.normal(size=12), np.zeros(12)) for _ in range(500)
        )
    ]
    assert 0.92 <= np.mean(inside) <= 0.98


def test_limits_turn_over_with_the_methods() -> None:
    a, b = [310.0, 250.0, 405.0, 280.0], [305.0, 262.0, 390.0, 291.0]
    there, back = reliability.bland_altman(a, b), reliability.bland_altman(b, a)
    assert there.lower == pytest.approx(-back.upper)
    assert there.lower.ci95 == pytest.approx([-limit for limit in reversed(back.upper.ci95)])


def test_a_limit_survives_travel_between_processes() -> None:
    found = reliability.bland_altman([1.0, 2.0, 4.0], [1.5, 2.5, 3.0])
    assert pickle.loads(pickle.dumps(found)).lower.ci95 == found.lower.ci95  # noqa: S301 - our own
    assert found.lower.value == float(found.lower)


@pytest.mark.parametrize(("a", "b"), [([1.0, 2.0], [1.0, 2.0]), ([1.0, 2.0, 3.0], [1.0, 2.0])])
def test_pairs_that_are_none_are_refused(a: list[float], b: list[float]) -> None:
    with pytest.raises(UsageError, match="pairs"):
        reliability.bland_altman(a, b)


def test_replicates_that_are_none_are_refused() -> None:
    with pytest.raises(UsageError, match="measured twice"):
        reliability.bland_altman_repeated([[1.0], [2.0]])
    with pytest.raises(UsageError, match="subjects"):
        reliability.averaged_agreement([[1.0, 2.0]] * 3, [[1.0, 2.0]] * 4)
    with pytest.raises(UsageError, match="readings"):
        reliability.replicate_sd([1.0, 2.0], [1.0])


def test_impossible_errors_are_refused() -> None:
    for call in (
        lambda: reliability.sem_from_icc(10, 1.2),
        lambda: reliability.blended_sem(1, -1, 1, 4),
        lambda: reliability.reliable_change_index(1, 2, 0),
        lambda: reliability.reference_change(-0.1, 0.1),
    ):
        with pytest.raises(UsageError):
            call()


def test_a_retest_rise_is_no_effect() -> None:
    assert reliability.reliable_change_index(240, 260, 10, shift=20) == 0


def test_raters_that_agree_to_the_last_digit_are_wholly_reliable() -> None:
    table = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    alone, stacked = reliability.icc(table), reliability.icc_of_many(table[None])
    for form in FORMS:
        one, of_stack = getattr(alone, form), getattr(stacked, form)
        assert (one.value, one.ci95) == (1.0, (1.0, 1.0))
        assert (of_stack.value, *of_stack.ci95) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("raters_sd", [0.0, 0.3, 1.0])
def test_the_interval_of_the_agreement_error_covers_the_truth_however_raters_differ(
    raters_sd: float,
) -> None:
    """500 tables of 30 persons by 3 raters, each rater with an offset of its own."""
    rng = np.random.default_rng(17)
    truth = np.hypot(raters_sd, 0.5)
    inside = []
    for _ in range(500):
        offsets = rng.normal(0, raters_sd, (1, 3))
        table = rng.normal(0, 1, (30, 1)) + offsets + rng.normal(0, 0.5, (30, 3))
        low, high = reliability.sem_mdc(table).sem_agreement_ci95
        inside.append(low <= truth <= high)
    assert 0.92 <= np.mean(inside) <= 0.98


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (reliability.minimal_detectable_change, "sem"),
        (lambda x: reliability.sem_interval(1.0, x), "df"),
        (lambda x: reliability.sem_from_icc(x, 0.5), "sd"),
        (lambda x: reliability.sem_from_icc(1.0, x), "icc"),
        (lambda x: reliability.blended_sem(x, 10, 1, 4), "prior"),
        (lambda x: reliability.reliable_change_index(x, 2.0, 1.0), "before"),
        (lambda x: reliability.reference_change(0.1, x), "cv_within_person"),
        (lambda x: reliability.chance_to_detect(x, 1.0), "change"),
    ],
)
@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_number_that_is_none_is_refused_by_name(
    call: Callable[[float], object], named: str, wrong: float
) -> None:
    with pytest.raises(UsageError, match=named):
        call(wrong)


def test_limits_by_an_unknown_rule_are_refused() -> None:
    a, b = [310.0, 250.0, 405.0], [305.0, 262.0, 390.0]
    with pytest.raises(UsageError, match="multiple"):
        reliability.bland_altman(a, b, multiple=np.nan)
    with pytest.raises(UsageError, match="interval"):
        reliability.bland_altman(a, b, interval="bootstrap")  # type: ignore[arg-type] # that is it
