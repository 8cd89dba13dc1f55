"""The rhythm in which a polled gauge is asked."""

from dataclasses import dataclass


@dataclass(slots=True)
class Questions:
    """When to ask a polled gauge: at a steady pace, and again when no answer came.

    Asking again is all that silence leads to: an old reading is never repeated.
    """

    interval_s: float
    timeout_s: float
    _next_s: float = 0.0
    _asked_s: float | None = None

    def begin(self, at_s: float) -> None:
        """Start anew, with the first question at `at_s`."""
        self._next_s, self._asked_s = at_s, None

    def due_s(self) -> float:
        """When the next question is due."""
        return self._next_s if self._asked_s is None else self._asked_s + self.timeout_s

    def asked(self, now_s: float) -> None:
        """Note that a question went out."""
        # Kept to the beat, so that the rate does not suffer from how late each beat was noticed;
        # but beats that were missed altogether are not made up for.
        self._asked_s = now_s
        self._next_s = max(self._next_s + self.interval_s, now_s)

    def answered(self) -> None:
        """Note that something came back."""
        self._asked_s = None
