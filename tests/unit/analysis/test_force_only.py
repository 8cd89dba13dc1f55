"""Force alone tells how a hold responds, and stiffness only with a stated speed of the hand."""

import math

import numpy as np
import pytest

from tissuesense.analysis.press_hold.force_only import (
    RESPONSES_AFTER_S,
    HandSpeed,
    apparent_stiffness_n_mm,
    hold_response,
)
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

TAU_S, SHARE = 4.0, 0.4


def kept(after_s: float) -> float:
    return 1 - SHARE * (1 - math.exp(-after_s / TAU_S))


def response(
    after_s: float,
    *,
    rate_hz: float = 80.0,
    noise_n: float = 0.0,
    seed: int = 1,
    held_s: float = 21,
) -> Outcome:
    rng = np.random.default_rng(seed)
    t_s = 3.0 + np.arange(0.0, held_s, 1 / rate_hz)
    force_n = 15.0 * np.array([kept(t) for t in t_s - 3.0]) + noise_n * rng.standard_normal(
        t_s.size
    )
    start_n = Estimate(
        value=15.0 + 0.3 * noise_n * rng.standard_normal(),
        standard_uncertainty=max(0.3 * noise_n, 1e-9),
        unit="N",
    )
    return hold_response(t_s, force_n, start_n, start_s=3.0, after_s=after_s, noise_n=noise_n)


@pytest.mark.parametrize("after_s", RESPONSES_AFTER_S)
@pytest.mark.parametrize("rate_hz", [10.0, 80.0, 1000.0])
def test_the_share_that_is_lost_is_read_at_its_time(after_s: float, rate_hz: float) -> None:
    found = response(after_s, rate_hz=rate_hz)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(1 - kept(after_s), abs=1e-3)


def test_its_interval_holds_the_truth_in_95_of_100() -> None:
    held = 0
    for seed in range(500):
        found = response(10.0, noise_n=0.1, seed=seed)
        assert isinstance(found, Estimate)
        low, high = found.ci95
        held += low <= 1 - kept(10.0) <= high
    assert 460 <= held <= 490


def test_a_hold_that_ends_before_says_nothing_of_later() -> None:
    found = response(10.0, held_s=9.5)
    assert isinstance(found, NotEstimable)
    assert found.reason is QualityFlag.NO_HOLD


def test_twice_the_gain_changes_nothing() -> None:
    t_s = np.arange(0.0, 12.0, 0.02)
    force_n = np.array([10 * kept(t) for t in t_s])
    one, two = (
        hold_response(
            t_s,
            gain * force_n,
            Estimate(value=gain * 10.0, standard_uncertainty=gain * 0.1, unit="N"),
            start_s=0.0,
            after_s=5.0,
            noise_n=gain * 0.01,
        )
        for gain in (1.0, 2.0)
    )
    assert isinstance(one, Estimate)
    assert isinstance(two, Estimate)
    assert (two.value, two.u) == pytest.approx((one.value, one.u), rel=1e-9)


RATE = Estimate(value=6.0, standard_uncertainty=0.06, unit="N/s")


def test_stiffness_is_as_uncertain_as_the_speed_of_the_hand() -> None:
    found = apparent_stiffness_n_mm(RATE, HandSpeed(mm_s=5.0, u_mm_s=1.0, source="metronome"))
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(1.2)
    assert found.u / found.value == pytest.approx(math.hypot(0.01, 0.2))


def test_without_a_speed_there_is_no_stiffness() -> None:
    found = apparent_stiffness_n_mm(RATE, None)
    assert isinstance(found, NotEstimable)
    assert found.reason is QualityFlag.NO_DISPLACEMENT


def test_without_a_rate_there_is_none_either_and_the_reason_is_that_of_the_rate() -> None:
    refused = NotEstimable(reason=QualityFlag.TOO_FEW, detail="Too few samples.")
    speed = HandSpeed(mm_s=5.0, u_mm_s=1.0, source="stop")
    assert apparent_stiffness_n_mm(refused, speed) is refused


@pytest.mark.parametrize(
    ("mm_s", "u_mm_s", "source", "named"),
    [
        (0.0, 1.0, "stop", "hand_speed_mm_s"),
        (5.0, 0.0, "stop", "hand_speed_uncertainty_mm_s"),
        (5.0, math.nan, "stop", "hand_speed_uncertainty_mm_s"),
        (5.0, 1.0, " ", "hand_speed_source"),
    ],
)
def test_a_speed_that_nobody_vouches_for_is_refused(
    mm_s: float, u_mm_s: float, source: str, named: str
) -> None:
    with pytest.raises(UsageError, match=named):
        HandSpeed(mm_s=mm_s, u_mm_s=u_mm_s, source=source)
