"""To be written."""

from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block
from tissuesense.report.registry import Section


def write(view: CourseView) -> tuple[Block, ...]:
    """Return nothing yet."""
    return ()


SECTION = Section(title="", write=write)
