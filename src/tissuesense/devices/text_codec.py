"""The codec of a gauge that speaks in lines: a table of commands and one decode function."""

from collections.abc import Callable, Mapping, Sequence

from tissuesense.devices.codec import Command, Event, command_bytes
from tissuesense.devices.framing import LineFramer

DecodeLine = Callable[[bytes, float], Sequence[Event]]


class TextCodec:
    """Cut the stream into lines, decode each; give up half a reply when asking again.

    Parameters
    ----------
    model
        Named when the gauge has no such command.
    lines
        How the stream is cut.
    decode
        Returns what a whole line says, given when it arrived.
    commands
        What the gauge understands; None for one that talks by itself.
    """

    def __init__(
        self,
        model: str,
        lines: LineFramer,
        decode: DecodeLine,
        *,
        commands: Mapping[Command, bytes] | None = None,
    ) -> None:
        self._model = model
        self._lines = lines
        self._decode = decode
        self._commands = commands or {}

    def receive(self, data: bytes, t_host_s: float, channel: str | None = None) -> Sequence[Event]:
        """Return the events that `data` completes; a wire of lines has one channel only."""
        del channel
        return self._lines.decoded(data, lambda line: self._decode(line, t_host_s))

    def encode(self, command: Command) -> bytes:
        """Return the bytes of `command`; an unfinished reply to an earlier one is given up.

        Raises
        ------
        LocalProtocolError
            When the gauge has no such command.
        """
        request = command_bytes(self._commands, command, self._model)
        self._lines.give_up_pending()
        return request
