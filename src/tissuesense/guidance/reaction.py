"""The reaction-time self test: when to show the signal, and which answers count.

A state machine over time and presses, both on one axis of seconds that the caller's clock gives.

::

    WAIT --foreperiod over--> SHOW --shown()--> SIGNAL --press--> WAIT, or DONE after the last
     ^                                             |
     +--- too soon, or nothing for a second -------+

The wait before each signal is drawn evenly from 2 to 5 s, so that it cannot be foreseen. An answer
that does not count is asked for again. A press in the first second of a wait answers nothing: it
is a late one or a second one.
"""

import enum

import numpy as np

from tissuesense.analysis.pain.reaction_time import (
    ANTICIPATION_S,
    FEWEST_TRIALS,
    LAPSE_S,
    ReactionTime,
    reaction_time,
)
from tissuesense.core.errors import UsageError

_SHORTEST_WAIT_S = 2.0
_LONGEST_WAIT_S = 5.0
_STRAY_FOR_S = 1.0
_MOST_REFUSED = 2  # for each trial that is wanted
_MOST_TRIALS = 100


class ReactionPhase(enum.StrEnum):
    """Where the test is."""

    WAIT = "wait"
    SHOW = "show"
    SIGNAL = "signal"
    DONE = "done"


class Answer(enum.StrEnum):
    """What became of the last signal."""

    COUNTS = "counts"
    PRACTICE = "practice"
    TOO_SOON = "too soon"
    TOO_LATE = "too late"


class ReactionTest:
    """One test of one person.

    Parameters
    ----------
    trials
        Answers that count which are wanted.
    rng
        Draws the waits.
    practice
        Answers before those, which are not counted.

    Raises
    ------
    UsageError
        When so many trials cannot be.
    """

    def __init__(self, *, trials: int, rng: np.random.Generator, practice: int = 1) -> None:
        if not FEWEST_TRIALS <= trials <= _MOST_TRIALS:
            raise UsageError(
                f"A test has from {FEWEST_TRIALS} to {_MOST_TRIALS} trials, not {trials}."
            )
        self._trials = trials
        self._rng = rng
        self._practice_left = practice
        self._times_s: list[float] = []
        self._discarded = {Answer.TOO_SOON: 0, Answer.TOO_LATE: 0}
        self._signals = 0
        self._refused = 0  # those of the practice included
        self._since_s = 0.0  # beginning of the wait, or of the signal
        self._wait_s = 0.0
        self.phase = ReactionPhase.WAIT
        self.last: Answer | None = None
        self.last_s: float | None = None

    @property
    def wanted(self) -> int:
        """How many answers are wanted."""
        return self._trials

    @property
    def counted(self) -> int:
        """How many answers counted so far."""
        return len(self._times_s)

    @property
    def answered(self) -> int:
        """How many signals are over, whatever the answer."""
        return self._signals

    @property
    def practising(self) -> bool:
        """Whether the next answer is not counted yet."""
        return self._practice_left > 0

    @property
    def complete(self) -> bool:
        """Whether as many answers counted as were wanted."""
        return self.counted >= self._trials

    def begin(self, now_s: float) -> None:
        """Start the first wait."""
        self._since_s = now_s
        self._wait_s = float(self._rng.uniform(_SHORTEST_WAIT_S, _LONGEST_WAIT_S))
        self.phase = ReactionPhase.WAIT

    def pass_time(self, now_s: float) -> None:
        """Let it be `now_s`: the signal may be due, or have been missed."""
        passed_s = now_s - self._since_s
        if self.phase is ReactionPhase.WAIT and passed_s >= self._wait_s:
            self.phase = ReactionPhase.SHOW
        elif self.phase is ReactionPhase.SIGNAL and passed_s > LAPSE_S:
            self._discard(Answer.TOO_LATE, now_s)

    def shown(self, at_s: float) -> None:
        """Note that the signal is there since `at_s`."""
        self.phase = ReactionPhase.SIGNAL
        self._since_s = at_s

    def press(self, at_s: float) -> None:
        """Note that the person pressed at `at_s`."""
        passed_s = at_s - self._since_s
        match self.phase:
            case ReactionPhase.WAIT if passed_s >= _STRAY_FOR_S:
                self._discard(Answer.TOO_SOON, at_s)
            case ReactionPhase.SHOW:
                self._discard(Answer.TOO_SOON, at_s)
            case ReactionPhase.SIGNAL if passed_s < ANTICIPATION_S:
                self._discard(Answer.TOO_SOON, at_s)
            case ReactionPhase.SIGNAL if passed_s > LAPSE_S:
                self._discard(Answer.TOO_LATE, at_s)
            case ReactionPhase.SIGNAL:
                self._count(passed_s, at_s)
            case ReactionPhase.WAIT | ReactionPhase.DONE:
                pass

    def result(self) -> ReactionTime:
        """Return the estimate.

        Raises
        ------
        UsageError
            When too few answers counted.
        """
        return reaction_time(
            self._times_s,
            anticipations=self._discarded[Answer.TOO_SOON],
            lapses=self._discarded[Answer.TOO_LATE],
        )

    def _count(self, time_s: float, now_s: float) -> None:
        self.last_s = time_s
        self.last = Answer.PRACTICE if self.practising else Answer.COUNTS
        if self.practising:
            self._practice_left -= 1
        else:
            self._times_s.append(time_s)
        self._go_on(now_s)

    def _discard(self, why: Answer, now_s: float) -> None:
        self.last, self.last_s = why, None
        self._refused += 1
        self._discarded[why] += not self.practising
        self._go_on(now_s)

    def _go_on(self, now_s: float) -> None:
        self._signals += 1
        if self.complete or self._refused > _MOST_REFUSED * self._trials:
            self.phase = ReactionPhase.DONE
        else:
            self.begin(now_s)
