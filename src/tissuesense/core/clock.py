"""Time as an argument: the only module that may read a clock."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the program may know of time."""

    def monotonic_s(self) -> float:
        """Seconds that never go back, from an arbitrary zero."""
        ...

    def now(self) -> datetime:
        """Return the wall clock, in UTC."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def monotonic_s(self) -> float:
        """Seconds of the machine's monotonic clock."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the machine's wall clock, in UTC."""
        return datetime.now(UTC)


@dataclass(slots=True)
class ManualClock:
    """A clock that stands until it is moved, for tests and replays."""

    start: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    elapsed_s: float = field(default=0.0)

    def monotonic_s(self) -> float:
        """Seconds moved so far."""
        return self.elapsed_s

    def now(self) -> datetime:
        """Return the start moved by the elapsed seconds."""
        return self.start + timedelta(seconds=self.elapsed_s)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.elapsed_s += seconds
