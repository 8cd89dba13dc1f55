"""The sample practice, one click away: built beside the record, looked at, thrown away."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

from tissuesense.core.errors import TissueSenseError
from tissuesense.services.sample_copy import copy_sample
from tissuesense.web.desk import Desk


class SampleDesk:
    """Prepares the sample practice while the app goes on.

    Attributes
    ----------
    share
        How far it is, 0 to 1.
    why_not
        Why it could not be prepared, a sentence.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._task: asyncio.Task[None] | None = None
        self._folder: Path | None = None
        self.share = 0.0
        self.why_not = ""

    @property
    def preparing(self) -> bool:
        """Whether it is on its way."""
        return self._task is not None and not self._task.done()

    def prepare(self) -> None:
        """Begin; harmless while it is on its way or there."""
        if not self.preparing and not self._desk.demo:
            self.share, self.why_not = 0.0, ""
            self._task = asyncio.create_task(self._prepare())

    async def leave(self) -> None:
        """Go back to the practice's own record."""
        await self._desk.leave_sample()
        self._throw_away()

    async def close(self) -> None:
        """Throw it away."""
        if self._task is not None:
            await asyncio.wait([self._task])
        await self._desk.lock()
        self._throw_away()

    async def _prepare(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="tissuesense-demo-"))
        cache = user_cache_path("tissuesense", appauthor=False)
        store = self._folder / "store"
        try:
            await asyncio.to_thread(
                copy_sample, store, cache=cache, clock=self._desk.clock, progress=self._tell
            )
            await self._desk.look_at_sample(store)
        except TissueSenseError as error:
            self.why_not = f"{error} {error.hint}".rstrip()
            self._throw_away()

    def _tell(self, _what: str, done: int, of: int) -> None:
        self.share = done / of if of else 0.0

    def _throw_away(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
