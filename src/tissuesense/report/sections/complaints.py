"""What the client told, and how much it was on each day of asking, 0 to 10."""

from tissuesense.record.intake import Complaint
from tissuesense.report.course_view import CourseView, Told
from tissuesense.report.document import Block, Cell, Column, Row, Table, Voice, say
from tissuesense.report.quantities import NOTHING
from tissuesense.report.registry import Section
from tissuesense.report.words import complaint_words, short_day

_COLUMNS = (
    Column(title="Complaint, as told", voice=Voice.HAND, share=3.3),
    Column(title="First", unit="0 to 10", numeric=True, share=0.6),
    Column(title="Latest", unit="0 to 10", numeric=True, share=0.6),
    Column(title="Worst", unit="0 to 10", numeric=True, share=0.6),
    Column(title="Each time that it was asked", share=4.2),
)
_NOTE = (
    "The client's own numbers, 0 none to 10 worst imaginable, before treatment. How far such a "
    "number moves by itself is not known here: no change of it is judged."
)


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a row for each complaint."""
    rows = tuple(_row(told) for told in view.complaints())
    return (Table(columns=_COLUMNS, rows=rows, note=say(_NOTE)),) if rows else ()


def _row(told: Told) -> Row:
    asked = [(when, c) for when, c in told.said if c.nrs_now is not None]
    numbers = [str(complaint.nrs_now) for _, complaint in asked]
    first, latest = (numbers[0], numbers[-1]) if numbers else (NOTHING, NOTHING)
    since = f"; since {told.first.onset}" if told.first.onset else ""
    days = f" ({short_day(asked[0][0])} to {short_day(asked[-1][0])})" if len(asked) > 1 else ""
    return Row(
        (
            Cell(say(complaint_words(told.first) + since), heads=True),
            Cell(say(first)),
            Cell(say(latest if len(numbers) > 1 else NOTHING)),
            Cell(say(_worst([complaint for _, complaint in told.said]))),
            Cell(say(", ".join(numbers) + days if numbers else "not asked")),
        )
    )


def _worst(said: list[Complaint]) -> str:
    worst = [str(c.nrs_worst) for c in said if c.nrs_worst is not None]
    return ", ".join([worst[0], *worst[1:][-1:]]) if worst else NOTHING


SECTION = Section(title="What the client told", write=write)
