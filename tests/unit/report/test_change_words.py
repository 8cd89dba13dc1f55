"""No change is claimed that lies within measurement error, or rests on too few trials."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.report.course import of_thresholds
from tests.unit.report.said import text

from tissuesense.analysis.course.treatment_effect import treatment_effect
from tissuesense.report.change_words import Size, judge, judge_in_visit
from tissuesense.report.registry import COURSE_SECTIONS

FIRST = 200.0
# Usual scatter of thresholds: 0.12 between presses, 0.10 between visits; three presses each.
MDC_LN = 1.96 * math.sqrt(2 * (0.10**2 + 0.12**2 / 3))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("share", "size"), [(0.97, Size.WITHIN), (1.03, Size.BEYOND)], ids=["under", "over"]
)
def test_a_change_just_under_and_just_over_the_minimal_detectable_one(
    sign: int, share: float, size: Size
) -> None:
    (series,) = of_thresholds([FIRST, FIRST * math.exp(sign * share * MDC_LN)]).series

    found = judge(series)

    assert found.size is size
    assert found.words.endswith(size.value)
    if size is Size.BEYOND:
        assert ("higher" in found.words) is (sign > 0)


def test_with_one_trial_there_are_not_enough() -> None:
    (series,) = of_thresholds([FIRST, 2 * FIRST], trials=1).series

    assert judge(series).words == "not enough trials"


def test_one_visit_alone_shows_no_change() -> None:
    (series,) = of_thresholds([FIRST]).series

    assert judge(series).size is Size.ONCE


@given(
    values=st.lists(st.floats(min_value=60, max_value=900), min_size=2, max_size=12),
)
@settings(max_examples=40, deadline=None)
def test_no_change_is_claimed_below_the_minimal_detectable_one(values: list[float]) -> None:
    view = of_thresholds(values)
    (series,) = view.series
    change, band = series.change, series.error_band()
    assert change is not None
    assert band is not None

    found = judge(series)

    if band[0] <= values[-1] <= band[1] or change.verdict == "cannot tell":
        assert not found.is_claimed
    told = text(*COURSE_SECTIONS["what_changed"].write(view))
    assert ("er: larger than measurement error." in told) is found.is_claimed


@given(
    before=st.lists(st.floats(min_value=100, max_value=600), min_size=1, max_size=4),
    after=st.lists(st.floats(min_value=100, max_value=600), min_size=1, max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_within_a_visit_too_a_claim_is_beyond_error(
    before: list[float], after: list[float]
) -> None:
    effect = treatment_effect(before, after, sem=0.12)
    found = judge_in_visit(effect)

    if min(len(before), len(after)) == 1:
        assert found.words == "not enough trials"
    if found.is_claimed:
        moved = math.fsum(map(math.log, after)) / len(after)
        moved -= math.fsum(map(math.log, before)) / len(before)
        assert abs(moved) > 1.95 * math.sqrt(2) * 0.12
