"""A visit, and what may matter of the day."""

from collections.abc import Iterator

from tissuesense.export.fhir.absent import not_done_because
from tissuesense.export.fhir.chart import Stated, VisitChart
from tissuesense.export.fhir.codes import answered, concept
from tissuesense.export.fhir.elements import (
    Json,
    identifier,
    moment,
    notes,
    present,
    reference,
    resource,
    words,
)
from tissuesense.export.fhir.observation import graded, number, seen_in_visit, told
from tissuesense.record.notes import VisitClosed

_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def encounter(visit: VisitChart) -> Json:
    """Return the visit; of one for relaxation no more than that it was."""
    said = visit.record.visit
    closed: VisitClosed | None = visit.record.latest("closed")
    ended = None if closed is None else closed.closed_at.astimezone(visit.zone)
    stated = next(visit.stated("visit"), None)
    return resource(
        "Encounter",
        said.id,
        meta=stated and stated.meta,
        identifier=[identifier("visit", said.id)],
        status="in-progress" if closed is None else "finished",
        class_={"system": _ACT, "code": "AMB", "display": "ambulatory"},
        type=[answered("visit", said.intent)],
        subject=visit.patient,
        episodeOfCare=_episode(visit),
        participant=[{"individual": visit.therapist()}] if said.practitioner.strip() else [],
        period=present(start=moment(said.opened_at), end=moment(ended)),
        reasonCode=[{"text": reason}] if visit.clinical and (reason := words(said.reason)) else [],
        serviceProvider=visit.chart.practice(),
    )


def _episode(visit: VisitChart) -> list[Json]:
    """Return the episode that the visit names, whichever of its entries it named."""
    return [
        reference("EpisodeOfCare", stated.root)
        for stated in visit.chart.stated("episode")
        if visit.record.visit.episode in stated.chain
    ]


def day(visit: VisitChart, stated: Stated) -> Iterator[Json]:
    """Yield what may matter of the day: position, warmth of the room, coffee."""
    said = visit.record.visit
    values = {
        "position": graded("position", said.position),
        "room-temperature": number(said.room_temperature_c, "Cel"),
        "today": told(said.today),
    }
    for code, value in values.items():
        if value is not None:
            yield seen_in_visit(visit, stated, code, at=said.opened_at, **value)


def closed(visit: VisitChart, stated: Stated) -> Iterator[Json]:
    """Yield the note with which a visit was closed."""
    said: VisitClosed = stated.statement
    note = told(said.note)
    if note is not None:
        yield seen_in_visit(visit, stated, "closing-note", at=said.closed_at, **note)


def not_done(visit: VisitChart, stated: Stated) -> Iterator[Json]:
    """Yield something that was left out: an observation that was never made, and why."""
    said = stated.statement
    yield seen_in_visit(
        visit,
        stated,
        "not-done",
        at=stated.entry.recorded_at,
        status="cancelled",
        code=concept("not-done", words(said.what)),
        dataAbsentReason=not_done_because(said.reason),
        note=notes(said.note),
    )
