"""The device's side of TissueSense Link, for the simulator and for tests: a gauge that has it all.

Source: `firmware_interfaces/link/PROTOCOL.md`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tissuesense.devices.codec import WireSample
from tissuesense.devices.link.frames import LinkFramer, frame
from tissuesense.devices.link.messages import (
    Ask,
    Battery,
    Capability,
    FaultChange,
    FaultCode,
    Hello,
    Marker,
    Message,
    Range,
    Reply,
    Request,
    Result,
    Sample,
    TextKind,
    Tip,
    decode,
    encode,
    text_parts,
)
from tissuesense.devices.profile import WireParameters

_USUAL_RATE_HZ = 80.0
_MOST_UN = 500_000_000
_REPEATS_OF_A_PRESS = 2
_CLOCK_PERIOD_US = 2**32
_FAULT_AGAIN_US = 1_000_000
_CAPABILITIES = (
    Capability.DISPLACEMENT
    | Capability.ACCELERATION
    | Capability.ANGLE
    | Capability.TARE
    | Capability.BUTTON
    | Capability.BATTERY
    | Capability.RATE
)
_RANGE = Range(least_un=-_MOST_UN, most_un=_MOST_UN, resolution_un=1)
_FLAT_1_CM2 = Tip(shape=1, area=100_000, area_u=500)
_BATTERY = Battery(percent=87, millivolt=3900)
_TEXTS = (
    (TextKind.MAKER, "TissueSense"),
    (TextKind.MODEL, "simulated Link gauge"),
    (TextKind.FIRMWARE, "1.0"),
    (TextKind.CALIBRATION, "simulated"),
)
_SERIAL = "SIM-0001"


class SimulatedLink:
    """A gauge on this wire; its fastest rate is that of the samples that it is handed."""

    def __init__(self, parameters: WireParameters) -> None:
        self._sign = parameters.sign
        self._fastest_mhz = round((parameters.rate_hz or _USUAL_RATE_HZ) * 1e3)
        self._every = 1  # of so many samples, one is sent
        self._handed = 0
        self._commands = LinkFramer()
        self._streaming = False
        self._seq = 0
        self._latest_un = 0
        self._tare_un = 0
        self._overload: FaultChange | None = None  # as it was told, and when last
        self._told_us = 0
        self._press = Marker(count=0, time_us=0)
        self._repeats = 0

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Return the frames of `samples`; nothing before the start command."""
        return b"".join(
            frame(encode(message)) for sample in samples for message in self._measured(sample)
        )

    def reply(self, request: bytes) -> bytes:
        """Return the answers to the commands that `request` completes."""
        messages = (
            decode(piece) for piece in self._commands.receive(request) if isinstance(piece, bytes)
        )
        return b"".join(
            frame(encode(answer))
            for message in messages
            if isinstance(message, Request)
            for answer in self._answers(message)
        )

    # What it measures

    def _measured(self, sample: WireSample) -> Iterator[Message]:
        self._latest_un = round(self._sign * sample.force_n * 1e6)
        self._handed += 1
        if not self._streaming or self._handed % self._every:
            return
        time_us = round(sample.t_s * 1e6) % _CLOCK_PERIOD_US
        yield from self._reading(sample, time_us)
        self._seq = (self._seq + 1) % 2**16
        if sample.marker:
            self._press = Marker(count=(self._press.count + 1) % 2**8, time_us=time_us)
            self._repeats = _REPEATS_OF_A_PRESS
            yield self._press
        elif self._repeats:
            self._repeats -= 1
            yield self._press

    def _reading(self, sample: WireSample, time_us: int) -> Iterator[Message]:
        """Say the force, or where it is beyond the range, that."""
        if abs(self._latest_un) > _MOST_UN:
            yield from self._overloaded(time_us)
            return
        if self._overload is not None:
            yield replace(self._overload, state=0, time_us=time_us)
            self._overload = None
        full = sample.displacement_mm is not None and sample.acceleration_m_s2 is not None
        yield Sample(
            seq=self._seq,
            time_us=time_us,
            force_un=self._latest_un - self._tare_un,
            displacement_um=_scaled(sample.displacement_mm, 1e3),
            acceleration_cm_s2=_scaled(sample.acceleration_m_s2, 1e2),
            angle_cdeg=None if full else _scaled(sample.angle_deg, 1e2),
        )

    def _overloaded(self, time_us: int) -> Iterator[Message]:
        """Say so once, and again every second: silence would look like a lost link."""
        if self._overload is None:
            self._overload = FaultChange(code=FaultCode.OVERLOAD, state=1, time_us=time_us)
        elif (time_us - self._told_us) % _CLOCK_PERIOD_US < _FAULT_AGAIN_US:
            return
        self._told_us = time_us
        yield self._overload

    # What it is asked

    def _answers(self, request: Request) -> Iterator[Message]:
        if request.command == Ask.HELLO:
            yield from self._hello()
        elif request.command == Ask.BATTERY:
            yield _BATTERY
        result, value = self._obey(request)
        yield Reply(tag=request.tag, command=request.command, result=result, value=value)

    def _hello(self) -> Iterator[Message]:
        yield Hello(
            major=1,
            minor=1,
            capabilities=_CAPABILITIES,
            rate_mhz=self._rate_mhz,
            fastest_mhz=self._fastest_mhz,
        )
        yield _RANGE
        yield _FLAT_1_CM2
        for what, text in _TEXTS:
            yield from text_parts(what, text)
        yield _BATTERY
        yield from text_parts(TextKind.SERIAL, _SERIAL)

    def _obey(self, request: Request) -> tuple[Result, int]:
        """Do what is asked; return how it went and the value that goes with it."""
        match request.command:
            case Ask.HELLO | Ask.BATTERY:
                return Result.DONE, 0
            case Ask.START:
                self._streaming, self._repeats, self._overload = True, 0, None
                return Result.DONE, self._rate_mhz
            case Ask.STOP:
                self._streaming = False
                return Result.DONE, 0
            case Ask.TARE | Ask.UNTARE:
                return self._tare(request.command == Ask.TARE)
            case Ask.RATE:
                return self._set_rate(request.rate_mhz or 0)
            case _:
                return Result.UNKNOWN_COMMAND, 0

    def _tare(self, taken: bool) -> tuple[Result, int]:  # noqa: FBT001 - the two commands of the wire
        if taken and abs(self._latest_un) > _MOST_UN:
            return Result.NOT_NOW, 0
        self._tare_un = self._latest_un if taken else 0
        return Result.DONE, self._tare_un

    def _set_rate(self, rate_mhz: int) -> tuple[Result, int]:
        if not rate_mhz:
            return Result.BAD_ARGUMENT, 0
        faster = max(self._fastest_mhz // rate_mhz, 1)
        self._every = min(
            (faster, faster + 1), key=lambda every: abs(self._fastest_mhz / every - rate_mhz)
        )
        return Result.DONE, self._rate_mhz

    @property
    def _rate_mhz(self) -> int:
        return round(self._fastest_mhz / self._every)


def _scaled(value: float | None, steps: float) -> int | None:
    return None if value is None else round(value * steps)
