"""How joints moved over the course, first and latest."""

from tissuesense.record.history import VisitRecord
from tissuesense.record.joint import JointFinding
from tissuesense.record.visit import Block as VisitBlock
from tissuesense.report.course_view import CourseView
from tissuesense.report.course_words import dated_words
from tissuesense.report.document import Block, Cell, Column, Row, Table, Voice, say
from tissuesense.report.quantities import NOTHING
from tissuesense.report.registry import Section
from tissuesense.report.words import joint_place, joint_words

_COLUMNS = (
    Column(title="Joint", share=1.6),
    Column(title="First", voice=Voice.HAND, share=2.6),
    Column(title="Latest", voice=Voice.HAND, share=2.6),
    Column(title="Visits", numeric=True, share=0.6),
)


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a row for each movement; none where none was tried."""
    found: dict[str, list[tuple[VisitRecord, JointFinding]]] = {}
    for visit in view.care:
        for joint in visit.statements("joint"):
            if joint.block is VisitBlock.PRE:
                found.setdefault(joint_place(joint), []).append((visit, joint))
    rows = tuple(_row(place, times, view) for place, times in found.items())
    return (Table(columns=_COLUMNS, rows=rows),) if rows else ()


def _row(place: str, times: list[tuple[VisitRecord, JointFinding]], view: CourseView) -> Row:
    first, last = view.ends
    latest = NOTHING if len(times) == 1 else _moved(*times[-1], last)
    return Row(
        (
            Cell(say(place), heads=True),
            Cell(say(_moved(*times[0], first))),
            Cell(say(latest)),
            Cell(say(str(len(times)))),
        )
    )


def _moved(visit: VisitRecord, joint: JointFinding, usual: VisitRecord) -> str:
    return joint_words(joint) + dated_words(visit, usual)


SECTION = Section(title="Joints", write=write)
