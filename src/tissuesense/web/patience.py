"""Tries at a secret, one at a time, each wrong one making the next wait longer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_FIRST_S = 1.0
_LONGEST_S = 60.0


class Patience:
    """Slows down who guesses: 1 s, 2 s, 4 s and so on up to a minute."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._wrong = 0

    @property
    def wait_s(self) -> float:
        """How long the next try waits."""
        if not self._wrong:
            return 0.0
        return float(min(_LONGEST_S, _FIRST_S * 2.0 ** (self._wrong - 1)))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and as long as the tries before it earned."""
        async with self._lock:
            await asyncio.sleep(self.wait_s)
            yield

    def wrong(self) -> None:
        """Note a wrong try."""
        self._wrong = min(self._wrong + 1, 32)

    def right(self) -> None:
        """Forget the wrong ones."""
        self._wrong = 0
