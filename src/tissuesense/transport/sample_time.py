"""When a sample was taken: device time where there is one, else arrival, on the trace's axis.

Arrival is late by a varying amount (a radio sends in batches, an operating system wakes when it
likes), so where the device states a time, only differences of that time are used. The host's clock
then serves for two things: how long the device was away, and where a marker that was pressed on
the host belongs.
"""

from dataclasses import dataclass

from tissuesense.core.trace import ClockSource

# A step of the device's clock up to here needs no explanation.
_USUAL_STEP_S = 2.0
# A step back up to here is a reading that came twice or late; more is a clock that started again.
_LATE_S = 1.0
# How far two clocks may disagree over an outage and still both have run on.
_TOLERANCE_S = 0.5
# Quartz against quartz, cold and old, with a margin: 2 x 100 ppm.
_DRIFT = 2e-4


@dataclass(slots=True)
class HostOffset:
    """Host time minus trace time, from the chunks that came fastest."""

    offset_s: float
    seen_at_s: float

    def observe(self, t_host_s: float, t_s: float) -> None:
        """Learn from a chunk whose last sample was taken at trace time `t_s`."""
        allowed_s = self.offset_s + _DRIFT * (t_host_s - self.seen_at_s)
        self.offset_s = min(t_host_s - t_s, allowed_s)
        self.seen_at_s = t_host_s


class SampleTimes:
    """Trace times of readings, one chunk after the other; trace time 0 is the first reading.

    Parameters
    ----------
    period_s
        After how long the device's clock starts again; None where it never does.
    usual_step_s
        Sampling interval to assume until one is known.
    """

    def __init__(self, *, period_s: float | None, usual_step_s: float | None) -> None:
        self._period_s = period_s
        self._step_s = usual_step_s
        self.source: ClockSource | None = None
        self._host: HostOffset | None = None
        self._last_s = 0.0
        self._last_device_s = 0.0
        self._last_host_s = 0.0
        self._doubted_s: float | None = None
        self._new_link = False

    def relink(self) -> None:
        """Expect that the device's clock may have started again."""
        self._new_link = True
        self._doubted_s = None

    def on_host_clock(self, t_host_s: float) -> float | None:
        """Return the trace time of a moment on the host; None before the first reading."""
        return None if self._host is None else t_host_s - self._host.offset_s

    def place(self, t_device_s: list[float | None], t_host_s: float) -> list[float | None]:
        """Return the trace time of each reading of a chunk; None for one that has none.

        A reading has none when its device time is nonsense, or when it lacks the device time that
        the others have.
        """
        if not t_device_s:
            return []
        if self.source is None:
            first = t_device_s[0]
            self.source = ClockSource.HOST if first is None else ClockSource.DEVICE
        if self.source is ClockSource.HOST:
            placed: list[float | None] = [*self._by_arrival(len(t_device_s), t_host_s)]
        else:
            placed = self._by_device(t_device_s, t_host_s)
        self._last_host_s = t_host_s
        return placed

    def _by_arrival(self, count: int, t_host_s: float) -> list[float]:
        """Spread readings that arrived together over the time since the ones before."""
        if self._host is None:
            step_s = self._step_s or 0.0
            self._host = HostOffset(t_host_s - step_s * (count - 1), t_host_s)
            between_s = step_s
        else:
            between_s = (t_host_s - self._last_host_s) / count
            if count == 1 and not self._new_link:
                self._step_s = between_s
            elif self._step_s is not None:
                between_s = min(between_s, self._step_s)
        self._new_link = False
        end_s = t_host_s - self._host.offset_s
        return [end_s - between_s * (count - 1 - i) for i in range(count)]

    def _by_device(self, t_device_s: list[float | None], t_host_s: float) -> list[float | None]:
        placed: list[float | None] = []
        times = [t for t in t_device_s if t is not None]
        batch_s = self._advance(times[0], times[-1]) if times else 0.0
        for device_s in t_device_s:
            if device_s is None:
                placed.append(None)
                continue
            # Of readings that came together the last one is the fresh one.
            lag_s = self._advance(device_s, times[-1]) if 0 <= batch_s < _USUAL_STEP_S else 0.0
            placed.append(self._by_clock(device_s, t_host_s - lag_s))
        if placed and placed[-1] is not None and self._host is not None:
            self._host.observe(t_host_s, placed[-1])
        return placed

    def _by_clock(self, device_s: float, expected_host_s: float) -> float | None:
        """Return the trace time of one reading, expected to have been taken at a host time."""
        if self._host is None:
            self._host = HostOffset(expected_host_s, expected_host_s)
            self._last_device_s = device_s
            self._new_link = False
            return 0.0
        step_s = self._advance(self._last_device_s, device_s)
        expected_s = expected_host_s - self._host.offset_s
        if self._plausible(step_s, expected_s):
            t_s = self._last_s + step_s
        elif self._new_link or self._confirms_doubt(device_s):
            t_s = max(expected_s, self._last_s + (self._step_s or 0.0))
        else:
            self._doubted_s = device_s
            return None
        self._new_link, self._doubted_s = False, None
        if t_s > self._last_s:
            self._last_s, self._last_device_s = t_s, device_s
        return t_s

    def _plausible(self, step_s: float, expected_s: float) -> bool:
        agrees = -_TOLERANCE_S < self._last_s + step_s - expected_s < _TOLERANCE_S
        if self._new_link:
            return agrees
        return agrees or -_LATE_S < step_s <= _USUAL_STEP_S

    def _confirms_doubt(self, device_s: float) -> bool:
        """Two readings that agree with one another and not with the past: a new start."""
        if self._doubted_s is None:
            return False
        return 0 < self._advance(self._doubted_s, device_s) <= _USUAL_STEP_S

    def _advance(self, from_s: float, to_s: float) -> float:
        """Return how far the device's clock went, over a wrap if that is the shorter way."""
        step_s = to_s - from_s
        if self._period_s is not None:
            step_s -= self._period_s * round(step_s / self._period_s)
        return step_s
