"""Wagner FPX and FDX algometers and force gauges on USB.

Sources: Wagner Force Ten FDX manual pp. 20-21; for the baud rate of the FPX, the public driver
AaronLi/UWO-Algometer.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from tissuesense.devices.codec import Codec, Command, Encoder, Event, ForceReading, Rejection
from tissuesense.devices.framing import LineFramer, rejected
from tissuesense.devices.printed import ForceText
from tissuesense.devices.profile import Confidence, DeviceProfile, SerialLink, WireParameters
from tissuesense.devices.simulate import ShownForce, print_force
from tissuesense.devices.text_codec import TextCodec

_LONGEST_LINE = 48
_UNITS = frozenset({"lbf", "kgf", "ozf", "n"})
_COMMANDS = {Command.READ: b"?\r\n"}
_ANSWERS = {b"?": Command.READ, b"C?": Command.READ}


def wagner_codec(parameters: WireParameters) -> Codec:
    """Ask with ``?``, read the displayed force; compression has no sign, tension a minus."""
    # The manual prints "- 23.02 lbf", with a blank between sign and digits.
    force = ForceText(units=_UNITS, sign=parameters.sign, sign_apart=True)
    lines = LineFramer(_LONGEST_LINE)
    return TextCodec(PROFILE.model, lines, partial(_decode, force), commands=_COMMANDS)


def _decode(force: ForceText, line: bytes, t_host_s: float) -> Sequence[Event]:
    events = force.decode(line, t_host_s)
    # The display always has a point: without it a reading would be ten times itself or more.
    if isinstance(events[0], ForceReading) and b"." not in line:
        return [rejected(Rejection.MALFORMED, line)]
    return events


def wagner_encoder(parameters: WireParameters) -> Encoder:
    """Show newtons; as the manual has it, an unknown command gets no reply at all."""
    return ShownForce(parameters, _ANSWERS, show=_print)


def _print(force_n: float, parameters: WireParameters) -> str:
    return print_force(force_n, replace(parameters, unit=None)).replace("-", "- ")


PROFILE = DeviceProfile(
    model="wagner-fpx",
    title="Wagner FPX / FDX algometer",
    codec=wagner_codec,
    encoder=wagner_encoder,
    confidence=Confidence.VENDOR,
    serial=SerialLink(baud=9600, poll_interval_s=0.05),
    push_sign="positive",
    parameters=("baud", "invert"),
    notes=(
        "Polled; the rate is what the gauge answers. The FDX manual gives compression no sign, but "
        "the one public FPX driver turns the sign: press once before relying on it, and add "
        "invert=1 if pressing shows as negative. No remote zero is documented: zero it by hand."
    ),
    sources={
        "FDX manual": "Wagner Instruments, Force Ten FDX, pp. 20-21",
        "baud rate, turned sign": "AaronLi/UWO-Algometer, algometer_wagnerfpx.py",
    },
)
