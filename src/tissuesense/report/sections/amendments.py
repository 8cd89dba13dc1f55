"""Every amendment of the course, with both texts and the reason."""

from tissuesense.report.amendments import amendment_words
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Listing
from tissuesense.report.registry import Section


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a sentence for each."""
    items = tuple(
        amendment_words(old, new, when=view.local(new.recorded_at)) for old, new in view.amended()
    )
    return (Listing(items),) if items else ()


SECTION = Section(title="Amendments", write=write, appendix=True)
