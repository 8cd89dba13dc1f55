"""The gauge between rounds: whoever has it, has it alone, and a round comes first."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from tissuesense.core.errors import RecordConflict

logger = logging.getLogger(__name__)


class Bench:
    """Holds the one thing that is being done with the gauge while no round goes on.

    Parameters
    ----------
    measuring
        Whether a round is going on.
    """

    def __init__(self, measuring: Callable[[], bool]) -> None:
        self._measuring = measuring
        self._task: asyncio.Task[None] | None = None
        self._gives_way = False
        self.what = ""

    @property
    def busy(self) -> bool:
        """Whether something has the gauge."""
        return self._task is not None and not self._task.done()

    def check_free(self) -> None:
        """Refuse while a round goes on, or something that does not give way.

        Raises
        ------
        RecordConflict
            Then; it says what to do.
        """
        if self._measuring():
            raise RecordConflict(
                "A round of measuring is going on, and a gauge is never shared.",
                hint="End the round on the measuring screen first.",
            )
        if self.busy and not self._gives_way:
            raise RecordConflict(
                f"The gauge is in use: {self.what}.", hint="Wait for its end, or end it."
            )

    async def begin(
        self, what: str, work: Callable[[], Coroutine[Any, Any, None]], *, gives_way: bool = False
    ) -> asyncio.Task[None]:
        """Begin something with the gauge.

        Parameters
        ----------
        what
            In words, for whoever is refused meanwhile.
        gives_way
            Whether it ends as soon as something else wants the gauge.

        Raises
        ------
        RecordConflict
            As `check_free` does.
        """
        self.check_free()
        await self.let_go()
        self.check_free()  # somebody may have been quicker while the other let go
        self.what, self._gives_way = what, gives_way
        task = asyncio.create_task(work())
        task.add_done_callback(_tell_what_was_not_foreseen)
        self._task = task
        return task

    async def let_go(self) -> None:
        """End whatever is going on; the gauge is closed afterwards."""
        task = self._task
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait([task])


def _tell_what_was_not_foreseen(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("Work with the gauge broke off: %s.", type(error).__name__)
        logger.debug("Where:", exc_info=error)
