"""Print what a visit found: a document from the record, a file from the document."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from tissuesense.core.errors import RecordNotFound, UsageError
from tissuesense.record.history import ClientRecord, VisitRecord
from tissuesense.record.visit import VisitId
from tissuesense.report.document import Document
from tissuesense.report.html import render_html
from tissuesense.report.pdf import render_pdf
from tissuesense.report.readings import VisitView
from tissuesense.report.visit_report import visit_document

ReportFormat = Literal["html", "pdf"]


def build_report(record: ClientRecord, visit: VisitId | None = None) -> Document:
    """Return the report of a visit, by default the latest.

    Raises
    ------
    RecordNotFound
        When the client has no such visit, or none at all.
    """
    return visit_document(VisitView(client=record, record=_visit(record, visit)))


def render(document: Document, form: ReportFormat) -> bytes:
    """Return the document as a file of the asked form.

    Raises
    ------
    MissingExtraError
        When a PDF is asked for and its part is not installed.
    """
    return _RENDERERS[form](document)


def write_report(document: Document, form: ReportFormat, out: Path) -> None:
    """Write the document to `out`, replacing what was there.

    Raises
    ------
    UsageError
        When the file cannot be written.
    MissingExtraError
        When a PDF is asked for and its part is not installed.
    """
    content = render(document, form)
    try:
        out.write_bytes(content)
    except OSError as err:
        raise UsageError(
            f"{out} cannot be written: {err.strerror or err}.",
            hint="Choose a folder that exists, may be written to and has room.",
        ) from err


def form_of(out: Path) -> ReportFormat:
    """Return the form that a file's name asks for: PDF where it ends in .pdf, else HTML."""
    return "pdf" if out.suffix.lower() == ".pdf" else "html"


def _visit(record: ClientRecord, wanted: VisitId | None) -> VisitRecord:
    if not record.visits:
        raise RecordNotFound(
            "This client has no visit yet, so there is nothing to report.",
            hint="'tissuesense measure --client ID' opens one and measures.",
        )
    if wanted is None:
        return record.visits[-1]
    found = next((visit for visit in record.visits if visit.visit.id == wanted), None)
    if found is None:
        known = ", ".join(visit.visit.id for visit in record.visits)
        raise RecordNotFound(f"This client has no visit {wanted}.", hint=f"Visits: {known}.")
    return found


_RENDERERS: dict[ReportFormat, Callable[[Document], bytes]] = {
    "html": lambda document: render_html(document).encode(),
    "pdf": render_pdf,
}
