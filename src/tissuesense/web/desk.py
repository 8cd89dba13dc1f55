"""What every page works on: the one open store, used by one thread at a time."""

import asyncio
import enum
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordConflict, RecordNotFound, StoreLocked
from tissuesense.services.running_capture import recover
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.place import StorePlace

_T = TypeVar("_T")


class DeskState(enum.Enum):
    """Whether there is a record, and whether it can be read now."""

    NEW = "new"
    LOCKED = "locked"
    OPEN = "open"


class Desk:
    """The store of a practice behind the pages.

    Everything that touches the store runs in one thread of its own: the event loop goes on reading
    the gauge meanwhile.

    Attributes
    ----------
    demo
        Whether this is a throw-away copy of the sample practice.
    told
        Sentences from the opening: what became of interrupted recordings. Shown once.
    held
        Tells whether something goes on that needs the store, so that it must not be locked.
    """

    def __init__(
        self, place: StorePlace, *, clock: Clock, rng: np.random.Generator, demo: bool = False
    ) -> None:
        self.place = place
        self.clock = clock
        self.rng = rng
        self.demo = demo
        self.told: tuple[str, ...] = ()
        self.held: Callable[[], bool] = lambda: False
        self._own_place: StorePlace | None = None
        self._store: Store | None = None
        self._state = DeskState.LOCKED
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="record")

    @property
    def state(self) -> DeskState:
        """How it stands."""
        return self._state

    @property
    def is_encrypted(self) -> bool:
        """Whether a passphrase opens it: only such a record can be locked to any purpose."""
        return self._store is not None and bool(self._store.name)

    async def start(self) -> None:
        """Open the store with what environment and keyring know; else it stays new or locked.

        Raises
        ------
        RecordError
            When the store is damaged or a later version wrote it.
        """
        try:
            await self._open(passphrase=None, create=False)
        except RecordNotFound:
            self._state = DeskState.NEW
        except StoreLocked:
            self._state = DeskState.LOCKED

    async def create(self, passphrase: str) -> str | None:
        """Make the store; return its recovery code, to be shown once.

        Raises
        ------
        RecordError
            When it cannot be made there.
        """
        await self._open(passphrase=passphrase, create=True)
        return self._opened().recovery_code

    async def unlock(self, passphrase: str) -> None:
        """Open the store again.

        Raises
        ------
        StoreLocked
            When the passphrase is wrong.
        """
        await self._open(passphrase=passphrase, create=False)

    async def lock(self) -> None:
        """Forget the key; whoever goes on types the passphrase.

        Raises
        ------
        RecordConflict
            When a round of measuring is going on.
        """
        if self.held():
            raise RecordConflict(
                "A round of measuring is going on: the record stays open until it is over.",
                hint="End the round on the measuring screen first.",
            )
        store, self._store = self._store, None
        if store is not None:
            self._state = DeskState.LOCKED
            await self._in_thread(store.close)

    async def look_at_sample(self, folder: Path) -> None:
        """Put the sample practice on the desk; the practice's own record waits, locked."""
        await self.lock()
        self._own_place, self.place, self.demo = self.place, folder, True
        await self.start()

    async def leave_sample(self) -> None:
        """Take the practice's own record up again, where there is one."""
        if self._own_place is None:
            return
        await self.lock()
        self.place, self._own_place, self.demo = self._own_place, None, False
        await self.start()

    @property
    def has_own(self) -> bool:
        """Whether the sample practice lies over a record of the practice's own."""
        return self._own_place is not None

    async def close(self) -> None:
        """Let go of the store and of its thread."""
        await self.lock()
        self._thread.shutdown()

    async def at(self, work: Callable[[Store], _T], *, actor: str = "") -> _T:
        """Do something with the store, as whoever is at the desk.

        Raises
        ------
        StoreLocked
            When nobody has opened it.
        """
        return await self._in_thread(partial(self._work, self._opened(), work, actor))

    def _opened(self) -> Store:
        if self._store is None:
            raise StoreLocked("The record is locked.", hint="Type its passphrase.")
        return self._store

    @staticmethod
    def _work(store: Store, work: Callable[[Store], _T], actor: str) -> _T:
        store.actor = actor
        return work(store)

    async def _open(self, *, passphrase: str | None, create: bool) -> None:
        store = await self._in_thread(
            partial(open_store, self.place, clock=self.clock, create=create, passphrase=passphrase)
        )
        recovered = await self._in_thread(partial(recover, store, clock=self.clock, rng=self.rng))
        self.told = tuple(one.sentence for one in recovered)
        self._store, self._state = store, DeskState.OPEN

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
