"""The report of one visit: every section asked in turn, what they say put into one document."""

from tissuesense.record.visit import Intent
from tissuesense.report.disclaimer import DISCLAIMER, source_words
from tissuesense.report.document import Document
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import SECTIONS, parts_of


def visit_document(view: VisitView) -> Document:
    """Return the report of a visit; sections with nothing to say are left out."""
    visit = view.record.visit
    clinical = visit.intent is Intent.MEDICAL
    title, kind = ("What hands and sensor found", "Report of one visit.")
    if not clinical:
        title, kind = ("A visit to relax", "It is recorded, and nothing is claimed of health.")
    sections = {name: SECTIONS[name] for name in SECTIONS}
    told = {name: row for name, row in sections.items() if clinical or not row.clinical}
    sources = source_words(view.record.measurements) if clinical else ()
    return Document(
        title=title,
        subtitle=" ".join([kind, *sources]),
        client=visit.client,
        dated=visit.opened_at,
        parts=parts_of(told, view),
        fingerprint=view.fingerprint,
        disclaimer=DISCLAIMER,
    )
