"""The report of one visit: every section asked in turn, what they say put into one document."""

from tissuesense.report.disclaimer import DISCLAIMER, source_words
from tissuesense.report.document import Document
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import SECTIONS, parts_of


def visit_document(view: VisitView) -> Document:
    """Return the report of a visit; sections with nothing to say are left out."""
    visit = view.record.visit
    return Document(
        title="What hands and sensor found",
        subtitle=" ".join(["Report of one visit.", *source_words(view.record.measurements)]),
        client=visit.client,
        dated=visit.opened_at,
        parts=parts_of(SECTIONS, view),
        fingerprint=view.fingerprint,
        disclaimer=DISCLAIMER,
    )
