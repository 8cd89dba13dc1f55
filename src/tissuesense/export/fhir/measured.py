"""What the sensor measured: an observation for each press and one for each value of the session."""

import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tissuesense.core.recording import RecordingKind
from tissuesense.export.fhir.absent import not_estimable
from tissuesense.export.fhir.chart import VisitChart
from tissuesense.export.fhir.codes import concept, hl7
from tissuesense.export.fhir.device import gauge, software
from tissuesense.export.fhir.elements import (
    Json,
    flag_notes,
    identifier,
    instant,
    moment,
    notes,
    quantity,
    reference,
    resource,
)
from tissuesense.export.fhir.measured_codes import measured_concept
from tissuesense.export.fhir.observation import EXAM, block_component
from tissuesense.export.fhir.pieces import ItemKey, Items, pieces
from tissuesense.export.fhir.recording import document
from tissuesense.export.fhir.site import body_site
from tissuesense.export.fhir.treatment import procedures_of
from tissuesense.export.fhir.trial_trace import sampled
from tissuesense.export.fhir.units import unit_of
from tissuesense.record.history import MeasurementRecord
from tissuesense.record.measurement import StoredFinding

_SESSION = "session"
# Which of its numbers a repeat is known by.
_CHIEF = {
    "trial": "threshold_kpa",
    "press": "secant_stiffness_n_mm",
    "tap": "frequency_hz",
    "stretch": "slope_n_m_rad",
    "movement": "range_deg",
    "dose": "mean_kpa",
    "hold": "mean_kpa",
}
# What a session's number is called in its repeats, where it has another name there.
_OF_REPEATS = {"ppt_kpa": "threshold_kpa", "latent_ppt_kpa": "latent_threshold_kpa"}
_SITE_MEAN = {RecordingKind.PPT: "ppt-site-mean", RecordingKind.TOLERANCE: "tolerance-site-mean"}
_MDC = {"range_deg": "mdc_deg"}
_FEWEST_FOR_SD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """One measurement of a visit, while its observations are written."""

    visit: VisitChart
    record: MeasurementRecord

    @property
    def items(self) -> Items:
        """The numbers of each repeat, by name."""
        grouped: dict[ItemKey, dict[str, StoredFinding]] = defaultdict(dict)
        for finding in self.record.findings:
            if finding.item != _SESSION:
                grouped[ItemKey(finding.item, finding.index)][finding.quantity] = finding
        return grouped

    @property
    def session(self) -> Mapping[str, StoredFinding]:
        """The numbers of the session, by name."""
        return {f.quantity: f for f in self.record.findings if f.item == _SESSION}

    def key(self, *parts: object) -> str:
        """Return the key of one of its observations."""
        return " ".join(map(str, (self.record.measurement.id, *parts)))

    def code(self, name: str) -> Json:
        """Return the code of one of its quantities."""
        return measured_concept(self.visit.chart.shared, self.record.measurement.kind, name)

    def observation(self, key: str, finding: StoredFinding | None, **elements: object) -> Json:
        """Return an observation with all that every one of a measurement has."""
        measurement, void = self.record.measurement, self.record.void
        issued = measurement.measured_at if finding is None else finding.computed_at
        own_notes = elements.pop("note", [])
        return resource(
            "Observation",
            key,
            identifier=[identifier("measurement", key)],
            partOf=procedures_of(self.visit, measurement.id),
            status="final" if void is None else "entered-in-error",
            category=[hl7("observation-category", EXAM)],
            subject=self.visit.patient,
            encounter=self.visit.encounter,
            effectiveDateTime=moment(measurement.measured_at.astimezone(self.visit.zone)),
            issued=instant(issued),
            performer=[self.visit.therapist()],
            bodySite=body_site(self.visit.chart, measurement.site),
            method=None if finding is None else _method(finding),
            note=[*(own_notes or []), *notes("" if void is None else f"Struck out: {void.why}")],
            **elements,
        )
