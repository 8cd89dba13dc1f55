"""The report of one visit: every section asked in turn, what they say put into one document."""

from tissuesense.core.recording import REPLAYED, SIMULATED, SOURCE
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
        subtitle=_subtitle(view),
        client=visit.client,
        dated=visit.opened_at,
        parts=tuple(parts),
        fingerprint=view.fingerprint,
        disclaimer=DISCLAIMER,
    )


def _subtitle(view: VisitView) -> str:
    """Say what this is, and at once where no person was measured."""
    sources = {m.measurement.context.extra.get(SOURCE) for m in view.record.measurements}
    words = {
        SIMULATED: "Simulated data: no person was measured.",
        REPLAYED: "With a recording that was played again.",
    }
    return " ".join(["Report of one visit.", *(words[s] for s in words if s in sources)])
