"""The self test shows its signal at an unforeseeable time and counts only answers to it."""

import numpy as np
import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import UsageError
from tissuesense.guidance.reaction import Answer, ReactionPhase, ReactionTest

STEP_S = 0.01


def fresh(trials: int = 3, seed: int = 1) -> tuple[ReactionTest, ManualClock]:
    test, clock = ReactionTest(trials=trials, rng=np.random.default_rng(seed)), ManualClock()
    test.begin(clock.monotonic_s())
    return test, clock


def verdict(test: ReactionTest) -> Answer | None:
    return test.last


def to_signal(test: ReactionTest, clock: ManualClock) -> float:
    """Wait for the signal, show it, and return how long the wait was."""
    began_s = clock.monotonic_s()
    while test.phase is ReactionPhase.WAIT:
        clock.advance(STEP_S)
        test.pass_time(clock.monotonic_s())
    assert test.phase is ReactionPhase.SHOW
    test.shown(clock.monotonic_s())
    return clock.monotonic_s() - began_s


def answer(test: ReactionTest, clock: ManualClock, after_s: float) -> None:
    to_signal(test, clock)
    clock.advance(after_s)
    test.press(clock.monotonic_s())


def test_the_answers_that_count_are_the_result_and_the_practice_is_not() -> None:
    test, clock = fresh()
    for after_s in (0.9, 0.2, 0.3, 0.4):
        answer(test, clock, after_s)
    assert test.phase is ReactionPhase.DONE
    assert test.result().times_s == pytest.approx((0.2, 0.3, 0.4))


def test_what_is_no_answer_is_left_out_counted_and_asked_for_again() -> None:
    test, clock = fresh()
    answer(test, clock, 0.3)  # practice
    answer(test, clock, 0.05)
    assert verdict(test) is Answer.TOO_SOON
    to_signal(test, clock)
    clock.advance(1.1)
    test.pass_time(clock.monotonic_s())
    assert verdict(test) is Answer.TOO_LATE
    clock.advance(1.5)
    test.press(clock.monotonic_s())  # in the middle of a wait
    assert verdict(test) is Answer.TOO_SOON
    for _ in range(3):
        answer(test, clock, 0.25)
    found = test.result()
    assert found.times_s == pytest.approx((0.25,) * 3)
    assert (found.anticipations, found.lapses) == (2, 1)


def test_a_late_or_a_second_press_at_the_beginning_of_a_wait_spoils_nothing() -> None:
    test, clock = fresh()
    answer(test, clock, 0.3)
    clock.advance(0.2)
    test.press(clock.monotonic_s())
    assert verdict(test) is Answer.PRACTICE
    assert test.phase is ReactionPhase.WAIT


def test_a_press_from_before_the_signal_is_too_soon_though_it_is_told_after_it() -> None:
    test, clock = fresh()
    to_signal(test, clock)
    test.press(clock.monotonic_s() - 0.01)
    assert verdict(test) is Answer.TOO_SOON


def test_the_waits_lie_between_2_and_5_s_and_follow_the_generator() -> None:
    def waits(seed: int) -> list[float]:
        test, clock = fresh(trials=20, seed=seed)
        found = []
        for _ in range(20):
            found.append(to_signal(test, clock))
            clock.advance(0.3)
            test.press(clock.monotonic_s())
        return found

    assert all(2.0 <= wait <= 5.0 + 2 * STEP_S for wait in waits(1))
    assert np.ptp(waits(1)) > 1.0
    assert waits(1) == waits(1)
    assert waits(1) != waits(2)


def test_who_never_answers_is_not_kept_for_ever() -> None:
    test, clock = fresh()
    for _ in range(20):
        if test.phase is ReactionPhase.DONE:
            break
        to_signal(test, clock)
        clock.advance(1.1)
        test.pass_time(clock.monotonic_s())
    assert test.phase is ReactionPhase.DONE
    assert not test.complete
    with pytest.raises(UsageError):
        test.result()


@pytest.mark.parametrize("trials", [0, 2, 101])
def test_a_test_has_a_sensible_number_of_trials(trials: int) -> None:
    with pytest.raises(UsageError):
        fresh(trials)
