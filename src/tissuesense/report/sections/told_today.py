"""What the client told on the day: complaints with their numbers."""

from tissuesense.record.intake import Complaint
from tissuesense.report.document import Block, Cell, Column, Row, Table, Voice, say
from tissuesense.report.quantities import NOTHING
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import complaint_words

_COLUMNS = (
    Column(title="Complaint, as told", voice=Voice.HAND, share=3.0),
    Column(title="Now", unit="0 to 10", numeric=True, share=0.7),
    Column(title="Worst", unit="0 to 10", numeric=True, share=0.7),
    Column(title="Mean of\n24 hours", unit="0 to 10", numeric=True, share=0.8),
    Column(title="Better and worse with", share=3.0),
)


def write(view: VisitView) -> tuple[Block, ...]:
    """Return a row for each complaint that was told."""
    rows = tuple(_row(complaint) for complaint in view.complaints)
    return (Table(columns=_COLUMNS, rows=rows),) if rows else ()


def _row(told: Complaint) -> Row:
    numbers = (told.nrs_now, told.nrs_worst, told.nrs_mean_24h)
    words = [
        *([f"better with {told.better_with}"] if told.better_with else []),
        *([f"worse with {told.worse_with}"] if told.worse_with else []),
        *([told.note] if told.note else []),
    ]
    since = f"; since {told.onset}" if told.onset else ""
    return Row(
        (
            Cell(say(complaint_words(told) + since), heads=True),
            *(Cell(say(NOTHING if nrs is None else str(nrs))) for nrs in numbers),
            Cell(say("; ".join(words) or NOTHING)),
        )
    )


SECTION = Section(title="What the client told", write=write)
