"""What was done to a muscle: a procedure, and what is known of its dose."""

from collections.abc import Iterator
from datetime import timedelta

from tissuesense.export.fhir.chart import Stated, VisitChart
from tissuesense.export.fhir.codes import answered
from tissuesense.export.fhir.elements import (
    Json,
    moment,
    notes,
    present,
    reference,
    resource,
)
from tissuesense.export.fhir.observation import SURVEY, graded, number, seen_in_visit
from tissuesense.export.fhir.site import body_site
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.treatment import TreatmentDose


def dose(visit: VisitChart, stated: Stated) -> Iterator[Json]:
    """Yield a treatment and what the therapist and the client said of it.

    What a sensor recorded of it are observations of that recording, which name this procedure.
    """
    said: TreatmentDose = stated.statement
    yield resource(
        "Procedure",
        stated.root,
        **stated.envelope,
        status="completed",
        code=answered("technique", said.technique),
        subject=visit.patient,
        encounter=visit.encounter,
        performer=[{"actor": visit.therapist()}],
        bodySite=[body_site(visit.chart, said.site)],
        note=notes(said.note),
        **_when(visit, said),
    )
    values = {
        "treatment-intensity": graded("intensity", said.intensity),
        "treatment-duration": number(said.seconds, "s"),
        "nrs-during": _rated(visit, said.nrs_during),
    }
    for code, value in values.items():
        if value is not None:
            yield seen_in_visit(
                visit,
                stated,
                code,
                at=said.started_at or stated.entry.recorded_at,
                partOf=[reference("Procedure", stated.root)],
                bodySite=body_site(visit.chart, said.site),
                **value,
            )


def _rated(visit: VisitChart, rating: int | None) -> Json | None:
    value = number(rating, "{score}")
    return value and value | {"performer": visit.patient, "category": SURVEY}


def _when(visit: VisitChart, said: TreatmentDose) -> Json:
    """Return from when to when, or the day alone where no time was written down."""
    if said.started_at is None:
        return {"performedDateTime": visit.record.visit.opened_at.date().isoformat()}
    start = said.started_at.astimezone(visit.zone)
    end = None if said.seconds is None else start + timedelta(seconds=said.seconds)
    return {"performedPeriod": present(start=moment(start), end=moment(end))}


def procedures_of(visit: VisitChart, measurement: MeasurementId) -> list[Json]:
    """Return references to the treatments that a recording was made of."""
    return [
        reference("Procedure", stated.root)
        for stated in visit.stated("dose")
        if stated.statement.measurement == measurement
    ]
