"""Erase a client: destroy the keys, and with them what they sealed, wherever that was copied."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, delete, func, select

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordErased, RecordError, UsageError
from tissuesense.record.audit import Erased, ErasureScope
from tissuesense.record.client import ClientId
from tissuesense.services.care import keep
from tissuesense.services.practice import practice_and_people
from tissuesense.store.client_keys import Purpose
from tissuesense.store.key_copies import Unreached, erased_clients, take_out_erased
from tissuesense.store.key_file import covers
from tissuesense.store.opened import Store
from tissuesense.store.running import files_left, running_file
from tissuesense.store.schema import INDEX, ClientRow, MeasurementRow, VisitRow

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePlan:
    """What an erasure would do.

    Attributes
    ----------
    keep_until
        Until when the retention rule says to keep the record; None where that is over.
    begun
        Whether the client is erased already, and only what could not be reached then is left.
    """

    client: ClientId
    scope: ErasureScope
    visits: int
    measurements: int
    keep_until: datetime | None
    begun: bool = False

    @property
    def sentence(self) -> str:
        """Say what goes, for good."""
        if self.begun:
            return f"{self.client} is erased already; copies of the keys are looked for again."
        if self.scope is ErasureScope.IDENTITY:
            return (
                f"This erases who {self.client} is, name and address, for good and in every "
                f"backup; {self._counts} stay under the pseudonym."
            )
        return (
            f"This erases {self.client} for good and in every backup: who it is and {self._counts} "
            "with all that was noted. Nobody can bring that back."
        )

    @property
    def _counts(self) -> str:
        visits = "1 visit" if self.visits == 1 else f"{self.visits} visits"
        measured = (
            "1 measurement" if self.measurements == 1 else f"{self.measurements} measurements"
        )
        return f"{visits} and {measured}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasure did.

    Attributes
    ----------
    unreached
        Files of keys beside backups in which the client's keys may still be.
    left
        Files in the store's folder that may hold something of the client and could not be removed.
    pages_left
        Whether pages of the index from before may still be in the store's files, because another
        program has the store open; they are gone when it is erased once more without that.
    """

    plan: ErasurePlan
    unreached: tuple[Unreached, ...]
    left: tuple[Path, ...]
    pages_left: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is left anywhere that the program knows of."""
        return not (self.unreached or self.left or self.pages_left)


def plan_erasure(
    store: Store,
    client: ClientId,
    *,
    clock: Clock,
    scope: ErasureScope = ErasureScope.EVERYTHING,
) -> ErasurePlan:
    """Return what an erasure would do; nothing is done.

    Raises
    ------
    RecordNotFound
        When there is no such client, and was none.
    """
    with store.transaction() as session:
        begun = _covers_all(erased_clients(store).get(client), scope)
        if begun:
            return ErasurePlan(
                client=client, scope=scope, visits=0, measurements=0, keep_until=None, begun=True
            )
        known = store.clients.get(client)
        opened = select(VisitRow.opened_at).where(VisitRow.client_id == client)
        visits = session.scalars(opened).all()
        measured = select(func.count()).where(MeasurementRow.client_id == client)
        kept_for = timedelta(days=_retention_years(store) * _DAYS_A_YEAR)
        until = max(visits, default=known.created_at) + kept_for
        return ErasurePlan(
            client=client,
            scope=scope,
            visits=len(visits),
            measurements=session.scalar(measured) or 0,
            keep_until=until if until > clock.now() else None,
        )


def erase(
    store: Store,
    plan: ErasurePlan,
    *,
    reason: str,
    clock: Clock,
    rng: np.random.Generator,
    despite_retention: bool = False,
) -> Erasure:
    """Erase a client as planned; doing it again finishes what was interrupted or out of reach.

    The entry that says so comes first: whatever stops the rest leaves a record that tells of it.

    Raises
    ------
    UsageError
        When the retention rule says to keep the record, or there is no reason.
    RecordNotFound
        When there is no such client any more.
    """
    if plan.keep_until is not None and not despite_retention:
        raise UsageError(
            f"The practice keeps a record {_retention_years(store):g} years after the "
            f"last visit, this one until {plan.keep_until:%Y-%m-%d}; the law may ask for that.",
            hint="Where it must go all the same, say --despite-retention, and why in --reason.",
        )
    if not plan.begun:
        _write_down(store, plan, reason, clock, rng)
    store.keys.destroy(plan.client, [p for p in Purpose if covers(plan.scope, p)])
    return Erasure(
        plan=plan,
        unreached=take_out_erased(store),
        left=_clear_leftovers(store, plan.scope),
        pages_left=not _shed_old_pages(store.engine),
    )


def _retention_years(store: Store) -> float:
    practice, _ = practice_and_people(store)
    return practice.retention_years


def _write_down(
    store: Store, plan: ErasurePlan, reason: str, clock: Clock, rng: np.random.Generator
) -> None:
    """Append the entry and take the client out of the index, both or neither."""
    erased = Erased(client_was=plan.client, scope=plan.scope, reason=reason)
    with store.transaction() as session:
        store.clients.get(plan.client)
        keep(store, "erased", erased, at=clock.now(), rng=rng)
        if plan.scope is ErasureScope.IDENTITY:
            return
        if store.engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("PRAGMA secure_delete = ON")
        for table in INDEX:
            whose = ClientRow.id if table is ClientRow else table.__table__.c.client_id
            session.execute(delete(table).where(whose == plan.client))


def _clear_leftovers(store: Store, scope: ErasureScope) -> tuple[Path, ...]:
    """Remove what else may hold something of the client; return what would not go."""
    if scope is ErasureScope.IDENTITY:
        return ()
    left = []
    # A copy put aside before an update has an old index in it.
    for path in store.path.glob("store-*.db"):
        try:
            path.unlink()
        except OSError:
            left.append(path)
    for file in files_left(store):
        try:
            running_file(store, file)
        except RecordErased:
            file.remove()
        except RecordError:  # damaged: nobody knows whose it is
            left.append(file.path)
    return tuple(left)


def _shed_old_pages(engine: Engine) -> bool:
    """Move the log into the database and empty it; return whether no old page is left in it."""
    if engine.dialect.name != "sqlite":
        return True
    with closing(engine.raw_connection()) as connection:
        busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _covers_all(known: ErasureScope | None, wanted: ErasureScope) -> bool:
    return all(covers(known, purpose) for purpose in Purpose if covers(wanted, purpose))
