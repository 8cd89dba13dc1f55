"""What happens on the way from the wire to the trace, counted as it happens."""

from collections import Counter
from collections.abc import Sequence

from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag, QualitySummary
from tissuesense.core.timebase import find_gaps, usual_rate_hz
from tissuesense.devices.codec import (
    BatteryLevel,
    DeviceFacts,
    DeviceRestarted,
    DeviceText,
    Fault,
    FaultKind,
    FrameRejected,
    Rejection,
    SamplesMissed,
    Temperature,
)
from tissuesense.devices.health import GaugeHealth

Notice = (
    BatteryLevel
    | DeviceFacts
    | DeviceRestarted
    | DeviceText
    | Fault
    | FrameRejected
    | SamplesMissed
    | Temperature
)
"""What a device says beside its readings and the client's signals."""

# Below this rate a ramp of 30 to 50 kPa/s moves by several kPa between two readings.
_SLOW_HZ = 10.0
_ENOUGH_TO_JUDGE_RATE = 10


class StreamQuality:
    """Counts for one stream; it gives the summary of the trace and the health of the gauge."""

    def __init__(self) -> None:
        self._refusals: Counter[Rejection] = Counter()
        self._faults: Counter[FaultKind] = Counter()
        self._battery = BatteryLevel()
        self._duplicates = 0
        self._outages: list[tuple[float, float]] = []
        self._flags: dict[QualityFlag, None] = {}

    @property
    def refusals(self) -> Counter[Rejection]:
        """How many pieces of the stream were refused so far, by the reason."""
        return self._refusals.copy()

    @property
    def health(self) -> GaugeHealth:
        """What the gauge said of itself so far."""
        return GaugeHealth(
            battery_v=self._battery.volts,
            battery_percent=self._battery.percent,
            low_battery=self._faults[FaultKind.LOW_BATTERY] > 0,
            overloaded=self._faults[FaultKind.OVERLOAD] > 0,
            sensor_fault=self._faults[FaultKind.SENSOR] > 0,
            refused_commands=self._faults[FaultKind.REFUSED_COMMAND],
        )

    def note(self, notice: Notice) -> None:
        """Take note of what the device said."""
        match notice:
            case FrameRejected():
                self.refuse(notice.why)
            case Fault():
                self._faults[notice.kind] += 1
            case BatteryLevel():
                self._battery = notice
            case SamplesMissed():
                self.flag(QualityFlag.DROP)
            case DeviceRestarted() | DeviceText() | DeviceFacts() | Temperature():
                pass  # whoever opened the device wants it

    def refuse(self, why: Rejection) -> None:
        """Take note of a piece that became no reading."""
        self._refusals[why] += 1

    def repeat(self) -> None:
        """Take note of a reading that came once more."""
        self._duplicates += 1

    def outage(self, from_s: float, to_s: float) -> None:
        """Take note that nothing could come between two moments of the trace."""
        self._outages.append((from_s, to_s))

    def flag(self, flag: QualityFlag) -> None:
        """Take note of something that no count tells."""
        self._flags[flag] = None

    def summary(self, t_s: FloatArray) -> QualitySummary:
        """Return what happened so far.

        Parameters
        ----------
        t_s
            Times of all samples, shape (n,).
        """
        gaps = _united(find_gaps(t_s), self._outages)
        rate_hz = usual_rate_hz(t_s)
        found = {
            QualityFlag.GAP: bool(gaps),
            QualityFlag.OVERLOAD: self._faults[FaultKind.OVERLOAD] > 0,
            QualityFlag.REJECTED_FRAMES: self._refusals.total() > 0,
            QualityFlag.DUPLICATES: self._duplicates > 0,
            QualityFlag.SLOW_SOURCE: rate_hz is not None
            and t_s.size >= _ENOUGH_TO_JUDGE_RATE
            and rate_hz < _SLOW_HZ,
        }
        return QualitySummary(
            gaps=gaps,
            rejected_frames=self._refusals.total(),
            duplicates=self._duplicates,
            flags=(*self._flags, *(flag for flag, is_so in found.items() if is_so)),
        )


def _united(
    gaps: Sequence[tuple[float, float]], outages: Sequence[tuple[float, float]]
) -> tuple[tuple[float, float], ...]:
    """Return gaps and outages in order, each stretch once."""
    return tuple(sorted({*gaps, *outages}))
