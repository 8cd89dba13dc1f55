"""One observation that somebody stated: what was asked, heard, felt or estimated."""

from datetime import datetime
from typing import Any

from tissuesense.export.fhir.absent import masked
from tissuesense.export.fhir.chart import Stated, VisitChart
from tissuesense.export.fhir.codes import answered, concept, hl7
from tissuesense.export.fhir.elements import (
    Json,
    identifier,
    instant,
    moment,
    quantity,
    resource,
    words,
)
from tissuesense.export.own_words import WITHHELD
from tissuesense.record.visit import Block

EXAM, SURVEY = "exam", "survey"


def observation(
    key: str,
    stated: Stated,
    *,
    code: Json,
    subject: Json,
    effective: datetime,
    performer: Json,
    category: str = EXAM,
    **elements: Any,  # noqa: ANN401 - any further element
) -> Json:
    """Return an observation with all that every one of ours has."""
    return resource(
        "Observation",
        key,
        **{
            "meta": stated.meta,
            "identifier": [identifier("entry", key)],
            "status": stated.status,
            "category": [hl7("observation-category", category)],
            "code": code,
            "subject": subject,
            "effectiveDateTime": moment(effective),
            "issued": instant(stated.entry.recorded_at),
            "performer": [performer],
            **elements,
        },
    )


def seen_in_visit(
    visit: VisitChart,
    stated: Stated,
    name: str,
    /,
    *,
    at: datetime,
    **elements: Any,  # noqa: ANN401 - any further element
) -> Json:
    """Return an observation that the therapist made in a visit; `elements` outweigh the usual."""
    settled: Json = {
        "subject": visit.patient,
        "effective": at.astimezone(visit.zone),
        "performer": visit.therapist(),
        "encounter": visit.encounter,
    }
    if "code" not in elements:
        settled["code"] = concept(name)
    return observation(f"{stated.root} {name}", stated, **(settled | elements))


def graded(scale: str, grade: object) -> Json | None:
    """Return an answer of a scale or a list as a value; None where there is none."""
    return None if grade is None else {"valueCodeableConcept": answered(scale, grade)}


def number(value: float | None, unit: str) -> Json | None:
    """Return a number as a value; None where there is none."""
    return None if value is None else {"valueQuantity": quantity(value, unit)}


def told(text: str) -> Json | None:
    """Return words as a value; None where there are none, and that they are withheld if so."""
    if text == WITHHELD:
        return {"dataAbsentReason": masked()}
    return {"valueString": said} if (said := words(text)) else None


def block_component(block: Block) -> Json:
    """Return the component that says when in the visit it was."""
    return {"code": concept("block"), "valueCodeableConcept": answered("block", block)}
