"""An open store: the ledger, its index, the raw data and the clients' keys, under one key."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tissuesense.core.errors import UsageError
from tissuesense.store.client_keys import ClientKeys
from tissuesense.store.failures import in_our_words
from tissuesense.store.key_safe import MasterKey
from tissuesense.store.ledger import Ledger
from tissuesense.store.place import StorePlace, data_folder
from tissuesense.store.repositories import Clients, RawData, Visits
from tissuesense.store.safes import read_safe
from tissuesense.store.sealing import Sealer
from tissuesense.store.transaction import READING
from tissuesense.store.trends import Trends


class Store:
    """An open store; a context manager that closes it. Not for use by several threads at once.

    Attributes
    ----------
    place
        Where it is.
    path
        The folder of this computer that belongs to it: all of it, or what a server does not hold.
    name
        Identifies the store to the keyring; it stays when the passphrase changes.
    actor
        Who writes: the name that every entry of this session bears.
    recovery_code
        To be shown once, by whoever has just made the store; None otherwise.
    """

    def __init__(
        self,
        engine: Engine,
        key_engine: Engine,
        master: MasterKey,
        place: StorePlace,
        *,
        name: str = "",
        recovery_code: str | None = None,
    ) -> None:
        self.place = place
        self.path = data_folder(place)
        self.name = name
        self.actor = ""
        self.master = master
        self.recovery_code = recovery_code
        self.engine = engine
        self.key_engine = key_engine
        self._session = Session(engine, expire_on_commit=False)
        self.keys = ClientKeys(self._key_transaction, Sealer(master.derive("client keys")))
        practice = Sealer(master.derive("practice"))
        self.ledger = Ledger(self.transaction, self.reading, self.keys, practice)
        self.clients = Clients(self.reading)
        self.visits = Visits(self.reading, self.ledger)
        self.trends = Trends(self.reading)
        self.raw = RawData(self.transaction, self.reading, self.keys)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Let everything inside happen or nothing; one that is inside another is part of it.

        Raises
        ------
        RecordConflict
            When an entry exists already, refers to one that does not, or would be changed, or
            when another program keeps the store to itself.
        UsageError
            When the one outside only reads.
        """
        if self._session.in_transaction():
            if self._session.connection().get_execution_options().get(READING):
                raise UsageError("A transaction that only reads cannot have one that writes in it.")
            yield self._session
            return
        try:
            with in_our_words(), self._session.begin():
                yield self._session
        finally:
            self._session.expunge_all()
            self._session.info.clear()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Let everything inside be read as of one moment, and nobody wait for it meanwhile.

        Inside a transaction it is part of that.

        Raises
        ------
        RecordError
            When the file or the server refuses.
        """
        if self._session.in_transaction():
            yield self._session
            return
        try:
            with in_our_words(), self._session.begin():
                self._session.connection(execution_options={READING: True})
                yield self._session
        finally:
            self._session.expunge_all()

    @contextmanager
    def _key_transaction(self) -> Iterator[Session]:
        with in_our_words(), Session(self.key_engine) as session, session.begin():
            yield session

    def safe(self) -> dict[str, Any]:
        """Return how the store's key is wrapped, as it is kept now.

        Raises
        ------
        RecordError
            When the folder or the server refuses, or the safe is damaged.
        """
        return read_safe(self.place)

    def close(self) -> None:
        """Let go of the file."""
        self._session.close()
        self.engine.dispose()
        self.key_engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
