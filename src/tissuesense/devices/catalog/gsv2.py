"""ME-Messysteme GSV-2 strain gauge amplifiers: whatever load cell one likes, as mV/V.

Source: GSV-2AS user manual, pp. 16 (frames), 18 (commands), 38 (frame formats).

A frame is 0x2C, a status byte and 24 bits, most significant first; there is no checksum, and 0x2C
may stand anywhere in the data. What can be known without a checksum is where frames begin::

    2C 00 80 12 34 | 2C 00 80 12 2C | 2C 00 80 12 30
                 is this a head? ^^ no: what follows is no status

So a frame is read at once when nothing in it could be the head of another. Otherwise the bytes
after it decide, and where four heads in a row stand at two places it is refused. A frame that lost
bytes of its own therefore never gives a number. Once out of step, as when a running stream is
joined, four heads in a row are needed at one place and at no other. What cannot be seen in time
without a checksum is a damaged or an added byte, and a gap from one frame into the next.
"""

import math
from collections.abc import Sequence

from tissuesense.devices.codec import (
    Command,
    Event,
    Fault,
    FaultKind,
    ForceReading,
    Rejection,
    WireSample,
    command_bytes,
)
from tissuesense.devices.framing import rejected
from tissuesense.devices.profile import Confidence, DeviceProfile, SerialLink, WireParameters

_HEAD = 0x2C
_FRAME_BYTES = 5
# Bits 4 and 3 are the threshold switches; the others are reserved and taken to be 0.
_STATUSES = frozenset({0x00, 0x08, 0x10, 0x18})
_HEADS_IN_A_ROW = 4
# So many heads at each of the five places, the last one with its status.
_WINDOW_BYTES = _FRAME_BYTES * _HEADS_IN_A_ROW + 1

_ZERO = 0x800000
_ENDS_OF_RANGE = frozenset({0x000000, 0xFFFFFF})
_MV_V_PER_COUNT = 1.05 / _ZERO  # bipolar, input range 1 mV/V

_COMMANDS = {Command.START: b"\x24", Command.STOP: b"\x23", Command.TARE: b"\x0c"}


class Gsv2Codec:
    """Keep in step with the frames, or find the step again."""

    def __init__(self, parameters: WireParameters) -> None:
        self._newton_per_mv_v = parameters.sign * parameters.required_newton_per_mv_v(PROFILE.model)
        self._in_step = not parameters.joined_midway
        self._joining = parameters.joined_midway  # half a frame then is nobody's fault
        self._pending = b""

    def receive(self, data: bytes, t_host_s: float, channel: str | None = None) -> Sequence[Event]:
        """Return the events that `data` completes; the wire has one channel only."""
        del channel
        self._pending += data
        events: list[Event] = []
        start = 0
        while (taken := self._take(self._pending[start : start + _WINDOW_BYTES])) is not None:
            size, is_frame = taken
            piece = self._pending[start : start + size]
            start += size
            if is_frame:
                events.append(self._read(piece, t_host_s))
            elif piece and not (self._joining and size < _FRAME_BYTES):
                events.append(rejected(Rejection.MALFORMED, piece))
            self._joining = self._joining and not piece
        self._pending = self._pending[start:]
        return events

    def encode(self, command: Command) -> bytes:
        """Return the bytes of `command`.

        Raises
        ------
        LocalProtocolError
            When the amplifier has no such command, or none that is safe to send.
        """
        return command_bytes(_COMMANDS, command, PROFILE.model)

    def _take(self, window: bytes) -> tuple[int, bool] | None:
        """Return how many bytes to take and whether they are a frame; None to wait for more."""
        if self._in_step:
            return self._follow(window)
        if len(window) < _WINDOW_BYTES:
            return None
        places = _possible_places(window)
        self._in_step = len(places) == 1
        return (places[0] if self._in_step else _FRAME_BYTES), False

    def _follow(self, window: bytes) -> tuple[int, bool] | None:
        """Judge the frame that should begin here, by as few bytes after it as it takes."""
        for end in range(_FRAME_BYTES, len(window) + 1):
            places = _possible_places(window[:end])
            if 0 not in places:
                self._in_step = False
                # Bytes are missing somewhere before the place where a head should be and is not.
                return (end - 1) // _FRAME_BYTES * _FRAME_BYTES, False
            if places == [0]:
                return _FRAME_BYTES, True
        return (_FRAME_BYTES, False) if len(window) == _WINDOW_BYTES else None

    def _read(self, frame: bytes, t_host_s: float) -> Event:
        raw = int.from_bytes(frame[2:])
        if raw in _ENDS_OF_RANGE:
            return Fault(kind=FaultKind.OVERLOAD, detail="the bridge is beyond the input range")
        force_n = self._newton_per_mv_v * _MV_V_PER_COUNT * (raw - _ZERO)
        return ForceReading(force_n=force_n, t_device_s=None, t_host_s=t_host_s)


def _possible_places(data: bytes) -> list[int]:
    """Return where in `data` frames may begin, were it a run of frames from there on."""
    return [
        place
        for place in range(_FRAME_BYTES)
        if data[place] == _HEAD
        and all(_may_be_head(data[i : i + 2]) for i in range(place, len(data), _FRAME_BYTES))
    ]


def _may_be_head(data: bytes) -> bool:
    return data[0] == _HEAD and _STATUSES.issuperset(data[1:])


class Gsv2Encoder:
    """An amplifier that streams from power-on, and is silent between stop and start.

    It sends odd counts only: then nothing in the last bytes of a frame looks like a head, and each
    frame can be read as soon as it is there.
    """

    def __init__(self, parameters: WireParameters) -> None:
        newton_per_mv_v = parameters.sign * parameters.required_newton_per_mv_v(PROFILE.model)
        self._newton_per_count = newton_per_mv_v * _MV_V_PER_COUNT
        self._streaming = True
        self._latest_n = 0.0
        self._zero_n = 0.0

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Return a frame for each sample; nothing while stopped."""
        if samples:
            self._latest_n = samples[-1].force_n
        if not self._streaming:
            return b""
        return b"".join(self._frame(sample.force_n - self._zero_n) for sample in samples)

    def reply(self, request: bytes) -> bytes:
        """Act on each byte; these commands have no answer."""
        for command in request:
            match command:
                case 0x24:
                    self._streaming = True
                case 0x23:
                    self._streaming = False
                case 0x0C:
                    self._zero_n = self._latest_n
                case _:
                    pass
        return b""

    def _frame(self, force_n: float) -> bytes:
        raw = _ZERO + 2 * math.floor(force_n / self._newton_per_count / 2) + 1
        return bytes((_HEAD, 0)) + min(max(raw, 0), 0xFFFFFF).to_bytes(3)


_EXAMPLE = WireParameters(sensitivity_mv_v=1.0, capacity_n=1000.0)

PROFILE = DeviceProfile(
    model="gsv2",
    title="ME-Messysteme GSV-2 bridge amplifier with any load cell",
    codec=Gsv2Codec,
    encoder=Gsv2Encoder,
    confidence=Confidence.VENDOR,
    serial=SerialLink(baud=38_400),
    push_sign="positive",
    resolution_n=2 * _MV_V_PER_COUNT * _EXAMPLE.required_newton_per_mv_v("gsv2"),
    parameters=("baud", "sensitivity_mv_v", "capacity_n", "invert"),
    example_parameters=_EXAMPLE,
    notes=(
        "State the load cell: sensitivity_mv_v= (its output at its capacity) and capacity_n=. "
        "Binary frames of 5 bytes, bipolar, input range 1 mV/V; the rate is as set in the "
        "amplifier. Add invert=1 if pressing shows as negative. Frames have no checksum: a lost "
        "byte never gives a number, a damaged one may."
    ),
    sources={"user manual": "GSV-2AS user manual, pp. 16, 18 and 38"},
)
