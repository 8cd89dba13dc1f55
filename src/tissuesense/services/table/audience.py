"""Who watches a round: each with an outbox of its own, so that a slow screen holds up nobody."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from tissuesense.services.table.view import Samples

_MOST_BLOCKS = 256


class Picture(Protocol):
    """How things stand, as a screen may show it; two that are equal show the same."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        ...


class Outbox:
    """What one screen has not been sent yet: the latest view, and the samples since the last time.

    A screen that does not keep up loses the oldest samples of its picture, and `dropped` counts
    them; the recording loses none.
    """

    def __init__(self) -> None:
        self._samples: deque[Samples] = deque(maxlen=_MOST_BLOCKS)
        self._view: Picture | None = None
        self._news = asyncio.Event()
        self.dropped = 0

    def put_view(self, view: Picture | None) -> None:
        """Replace the view that waits."""
        self._view = view
        self._news.set()

    def put_samples(self, samples: Samples) -> None:
        """Add samples."""
        if len(self._samples) == _MOST_BLOCKS:
            self.dropped += 1
        self._samples.append(samples)
        self._news.set()

    async def take(self) -> tuple[Picture | None, list[Samples]]:
        """Wait for news; return the view, if it is a new one, and all new samples."""
        await self._news.wait()
        self._news.clear()
        view, self._view = self._view, None
        samples = list(self._samples)
        self._samples.clear()
        return view, samples


class Audience:
    """All screens that watch."""

    def __init__(self) -> None:
        self._outboxes: set[Outbox] = set()
        self.view: Picture | None = None

    @property
    def watched(self) -> bool:
        """Whether any screen watches."""
        return bool(self._outboxes)

    @contextmanager
    def seat(self) -> Iterator[Outbox]:
        """Give one screen its outbox, which begins with how things stand."""
        outbox = Outbox()
        if self.view is not None:
            outbox.put_view(self.view)
        self._outboxes.add(outbox)
        try:
            yield outbox
        finally:
            self._outboxes.discard(outbox)

    def show(self, view: Picture) -> None:
        """Show how things stand now."""
        if view == self.view:
            return
        self.view = view
        for outbox in self._outboxes:
            outbox.put_view(view)

    def play(self, samples: Samples) -> None:
        """Show samples."""
        for outbox in self._outboxes:
            outbox.put_samples(samples)
