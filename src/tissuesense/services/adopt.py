"""Take a whole client's record into a store, with the ids and times that it came with."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from tissuesense.core.errors import RecordConflict, UsageError
from tissuesense.record.client import ClientId
from tissuesense.record.entry import Draft, Entry, new_entry_id
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord
from tissuesense.record.measurement import Analysis, StoredFinding
from tissuesense.record.statements import body_of
from tissuesense.store.opened import Store


def adopt(
    store: Store,
    record: ClientRecord,
    *,
    capture: Callable[[str], bytes | None],
    rng: np.random.Generator,
) -> None:
    """Keep every statement, measurement and number of a record, or nothing.

    Parameters
    ----------
    capture
        The raw capture of a measurement by its id; None where there is none.

    Raises
    ------
    RecordConflict
        When the client is in the store already, or was and has been erased.
    """
    client = record.client
    if store.clients.taken(client.id):
        raise RecordConflict(
            "A client of this pseudonym is or was in the store; nothing was taken in.",
            hint="Take it into another store, or erase the client here first.",
        )
    with store.transaction():
        store.keys.make(client.id)
        created = Draft(
            id=new_entry_id(rng),
            kind="client",
            body=body_of("client", client),
            client=client.id,
        )
        store.ledger.append(created, at=client.created_at, actor=store.actor)
        _append(store, record.entries)
        for visit in record.visits:
            _adopt_visit(store, visit, client.id, capture, rng)


def _adopt_visit(
    store: Store,
    record: VisitRecord,
    client: ClientId,
    capture: Callable[[str], bytes | None],
    rng: np.random.Generator,
) -> None:
    opened, rest = _split(record.entries)
    if not opened:
        raise UsageError("A visit of the record does not say when it was opened.")
    _append(store, opened)
    for measured in record.measurements:
        _adopt_measurement(store, measured, client, capture(measured.measurement.id), rng)
    _append(store, rest)


def _adopt_measurement(
    store: Store,
    record: MeasurementRecord,
    client: ClientId,
    capture: bytes | None,
    rng: np.random.Generator,
) -> None:
    measurement = record.measurement
    store.raw.add(client, measurement, capture)
    statements: list[tuple[str, Any]] = [
        ("measurement", measurement),
        *(
            ("analysis", Analysis(measurement=measurement.id, findings=findings))
            for findings in analyses(record.computed)
        ),
    ]
    for kind, statement in statements:
        draft = Draft(
            id=new_entry_id(rng),
            kind=kind,
            body=body_of(kind, statement),
            client=client,
            visit=measurement.visit,
        )
        store.ledger.append(draft, at=measurement.measured_at, actor=store.actor)


def analyses(computed: Iterable[StoredFinding]) -> list[tuple[StoredFinding, ...]]:
    """Return the numbers run by run, as they were computed."""
    runs: dict[tuple[object, ...], list[StoredFinding]] = {}
    for finding in computed:
        runs.setdefault((finding.method, finding.computed_at), []).append(finding)
    return [tuple(run) for run in runs.values()]


def _split(entries: tuple[Entry[Any], ...]) -> tuple[list[Entry[Any]], list[Entry[Any]]]:
    opened = [entry for entry in entries if entry.kind == "visit"]
    return opened, [entry for entry in entries if entry.kind != "visit"]


def _append(store: Store, entries: Iterable[Entry[Any]]) -> None:
    for entry in entries:
        draft = Draft(
            id=entry.id,
            kind=entry.kind,
            body=body_of(entry.kind, entry.statement),
            client=entry.client,
            visit=entry.visit,
            supersedes=entry.supersedes,
            reason=entry.reason,
        )
        store.ledger.append(draft, at=entry.recorded_at, actor=entry.actor)
