"""Open a store, or make one: the only way to the record on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordConflict, StoreLocked, UsageError
from tissuesense.store.engine import connect
from tissuesense.store.folder import StoreFolder
from tissuesense.store.keys import PASSPHRASE_VARIABLE, AskPassphrase, find_passphrase
from tissuesense.store.repositories import (
    Clients,
    Findings,
    ManualFindings,
    Measurements,
    Visits,
)
from tissuesense.store.upgrade import upgrade


class Store:
    """An open store; a context manager that closes it. Not for use by several threads at once."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.path = path
        self._engine = engine
        self._session = Session(engine, expire_on_commit=False)
        self.clients = Clients(self.transaction)
        self.visits = Visits(self.transaction)
        self.manual_findings = ManualFindings(self.transaction)
        self.measurements = Measurements(self.transaction)
        self.findings = Findings(self.transaction)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Let everything inside happen or nothing; one that is inside another is part of it.

        Raises
        ------
        RecordConflict
            When an entry exists already, refers to one that does not, or would be changed, or
            when another program keeps the store to itself.
        """
        if self._session.in_transaction():
            yield self._session
            return
        try:
            with self._session.begin():
                yield self._session
        except IntegrityError as err:
            raise RecordConflict(
                "The store refused an entry: it exists already, refers to one that does not, or "
                "would change what is written once."
            ) from err
        except OperationalError as err:
            raise RecordConflict(
                "The store could not be read or written: another program is using it, or the "
                "disk is full.",
                hint="Close the other program, or make room, and try again.",
            ) from err
        finally:
            self._session.expunge_all()

    def close(self) -> None:
        """Let go of the file."""
        self._session.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(
    folder: Path,
    *,
    clock: Clock,
    create: bool = False,
    plain: bool = False,
    passphrase: str | AskPassphrase | None = None,
) -> Store:
    """Open the store in `folder`, bringing its tables up to date.

    Parameters
    ----------
    create
        Make the store where there is none.
    plain
        Make it unencrypted; a store that is there stays what it is.
    passphrase
        The passphrase itself, or how to ask a person for it where TISSUESENSE_PASSPHRASE is not
        set.

    Raises
    ------
    RecordNotFound
        When there is no store and none is to be made.
    UsageError
        When an encrypted store is to be made and there is no passphrase to be had.
    StoreLocked
        When the passphrase is missing or wrong.
    SchemaTooNew
        When a later version wrote the store; nothing was touched.
    RecordError
        When a store cannot be made in the folder, or the one in it is damaged.
    """
    place = StoreFolder(folder)
    new = create and not place.exists
    encrypted = not plain if new else place.is_encrypted()
    secret = _passphrase(passphrase, new=new) if encrypted else None
    if new:
        place.make(encrypted=encrypted, fill=lambda made: _open(made, secret, clock).dispose())
    return Store(_open(place, secret, clock), folder)


def _open(place: StoreFolder, secret: str | None, clock: Clock) -> Engine:
    engine = connect(place.database, secret)
    try:
        upgrade(engine, place, clock=clock)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _passphrase(given: str | AskPassphrase | None, *, new: bool) -> str:
    secret = find_passphrase(given, new=new)
    if secret is not None:
        return secret
    hint = f"Set {PASSPHRASE_VARIABLE} and try again."
    if new:
        raise UsageError(
            "A new store is encrypted and needs a passphrase; none was given.",
            hint=hint + " Or use --plain for a store that is not encrypted.",
        )
    raise StoreLocked("The store is encrypted and its passphrase was not given.", hint=hint)
