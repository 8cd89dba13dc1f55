"""Mark-10 force gauges with the GCL or GCL2 language (Series 4 and 5, 7i, BG, BGI; Omega DFG55).

Sources, read as manual mirrors: Mark-10 Series 4 user guide p. 16; Series 5 guide pp. 17-19; 7i
guide pp. 29-30; Omega DFG55 guide p. 18. Baud rate: the public drivers named in `PROFILE.sources`.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial

from tissuesense.devices.codec import (
    Codec,
    Command,
    DeviceText,
    Encoder,
    Event,
    Fault,
    FaultKind,
)
from tissuesense.devices.framing import LineFramer
from tissuesense.devices.printed import ForceText
from tissuesense.devices.profile import Confidence, DeviceProfile, SerialLink, WireParameters
from tissuesense.devices.simulate import ShownForce
from tissuesense.devices.text_codec import TextCodec

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

_ANSWERS: Mapping[bytes, Command | bytes] = {
    b"?": Command.READ,
    b"?C": Command.READ,
    b"Z": Command.TARE,
    b"LIST": b"V1.00;N;CUR;FLTC8;FLTP1;AOUT00;AOFF5;FULL;MIT;POL;B0\r\n",
}


def mark10_codec(parameters: WireParameters) -> Codec:
    """Ask with ``?``, read the displayed force; compression has no sign, tension a minus."""
    force = ForceText(
        units=_UNITS,
        assumed_newton_per_unit=parameters.assumed_newton_per_unit,
        sign=parameters.sign,
    )
    lines = LineFramer(_LONGEST_LINE)
    return TextCodec(PROFILE.model, lines, partial(_decode, force), commands=_COMMANDS)


def mark10_encoder(parameters: WireParameters) -> Encoder:
    """Show newtons, or a stated unit without its name, as in the numeric format."""
    return ShownForce(parameters, _ANSWERS, unknown=b"*10\r\n")


def _decode(force: ForceText, line: bytes, t_host_s: float) -> Sequence[Event]:
    if _ERROR.fullmatch(line):
        code = line.decode("ascii")
        meaning = _ERRORS.get(code, "an error that the guides do not explain")
        return [Fault(kind=FaultKind.REFUSED_COMMAND, detail=f"{code}: {meaning}")]
    if _STATUS.fullmatch(line):
        return _status(line)
    return force.decode(line, t_host_s)


def _status(line: bytes) -> list[Event]:
    events: list[Event] = [DeviceText(text=line.decode("ascii"))]
    if line.endswith(_BATTERY_LOW):
        events.append(Fault(kind=FaultKind.LOW_BATTERY, detail="B3: the lowest of four levels"))
    return events


PROFILE = DeviceProfile(
    model="mark10",
    title="Mark-10 force gauge (GCL language)",
    codec=mark10_codec,
    encoder=mark10_encoder,
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
