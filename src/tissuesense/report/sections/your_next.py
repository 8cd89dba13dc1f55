"""What comes next: the plan's next day, and what the therapist wrote for the client to do."""

from tissuesense.record.schedule_words import due_words
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Paragraph, Run, Voice, say
from tissuesense.report.registry import Section


def write(view: CourseView) -> tuple[Block, ...]:
    """Return when the next visit is due, and the plan of the latest note, word for word."""
    blocks = []
    if view.standing is not None:
        due = due_words(view.standing)
        blocks.append(Paragraph(say(Run("Your next visit: ", Voice.STRONG), f"{due}.")))
    plan = _plan(view)
    if plan:
        blocks.append(Paragraph(say(Run("Your therapist wrote: ", Voice.STRONG), plan)))
    return tuple(blocks)


def _plan(view: CourseView) -> str:
    """Return what the therapist planned at the latest visit that has a plan."""
    notes = (visit.latest("note") for visit in reversed(view.care))
    return next((note.plan for note in notes if note is not None and note.plan.strip()), "")


SECTION = Section(title="What comes next", write=write)
