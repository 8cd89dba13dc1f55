"""The report of a visit: its findings, and the therapist's note in the therapist's words."""

from collections.abc import Iterator
from html import escape

from tissuesense.export.fhir.chart import Stated, VisitChart
from tissuesense.export.fhir.codes import concept
from tissuesense.export.fhir.elements import (
    Json,
    identifier,
    instant,
    moment,
    reference,
    resource,
    words,
)
from tissuesense.record.notes import SoapNote

_PARTS = ("subjective", "objective", "assessment", "plan", "free")
_DONE = frozenset({"signature", "closed"})


def report(visit: VisitChart, results: list[Json]) -> Json:
    """Return the report of a visit.

    Its conclusion is the assessment that the therapist wrote; the program adds nothing to it.
    """
    note: SoapNote | None = visit.record.latest("note")
    said = visit.record.visit
    return resource(
        "DiagnosticReport",
        said.id,
        identifier=[identifier("visit", said.id)],
        status=_status(visit),
        code=concept("visit-report"),
        subject=visit.patient,
        encounter=visit.encounter,
        effectiveDateTime=moment(said.opened_at),
        issued=instant(max((e.recorded_at for e in visit.record.entries), default=said.opened_at)),
        performer=[visit.therapist()],
        result=results,
        conclusion="" if note is None else words(note.assessment),
    )


def soap(visit: VisitChart, stated: Stated) -> Iterator[Json]:
    """Yield the note of a visit, one section for each part that was written."""
    said: SoapNote = stated.statement
    sections = [
        _section(visit, part, text) for part in _PARTS if (text := words(getattr(said, part)))
    ]
    if sections:
        yield resource(
            "Composition",
            stated.root,
            meta=stated.meta,
            identifier=stated.identifier,
            status=_status(visit),
            type=concept("soap-note"),
            subject=visit.patient,
            encounter=visit.encounter,
            date=moment(stated.entry.recorded_at),
            author=[visit.chart.actor(stated)],
            title="Note of a visit",
            section=sections,
        )


def _section(visit: VisitChart, part: str, text: str) -> Json:
    lines = "<br/>".join(escape(text).splitlines())
    section: Json = {
        "title": part.capitalize(),
        "code": concept(f"soap-{part}"),
        "text": {
            "status": "additional",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{lines}</p></div>',
        },
    }
    if part == "objective":
        section["entry"] = [reference("DiagnosticReport", visit.record.visit.id)]
    return section


def _status(visit: VisitChart) -> str:
    """Return "final" for what was signed or closed, "amended" where something came after it."""
    kinds = [entry.kind for entry in visit.record.entries]
    first = next((place for place, kind in enumerate(kinds) if kind in _DONE), None)
    if first is None:
        return "preliminary"
    return "final" if _DONE.issuperset(kinds[first:]) else "amended"
