"""What a wire can say, and what every codec must promise.

A codec turns bytes into events and commands into bytes; it never does I/O and never reads a clock.
Promises that the property tests hold every codec to: any chunking of the same bytes gives the same
events; no bytes raise, and none make it remember more than a bounded amount; a rejected frame
never yields a number; pushing is positive.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

from tissuesense.core.errors import LocalProtocolError


class Rejection(enum.StrEnum):
    """Why a piece of the stream was refused."""

    MALFORMED = "malformed"
    OVERLONG = "overlong"
    TRUNCATED = "truncated"
    BAD_UNIT = "bad_unit"
    BAD_LENGTH = "bad_length"
    BAD_CHECKSUM = "bad_checksum"
    NOT_FINITE = "not_finite"
    UNKNOWN_TAG = "unknown_tag"
    NOT_LIVE = "not_live"
    ANOTHER_VERSION = "another_version"


class FaultKind(enum.StrEnum):
    """What a device says is wrong with itself."""

    OVERLOAD = "overload"
    LOW_BATTERY = "low_battery"
    REFUSED_COMMAND = "refused_command"
    SENSOR = "sensor"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceReading:
    """One force; pressing is positive.

    Attributes
    ----------
    t_device_s
        The device's own clock, not unwrapped; None where the wire carries none.
    t_host_s
        When the bytes that completed the reading arrived.
    """

    force_n: float
    t_device_s: float | None
    t_host_s: float
    displacement_mm: float | None = None
    acceleration_m_s2: float | None = None
    angle_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionReading:
    """How something moves, from a gauge that measures no force.

    Attributes
    ----------
    t_device_s, t_host_s
        As those of a force.
    """

    t_device_s: float | None
    t_host_s: float
    displacement_mm: float | None = None
    acceleration_m_s2: float | None = None
    angle_deg: float | None = None


Reading = ForceReading | MotionReading


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerPressed:
    """The client signalled."""

    t_device_s: float | None
    t_host_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryLevel:
    """The battery, in volts or in percent, as the wire has it."""

    volts: float | None = None
    percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The device reports trouble; no force comes with it."""

    kind: FaultKind
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceText:
    """An identity, a version or a banner, as text."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """What the device states of itself, in the words of a side-car where it has one.

    `probe_area_cm2` and `full_scale_n` count for the recording unless somebody states others.
    """

    facts: Mapping[str, float | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """How warm the sensor is."""

    celsius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesMissed:
    """Samples that the device numbered and that never arrived."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRestarted:
    """The device was switched on again, says so, and waits to be started: its clock began anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRejected:
    """A piece of the stream that was refused; at most its first 32 bytes are kept."""

    why: Rejection
    data: bytes


Event = (
    Reading
    | MarkerPressed
    | BatteryLevel
    | Fault
    | DeviceText
    | DeviceFacts
    | Temperature
    | SamplesMissed
    | DeviceRestarted
    | FrameRejected
)


class Command(enum.StrEnum):
    """What a program may ask of a gauge. Nothing here can change a device's calibration."""

    START = "start"
    STOP = "stop"
    READ = "read"
    TARE = "tare"
    BATTERY = "battery"
    IDENTIFY = "identify"
    RATE = "rate"
    """Sample as fast as the device URL asks for; not known to a device that was asked nothing."""


class Codec(Protocol):
    """One conversation's state."""

    def receive(self, data: bytes, t_host_s: float, channel: str | None = None) -> Sequence[Event]:
        """Return the events that `data` completes; `channel` names a BLE characteristic."""
        ...

    def encode(self, command: Command) -> bytes:
        """Return the bytes of a command.

        Raises
        ------
        LocalProtocolError
            When this device has no such command.
        """
        ...


def command_bytes(commands: Mapping[Command, bytes], command: Command, model: str) -> bytes:
    """Return the row of `command` in a model's table.

    Raises
    ------
    LocalProtocolError
        When the table has no such row.
    """
    if command not in commands:
        known = ", ".join(commands) or "none: it talks by itself"
        raise LocalProtocolError(
            f"The model '{model}' has no command '{command}'.", hint=f"Its commands: {known}."
        )
    return commands[command]


@dataclass(frozen=True, slots=True, kw_only=True)
class WireSample:
    """What a simulated gauge is about to send.

    Attributes
    ----------
    t_s
        What the gauge's own clock shows, before it wraps.
    senses_force
        False for a gauge of motion alone; a wire that cannot do without a force says `force_n`.
    marker
        The client signals at this moment; sent by wires that have a word for it.
    """

    t_s: float
    force_n: float = 0.0
    displacement_mm: float | None = None
    acceleration_m_s2: float | None = None
    angle_deg: float | None = None
    senses_force: bool = True
    marker: bool = False


class Encoder(Protocol):
    """The device's side of the wire, for the simulator.

    Its promise: what it sends for a sample, the codec of the same parameters reads as that sample,
    within the resolution of the wire.
    """

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Return what the device sends for a batch of samples, oldest first."""
        ...

    def reply(self, request: bytes) -> bytes:
        """Return what the device answers to bytes written to it; empty where it is silent."""
        ...


_EVENT_NAMES: Mapping[type, str] = {
    ForceReading: "force",
    MotionReading: "motion",
    MarkerPressed: "marker",
    BatteryLevel: "battery",
    Fault: "fault",
    DeviceText: "text",
    DeviceFacts: "facts",
    Temperature: "temperature",
    SamplesMissed: "missed",
    DeviceRestarted: "restarted",
    FrameRejected: "rejected",
}
_LEFT_OUT = frozenset({"t_host_s", "data"})
_ABSENT_WHERE_NONE = frozenset({"displacement_mm", "acceleration_m_s2", "angle_deg"})


def event_json(event: Event) -> dict[str, Any]:
    """Return the event as the vectors write it, host time left out."""
    told = {part.name: getattr(event, part.name) for part in fields(event)}
    return {"type": _EVENT_NAMES[type(event)]} | {
        name: value
        for name, value in told.items()
        if name not in _LEFT_OUT and not (value is None and name in _ABSENT_WHERE_NONE)
    }
