"""Print what was found: a document from the record, a file from the document."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from tissuesense.core.errors import RecordNotFound
from tissuesense.files.replace import replace_file
from tissuesense.record.client import ClientId
from tissuesense.record.history import ClientRecord, VisitRecord
from tissuesense.record.people import Identity
from tissuesense.record.visit import Visit, VisitId
from tissuesense.report.course_report import client_document, course_document
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Document
from tissuesense.report.html import render_html
from tissuesense.report.paper import Paper
from tissuesense.report.pdf import render_pdf
from tissuesense.report.readings import Signed, VisitView
from tissuesense.report.series import series_of
from tissuesense.report.visit_report import visit_document
from tissuesense.services.agreement import agreement_words
from tissuesense.services.care import content_sha256, signed_part
from tissuesense.services.records import load_client_record, load_visit_record
from tissuesense.services.standing import checklist, standing
from tissuesense.store.opened import Store

ReportFormat = Literal["html", "pdf"]
ReportKind = Literal["visit", "course", "client"]


def build_report(store: Store, client_id: ClientId, visit_id: VisitId | None = None) -> Document:
    """Return the report of a visit, by default the latest; no other visit's data are loaded.

    Raises
    ------
    RecordNotFound
        When there is no such client, or the client has no such visit, or none at all.
    """
    return visit_document(visit_view(store, client_id, visit_id))


def visit_view(store: Store, client_id: ClientId, visit_id: VisitId | None = None) -> VisitView:
    """Return all that the report of a visit is made of; otherwise as `build_report`."""
    with store.reading():
        client = store.clients.get(client_id)
        visits = store.visits.of_client(client_id)
        record = load_visit_record(store, _asked_for(visits, visit_id).id)
        signed = _signed(store, record.visit.id)
        stated = store.ledger.of_client(client_id, "complaint", "care_plan")
    opened = record.visit.opened_at
    known = ClientRecord(
        client=client,
        entries=tuple(
            e for e in stated if e.recorded_at.astimezone(opened.tzinfo).date() <= opened.date()
        ),
        visits=tuple(VisitRecord(visit=visit) for visit in visits),
    )
    told = [
        entry.statement
        for entry in known.current("complaint")
        if entry.recorded_at.astimezone(opened.tzinfo).date() == opened.date()
    ]
    return VisitView(
        client=client,
        visits=visits,
        record=record,
        signed=signed,
        complaints=tuple(told),
        standing=standing(known, today=opened.date()),
    )


def build_course_report(
    store: Store, client_id: ClientId, *, on: date, identity: Identity | None = None
) -> Document:
    """Return the report over all visits of a client, as it stands on a day.

    Parameters
    ----------
    identity
        Who it is, where that was asked for and read on purpose; else a pseudonym is all.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    """
    return course_document(course_view(store, client_id, on=on, identity=identity))


def build_client_page(store: Store, client_id: ClientId, *, on: date) -> Document:
    """Return the page for the client, in plain words.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    """
    return client_document(course_view(store, client_id, on=on))


def report_files(
    store: Store, client_id: ClientId, *, on: date, identity: Identity | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield every report of a client as HTML and as PDF, with the name of its file.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    MissingExtraError
        When the part that makes PDFs is not installed.
    """
    view = course_view(store, client_id, on=on, identity=identity)
    documents = {"your-page": client_document(view), "course": course_document(view)}
    for visit in (record.visit for record in view.record.visits):
        name = f"visit-{visit.opened_at:%Y-%m-%d}-{visit.id}"
        documents[name] = build_report(store, client_id, visit.id)
    for name, document in documents.items():
        for form in _RENDERERS:
            yield f"{name}.{form}", render(document, form)


def course_view(
    store: Store, client_id: ClientId, *, on: date, identity: Identity | None = None
) -> CourseView:
    """Return all that the reports over a course of care are made of.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    """
    with store.reading():
        record = load_client_record(store, client_id)
        practice = [entry.statement for entry in store.ledger.of_practice("practice")]
        view = CourseView(
            record=record,
            on=on,
            standing=standing(record, today=on),
            practice=practice[-1] if practice else None,
            identity=identity,
            controls=_controls(record),
            signed={v.visit.id: _signed(store, v.visit.id) for v in record.visits},
            head=store.ledger.head()[1],
            agreement=agreement_words(store, record),
        )
    return view.with_series(series_of(view.care))


def render(document: Document, form: ReportFormat, *, paper: Paper = "a4") -> bytes:
    """Return the document as a file of the asked form, for paper of the asked size.

    Raises
    ------
    MissingExtraError
        When a PDF is asked for and its part is not installed.
    """
    return _RENDERERS[form](document, paper)


def write_report(document: Document, form: ReportFormat, out: Path, *, paper: Paper = "a4") -> None:
    """Write the document to `out`, replacing what was there in one step.

    Raises
    ------
    FileWriteError
        When the folder or the disk refuses.
    MissingExtraError
        When a PDF is asked for and its part is not installed.
    """
    replace_file(out, [render(document, form, paper=paper)])


def form_of(out: Path) -> ReportFormat:
    """Return the form that a file's name asks for: PDF where it ends in .pdf, else HTML."""
    return "pdf" if out.suffix.lower() == ".pdf" else "html"


def _asked_for(visits: Sequence[Visit], wanted: VisitId | None) -> Visit:
    if not visits:
        raise RecordNotFound(
            "This client has no visit yet, so there is nothing to report.",
            hint="'tissuesense measure --client ID' opens one and measures.",
        )
    if wanted is None:
        return visits[-1]
    found = next((visit for visit in visits if visit.id == wanted), None)
    if found is None:
        known = ", ".join(visit.id for visit in visits)
        raise RecordNotFound(f"This client has no visit {wanted}.", hint=f"Visits: {known}.")
    return found


def _controls(record: ClientRecord) -> frozenset[str]:
    """Return the sites far from all that was told; a muscle that is checked for it is none."""
    told = checklist(record)
    return frozenset({told.control.muscle.id}) - {item.muscle.id for item in told.items}


def _signed(store: Store, visit: VisitId) -> tuple[Signed, ...]:
    """Return the signatures of a visit, each beside what stands there today."""
    entries = store.ledger.of_visit(visit)
    content = signed_part(entries)
    found = []
    for entry in entries:
        if entry.kind == "signature":
            spoken_for = tuple(e for e in content if e.seq < entry.seq)
            found.append(
                Signed(
                    signature=entry.statement,
                    later=len(content) - len(spoken_for),
                    intact=content_sha256(spoken_for) == entry.statement.content_sha256,
                )
            )
    return tuple(found)


_RENDERERS: Mapping[ReportFormat, Callable[[Document, Paper], bytes]] = {
    "html": lambda document, paper: render_html(document, paper=paper).encode(),
    "pdf": lambda document, paper: render_pdf(document, paper=paper),
}
