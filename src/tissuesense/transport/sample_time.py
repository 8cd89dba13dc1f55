"""When a sample was taken: device time where there is one, else arrival, on the trace's axis."""

from collections.abc import Sequence
from dataclasses import dataclass

from tissuesense.core.trace import ClockSource
from tissuesense.devices.device_clock import DeviceClock

# Readings that arrive together at the very start, from a gauge of unknown rate.
_ASSUMED_STEP_S = 0.01
# Between readings whose arrival was noted as the same moment, one after the other.
_LEAST_STEP_S = 1e-6
# Quartz against quartz, cold and old, with a margin: 2 x 100 ppm.
_DRIFT = 2e-4
# For a device whose counter is wide enough never to wrap.
_NO_PERIOD_S = 1e9


@dataclass(slots=True)
class HostOffset:
    """Host time minus trace time, from the chunks that came fastest lately."""

    offset_s: float
    seen_at_s: float

    def observe(self, t_host_s: float, t_s: float) -> None:
        """Learn from a chunk whose last sample was taken at trace time `t_s`."""
        allowed_s = self.offset_s + _DRIFT * (t_host_s - self.seen_at_s)
        self.offset_s = min(t_host_s - t_s, allowed_s)
        self.seen_at_s = t_host_s


class SampleTimes:
    """Trace times of readings, one chunk after the other; trace time 0 is the first reading.

    The first reading decides whose clock counts. Where it is the device's, arrival serves only to
    tell how long the device was away, and where a marker pressed on the host belongs.

    Parameters
    ----------
    period_s
        After how long the device's clock starts again; None where it never does.
    usual_step_s
        Sampling interval to assume until one is known.
    """

    def __init__(self, *, period_s: float | None, usual_step_s: float | None) -> None:
        self.source: ClockSource | None = None
        self._period_s = period_s or _NO_PERIOD_S
        self._clock = DeviceClock(self._period_s)
        self._step_s = usual_step_s or _ASSUMED_STEP_S
        self._host: HostOffset | None = None
        self._last_host_s = 0.0
        self._last_by_arrival_s = -_LEAST_STEP_S
        self._last: tuple[float, float] | None = None  # device time and trace time of a reading
        self._new_link = False

    def relink(self) -> None:
        """Expect that the device may have been switched off and on before its next reading."""
        self._clock.link_reopened()
        self._new_link = True

    def on_host_clock(self, t_host_s: float) -> float | None:
        """Return the trace time of a moment on the host; None before the first reading."""
        return None if self._host is None else t_host_s - self._host.offset_s

    def moment(self, t_device_s: float | None, t_host_s: float) -> float | None:
        """Return the trace time of something that is no reading; None before the first one."""
        if t_device_s is None or self._last is None:
            return self.on_host_clock(t_host_s)
        device_s, t_s = self._last
        step_s = t_device_s - device_s
        return t_s + step_s - self._period_s * round(step_s / self._period_s)

    def place(self, t_device_s: Sequence[float | None], t_host_s: float) -> list[float | None]:
        """Return the trace time of each reading of a chunk.

        A reading that lacks the device time that the first one had gets None.
        """
        if not t_device_s:
            return []
        if self.source is None:
            timed = t_device_s[0] is not None
            self.source = ClockSource.DEVICE if timed else ClockSource.HOST
        if self.source is ClockSource.DEVICE:
            return [self._by_device(device_s, t_host_s) for device_s in t_device_s]
        return [*self._by_arrival(len(t_device_s), t_host_s)]

    def _by_device(self, device_s: float | None, t_host_s: float) -> float | None:
        if device_s is None:
            return None
        t_s = self._clock.trace_time_s(device_s, t_host_s)
        self._last = (device_s, t_s)
        if self._host is None:
            self._host = HostOffset(t_host_s - t_s, t_host_s)
        self._host.observe(t_host_s, t_s)
        return t_s

    def _by_arrival(self, count: int, t_host_s: float) -> list[float]:
        """Spread readings that arrived together over the time since the ones before."""
        between_s = self._step_s
        if self._host is None:
            self._host = HostOffset(t_host_s - between_s * (count - 1), t_host_s)
        elif count > 1:
            between_s = min(between_s, (t_host_s - self._last_host_s) / count)
        elif not self._new_link:
            self._step_s = t_host_s - self._last_host_s
        self._new_link = False
        self._last_host_s = t_host_s
        end_s = t_host_s - self._host.offset_s
        placed = []
        for i in range(count):
            due_s = end_s - between_s * (count - 1 - i)
            # Without a clock of the gauge's own, nothing says that a reading came twice.
            self._last_by_arrival_s = max(due_s, self._last_by_arrival_s + _LEAST_STEP_S)
            placed.append(self._last_by_arrival_s)
        return placed
