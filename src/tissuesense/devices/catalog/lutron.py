"""Lutron force gauges with the 16-digit stream, and their rebrands by Extech and PCE.

Sources, read as manual mirrors: Lutron FG-6005SD manual pp. 26-27; FR-5120 manual p. 9; GC-2028
manual p. 11 (start and end byte); Extech list of unit codes.
"""

import re
from collections.abc import Sequence
from functools import partial

from tissuesense.core.units import newton_per_unit
from tissuesense.devices.codec import Codec, Event, Rejection, WireSample
from tissuesense.devices.framing import LineFramer, rejected
from tissuesense.devices.printed import untimed
from tissuesense.devices.profile import Confidence, DeviceProfile, SerialLink, WireParameters
from tissuesense.devices.text_codec import TextCodec

# A frame begins and ends with a byte of its own, and whichever is lost, the other still parts it
# from its neighbours.
_BETWEEN_FRAMES = re.compile(rb"(?<=\r)|(?=\x02)")
_LONGEST_FRAME = 32  # 16, and as much as a refusal keeps
# Display, unit, sign, decimals, value.
_FRAME = re.compile(rb"\x024([12])(\d\d)([01])([0-3])(\d{8})\r")
_UPPER_DISPLAY = b"1"
_NEWTON_PER = {
    code: newton_per_unit(unit)
    for code, unit in ((b"55", "kg"), (b"56", "lb"), (b"57", "g"), (b"58", "oz"), (b"59", "N"))
}
_SIGN = {b"0": 1.0, b"1": -1.0}


def lutron_codec(parameters: WireParameters) -> Codec:
    """Listen; nothing is ever sent to the gauge."""
    frames = LineFramer(_LONGEST_FRAME, cut=_BETWEEN_FRAMES, joined_midway=parameters.joined_midway)
    return TextCodec(PROFILE.model, frames, partial(_decode, parameters.sign))


def _decode(sign: float, frame: bytes, t_host_s: float) -> Sequence[Event]:
    match = _FRAME.fullmatch(frame)
    if match is None:
        return [rejected(Rejection.MALFORMED, frame)]
    display, unit, minus, decimals, digits = match.groups()
    if display != _UPPER_DISPLAY:
        return [rejected(Rejection.NOT_LIVE, frame)]
    if unit not in _NEWTON_PER:
        return [rejected(Rejection.BAD_UNIT, frame)]
    shown = _SIGN[minus] * int(digits) / 10 ** int(decimals)
    force_n = sign * _NEWTON_PER[unit] * shown
    return [untimed(force_n, t_host_s)]


class LutronEncoder:
    """A gauge that sends what it shows, in hundredths of a newton."""

    def __init__(self, parameters: WireParameters) -> None:
        self._sign = parameters.sign

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Return a frame for each sample."""
        return b"".join(self._frame(sample.force_n) for sample in samples)

    def reply(self, request: bytes) -> bytes:
        """Stay silent."""
        del request
        return b""

    def _frame(self, force_n: float) -> bytes:
        shown = f"{round(self._sign * force_n * 100):+09d}"
        minus = {"+": "0", "-": "1"}[shown[0]]
        return f"\x024159{minus}2{shown[1:]}\r".encode("ascii")


PROFILE = DeviceProfile(
    model="lutron",
    title="Lutron force gauge, 16-digit stream (also Extech, PCE)",
    codec=lutron_codec,
    encoder=LutronEncoder,
    confidence=Confidence.VENDOR,
    serial=SerialLink(baud=9600),
    push_sign="positive",
    resolution_n=0.01,
    parameters=("baud", "invert"),
    notes=(
        "Talks by itself, about as often as its display changes, which is too seldom for a fast "
        "ramp: look at the rate of the recording. The manuals do not say which direction has the "
        "minus: press once, and add invert=1 if pressing shows as negative."
    ),
    sources={
        "FG-6005SD manual": "Lutron, pp. 26-27",
        "FR-5120 manual": "Lutron, p. 9",
        "GC-2028 manual": "Lutron, p. 11",
        "unit codes": "Extech, list of unit codes",
    },
)
