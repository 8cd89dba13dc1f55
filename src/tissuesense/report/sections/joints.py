"""What the hands found at the joints: range, end feel, and the scales of tone."""

from tissuesense.record.joint import JointFinding
from tissuesense.report.document import Block, Cell, Column, Row, Table, Voice, say
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import block_words, joint_place, joint_words

_COLUMNS = (
    Column(title="Joint and movement", share=2.0),
    Column(title="When", share=1.3),
    Column(title="By hand", voice=Voice.HAND, share=4.5),
)


def write(view: VisitView) -> tuple[Block, ...]:
    """Return a row for each movement."""
    found: tuple[JointFinding, ...] = view.record.statements("joint")
    rows = tuple(
        Row(
            (
                Cell(say(joint_place(one)), heads=True),
                Cell(say(block_words(one.block))),
                Cell(say(joint_words(one))),
            )
        )
        for one in found
    )
    return (Table(columns=_COLUMNS, rows=rows),) if rows else ()


SECTION = Section(title="Joints", write=write)
