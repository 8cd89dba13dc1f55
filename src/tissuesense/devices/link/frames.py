"""Frames of TissueSense Link: messages with a checksum, kept apart by zero bytes.

Sources: `firmware_interfaces/link/PROTOCOL.md`, section 2; S. Cheshire and M. Baker, Consistent
Overhead Byte Stuffing, IEEE/ACM Transactions on Networking 7(2), 1999; CRC-16/CCITT-FALSE, which
the standard library has as `binascii.crc_hqx` begun with another value.
"""

from binascii import crc_hqx
from collections.abc import Sequence

from tissuesense.devices.codec import FrameRejected, Rejection
from tissuesense.devices.framing import rejected

LONGEST_FRAME = 64
"""Bytes before the zero that a receiver must accept."""
LONGEST_SENT = 20
"""Bytes of the longest frame of version 1, its zero included: the smallest notification."""

_CRC_START = 0xFFFF
_CRC_BYTES = 2


def frame(message: bytes) -> bytes:
    """Return a message as it goes over the wire, the zero at its end included."""
    return cobs_encoded(message + _crc(message)) + b"\0"


def message_of(stuffed: bytes) -> bytes | Rejection:
    """Return the message in a frame without its zero, or why there is none."""
    checked = cobs_decoded(stuffed)
    if checked is None:
        return Rejection.MALFORMED
    message = checked[:-_CRC_BYTES]
    if not message:
        return Rejection.TRUNCATED
    return message if checked.endswith(_crc(message)) else Rejection.BAD_CHECKSUM


def cobs_encoded(data: bytes) -> bytes:
    """Return `data` without zeros: before each run of others stands the way to the next zero.

    Runs are shorter than 254 bytes, as in every frame of this wire; longer ones, which COBS cuts,
    raise ``ValueError``.
    """
    return b"".join(bytes((len(run) + 1,)) + run for run in data.split(b"\0"))


def cobs_decoded(stuffed: bytes) -> bytes | None:
    """Return the data that at most 254 bytes stand for; None where they stand for none."""
    runs: list[bytes] = []
    start = 0
    while start < len(stuffed):
        end = start + stuffed[start]
        if not start < end <= len(stuffed):
            return None
        runs.append(stuffed[start + 1 : end])
        start = end
    return b"\0".join(runs)


class LinkFramer:
    """Cut a stream at its zeros into messages, remembering at most one frame.

    Parameters
    ----------
    joined_midway
        The stream may be joined in the middle of a frame: the first piece may be the tail of one,
        and is not reported when it makes no sense.
    """

    def __init__(self, *, joined_midway: bool = False) -> None:
        self._pending = b""
        self._skipping = False  # the rest of a frame that is too long
        self._forgiving = joined_midway

    def receive(self, data: bytes) -> Sequence[bytes | FrameRejected]:
        """Return the messages that `data` completes, and what was refused."""
        pieces: list[bytes | FrameRejected] = []
        *ended, rest = data.split(b"\0")
        for part in ended:
            pieces += self._take(part)
            pieces += self._end()
        pieces += self._take(rest)
        return pieces

    def _take(self, part: bytes) -> list[FrameRejected]:
        """Go on with the frame; give it up where it gets too long."""
        if self._skipping:
            return []
        # One byte more than may be shows that it is too long: what comes after it is not needed.
        self._pending += part[: LONGEST_FRAME + 1 - len(self._pending)]
        if len(self._pending) <= LONGEST_FRAME:
            return []
        self._skipping = True
        return self._refuse(Rejection.OVERLONG)

    def _end(self) -> Sequence[bytes | FrameRejected]:
        """Return what the frame holds that a zero ended; two zeros in a row are no frame."""
        pieces: Sequence[bytes | FrameRejected] = []
        if self._pending and not self._skipping:
            message = message_of(self._pending)
            pieces = self._refuse(message) if isinstance(message, Rejection) else [message]
        self._pending, self._skipping, self._forgiving = b"", False, False
        return pieces

    def _refuse(self, why: Rejection) -> list[FrameRejected]:
        return [] if self._forgiving else [rejected(why, self._pending)]


def _crc(message: bytes) -> bytes:
    return crc_hqx(message, _CRC_START).to_bytes(_CRC_BYTES, "little")
