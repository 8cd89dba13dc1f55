"""Sentences that several sections of the course report share."""

from tissuesense.record.history import VisitRecord
from tissuesense.report.course_view import CourseView
from tissuesense.report.words import short_day


def ends_words(view: CourseView) -> str:
    """Say of which days first and latest are, so that no row has to."""
    if not view.care:
        return ""
    first, latest = (visit.visit.opened_at for visit in view.ends)
    if len(view.care) == 1:
        return f"All of {short_day(first)}."
    days = f"First: of {short_day(first)}, latest: of {short_day(latest)}"
    return f"{days}, unless another day is given."


def dated_words(visit: VisitRecord, usual: VisitRecord) -> str:
    """Return " (5 Jan 2026)" of a visit other than the usual one."""
    return "" if visit.visit.id == usual.visit.id else f" ({short_day(visit.visit.opened_at)})"
