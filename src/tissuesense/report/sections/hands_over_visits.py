"""What the hands found over the course: each site and joint, first and latest."""

from tissuesense.core.dates import day
from tissuesense.record.history import VisitRecord
from tissuesense.record.joint import JointFinding
from tissuesense.record.visit import Block as VisitBlock
from tissuesense.record.visit import ManualFinding
from tissuesense.report.course_view import CourseView, Felt
from tissuesense.report.document import Block, Cell, Column, Paragraph, Row, Table, Voice, say
from tissuesense.report.quantities import NOTHING
from tissuesense.report.registry import Section
from tissuesense.report.words import (
    hand_details,
    hand_words,
    joint_place,
    joint_words,
    site_and_side,
)

_COLUMNS = (
    Column(title="Site", share=1.6),
    Column(title="First", voice=Voice.HAND, share=2.6),
    Column(title="Latest", voice=Voice.HAND, share=2.6),
    Column(title="Visits", numeric=True, share=0.6),
)
_JOINTS = (Column(title="Joint", share=1.6), *_COLUMNS[1:])
_NOTE = "Palpation before treatment; grades are an order of words, and no change of them is judged."


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a table of sites, and one of joints where any was moved."""
    sites = tuple(_row(felt) for felt in view.felt())
    joints = tuple(_joints(view))
    if not sites and not joints:
        return (Paragraph(say("Nothing was examined by hand.")),)
    return (
        *((Table(columns=_COLUMNS, rows=sites, note=say(_NOTE)),) if sites else ()),
        *((Table(columns=_JOINTS, rows=joints),) if joints else ()),
    )


def _row(felt: Felt) -> Row:
    (first_visit, first), (latest_visit, latest) = felt.found[0], felt.found[-1]
    once = len(felt.found) == 1
    return Row(
        (
            Cell(say(site_and_side(felt.site)), heads=True),
            Cell(say(_told(first, first_visit))),
            Cell(say(NOTHING if once else _told(latest, latest_visit))),
            Cell(say(str(len(felt.found)))),
        )
    )


def _told(found: ManualFinding, visit: VisitRecord) -> str:
    details = hand_details(found)
    more = f"; {details}" if details else ""
    note = f"; {found.note}" if found.note else ""
    return f"{hand_words(found)}{more}{note} ({day(visit.visit.opened_at)})"


def _joints(view: CourseView) -> list[Row]:
    found: dict[str, list[tuple[VisitRecord, JointFinding]]] = {}
    for visit in view.care:
        for joint in visit.statements("joint"):
            if joint.block is VisitBlock.PRE:
                found.setdefault(joint_place(joint), []).append((visit, joint))
    return [
        Row(
            (
                Cell(say(place), heads=True),
                Cell(say(_moved(*times[0]))),
                Cell(say(NOTHING if len(times) == 1 else _moved(*times[-1]))),
                Cell(say(str(len(times)))),
            )
        )
        for place, times in found.items()
    ]


def _moved(visit: VisitRecord, joint: JointFinding) -> str:
    return f"{joint_words(joint)} ({day(visit.visit.opened_at)})"


SECTION = Section(title="What hands found", write=write)
