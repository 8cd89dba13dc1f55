"""A measurement: one recording at one site, and the findings that were computed from it."""

import math
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NewType

import numpy as np

from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.core.trace import Trace
from tissuesense.record.ids import draw, parse
from tissuesense.record.visit import Block, VisitId

MeasurementId = NewType("MeasurementId", str)
FindingId = NewType("FindingId", str)

_CHARACTERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMeasurement:
    """A measurement without its samples, which the store keeps apart.

    Attributes
    ----------
    trace_sha256
        Identity of the trace that the capture decodes to.
    capture_sha256
        Names the bytes of the capture file (what the wire said, with arrival times), which only a
        recomputation needs and the store keeps apart; None for a trace that was imported.
    """

    id: MeasurementId
    visit: VisitId
    site: BodySite
    kind: RecordingKind
    measured_at: datetime
    context: RecordingContext
    quality: QualitySummary
    trace_sha256: str
    capture_sha256: str | None
    device_model: str
    block: Block = Block.PRE

    def with_trace(self, trace: Trace) -> "Measurement":
        """Return the whole measurement."""
        named = {field.name: getattr(self, field.name) for field in fields(StoredMeasurement)}
        return Measurement(**named, trace=trace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement(StoredMeasurement):
    """Raw data as they came: never changed, enough to compute every number again."""

    trace: Trace

    def recording(self) -> Recording:
        """Return what an estimator is to look at, now as on the day."""
        return Recording(
            trace=self.trace,
            context=self.context,
            quality=self.quality,
            name=self.id,
            content_sha256=self.trace_sha256,
        )


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

    def __post_init__(self) -> None:
        if self.value is not None:
            object.__setattr__(self, "value", _storable(self.value, self.quantity))
        if self.standard_uncertainty is not None:
            uncertainty = _storable(self.standard_uncertainty, self.quantity)
            object.__setattr__(self, "standard_uncertainty", uncertainty)
        if self.ci95 is not None:
            low, high = (_storable(bound, self.quantity) for bound in self.ci95)
            object.__setattr__(self, "ci95", (low, high))

    @property
    def number(self) -> int:
        """Which of its measurement's findings it is, counted from 1."""
        return int(self.id.rpartition("-")[2])

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Every number that one run of one program computed from a measurement."""

    measurement: MeasurementId
    findings: tuple[StoredFinding, ...]


def new_measurement_id(rng: np.random.Generator) -> MeasurementId:
    """Draw an identifier such as M-7QK4Z0A0."""
    return MeasurementId(f"M-{draw(rng, _CHARACTERS)}")


def finding_id(measurement: MeasurementId, number: int) -> FindingId:
    """Return the identifier of a measurement's nth finding: M-7QK4Z0A0-3 names both."""
    return FindingId(f"{measurement}-{number}")


def parse_result_id(text: str) -> MeasurementId | FindingId:
    """Return the id of a measurement or of one of its findings, forgiving as a client's id is.

    Raises
    ------
    UsageError
        When a character was mistyped or left out.
    """
    head, dash, number = text.strip().upper().removeprefix("M-").partition("-")
    measurement = MeasurementId(
        parse(head, prefix="M-", characters=_CHARACTERS, noun="measurement", example="M-7QK4Z0A0")
    )
    if not dash:
        return measurement
    if not (number.isascii() and number.isdecimal()):
        raise UsageError("A finding's id is its measurement's id and a number: M-7QK4Z0A0-3.")
    return finding_id(measurement, int(number))


def _storable(value: float, quantity: str) -> float:
    """Return `value` as every store and document keeps it: finite, and zero without a sign."""
    if not math.isfinite(value):
        raise UsageError(f"{quantity} must be finite or absent, not {value}.")
    return float(value) + 0.0
