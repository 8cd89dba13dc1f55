"""Measurements and numbers as plain JSON data, every float exact."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tissuesense.core.quality import QualityFlag, QualitySummary
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.record.measurement import (
    Analysis,
    FindingId,
    MeasurementId,
    MethodVersion,
    StoredFinding,
    StoredMeasurement,
)
from tissuesense.record.visit import Block, VisitId


def measurement_json(measurement: StoredMeasurement) -> dict[str, Any]:
    """Return a measurement as plain data, its raw data named by their SHA-256."""
    return {
        "id": measurement.id,
        "visit": measurement.visit,
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
    }


def measurement_from_json(data: Mapping[str, Any]) -> StoredMeasurement:
    """Read what `measurement_json` wrote."""
    return StoredMeasurement(
        id=MeasurementId(data["id"]),
        visit=VisitId(data["visit"]),
        site=BodySite(data["site"], Side(data["side"])),
        kind=RecordingKind(data["kind"]),
        measured_at=datetime.fromisoformat(data["measured_at"]),
        block=Block(data["block"]),
        device_model=data["device_model"],
        context=RecordingContext.from_dict(data["context"]),
        quality=quality_from_json(data["quality"]),
        trace_sha256=data["trace_sha256"],
        capture_sha256=data["capture_sha256"],
    )


def analysis_json(analysis: Analysis) -> dict[str, Any]:
    """Return an analysis as plain data."""
    return {
        "measurement": analysis.measurement,
        "findings": [finding_json(finding) for finding in analysis.findings],
    }


def analysis_from_json(data: Mapping[str, Any]) -> Analysis:
    """Read what `analysis_json` wrote."""
    measurement = MeasurementId(data["measurement"])
    return Analysis(
        measurement=measurement,
        findings=tuple(finding_from_json(found, measurement) for found in data["findings"]),
    )


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


def finding_from_json(data: Mapping[str, Any], measurement: MeasurementId) -> StoredFinding:
    """Read what `finding_json` wrote."""
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
