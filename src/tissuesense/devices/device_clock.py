"""Trace time from a gauge's own clock: the counter unwrapped, and related to host time.

Arrival times are no sample times: radios and ports deliver in bursts, always late, never early. So
the gauge's clock alone gives the distance between samples, and host time only answers what a
counter cannot: how often it has gone round, and how long it was gone when it started again. The
earliest arrival so far, relative to the gauge's clock, is taken for the prompt one (the lower
envelope, as in Cristian's and NTP's clock filters).
"""

import math
from collections import OrderedDict

# Readings only ever arrive late. A counter that is this much ahead of the promptest arrival has not
# run there: it was started again or its reading is damaged. The share of the time since the reading
# before allows for the ceramic resonators of small boards, which are 0.5 % off.
_LARGEST_LEAD_S = 1.0
_LARGEST_RATE_ERROR = 0.01
# A radio that delivers twice does so at once; that many readings back, a repetition is recognised.
# Later the same count is that of a counter that was started again and passes the same numbers.
_REMEMBERED = 256
_REPEATED_WITHIN_S = 1.0
_LEAST_STEP_S = 1e-6
# So soon after a restart its first reading is shown to have been late, and no clock to be wrong.
_SOON_S = 1.0


class DeviceClock:
    """Trace time, in seconds from the first reading, for one gauge during one recording.

    Each reading gets a later time than those before it, except that a repeated one gets its own
    again. After a restart of the gauge's clock, time goes on from where host time has got to, less
    the usual delay.

    A counter that was started again while nobody was told of it, and stands later than it did
    before, cannot be told from a late delivery: a transport that opens its link again must say so.

    Parameters
    ----------
    period_s
        After how many seconds the counter starts from zero again.
    """

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._shift_s: float | None = None  # trace time less device time
        self._turns = 0
        self._last_s = 0.0
        self._last_host_s = 0.0
        self._host_zero_s = 0.0  # host time less trace time, at the promptest arrival
        self._restarted_host_s = 0.0
        self._late_s = 0.0  # how late the first reading after the restart was
        self._reopened = False
        # By device time: trace time and when it arrived.
        self._recent: OrderedDict[float, tuple[float, float]] = OrderedDict()
        self.wraps = 0
        self.restarts = 0

    def link_reopened(self) -> None:
        """Take note that the gauge may have been switched off and on before its next reading."""
        self._reopened = True

    def trace_time_s(self, t_device_s: float, t_host_s: float) -> float:
        """Return the trace time of a reading.

        Parameters
        ----------
        t_device_s
            The counter, in seconds, as the wire carries it.
        t_host_s
            When the reading arrived, on a clock that never goes back.
        """
        if self._shift_s is None:
            self._shift_s, self._host_zero_s = -t_device_s, t_host_s
            return self._remember(t_device_s, t_host_s, 0.0)
        repeated_s = self._repeated(t_device_s, t_host_s)
        if repeated_s is not None:
            return repeated_s
        prompt_s = t_host_s - self._host_zero_s
        since_shift_s = t_device_s + self._shift_s
        turns = round((prompt_s - since_shift_s) / self._period_s)
        time_s = since_shift_s + turns * self._period_s
        if self._runs_on(time_s, prompt_s, t_host_s - self._last_host_s):
            self.wraps += turns - self._turns
            self._turns = turns
        else:
            # Or each restart would add the lateness of one reading to all that follow.
            self._host_zero_s += self._late_s
            time_s = max(t_host_s - self._host_zero_s, self._last_s + _LEAST_STEP_S)
            self._start_again(t_device_s, t_host_s, time_s)
        return self._remember(t_device_s, t_host_s, time_s)

    def _repeated(self, t_device_s: float, t_host_s: float) -> float | None:
        """Return the trace time of the reading that this one repeats; None for a new one."""
        time_s, arrived_s = self._recent.get(t_device_s, (0.0, -math.inf))
        soon = t_host_s - arrived_s < _REPEATED_WITHIN_S
        return time_s if soon and not self._reopened else None

    def _runs_on(self, time_s: float, prompt_s: float, host_step_s: float) -> bool:
        """Whether the counter can have run from the last reading to this one."""
        if time_s <= self._last_s:
            return False
        allowed_s = _LARGEST_LEAD_S + _LARGEST_RATE_ERROR * host_step_s
        lead_s = time_s - prompt_s
        # Behind a link that stayed open, a reading may be as late as it likes.
        return lead_s < allowed_s and (not self._reopened or lead_s > -allowed_s)

    def _start_again(self, t_device_s: float, t_host_s: float, time_s: float) -> None:
        self._shift_s = time_s - t_device_s
        self._restarted_host_s, self._late_s = t_host_s, 0.0
        self._turns = 0
        self._recent.clear()
        self.restarts += 1

    def _remember(self, t_device_s: float, t_host_s: float, time_s: float) -> float:
        self._recent[t_device_s] = (time_s, t_host_s)
        if len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)
        self._last_s, self._last_host_s = time_s, t_host_s
        earlier_s = max(self._host_zero_s - (t_host_s - time_s), 0.0)
        self._host_zero_s -= earlier_s
        if self.restarts and t_host_s - self._restarted_host_s < _SOON_S:
            self._late_s += earlier_s
        self._reopened = False
        return time_s
