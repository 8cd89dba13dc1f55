"""A bounded queue between whatever reads a link and the event loop."""

import asyncio
from collections import deque
from threading import Lock, get_ident

from tissuesense.core.errors import TransportError, TransportTimeout
from tissuesense.transport.base import Chunk, HostChannel

# More than a minute of any link that we know.
CAPACITY = 8192


class Inbox:
    """Filled from any thread, emptied from the event loop in which it was made.

    When it is full the newest chunk is lost, counted, and the count is handed on where the chunk
    would have stood: a slow reader shows as a gap and not as growing memory.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._loop, self._loops_thread = asyncio.get_running_loop(), get_ident()
        self._capacity = capacity
        self._lock = Lock()
        self._chunks: deque[Chunk] = deque()
        self._dropped = 0
        self._dropped_at_s = 0.0
        self._error: TransportError | None = None
        self._changed = asyncio.Event()

    def put(self, chunk: Chunk) -> None:
        """Add a chunk; callable from any thread."""
        with self._lock:
            if len(self._chunks) >= self._capacity:
                self._dropped += 1
                self._dropped_at_s = chunk.t_host_s
                return
            self._tell_dropped()
            self._chunks.append(chunk)
        self._notify()

    def fail(self, error: TransportError) -> None:
        """Let `get` raise `error` once everything that came before has been taken."""
        with self._lock:
            self._error = self._error or error
        self._notify()

    async def get(self, timeout_s: float) -> Chunk | None:
        """Return the oldest chunk; None when none came within `timeout_s`.

        Raises
        ------
        TransportError
            What `fail` was given.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    with self._lock:
                        if not self._chunks:
                            self._tell_dropped()  # nothing may ever follow
                        if self._chunks:
                            return self._chunks.popleft()
                        if self._error is not None:
                            raise self._error
                        self._changed.clear()
                    await self._changed.wait()
        except TransportTimeout:  # what `fail` was given, and no passing of time
            raise
        except TimeoutError:
            return None

    def _tell_dropped(self) -> None:
        if self._dropped:
            count = str(self._dropped).encode()
            self._chunks.append(
                Chunk(data=count, t_host_s=self._dropped_at_s, channel=HostChannel.DROPPED)
            )
            self._dropped = 0

    def _notify(self) -> None:
        if get_ident() == self._loops_thread:
            self._changed.set()  # to wake the loop from outside is what costs most of all this
        else:
            self._loop.call_soon_threadsafe(self._changed.set)
