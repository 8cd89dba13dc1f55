"""What the hands found over the course: each site, first and latest, with every word."""

from tissuesense.record.visit import ManualFinding
from tissuesense.report.course_view import CourseView, Felt
from tissuesense.report.course_words import dated_words, ends_words
from tissuesense.report.document import Block, Cell, Column, Paragraph, Row, Table, Voice, say
from tissuesense.report.quantities import NOTHING
from tissuesense.report.registry import Section
from tissuesense.report.words import (
    hand_details,
    hand_words,
    site_and_side,
)

_COLUMNS = (
    Column(title="Site", share=1.6),
    Column(title="First", voice=Voice.HAND, share=2.6),
    Column(title="Latest", voice=Voice.HAND, share=2.6),
    Column(title="Visits", numeric=True, share=0.6),
)
_NOTE = "Before treatment. Grades are an order of words, and no change of them is judged."


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a row for each site."""
    rows = tuple(_row(felt, view) for felt in view.felt())
    if not rows:
        return (Paragraph(say("No site was examined by hand.")),)
    return (Table(columns=_COLUMNS, rows=rows, note=say(f"{_NOTE} {ends_words(view)}")),)


def _row(felt: Felt, view: CourseView) -> Row:
    (first_visit, first), (latest_visit, latest) = felt.found[0], felt.found[-1]
    once = len(felt.found) == 1
    return Row(
        (
            Cell(say(site_and_side(felt.site)), heads=True),
            Cell(say(_told(first) + dated_words(first_visit, view.ends[0]))),
            Cell(say(NOTHING if once else _told(latest) + dated_words(latest_visit, view.ends[1]))),
            Cell(say(str(len(felt.found)))),
        )
    )


def _told(found: ManualFinding) -> str:
    details = hand_details(found)
    more = f"; {details}" if details else ""
    note = f"; {found.note}" if found.note else ""
    return f"{hand_words(found)}{more}{note}"


SECTION = Section(title="What hands found", write=write, appendix=True)
