"""Imada force gauges that answer the command ``D``: DS2, DST, DPS.

Sources: the public drivers named in `PROFILE.sources`, which agree; no maker's document was read.
"""

import re
from collections.abc import Sequence
from functools import partial

from tissuesense.core.units import NEWTON_PER_KGF, NEWTON_PER_LBF
from tissuesense.devices.codec import (
    Codec,
    Command,
    Encoder,
    Event,
    Fault,
    FaultKind,
    Rejection,
)
from tissuesense.devices.framing import CR, LineFramer, rejected
from tissuesense.devices.printed import untimed
from tissuesense.devices.profile import Confidence, DeviceProfile, SerialLink, WireParameters
from tissuesense.devices.simulate import ShownForce
from tissuesense.devices.text_codec import TextCodec

_LONGEST_LINE = 32
_REPLY_BYTES = 9  # without its CR
# Force, unit, real time or peak, and the judgement: below, within, above the set points, overload.
# One driver notes a zero where the other expects the letter O.
_REPLY = re.compile(rb"([+-]\d+\.?\d*)([A-Z])([TP])([LO0HE])")
_NEWTON_PER = {b"N": 1.0, b"K": NEWTON_PER_KGF, b"O": NEWTON_PER_LBF}
_COMMANDS = {Command.READ: b"D\r", Command.TARE: b"Z\r"}
_ANSWERS = {b"D": Command.READ, b"Z": Command.TARE}


def imada_codec(parameters: WireParameters) -> Codec:
    """Ask with ``D``, read ten bytes; an overload is a fault and a peak no force of now."""
    lines = LineFramer(_LONGEST_LINE, cut=CR)
    return TextCodec(PROFILE.model, lines, partial(_decode, parameters.sign), commands=_COMMANDS)


def _decode(sign: float, line: bytes, t_host_s: float) -> Sequence[Event]:
    match = _REPLY.fullmatch(line)
    if match is None:
        return [rejected(Rejection.MALFORMED, line)]
    number, unit, mode, judgement = match.groups()
    if len(line) != _REPLY_BYTES:
        return [rejected(Rejection.BAD_LENGTH, line)]
    if judgement == b"E":
        return [Fault(kind=FaultKind.OVERLOAD, detail="E: more than the gauge can measure")]
    if unit not in _NEWTON_PER:
        return [rejected(Rejection.BAD_UNIT, line)]
    if mode == b"P":
        return [rejected(Rejection.NOT_LIVE, line)]
    force_n = sign * _NEWTON_PER[unit] * float(number)
    return [untimed(force_n, t_host_s)]


def imada_encoder(parameters: WireParameters) -> Encoder:
    """Show newtons as a gauge of 500 N does, with one decimal."""
    return ShownForce(parameters, _ANSWERS, show=_print, end=b"\r")


def _print(force_n: float, parameters: WireParameters) -> str:
    return f"{parameters.sign * force_n:+06.1f}NTO"


PROFILE = DeviceProfile(
    model="imada-d",
    title="Imada DS2 / DST / DPS force gauge (D command)",
    codec=imada_codec,
    encoder=imada_encoder,
    confidence=Confidence.REVERSE_ENGINEERED,
    serial=SerialLink(baud=19_200, poll_interval_s=0.02),
    push_sign="positive",
    resolution_n=0.1,
    parameters=("baud", "invert"),
    notes=(
        "Polled; the rate is what the gauge answers. Set the same baud rate on both sides: 19200 "
        "on a DS2, 256000 was seen on a DST. Show the force and not its peak, which is refused. "
        "Which direction has the plus is not stated anywhere: press once, and add invert=1 if "
        "pressing shows as negative."
    ),
    sources={
        "DS2-500N": "sktometometo/imada_forcegauge",
        "DST-44A": "a driver class for the DST-44A in two public repositories",
    },
)
