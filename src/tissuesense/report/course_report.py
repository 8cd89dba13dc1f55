"""The reports over a whole course of care: the full one, and the client's own page."""

from datetime import datetime, time

from tissuesense.report.course_view import CourseView
from tissuesense.report.disclaimer import DISCLAIMER, source_words
from tissuesense.report.document import Document
from tissuesense.report.registry import CLIENT_SECTIONS, COURSE_SECTIONS, parts_of

_PLAIN = (
    "This page was made by TissueSense, a program that measures and writes down. It does not "
    "say what is wrong and it does not tell you what to do. Ask your therapist or your doctor."
)

_APPENDIX = (
    "Every number behind the pages before, which stand alone and may be printed without this."
)


def course_document(view: CourseView) -> Document:
    """Return the report to who refers and who pays; sections with nothing to say are left out."""
    return Document(
        title="The course of care",
        subtitle=" ".join(["Report over all visits.", *_sources(view)]),
        client=view.record.client.id,
        dated=_dated(view),
        parts=parts_of(COURSE_SECTIONS, view),
        fingerprint=view.fingerprint,
        disclaimer=DISCLAIMER,
        appendix=_APPENDIX,
        head=view.head,
    )


def client_document(view: CourseView) -> Document:
    """Return one page in plain words, to hand to the client."""
    return Document(
        title="Your care so far",
        subtitle=" ".join(["A page for you to keep.", *_sources(view)]),
        client=view.record.client.id,
        dated=_dated(view),
        parts=parts_of(CLIENT_SECTIONS, view),
        fingerprint=view.fingerprint,
        disclaimer=_PLAIN,
        large=True,
    )


def _sources(view: CourseView) -> tuple[str, ...]:
    return source_words(m for visit in view.record.visits for m in visit.counting)


def _dated(view: CourseView) -> datetime:
    """Return the day of the report as a moment by the practice's clock."""
    visits = view.record.visits
    known = visits[-1].visit.opened_at if visits else view.record.client.created_at
    return datetime.combine(view.on, time(), tzinfo=known.tzinfo)
