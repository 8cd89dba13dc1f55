"""The report of one visit: every section asked in turn, what they say put into one document."""

from tissuesense.report.document import Document, Part
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import SECTIONS

DISCLAIMER = (
    "TissueSense records force measurements and the therapist's own findings. It is a measurement "
    "and documentation toolkit for research and practice records. It does not diagnose, screen "
    "for, predict or treat any disease, gives no treatment advice, and is not a cleared or "
    "CE-marked medical device. A qualified person decides."
)


def visit_document(view: VisitView) -> Document:
    """Return the report of a visit; sections with nothing to say are left out."""
    visit = view.record.visit
    parts = (
        Part(name=name, title=SECTIONS[name].title, blocks=blocks, small=SECTIONS[name].small)
        for name in SECTIONS
        if (blocks := SECTIONS[name].write(view))
    )
    return Document(
        title="What hands and sensor found",
        subtitle="Report of one visit",
        client=visit.client,
        dated=visit.opened_at,
        parts=tuple(parts),
        fingerprint=view.fingerprint,
        disclaimer=DISCLAIMER,
    )
