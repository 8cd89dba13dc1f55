"""The record as canonical JSON: every number exact, raw data named by their SHA-256."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tissuesense.core.errors import RecordNotFound, UsageError
from tissuesense.core.trace import Trace
from tissuesense.record.client import Client, ClientId
from tissuesense.record.entry import Entry, EntryId
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.measurement_json import (
    finding_from_json,
    finding_json,
    measurement_from_json,
    measurement_json,
)
from tissuesense.record.notes import MeasurementVoid
from tissuesense.record.statements import body_of, read_statement, statement_json, statement_of
from tissuesense.record.visit import VisitId

SCHEMA = "tissuesense.record/1"


def canonical_json(document: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """Return one text for one content: keys sorted, no blanks, floats that read back exactly."""
    return json.dumps(
        document, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def sha256(content: bytes) -> str:
    """Return the name that raw bytes go by in a record."""
    return hashlib.sha256(content).hexdigest()


def record_json(record: ClientRecord) -> dict[str, Any]:
    """Return a client's whole record as plain data."""
    return {
        "schema": SCHEMA,
        "client": statement_json("client", record.client),
        "statements": [entry_json(entry) for entry in record.entries],
        "visits": [visit_json(visit) for visit in record.visits],
    }


def record_from_json(document: Mapping[str, Any], *, traces: Mapping[str, Trace]) -> ClientRecord:
    """Read what `record_json` wrote.

    Parameters
    ----------
    traces
        The raw data by the hash under which the document names them.

    Raises
    ------
    RecordNotFound
        When raw data that the document names are not there.
    UsageError
        When the document is not such a record.
    """
    if document.get("schema") != SCHEMA:
        raise UsageError(f"This is not a {SCHEMA} document.")
    try:
        client: Client = read_statement("client", document["client"])
        return ClientRecord(
            client=client,
            entries=tuple(_entry_from_json(e, client.id, None) for e in document["statements"]),
            visits=tuple(_visit_from_json(v, client.id, traces) for v in document["visits"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise UsageError(f"The record could not be read: {err!r}.") from err


def entry_json(entry: Entry[Any]) -> dict[str, Any]:
    """Return a statement in its envelope as plain data; client and visit are the context's."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "recorded_at": entry.recorded_at.isoformat(),
        "actor": entry.actor,
        "supersedes": entry.supersedes,
        "reason": entry.reason,
        "body": body_of(entry.kind, entry.statement),
    }


def _entry_from_json(
    data: Mapping[str, Any], client: ClientId, visit: VisitId | None
) -> Entry[Any]:
    return Entry(
        id=EntryId(data["id"]),
        seq=0,
        kind=data["kind"],
        recorded_at=datetime.fromisoformat(data["recorded_at"]),
        actor=data["actor"],
        client=client,
        visit=visit,
        supersedes=data["supersedes"],
        reason=data["reason"],
        statement=statement_of(data["kind"], data["body"]),
        hash="",
    )


def visit_json(record: VisitRecord) -> dict[str, Any]:
    """Return one visit as plain data: its statements, measurements and numbers."""
    return {
        **statement_json("visit", record.visit),
        "statements": [entry_json(entry) for entry in record.entries],
        "measurements": [_measurement_json(measured) for measured in record.measurements],
    }


def _measurement_json(record: MeasurementRecord) -> dict[str, Any]:
    return {
        **measurement_json(record.measurement),
        "void": None if record.void is None else statement_json("void", record.void),
        "findings": [finding_json(finding) for finding in record.computed],
    }


def _visit_from_json(
    data: Mapping[str, Any], client: ClientId, traces: Mapping[str, Trace]
) -> VisitRecord:
    rest = dict(data)
    stated, measured = rest.pop("statements"), rest.pop("measurements")
    visit = read_statement("visit", rest)
    return VisitRecord(
        visit=visit,
        entries=tuple(_entry_from_json(entry, client, visit.id) for entry in stated),
        measurements=tuple(_measurement_from_json(each, traces) for each in measured),
    )


def _measurement_from_json(
    data: Mapping[str, Any], traces: Mapping[str, Trace]
) -> MeasurementRecord:
    stored = measurement_from_json(data)
    void: MeasurementVoid | None = data["void"] and read_statement("void", data["void"])
    return MeasurementRecord(
        measurement=stored.with_trace(_trace(traces, stored.trace_sha256)),
        computed=tuple(finding_from_json(f, MeasurementId(stored.id)) for f in data["findings"]),
        void=void,
    )


def _trace(traces: Mapping[str, Trace], name: str) -> Trace:
    try:
        return traces[name]
    except KeyError:
        raise RecordNotFound(
            f"The raw data {name[:12]}... that the record names are not there."
        ) from None
