"""A measurement: one recording at one site, and the findings that were computed from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.core.trace import Trace
from tissuesense.record.visit import Block, VisitId

MeasurementId = NewType("MeasurementId", str)
FindingId = NewType("FindingId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Raw data as they came: never changed, never deleted, enough to compute every number again.

    Attributes
    ----------
    capture
        The bytes of the capture file (what the wire said, with arrival times); None for a trace
        that was imported from a file.
    trace_sha256
        Identity of the trace that the capture decodes to.
    """

    id: MeasurementId
    visit: VisitId
    site: BodySite
    kind: RecordingKind
    measured_at: datetime
    trace: Trace
    context: RecordingContext
    quality: QualitySummary
    capture: bytes | None
    trace_sha256: str
    device_model: str
    block: Block = Block.PRE


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodVersion:
    """Which program computed a number, exactly."""

    estimator: str
    estimator_version: str
    software_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFinding:
    """One number with its provenance.

    Attributes
    ----------
    value, standard_uncertainty, ci95
        None where the data could not answer; `flags` then say why.
    """

    id: FindingId
    measurement: MeasurementId
    item: str
    index: int | None
    quantity: str
    value: float | None
    standard_uncertainty: float | None
    ci95: tuple[float, float] | None
    accepted: bool
    flags: tuple[str, ...]
    method: MethodVersion
    computed_at: datetime

    def numbers(self) -> dict[str, Any]:
        """Return what a recomputation must give again, bit for bit."""
        return {
            "item": self.item,
            "index": self.index,
            "quantity": self.quantity,
            "value": self.value,
            "standard_uncertainty": self.standard_uncertainty,
            "ci95": self.ci95,
            "accepted": self.accepted,
            "flags": self.flags,
        }
