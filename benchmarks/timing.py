"""How a benchmark is told, and how long something takes."""

import time
from collections.abc import Callable
from dataclasses import dataclass


class NotHereError(Exception):
    """A benchmark needs what this machine does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Our way and a named peer's way through the same work, in seconds.

    Attributes
    ----------
    unit
        Of the three numbers, where it is not seconds.
    goal_s
        What ours must stay below; None where nothing was promised.
    goal_ratio
        How many times faster ours must be; likewise.
    remark
        What the two do not have in common.
    """

    work: str
    ours_s: float
    peer: str
    peer_s: float
    remark: str
    goal_s: float | None = None
    goal_ratio: float | None = None
    unit: str = "s"

    @property
    def missed(self) -> bool:
        """Whether a goal was missed."""
        too_long = self.goal_s is not None and self.ours_s > self.goal_s
        too_slow = self.goal_ratio is not None and self.peer_s < self.goal_ratio * self.ours_s
        return too_long or too_slow

    @property
    def goal(self) -> str:
        """The goal in words."""
        least = "" if self.goal_ratio is None else f"{self.goal_ratio:g} x faster"
        most = "" if self.goal_s is None else f"< {self.goal_s:g} {self.unit}"
        return ", ".join(goal for goal in (most, least) if goal)


def cpu_s(work: Callable[[], object], *, rounds: int = 3) -> float:
    """Return the least processor time of several rounds: other programs only ever add to it."""
    return min(_once(work, time.process_time) for _ in range(rounds))


def wall_s(work: Callable[[], object], *, rounds: int = 5) -> float:
    """Return the least time on the wall of several rounds, for work in other processes."""
    return min(_once(work, time.perf_counter) for _ in range(rounds))


def _once(work: Callable[[], object], clock: Callable[[], float]) -> float:
    start_s = clock()
    work()
    return clock() - start_s
