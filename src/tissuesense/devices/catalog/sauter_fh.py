"""Sauter force gauges FH, FH-M and FL.

Sources: Sauter FH interface sheet of 17.05.2016; FH-M, FH and FL manuals. The English sheet prints
the character 3 for zero and gives its code as 50, which is 2; the German sheet has 2.
"""

import re
from collections.abc import Sequence

from tissuesense.devices.codec import (
    Command,
    Encoder,
    Event,
    FrameRejected,
    Rejection,
    command_bytes,
)
from tissuesense.devices.framing import rejected
from tissuesense.devices.printed import untimed
from tissuesense.devices.profile import Confidence, DeviceProfile, SerialLink, WireParameters
from tissuesense.devices.simulate import ShownForce, each_byte

_REPLY_BYTES = 7
_KEPT_BYTES = 32
# Direction, then six characters of number: 0011.70 is a push of 11.70.
_REPLY = re.compile(rb"([01])(\d+\.\d+)")
_PUSH = b"0"
_COARSE_UNIT_N = 1000.0  # gauges that show kN have one more decimal
_COMMANDS = {Command.READ: b"9", Command.TARE: b"2"}
_ANSWERS = {b"9": Command.READ, b"2": Command.TARE}


class Replies:
    """Cut replies of seven bytes out of a stream that has no mark between them.

    Only counting from a question on tells where a reply begins. So an answer that made no sense,
    and bytes that are left over when the gauge is asked again, be it half a reply or one byte too
    many, spoil the answer to that question too: their late tail may still come, and would shift it.
    All of it is refused as one piece, together with the next reply. Nothing is said of it before:
    whoever asks takes any event for the answer, and only silence makes him wait until the wire has
    run dry, and then until the reply is whole.
    """

    def __init__(self) -> None:
        self._pending = b""
        self._in_doubt = False
        self._spoilt = False
        self._given_up: list[FrameRejected] = []

    def asked(self) -> None:
        """Note a question."""
        if self._spoilt and self._pending:
            self._given_up = [rejected(Rejection.TRUNCATED, self._pending)]
            self._pending = b""
        self._spoilt = not self._spoilt and (self._in_doubt or bool(self._pending))
        self._in_doubt = False

    def doubt(self) -> None:
        """Note that a reply made no sense."""
        self._in_doubt = True

    def receive(self, data: bytes) -> Sequence[bytes | FrameRejected]:
        """Return the replies that `data` completes, and what was refused before them."""
        self._pending += data
        if self._spoilt:
            self._pending = self._pending[:_KEPT_BYTES]
            return []
        whole = len(self._pending) // _REPLY_BYTES * _REPLY_BYTES
        if not whole:
            return []
        starts = range(0, whole, _REPLY_BYTES)
        replies = [self._pending[start : start + _REPLY_BYTES] for start in starts]
        self._pending, given_up, self._given_up = self._pending[whole:], self._given_up, []
        return [*given_up, *replies]


class SauterCodec:
    """Ask with ``9``, read seven characters; push is negative on the wire.

    Raises
    ------
    ConfigurationError
        When no unit was stated: the gauge sends none.
    """

    def __init__(self, parameters: WireParameters) -> None:
        self._newton_per_pull = -parameters.sign * parameters.required_newton_per_unit(
            PROFILE.model
        )
        self._replies = Replies()
        self._point: int | None = None

    def receive(self, data: bytes, t_host_s: float, channel: str | None = None) -> Sequence[Event]:
        """Return the events that `data` completes; this wire has one channel only."""
        del channel
        return [
            piece if isinstance(piece, FrameRejected) else self._decode(piece, t_host_s)
            for piece in self._replies.receive(data)
        ]

    def encode(self, command: Command) -> bytes:
        """Return the byte of `command`.

        Raises
        ------
        LocalProtocolError
            When the gauge has no such command.
        """
        request = command_bytes(_COMMANDS, command, PROFILE.model)
        if command is Command.READ:
            self._replies.asked()
        return request

    def _decode(self, reply: bytes, t_host_s: float) -> Event:
        match = _REPLY.fullmatch(reply)
        if match is None or self._point_moved(reply):
            self._replies.doubt()
            return rejected(Rejection.MALFORMED, reply)
        pull = -float(match[2]) if match[1] == _PUSH else float(match[2])
        return untimed(self._newton_per_pull * pull, t_host_s)

    def _point_moved(self, reply: bytes) -> bool:
        """Whether a byte was lost or added, or the unit changed: a gauge's point stands still."""
        before, self._point = self._point, reply.index(b".")
        return before not in {None, self._point}


def sauter_encoder(parameters: WireParameters) -> Encoder:
    """Show the stated unit; six characters of number, so its display ends at 999.99."""
    return ShownForce(parameters, _ANSWERS, show=_print, end=b"", requests=each_byte)


def _print(force_n: float, parameters: WireParameters) -> str:
    newton_per_unit = parameters.required_newton_per_unit(PROFILE.model)
    decimals = 2 if newton_per_unit < _COARSE_UNIT_N else 3
    most = 10 ** (5 - decimals) - 10**-decimals
    pull = min(max(-parameters.sign * force_n / newton_per_unit, -most), most)
    shown = f"{pull:+07.{decimals}f}"
    return {"-": "0", "+": "1"}[shown[0]] + shown[1:]


PROFILE = DeviceProfile(
    model="sauter-fh",
    title="Sauter FH / FH-M / FL force gauge",
    codec=SauterCodec,
    encoder=sauter_encoder,
    confidence=Confidence.VENDOR,
    # A reply takes 8 ms on the wire: whoever has waited longer than this waits for nothing.
    serial=SerialLink(baud=9600, poll_interval_s=0.02, reply_timeout_s=0.2),
    push_sign="negative",
    resolution_n=0.01,
    parameters=("baud", "unit", "invert"),
    example_parameters=WireParameters(unit="N"),
    notes=(
        "Polled; the rate is what the gauge answers. It sends no unit: state the one that it shows "
        "with unit= (N, kN, kgf, lbf, ...) and leave it there. Show the force and not its peak: a "
        "reply does not say which."
    ),
    sources={
        "FH interface sheet": "Sauter, FH interface description, 17.05.2016",
        "manuals": "Sauter, FH, FH-M and FL user manuals",
    },
)
