"""Print what a visit found: a document from the record, a file from the document."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from tissuesense.core.errors import RecordNotFound
from tissuesense.files.replace import replace_file
from tissuesense.record.client import ClientId
from tissuesense.record.visit import Visit, VisitId
from tissuesense.report.document import Document
from tissuesense.report.html import render_html
from tissuesense.report.pdf import render_pdf
from tissuesense.report.readings import VisitView
from tissuesense.report.visit_report import visit_document
from tissuesense.services.records import load_visit_record
from tissuesense.store.opened import Store

ReportFormat = Literal["html", "pdf"]


def build_report(store: Store, client_id: ClientId, visit_id: VisitId | None = None) -> Document:
    """Return the report of a visit, by default the latest; no other visit's data are loaded.

    Raises
    ------
    RecordNotFound
        When there is no such client, or the client has no such visit, or none at all.
    """
    with store.transaction():
        client = store.clients.get(client_id)
        visits = store.visits.of_client(client_id)
        record = load_visit_record(store, _asked_for(visits, visit_id).id)
    return visit_document(VisitView(client=client, visits=visits, record=record))


def render(document: Document, form: ReportFormat) -> bytes:
    """Return the document as a file of the asked form.

    Raises
    ------
    MissingExtraError
        When a PDF is asked for and its part is not installed.
    """
    return _RENDERERS[form](document)


def write_report(document: Document, form: ReportFormat, out: Path) -> None:
    """Write the document to `out`, replacing what was there in one step.

    Raises
    ------
    FileWriteError
        When the folder or the disk refuses.
    MissingExtraError
        When a PDF is asked for and its part is not installed.
    """
    replace_file(out, [render(document, form)])


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


_RENDERERS: dict[ReportFormat, Callable[[Document], bytes]] = {
    "html": lambda document: render_html(document).encode(),
    "pdf": render_pdf,
}
