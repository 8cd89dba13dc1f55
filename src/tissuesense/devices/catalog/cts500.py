"""CTS500 and CTS-300 climbing scales (Jlyscales), over a BLE serial bridge.

Source: Stevie-Ray/hangtime-grip-connect (`cts500.model.ts`, its tests and its changeset on negative
weights).

Frames begin with 05 and end with the sum of all bytes before, modulo 256. None states its length;
the second byte does: commands have its highest bit set, and their echoes are as long as they are, 6
bytes; a status has it clear and 80 alone announces the answer to a question, and both make 7. A
frame whose sum is wrong is refused and the next is looked for from its second byte on, so that a
lost byte costs the frames that it touches and no others.
"""

import struct
from collections.abc import Sequence

from tissuesense.core.units import NEWTON_PER_KGF
from tissuesense.devices.ble_sig import sig_uuid
from tissuesense.devices.codec import (
    BatteryLevel,
    Command,
    Event,
    ForceReading,
    Rejection,
    Temperature,
    WireSample,
    command_bytes,
)
from tissuesense.devices.framing import rejected
from tissuesense.devices.profile import BleLink, Confidence, DeviceProfile, WireParameters

_SERVICE = sig_uuid(0xFFE0)
_NOTIFY = sig_uuid(0xFFE1)
_WRITE = sig_uuid(0xFFE2)

_FIRST = 0x05
_ANSWER = 0x80
_ECHO_BYTES = 6
_DATA_BYTES = 7
_MEASURED, _NEGATIVE = 0x01, 0x10  # bits of a status; the first was never seen clear
_STEPS = struct.Struct(">I")
_NEWTON_PER_STEP = NEWTON_PER_KGF / 100  # 10 g
_BATTERY, _TEMPERATURE = 0xC4, 0xC5
_BELOW_0 = 0x80
_RATES_HZ = (10, 20, 40, 80, 160, 320)


def _summed(body: bytes) -> bytes:
    return body + bytes((sum(body) % 256,))


def _command(opcode: int, value: int = 0) -> bytes:
    return _summed(bytes((_FIRST, opcode, 0, 0, value)))


# Left out on purpose: what changes calibration, range or baud rate.
_COMMANDS = {
    Command.START: _command(0xAA),
    Command.STOP: _command(0xAB),
    Command.READ: _command(0xA9),
    Command.TARE: _command(0xA6),
    Command.BATTERY: _command(_BATTERY),
}


class Cts500Codec:
    """Decode frames out of a stream; notifications cut it anywhere.

    Raises
    ------
    ConfigurationError
        When `rate_hz` is none of the rates that the scale has.
    """

    def __init__(self, parameters: WireParameters) -> None:
        self._sign = parameters.sign
        self._commands = _COMMANDS | _rate_command(parameters)
        self._pending = b""
        self._told = 0  # so many bytes at the front of the stream have been refused already
        self._in_noise = False

    def receive(self, data: bytes, t_host_s: float, channel: str | None = None) -> Sequence[Event]:
        """Return the events that `data` completes; there is one characteristic only."""
        del channel
        stream = self._pending + data
        events: list[Event] = []
        start = 0
        while (frame := _front(stream, start)) is not None:
            taken, said = self._take(frame, t_host_s)
            self._told = max(self._told - taken, 0)
            start += taken
            events += said
        self._pending = stream[start:]
        return events

    def encode(self, command: Command) -> bytes:
        """Return the bytes of `command`; `Command.RATE` needs a `rate_hz` to have been stated.

        Raises
        ------
        LocalProtocolError
            When the scale has no such command.
        """
        return command_bytes(self._commands, command, PROFILE.model)

    def _take(self, frame: bytes, t_host_s: float) -> tuple[int, list[Event]]:
        """Return how many bytes of the stream are done with, and what they say.

        A whole frame is taken as such; of anything else its first byte alone, for the next frame
        may begin anywhere behind it.
        """
        begins = frame[0] == _FIRST
        if begins and frame == _summed(frame[:-1]):
            self._in_noise = False
            return len(frame), self._frame(frame, t_host_s)
        is_news = self._told == 0 and (begins or not self._in_noise)
        self._in_noise = not begins
        if not is_news:
            return 1, []
        self._told = len(frame)
        return 1, [rejected(Rejection.BAD_CHECKSUM if begins else Rejection.MALFORMED, frame)]

    def _frame(self, frame: bytes, t_host_s: float) -> list[Event]:
        if len(frame) == _ECHO_BYTES:
            return []  # an acknowledgement
        status = frame[1]
        if status == _ANSWER:
            return [_answer(frame)]
        (steps,) = _STEPS.unpack_from(frame, 2)
        sign = -self._sign if status & _NEGATIVE else self._sign
        force_n = sign * steps * _NEWTON_PER_STEP
        return [ForceReading(force_n=force_n, t_device_s=None, t_host_s=t_host_s)]


def _front(stream: bytes, start: int) -> bytes | None:
    """Return the frame that may begin at `start`, or a byte that begins none.

    None while there is too little to tell.
    """
    if start == len(stream):
        return None
    if stream[start] != _FIRST:
        return stream[start : start + 1]
    if start + 1 == len(stream):
        return None
    end = start + (_ECHO_BYTES if stream[start + 1] > _ANSWER else _DATA_BYTES)
    return stream[start:end] if end <= len(stream) else None


def _answer(frame: bytes) -> Event:
    asked = frame[2]
    if asked == _BATTERY:
        return BatteryLevel(volts=int.from_bytes(frame[4:6], "big") / 100)
    if asked == _TEMPERATURE:
        degrees = frame[5]  # sign and magnitude
        return Temperature(celsius=float(degrees if degrees < _BELOW_0 else _BELOW_0 - degrees))
    return rejected(Rejection.UNKNOWN_TAG, frame)


def _rate_command(parameters: WireParameters) -> dict[Command, bytes]:
    """Return the command that sets a rate; none where none was stated."""
    rate_hz = parameters.rate_among(_RATES_HZ, PROFILE.model)
    return {} if rate_hz is None else {Command.RATE: _command(0xC1, _RATES_HZ.index(int(rate_hz)))}


class Cts500Encoder:
    """A scale that echoes what it is told and streams between start and stop."""

    def __init__(self, parameters: WireParameters) -> None:
        self._steps_per_newton = parameters.sign / _NEWTON_PER_STEP
        self._streaming = False
        self._latest_n = 0.0
        self._zero_n = 0.0

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Return a frame for each sample; nothing before the start command."""
        if samples:
            self._latest_n = samples[-1].force_n
        if not self._streaming:
            return b""
        return b"".join(self._weight(sample.force_n) for sample in samples)

    def reply(self, request: bytes) -> bytes:
        """Act on one command and acknowledge it; anything else is passed over."""
        if len(request) != _ECHO_BYTES or request != _summed(request[:-1]):
            return b""
        if request == _COMMANDS[Command.BATTERY]:
            return _summed(bytes((_FIRST, _ANSWER, _BATTERY, 0, 1, 0x9A)))  # 4.10 V
        if request == _COMMANDS[Command.READ]:
            return self._weight(self._latest_n)
        if request == _COMMANDS[Command.TARE]:
            self._zero_n = self._latest_n
        if request in {_COMMANDS[Command.START], _COMMANDS[Command.STOP]}:
            self._streaming = request == _COMMANDS[Command.START]
        return request

    def _weight(self, force_n: float) -> bytes:
        steps = round((force_n - self._zero_n) * self._steps_per_newton)
        status = _MEASURED | _NEGATIVE if steps < 0 else _MEASURED
        magnitude = -steps if steps < 0 else steps
        return _summed(bytes((_FIRST, status)) + _STEPS.pack(magnitude))


PROFILE = DeviceProfile(
    model="cts500",
    title="CTS500 and CTS-300 climbing scales (Jlyscales)",
    codec=Cts500Codec,
    encoder=Cts500Encoder,
    confidence=Confidence.REVERSE_ENGINEERED,
    ble=BleLink(name_prefixes=("CTS500", "CTS-300"), notify=(_NOTIFY,), write=_WRITE),
    push_sign="positive",
    resolution_n=_NEWTON_PER_STEP,
    parameters=("invert", "rate_hz"),
    notes=(
        "10 to 320 readings a second, as it is set: state rate_hz=80 or so for a ramp, and look at "
        "the rate of the recording, for some firmware says nothing to a change of rate. Steps of "
        "10 g (0.1 N). A pull gauge: press through a fixture that loads it in tension. Its "
        "check sum has 8 bits: of damaged frames, one in 256 passes for whole."
    ),
    sources={"independent client": "Stevie-Ray/hangtime-grip-connect"},
)
