"""Play a capture file again, through the same path as a live device."""

from pathlib import Path

from tissuesense.core.clock import Clock
from tissuesense.transport.base import Chunk, Pace, VirtualPace
from tissuesense.transport.capture_file import Capture


class ReplayTransport:
    """Give out the chunks of a capture in their own time.

    Parameters
    ----------
    speed
        Recorded seconds in a real one; 0 is as fast as possible.
    """

    scripted = True
    stale_after_s: float | None = None

    def __init__(self, capture: Capture, path: Path, *, clock: Clock, speed: float = 1.0) -> None:
        self.endpoint = str(path)
        self.identity = capture.header.instrument
        self._chunks = iter(capture.chunks)
        self._waiting: Chunk | None = None
        start_s = capture.chunks[0].t_host_s if capture.chunks else 0.0
        self.pace: Pace = VirtualPace(clock, speed=speed, start_s=start_s)

    async def open(self, timeout_s: float) -> None:
        """Nothing to open: the file has been read."""

    async def receive(self, timeout_s: float) -> Chunk | None:
        """Return the next chunk when its time has come; None at the end."""
        chunk = self._waiting or next(self._chunks, None)
        self._waiting = chunk
        if chunk is None:
            return None
        wait_s = chunk.t_host_s - self.pace.now_s()
        if wait_s > timeout_s:
            await self.pace.sleep(timeout_s)
            return Chunk(data=b"", t_host_s=self.pace.now_s())
        await self.pace.sleep(wait_s)
        self._waiting = None
        return chunk

    async def write(self, data: bytes) -> None:
        """Say nothing: the conversation has been held."""

    async def close(self) -> None:
        """Nothing to close."""
