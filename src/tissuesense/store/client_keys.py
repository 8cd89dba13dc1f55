"""The clients' own keys, wrapped under the store's; destroying one erases what it sealed."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tissuesense.core.errors import RecordErased
from tissuesense.record.client import ClientId
from tissuesense.store.schema import WrappedKeyRow
from tissuesense.store.sealing import KEY_BYTES, Sealer

_WORTH_FETCHING = 2


class Purpose(StrEnum):
    """What a key seals: the record, or who the client is."""

    RECORD = "record"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKey:
    """A key as it is kept and carried from store to store."""

    client: ClientId
    purpose: Purpose
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """Keys by client and purpose.

    Parameters
    ----------
    transaction
        Opens a transaction on the table of keys; one that returned is on the disk.
    wrapping
        Wraps and unwraps under the store's own key.
    """

    transaction: Callable[[], AbstractContextManager[Session]]
    wrapping: Sealer
    _known: dict[tuple[str, Purpose], Sealer] = field(default_factory=dict, repr=False)

    def make(self, *clients: ClientId) -> None:
        """Make the keys of new clients; they are on the disk before anything is sealed."""
        self.put(
            WrappedKey(
                client=client,
                purpose=purpose,
                wrapped=self.wrapping.seal(_name(client, purpose), secrets.token_bytes(KEY_BYTES)),
            )
            for client in clients
            for purpose in Purpose
        )

    def sealer(self, client: ClientId, purpose: Purpose = Purpose.RECORD) -> Sealer:
        """Return what seals and opens for a client.

        Raises
        ------
        RecordErased
            When the key was destroyed.
        """
        known = self._known.get((client, purpose))
        if known is not None:
            return known
        with self.transaction() as session:
            row = session.get(WrappedKeyRow, (client, str(purpose)))
            wrapped = None if row is None else row.wrapped
        if wrapped is None:
            raise RecordErased("This client's record was erased; it cannot be read any more.")
        sealer = Sealer(self.wrapping.open(_name(client, purpose), wrapped))
        self._known[client, purpose] = sealer
        return sealer

    def fetch(self, clients: Iterable[ClientId]) -> None:
        """Fetch the keys of many clients at once, for whoever is about to open their entries."""
        wanted = {client for client in clients if (client, Purpose.RECORD) not in self._known}
        if len(wanted) < _WORTH_FETCHING:
            return
        with self.transaction() as session:
            rows = session.scalars(
                select(WrappedKeyRow).where(
                    WrappedKeyRow.client_id.in_(wanted),
                    WrappedKeyRow.purpose == str(Purpose.RECORD),
                )
            )
            for row in rows:
                client = ClientId(row.client_id)
                opened = self.wrapping.open(_name(client, Purpose.RECORD), row.wrapped)
                self._known[client, Purpose.RECORD] = Sealer(opened)

    def destroy(self, client: ClientId, purposes: Iterable[Purpose] = tuple(Purpose)) -> None:
        """Destroy keys for good; whatever they sealed is noise from now on, in every copy."""
        with self.transaction() as session:
            for purpose in purposes:
                self._known.pop((client, purpose), None)
                session.execute(
                    delete(WrappedKeyRow).where(
                        WrappedKeyRow.client_id == client, WrappedKeyRow.purpose == str(purpose)
                    )
                )

    def put(self, keys: Iterable[WrappedKey]) -> None:
        """Keep wrapped keys."""
        with self.transaction() as session:
            for key in keys:
                session.merge(
                    WrappedKeyRow(
                        client_id=key.client, purpose=str(key.purpose), wrapped=key.wrapped
                    )
                )

    def __iter__(self) -> Iterator[WrappedKey]:
        with self.transaction() as session:
            rows = session.scalars(
                select(WrappedKeyRow).order_by(WrappedKeyRow.client_id, WrappedKeyRow.purpose)
            )
            found = [
                WrappedKey(
                    client=ClientId(row.client_id),
                    purpose=Purpose(row.purpose),
                    wrapped=row.wrapped,
                )
                for row in rows
            ]
        return iter(found)


def _name(client: ClientId, purpose: Purpose) -> str:
    return f"key {client} {purpose}"
