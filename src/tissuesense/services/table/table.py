"""The one table of an app: at most one round at a time, and every screen that watches it."""

import asyncio
import logging
from collections.abc import Callable, Mapping

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordConflict, UsageError
from tissuesense.record.at_the_table import TakenBackBy
from tissuesense.record.notes import MissingReason
from tissuesense.services.table.audience import Audience
from tissuesense.services.table.order import TableOrder
from tissuesense.services.table.round import AtStore, Round

logger = logging.getLogger(__name__)

_COMMANDS: Mapping[str, Callable[[Round], None]] = {
    "mark": Round.signal,
    "take_back": Round.take_back,
    "touch_take_back": lambda held: held.take_back(TakenBackBy.TOUCH),
    "undo": Round.undo,
    "finish_site": Round.finish_site,
    "skip": lambda held: held.skip(MissingReason.NOT_DONE),
    "too_painful": lambda held: held.skip(MissingReason.TOO_PAINFUL),
    "refused": lambda held: held.skip(MissingReason.REFUSED),
    "pause": Round.pause,
    "go_on": Round.go_on,
    "end": Round.end,
}
COMMANDS = tuple(_COMMANDS)


class Table:
    """Holds the round that is going on."""

    def __init__(self, *, at: AtStore, clock: Clock, rng: np.random.Generator) -> None:
        self._at, self._clock, self._rng = at, clock, rng
        self._task: asyncio.Task[None] | None = None
        self.audience = Audience()
        self.round: Round | None = None

    @property
    def busy(self) -> bool:
        """Whether a round is going on."""
        return self._task is not None and not self._task.done()

    def start(self, order: TableOrder, *, actor: str = "") -> Round:
        """Begin a round.

        Raises
        ------
        RecordConflict
            When one is going on.
        """
        if self.busy:
            raise RecordConflict(
                "A round of measuring is going on.", hint="End it on the measuring screen first."
            )
        held = Round(
            order,
            at=self._at,
            audience=self.audience,
            clock=self._clock,
            rng=self._rng,
            actor=actor,
        )
        self.round = held
        self.audience.show(held.view)
        self._task = asyncio.create_task(held.run())
        self._task.add_done_callback(_tell_what_was_not_foreseen)
        return held

    def command(self, name: str) -> None:
        """Do what a screen asks; without a round there is nothing to do.

        Raises
        ------
        UsageError
            When there is no such command.
        """
        if name not in _COMMANDS:
            raise UsageError(f"Commands are: {', '.join(_COMMANDS)}.")
        if self.round is not None and self.busy:
            _COMMANDS[name](self.round)

    async def ended(self) -> None:
        """Wait until no round is going on."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """End the round at once; what it recorded is taken in at the next start."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])


def _tell_what_was_not_foreseen(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("A round of measuring broke off: %s.", type(error).__name__)
        logger.debug("Where:", exc_info=error)
