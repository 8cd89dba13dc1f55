"""TissueSense Link: our open wire, for any gauge whose maker implements it.

Source: `firmware_interfaces/link/PROTOCOL.md`. Over a radio the same stream of frames comes in
notifications, which may hold several frames or a part of one, so both are read alike.
"""

from collections.abc import Mapping, Sequence

from tissuesense.core.errors import LocalProtocolError
from tissuesense.core.printable import printable
from tissuesense.devices.codec import (
    BatteryLevel,
    Command,
    DeviceFacts,
    DeviceRestarted,
    DeviceText,
    Event,
    Fault,
    FaultKind,
    ForceReading,
    FrameRejected,
    MarkerPressed,
    Rejection,
    SamplesMissed,
    Temperature,
)
from tissuesense.devices.framing import rejected
from tissuesense.devices.link.device import SimulatedLink
from tissuesense.devices.link.frames import LinkFramer, frame
from tissuesense.devices.link.messages import (
    UNKNOWN_PERCENT,
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
    SensorTemperature,
    Text,
    TextKind,
    Tip,
    decode,
    encode,
)
from tissuesense.devices.link.texts import TextJoiner
from tissuesense.devices.profile import (
    BleLink,
    Confidence,
    DeviceProfile,
    SerialLink,
    WireParameters,
)

_SERVICE = "f4a10001-3c5d-4b8e-9f27-6d2e8b1c7a50"
_FROM_DEVICE = "f4a10002-3c5d-4b8e-9f27-6d2e8b1c7a50"
_TO_DEVICE = "f4a10003-3c5d-4b8e-9f27-6d2e8b1c7a50"

_VERSION = 1
_CLOCK_PERIOD_US = 2**32
_NUMBERS = 2**16
_FULLEST_PERCENT = 100
_COMMANDS: Mapping[Command, tuple[Ask, ...]] = {
    Command.IDENTIFY: (Ask.HELLO,),
    Command.BATTERY: (Ask.BATTERY,),
    # A rate is changed while nothing streams; START follows.
    Command.RATE: (Ask.STOP, Ask.RATE),
    Command.START: (Ask.START,),
    Command.STOP: (Ask.STOP,),
    Command.TARE: (Ask.TARE,),
}
_NEEDED = {Command.BATTERY: Capability.BATTERY, Command.TARE: Capability.TARE}
_FAULTS = {
    FaultCode.OVERLOAD: (FaultKind.OVERLOAD, "the force is beyond the range"),
    FaultCode.SENSOR: (FaultKind.SENSOR, "the sensor does not answer or makes no sense"),
    FaultCode.LOW_BATTERY: (FaultKind.LOW_BATTERY, "the gauge asks to be charged"),
    FaultCode.CLOCK: (FaultKind.SENSOR, "times cannot be trusted from here on"),
}
_KEEPING_BACK = frozenset({FaultCode.OVERLOAD, FaultCode.SENSOR})
_FACTS = {
    TextKind.MAKER: "maker",
    TextKind.MODEL: "device_model",
    TextKind.FIRMWARE: "firmware",
    TextKind.CALIBRATION: "calibration_id",
}


class LinkCodec:
    """One conversation, from the program's side."""

    def __init__(self, parameters: WireParameters) -> None:
        self._sign = parameters.sign
        self._rate_hz = parameters.rate_hz
        self._frames = LinkFramer(joined_midway=parameters.joined_midway)
        self._texts = TextJoiner()
        self._tag = 0
        self._hello_due = False  # asked for, and not come yet
        self._streaming = False  # as far as was heard
        self._capabilities: int | None = None
        self._foreign = False  # another major version: its numbers mean who knows what
        self._seq: int | None = None
        self._said: dict[type, Marker | FaultChange] = {}  # so that a repetition is known as one

    def receive(self, data: bytes, t_host_s: float, channel: str | None = None) -> Sequence[Event]:
        """Return the events that `data` completes; how a carrier cuts the stream says nothing."""
        del channel
        events: list[Event] = []
        for piece in self._frames.receive(data):
            events += [piece] if isinstance(piece, FrameRejected) else self._read(piece, t_host_s)
        return events

    def encode(self, command: Command) -> bytes:
        """Return the bytes of `command`, after a zero that ends whatever noise came before.

        Raises
        ------
        LocalProtocolError
            When no Link device has such a command, this one said that it has not, or no rate was
            asked for.
        """
        if not self._knows(command):
            raise LocalProtocolError(
                f"This '{PROFILE.model}' device has no command '{command}'.",
                hint="`tissuesense devices conformance URL` shows what it can do.",
            )
        self._hello_due |= command is Command.IDENTIFY
        return b"\0" + b"".join(map(self._request, _COMMANDS[command]))

    def _knows(self, command: Command) -> bool:
        if command is Command.RATE:
            return self._rate_hz is not None
        if self._capabilities is None:
            return command in _COMMANDS
        return command in _COMMANDS and bool(
            command not in _NEEDED or self._capabilities & _NEEDED[command]
        )

    def _request(self, ask: Ask) -> bytes:
        self._tag = (self._tag + 1) % 2**8
        rate_mhz = round((self._rate_hz or 0.0) * 1e3) if ask is Ask.RATE else None
        return frame(encode(Request(command=ask, tag=self._tag, rate_mhz=rate_mhz)))

    def _read(self, data: bytes, t_host_s: float) -> Sequence[Event]:
        message = decode(data)
        if isinstance(message, Rejection):
            return [rejected(message, data)]
        if isinstance(message, Hello):
            self._meet(message)
        if self._foreign:
            return [rejected(Rejection.ANOTHER_VERSION, data)]
        match message:
            case Sample():
                return self._sample(message, t_host_s)
            case Marker() | FaultChange():
                return self._news(message, t_host_s)
            case SensorTemperature():
                return [Temperature(celsius=message.centi_celsius / 1e2)]
            case _:
                return self._answer(message, data)

    def _answer(self, message: Message | None, data: bytes) -> Sequence[Event]:
        match message:
            case Reply():
                return self._reply(message)
            case Text():
                return self._text(message)
            case Battery():
                return _battery(message, data)
            case Hello() if self._restarted():
                return [DeviceRestarted(), DeviceFacts(facts=self._facts(message))]
            case Hello() | Range() | Tip():
                facts = self._facts(message)
                return [DeviceFacts(facts=facts)] if facts else []
            case _:  # a type that is not known, or an echo of what we said ourselves
                return []

    def _meet(self, hello: Hello) -> None:
        """Learn who speaks."""
        self._foreign = hello.major != _VERSION
        self._capabilities = hello.capabilities
        self._seq = None
        self._said.clear()

    def _restarted(self) -> bool:
        """Whether it streamed, and now says unasked who it is: it was just switched on again."""
        restarted = self._streaming and not self._hello_due
        self._hello_due = self._streaming = False
        return restarted

    def _sample(self, sample: Sample, t_host_s: float) -> list[Event]:
        reading = ForceReading(
            force_n=self._sign * sample.force_un / 1e6,
            t_device_s=sample.time_us / 1e6,
            t_host_s=t_host_s,
            displacement_mm=_divided(sample.displacement_um, 1e3),
            acceleration_m_s2=_divided(sample.acceleration_cm_s2, 1e2),
            angle_deg=_divided(sample.angle_cdeg, 1e2),
        )
        self._streaming = True
        step = 1 if self._seq is None else (sample.seq - self._seq) % _NUMBERS
        self._seq = sample.seq
        # A step of more than half the circle goes back: the device began anew, nothing is missing.
        return [SamplesMissed(count=step - 1), reading] if 1 < step <= _NUMBERS / 2 else [reading]

    def _news(self, message: Marker | FaultChange, t_host_s: float) -> list[Event]:
        """Return what is said for the first time; both are repeated, unchanged, on purpose."""
        if isinstance(message, FaultChange) and message.code in _KEEPING_BACK:
            self._seq = None  # the numbers that it uses up were never to come
        if self._said.get(type(message)) == message:
            return []
        self._said[type(message)] = message
        if isinstance(message, Marker):
            return [MarkerPressed(t_device_s=message.time_us / 1e6, t_host_s=t_host_s)]
        if not message.state:
            return []
        unknown = (FaultKind.SENSOR, f"unknown fault {message.code}")
        kind, detail = _FAULTS.get(message.code, unknown)  # type: ignore[call-overload] # an IntEnum's keys are ints
        return [Fault(kind=kind, detail=detail)]

    def _reply(self, reply: Reply) -> list[Event]:
        if reply.result == Result.DONE:
            if reply.command == Ask.START:
                self._seq = None  # numbers may begin anywhere
            return []
        detail = f"{_word(Ask, reply.command)}: {_word(Result, reply.result)}"
        return [Fault(kind=FaultKind.REFUSED_COMMAND, detail=detail)]

    def _text(self, part: Text) -> list[Event]:
        text = printable(self._texts.add(part))
        if not text:
            return []
        if part.what == TextKind.SERIAL:
            return [DeviceText(text=text)]
        fact = _FACTS.get(part.what)  # type: ignore[call-overload] # an IntEnum's keys are ints
        return [DeviceFacts(facts={fact: text})] if fact else []

    def _facts(self, message: Hello | Range | Tip) -> dict[str, float | str]:
        """Return what is stated, in the words of a side-car; what is unknown is left out."""
        match message:
            case Hello():
                return {"protocol": f"{message.major}.{message.minor}"}
            case Range():
                most_un = message.most_un if self._sign > 0 else -message.least_un
                known = {"full_scale_n": most_un / 1e6, "resolution_n": message.resolution_un / 1e6}
            case Tip():
                known = {
                    "probe_area_cm2": message.area / 1e5,
                    "probe_area_uncertainty_cm2": message.area_u / 1e5 if message.area else 0.0,
                }
        return {word: number for word, number in known.items() if number > 0}


def _battery(battery: Battery, data: bytes) -> list[Event]:
    percent = None if battery.percent == UNKNOWN_PERCENT else float(battery.percent)
    if percent is not None and percent > _FULLEST_PERCENT:
        return [rejected(Rejection.MALFORMED, data)]
    volts = battery.millivolt / 1e3 if battery.millivolt else None
    if percent is None and volts is None:
        return []
    return [BatteryLevel(volts=volts, percent=percent)]


def _divided(steps: int | None, per_unit: float) -> float | None:
    return None if steps is None else steps / per_unit


def _word(kind: type[Ask | Result], number: int) -> str:
    """Return a number of the wire by its name, where it has one."""
    try:
        return kind(number).name.lower().replace("_", " ")
    except ValueError:
        return str(number)


PROFILE = DeviceProfile(
    model="tissuesense-link",
    title="TissueSense Link (open wire, any maker)",
    codec=LinkCodec,
    encoder=SimulatedLink,
    confidence=Confidence.VENDOR,
    serial=SerialLink(baud=115_200),
    ble=BleLink(service=_SERVICE, notify=(_FROM_DEVICE,), write=_TO_DEVICE),
    nominal_rate_hz=80.0,
    clock_period_s=_CLOCK_PERIOD_US / 1e6,
    push_sign="positive",
    columns=("force_n", "displacement_mm", "acceleration_m_s2", "angle_deg"),
    resolution_n=1e-6,
    states_tip=True,
    parameters=("baud", "invert", "rate_hz"),
    notes=(
        "Says by itself who made it, its range, tip, calibration and battery, numbers its samples "
        "and carries the client's button. 80 samples a second are usual; rate_hz= asks for others."
    ),
    sources={"protocol": "firmware_interfaces/link/PROTOCOL.md"},
)
