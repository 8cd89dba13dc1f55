"""The codec of a radio that talks by itself, in notifications of one record each.

Where the same records come as a plain stream, from a file or a simulated gauge, they follow one
another without anything between them. Such a stream has nothing to find a lost boundary by, so the
length that a record begins with is trusted even where the record is refused.
"""

from collections.abc import Callable, Sequence

from tissuesense.devices.codec import (
    Command,
    Event,
    FrameRejected,
    Rejection,
    command_bytes,
)
from tissuesense.devices.framing import rejected

DecodeRecord = Callable[[bytes, float, str | None], Event]


class RecordCodec:
    """Cut records out, decode each with one function; it remembers less than one record.

    Parameters
    ----------
    model
        Named when somebody wants to send a command; there is none.
    size_of
        Length of a record in bytes, at least 1, by its first byte.
    decode
        Returns what a record says, given when it arrived and on which characteristic, or None for
        a record of a stream.
    """

    def __init__(self, model: str, size_of: Callable[[int], int], decode: DecodeRecord) -> None:
        self._model = model
        self._size_of = size_of
        self._decode = decode
        self._pending = b""

    def receive(self, data: bytes, t_host_s: float, channel: str | None = None) -> Sequence[Event]:
        """Return the event of a notification, or those that a piece of a stream completes."""
        if channel is not None:
            return [self._decode(data, t_host_s, channel)] if data else []
        self._pending += data
        events: list[Event] = []
        start = 0
        while start < len(self._pending):
            end = start + self._size_of(self._pending[start])
            if end > len(self._pending):
                break
            events.append(self._decode(self._pending[start:end], t_host_s, None))
            start = end
        self._pending = self._pending[start:]
        return events

    def encode(self, command: Command) -> bytes:
        """Refuse.

        Raises
        ------
        LocalProtocolError
            Always: there is nothing that such a device can be told.
        """
        return command_bytes({}, command, self._model)


def misfit(record: bytes, size: int) -> FrameRejected | None:
    """Return the refusal of a record that is not `size` bytes long; None for one that is."""
    if len(record) == size:
        return None
    return rejected(
        Rejection.TRUNCATED if len(record) < size else Rejection.BAD_LENGTH,
        record,
    )
