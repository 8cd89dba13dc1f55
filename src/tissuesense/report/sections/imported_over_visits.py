"""What was imported without samples, over all visits of care; what was struck out is left out."""

from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Paragraph, say
from tissuesense.report.imported import TITLE, imported_table
from tissuesense.report.registry import Section
from tissuesense.report.words import plural


def write(view: CourseView) -> tuple[Block, ...]:
    """Return the table by day, and how much of it was struck out."""
    found = sorted(view.imported, key=lambda record: record.measured.measured_at)
    struck = sum(record.void is not None for record in found)
    told = f"{plural(struck, 'imported measurement')} struck out, shown in the report of the visit."
    return (
        *imported_table(record for record in found if record.void is None),
        *((Paragraph(say(told)),) if struck else ()),
    )


SECTION = Section(title=TITLE, write=write, appendix=True)
