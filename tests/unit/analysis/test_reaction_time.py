"""A reaction time is a mean with its uncertainty, and states what it does to a threshold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.pain.reaction_time import ANTICIPATION_S, LAPSE_S, reaction_time
from tissuesense.core.errors import UsageError
from tissuesense.core.recording import LatencyOrigin

answers = st.lists(st.floats(ANTICIPATION_S, LAPSE_S), min_size=3, max_size=30)


def test_four_answers_by_hand() -> None:
    found = reaction_time([0.2, 0.3, 0.3, 0.4], anticipations=2, lapses=1)
    assert found.mean_s.value == pytest.approx(0.3)
    assert found.sd_s == pytest.approx(math.sqrt(0.02 / 3))
    assert found.mean_s.u == pytest.approx(math.sqrt(0.02 / 3) / 2)
    assert found.median_s == pytest.approx(0.3)
    assert found.late_kpa(50.0) == pytest.approx(15.0)
    document = found.to_dict()
    assert document["n"] == 4
    assert document["discarded"] == {"anticipations": 2, "lapses": 1}


def test_the_interval_holds_the_true_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(1000):
        times = rng.normal(0.31, 0.04, 10)
        low, high = reaction_time(times.tolist()).mean_s.ci95
        held += low <= 0.31 <= high
    assert held / 1000 == pytest.approx(0.95, abs=0.02)


def test_it_becomes_the_latency_of_a_recording_with_its_origin() -> None:
    latency = reaction_time([0.2, 0.3, 0.4]).latency()
    assert latency.mean_s == pytest.approx(0.3)
    assert latency.sd_s == pytest.approx(0.1)
    assert latency.origin is LatencyOrigin.SELF_TEST


@given(answers)
def test_the_order_of_the_answers_does_not_matter(times: list[float]) -> None:
    shuffled = sorted(times)
    one, other = reaction_time(times), reaction_time(shuffled)
    assert one.mean_s.value == pytest.approx(other.mean_s.value)
    assert one.sd_s == pytest.approx(other.sd_s)
    assert min(times) <= one.median_s <= max(times)


@pytest.mark.parametrize(
    "wrong", [[0.3, 0.3], [0.3, 0.3, 0.05], [0.3, 0.3, 1.2], [0.3, 0.3, math.nan]]
)
def test_too_few_answers_or_one_that_is_none_are_refused(wrong: list[float]) -> None:
    with pytest.raises(UsageError):
        reaction_time(wrong)
