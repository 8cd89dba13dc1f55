"""Tindeq Progressor and its open relatives (Crimpdeq, Hangman, Mito), over Bluetooth Low Energy.

Sources: blims/Tindeq-Progressor-API, the maker's own description and client; StuartLittlefair/
PyTindeq; kesyog/hangman; crimpdeq/crimpdeq-firmware; jvasilakes/mito.

A frame is a tag, the length of the payload and the payload, little-endian throughout. Where the
frames begin is known in two ways. Over BLE every notification is one frame: bytes beyond the
declared length are padding (Crimpdeq pads to 14 bytes), and a damaged notification spoils no other.
Where the frames come as a plain stream, from a file or a simulated gauge, they follow one another
without padding but for empty replies; such a stream has nothing to find a lost frame boundary by,
so the declared length is trusted even in a refused frame and no number is looked for inside it.
"""

import enum
import math
import struct
from collections.abc import Sequence

from tissuesense.core.units import STANDARD_GRAVITY_M_S2
from tissuesense.devices.codec import (
    BatteryLevel,
    Command,
    DeviceText,
    Event,
    Fault,
    FaultKind,
    ForceReading,
    Rejection,
    WireSample,
    command_bytes,
)
from tissuesense.devices.framing import rejected
from tissuesense.devices.profile import BleLink, Confidence, DeviceProfile, WireParameters

_SERVICE = "7e4e1701-1ea6-40c9-9dcc-13d34ffead57"
_DATA = "7e4e1702-1ea6-40c9-9dcc-13d34ffead57"
_CONTROL = "7e4e1703-1ea6-40c9-9dcc-13d34ffead57"

_HEADER_BYTES = 2
_SAMPLE = struct.Struct("<fI")  # mass in kg, microseconds since the start command
_MILLIVOLT = struct.Struct("<I")
_CLOCK_PERIOD_US = 2**32

# Left out on purpose: 0x69, 0x6A and, on some relatives, 0x74 change or erase the calibration.
_COMMANDS = {
    Command.TARE: b"\x64",
    Command.START: b"\x65",
    Command.STOP: b"\x66",
    Command.BATTERY: b"\x6f",
    Command.IDENTIFY: b"\x70",
}


class _Tag(enum.IntEnum):
    REPLY = 0x00
    SAMPLES = 0x01
    LOW_BATTERY = 0x04


class ProgressorCodec:
    """Decode frames; a reply names no command, so the last one asked is remembered."""

    def __init__(self, parameters: WireParameters) -> None:
        self._newton_per_kg = parameters.sign * STANDARD_GRAVITY_M_S2
        self._asked: Command | None = None
        self._pending = b""

    def receive(self, data: bytes, t_host_s: float, channel: str | None = None) -> Sequence[Event]:
        """Return the events of a notification, or those that a piece of a stream completes.

        Parameters
        ----------
        data
            With a `channel`, exactly one notification; without, the next bytes of a stream.
        """
        if channel is not None:
            return self._notification(data, t_host_s) if data else []
        events: list[Event] = []
        self._pending += data
        start = 0
        while (end := _frame_end(self._pending, start)) is not None:
            events += self._frame(self._pending[start:end], t_host_s)
            start = end
        self._pending = self._pending[start:]
        return events

    def encode(self, command: Command) -> bytes:
        """Return the bytes of `command`.

        Raises
        ------
        LocalProtocolError
            When the gauge has no such command.
        """
        request = command_bytes(_COMMANDS, command, PROFILE.model)
        self._asked = command
        return request

    def _notification(self, data: bytes, t_host_s: float) -> list[Event]:
        end = _frame_end(data, 0)
        if end is None:
            return [rejected(Rejection.TRUNCATED, data)]
        return self._frame(data[:end], t_host_s)

    def _frame(self, frame: bytes, t_host_s: float) -> list[Event]:
        payload = frame[_HEADER_BYTES:]
        match frame[0]:
            case _Tag.SAMPLES:
                return self._samples(frame, payload, t_host_s)
            case _Tag.REPLY:
                return self._reply(frame, payload)
            case _Tag.LOW_BATTERY if payload:
                return [rejected(Rejection.BAD_LENGTH, frame)]
            case _Tag.LOW_BATTERY:
                return [Fault(kind=FaultKind.LOW_BATTERY, detail="the gauge asks to be charged")]
            case _:
                return [rejected(Rejection.UNKNOWN_TAG, frame)]

    def _samples(self, frame: bytes, payload: bytes, t_host_s: float) -> list[Event]:
        if not payload or len(payload) % _SAMPLE.size:
            return [rejected(Rejection.BAD_LENGTH, frame)]
        samples = list(_SAMPLE.iter_unpack(payload))
        if not all(math.isfinite(mass_kg) for mass_kg, _ in samples):
            return [rejected(Rejection.NOT_FINITE, frame)]
        return [
            ForceReading(
                force_n=mass_kg * self._newton_per_kg, t_device_s=time_us / 1e6, t_host_s=t_host_s
            )
            for mass_kg, time_us in samples
        ]

    def _reply(self, frame: bytes, payload: bytes) -> list[Event]:
        if not payload:
            return []  # an acknowledgement, or padding
        asked, self._asked = self._asked, None
        if asked is not Command.BATTERY:
            # The identity is a little-endian number whose leading zeros may be left out.
            return [DeviceText(text=payload.rstrip(b"\0")[::-1].hex())]
        if len(payload) != _MILLIVOLT.size:
            return [rejected(Rejection.BAD_LENGTH, frame)]
        (millivolt,) = _MILLIVOLT.unpack(payload)
        return [BatteryLevel(volts=millivolt / 1e3)]


def _frame_end(data: bytes, start: int) -> int | None:
    """Return where the frame at `start` ends; None while it is incomplete."""
    if len(data) < start + _HEADER_BYTES:
        return None
    end = start + _HEADER_BYTES + data[start + 1]
    return end if len(data) >= end else None


_MOST_SAMPLES_IN_A_FRAME = 30  # fits the 244 bytes of a notification at the usual largest MTU


class ProgressorEncoder:
    """A gauge that streams between start and stop.

    Up to 30 samples make one frame, which a radio sends as one notification; more of them make a
    stream of frames.
    """

    def __init__(self, parameters: WireParameters) -> None:
        self._kg_per_newton = parameters.sign / STANDARD_GRAVITY_M_S2
        self._streaming = False
        self._latest_n = 0.0
        self._zero_n = 0.0

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Return the frames of `samples`; nothing before the start command."""
        if not self._streaming or not samples:
            return b""
        self._latest_n = samples[-1].force_n
        return b"".join(
            self._frame(samples[start : start + _MOST_SAMPLES_IN_A_FRAME])
            for start in range(0, len(samples), _MOST_SAMPLES_IN_A_FRAME)
        )

    def reply(self, request: bytes) -> bytes:
        """Act on one write; some clients let a zero byte follow the opcode."""
        match request[:1]:
            case b"\x65":
                self._streaming = True
            case b"\x66":
                self._streaming = False
            case b"\x64" if self._streaming:
                self._zero_n = self._latest_n
            case b"\x6f":
                return _frame(_Tag.REPLY, _MILLIVOLT.pack(4100))
            case b"\x70":
                return _frame(_Tag.REPLY, b"\x01\x02\x03")
            case _:
                pass
        return b""

    def _frame(self, samples: Sequence[WireSample]) -> bytes:
        return _frame(
            _Tag.SAMPLES,
            b"".join(
                _SAMPLE.pack(
                    (sample.force_n - self._zero_n) * self._kg_per_newton,
                    round(sample.t_s * 1e6) % _CLOCK_PERIOD_US,
                )
                for sample in samples
            ),
        )


def _frame(tag: _Tag, payload: bytes) -> bytes:
    return bytes((tag, len(payload))) + payload


PROFILE = DeviceProfile(
    model="progressor",
    title="Tindeq Progressor (and Crimpdeq, Hangman, Mito)",
    codec=ProgressorCodec,
    encoder=ProgressorEncoder,
    confidence=Confidence.VENDOR,
    ble=BleLink(name_prefixes=("Progressor",), service=_SERVICE, notify=(_DATA,), write=_CONTROL),
    nominal_rate_hz=80.0,
    clock_period_s=_CLOCK_PERIOD_US / 1e6,
    push_sign="positive",
    parameters=("invert",),
    notes=(
        "A pull gauge: press through a fixture that loads it in tension, or add invert=1 if "
        "pressing shows as negative. 80 samples a second; relatives with a slow amplifier send 10. "
        "Times come from the gauge's own clock."
    ),
    sources={
        "maker's protocol and client": "blims/Tindeq-Progressor-API",
        "independent clients": "StuartLittlefair/PyTindeq, Stevie-Ray/hangtime-grip-connect",
        "relatives": "crimpdeq/crimpdeq-firmware, kesyog/hangman, jvasilakes/mito",
    },
)
