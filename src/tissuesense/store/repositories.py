"""What the store can be asked for and told, one small class for each kind of thing.

Every method is one transaction, or part of the one that `Store.transaction` has open.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, union

from tissuesense.core.errors import RecordNotFound, UsageError
from tissuesense.core.trace import Trace
from tissuesense.record.client import Client, ClientId
from tissuesense.record.document import sha256
from tissuesense.record.entry import EntryId
from tissuesense.record.history import ClientSummary
from tissuesense.record.measurement import Measurement, MeasurementId
from tissuesense.record.overview import ClientLine, DueLine
from tissuesense.record.visit import Visit, VisitId
from tissuesense.store.client_keys import ClientKeys
from tissuesense.store.ledger import Ledger
from tissuesense.store.overviews import client_lines, due_lines, struck_out
from tissuesense.store.schema import (
    ClientRow,
    EntryRow,
    MeasurementRow,
    PalpationRow,
    RawRow,
    VisitRow,
)
from tissuesense.store.traces import trace_bytes, trace_of_bytes
from tissuesense.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Clients:
    """Who is in care."""

    reading: Transaction

    def get(self, client_id: ClientId) -> Client:
        """Return a client; RecordNotFound where there is none."""
        with self.reading() as session:
            row = session.get(ClientRow, client_id)
            if row is None:
                raise RecordNotFound(
                    "There is no such client in this store.",
                    hint="'tissuesense clients' lists them.",
                )
            return _client(row)

    def all(self) -> tuple[Client, ...]:
        """Return every client, oldest first."""
        with self.reading() as session:
            found = session.scalars(select(ClientRow).order_by(ClientRow.created_at, ClientRow.id))
            return tuple(_client(row) for row in found)

    def count(self) -> int:
        """Return how many clients there are."""
        with self.reading() as session:
            return session.scalar(select(func.count()).select_from(ClientRow)) or 0

    def page(self, limit: int, *, after: str = "", prefix: str = "") -> tuple[ClientLine, ...]:
        """Return a page of the list of clients, in the order of their pseudonyms.

        Parameters
        ----------
        after
            The last pseudonym of the page before; empty for the first page.
        prefix
            With what the pseudonyms begin, such as "TS-7Q".
        """
        with self.reading() as session:
            return client_lines(session, limit=limit, after=after, prefix=prefix.upper())

    def taken(self, client_id: ClientId) -> bool:
        """Whether a pseudonym is or was somebody's; an erased one is never given again."""
        used = select(EntryRow.seq).where(EntryRow.client_id == client_id).limit(1)
        with self.reading() as session:
            return session.scalars(used).one_or_none() is not None

    def summaries(self) -> tuple[ClientSummary, ...]:
        """Return every client with the number of visits and the sites, oldest first."""
        visits = select(VisitRow.client_id, func.count()).group_by(VisitRow.client_id)
        sites_of = union(
            select(PalpationRow.client_id, PalpationRow.site),
            select(MeasurementRow.client_id, MeasurementRow.site).where(~struck_out()),
        )
        with self.reading() as session:
            counts = dict(session.execute(visits).all())
            sites: dict[str, list[str]] = defaultdict(list)
            for client, site in session.execute(sites_of):
                sites[client].append(site)
            return tuple(
                ClientSummary(
                    client=client,
                    visits=counts.get(client.id, 0),
                    sites=tuple(sorted(sites[client.id])),
                )
                for client in self.all()
            )


@dataclass(frozen=True, slots=True)
class Visits:
    """When they came."""

    reading: Transaction
    ledger: Ledger

    def get(self, visit_id: VisitId) -> Visit:
        """Return a visit; RecordNotFound where there is none."""
        return self._named([self._entry_of(visit_id)])[0]

    def client_of(self, visit_id: VisitId) -> ClientId:
        """Return whose visit it is; RecordNotFound where there is no such visit."""
        query = select(VisitRow.client_id).where(VisitRow.id == visit_id)
        with self.reading() as session:
            client = session.scalars(query).one_or_none()
        if client is None:
            raise _no_visit()
        return ClientId(client)

    def of_client(self, client_id: ClientId) -> tuple[Visit, ...]:
        """Return a client's visits, oldest first; of one time, in the order of opening."""
        query = select(VisitRow.entry_id).where(VisitRow.client_id == client_id)
        with self.reading() as session:
            return self._named(EntryId(name) for name in session.scalars(query))

    def on(self, day: date) -> tuple[Visit, ...]:
        """Return the visits of a day of the practice, in the order of opening."""
        query = select(VisitRow.entry_id).where(VisitRow.day == day.toordinal())
        with self.reading() as session:
            return self._named(EntryId(name) for name in session.scalars(query))

    def due(self, by: date, *, limit: int = 50) -> tuple[DueLine, ...]:
        """Return who is due for a visit by a day, those first whose time passed last.

        As the latest care plan says, also where that begins later than today;
        `tissuesense.services.standing.standing` knows of the plans before it.
        """
        with self.reading() as session:
            return due_lines(session, by=by, limit=limit)

    def _entry_of(self, visit_id: VisitId) -> EntryId:
        with self.reading() as session:
            row = session.get(VisitRow, visit_id)
            if row is None:
                raise _no_visit()
            return EntryId(row.entry_id)

    def _named(self, entries: Iterable[EntryId]) -> tuple[Visit, ...]:
        found: list[Visit] = [entry.statement for entry in self.ledger.named(entries)]
        return tuple(sorted(found, key=lambda visit: visit.opened_at))


@dataclass(frozen=True, slots=True)
class RawData:
    """Samples and captures, sealed under the key of the client whom they were taken from."""

    transaction: Transaction
    reading: Transaction
    keys: ClientKeys

    def add(self, client: ClientId, measurement: Measurement, capture: bytes | None) -> None:
        """Keep the samples of a measurement and the capture that it names, if any.

        Raises
        ------
        UsageError
            When `capture` is not what the measurement names.
        """
        if measurement.capture_sha256 != (None if capture is None else sha256(capture)):
            raise UsageError("The capture is not the one that the measurement names.")
        sealer = self.keys.sealer(client)
        with self.transaction() as session:
            session.add(
                RawRow(
                    measurement_id=measurement.id,
                    client_id=client,
                    trace=sealer.seal(f"trace of {measurement.id}", trace_bytes(measurement.trace)),
                    capture=None
                    if capture is None
                    else sealer.seal(f"capture of {measurement.id}", capture),
                )
            )

    def traces(self, measurements: Iterable[MeasurementId]) -> dict[MeasurementId, Trace]:
        """Return the samples of these measurements."""
        wanted = list(measurements)
        with self.reading() as session:
            rows = session.scalars(select(RawRow).where(RawRow.measurement_id.in_(wanted))).all()
            return {MeasurementId(row.measurement_id): self.trace_of(row) for row in rows}

    def visit_of(self, measurement_id: MeasurementId) -> VisitId:
        """Return the visit of a measurement; RecordNotFound where there is no such measurement."""
        query = select(MeasurementRow.visit_id).where(
            MeasurementRow.id == measurement_id,
            MeasurementRow.kind != "historic",  # that has no samples
        )
        with self.reading() as session:
            visit = session.scalars(query).one_or_none()
        if visit is None:
            raise RecordNotFound("There is no such measurement in this store.")
        return VisitId(visit)

    def trace_of(self, row: RawRow) -> Trace:
        """Return the samples that a row holds."""
        sealer = self.keys.sealer(ClientId(row.client_id))
        return trace_of_bytes(sealer.open(f"trace of {row.measurement_id}", row.trace))

    def capture(self, measurement_id: MeasurementId) -> bytes | None:
        """Return the bytes that the wire said; None where there is nothing but a trace."""
        query = select(RawRow.client_id, RawRow.capture).where(
            RawRow.measurement_id == measurement_id
        )
        with self.reading() as session:
            row = session.execute(query).one_or_none()
        if row is None or row.capture is None:
            return None
        sealer = self.keys.sealer(ClientId(row.client_id))
        return sealer.open(f"capture of {measurement_id}", row.capture)


def _client(row: ClientRow) -> Client:
    return Client(id=ClientId(row.id), created_at=row.created_at)


def _no_visit() -> RecordNotFound:
    return RecordNotFound(
        "There is no such visit in this store.",
        hint="'tissuesense visit open --client ID' opens one and prints its id.",
    )
