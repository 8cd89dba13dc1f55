"""What was imported into the visit without samples; what was struck out is struck through."""

from tissuesense.report.document import Block
from tissuesense.report.imported import TITLE, imported_table
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import Section


def write(view: VisitView) -> tuple[Block, ...]:
    """Return the table, where anything was imported."""
    return imported_table(view.record.historic)


SECTION = Section(title=TITLE, write=write)
