"""What was decided at the table: which sites to examine, which press was taken back."""

from collections.abc import Iterator

from tissuesense.export.fhir.chart import Stated, VisitChart
from tissuesense.export.fhir.codes import concept, hl7
from tissuesense.export.fhir.elements import Json, labelled, moment, notes, resource
from tissuesense.export.fhir.measured_observation import Measured
from tissuesense.export.fhir.pieces import ItemKey
from tissuesense.export.fhir.site import body_structure
from tissuesense.record.at_the_table import Retake, SiteList


def site_list(visit: VisitChart, stated: Stated) -> Iterator[Json]:
    """Yield the sites that were to be examined, in their order; what is felt only is flagged."""
    said: SiteList = stated.statement
    felt_only = {"flag": concept("felt-only")}
    yield resource(
        "List",
        stated.root,
        **stated.envelope,
        status="current",
        mode="snapshot",
        code=concept("sites-to-examine"),
        subject=visit.patient,
        encounter=visit.encounter,
        date=moment(stated.entry.recorded_at.astimezone(visit.zone)),
        source=visit.therapist(),
        orderedBy=hl7("list-order", "user"),
        entry=[
            {"item": body_structure(visit.chart, site)}
            | (felt_only if site in said.felt_only else {})
            for site in said.sites
        ],
        note=notes(labelled("Anatomy, version", said.catalogue)),
    )


def taken_back(measured: Measured, key: ItemKey) -> list[Json]:
    """Return a note each time that a press was taken back, or given back its place."""
    if key.item != next(iter(measured.items)).item:
        return []  # a part of what was pressed, as the holds of a treatment
    visit, measurement = measured.visit, measured.record.measurement.id
    statements = (stated.statement for stated in visit.stated("retake"))
    return notes(
        *(
            _said(visit, retake)
            for retake in statements
            if (retake.measurement, retake.press) == (measurement, key.number)
        )
    )


def _said(visit: VisitChart, retake: Retake) -> str:
    what = "Taken back" if retake.taken_back else "Counts again"
    how = f"{what} at {moment(retake.at.astimezone(visit.zone))} by {retake.by.replace('_', ' ')}"
    return labelled(how, retake.why) or how
