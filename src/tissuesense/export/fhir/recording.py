"""A recording as a document: named by its hash and size; its bytes stay in the record."""

import hashlib
from base64 import b64encode

from tissuesense.export.fhir.chart import VisitChart
from tissuesense.export.fhir.codes import concept
from tissuesense.export.fhir.elements import (
    STRUCK_OUT,
    Json,
    identifier,
    instant,
    resource,
)
from tissuesense.record.history import MeasurementRecord


def document(visit: VisitChart, measured: MeasurementRecord, capture: bytes | None) -> Json:
    """Return the raw data of a measurement.

    Parameters
    ----------
    capture
        What the wire said: its size and checksum let whoever gets it elsewhere know it again.
    """
    measurement = measured.measurement
    return resource(
        "DocumentReference",
        measurement.id,
        masterIdentifier=identifier("sha256", measurement.trace_sha256),
        identifier=[identifier("measurement", measurement.id)],
        status="current" if measured.void is None else STRUCK_OUT,
        type=concept("recording"),
        subject=visit.patient,
        date=instant(measurement.measured_at),
        custodian=visit.chart.practice(),
        content=[
            {"attachment": {"title": "Trace", "url": _urn(measurement.trace_sha256)}},
            *_capture(measurement.capture_sha256, capture),
        ],
        context={"encounter": [visit.encounter]},
    )


def _capture(sha256: str | None, capture: bytes | None) -> list[Json]:
    if sha256 is None:
        return []
    named = {"title": "Capture", "contentType": "application/octet-stream", "url": _urn(sha256)}
    if capture is None:
        return [{"attachment": named}]
    # SHA-1 is what R4 asks for here; the identity of the bytes is the SHA-256 in the URL.
    check = hashlib.sha1(capture, usedforsecurity=False).digest()
    known = {"size": len(capture), "hash": b64encode(check).decode()}
    return [{"attachment": named | known}]


def _urn(sha256: str) -> str:
    return f"urn:tissuesense:sha256:{sha256}"
