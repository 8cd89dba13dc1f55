"""Rows of the database to and from the values of the record."""

from datetime import timedelta, timezone

from tissuesense.core.errors import UsageError
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.record.client import Client, ClientId
from tissuesense.record.document import quality_from_json, quality_json, sha256
from tissuesense.record.measurement import (
    FindingId,
    Measurement,
    MeasurementId,
    MethodVersion,
    StoredFinding,
)
from tissuesense.record.visit import Block, ManualFinding, Visit, VisitId
from tissuesense.store.schema import (
    ClientRow,
    FindingRow,
    ManualFindingRow,
    MeasurementRow,
    MethodRow,
    RawRow,
    VisitRow,
)
from tissuesense.store.traces import decode_trace, encode_trace


def client_row(client: Client) -> ClientRow:
    """Return the row of a client."""
    return ClientRow(id=client.id, created_at=client.created_at)


def client_of(row: ClientRow) -> Client:
    """Return the client of a row."""
    return Client(id=ClientId(row.id), created_at=row.created_at)


def visit_row(visit: Visit) -> VisitRow:
    """Return the row of a visit."""
    return VisitRow(
        id=visit.id,
        client_id=visit.client,
        opened_at=visit.opened_at,
        opened_utc_offset_min=visit.utc_offset_min,
        practitioner=visit.practitioner,
        reason=visit.reason,
    )


def visit_of(row: VisitRow) -> Visit:
    """Return the visit of a row."""
    zone = timezone(timedelta(minutes=row.opened_utc_offset_min))
    return Visit(
        id=VisitId(row.id),
        client=ClientId(row.client_id),
        opened_at=row.opened_at.astimezone(zone),
        practitioner=row.practitioner,
        reason=row.reason,
    )


def manual_finding_row(finding: ManualFinding) -> ManualFindingRow:
    """Return the row of a manual finding."""
    return ManualFindingRow(
        visit_id=finding.visit,
        site=finding.site.name,
        side=str(finding.site.side),
        found_at=finding.found_at,
        block=str(finding.block),
        tenderness=finding.tenderness,
        tone=finding.tone,
        note=finding.note,
    )


def manual_finding_of(row: ManualFindingRow) -> ManualFinding:
    """Return the manual finding of a row."""
    return ManualFinding(
        visit=VisitId(row.visit_id),
        site=BodySite(row.site, Side(row.side)),
        found_at=row.found_at,
        block=Block(row.block),
        tenderness=row.tenderness,
        tone=row.tone,
        note=row.note,
    )


def measurement_row(
    measurement: Measurement, capture: bytes | None, *, number: int
) -> MeasurementRow:
    """Return the row of a measurement, the `number`th of its visit, its raw data with it.

    Raises
    ------
    UsageError
        When `capture` is not what the measurement names.
    """
    if measurement.capture_sha256 != (None if capture is None else sha256(capture)):
        raise UsageError("The capture is not the one that the measurement names.")
    header, columns = encode_trace(measurement.trace)
    return MeasurementRow(
        id=measurement.id,
        visit_id=measurement.visit,
        number=number,
        site=measurement.site.name,
        side=str(measurement.site.side),
        kind=str(measurement.kind),
        measured_at=measurement.measured_at,
        block=str(measurement.block),
        device_model=measurement.device_model,
        context=measurement.context.to_dict(),
        quality=quality_json(measurement.quality),
        raw=RawRow(
            trace_sha256=measurement.trace_sha256,
            trace_header=header,
            trace_columns=columns,
            capture_sha256=measurement.capture_sha256,
            capture=capture,
        ),
    )


def measurement_of(row: MeasurementRow) -> Measurement:
    """Return the measurement of a row."""
    return Measurement(
        id=MeasurementId(row.id),
        visit=VisitId(row.visit_id),
        site=BodySite(row.site, Side(row.side)),
        kind=RecordingKind(row.kind),
        measured_at=row.measured_at,
        block=Block(row.block),
        device_model=row.device_model,
        context=RecordingContext.from_dict(row.context),
        quality=quality_from_json(row.quality),
        trace=decode_trace(row.raw.trace_header, row.raw.trace_columns),
        trace_sha256=row.raw.trace_sha256,
        capture_sha256=row.raw.capture_sha256,
    )


def finding_row(finding: StoredFinding, method: MethodRow) -> FindingRow:
    """Return the row of a finding; `method` is that of its method version."""
    low, high = finding.ci95 or (None, None)
    return FindingRow(
        id=finding.id,
        measurement_id=finding.measurement,
        number=finding.number,
        item=finding.item,
        index=finding.index,
        quantity=finding.quantity,
        value=finding.value,
        standard_uncertainty=finding.standard_uncertainty,
        ci95_low=low,
        ci95_high=high,
        accepted=finding.accepted,
        flags=list(finding.flags),
        computed_at=finding.computed_at,
        method=method,
    )


def finding_of(row: FindingRow) -> StoredFinding:
    """Return the finding of a row."""
    low, high = row.ci95_low, row.ci95_high
    return StoredFinding(
        id=FindingId(row.id),
        measurement=MeasurementId(row.measurement_id),
        item=row.item,
        index=row.index,
        quantity=row.quantity,
        value=row.value,
        standard_uncertainty=row.standard_uncertainty,
        ci95=None if low is None or high is None else (low, high),
        accepted=row.accepted,
        flags=tuple(row.flags),
        method=MethodVersion(
            estimator=row.method.estimator,
            estimator_version=row.method.estimator_version,
            software_version=row.method.software_version,
        ),
        computed_at=row.computed_at,
    )
