"""The index: what can be asked for quickly, made from the entries and from nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tissuesense.core.protocol import content_sha256
from tissuesense.core.recording import RecordingContext
from tissuesense.record.care import CarePlan
from tissuesense.record.client import Client
from tissuesense.record.entry import Entry, EntryId
from tissuesense.record.historic import HistoricMeasurement
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

# Of the rules below: whoever changes what an entry gives counts it up, and every store that is
# opened has its index made anew.
RULES = 2

_DIGITS = 16


def index_rows(entry: Entry[Any]) -> list[IndexRow]:
    """Return the rows that an entry puts into the index; an entry of most kinds puts none."""
    make = _ROWS.get(entry.kind)
    return [] if make is None else make(entry)


def forget_rows(session: Session, entry: EntryId) -> None:
    """Take out of the index what an entry put there: another one has its place now."""
    for table in INDEX:
        session.execute(delete(table).where(table.entry_id == entry))


def manner_of(context: RecordingContext) -> str:
    """Return what two recordings have in common whose thresholds may be put together."""
    shared = {
        "tip_area_cm2": context.tip.area_cm2 if context.tip else None,
        "target_rate_kpa_s": context.target_rate_kpa_s,
        "stop_mode": context.stop_mode,
    }
    return content_sha256("tissuesense.manner/1", shared)[:_DIGITS]


def practitioner_of(name: str) -> str:
    """Return what the index knows a practitioner by: no word that anybody wrote is in it."""
    return content_sha256("tissuesense.practitioner/1", {"name": name})[:_DIGITS] if name else ""


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
            practitioner=practitioner_of(visit.practitioner),
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
            manner=manner_of(measured.context),
        )
    ]


def _historic(entry: Entry[HistoricMeasurement]) -> list[IndexRow]:
    measured = entry.statement
    return [
        MeasurementRow(
            id=entry.id,
            entry_id=entry.id,
            client_id=entry.client,
            visit_id=entry.visit,
            site=measured.site.name,
            side=str(measured.site.side),
            kind=entry.kind,
            block=str(measured.block),
            measured_at=measured.measured_at,
            manner="",
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
    "historic": _historic,
    "analysis": _analysis,
    "void": _void,
    "care_plan": _plan,
}
# The kinds of entries that the index knows anything of.
INDEXED = frozenset(_ROWS)
