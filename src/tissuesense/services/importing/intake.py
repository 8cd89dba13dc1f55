"""What an import did or would do, and the rules that every form keeps."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordConflict, UsageError
from tissuesense.record.audit import Imported
from tissuesense.record.client import ClientId
from tissuesense.services.care import keep
from tissuesense.store.opened import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What came in, or on a dry run would have.

    Attributes
    ----------
    items
        How many measurements.
    remarks
        What a person should know of it, one sentence each.
    """

    form: str
    file_sha256: str
    clients: tuple[ClientId, ...]
    visits: int
    items: int
    remarks: tuple[str, ...] = ()
    dry_run: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "form": self.form,
            "sha256": self.file_sha256,
            "clients": list(self.clients),
            "visits": self.visits,
            "measurements": self.items,
            "remarks": list(self.remarks),
            "dry_run": self.dry_run,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where things are taken in.

    Attributes
    ----------
    dry_run
        Do everything, then undo it.
    again
        Take a file in although it has been taken in before.
    step
        Told after each client or measurement, for whoever shows how far it is.
    """

    store: Store
    clock: Clock
    rng: np.random.Generator
    dry_run: bool = False
    again: bool = False
    step: Callable[[], None] = lambda: None

    @contextmanager
    def all_or_nothing(self) -> Iterator[list[ClientId]]:
        """Let everything inside happen or nothing; on a dry run, nothing.

        Into the list that it yields go the clients who are new: their keys are on the disk before
        anything else is, and go again with the rest.
        """
        new: list[ClientId] = []
        try:
            with self.store.transaction() as session:
                yield new
                if self.dry_run:
                    session.rollback()
        finally:
            for client in new:
                if not self.store.clients.taken(client):
                    self.store.keys.destroy(client)

    def check_new(self, client: ClientId, file_sha256: str) -> None:
        """Refuse a file that this client's record has taken in before.

        Raises
        ------
        RecordConflict
            When it has, and is not to be taken in again.
        """
        before = self.store.ledger.of_client(client, "imported")
        if not self.again and any(e.statement.file_sha256 == file_sha256 for e in before):
            raise RecordConflict(
                "This file has been taken in before; nothing was taken in.",
                hint="--again takes it in a second time.",
            )

    def write_down(self, client: ClientId, form: str, file_sha256: str, items: int) -> None:
        """Let the client's record say what was taken in."""
        taken = Imported(form=form, file_sha256=file_sha256, items=items)
        keep(self.store, "imported", taken, at=self.clock.now(), rng=self.rng, client=client)


_LARGEST_BYTES = 64_000_000


def content_of(path: Path) -> bytes:
    """Return a file's bytes, of a table that a person made.

    Raises
    ------
    UsageError
        When it cannot be read, or is larger than any such table.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)  # a device or a pipe may never end
    except (OSError, ValueError) as err:
        raise unreadable(path, err) from err
    if len(content) > _LARGEST_BYTES:
        raise UsageError(f"{path} is larger than {_LARGEST_BYTES // 1_000_000} MB.")
    return content


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, however large.

    Raises
    ------
    UsageError
        When it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as err:
        raise unreadable(path, err) from err


def unreadable(path: Path, err: OSError | ValueError) -> UsageError:
    """Return the refusal of a file that the system does not give."""
    return UsageError(f"{path} cannot be read: {getattr(err, 'strerror', None) or err}.")
