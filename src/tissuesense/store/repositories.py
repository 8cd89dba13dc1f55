"""What the store can be asked for and told, one small class for each kind of entry.

Every method is one transaction, or part of the one that `Store.transaction` has open.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, union
from sqlalchemy.orm import Session

from tissuesense.core.errors import RecordNotFound
from tissuesense.record.client import Client, ClientId
from tissuesense.record.history import ClientSummary
from tissuesense.record.measurement import (
    FindingId,
    Measurement,
    MeasurementId,
    MethodVersion,
    StoredFinding,
)
from tissuesense.record.visit import ManualFinding, Visit, VisitId
from tissuesense.store import rows
from tissuesense.store.schema import (
    ClientRow,
    FindingRow,
    ManualFindingRow,
    MeasurementRow,
    MethodRow,
    RawRow,
    VisitRow,
)

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Clients:
    """Who is in care."""

    transaction: Transaction

    def add(self, client: Client) -> None:
        """Add a client; RecordConflict where the pseudonym is taken."""
        with self.transaction() as session:
            session.add(rows.client_row(client))

    def get(self, client_id: ClientId) -> Client:
        """Return a client; RecordNotFound where there is none."""
        with self.transaction() as session:
            row = session.get(ClientRow, client_id)
            if row is None:
                raise RecordNotFound(
                    "There is no such client in this store.",
                    hint="'tissuesense clients' lists them.",
                )
            return rows.client_of(row)

    def all(self) -> tuple[Client, ...]:
        """Return every client, oldest first."""
        with self.transaction() as session:
            found = session.scalars(select(ClientRow).order_by(ClientRow.created_at, ClientRow.id))
            return tuple(rows.client_of(row) for row in found)

    def summaries(self) -> tuple[ClientSummary, ...]:
        """Return every client with the number of visits and the sites, oldest first."""
        visits = select(VisitRow.client_id, func.count()).group_by(VisitRow.client_id)
        felt = select(VisitRow.client_id, ManualFindingRow.site).join_from(
            ManualFindingRow, VisitRow
        )
        measured = select(VisitRow.client_id, MeasurementRow.site).join_from(
            MeasurementRow, VisitRow
        )
        with self.transaction() as session:
            counts = dict(session.execute(visits).all())
            sites: dict[str, list[str]] = defaultdict(list)
            for client, site in session.execute(union(felt, measured)):
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

    transaction: Transaction

    def add(self, visit: Visit) -> None:
        """Add a visit of a known client."""
        with self.transaction() as session:
            session.add(rows.visit_row(visit))

    def get(self, visit_id: VisitId) -> Visit:
        """Return a visit; RecordNotFound where there is none."""
        with self.transaction() as session:
            row = session.get(VisitRow, visit_id)
            if row is None:
                raise RecordNotFound(
                    "There is no such visit in this store.",
                    hint="'tissuesense visit open --client ID' opens one and prints its id.",
                )
            return rows.visit_of(row)

    def of_client(self, client_id: ClientId) -> tuple[Visit, ...]:
        """Return a client's visits, oldest first."""
        query = (
            select(VisitRow)
            .where(VisitRow.client_id == client_id)
            .order_by(VisitRow.opened_at, VisitRow.id)
        )
        with self.transaction() as session:
            return tuple(rows.visit_of(row) for row in session.scalars(query))


@dataclass(frozen=True, slots=True)
class ManualFindings:
    """What the hands found."""

    transaction: Transaction

    def add(self, finding: ManualFinding) -> None:
        """Add what was found in a known visit; a second look at a site is a second entry."""
        with self.transaction() as session:
            session.add(rows.manual_finding_row(finding))

    def of_visit(self, visit_id: VisitId) -> tuple[ManualFinding, ...]:
        """Return a visit's manual findings, in the order in which they were written down."""
        query = (
            select(ManualFindingRow)
            .where(ManualFindingRow.visit_id == visit_id)
            .order_by(ManualFindingRow.id)
        )
        with self.transaction() as session:
            return tuple(rows.manual_finding_of(row) for row in session.scalars(query))


@dataclass(frozen=True, slots=True)
class Measurements:
    """What the sensor recorded."""

    transaction: Transaction

    def add(self, measurement: Measurement, capture: bytes | None = None) -> None:
        """Add a measurement of a known visit and the capture that it names, if any."""
        in_visit = select(func.count()).where(MeasurementRow.visit_id == measurement.visit)
        with self.transaction() as session:
            number = session.scalars(in_visit).one() + 1
            session.add(rows.measurement_row(measurement, capture, number=number))

    def get(self, measurement_id: MeasurementId) -> Measurement:
        """Return a measurement; RecordNotFound where there is none."""
        with self.transaction() as session:
            row = session.get(MeasurementRow, measurement_id)
            if row is None:
                raise RecordNotFound("There is no such measurement in this store.")
            return rows.measurement_of(row)

    def capture(self, measurement_id: MeasurementId) -> bytes | None:
        """Return the bytes that the wire said; None where there is nothing but a trace."""
        query = select(RawRow.capture).where(RawRow.measurement_id == measurement_id)
        with self.transaction() as session:
            return session.scalars(query).one_or_none()

    def of_visit(self, visit_id: VisitId) -> tuple[Measurement, ...]:
        """Return a visit's measurements, oldest first; of one time, in the order of keeping."""
        query = (
            select(MeasurementRow)
            .where(MeasurementRow.visit_id == visit_id)
            .order_by(MeasurementRow.measured_at, MeasurementRow.number)
        )
        with self.transaction() as session:
            return tuple(rows.measurement_of(row) for row in session.scalars(query))


@dataclass(frozen=True, slots=True)
class Findings:
    """What was computed; a later analysis adds to it and replaces nothing."""

    transaction: Transaction

    def add(self, findings: Iterable[StoredFinding]) -> None:
        """Add numbers that were computed from known measurements."""
        added = tuple(findings)
        with self.transaction() as session:
            methods = {
                method: _method_row(session, method)
                for method in dict.fromkeys(finding.method for finding in added)
            }
            session.add_all(rows.finding_row(f, methods[f.method]) for f in added)

    def get(self, finding_id: FindingId) -> StoredFinding:
        """Return one number; RecordNotFound where there is none."""
        with self.transaction() as session:
            row = session.get(FindingRow, finding_id)
            if row is None:
                raise RecordNotFound("There is no such finding in this store.")
            return rows.finding_of(row)

    def of_measurement(self, measurement_id: MeasurementId) -> tuple[StoredFinding, ...]:
        """Return every number of a measurement, oldest analysis first."""
        return self._where(FindingRow.measurement_id == measurement_id)

    def of_visit(self, visit_id: VisitId) -> tuple[StoredFinding, ...]:
        """Return every number of a visit, grouped by measurement, oldest analysis first."""
        in_visit = select(MeasurementRow.id).where(MeasurementRow.visit_id == visit_id)
        return self._where(FindingRow.measurement_id.in_(in_visit))

    def _where(self, wanted: ColumnElement[bool]) -> tuple[StoredFinding, ...]:
        query = select(FindingRow).where(wanted)
        query = query.order_by(FindingRow.measurement_id, FindingRow.number)
        with self.transaction() as session:
            return tuple(rows.finding_of(row) for row in session.scalars(query))


def _method_row(session: Session, method: MethodVersion) -> MethodRow:
    key = {
        "estimator": method.estimator,
        "estimator_version": method.estimator_version,
        "software_version": method.software_version,
    }
    known = session.scalars(select(MethodRow).filter_by(**key)).one_or_none()
    if known is None:
        known = MethodRow(**key)
        session.add(known)
    return known
