"""What the hands found over the course: each site and joint, first and latest."""

from dataclasses import replace

from tissuesense.record.history import VisitRecord
from tissuesense.record.joint import JointFinding
from tissuesense.record.visit import Block as VisitBlock
from tissuesense.record.visit import ManualFinding
from tissuesense.report.course_view import CourseView, Felt
from tissuesense.report.course_words import ends_words
from tissuesense.report.document import Block, Cell, Column, Paragraph, Row, Table, Voice, say
from tissuesense.report.quantities import NOTHING
from tissuesense.report.registry import Section
from tissuesense.report.words import (
    hand_details,
    hand_words,
    joint_place,
    joint_words,
    short_day,
    site_and_side,
)

_COLUMNS = (
    Column(title="Site", share=1.6),
    Column(title="First", voice=Voice.HAND, share=2.6),
    Column(title="Latest", voice=Voice.HAND, share=2.6),
    Column(title="Visits", numeric=True, share=0.6),
)
_JOINTS = (Column(title="Joint", share=1.6), *_COLUMNS[1:])
_NOTE = "Before treatment. Grades are an order of words, and no change of them is judged."


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a table of sites, and one of joints where any was moved."""
    sites = tuple(_row(felt, view) for felt in view.felt())
    joints = tuple(_joints(view))
    if not sites and not joints:
        return (Paragraph(say("Nothing was examined by hand.")),)
    tables = (Table(columns=_COLUMNS, rows=sites), Table(columns=_JOINTS, rows=joints))
    *others, last = (table for table in tables if table.rows)
    return (*others, replace(last, note=say(f"{_NOTE} {ends_words(view)}")))


def _row(felt: Felt, view: CourseView) -> Row:
    (first_visit, first), (latest_visit, latest) = felt.found[0], felt.found[-1]
    once = len(felt.found) == 1
    return Row(
        (
            Cell(say(site_and_side(felt.site)), heads=True),
            Cell(say(_told(first) + _dated(first_visit, view.ends[0]))),
            Cell(say(NOTHING if once else _told(latest) + _dated(latest_visit, view.ends[1]))),
            Cell(say(str(len(felt.found)))),
        )
    )


def _dated(visit: VisitRecord, usual: VisitRecord) -> str:
    return "" if visit is usual else f" ({short_day(visit.visit.opened_at)})"


def _told(found: ManualFinding) -> str:
    details = hand_details(found)
    more = f"; {details}" if details else ""
    note = f"; {found.note}" if found.note else ""
    return f"{hand_words(found)}{more}{note}"


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
                Cell(say(_moved(*times[0], view.ends[0]))),
                Cell(say(NOTHING if len(times) == 1 else _moved(*times[-1], view.ends[1]))),
                Cell(say(str(len(times)))),
            )
        )
        for place, times in found.items()
    ]


def _moved(visit: VisitRecord, joint: JointFinding, usual: VisitRecord) -> str:
    return joint_words(joint) + _dated(visit, usual)


SECTION = Section(title="What hands found", write=write)
