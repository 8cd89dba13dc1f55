"""The rhythm in which a polled gauge is asked."""

from collections import deque
from dataclasses import dataclass, field

# Two questions may be open at once, the second because the first seemed lost. After this many
# timeouts without a word, both seem lost.
_BOTH_LOST = 3
_MOST_OPEN = 8
# A gauge that takes longer than expected is given this many times the longest that it took.
_MARGIN = 2.0
# An answer that comes sooner than this share of the timeout after a question answers that one.
_PROMPT = 0.5


@dataclass(slots=True)
class Questions:
    """When to ask a polled gauge: at a steady pace, and again when no answer came.

    Asking again is all that silence leads to: an old reading is never repeated. But a gauge that is
    slow rather than deaf would work off every question that it was asked, and its readings would
    come later and later: so how long it took is learnt, and it is not asked faster than it answers.
    """

    interval_s: float
    timeout_s: float
    _next_s: float = 0.0
    _asked_s: float | None = None  # the latest question, while it is open
    _older_s: deque[float] = field(default_factory=lambda: deque(maxlen=_MOST_OPEN))
    _repeated: bool = False  # the latest one was asked because the one before was not answered
    _heard_s: float = 0.0
    _patience_s: float = 0.0

    def begin(self, at_s: float) -> None:
        """Start anew, with the first question at `at_s`."""
        self._next_s, self._heard_s, self._patience_s = at_s, at_s, self.timeout_s
        self._asked_s = None
        self._older_s.clear()

    def due_s(self) -> float:
        """When the next question is due."""
        if self._asked_s is None:
            return self._next_s
        return max(self._asked_s, self._heard_s) + self._patience_s

    def asked(self, now_s: float) -> None:
        """Note that a question went out."""
        self._repeated = self._asked_s is not None
        if self._asked_s is not None and self._heard_s > self._asked_s:
            # What came after it was its answer, then; nothing older is on its way.
            self._older_s.clear()
            self._patience_s = self.timeout_s
        elif self._asked_s is not None:
            self._older_s.append(self._asked_s)
            self._patience_s = max(self._patience_s, _BOTH_LOST * self.timeout_s)
        # Kept to the beat, so that the rate does not suffer from how late each beat was noticed;
        # but beats that were missed altogether are not made up for.
        self._asked_s = now_s
        self._next_s = max(self._next_s + self.interval_s, now_s)

    def answered(self, now_s: float) -> None:
        """Note that something came back."""
        if self._asked_s is None:
            return
        self._heard_s = now_s
        took_s = now_s - self._asked_s
        if not self._older_s:
            self._asked_s = None
            self._patience_s = max(self.timeout_s, min(self._patience_s, _MARGIN * took_s))
        elif took_s > _PROMPT * self.timeout_s:
            # Too late for the latest question, which stays open.
            oldest_s = self._older_s.popleft()
            self._patience_s = max(self._patience_s, _MARGIN * (now_s - oldest_s))
        else:
            self._asked_s = None
            if not self._repeated:  # a second prompt answer on end: the older ones were lost
                self._older_s.clear()
                self._patience_s = self.timeout_s
