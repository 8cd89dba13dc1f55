"""Compute a stored number again from the raw bytes and compare it to the last bit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tissuesense.analysis.analyse import analyze
from tissuesense.core.errors import RecordNotFound
from tissuesense.record.measurement import (
    Measurement,
    MeasurementId,
    MethodVersion,
    StoredFinding,
)
from tissuesense.record.measurement_json import quality_json
from tissuesense.services.records import load_measurement, method_of, stored_findings
from tissuesense.store.opened import Store
from tissuesense.transport.capture_decode import decode_capture

# What the estimator is given; where that differs, its numbers do for no reason of their own.
_RAW = {
    "trace": "The raw data no longer give the trace that was measured.",
    "quality": "The raw data no longer tell the same of how the trace came about.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that did not come out again.

    Attributes
    ----------
    where
        Such as "trial 2, threshold_kpa", or "trace", or "quality".
    stored, found
        What the record says and what came out now; None where one side has nothing.
    """

    where: str
    what: str
    stored: Any
    found: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """The outcome of computing again.

    Attributes
    ----------
    identifier
        The finding or the measurement that was asked for.
    compared
        How many stored numbers were compared.
    from_capture
        True where the wire's own bytes were decoded again, False where there are none and the
        stored trace was taken.
    stored_method, present_method
        Which program gave the stored numbers, and which the new ones.
    """

    identifier: str
    compared: int
    from_capture: bool
    stored_method: MethodVersion | None
    present_method: MethodVersion
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        """Whether every bit came out again."""
        return not self.differences

    @property
    def why(self) -> str:
        """Say in a sentence why the numbers differ; empty where they do not."""
        before, now = self.stored_method, self.present_method
        if self.equal or before is None:
            return ""
        raw = next((_RAW[d.where] for d in self.differences if d.where in _RAW), None)
        if raw is not None:
            return raw
        if before.estimator != now.estimator:
            return f"Another estimator is used now: '{now.estimator}', then '{before.estimator}'."
        if before.estimator_version != now.estimator_version:
            return (
                f"The estimator '{now.estimator}' has changed: version {before.estimator_version} "
                f"then, {now.estimator_version} now. The changelog's 'Numbers changed' says how."
            )
        if before.software_version != now.software_version:
            return (
                f"The program has changed: version {before.software_version} then, "
                f"{now.software_version} now."
            )
        return (
            "The same version gives other numbers now: the stored numbers were altered, or this "
            "machine computes differently."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "id": self.identifier,
            "equal": self.equal,
            "compared": self.compared,
            "raw": "capture" if self.from_capture else "trace",
            "why": self.why,
            "differences": [
                {"where": d.where, "what": d.what, "stored": d.stored, "found": d.found}
                for d in self.differences
            ],
        }


def reproduce(store: Store, identifier: str) -> Reproduction:
    """Compute a finding again, or every number of a measurement's latest analysis.

    Raises
    ------
    RecordNotFound
        When there is no such finding or measurement.
    CaptureError
        When the stored capture is damaged.
    """
    measurement, expected = _asked_for(store, identifier)
    capture = store.raw.capture(measurement.id)
    now = measurement if capture is None else _decoded(measurement, capture)
    analysed = analyze(now.recording())
    found = stored_findings(
        measurement.id,
        analysed,
        computed_at=expected[0].computed_at if expected else measurement.measured_at,
    )
    numbers_now = {_place(finding): finding.numbers() for finding in found}
    differences = [
        *_raw_differences(measurement, now),
        *(
            difference
            for finding in expected
            for difference in _differences(finding, numbers_now.pop(_place(finding), {}))
        ),
    ]
    if identifier == measurement.id:
        differences += [
            Difference(where=place, what="value", stored=None, found=numbers["value"])
            for place, numbers in numbers_now.items()
        ]
    return Reproduction(
        identifier=identifier,
        compared=len(expected),
        from_capture=capture is not None,
        stored_method=expected[0].method if expected else None,
        present_method=method_of(analysed),
        differences=tuple(differences),
    )


def _asked_for(store: Store, identifier: str) -> tuple[Measurement, tuple[StoredFinding, ...]]:
    # M-7QK4Z0A0 is a measurement, M-7QK4Z0A0-3 its third finding.
    record = load_measurement(store, MeasurementId("-".join(identifier.split("-")[:2])))
    if identifier == record.measurement.id:
        return record.measurement, record.findings
    found = tuple(finding for finding in record.computed if finding.id == identifier)
    if not found:
        raise RecordNotFound("There is no such finding in this store.")
    return record.measurement, found


def _decoded(measurement: Measurement, capture: bytes) -> Measurement:
    """Return the measurement with the trace and the quality that its capture decodes to now."""
    trace, quality = decode_capture(capture)
    return replace(measurement, trace=trace, quality=quality)


def _raw_differences(stored: Measurement, now: Measurement) -> list[Difference]:
    """Compare what the estimator is given: the samples, and what went wrong on their way."""
    hashes = dict.fromkeys((stored.trace.sha256, now.trace.sha256))
    found = [
        Difference(where="trace", what="sha256", stored=stored.trace_sha256, found=sha256)
        for sha256 in hashes
        if sha256 != stored.trace_sha256
    ]
    before, after = quality_json(stored.quality), quality_json(now.quality)
    found += [
        Difference(where="quality", what=name, stored=before[name], found=after[name])
        for name in before
        if before[name] != after[name]
    ]
    return found


def _differences(stored: StoredFinding, now: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(where=_place(stored), what=name, stored=value, found=now.get(name))
        for name, value in stored.numbers().items()
        # A store keeps every float exactly, so that equal means equal to the last bit.
        if value != now.get(name)
    ]


def _place(finding: StoredFinding) -> str:
    which = finding.item if finding.index is None else f"{finding.item} {finding.index}"
    return f"{which}, {finding.quantity}"
