"""How fast the force is rising, as steadily as a hand can follow."""

import math

_TIME_CONSTANT_S = 0.3


class RampRate:
    """Exponentially averaged slope of the force, without the lag of an average that starts at 0.

    The average over the readings so far is divided by the weight they have together; a straight
    ramp therefore reads right from its second sample on, only noisier.
    """

    def __init__(self, t_s: float, force_n: float) -> None:
        self._last = (t_s, force_n)
        self._sum_n_s = 0.0
        self._weight = 0.0

    def add(self, t_s: float, force_n: float) -> None:
        """Take the next reading; its time is later than the last one's."""
        step_s, rise_n = t_s - self._last[0], force_n - self._last[1]
        share = 1.0 - math.exp(-step_s / _TIME_CONSTANT_S)
        self._sum_n_s += share * (rise_n / step_s - self._sum_n_s)
        self._weight += share * (1.0 - self._weight)
        self._last = (t_s, force_n)

    @property
    def n_per_s(self) -> float | None:
        """The rate; None before the second reading."""
        return self._sum_n_s / self._weight if self._weight > 0 else None
