"""Messages of TissueSense Link, in both directions, as values and as bytes.

Source of every layout: `firmware_interfaces/link/PROTOCOL.md`, sections 3 and 4. All numbers are
integers in the units of the wire, so that what was read can be written again bit for bit.
"""

import enum
import struct
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from itertools import accumulate, pairwise

from tissuesense.devices.codec import Rejection


class Ask(enum.IntEnum):
    """Commands of the host, by their type byte."""

    HELLO = 0x01
    START = 0x02
    STOP = 0x03
    TARE = 0x04
    RATE = 0x05
    BATTERY = 0x06
    UNTARE = 0x07


class Result(enum.IntEnum):
    """How a command went."""

    DONE = 0
    UNKNOWN_COMMAND = 1
    BAD_ARGUMENT = 2
    NOT_NOW = 3
    FAILED = 4


class FaultCode(enum.IntEnum):
    """What can be wrong with a device."""

    OVERLOAD = 1
    SENSOR = 2
    LOW_BATTERY = 3
    CLOCK = 4


class TextKind(enum.IntEnum):
    """What a text is."""

    MAKER = 1
    MODEL = 2
    SERIAL = 3
    FIRMWARE = 4
    CALIBRATION = 5


class Capability(enum.IntFlag):
    """What a device can do."""

    DISPLACEMENT = 1 << 0
    ACCELERATION = 1 << 1
    TEMPERATURE = 1 << 2
    TARE = 1 << 3
    BUTTON = 1 << 4
    BATTERY = 1 << 5
    RATE = 1 << 6
    TARE_KEPT = 1 << 7
    ANGLE = 1 << 8


UNKNOWN_PERCENT = 255
LONGEST_PART = 13
LAST_PART = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command; `rate_mhz` is there with `Ask.RATE` and only there."""

    command: int
    tag: int
    rate_mhz: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was measured at one moment; what the device has no sensor for is None.

    There is no room for displacement, acceleration and angle together.
    """

    seq: int
    time_us: int
    force_un: int
    displacement_um: int | None = None
    acceleration_cm_s2: int | None = None
    angle_cdeg: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The client pressed the button."""

    count: int
    time_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultChange:
    """A fault began (`state` 1) or is over (0)."""

    code: int
    state: int
    time_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Who speaks: the version of the protocol, and what the device can do."""

    major: int
    minor: int
    capabilities: int
    rate_mhz: int
    fastest_mhz: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which forces can be measured, before the tare is taken off, and in which steps."""

    least_un: int
    most_un: int
    resolution_un: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """What touches the skin: areas in thousandths of a square millimetre, 0 where unknown."""

    shape: int
    area: int
    area_u: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A part of a text; the highest bit of `part` is set in the last one."""

    what: int
    part: int
    data: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """How much is left; 255 percent or 0 millivolt is unknown."""

    percent: int
    millivolt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorTemperature:
    """How warm the sensor is."""

    centi_celsius: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The one answer to a command."""

    tag: int
    command: int
    result: int
    value: int


_Fixed = Marker | FaultChange | Hello | Range | Tip | Battery | SensorTemperature | Reply
Message = Request | Sample | Text | _Fixed

_LAYOUTS: Mapping[type[_Fixed], tuple[int, struct.Struct]] = {
    Marker: (0x18, struct.Struct("<BI")),
    FaultChange: (0x19, struct.Struct("<BBI")),
    Hello: (0x20, struct.Struct("<BBHII")),
    Range: (0x21, struct.Struct("<iiI")),
    Tip: (0x22, struct.Struct("<BII")),
    Battery: (0x24, struct.Struct("<BH")),
    SensorTemperature: (0x25, struct.Struct("<h")),
    Reply: (0x2F, struct.Struct("<BBBi")),
}
_KINDS = {kind: (message, layout) for message, (kind, layout) in _LAYOUTS.items()}

_COMMANDS = range(0x01, 0x10)
_TAG = struct.Struct("<B")
_RATE = struct.Struct("<BI")
_SAMPLE = 0x10
_HAS_DISPLACEMENT, _HAS_ACCELERATION, _HAS_ANGLE = 0x01, 0x02, 0x0C
_SAMPLES = (*range(0x10, 0x14), *range(0x1C, 0x1F))
_FORCE = struct.Struct("<HIi")
_DISPLACEMENT_BYTES = 3  # no struct has an integer of 24 bits
_ACCELERATION_BYTES = _ANGLE_BYTES = 2
_TEXT = 0x23
_PART = struct.Struct("<BB")


def encode(message: Message) -> bytes:
    """Return a message as bytes, not framed yet.

    Raises
    ------
    struct.error, OverflowError
        When a number does not fit its field, or a sample has more than there is room for.
    """
    match message:
        case Sample():
            return _encoded_sample(message)
        case Text():
            return bytes((_TEXT, message.what, message.part)) + message.data
        case Request(rate_mhz=None):
            return bytes((message.command, message.tag))
        case Request():
            return bytes((message.command,)) + _RATE.pack(message.tag, message.rate_mhz)
        case _:
            kind, layout = _LAYOUTS[type(message)]
            return bytes((kind,)) + layout.pack(*astuple(message))


def decode(data: bytes) -> Message | Rejection | None:
    """Return a message, why it is refused, or None for a type that is not known.

    Bytes beyond the layout are those of a later version and are ignored.

    Parameters
    ----------
    data
        At least the type byte.
    """
    kind, payload = data[0], data[1:]
    if kind in _COMMANDS:
        return _request(kind, payload)
    if kind in _SAMPLES:
        return _sample(kind, payload)
    if kind == _TEXT:
        return _text(payload)
    if kind not in _KINDS:
        return None
    message, layout = _KINDS[kind]
    if len(payload) < layout.size:
        return Rejection.BAD_LENGTH
    names = (field.name for field in fields(message))
    return message(**dict(zip(names, layout.unpack_from(payload), strict=True)))


def text_parts(what: TextKind, text: str) -> list[Text]:
    """Return a text in parts that fit their frames."""
    data = text.encode()
    cuts = [data[i : i + LONGEST_PART] for i in range(0, len(data), LONGEST_PART)] or [b""]
    last = len(cuts) - 1
    return [
        Text(what=what, part=part | (LAST_PART if part == last else 0), data=piece)
        for part, piece in enumerate(cuts)
    ]


def _request(kind: int, payload: bytes) -> Request | Rejection:
    """Return a command, a later version's too: every command begins with its tag."""
    layout = _RATE if kind == Ask.RATE else _TAG
    if len(payload) < layout.size:
        return Rejection.BAD_LENGTH
    tag, *rate_mhz = layout.unpack_from(payload)
    return Request(command=kind, tag=tag, rate_mhz=rate_mhz[0] if rate_mhz else None)


def _text(payload: bytes) -> Text | Rejection:
    if len(payload) < _PART.size:
        return Rejection.BAD_LENGTH
    data = payload[_PART.size : _PART.size + LONGEST_PART]
    return Text(what=payload[0], part=payload[1], data=data)


def _sample(kind: int, payload: bytes) -> Sample | Rejection:
    widths = (
        _DISPLACEMENT_BYTES if kind & _HAS_DISPLACEMENT else 0,
        _ACCELERATION_BYTES if kind & _HAS_ACCELERATION else 0,
        _ANGLE_BYTES if kind & _HAS_ANGLE == _HAS_ANGLE else 0,
    )
    if len(payload) < _FORCE.size + sum(widths):
        return Rejection.BAD_LENGTH
    seq, time_us, force_un = _FORCE.unpack_from(payload)
    ends = (_FORCE.size, *(_FORCE.size + end for end in accumulate(widths)))
    displacement, acceleration, angle = (payload[a:b] for a, b in pairwise(ends))
    return Sample(
        seq=seq,
        time_us=time_us,
        force_un=force_un,
        displacement_um=_signed(displacement),
        acceleration_cm_s2=_signed(acceleration),
        angle_cdeg=_signed(angle),
    )


def _signed(data: bytes) -> int | None:
    return int.from_bytes(data, "little", signed=True) if data else None


def _encoded_sample(sample: Sample) -> bytes:
    kind = _SAMPLE
    data = _FORCE.pack(sample.seq, sample.time_us, sample.force_un)
    if sample.displacement_um is not None:
        kind |= _HAS_DISPLACEMENT
        data += sample.displacement_um.to_bytes(_DISPLACEMENT_BYTES, "little", signed=True)
    if sample.acceleration_cm_s2 is not None:
        kind |= _HAS_ACCELERATION
        data += sample.acceleration_cm_s2.to_bytes(_ACCELERATION_BYTES, "little", signed=True)
    if sample.angle_cdeg is not None:
        kind |= _HAS_ANGLE
        data += sample.angle_cdeg.to_bytes(_ANGLE_BYTES, "little", signed=True)
    if kind not in _SAMPLES:
        raise OverflowError("A sample has no room for displacement, acceleration and angle.")
    return bytes((kind,)) + data
