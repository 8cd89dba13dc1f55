"""The record as canonical JSON: every number exact, raw data named by their SHA-256."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tissuesense.core.errors import RecordNotFound, UsageError
from tissuesense.core.quality import QualityFlag, QualitySummary
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.core.trace import Trace
from tissuesense.record.client import Client, ClientId
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord
from tissuesense.record.measurement import (
    FindingId,
    Measurement,
    MeasurementId,
    MethodVersion,
    StoredFinding,
)
from tissuesense.record.visit import Block, ManualFinding, Visit, VisitId

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
        "client": {
            "id": record.client.id,
            "created_at": record.client.created_at.isoformat(),
        },
        "visits": [_visit_json(visit) for visit in record.visits],
    }


def record_from_json(
    document: Mapping[str, Any],
    *,
    traces: Mapping[str, Trace],
) -> ClientRecord:
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
        client = Client(
            id=ClientId(document["client"]["id"]),
            created_at=datetime.fromisoformat(document["client"]["created_at"]),
        )
        visits = [_visit_from_json(visit, client.id, traces) for visit in document["visits"]]
    except (KeyError, TypeError, ValueError) as err:
        raise UsageError(f"The record could not be read: {err!r}.") from err
    return ClientRecord(client=client, visits=tuple(visits))


def manual_finding_json(finding: ManualFinding) -> dict[str, Any]:
    """Return what the hands found as plain data; the visit is the reader's context."""
    return {
        "site": finding.site.name,
        "side": str(finding.site.side),
        "found_at": finding.found_at.isoformat(),
        "block": str(finding.block),
        "tenderness": finding.tenderness,
        "tone": finding.tone,
        "note": finding.note,
    }


def quality_json(quality: QualitySummary) -> dict[str, Any]:
    """Return a quality summary as plain data."""
    return {
        "gaps": [list(gap) for gap in quality.gaps],
        "rejected_frames": quality.rejected_frames,
        "duplicates": quality.duplicates,
        "flags": [str(flag) for flag in quality.flags],
    }


def quality_from_json(data: Mapping[str, Any]) -> QualitySummary:
    """Read what `quality_json` wrote."""
    return QualitySummary(
        gaps=tuple((float(start), float(end)) for start, end in data["gaps"]),
        rejected_frames=int(data["rejected_frames"]),
        duplicates=int(data["duplicates"]),
        flags=tuple(QualityFlag(flag) for flag in data["flags"]),
    )


def finding_json(finding: StoredFinding) -> dict[str, Any]:
    """Return one number and its provenance as plain data."""
    return {
        "id": finding.id,
        "item": finding.item,
        "index": finding.index,
        "quantity": finding.quantity,
        "value": finding.value,
        "u": finding.standard_uncertainty,
        "ci95": None if finding.ci95 is None else list(finding.ci95),
        "accepted": finding.accepted,
        "flags": list(finding.flags),
        "method": {
            "estimator": finding.method.estimator,
            "estimator_version": finding.method.estimator_version,
            "software_version": finding.method.software_version,
        },
        "computed_at": finding.computed_at.isoformat(),
    }


def _visit_json(record: VisitRecord) -> dict[str, Any]:
    return {
        "id": record.visit.id,
        "opened_at": record.visit.opened_at.isoformat(),
        "practitioner": record.visit.practitioner,
        "reason": record.visit.reason,
        "manual_findings": [manual_finding_json(found) for found in record.manual_findings],
        "measurements": [_measurement_json(measured) for measured in record.measurements],
    }


def _measurement_json(record: MeasurementRecord) -> dict[str, Any]:
    measurement = record.measurement
    return {
        "id": measurement.id,
        "site": measurement.site.name,
        "side": str(measurement.site.side),
        "kind": str(measurement.kind),
        "measured_at": measurement.measured_at.isoformat(),
        "block": str(measurement.block),
        "device_model": measurement.device_model,
        "context": measurement.context.to_dict(),
        "quality": quality_json(measurement.quality),
        "trace_sha256": measurement.trace_sha256,
        "capture_sha256": measurement.capture_sha256,
        "findings": [finding_json(finding) for finding in record.computed],
    }


def _visit_from_json(
    data: Mapping[str, Any],
    client: ClientId,
    traces: Mapping[str, Trace],
) -> VisitRecord:
    visit = Visit(
        id=VisitId(data["id"]),
        client=client,
        opened_at=datetime.fromisoformat(data["opened_at"]),
        practitioner=data["practitioner"],
        reason=data["reason"],
    )
    return VisitRecord(
        visit=visit,
        manual_findings=tuple(
            _manual_finding_from_json(found, visit.id) for found in data["manual_findings"]
        ),
        measurements=tuple(
            _measurement_from_json(measured, visit.id, traces) for measured in data["measurements"]
        ),
    )


def _manual_finding_from_json(data: Mapping[str, Any], visit: VisitId) -> ManualFinding:
    return ManualFinding(
        visit=visit,
        site=_site(data),
        found_at=datetime.fromisoformat(data["found_at"]),
        block=Block(data["block"]),
        tenderness=data["tenderness"],
        tone=data["tone"],
        note=data["note"],
    )


def _measurement_from_json(
    data: Mapping[str, Any],
    visit: VisitId,
    traces: Mapping[str, Trace],
) -> MeasurementRecord:
    measurement = Measurement(
        id=MeasurementId(data["id"]),
        visit=visit,
        site=_site(data),
        kind=RecordingKind(data["kind"]),
        measured_at=datetime.fromisoformat(data["measured_at"]),
        block=Block(data["block"]),
        device_model=data["device_model"],
        context=RecordingContext.from_dict(data["context"]),
        quality=quality_from_json(data["quality"]),
        trace=_trace(traces, data["trace_sha256"]),
        trace_sha256=data["trace_sha256"],
        capture_sha256=data["capture_sha256"],
    )
    return MeasurementRecord(
        measurement=measurement,
        computed=tuple(_finding_from_json(f, measurement.id) for f in data["findings"]),
    )


def _finding_from_json(data: Mapping[str, Any], measurement: MeasurementId) -> StoredFinding:
    interval = data["ci95"]
    return StoredFinding(
        id=FindingId(data["id"]),
        measurement=measurement,
        item=data["item"],
        index=data["index"],
        quantity=data["quantity"],
        value=data["value"],
        standard_uncertainty=data["u"],
        ci95=None if interval is None else (interval[0], interval[1]),
        accepted=data["accepted"],
        flags=tuple(data["flags"]),
        method=MethodVersion(**data["method"]),
        computed_at=datetime.fromisoformat(data["computed_at"]),
    )


def _site(data: Mapping[str, Any]) -> BodySite:
    return BodySite(data["site"], Side(data["side"]))


def _trace(traces: Mapping[str, Trace], name: str) -> Trace:
    try:
        return traces[name]
    except KeyError:
        raise RecordNotFound(
            f"The raw data {name[:12]}... that the record names are not there."
        ) from None
