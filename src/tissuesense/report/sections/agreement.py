"""Hand and sensor over the visits of the course, and what the therapist's grades usually mean."""

from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Listing, Paragraph, say
from tissuesense.report.quantities import printed
from tissuesense.report.registry import Section


def write(view: CourseView) -> tuple[Block, ...]:
    """Return the sentences; none where hand and sensor never met."""
    if view.agreement is None:
        return ()
    first, *others = (say(printed(sentence)) for sentence in view.agreement)
    return (Paragraph(first), *((Listing(tuple(others)),) if others else ()))


SECTION = Section(title="Hand and sensor, over the visits", write=write, appendix=True)
