"""What the observations of one measurement have in common."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tissuesense.core.recording import REPLAYED, SIMULATED, SOURCE, RecordingContext
from tissuesense.export.fhir.absent import not_estimable
from tissuesense.export.fhir.chart import VisitChart
from tissuesense.export.fhir.codes import concept, hl7
from tissuesense.export.fhir.elements import (
    STRUCK_OUT,
    Json,
    identifier,
    instant,
    labelled,
    moment,
    notes,
    quantity,
    reference,
    resource,
)
from tissuesense.export.fhir.observation import EXAM
from tissuesense.export.fhir.pieces import ItemKey, Items
from tissuesense.export.fhir.site import body_site
from tissuesense.export.fhir.treatment import procedures_of
from tissuesense.export.fhir.units import unit_of
from tissuesense.record.history import MeasurementRecord
from tissuesense.record.measurement import StoredFinding

_SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
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

    def reference(self, *parts: object) -> Json:
        """Return a reference to one of its observations."""
        return reference("Observation", self._key(*parts))

    def code(self, name: str) -> Json:
        """Return the code of a quantity or a repeat."""
        return self.visit.chart.shared.measured_concept(self.record.measurement.kind, name)

    def observation(
        self,
        *parts: object,
        by: StoredFinding | None,
        note: tuple[Json, ...] = (),
        **elements: Any,  # noqa: ANN401 - any further element
    ) -> Json:
        """Return one of its observations, with all that every one has.

        Parameters
        ----------
        by
            A number that says which program computed it, and when; None where nothing was computed.
        """
        measurement, void = self.record.measurement, self.record.void
        computed_at = measurement.measured_at if by is None else by.computed_at
        key = self._key(*parts)
        return resource(
            "Observation",
            key,
            identifier=[identifier("measurement", key)],
            partOf=procedures_of(self.visit, measurement.id),
            status="final" if void is None else STRUCK_OUT,
            category=[hl7("observation-category", EXAM)],
            subject=self.visit.patient,
            encounter=self.visit.encounter,
            effectiveDateTime=moment(measurement.measured_at.astimezone(self.visit.zone)),
            issued=instant(computed_at),
            performer=[self.visit.therapist()],
            bodySite=body_site(self.visit.chart, measurement.site),
            method=by and {"text": f"{by.method.estimator}@{by.method.estimator_version}"},
            note=[
                *note,
                *notes(
                    labelled("Struck out", "" if void is None else void.why),
                    _source(measurement.context),
                ),
            ],
            **elements,
        )

    def _key(self, *parts: object) -> str:
        return " ".join(map(str, (self.record.measurement.id, *parts)))


def _source(context: RecordingContext) -> str:
    """Return that no gauge pressed anybody, where the samples came from elsewhere."""
    source = context.extra.get(SOURCE)
    return f"Source: {source}" if source in {SIMULATED, REPLAYED} else ""


def value(finding: StoredFinding) -> Json:
    """Return a number with its unit and uncertainty, or that the data could not answer."""
    if finding.value is None:
        return {"dataAbsentReason": not_estimable()}
    return {
        "valueQuantity": quantity(
            finding.value,
            unit_of(finding.quantity),
            standard_uncertainty=finding.standard_uncertainty,
        )
    }


def doubt(finding: StoredFinding) -> list[Json]:
    """Return the components that say how well a number is known."""
    unit = unit_of(finding.quantity)
    components = []
    if finding.standard_uncertainty is not None:
        components.append(amount("standard-uncertainty", finding.standard_uncertainty, unit))
    if finding.ci95 is not None:
        low, high = (quantity(bound, unit) for bound in finding.ci95)
        components.append(
            {"code": concept("interval-95"), "valueRange": {"low": low, "high": high}}
        )
    return components


def amount(code: str, value: float, unit: str) -> Json:
    """Return a number as a component."""
    return {"code": concept(code), "valueQuantity": quantity(value, unit)}
