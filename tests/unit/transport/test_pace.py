"""Time passes as fast as it was asked to, and the rhythm of questions survives late beats."""

import asyncio

import numpy as np
import pytest

from tissuesense.core.clock import ManualClock, SystemClock
from tissuesense.transport.base import VirtualPace
from tissuesense.transport.questions import Questions


def test_a_world_without_real_time_is_where_it_was_put() -> None:
    async def play() -> float:
        pace = VirtualPace(ManualClock(), start_s=5.0)
        await pace.sleep(3600.0)
        await pace.sleep(-1.0)
        return pace.now_s()

    assert asyncio.run(play()) == 3605.0


def test_a_world_in_step_with_real_time_is_read_while_it_sleeps() -> None:
    async def play() -> tuple[float, float, float]:
        clock = SystemClock()
        pace = VirtualPace(clock, speed=10.0)
        began_s = clock.monotonic_s()
        sleeper = asyncio.get_running_loop().create_task(pace.sleep(2.0))
        await asyncio.sleep(0.05)
        half_way_s = pace.now_s()
        await sleeper
        return half_way_s, pace.now_s(), clock.monotonic_s() - began_s

    half_way_s, end_s, real_s = asyncio.run(play())
    assert 0.4 < half_way_s < 2.0
    assert end_s == pytest.approx(2.0)
    assert real_s >= 0.2


def test_questions_keep_their_beat_though_each_is_noticed_late() -> None:
    questions = Questions(0.02, 0.5)
    questions.begin(0.0)
    now_s, asked_s = 0.0, []
    for _ in range(50):
        now_s = max(now_s, questions.due_s()) + 0.003
        questions.asked(now_s)
        questions.answered()
        asked_s.append(now_s)
    assert np.mean(np.diff(asked_s)) == pytest.approx(0.02, rel=0.02)


def test_beats_that_were_missed_are_not_made_up_for() -> None:
    questions = Questions(0.02, 0.5)
    questions.begin(0.0)
    questions.asked(5.0)
    questions.answered()
    assert questions.due_s() >= 5.0


def test_a_question_without_an_answer_is_due_again_after_its_timeout() -> None:
    questions = Questions(0.02, 0.5)
    questions.begin(1.0)
    assert questions.due_s() == 1.0
    questions.asked(1.0)
    assert questions.due_s() == 1.5
