"""Nidec-Shimpo force gauges of the FG-7000 and EFG families.

Sources: two sheets of the maker, "Force & Torque Inst. Data Transfer Protocol V1.0" (what a reading
looks like, which direction has the minus) and "FG7000T series RS232 Communication Command V1.0"
(commands), as republished with the driver named in `PROFILE.sources`.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial

from tissuesense.devices.codec import Codec, Command, Encoder, Event
from tissuesense.devices.framing import CR, LineFramer
from tissuesense.devices.printed import ForceText
from tissuesense.devices.profile import Confidence, DeviceProfile, SerialLink, WireParameters
from tissuesense.devices.simulate import ShownForce
from tissuesense.devices.text_codec import TextCodec

_LONGEST_LINE = 32  # the longest reading has 14 bytes; answers to commands may stand before it
# Beside these the gauges print units of torque, and MPa of an area that nobody states.
_UNITS = frozenset({"n", "kn", "mn", "kgf", "gf", "tf", "lbf", "klbf", "ozf"})
_STREAM = {10.0: b"?C\x02", 20.0: b"?C\x03", 50.0: b"?C\x04", 100.0: b"?C\x05"}
_FASTEST_HZ = 100.0
_COMMANDS = {Command.STOP: b"?C\xff", Command.TARE: b"PZ\x00"}
# Zeroed, unit set: no line end follows, so the next reading stands on the same line.
_DONE = re.compile(rb"^(?:R\x06|RP[\x01-\x09])+")

_ANSWERS: Mapping[bytes, Command | bytes] = {
    b"?": Command.READ,
    b"?C\x01": Command.READ,
    **dict.fromkeys(_STREAM.values(), Command.START),
    b"?C\xff": Command.STOP,
    b"PZ\x00": Command.TARE,
}
_REQUEST = re.compile(rb"\?C[\x01-\x05\xff]|PZ\x00|\?")


def shimpo_codec(parameters: WireParameters) -> Codec:
    """Ask for a stream; pull has no sign, push a minus, so that the sign is turned here.

    Raises
    ------
    ConfigurationError
        When the gauge has no such rate.
    """
    rate_hz = parameters.rate_among(_STREAM, PROFILE.model) or _FASTEST_HZ
    return TextCodec(
        PROFILE.model,
        LineFramer(_LONGEST_LINE, cut=CR, joined_midway=parameters.joined_midway),
        partial(_decode, ForceText(units=_UNITS, sign=-parameters.sign)),
        commands={**_COMMANDS, Command.START: _STREAM[rate_hz]},
    )


def _decode(force: ForceText, line: bytes, t_host_s: float) -> Sequence[Event]:
    reading = _DONE.sub(b"", line)
    return force.decode(reading, t_host_s) if reading else []


def shimpo_encoder(parameters: WireParameters) -> Encoder:
    """Stream newtons once started."""
    requests = _REQUEST.findall
    return ShownForce(
        parameters, _ANSWERS, tared=b"R\x06", show=_print, end=b"\r", requests=requests
    )


def _print(force_n: float, parameters: WireParameters) -> str:
    return f"{-parameters.sign * force_n:.2f} N"


PROFILE = DeviceProfile(
    model="shimpo-fg",
    title="Nidec-Shimpo FG-7000 / EFG force gauge",
    codec=shimpo_codec,
    encoder=shimpo_encoder,
    confidence=Confidence.VENDOR,
    serial=SerialLink(baud=38_400),
    nominal_rate_hz=_FASTEST_HZ,
    push_sign="negative",
    resolution_n=0.01,
    parameters=("baud", "rate_hz", "invert"),
    notes=(
        "Streams 100 readings a second, or 10, 20 or 50 with rate_hz=; on a port of 9600 baud no "
        "more than 50 fit. Set a unit of force on the gauge: MPa and torque are refused. The "
        "commands are those of the maker's torque sheet; the force sheet has only the single "
        "reading."
    ),
    sources={
        "reading": "Nidec-Shimpo, Force & Torque Inst. Data Transfer Protocol V1.0",
        "commands": "Nidec-Shimpo, FG7000T series RS232 Communication Command V1.0",
        "republished by": "Reuben-Brewer/TorqueReaderNidecShimpoFG7000T_ReubenPython3Class",
    },
)
