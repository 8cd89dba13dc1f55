"""Where the gauge stands while nothing presses on it; gauges are seldom zeroed."""

from collections import deque
from statistics import fmean, median

_BIN_S = 0.1
_BINS = 10  # one second, or ten readings of a slow gauge
_FEWEST_BINS = 3  # enough to see a press that comes before the second is over
_STEADY_WITHIN_N = 0.6  # plus or minus 0.3 N


class ZeroTracker:
    """Follow the unloaded level from readings that are taken to be unloaded.

    `level_n` is there as soon as a few tenths of a second agree, `is_steady` after a whole second.
    Means over a tenth of a second are compared, so that a noisy gauge still counts as steady.
    """

    def __init__(self) -> None:
        self._bins: deque[float] = deque(maxlen=_BINS)
        self._open: list[float] = []
        self._opened_s = 0.0
        self.level_n: float | None = None

    def add(self, t_s: float, force_n: float) -> None:
        """Take one unloaded reading."""
        if self._open and t_s - self._opened_s >= _BIN_S:
            self._close_bin()
        if not self._open:
            self._opened_s = t_s
        self._open.append(force_n)

    @property
    def is_steady(self) -> bool:
        """Whether a whole second of readings stood behind the level."""
        return self.level_n is not None and len(self._bins) == _BINS

    def _close_bin(self) -> None:
        self._bins.append(fmean(self._open))
        self._open.clear()
        if (
            len(self._bins) >= _FEWEST_BINS
            and max(self._bins) - min(self._bins) <= _STEADY_WITHIN_N
        ):
            self.level_n = median(self._bins)

    def forget(self) -> None:
        """Start again: the gauge was moved, or its stream was interrupted."""
        self._bins.clear()
        self._open.clear()
        self.level_n = None
