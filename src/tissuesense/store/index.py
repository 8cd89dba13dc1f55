"""The index: what can be asked for quickly, made from the entries and from nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tissuesense.record.care import CarePlan
from tissuesense.record.client import Client
from tissuesense.record.entry import Entry, EntryId
from tissuesense.record.measurement import Analysis, StoredMeasurement
from tissuesense.record.notes import MeasurementVoid
from tissuesense.record.schedule import due_steps
from tissuesense.record.visit import ManualFinding, Visit
from tissuesense.store.schema import (
    INDEX,
    ClientRow,
    IndexRow,
    MeasurementRow,
    PalpationRow,
    PlanRow,
    ValueRow,
    VisitRow,
    VoidRow,
)


def index_rows(entry: Entry[Any]) -> list[IndexRow]:
    """Return the rows that an entry puts into the index; an entry of most kinds puts none."""
    make = _ROWS.get(entry.kind)
    return [] if make is None else make(entry)


def forget_rows(session: Session, entry: EntryId) -> None:
    """Take out of the index what an entry put there: another one has its place now."""
    for table in INDEX:
        session.execute(delete(table).where(table.entry_id == entry))


def _client(entry: Entry[Client]) -> list[IndexRow]:
    client = entry.statement
    return [ClientRow(id=client.id, entry_id=entry.id, created_at=client.created_at)]


def _visit(entry: Entry[Visit]) -> list[IndexRow]:
    visit = entry.statement
    return [
        VisitRow(
            id=visit.id,
            entry_id=entry.id,
            client_id=visit.client,
            opened_at=visit.opened_at,
            day=visit.opened_at.toordinal(),
            intent=str(visit.intent),
        )
    ]


def _palpation(entry: Entry[ManualFinding]) -> list[IndexRow]:
    found = entry.statement
    return [
        PalpationRow(
            id=entry.id,
            entry_id=entry.id,
            client_id=entry.client,
            visit_id=entry.visit,
            site=found.site.name,
            side=str(found.site.side),
            block=str(found.block),
            tenderness=found.tenderness,
            tone=found.tone,
        )
    ]


def _measurement(entry: Entry[StoredMeasurement]) -> list[IndexRow]:
    measured = entry.statement
    return [
        MeasurementRow(
            id=measured.id,
            entry_id=entry.id,
            client_id=entry.client,
            visit_id=entry.visit,
            site=measured.site.name,
            side=str(measured.site.side),
            kind=str(measured.kind),
            block=str(measured.block),
            measured_at=measured.measured_at,
        )
    ]


def _analysis(entry: Entry[Analysis]) -> list[IndexRow]:
    return [
        ValueRow(
            entry_id=entry.id,
            quantity=finding.quantity,
            measurement_id=entry.statement.measurement,
            client_id=entry.client,
            value=finding.value,
            standard_uncertainty=finding.standard_uncertainty,
            ci95_low=None if finding.ci95 is None else finding.ci95[0],
            ci95_high=None if finding.ci95 is None else finding.ci95[1],
            accepted=finding.accepted,
            computed_at=finding.computed_at,
        )
        for finding in entry.statement.findings
        if finding.item == "session"
    ]


def _void(entry: Entry[MeasurementVoid]) -> list[IndexRow]:
    return [
        VoidRow(
            id=entry.id,
            entry_id=entry.id,
            measurement_id=entry.statement.measurement,
            client_id=entry.client,
        )
    ]


def _plan(entry: Entry[CarePlan]) -> list[IndexRow]:
    return [
        PlanRow(client_id=entry.client, entry_id=entry.id, **asdict(step))
        for step in due_steps(entry.statement)
    ]


_ROWS: Mapping[str, Callable[[Entry[Any]], list[IndexRow]]] = {
    "client": _client,
    "visit": _visit,
    "palpation": _palpation,
    "measurement": _measurement,
    "analysis": _analysis,
    "void": _void,
    "care_plan": _plan,
}
# The kinds of entries that the index knows anything of.
INDEXED = frozenset(_ROWS)
