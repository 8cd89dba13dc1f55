"""A polled gauge is asked to the beat, again where it was deaf, and no faster than it answers."""

from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.transport.questions import Questions

INTERVAL_S, TIMEOUT_S = 0.02, 0.5


def poll(
    takes_s: float,
    *,
    seconds: float,
    lost: frozenset[int] = frozenset(),
    away_s: tuple[float, float] = (0.0, 0.0),
) -> tuple[list[float], list[float], int]:
    """Ask a gauge that works off its questions one after the other.

    Return when each answer came, how old its question was then, and how many were open at most.
    """
    questions = Questions(INTERVAL_S, TIMEOUT_S)
    questions.begin(0.0)
    now_s, free_s, asked, most = 0.0, 0.0, 0, 0
    answers: deque[tuple[float, float]] = deque()
    came_s, age_s = [], []
    while now_s < seconds:
        due_s = max(questions.due_s(), now_s)
        if answers and answers[0][0] <= due_s:
            now_s, asked_s = answers.popleft()
            questions.answered(now_s)
            came_s.append(now_s)
            age_s.append(now_s - asked_s)
            continue
        now_s = due_s
        questions.asked(now_s)
        if asked not in lost and not away_s[0] <= now_s < away_s[1]:
            free_s = max(free_s, now_s) + takes_s
            answers.append((free_s, now_s))
        asked += 1
        most = max(most, len(answers))
    return came_s, age_s, most


def test_questions_keep_their_beat_though_each_is_noticed_late() -> None:
    questions = Questions(0.02, 0.5)
    questions.begin(0.0)
    now_s, asked_s = 0.0, []
    for _ in range(50):
        now_s = max(now_s, questions.due_s()) + 0.003
        questions.asked(now_s)
        questions.answered(now_s)
        asked_s.append(now_s)
    assert np.mean(np.diff(asked_s)) == pytest.approx(0.02, rel=0.02)


def test_beats_that_were_missed_are_not_made_up_for() -> None:
    questions = Questions(0.02, 0.5)
    questions.begin(0.0)
    questions.asked(5.0)
    questions.answered(5.0)
    assert questions.due_s() >= 5.0


def test_a_question_without_an_answer_is_due_again_after_its_timeout() -> None:
    questions = Questions(0.02, 0.5)
    questions.begin(1.0)
    assert questions.due_s() == 1.0
    questions.asked(1.0)
    assert questions.due_s() == 1.5


@given(takes_s=st.floats(min_value=0.51, max_value=2.0))
def test_a_slow_gauge_never_has_more_than_two_questions_open(takes_s: float) -> None:
    came_s, age_s, most = poll(takes_s, seconds=60.0)
    assert most <= 2
    assert max(age_s) <= 2 * takes_s + 1e-9
    # And it is kept busy: slow is no reason to read it slower still.
    assert len(came_s) >= 0.75 * 60.0 / takes_s - 2


@given(takes_s=st.floats(min_value=2.0, max_value=5.0))
def test_not_even_a_very_slow_gauge_answers_later_and_later(takes_s: float) -> None:
    _, age_s, _ = poll(takes_s, seconds=120.0)
    assert max(age_s[-5:]) <= 2 * takes_s + 1e-9


@given(
    takes_s=st.floats(min_value=0.001, max_value=0.1),
    lost=st.sets(st.integers(min_value=0, max_value=400), max_size=20),
)
def test_each_lost_answer_costs_a_quick_gauge_little_more_than_the_timeout(
    takes_s: float, lost: set[int]
) -> None:
    alone = frozenset(n for n in lost if not {n - 1, n - 2} & lost)
    came_s, _, _ = poll(takes_s, seconds=30.0, lost=alone)
    assert np.diff([0.0, *came_s]).max() <= TIMEOUT_S + 2 * takes_s + INTERVAL_S + 1e-9


@given(takes_s=st.floats(min_value=0.1, max_value=0.49), lost=st.integers(0, 20))
def test_a_lost_answer_does_not_make_a_gauge_slow_for_good(takes_s: float, lost: int) -> None:
    came_s, _, _ = poll(takes_s, seconds=30.0, lost=frozenset({lost}))
    assert np.diff([0.0, *came_s]).max() <= 3.0
    assert came_s[-1] - came_s[-9] == pytest.approx(8 * takes_s, rel=0.01)


@given(seconds=st.floats(min_value=0.1, max_value=9.0))
def test_a_gauge_that_was_away_is_heard_again_soon(seconds: float) -> None:
    came_s, _, _ = poll(0.005, seconds=15.0, away_s=(1.0, 1.0 + seconds))
    back_s = next(t_s for t_s in came_s if t_s > 1.0 + seconds)
    assert back_s <= 1.0 + seconds + 3 * TIMEOUT_S + 0.01
    assert came_s[-1] - came_s[-20] == pytest.approx(19 * INTERVAL_S, rel=0.1)
