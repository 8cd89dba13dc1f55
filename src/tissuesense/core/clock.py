"""Time as an argument: the only module that may read a clock."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol


class Clock(Protocol):
    """What the program may know of time."""

    def monotonic_s(self) -> float:
        """Seconds that never go back, from an arbitrary zero."""
        ...

    def now(self) -> datetime:
        """Return the wall clock, in UTC."""
        ...

    def local_now(self) -> datetime:
        """Return the wall clock as it hangs in the practice, with its offset from UTC."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def monotonic_s(self) -> float:
        """Seconds of the machine's monotonic clock."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the machine's wall clock, in UTC."""
        return datetime.now(UTC)

    def local_now(self) -> datetime:
        """Return the machine's wall clock in the zone that the machine is set to."""
        return self.now().astimezone()


@dataclass(slots=True)
class ManualClock:
    """A clock that stands until it is moved, for tests and replays, in any zone."""

    start: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    zone: timezone = UTC
    elapsed_s: float = field(default=0.0)

    def monotonic_s(self) -> float:
        """Seconds moved so far."""
        return self.elapsed_s

    def now(self) -> datetime:
        """Return the start moved by the elapsed seconds."""
        return self.start + timedelta(seconds=self.elapsed_s)

    def local_now(self) -> datetime:
        """Return the same moment in the clock's zone."""
        return self.now().astimezone(self.zone)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.elapsed_s += seconds
