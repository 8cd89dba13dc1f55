"""Mark-10 force gauges with the GCL or GCL2 language (Series 4 and 5, 7i, BG, BGI; Omega DFG55).

Sources, read as manual mirrors: Mark-10 Series 4 user guide p. 16; Series 5 guide pp. 17-19; 7i
guide pp. 29-30; Omega DFG55 guide p. 18. Baud rate: the public drivers named in `PROFILE.sources`.
"""

import re
from collections.abc import Sequence

from tissuesense.devices.codec import (
    Command,
    DeviceText,
    Event,
    Fault,
    FaultKind,
    ForceReading,
    FrameRejected,
    WireSample,
    command_bytes,
)
from tissuesense.devices.framing import LineFramer, rejected
from tissuesense.devices.printed import ForceText
from tissuesense.devices.profile import Confidence, DeviceProfile, SerialLink, WireParameters

# Status replies of the 7i run to some 60 characters.
_LONGEST_LINE = 96
_UNITS = frozenset({"lb", "lbf", "oz", "ozf", "kg", "kgf", "g", "gf", "n", "mn", "kn"})
_COMMANDS = {
    Command.READ: b"?\r",
    Command.TARE: b"Z\r",
    Command.BATTERY: b"LIST\r",
    Command.IDENTIFY: b"LIST\r",
}
_ERROR = re.compile(rb"\*\d\d")
_ERRORS = {
    "*10": "illegal command",
    "*11": "not applicable",
    "*12": "bad specifier",
    "*22": "value too large",
}
# Fields of LIST: firmware version first, battery level (B0 full to B3 low) last.
_STATUS = re.compile(rb"V[0-9.]+(?:;[A-Z0-9]+)+")
_BATTERY_LOW = b";B3"


class Mark10Codec:
    """Ask with ``?``, read the displayed force; compression has no sign, tension a minus."""

    def __init__(self, parameters: WireParameters) -> None:
        self._lines = LineFramer(_LONGEST_LINE)
        self._force = ForceText(
            units=_UNITS,
            assumed_newton_per_unit=parameters.assumed_newton_per_unit,
            sign=parameters.sign,
        )

    def receive(self, data: bytes, t_host_s: float, channel: str | None = None) -> Sequence[Event]:
        """Return the events that `data` completes; the wire has one channel only."""
        del channel
        events: list[Event] = []
        for line in self._lines.receive(data):
            events += [line] if isinstance(line, FrameRejected) else self._decode(line, t_host_s)
        return events

    def encode(self, command: Command) -> bytes:
        """Return the bytes of `command`; an unfinished reply to an earlier one is given up.

        Raises
        ------
        LocalProtocolError
            When the language has no such command.
        """
        request = command_bytes(_COMMANDS, command, PROFILE.model)
        self._lines.give_up_pending()
        return request

    def _decode(self, line: bytes, t_host_s: float) -> list[Event]:
        if _ERROR.fullmatch(line):
            code = line.decode("ascii")
            meaning = _ERRORS.get(code, "an error that the guides do not explain")
            return [Fault(kind=FaultKind.REFUSED_COMMAND, detail=f"{code}: {meaning}")]
        if _STATUS.fullmatch(line):
            return _status(line)
        force = self._force.newtons(line)
        if not isinstance(force, float):
            return [rejected(force, line)]
        return [ForceReading(force_n=force, t_device_s=None, t_host_s=t_host_s)]


def _status(line: bytes) -> list[Event]:
    events: list[Event] = [DeviceText(text=line.decode("ascii"))]
    if line.endswith(_BATTERY_LOW):
        events.append(Fault(kind=FaultKind.LOW_BATTERY, detail="B3: the lowest of four levels"))
    return events


class Mark10Encoder:
    """A gauge that shows the latest sample and tells it when asked.

    It shows newtons with their unit; where the parameters state a unit, that unit without its
    name, as in the numeric format.
    """

    def __init__(self, parameters: WireParameters) -> None:
        self._requests = LineFramer(_LONGEST_LINE)
        self._per_newton = parameters.sign / (parameters.assumed_newton_per_unit or 1.0)
        self._suffix = " N" if parameters.unit is None else ""
        self._shown_n: float | None = None
        self._zero_n = 0.0

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Show the last of `samples`; nothing is sent unasked."""
        if samples:
            self._shown_n = samples[-1].force_n
        return b""

    def reply(self, request: bytes) -> bytes:
        """Return the answers to the commands that `request` completes."""
        lines = self._requests.receive(request)
        return b"".join(
            b"*10\r\n" if isinstance(x, FrameRejected) else self._answer(x) for x in lines
        )

    def _answer(self, command: bytes) -> bytes:
        match command.upper():
            case b"?" | b"?C":
                return self._reading()
            case b"Z":
                self._zero_n = self._shown_n or 0.0
                return b""
            case b"LIST":
                return b"V1.00;N;CUR;FLTC8;FLTP1;AOUT00;AOFF5;FULL;MIT;POL;B0\r\n"
            case _:
                return b"*10\r\n"

    def _reading(self) -> bytes:
        if self._shown_n is None:
            return b""
        shown = (self._shown_n - self._zero_n) * self._per_newton
        return f"{shown:.4f}{self._suffix}\r\n".encode("ascii")


PROFILE = DeviceProfile(
    model="mark10",
    title="Mark-10 force gauge (GCL language)",
    codec=Mark10Codec,
    encoder=Mark10Encoder,
    confidence=Confidence.VENDOR,
    serial=SerialLink(baud=115_200, poll_interval_s=0.02),
    push_sign="positive",
    parameters=("baud", "unit", "invert"),
    notes=(
        "Polled; the rate is what the gauge answers. Set the same baud rate in its menu. In the "
        "numeric format it sends no unit: state it with unit=. Polarity settings of the gauge "
        "(IPOL, OPOL) change or drop the sign: leave them at their defaults."
    ),
    sources={
        "Series 4 user guide": "Mark-10, p. 16",
        "Series 5 user guide": "Mark-10, pp. 17-19",
        "7i user guide": "Mark-10, pp. 29-30",
        "DFG55 user guide": "Omega (Series 5 rebranded), p. 18",
        "baud rate": "lunasleep/force-gauge-reader, 1ramihamada/read-force",
    },
)
