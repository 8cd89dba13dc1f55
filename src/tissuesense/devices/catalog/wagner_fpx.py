"""Wagner FPX and FDX algometers and force gauges on USB.

Sources: Wagner Force Ten FDX manual pp. 20-21; for the baud rate of the FPX, the public driver
AaronLi/UWO-Algometer.
"""

import re
from collections.abc import Sequence

from tissuesense.devices.codec import (
    Command,
    Event,
    ForceReading,
    FrameRejected,
    WireSample,
    command_bytes,
)
from tissuesense.devices.framing import LineFramer, rejected
from tissuesense.devices.printed import ForceText
from tissuesense.devices.profile import Confidence, DeviceProfile, SerialLink, WireParameters

_LONGEST_LINE = 48
_UNITS = frozenset({"lbf", "kgf", "ozf", "n"})
_COMMANDS = {Command.READ: b"?\r\n"}
# The manual prints "- 23.02 lbf", with a blank between sign and digits.
_SIGN_APART = re.compile(rb"^([+-]) +")


class WagnerFpxCodec:
    """Ask with ``?``, read the displayed force; compression has no sign, tension a minus."""

    def __init__(self, parameters: WireParameters) -> None:
        self._lines = LineFramer(_LONGEST_LINE)
        self._force = ForceText(units=_UNITS, sign=parameters.sign)

    def receive(self, data: bytes, t_host_s: float, channel: str | None = None) -> Sequence[Event]:
        """Return the events that `data` completes; the wire has one channel only."""
        del channel
        return [
            line if isinstance(line, FrameRejected) else self._decode(line, t_host_s)
            for line in self._lines.receive(data)
        ]

    def encode(self, command: Command) -> bytes:
        """Return the bytes of `command`; an unfinished reply to an earlier one is given up.

        Raises
        ------
        LocalProtocolError
            When the manual has no such command.
        """
        request = command_bytes(_COMMANDS, command, PROFILE.model)
        self._lines.give_up_pending()
        return request

    def _decode(self, line: bytes, t_host_s: float) -> Event:
        force = self._force.newtons(_SIGN_APART.sub(rb"\1", line))
        if not isinstance(force, float):
            return rejected(force, line)
        return ForceReading(force_n=force, t_device_s=None, t_host_s=t_host_s)


class WagnerFpxEncoder:
    """A gauge that shows the latest sample in newtons and tells it when asked.

    As the manual has it, a command that it does not know gets no reply at all.
    """

    def __init__(self, parameters: WireParameters) -> None:
        self._requests = LineFramer(_LONGEST_LINE)
        self._sign = parameters.sign
        self._shown_n: float | None = None

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Show the last of `samples`; nothing is sent unasked."""
        if samples:
            self._shown_n = samples[-1].force_n
        return b""

    def reply(self, request: bytes) -> bytes:
        """Return the answers to the commands that `request` completes."""
        asked = [line for line in self._requests.receive(request) if line in {b"?", b"C?", b"c?"}]
        return self._reading() * len(asked)

    def _reading(self) -> bytes:
        if self._shown_n is None:
            return b""
        shown = f"{self._sign * self._shown_n:.4f} N\r\n"
        return shown.replace("-", "- ").encode("ascii")


PROFILE = DeviceProfile(
    model="wagner-fpx",
    title="Wagner FPX / FDX algometer",
    codec=WagnerFpxCodec,
    encoder=WagnerFpxEncoder,
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
