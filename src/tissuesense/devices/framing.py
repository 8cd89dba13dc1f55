"""Lines out of a byte stream: the framing that text gauges share."""

import re
from collections.abc import Callable, Sequence

from tissuesense.devices.codec import Event, FrameRejected, Rejection

LINE_END = re.compile(rb"[\r\n]+")
CR = re.compile(rb"\r")
_KEPT_BYTES = 32


class LineFramer:
    """Cut a stream into lines, remembering at most one line of bounded length.

    Blank lines carry nothing and are left out, which is also why it does not matter whether CR and
    LF come in the same chunk.

    Parameters
    ----------
    longest
        Longest line in bytes; a longer one is rejected as a whole, its tail included.
    cut
        What stands between lines and is no part of them: CR, LF or CR LF unless stated. For a gauge
        that only ever sends CR, an LF is damage. A pattern of no width cuts between two bytes.
    joined_midway
        The stream may be joined in the middle of a line, as that of a gauge that talks unasked. A
        number without its first digits still looks like a number, so the first line is left out;
        where it never ends it is refused as too long, for then nothing here is a line.
    """

    def __init__(
        self, longest: int, *, cut: re.Pattern[bytes] = LINE_END, joined_midway: bool = False
    ) -> None:
        self._longest = longest
        self._cut = cut
        self._pending = b""
        self._leaving_out = joined_midway
        self._skipping = False
        self._given_up: list[FrameRejected] = []

    def receive(self, data: bytes) -> Sequence[bytes | FrameRejected]:
        """Return the lines that `data` completes, without their ends, and what was refused."""
        pieces: list[bytes | FrameRejected] = [*self._given_up]
        self._given_up = []
        *lines, self._pending = self._cut.split(self._pending + data)
        for line in lines:
            if len(line) > self._longest and not self._skipping:
                pieces.append(rejected(Rejection.OVERLONG, line))
            elif line and not self._skipping and not self._leaving_out:
                pieces.append(line)
            self._skipping = self._leaving_out = False
        if self._skipping:
            self._pending = b""
        elif len(self._pending) > self._longest:
            pieces.append(rejected(Rejection.OVERLONG, self._pending))
            self._skip_rest()
        return pieces

    def decoded(self, data: bytes, decode: Callable[[bytes], Sequence[Event]]) -> list[Event]:
        """Return what the lines that `data` completes say, and what was refused, in order."""
        events: list[Event] = []
        for piece in self.receive(data):
            events += [piece] if isinstance(piece, FrameRejected) else decode(piece)
        return events

    def give_up_pending(self) -> None:
        """Stop waiting for the end of an unfinished line: whoever asked for it asks again.

        Were it kept, the next reply could complete it to a number that nobody sent: ``-`` and
        ``4.285 N`` make ``-4.285 N``. Were it merely forgotten, its own late tail could.
        """
        if self._pending:
            self._given_up = [rejected(Rejection.TRUNCATED, self._pending)]
            self._skip_rest()

    def _skip_rest(self) -> None:
        self._pending, self._skipping = b"", True


def rejected(why: Rejection, data: bytes) -> FrameRejected:
    """Return the event of a refused frame, with as much of it as events may keep."""
    return FrameRejected(why=why, data=data[:_KEPT_BYTES])
