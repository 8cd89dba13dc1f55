"""From chunks to a trace: the one function of the recorded bytes that live and replay share."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tissuesense.core.arrays import FloatArray, frozen
from tissuesense.core.errors import LocalProtocolError
from tissuesense.core.quality import QualityFlag, QualitySummary
from tissuesense.core.timebase import usual_rate_hz
from tissuesense.core.trace import ClockSource, Trace, TraceBuilder
from tissuesense.devices.ble_sig import BATTERY_LEVEL, battery_level
from tissuesense.devices.codec import (
    Codec,
    Command,
    DeviceRestarted,
    Event,
    ForceReading,
    MarkerPressed,
    Reading,
    Rejection,
)
from tissuesense.devices.health import GaugeHealth
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.transport.base import Chunk, HostChannel, LinkState, MarkSource
from tissuesense.transport.sample_time import SampleTimes
from tissuesense.transport.stream_quality import Notice, StreamQuality

# Time, and a value for each column.
_Row = tuple[float, Mapping[str, float]]

_SILENCE_AT_END_S = 0.5
_NOTHING = frozen(np.zeros(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleBlock:
    """What became known at once.

    Attributes
    ----------
    t_s, force_n
        New samples, shape (n,), n may be 0; exactly those of the trace. A gauge of motion alone
        has times and no forces.
    displacement_mm, acceleration_m_s2, angle_deg
        None where the gauge has none.
    marks_s
        When the client signalled, in trace time.
    events
        Everything else that the device said, and what was refused.
    elapsed_s
        Trace time by the host's clock; 0 before the first sample.
    """

    t_s: FloatArray = field(default_factory=lambda: _NOTHING)
    force_n: FloatArray = field(default_factory=lambda: _NOTHING)
    displacement_mm: FloatArray | None = None
    acceleration_m_s2: FloatArray | None = None
    angle_deg: FloatArray | None = None
    marks_s: tuple[float, ...] = ()
    events: tuple[Notice, ...] = ()
    link: LinkState = LinkState.UP
    elapsed_s: float = 0.0

    @property
    def columns(self) -> dict[str, FloatArray]:
        """The new samples by column of a trace: what the gauge has, and nothing else."""
        stated = {
            "force_n": self.force_n if self.force_n.size == self.t_s.size else None,
            "displacement_mm": self.displacement_mm,
            "acceleration_m_s2": self.acceleration_m_s2,
            "angle_deg": self.angle_deg,
        }
        return {name: values for name, values in stated.items() if values is not None}


class StreamAssembler:
    """Decode chunks in their order and keep what they amount to.

    It does no I/O and reads no clock: the same chunks give the same trace, bit for bit.
    """

    def __init__(self, profile: DeviceProfile, parameters: WireParameters) -> None:
        self._profile = profile
        self._parameters = parameters
        self._codec: Codec = profile.codec(parameters)
        rate_hz = profile.nominal_rate_hz
        self._times = SampleTimes(
            period_s=profile.clock_period_s, usual_step_s=1 / rate_hz if rate_hz else None
        )
        self._builder: TraceBuilder | None = None
        self._columns: tuple[str, ...] = ()
        self._link = LinkState.UP
        self._last_t_s: float | None = None
        self._broke_at_s: float | None = None
        self._quality = StreamQuality()
        self._marked_by = ""

    @property
    def clock_source(self) -> ClockSource | None:
        """Whose clock the trace is on; None before the first reading."""
        return self._times.source

    @property
    def last_t_s(self) -> float | None:
        """Trace time of the last sample."""
        return self._last_t_s

    @property
    def marked_by(self) -> str:
        """What gave the client's first signal, a `MarkSource`; empty where nothing told."""
        return self._marked_by

    @property
    def refusals(self) -> Counter[Rejection]:
        """How many pieces of the stream were refused so far, by the reason."""
        return self._quality.refusals

    @property
    def health(self) -> GaugeHealth:
        """What the gauge said of itself so far."""
        return self._quality.health

    def encode(self, command: Command) -> bytes:
        """Return a command's bytes; the codec may remember what it asked.

        Raises
        ------
        LocalProtocolError
            When the device has no such command.
        """
        return self._codec.encode(command)

    def feed(self, chunk: Chunk) -> SampleBlock:
        """Take the next chunk and return what it completes."""
        match chunk.channel:
            case HostChannel.MARKER:
                told_by = chunk.data.decode(errors="replace").partition(" ")[0]
                mark_s = self._mark(self._times.on_host_clock(chunk.t_host_s), told_by)
                return self._block(chunk, marks_s=mark_s)
            case HostChannel.LINK:
                self._change_link(LinkState(chunk.data.decode()))
            case HostChannel.SENT:
                self._resend(chunk)
            case HostChannel.DROPPED:
                self._quality.flag(QualityFlag.DROP)
            case HostChannel.END:
                self._end(self._times.on_host_clock(chunk.t_host_s))
            case _:
                return self._decode(chunk) if chunk.data else self._block(chunk)
        return self._block(chunk)

    def trace(self) -> Trace:
        """Return everything so far."""
        if self._builder is None:
            return Trace(t_s=_NOTHING, force_n=_NOTHING, clock=ClockSource.HOST)
        return self._builder.build()

    def quality(self) -> QualitySummary:
        """Return what happened on the way so far."""
        return self._quality.summary(self.trace().t_s)

    def _decode(self, chunk: Chunk) -> SampleBlock:
        if chunk.channel == BATTERY_LEVEL:  # the same for every radio
            return self._block(chunk, events=self._notices([battery_level(chunk.data)]))
        events = self._codec.receive(chunk.data, chunk.t_host_s, chunk.channel)
        if any(isinstance(event, DeviceRestarted) for event in events):
            self._interrupted()
            self._begun_anew()
        readings = [event for event in events if isinstance(event, Reading)]
        places = self._times.place([r.t_device_s for r in readings], chunk.t_host_s)
        rows = [r for r in map(self._add, readings, places) if r is not None]
        marks = [
            mark_s
            for event in events
            if isinstance(event, MarkerPressed)
            for mark_s in self._mark(
                self._times.moment(event.t_device_s, event.t_host_s), MarkSource.DEVICE
            )
        ]
        return self._block(chunk, rows, marks, self._notices(events))

    def _add(self, reading: Reading, t_s: float | None) -> _Row | None:
        """Add a reading to the trace; return its row, or None where it is none."""
        values = _values(reading)
        if self._builder is None:
            self._builder = TraceBuilder(self._times.source or ClockSource.HOST)
            self._columns = tuple(values)
        # A column has a value in every row; a line that lost its depth is a damaged line.
        if t_s is None or tuple(values) != self._columns:
            self._quality.refuse(Rejection.MALFORMED)
            return None
        if not self._builder.add(t_s, **values):
            self._quality.repeat()
            return None
        if self._broke_at_s is not None:
            self._quality.outage(self._broke_at_s, t_s)
            self._broke_at_s = None
        self._last_t_s = t_s
        return t_s, values

    def _mark(self, t_s: float | None, told_by: str) -> tuple[float, ...]:
        """Note a signal of the client; one from before the first reading belongs to nothing."""
        if self._builder is None or t_s is None:
            return ()
        self._builder.mark(t_s)
        self._marked_by = self._marked_by or told_by
        return (t_s,)

    def _notices(self, events: Sequence[Event]) -> tuple[Notice, ...]:
        notices = tuple(e for e in events if not isinstance(e, Reading | MarkerPressed))
        for notice in notices:
            self._quality.note(notice)
        return notices

    def _change_link(self, state: LinkState) -> None:
        if state is LinkState.LOST:
            self._interrupted()
        if state is LinkState.UP and self._link is LinkState.LOST:
            # Half a frame from before the outage must not be completed by one from after it.
            self._codec = self._profile.codec(self._parameters)
            self._begun_anew()
        self._link = state

    def _interrupted(self) -> None:
        if self._broke_at_s is None:
            self._broke_at_s = self._last_t_s

    def _begun_anew(self) -> None:
        """Expect that the device's clock was set back, and its zero with it."""
        self._times.relink()
        self._quality.flag(QualityFlag.RECONNECTED)

    def _end(self, end_s: float | None) -> None:
        """Mark what is missing at the end: nobody can see that in the samples."""
        if self._last_t_s is None or end_s is None:
            return
        rate_hz = usual_rate_hz(self.trace().t_s)
        usual_s = _SILENCE_AT_END_S + (3 / rate_hz if rate_hz else 0.0)
        if self._link is LinkState.LOST or end_s - self._last_t_s > usual_s:
            self._quality.outage(self._last_t_s, end_s)

    def _resend(self, chunk: Chunk) -> None:
        """Bring the codec of a replay to where the live one was after it had sent a command."""
        try:
            self._codec.encode(Command(chunk.data.decode()))
        except LocalProtocolError:
            return  # a later version of the codec may have dropped the command

    def _block(
        self,
        chunk: Chunk,
        rows: Sequence[_Row] = (),
        marks_s: Sequence[float] = (),
        events: tuple[Notice, ...] = (),
    ) -> SampleBlock:
        columns = {
            name: frozen(np.array([values[name] for _, values in rows], dtype=np.float64))
            for name in self._columns
        }
        elapsed_s = self._times.on_host_clock(chunk.t_host_s) or 0.0
        return SampleBlock(
            t_s=frozen(np.array([t_s for t_s, _ in rows], dtype=np.float64)),
            force_n=columns.get("force_n", _NOTHING),
            displacement_mm=columns.get("displacement_mm"),
            acceleration_m_s2=columns.get("acceleration_m_s2"),
            angle_deg=columns.get("angle_deg"),
            marks_s=tuple(marks_s),
            events=events,
            link=self._link,
            elapsed_s=max(elapsed_s, 0.0),
        )


def _values(reading: Reading) -> dict[str, float]:
    """Return what a reading has a value for, by column."""
    stated = (
        ("force_n", reading.force_n if isinstance(reading, ForceReading) else None),
        ("displacement_mm", reading.displacement_mm),
        ("acceleration_m_s2", reading.acceleration_m_s2),
        ("angle_deg", reading.angle_deg),
    )
    return {name: value for name, value in stated if value is not None}
