"""Activ5, the hand-held isometric trainer that came before the ActivForce, over BLE.

Sources: andrewdnguyen/activ5-bluetooth-web, the maker's open SDK; SwimBoys/activ5-ios-bluetooth, a
copy of the maker's later SDK for iOS; bretthannigan/activ5-app.

It speaks in text, and one message may come in two notifications or several in one, so that they
are read as the pieces of one stream. A reading is ``IS<number>/IS``. Every other message ends, as
far as the SDK for iOS shows, with a control character; it says nothing of their layout but that
the reply to the handshake begins with ``TC5k``.
"""

import re
from collections.abc import Sequence

from tissuesense.core.printable import printable
from tissuesense.devices.ble_sig import sig_uuid
from tissuesense.devices.codec import (
    Command,
    DeviceFacts,
    Event,
    ForceReading,
    Rejection,
    WireSample,
    command_bytes,
)
from tissuesense.devices.framing import rejected
from tissuesense.devices.printed import DECIMAL, NOT_FINITE
from tissuesense.devices.profile import BleLink, Confidence, DeviceProfile, WireParameters

_SERVICE = sig_uuid(0x5000)
_NOTIFY = sig_uuid(0x5A01)
_WRITE = sig_uuid(0x5A02)

_COMMANDS = {
    Command.IDENTIFY: b"ATVGTIME\x19",
    Command.START: b"AISOM!\x19",
    Command.STOP: b"ASTOP!\x19",
    Command.TARE: b"ATARE!\x19",
}
_HANDSHAKE = b"TC5k"
_BEGIN, _END = b"IS", b"/IS"
_FIRST_PRINTED = 0x20
_SEPARATORS = b"; "
_LONGEST_MESSAGE = 64
_NUMBER = re.compile(DECIMAL)
_NO_NUMBER = re.compile(rb"(?i:" + NOT_FINITE + rb")")


class Activ5Codec:
    """Decode messages byte by byte, for any byte may end a notification."""

    def __init__(self, parameters: WireParameters) -> None:
        self._sign = parameters.sign
        self._pending = b""
        self._skipping = False  # the rest of a message that was too long

    def receive(self, data: bytes, t_host_s: float, channel: str | None = None) -> Sequence[Event]:
        """Return the events that `data` completes; there is one characteristic only."""
        del channel
        events: list[Event] = []
        for value in data:
            self._pending += bytes((value,))
            if self._pending.endswith(_END) or value < _FIRST_PRINTED:
                events += [] if self._skipping else self._message(self._pending, t_host_s)
                self._pending, self._skipping = b"", False
            elif len(self._pending) > _LONGEST_MESSAGE:
                events += [] if self._skipping else [rejected(Rejection.OVERLONG, self._pending)]
                self._pending, self._skipping = self._pending[1 - len(_END) :], True
        return events

    def encode(self, command: Command) -> bytes:
        """Return the bytes of `command`.

        Raises
        ------
        LocalProtocolError
            When the gauge has no such command.
        """
        return command_bytes(_COMMANDS, command, PROFILE.model)

    def _message(self, message: bytes, t_host_s: float) -> list[Event]:
        if not message.endswith(_END):
            return _words(message[:-1])
        before, begin, number = message.removesuffix(_END).rpartition(_BEGIN)
        if not begin:
            return [rejected(Rejection.MALFORMED, message)]
        return [*_words(before), self._reading(number, message, t_host_s)]

    def _reading(self, number: bytes, message: bytes, t_host_s: float) -> Event:
        if _NUMBER.fullmatch(number):
            force_n = self._sign * float(number)
            return ForceReading(force_n=force_n, t_device_s=None, t_host_s=t_host_s)
        why = Rejection.NOT_FINITE if _NO_NUMBER.fullmatch(number) else Rejection.MALFORMED
        return rejected(why, message)


def _words(message: bytes) -> list[Event]:
    """Return what a message says that is no reading."""
    words = message.strip(_SEPARATORS)
    if words.startswith(_HANDSHAKE):
        # Model and version, the same for every trainer: no name to tell two of them apart by.
        return [DeviceFacts(facts={"firmware": printable(words.decode(errors="replace"))})]
    return [rejected(Rejection.MALFORMED, message)] if words else []


class Activ5Encoder:
    """A trainer that sends whole newtons between start and stop."""

    def __init__(self, parameters: WireParameters) -> None:
        self._sign = parameters.sign
        self._streaming = False
        self._latest_n = 0.0
        self._zero_n = 0.0

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Return a message for each sample; nothing before the start command."""
        if not self._streaming or not samples:
            return b""
        self._latest_n = samples[-1].force_n
        return b"".join(
            b"IS%d/IS" % round(self._sign * (sample.force_n - self._zero_n)) for sample in samples
        )

    def reply(self, request: bytes) -> bytes:
        """Act on one write."""
        if request == _COMMANDS[Command.IDENTIFY]:
            return _HANDSHAKE + b";1.0;\x13"
        if request in {_COMMANDS[Command.START], _COMMANDS[Command.STOP]}:
            self._streaming = request == _COMMANDS[Command.START]
        if request == _COMMANDS[Command.TARE]:
            self._zero_n = self._latest_n
        return b""


PROFILE = DeviceProfile(
    model="activ5",
    title="Activ5 isometric trainer",
    codec=Activ5Codec,
    encoder=Activ5Encoder,
    confidence=Confidence.VENDOR,
    ble=BleLink(service=_SERVICE, notify=(_NOTIFY,), write=_WRITE),
    nominal_rate_hz=10.0,
    push_sign="positive",
    resolution_n=1.0,
    parameters=("invert",),
    notes=(
        "About 10 readings a second, in whole newtons (10 kPa under 1 cm2) as far as known: few "
        "for a ramp. The maker's SDKs differ by 8.6 % in what a number counts; it is read as "
        "newtons, so check with a known weight. After n starts on one connection each reading "
        "comes n times: connect again. The ActivForce 2 speaks otherwise and is not read."
    ),
    sources={
        "maker's SDK for the web": "andrewdnguyen/activ5-bluetooth-web",
        "maker's SDK for iOS, copy": "SwimBoys/activ5-ios-bluetooth",
        "a validity study's program": "bretthannigan/activ5-app",
    },
)
