"""Why the client came, and what they said themselves."""

from tissuesense.core.dates import day
from tissuesense.record.visit import Intent
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Paragraph, say
from tissuesense.report.plain_words import plain_complaint, plain_numbers
from tissuesense.report.registry import Section

_ONCE, _TWICE = 1, 2


def write(view: CourseView) -> tuple[Block, ...]:
    """Return the complaints with the client's own numbers, and how often they came."""
    told = [
        f"You {'also ' if k else ''}came because of {plain_complaint(one.first)}. "
        f"{plain_numbers(one)}".strip()
        for k, one in enumerate(view.complaints())
    ]
    scale = ("On this scale 0 is none and 10 is the worst.",) if "10" in " ".join(told) else ()
    return (Paragraph(say(" ".join([*told, *scale, *_visits(view)]))),)


def _visits(view: CourseView) -> tuple[str, ...]:
    days = [record.visit.opened_at for record in view.care]
    relaxing = sum(v.visit.intent is Intent.RELAXATION for v in view.record.visits)
    said = []
    if days:
        when = f"on {day(days[0])}" if len(days) == 1 else f"from {day(days[0])} to {day(days[-1])}"
        said.append(f"You came {_times(len(days))}, {when}.")
    if relaxing:
        also = " more" if days else ""
        said.append(f"You came {_times(relaxing)}{also} to relax.")
    return tuple(said) or ("You have not had a visit yet.",)


def _times(count: int) -> str:
    return {_ONCE: "once", _TWICE: "twice"}.get(count, f"{count} times")


SECTION = Section(title="Why you came", write=write)
